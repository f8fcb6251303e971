//! What the media server has to say goes to sessions over live state, in order.

use crate::app::{App, MediaNotice, Refused};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// Until there is no media server any more.
pub(super) async fn bring(app: Arc<App>, notices: Receiver<MediaNotice>) {
    bring_to(notices, |notice| {
        let app = app.clone();
        async move { app.tell(notice).await }
    })
    .await;
}

/// A panic over one of them, which would be a bug, costs that one: of all that follow nobody would hear otherwise, and
/// nobody see that.
async fn bring_to<T, F>(mut notices: Receiver<T>, tell: impl Fn(T) -> F)
where
    F: Future<Output = Result<(), Refused>>,
{
    while let Some(notice) = notices.recv().await {
        match AssertUnwindSafe(async { tell(notice).await }).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(refused)) => tracing::warn!(%refused, "a session could not be told about its media"),
            Err(_) => {
                metrics::counter!("visavis_media_panics_total").increment(1);
                tracing::error!("a session could not be told about its media: telling it panicked");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::mpsc::channel;

    #[tokio::test]
    async fn whatever_comes_of_one_notice_the_next_is_brought() {
        let (said, notices) = channel(8);
        for notice in ["first", "refused", "panics at once", "panics later", "last"] {
            said.send(notice).await.unwrap();
        }
        drop(said);
        let told = Mutex::new(Vec::new());
        bring_to(notices, |notice| {
            assert_ne!(notice, "panics at once");
            let told = &told;
            async move {
                tokio::task::yield_now().await;
                assert_ne!(notice, "panics later");
                told.lock().unwrap().push(notice);
                if notice == "refused" { Err(Refused::Corrupt) } else { Ok(()) }
            }
        })
        .await;
        assert_eq!(told.into_inner().unwrap(), ["first", "refused", "last"]);
    }
}
