//! `/api/v1/appointment`: for who came over a personal link. The token is shown once, over POST, and nowhere else; the
//! cookie that comes of it does the rest.

use super::body::Body;
use super::{Access, Api, Guest, Keys, Routes};
use crate::app::{Denied, Entered};
use crate::edge::{ClientAddress, problem};
use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use visavis_protocol::LinkToken;

/// Bytes of the body with a token: far more than a link has, so that a long one is no link rather than too large.
const BODY_BYTES: usize = 128 * 1024;
/// When a token that is not genuine is answered, from the moment at which its request was taken up. Refusing takes
/// between microseconds (no token at all) and two reads of the store (signed by us, but there is no such link): with
/// an answer at one moment, long after the slowest of them, the time says nothing about how far a token has got.
const REFUSED_AFTER: Duration = Duration::from_millis(150);

pub(super) fn routes(routes: Routes) -> Routes {
    let enter = enter.layer(DefaultBodyLimit::max(BODY_BYTES));
    routes.add(Access::Anybody, Keys::Closed, Method::POST, "/api/v1/appointment/enter", enter).add(
        Access::Link,
        Keys::Closed,
        Method::GET,
        "/api/v1/appointment",
        look,
    )
}

async fn enter(State(api): State<Arc<Api>>, request: Request) -> Response {
    let began = Instant::now();
    if let Some(ClientAddress(address)) = request.extensions().get()
        && let Err(wait) = api.links.take(&api.app, *address).await
    {
        let refused =
            problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many links; try again later");
        return ([(header::RETRY_AFTER, wait.to_string())], refused).into_response();
    }
    let LinkToken { token } = match Body::from_request(request, &()).await {
        Ok(Body(body)) => body,
        Err(refused) => return refused,
    };
    match api.appointments.enter(&token).await {
        Ok(entered) => answer(entered).into_response(),
        Err(Denied::LinkInvalid) => {
            sleep_until(began + REFUSED_AFTER).await;
            Denied::LinkInvalid.into_response()
        }
        Err(denied) => denied.into_response(),
    }
}

async fn look(State(api): State<Arc<Api>>, Guest(came): Guest) -> Result<impl IntoResponse, Denied> {
    Ok(answer(api.appointments.entered(&came).await?))
}

fn answer(entered: Entered) -> impl IntoResponse {
    let cookie = entered.cookie.header().map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cookie), Json(entered.view))
}
