//! `/api/v1/admin/lounge`: its rooms, and those who were removed from it.

use super::answers::{Created, Done, Many};
use super::body::{Body, Named};
use super::described::about;
use super::tags::Seen;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use std::sync::Arc;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_protocol::{LoungeRemoval, LoungeRoomSettings, LoungeRoomView};
use visavis_store::Taken;

pub(super) fn routes(routes: Routes) -> Routes {
    const ROOMS: &str = "/api/v1/admin/lounge/rooms";
    const ROOM: &str = "/api/v1/admin/lounge/rooms/{id}";
    const REMOVALS: &str = "/api/v1/admin/lounge/removals";
    const REMOVAL: &str = "/api/v1/admin/lounge/removals/{id}";
    const CLOSED: Keys = Keys::Closed;
    let none = || Denied::Unknown(Unknown::LoungeRoom);
    let unfit = || {
        let values = [Invalid::Slug, Invalid::Name, Invalid::About, Invalid::Member];
        values.map(Denied::Invalid).into_iter().chain([Denied::Taken(Taken::Slug)])
    };
    let full = Denied::Invalid(Invalid::Rooms);
    routes
        .on("Lounge")
        .add(Access::Admin, CLOSED, Method::GET, ROOMS, list, about("Its rooms, in their order", []))
        .add(Access::Admin, CLOSED, Method::POST, ROOMS, create, about("Makes a room", unfit().chain([full])))
        .add(Access::Admin, CLOSED, Method::GET, ROOM, look, about("One of its rooms", [none()]))
        .add(
            Access::Admin,
            CLOSED,
            Method::PUT,
            ROOM,
            change,
            about("Sets a room anew, all of it", unfit().chain([none()])),
        )
        .add(
            Access::Admin,
            CLOSED,
            Method::DELETE,
            ROOM,
            remove,
            about("Removes a room, with what was written in it", [none()]),
        )
        .add(
            Access::Admin,
            CLOSED,
            Method::GET,
            REMOVALS,
            removals,
            about("Those who were removed and may not come back yet", []),
        )
        .add(
            Access::Admin,
            CLOSED,
            Method::DELETE,
            REMOVAL,
            lift,
            about("Lets somebody come back", [Denied::Unknown(Unknown::Person)]),
        )
}

async fn list(State(api): State<Arc<Api>>) -> Result<Many<LoungeRoomView>, Denied> {
    api.accounts.lounge_rooms().await.map(Many)
}

async fn look(
    State(api): State<Arc<Api>>,
    Named(id): Named<LoungeRoomId>,
) -> Result<Json<LoungeRoomView>, Denied> {
    api.accounts.lounge_room(id).await.map(Json)
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(settings): Body<LoungeRoomSettings>,
) -> Result<Created<LoungeRoomView>, Denied> {
    api.accounts.create_lounge_room(signed.account.id, settings).await.map(Created)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<LoungeRoomId>,
    seen: Seen,
    Body(settings): Body<LoungeRoomSettings>,
) -> Result<Json<LoungeRoomView>, Denied> {
    if seen.is_said() {
        seen.still((), &api.accounts.lounge_room(id).await?)?;
    }
    api.accounts.change_lounge_room(signed.account.id, id, settings).await.map(Json)
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<LoungeRoomId>,
) -> Result<Done, Denied> {
    api.accounts.remove_lounge_room(signed.account.id, id).await?;
    Ok(Done)
}

async fn removals(State(api): State<Arc<Api>>) -> Result<Many<LoungeRemoval>, Denied> {
    api.accounts.lounge_removals().await.map(Many)
}

async fn lift(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(person): Named<PersonId>,
) -> Result<Done, Denied> {
    api.accounts.lift_lounge_removal(signed.account.id, person).await?;
    Ok(Done)
}
