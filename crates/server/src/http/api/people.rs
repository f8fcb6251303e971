//! `/api/v1/admin/people`.

use super::body::{Body, Named};
use super::{Access, Api, Base, Routes, Signed};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::ids::PersonId;
use visavis_protocol::{AccountView, Invited, NewPerson, PersonChange};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Admin, Method::GET, "/api/v1/admin/people", list)
        .add(Access::Admin, Method::POST, "/api/v1/admin/people", create)
        .add(Access::Admin, Method::PATCH, "/api/v1/admin/people/{id}", change)
        .add(Access::Admin, Method::POST, "/api/v1/admin/people/{id}/invitation", invite)
}

async fn list(State(api): State<Arc<Api>>) -> Result<Json<Vec<AccountView>>, Denied> {
    api.accounts.people().await.map(Json)
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Body(person): Body<NewPerson>,
) -> Result<impl IntoResponse, Denied> {
    let invited = api.accounts.create_person(Some(signed.account.id), &person, &base).await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    Body(change): Body<PersonChange>,
) -> Result<Json<AccountView>, Denied> {
    api.accounts.change_person(signed.account.id, id, &change).await.map(Json)
}

async fn invite(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    Base(base): Base,
) -> Result<Json<Invited>, Denied> {
    let account = api.accounts.person(id).await?;
    api.accounts.invite(Some(signed.account.id), &account, &base).await.map(Json)
}
