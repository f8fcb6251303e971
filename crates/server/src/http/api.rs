//! The HTTP interface of accounts, desks and history, below `/api/v1`.
//!
//! Every route is added with who may use it, and the check stands around its handler: a route cannot be without.
//! The list of them is what the tests walk through.

mod appointment;
mod appointments;
mod body;
mod calls;
mod desks;
mod invitations;
mod letters;
mod lounge;
mod me;
mod oidc;
mod people;
mod sign_in;

use crate::app::{Accounts, App, Appointments, Came, Denied};
use crate::edge::{RateByAddress, authority_of, problem, same_origin};
use crate::listen::{Connection, Security};
use axum::Router;
use axum::body::HttpBody;
use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;
use url::Url;
use visavis_domain::account::AccountRole;
use visavis_store::{Account, SignIn};

/// The edge's state.
pub(crate) struct Api {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) app: Arc<App>,
    pub(crate) appointments: Arc<Appointments>,
    /// How often an address may show a link.
    pub(crate) links: RateByAddress,
    /// The address people use, if it is not what the server sees.
    pub(crate) public: Option<Url>,
}

/// The routes of this edge.
pub(crate) fn router(api: &Arc<Api>) -> Router {
    let all = routes(api);
    all.router
        .method_not_allowed_fallback(|| async {
            problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method")
        })
        .with_state(api.clone())
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

fn routes(api: &Arc<Api>) -> Routes {
    let routes = Routes { router: Router::new(), list: Vec::new(), api: api.clone() };
    [
        sign_in::routes,
        me::routes,
        invitations::routes,
        people::routes,
        desks::routes,
        lounge::routes,
        calls::routes,
        appointments::routes,
        appointment::routes,
        letters::routes,
        oidc::routes,
    ]
    .into_iter()
    .fold(routes, |routes, more: fn(Routes) -> Routes| more(routes))
}

/// Every route with who may use it, for the test that walks through them.
#[cfg(test)]
pub(crate) fn table(api: &Arc<Api>) -> Vec<(Access, Method, &'static str)> {
    routes(api).list
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Who is not signed in, too.
    Anybody,
    /// Whoever came over a link to an appointment.
    Link,
    /// Whoever is signed in.
    Staff,
    /// Admins.
    Admin,
}

/// Routes, and the list of them.
struct Routes {
    router: Router<Arc<Api>>,
    /// Read by tests alone.
    #[cfg_attr(not(test), allow(dead_code, reason = "what the tests walk through"))]
    list: Vec<(Access, Method, &'static str)>,
    api: Arc<Api>,
}

impl Routes {
    /// One more, with its guard.
    fn add<H, T>(mut self, access: Access, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("one of HTTP's own methods");
        let guard = middleware::from_fn_with_state((self.api.clone(), access), guard);
        self.router = self.router.route(path, on(filter, handler).route_layer(guard));
        self.list.push((access, method, path));
        self
    }
}

/// What stands around every handler: what changes something comes from our own pages and as JSON, and who asks may.
async fn guard(
    State((api, access)): State<(Arc<Api>, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.method().is_safe()
        && let Err(refused) = changes(&api, &request)
    {
        return refused;
    }
    match access {
        Access::Anybody => {}
        Access::Link => match api.appointments.came(request.headers()).await {
            Err(denied) => return denied.into_response(),
            Ok(came) => {
                request.extensions_mut().insert(came);
            }
        },
        Access::Staff | Access::Admin => match api.accounts.who(request.headers()).await {
            Err(denied) => return denied.into_response(),
            Ok(None) => return Denied::SignedOut.into_response(),
            Ok(Some((_, account))) if access == Access::Admin && account.role != AccountRole::Admin => {
                return Denied::Forbidden.into_response();
            }
            Ok(Some((sign_in, account))) => {
                request.extensions_mut().insert(Signed { sign_in, account });
            }
        },
    }
    next.run(request).await
}

#[allow(clippy::result_large_err, reason = "the answer is made once")]
fn changes(api: &Api, request: &Request) -> Result<(), Response> {
    if !same_origin(request.headers(), request.uri(), api.public.as_ref()) {
        return Err(problem(
            StatusCode::FORBIDDEN,
            "origin_refused",
            "Only pages of this server may do that",
        ));
    }
    if !request.body().is_end_stream() && !is_json(request.headers()) {
        return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", "The body has to be JSON"));
    }
    Ok(())
}

/// Forms of other sites can send neither this nor with it.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Who asks, for handlers behind [`Access::Staff`] and [`Access::Admin`].
#[derive(Clone)]
struct Signed {
    sign_in: SignIn,
    account: Account,
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        parts.extensions.remove().ok_or(Denied::SignedOut)
    }
}

/// Who came, for handlers behind [`Access::Link`].
struct Guest(Came);

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        parts.extensions.remove().map(Self).ok_or(Denied::LinkNeeded)
    }
}

/// Whose request it is, for limits and for the list of sign-ins.
struct Asker(crate::app::Browser);

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(crate::edge::browser(&parts.headers, &parts.extensions)))
    }
}

/// What links that are handed out begin with: the public address, or the one by which the page of who asks reached
/// us. Pages say their origin with what changes something, and the guard has seen to it that it is ours; for the
/// rest it is made of what they asked for.
struct Base(String);

impl FromRequestParts<Arc<Api>> for Base {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Denied> {
        if let Some(public) = &api.public {
            return Ok(Self(public.origin().ascii_serialization()));
        }
        let origin = parts.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let connection = parts.extensions.get::<Connection>();
        let plain = connection.is_some_and(|connection| connection.security == Security::Plain);
        let scheme = if plain { "http" } else { "https" };
        let asked = || authority_of(&parts.headers, &parts.uri).map(|host| format!("{scheme}://{host}"));
        let base = origin.map(str::to_owned).or_else(asked);
        base.map(Self).ok_or(Denied::Defect("the address of a request"))
    }
}

/// 204.
fn done() -> StatusCode {
    StatusCode::NO_CONTENT
}
