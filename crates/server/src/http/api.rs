//! The HTTP interface of accounts, desks and history, below `/api/v1`.
//!
//! Every route is added with who may use it, and the check stands around its handler: a route cannot be without.
//! The list of them is what the tests walk through.

mod answers;
mod api_keys;
mod appointment;
mod appointments;
mod body;
mod calls;
mod described;
mod desks;
mod docs;
mod guard;
mod invitations;
mod letters;
mod lounge;
mod me;
mod oidc;
mod once;
mod openapi;
mod people;
mod rooms;
mod served;
mod sign_in;
mod tags;
mod webhooks;

use crate::app::{Accounts, App, Appointments, Came, Denied, Webhooks};
use crate::edge::{RateByAddress, RateByKey, authority_of, problem};
use crate::http::Feeds;
use crate::listen::{Connection, Security};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode, header, request::Parts};
use axum::middleware;
use axum::routing::{MethodFilter, on};
use described::{About, Described, Draft};
use guard::guard;
use openapi::{Document, Place};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;
use url::Url;
use visavis_domain::account::AccountRole;
use visavis_domain::ids::ApiKeyId;
use visavis_domain::scope::Scope;
use visavis_store::{Account, SignIn};

/// The edge's state.
pub(crate) struct Api {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) app: Arc<App>,
    pub(crate) appointments: Arc<Appointments>,
    pub(crate) webhooks: Arc<Webhooks>,
    /// How often an address may show a link.
    pub(crate) links: RateByAddress,
    /// How often an address may go to the identity provider, or come back.
    pub(crate) provider_rate: RateByAddress,
    /// How often a key may ask.
    pub(crate) key_rate: RateByKey,
    /// The address people use, if it is not what the server sees.
    pub(crate) public: Option<Url>,
    pub(crate) feeds: Feeds,
}

/// The routes of this edge.
pub(crate) fn router(api: &Arc<Api>) -> Router {
    let all = routes(api);
    let served = served::router(&all.document.finish());
    let all = all
        .router
        .method_not_allowed_fallback(|| async {
            problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method")
        })
        .with_state(api.clone())
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ));
    all.merge(served)
}

fn routes(api: &Arc<Api>) -> Routes {
    let document = Document::new();
    let routes = Routes { router: Router::new(), document, subject: "", list: Vec::new(), api: api.clone() };
    [
        sign_in::routes,
        me::routes,
        invitations::routes,
        people::routes,
        desks::routes,
        api_keys::routes,
        lounge::routes,
        calls::routes,
        rooms::routes,
        webhooks::routes,
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
pub(crate) fn table(api: &Arc<Api>) -> Vec<(Access, Keys, Method, &'static str)> {
    routes(api).list
}

/// What is said of all of them.
#[cfg(test)]
pub(crate) fn document(api: &Arc<Api>) -> serde_json::Value {
    serde_json::to_value(routes(api).document.finish()).expect("a document of JSON")
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

/// Whether programs may use a route by a key, for somebody who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// It is about one's own account, a cookie, or who else has keys.
    Closed,
    /// Those that have this scope.
    With(Scope),
}

/// Routes, the list of them, and what is said of them.
struct Routes {
    router: Router<Arc<Api>>,
    document: Document,
    /// What those that come next are about.
    subject: &'static str,
    /// Read by tests alone.
    #[cfg_attr(not(test), allow(dead_code, reason = "what the tests walk through"))]
    list: Vec<(Access, Keys, Method, &'static str)>,
    api: Arc<Api>,
}

impl Routes {
    /// Those that follow are about this.
    fn on(self, subject: &'static str) -> Self {
        Self { subject, ..self }
    }

    /// One more, with its guard, and what it says of itself.
    fn add<H, T, Signature>(
        mut self,
        access: Access,
        keys: Keys,
        method: Method,
        path: &'static str,
        handler: H,
        about: About,
    ) -> Self
    where
        H: Handler<T, Arc<Api>> + Described<Signature>,
        T: 'static,
    {
        let mut draft = Draft::of(path);
        H::describe(&mut draft);
        let id = operation_id(std::any::type_name::<H>());
        let place = Place { access, keys, method: &method, path, subject: self.subject, id: &id };
        self.document.add(place, draft, about);
        let filter = MethodFilter::try_from(method.clone()).expect("one of HTTP's own methods");
        let guard = middleware::from_fn_with_state((self.api.clone(), access, keys), guard);
        self.router = self.router.route(path, on(filter, handler).route_layer(guard));
        self.list.push((access, keys, method, path));
        self
    }
}

/// The name of a handler with the module it is in: `people_list`.
fn operation_id(handler: &str) -> String {
    let mut parts = handler.rsplit("::");
    let name = parts.next().unwrap_or_default();
    parts.next().map_or_else(|| name.to_owned(), |module| format!("{module}_{name}"))
}

/// Who asks, for handlers behind [`Access::Staff`] and [`Access::Admin`].
#[derive(Clone)]
struct Signed {
    account: Account,
    /// The key over which they ask, if a program does for them.
    key: Option<ApiKeyId>,
}

impl Signed {
    /// Whether they may make somebody this, or change somebody who is. Over a key nobody touches admins.
    fn gives(&self, role: AccountRole) -> Result<(), Denied> {
        match role {
            AccountRole::Admin if self.key.is_some() => Err(Denied::NotForKeys),
            AccountRole::Admin | AccountRole::Staff => Ok(()),
        }
    }
}

/// The sign-in by which they ask, for handlers that are closed to keys.
#[derive(Clone)]
struct Own(SignIn);

impl<S: Sync> FromRequestParts<S> for Own {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        parts.extensions.remove().ok_or(Denied::SignedOut)
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        parts.extensions.remove().ok_or(Denied::SignedOut)
    }
}

/// Who came, for handlers behind [`Access::Link`].
#[derive(Clone)]
struct Guest(Came);

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        parts.extensions.remove().ok_or(Denied::LinkNeeded)
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
