//! `/api/v1/admin/lounge`: its rooms, and those who were removed from it.

use super::body::{Body, Named};
use super::{Access, Api, Keys, Routes, Signed, done};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_protocol::{LoungeRemoval, LoungeRoomSettings, LoungeRoomView};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Admin, Keys::Closed, Method::GET, "/api/v1/admin/lounge/rooms", list)
        .add(Access::Admin, Keys::Closed, Method::POST, "/api/v1/admin/lounge/rooms", create)
        .add(Access::Admin, Keys::Closed, Method::PUT, "/api/v1/admin/lounge/rooms/{id}", change)
        .add(Access::Admin, Keys::Closed, Method::DELETE, "/api/v1/admin/lounge/rooms/{id}", remove)
        .add(Access::Admin, Keys::Closed, Method::GET, "/api/v1/admin/lounge/removals", removals)
        .add(Access::Admin, Keys::Closed, Method::DELETE, "/api/v1/admin/lounge/removals/{id}", lift)
}

async fn list(State(api): State<Arc<Api>>) -> Result<Json<Vec<LoungeRoomView>>, Denied> {
    api.accounts.lounge_rooms().await.map(Json)
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(settings): Body<LoungeRoomSettings>,
) -> Result<impl IntoResponse, Denied> {
    let room = api.accounts.create_lounge_room(signed.account.id, settings).await?;
    Ok((StatusCode::CREATED, Json(room)))
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<LoungeRoomId>,
    Body(settings): Body<LoungeRoomSettings>,
) -> Result<Json<LoungeRoomView>, Denied> {
    api.accounts.change_lounge_room(signed.account.id, id, settings).await.map(Json)
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<LoungeRoomId>,
) -> Result<StatusCode, Denied> {
    api.accounts.remove_lounge_room(signed.account.id, id).await?;
    Ok(done())
}

async fn removals(State(api): State<Arc<Api>>) -> Result<Json<Vec<LoungeRemoval>>, Denied> {
    api.accounts.lounge_removals().await.map(Json)
}

async fn lift(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(person): Named<PersonId>,
) -> Result<StatusCode, Denied> {
    api.accounts.lift_lounge_removal(signed.account.id, person).await?;
    Ok(done())
}
