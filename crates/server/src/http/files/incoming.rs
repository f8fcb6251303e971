//! A file on its way in: no more of it is read than was offered, and no more of them are on their way than there is
//! memory for.

use super::{kib, refusal, try_again};
use crate::app::{App, Refused, Upload};
use crate::edge::{Share, Shares, network_of, problem, same_origin};
use crate::http::Api;
use axum::Json;
use axum::body::BodyDataStream;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use visavis_domain::ids::PersonId;

/// For as long a file may take on its way: 10 MiB with 280 kbit/s. Less shuts out slow lines; more lets those who send
/// next to nothing hold their place for longer.
const UPLOAD_WITHIN: Duration = Duration::from_secs(5 * 60);
/// For as long nothing of it may come. Less cuts off who passes through a tunnel.
const STANDSTILL: Duration = Duration::from_secs(20);
/// Of one person on their way at once. Pages send as many.
const OF_ONE_PERSON: u32 = 2;
/// Of what is refused, so much is read all the same, and for so long.
const DRAINED: usize = 16 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(20);

pub(super) struct Uploads {
    api: Arc<Api>,
    memory: Shares<IpAddr>,
    places: Shares<PersonId>,
}

impl Uploads {
    pub(super) fn new(api: Arc<Api>, memory: Shares<IpAddr>) -> Self {
        Self { api, memory, places: Shares::new(OF_ONE_PERSON, usize::MAX) }
    }
}

pub(super) async fn upload(State(uploads): State<Arc<Uploads>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    let refused = match timeout(UPLOAD_WITHIN, take(&uploads, &parts, &mut chunks)).await {
        Ok(Ok(taken)) => return taken,
        Ok(Err(refused)) => refused,
        Err(_) => too_slow(),
    };
    drain(&mut chunks).await;
    refused
}

/// Reads no more than was offered, and nothing of what says beforehand that it is something else.
async fn take(uploads: &Uploads, parts: &Parts, chunks: &mut BodyDataStream) -> Result<Response, Response> {
    let api = &uploads.api;
    if !same_origin(&parts.headers, &parts.uri, api.public.as_ref()) {
        let title = "Only pages of this server may do that";
        return Err(problem(StatusCode::FORBIDDEN, "origin_refused", title));
    }
    let (offered, size) = offered(&api.app, &parts.headers).map_err(|refused| refusal(&refused))?;
    let source = network_of(&parts.extensions).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    // Refused, not kept waiting: what nobody reads would stand in the way of what else comes over its connection.
    let Some(_held) = uploads.place(offered.owner, source, kib(offered.size)) else {
        return Err(try_again("Too many files are on their way"));
    };
    let body = read(chunks, size).await?;
    let sent = api.app.keep_file(offered, body).await.map_err(|refused| refusal(&refused))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(sent)).into_response())
}

impl Uploads {
    /// Of the person first: who holds a token holds no more than two, however often they show it.
    fn place(&self, owner: PersonId, source: IpAddr, much: u32) -> Option<(Share, Share)> {
        Some((self.places.try_take(owner, 1)?, self.memory.try_take(source, much)?))
    }
}

/// What may come, and how many bytes that is.
fn offered(app: &App, headers: &HeaderMap) -> Result<(Upload, usize), Refused> {
    let offered = app.check_upload(bearer(headers).ok_or(Refused::Ticket)?)?;
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let said = said.and_then(|length| length.parse().ok()).unwrap_or(offered.size);
    app.may_be_as_large(said.max(offered.size))?;
    if said != offered.size {
        return Err(Refused::File);
    }
    let size = usize::try_from(offered.size).map_err(|_| Refused::FileTooLarge)?;
    Ok((offered, size))
}

async fn read<C, E>(chunks: &mut C, size: usize) -> Result<Vec<u8>, Response>
where
    C: Stream<Item = Result<axum::body::Bytes, E>> + Unpin,
{
    let not_as_offered = || refusal(&Refused::File);
    let mut body = Vec::new();
    while let Some(chunk) = timeout(STANDSTILL, chunks.next()).await.map_err(|_| too_slow())? {
        let chunk = chunk.map_err(|_| not_as_offered())?;
        if body.len() + chunk.len() > size {
            return Err(not_as_offered());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads on for a while, for nothing: who is cut off while they send never hear why.
async fn drain(chunks: &mut BodyDataStream) {
    let mut left = DRAINED;
    let read = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    // Whoever is slower than that is cut off.
    let _ = timeout(DRAINED_WITHIN, read).await;
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn too_slow() -> Response {
    problem(StatusCode::REQUEST_TIMEOUT, "timed_out", "It took too long")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use futures_util::stream;
    use std::convert::Infallible;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn who_sends_nothing_more_is_not_waited_for() {
        let slowly = |every: Duration| {
            let chunks = stream::iter(0..5).then(move |_| async move {
                tokio::time::sleep(every).await;
                Ok::<_, Infallible>(Bytes::from_static(b"x"))
            });
            Box::pin(chunks)
        };
        let slow = read(&mut slowly(STANDSTILL / 2), 5).await;
        assert_eq!(slow.unwrap(), b"xxxxx");
        let began = Instant::now();
        let stalled = read(&mut slowly(STANDSTILL * 2), 5).await.unwrap_err();
        assert_eq!(stalled.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(began.elapsed(), STANDSTILL);
    }

    #[test]
    fn only_a_bearer_has_a_token() {
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearer", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            assert_eq!(bearer(&headers), expected, "{value}");
        }
    }
}
