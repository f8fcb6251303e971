//! Over which key of the interface for programs something is done. An attribute of the whole request, as a log's span
//! is: rows of the audit log take it from here, so that no use case can forget to pass it on.

use std::future::Future;
use visavis_domain::ids::ApiKeyId;

tokio::task_local! {
    static KEY: ApiKeyId;
}

/// What is done in here is done over this key.
pub(crate) async fn over_key<T>(key: ApiKeyId, work: impl Future<Output = T>) -> T {
    KEY.scope(key, work).await
}

/// What an audit row says besides, with the key if there is one.
pub(super) fn with_key(detail: serde_json::Value) -> serde_json::Value {
    let Ok(key) = KEY.try_with(|key| *key) else { return detail };
    match detail {
        serde_json::Value::Object(mut fields) => {
            fields.insert("key".into(), key.to_string().into());
            fields.into()
        }
        serde_json::Value::Null => serde_json::json!({ "key": key }),
        other => serde_json::json!({ "key": key, "detail": other }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_row_names_the_key_it_came_over_and_no_other() {
        let key = ApiKeyId::from_bits(7);
        for (detail, expected) in [
            (json!(null), json!({ "key": key })),
            (json!({ "slug": "help" }), json!({ "slug": "help", "key": key })),
            (json!([1]), json!({ "key": key, "detail": [1] })),
        ] {
            assert_eq!(with_key(detail.clone()), detail, "over none");
            let noted = over_key(key, async {
                tokio::task::yield_now().await;
                with_key(detail.clone())
            });
            assert_eq!(noted.await, expected);
            assert_eq!(with_key(detail.clone()), detail, "over none any more");
        }
    }
}
