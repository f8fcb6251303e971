//! What is shown as a key.

use axum::http::{HeaderMap, header};

/// The bearer of a request. Other schemes are not for us: a proxy before us may have one of its own.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let shown = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = shown.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearers_show_a_key() {
        for (line, expected) in [
            ("Bearer vvk_1", Some("vvk_1")),
            ("bearer  vvk_1 ", Some("vvk_1")),
            ("Bearer ", Some("")),
            ("Bearer", None),
            ("Basic dmlzYXZpcw==", None),
            ("vvk_1", None),
        ] {
            let headers = [(header::AUTHORIZATION, line.parse().unwrap())].into_iter().collect();
            assert_eq!(bearer(&headers), expected, "{line}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
