//! `/api/v1/admin/desks`.

use super::body::{Body, Named};
use super::{Access, Api, Keys, Routes, Signed, done};
use crate::app::{Denied, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::ids::DeskId;
use visavis_domain::scope::Scope;
use visavis_protocol::{DeskSettings, DeskView, StaffDesk};

pub(super) fn routes(routes: Routes) -> Routes {
    let read = Keys::With(Scope::DesksRead);
    routes
        .add(Access::Admin, read, Method::GET, "/api/v1/admin/desks/{id}/now", now)
        .add(Access::Admin, Keys::With(Scope::DesksRead), Method::GET, "/api/v1/admin/desks", list)
        .add(Access::Admin, Keys::With(Scope::DesksWrite), Method::POST, "/api/v1/admin/desks", create)
        .add(Access::Admin, Keys::With(Scope::DesksWrite), Method::PUT, "/api/v1/admin/desks/{id}", change)
        .add(Access::Admin, Keys::With(Scope::DesksWrite), Method::DELETE, "/api/v1/admin/desks/{id}", remove)
}

async fn list(State(api): State<Arc<Api>>) -> Result<Json<Vec<DeskView>>, Denied> {
    api.accounts.desks().await.map(Json)
}

async fn now(State(api): State<Arc<Api>>, Named(id): Named<DeskId>) -> Result<Json<StaffDesk>, Denied> {
    let desk = api.app.desk_now(id).await;
    desk.map(Json).map_err(|refused| refused.denied(Denied::Unknown(Unknown::Desk)))
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(settings): Body<DeskSettings>,
) -> Result<impl IntoResponse, Denied> {
    let desk = api.accounts.create_desk(signed.account.id, settings).await?;
    Ok((StatusCode::CREATED, Json(desk)))
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<DeskId>,
    Body(settings): Body<DeskSettings>,
) -> Result<Json<DeskView>, Denied> {
    api.accounts.change_desk(signed.account.id, id, settings).await.map(Json)
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<DeskId>,
) -> Result<StatusCode, Denied> {
    api.accounts.remove_desk(signed.account.id, id).await?;
    Ok(done())
}
