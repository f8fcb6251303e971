//! `/api/v1/appointment`: for who came over a personal link. The token is shown once, over POST, and nowhere else; the
//! cookie that comes of it does the rest.

use super::answers::Baked;
use super::body::Body;
use super::described::{Draft, Input, about};
use super::openapi::LINK_PROBLEMS;
use super::{Access, Api, Guest, Keys, Routes};
use crate::app::{Denied, Entered};
use crate::edge::{ClientAddress, problem};
use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use visavis_protocol::{ClientAppointment, LinkToken};

/// Bytes of the body with a token: far more than a link has, so that a long one is no link rather than too large.
const BODY_BYTES: usize = 128 * 1024;
/// When a token that is not genuine is answered, from the moment at which its request was taken up. Refusing takes
/// between microseconds (no token at all) and two reads of the store (signed by us, but there is no such link): with
/// an answer at one moment, long after the slowest of them, the time says nothing about how far a token has got.
const REFUSED_AFTER: Duration = Duration::from_millis(150);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on("Coming to an appointment")
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::POST,
            "/api/v1/appointment/enter",
            enter,
            about("Exchanges the token of a personal link for its cookie", [Denied::LinkInvalid])
                .or(LINK_PROBLEMS),
        )
        .add(
            Access::Link,
            Keys::Closed,
            Method::GET,
            "/api/v1/appointment",
            look,
            about("The appointment, as who came over a link sees it", []),
        )
}

/// Comes before the body is read: how often an address may show links, and since when it is looked at.
struct Paced(Instant);

impl FromRequestParts<Arc<Api>> for Paced {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Response> {
        let began = Instant::now();
        if let Some(ClientAddress(address)) = parts.extensions.get()
            && let Err(wait) = api.links.take(&api.app, *address).await
        {
            let refused =
                problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many links; try again later");
            return Err(([(header::RETRY_AFTER, wait.to_string())], refused).into_response());
        }
        Ok(Self(began))
    }
}

impl Input for Paced {
    fn describe(_: &mut Draft) {}
}

/// A token of whatever length.
struct Shown(LinkToken);

impl FromRequest<Arc<Api>> for Shown {
    type Rejection = Response;

    async fn from_request(mut request: Request, api: &Arc<Api>) -> Result<Self, Response> {
        DefaultBodyLimit::max(BODY_BYTES).apply(&mut request);
        Body::from_request(request, api).await.map(|Body(shown)| Self(shown))
    }
}

impl Input for Shown {
    fn describe(draft: &mut Draft) {
        <Body<LinkToken> as Input>::describe(draft);
    }
}

async fn enter(
    State(api): State<Arc<Api>>,
    Paced(began): Paced,
    Shown(LinkToken { token }): Shown,
) -> Result<Baked<Json<ClientAppointment>>, Denied> {
    let entered = api.appointments.enter(&token).await;
    if matches!(entered, Err(Denied::LinkInvalid)) {
        sleep_until(began + REFUSED_AFTER).await;
    }
    entered.map(answer)
}

async fn look(
    State(api): State<Arc<Api>>,
    Guest(came): Guest,
) -> Result<Baked<Json<ClientAppointment>>, Denied> {
    api.appointments.entered(&came).await.map(answer)
}

fn answer(entered: Entered) -> Baked<Json<ClientAppointment>> {
    Baked(Json(entered.view), entered.cookie.header())
}
