//! `/api/v1/admin/people`. Over a key nothing is done to admins, and nobody becomes one: whoever has a key would
//! have everything else.

use super::body::{Body, Named};
use super::{Access, Api, Base, Keys, Routes, Signed};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::account::AccountRole;
use visavis_domain::ids::PersonId;
use visavis_domain::scope::Scope;
use visavis_protocol::{AccountView, Invited, NewPerson, PersonChange};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Admin, Keys::With(Scope::StaffRead), Method::GET, "/api/v1/admin/people", list)
        .add(Access::Admin, Keys::With(Scope::StaffWrite), Method::POST, "/api/v1/admin/people", create)
        .add(Access::Admin, Keys::With(Scope::StaffWrite), Method::PATCH, "/api/v1/admin/people/{id}", change)
        .add(
            Access::Admin,
            Keys::With(Scope::StaffWrite),
            Method::POST,
            "/api/v1/admin/people/{id}/invitation",
            invite,
        )
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
    signed.gives(person.role)?;
    let invited = api.accounts.create_person(Some(signed.account.id), &person, &base).await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    Body(change): Body<PersonChange>,
) -> Result<Json<AccountView>, Denied> {
    signed.gives(change.role.unwrap_or(AccountRole::Staff))?;
    signed.gives(api.accounts.person(id).await?.role)?;
    api.accounts.change_person(signed.account.id, id, &change).await.map(Json)
}

async fn invite(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    Base(base): Base,
) -> Result<Json<Invited>, Denied> {
    let account = api.accounts.person(id).await?;
    signed.gives(account.role)?;
    api.accounts.invite(Some(signed.account.id), &account, &base).await.map(Json)
}
