//! `/api/v1/sign-in` and `/api/v1/sign-out`.

use super::answers::{Baked, Done};
use super::body::Body;
use super::described::about;
use super::{Access, Api, Asker, Keys, Own, Routes};
use crate::app::{Denied, SignInToken, view};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use std::sync::Arc;
use visavis_protocol::{SignInOptions, SignInRequest};

pub(super) fn routes(routes: Routes) -> Routes {
    const PATH: &str = "/api/v1/sign-in";
    let refused = [Denied::SignInRefused, Denied::TotpRequired];
    routes
        .on("Signing in")
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::GET,
            PATH,
            options,
            about("The ways to sign in, and whether one is", []),
        )
        .add(Access::Anybody, Keys::Closed, Method::POST, PATH, sign_in, about("Signs in", refused))
        .add(Access::Staff, Keys::Closed, Method::POST, "/api/v1/sign-out", sign_out, about("Signs out", []))
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
) -> Result<Baked<Done>, Denied> {
    let token = api.accounts.sign_in(&request, &browser).await?;
    api.accounts.end_earlier(&headers).await;
    signed_in(&token)
}

async fn sign_out(State(api): State<Arc<Api>>, Own(sign_in): Own) -> Result<Baked<Done>, Denied> {
    api.accounts.sign_out(sign_in.account, sign_in.id).await?;
    Ok(Baked(Done, SignInToken::cookie_gone()))
}

/// 204, with the cookie.
pub(super) fn signed_in(token: &SignInToken) -> Result<Baked<Done>, Denied> {
    let cookie = token.cookie().ok_or(Denied::Defect("the cookie of a sign-in"))?;
    Ok(Baked(Done, Some(cookie)))
}
