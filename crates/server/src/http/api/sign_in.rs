//! `/api/v1/sign-in` and `/api/v1/sign-out`.

use super::body::Body;
use super::{Access, Api, Asker, Keys, Own, Routes, done};
use crate::app::{Denied, SignInToken, view};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use std::sync::Arc;
use visavis_protocol::{SignInOptions, SignInRequest};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Anybody, Keys::Closed, Method::GET, "/api/v1/sign-in", options)
        .add(Access::Anybody, Keys::Closed, Method::POST, "/api/v1/sign-in", sign_in)
        .add(Access::Staff, Keys::Closed, Method::POST, "/api/v1/sign-out", sign_out)
}

async fn options(State(api): State<Arc<Api>>, headers: HeaderMap) -> Result<Json<SignInOptions>, Denied> {
    let who = api.accounts.who(&headers).await?;
    Ok(Json(SignInOptions {
        provider: api.accounts.provider().map(|provider| provider.name().to_owned()),
        account: who.map(|(_, account)| view(&account)),
    }))
}

async fn sign_in(
    State(api): State<Arc<Api>>,
    Asker(browser): Asker,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Result<impl IntoResponse, Denied> {
    let token = api.accounts.sign_in(&request, &browser).await?;
    api.accounts.end_earlier(&headers).await;
    signed_in(&token)
}

async fn sign_out(State(api): State<Arc<Api>>, Own(sign_in): Own) -> Result<impl IntoResponse, Denied> {
    api.accounts.sign_out(sign_in.account, sign_in.id).await?;
    let cookie = SignInToken::cookie_gone().map(|cookie| (header::SET_COOKIE, cookie));
    Ok((done(), AppendHeaders(cookie)))
}

/// 204, with the cookie.
pub(super) fn signed_in(token: &SignInToken) -> Result<(StatusCode, impl IntoResponse + use<>), Denied> {
    let cookie = token.cookie().ok_or(Denied::Defect("the cookie of a sign-in"))?;
    Ok((done(), AppendHeaders([(header::SET_COOKIE, cookie)])))
}
