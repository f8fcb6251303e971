//! `/api/v1/admin/api-keys`. A key makes no keys: it would outlive itself.

use super::answers::{Created, Done, Many};
use super::body::{Body, Named};
use super::described::about;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Unknown};
use axum::extract::State;
use axum::http::Method;
use std::sync::Arc;
use visavis_domain::ids::ApiKeyId;
use visavis_protocol::{ApiKeyView, MadeApiKey, NewApiKey};

pub(super) fn routes(routes: Routes) -> Routes {
    const ALL: &str = "/api/v1/admin/api-keys";
    const ONE: &str = "/api/v1/admin/api-keys/{id}";
    let unfit = [Invalid::Name, Invalid::Scopes, Invalid::Expiry, Invalid::Member, Invalid::Keys];
    routes
        .on("Keys")
        .add(Access::Admin, Keys::Closed, Method::GET, ALL, list, about("All keys, latest made first", []))
        .add(
            Access::Admin,
            Keys::Closed,
            Method::POST,
            ALL,
            make,
            about("Makes a key; it is shown this once", unfit.map(Denied::Invalid)),
        )
        .add(
            Access::Admin,
            Keys::Closed,
            Method::DELETE,
            ONE,
            revoke,
            about("Revokes a key, at once", [Denied::Unknown(Unknown::ApiKey)]),
        )
}

async fn list(State(api): State<Arc<Api>>) -> Result<Many<ApiKeyView>, Denied> {
    api.accounts.api_keys().await.map(Many)
}

async fn make(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(new): Body<NewApiKey>,
) -> Result<Created<MadeApiKey>, Denied> {
    api.accounts.make_api_key(Some(signed.account.id), &new).await.map(Created)
}

async fn revoke(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<ApiKeyId>,
) -> Result<Done, Denied> {
    api.accounts.revoke_api_key(Some(signed.account.id), id).await?;
    Ok(Done)
}
