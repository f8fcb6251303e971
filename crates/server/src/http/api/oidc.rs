//! `/api/v1/oidc`: to the identity provider and back. Both are pages' addresses, not calls of scripts: what comes of
//! them is where the browser goes next.

use super::answers::Elsewhere;
use super::body::Asked;
use super::described::about;
use super::{Access, Api, Asker, Keys, Routes};
use crate::app::{Browser, Denied, ProviderRefused, QUESTION_TTL, Unknown};
use crate::edge::{cookie, cookie_gone, keep_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::IntoParams;

/// Holds the sealed question.
const COOKIE: &str = "__Host-visavis-oidc";
const CALLBACK: &str = "/api/v1/oidc/callback";
/// Where people who sign in come from and go to.
const PAGE: &str = "/staff";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on("Signing in")
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::GET,
            "/api/v1/oidc/start",
            start,
            about("To the identity provider, for pages", [Denied::Unknown(Unknown::Provider)]),
        )
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::GET,
            CALLBACK,
            callback,
            about("Back from the identity provider, for pages", []),
        )
}

async fn start(State(api): State<Arc<Api>>, Asker(browser): Asker) -> Result<Elsewhere, Denied> {
    let public = api.public.as_ref().ok_or(Denied::Unknown(Unknown::Provider))?;
    if let Err(limited) = counted(&api, &browser).await {
        return Ok(back(&limited));
    }
    let redirect = format!("{}{CALLBACK}", public.origin().ascii_serialization());
    Ok(match api.accounts.leave_for_provider(redirect).await {
        Ok(leaving) => go(leaving.to.as_str(), [keep_cookie(COOKIE, &leaving.sealed, QUESTION_TTL)]),
        Err(denied) => back(&denied),
    })
}

/// RFC 6749, sections 4.1.2 and 4.1.2.1; what else a provider adds is its own.
#[derive(Deserialize, IntoParams)]
struct Answer {
    /// As it was sent there.
    #[serde(default)]
    state: String,
    /// What it is exchanged for; absent when it was refused.
    code: Option<String>,
}

async fn callback(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    Asker(browser): Asker,
    Asked(answer): Asked<Answer>,
) -> Elsewhere {
    let (Some(sealed), Some(code)) = (cookie(&headers, COOKIE), &answer.code) else {
        let refused = if answer.code.is_some() { ProviderRefused::Stale } else { ProviderRefused::Declined };
        return back(&refused.into());
    };
    if let Err(limited) = counted(&api, &browser).await {
        return back(&limited);
    }
    match api.accounts.return_from_provider(sealed, &answer.state, code, &browser).await {
        Ok(token) => {
            api.accounts.end_earlier(&headers).await;
            go(PAGE, [token.cookie(), cookie_gone(COOKIE)])
        }
        Err(denied) => back(&denied),
    }
}

/// Each of them may make the server ask the provider something.
async fn counted(api: &Api, browser: &Browser) -> Result<(), Denied> {
    let taken = api.provider_rate.take(&api.app, browser.network).await;
    taken.map_err(|wait| Denied::Limited { wait: Duration::from_secs(wait) })
}

/// The page says why, in words of its own.
fn back(denied: &Denied) -> Elsewhere {
    tracing::info!(code = denied.code(), "a sign-in over the identity provider did not happen");
    go(&format!("{PAGE}#oidc={}", denied.code()), [cookie_gone(COOKIE)])
}

fn go<const N: usize>(to: &str, cookies: [Option<HeaderValue>; N]) -> Elsewhere {
    let Ok(to) = HeaderValue::from_str(to) else {
        return Elsewhere(Denied::Defect("the address of a redirect").into_response());
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Elsewhere(response)
}
