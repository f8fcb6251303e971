//! What stands around every handler: whether who asks may. Somebody with a browser comes by a cookie, and then what
//! changes something has to come from our own pages; a program comes with a key, which no other site's page can make
//! a browser send.

use super::once::once;
use super::tags::tagged;
use super::{Access, Api, Guest, Keys, Own, Signed};
use crate::app::{Denied, over_key};
use crate::edge::{bearer, same_origin};
use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use visavis_domain::account::AccountRole;
use visavis_store::{Account, ApiKey};

pub(super) async fn guard(
    State((api, access, keys)): State<(Arc<Api>, Access, Keys)>,
    request: Request,
    next: Next,
) -> Response {
    let (method, asked) = (request.method().clone(), request.headers().clone());
    let response = Box::pin(guarded(&api, (access, keys), request, next)).await;
    tagged(&method, &asked, response).await
}

async fn guarded(
    api: &Arc<Api>,
    (access, keys): (Access, Keys),
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(shown) = bearer(request.headers()).map(str::to_owned) {
        return Box::pin(by_key(api, (access, keys), &shown, request, next)).await;
    }
    if let Err(denied) = from_our_pages(api, &request).and_then(|()| as_json(&request)) {
        return denied.into_response();
    }
    match access {
        Access::Anybody => {}
        Access::Link => match api.appointments.came(request.headers()).await {
            Err(denied) => return denied.into_response(),
            Ok(came) => {
                request.extensions_mut().insert(Guest(came));
            }
        },
        Access::Staff | Access::Admin => match api.accounts.who(request.headers()).await {
            Err(denied) => return denied.into_response(),
            Ok(None) => return Denied::SignedOut.into_response(),
            Ok(Some((sign_in, account))) => {
                if let Err(denied) = allowed(access, &account) {
                    return denied.into_response();
                }
                let signed = Signed { account, key: None };
                request.extensions_mut().insert(Own(sign_in));
                request.extensions_mut().insert(signed.clone());
                return go_on(api, keys, &signed, request, next).await;
            }
        },
    }
    next.run(request).await
}

/// A genuine key's requests are counted whatever comes of them, and each answer says how many more there may be.
async fn by_key(
    api: &Arc<Api>,
    (access, keys): (Access, Keys),
    shown: &str,
    mut request: Request,
    next: Next,
) -> Response {
    let (key, account) = match api.accounts.whose_api_key(shown).await {
        Ok(found) => found,
        Err(denied) => return denied.into_response(),
    };
    let pace = match api.key_rate.take(&api.app, key.id).await {
        Ok(pace) => pace,
        Err(over) => return over.refusal(),
    };
    let fit = fits((access, keys), &key, &account);
    let mut response = match fit.and_then(|()| as_json(&request)) {
        Err(denied) => denied.into_response(),
        Ok(()) => {
            let signed = Signed { account, key: Some(key.id) };
            request.extensions_mut().insert(signed.clone());
            over_key(key.id, go_on(api, keys, &signed, request, next)).await
        }
    };
    pace.tell(response.headers_mut());
    response
}

/// What programs may ask for is done once for each word they show.
async fn go_on(api: &Arc<Api>, keys: Keys, signed: &Signed, request: Request, next: Next) -> Response {
    if matches!(keys, Keys::With(_)) && request.method() == Method::POST {
        return Box::pin(once(api, signed, request, next)).await;
    }
    next.run(request).await
}

/// Whether a key is good for a route: the route is open to keys, the key has its scope, and for whom it acts may use it.
fn fits((access, keys): (Access, Keys), key: &ApiKey, account: &Account) -> Result<(), Denied> {
    let Keys::With(scope) = keys else { return Err(Denied::NotForKeys) };
    if !key.scopes.contains(&scope) {
        return Err(Denied::ScopeMissing(scope));
    }
    allowed(access, account)
}

fn allowed(access: Access, account: &Account) -> Result<(), Denied> {
    if access == Access::Admin && account.role != AccountRole::Admin {
        return Err(Denied::Forbidden);
    }
    Ok(())
}

fn from_our_pages(api: &Api, request: &Request) -> Result<(), Denied> {
    if request.method().is_safe() || same_origin(request.headers(), request.uri(), api.public.as_ref()) {
        return Ok(());
    }
    Err(Denied::OriginRefused)
}

fn as_json(request: &Request) -> Result<(), Denied> {
    if request.method().is_safe() || request.body().is_end_stream() || is_json(request.headers()) {
        return Ok(());
    }
    Err(Denied::JsonExpected)
}

/// Forms of other sites can send neither this nor with it.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
