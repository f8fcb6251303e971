//! `/api/v1/admin/api-keys`. A key makes no keys: it would outlive itself.

use super::body::{Body, Named};
use super::{Access, Api, Keys, Routes, Signed, done};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::ids::ApiKeyId;
use visavis_protocol::{ApiKeyView, NewApiKey};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Admin, Keys::Closed, Method::GET, "/api/v1/admin/api-keys", list)
        .add(Access::Admin, Keys::Closed, Method::POST, "/api/v1/admin/api-keys", make)
        .add(Access::Admin, Keys::Closed, Method::DELETE, "/api/v1/admin/api-keys/{id}", revoke)
}

async fn list(State(api): State<Arc<Api>>) -> Result<Json<Vec<ApiKeyView>>, Denied> {
    api.accounts.api_keys().await.map(Json)
}

async fn make(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(new): Body<NewApiKey>,
) -> Result<impl IntoResponse, Denied> {
    let made = api.accounts.make_api_key(Some(signed.account.id), &new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn revoke(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<ApiKeyId>,
) -> Result<StatusCode, Denied> {
    api.accounts.revoke_api_key(Some(signed.account.id), id).await?;
    Ok(done())
}
