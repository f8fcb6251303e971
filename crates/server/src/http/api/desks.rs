//! `/api/v1/admin/desks`.

use super::answers::{Created, Done, Many};
use super::body::{Body, Named};
use super::described::about;
use super::tags::Seen;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Unknown, desk_view};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use std::sync::Arc;
use visavis_domain::ids::DeskId;
use visavis_domain::scope::Scope;
use visavis_protocol::{DeskSettings, DeskView, StaffDesk};
use visavis_store::{Desk, Taken};

pub(super) fn routes(routes: Routes) -> Routes {
    const READ: Keys = Keys::With(Scope::DesksRead);
    const WRITE: Keys = Keys::With(Scope::DesksWrite);
    const ALL: &str = "/api/v1/admin/desks";
    const ONE: &str = "/api/v1/admin/desks/{id}";
    let none = || Denied::Unknown(Unknown::Desk);
    let unfit = || {
        let values = [
            Invalid::Slug,
            Invalid::Name,
            Invalid::About,
            Invalid::Hours,
            Invalid::Site,
            Invalid::Seconds,
            Invalid::Member,
        ];
        values.map(Denied::Invalid).into_iter().chain([Denied::Taken(Taken::Slug)])
    };
    routes
        .on("Desks")
        .add(Access::Admin, READ, Method::GET, ALL, list, about("All desks, by name", []))
        .add(Access::Admin, READ, Method::GET, ONE, look, about("One desk", [none()]))
        .add(Access::Admin, WRITE, Method::POST, ALL, create, about("Makes a desk", unfit()))
        .add(
            Access::Admin,
            WRITE,
            Method::PUT,
            ONE,
            change,
            about("Sets a desk anew, all of it", unfit().chain([none()])),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::DELETE,
            ONE,
            remove,
            about("Removes a desk; the history of its calls stays", [none()]),
        )
        .add(
            Access::Admin,
            READ,
            Method::GET,
            "/api/v1/admin/desks/{id}/now",
            now,
            about("Who is at a desk and who waits, right now", [none()]),
        )
}

async fn list(State(api): State<Arc<Api>>) -> Result<Many<DeskView>, Denied> {
    api.accounts.desks().await.map(Many)
}

async fn look(State(api): State<Arc<Api>>, Named(id): Named<DeskId>) -> Result<Json<DeskView>, Denied> {
    api.accounts.desk(id).await.map(|desk| Json(desk_view(desk)))
}

/// As it has to be still when it is written, if that was said.
async fn as_seen(api: &Api, id: DeskId, seen: &Seen) -> Result<Option<Desk>, Denied> {
    if !seen.is_said() {
        return Ok(None);
    }
    let desk = api.accounts.desk(id).await?;
    seen.still(desk.clone(), &desk_view(desk))
}

async fn now(State(api): State<Arc<Api>>, Named(id): Named<DeskId>) -> Result<Json<StaffDesk>, Denied> {
    let desk = api.app.desk_now(id).await;
    desk.map(Json).map_err(|refused| refused.denied(Denied::Unknown(Unknown::Desk)))
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(settings): Body<DeskSettings>,
) -> Result<Created<DeskView>, Denied> {
    api.accounts.create_desk(signed.account.id, settings).await.map(Created)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<DeskId>,
    seen: Seen,
    Body(settings): Body<DeskSettings>,
) -> Result<Json<DeskView>, Denied> {
    let before = as_seen(&api, id, &seen).await?;
    let changed = api.accounts.change_desk(signed.account.id, id, before, settings).await;
    changed.map(Json).map_err(|denied| seen.refused(denied))
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<DeskId>,
    seen: Seen,
) -> Result<Done, Denied> {
    let before = as_seen(&api, id, &seen).await?;
    let removed = api.accounts.remove_desk(signed.account.id, id, before).await;
    removed.map(|()| Done).map_err(|denied| seen.refused(denied))
}
