//! `/api/v1/admin/rooms`: which are open right now, who is in them, ending one, removing somebody. The audit log names a
//! room by the gathering in it: what people call their rooms is theirs.

use super::answers::{Created, Done};
use super::body::{Asked, Body, Named, Take};
use super::described::about;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Issuer, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use visavis_domain::ids::ParticipantId;
use visavis_domain::name::RoomName;
use visavis_domain::scope::Scope;
use visavis_protocol::{NewRoomToken, OpenRoomDetail, OpenRooms, RoomToken};
use visavis_store::Action;

const ONE: &str = "/api/v1/admin/rooms/{name}";
const PARTICIPANT: &str = "/api/v1/admin/rooms/{name}/participants/{participant}";
const UNKNOWN: Denied = Denied::Unknown(Unknown::Room);
const READ: Keys = Keys::With(Scope::RoomsRead);
const INVITE: Keys = Keys::With(Scope::RoomsInvite);
const WRITE: Keys = Keys::With(Scope::RoomsWrite);

pub(super) fn routes(routes: Routes) -> Routes {
    const END: &str = "/api/v1/admin/rooms/{name}/end";
    let unfit = [Invalid::Room, Invalid::Name, Invalid::Identity, Invalid::Seconds, Invalid::Site];
    routes
        .on("Open rooms")
        .add(
            Access::Admin,
            READ,
            Method::GET,
            "/api/v1/admin/rooms",
            list,
            about("Rooms that somebody is in, by name", []),
        )
        .add(Access::Admin, READ, Method::GET, ONE, look, about("One of them, with who is in it", [UNKNOWN]))
        .add(Access::Admin, WRITE, Method::POST, END, end, about("Ends it for everybody in it", [UNKNOWN]))
        .add(
            Access::Admin,
            WRITE,
            Method::DELETE,
            PARTICIPANT,
            remove,
            about("Removes somebody", [UNKNOWN, Denied::Unknown(Unknown::Participant)])
                .more("They are kept out for as long as the room lives."),
        )
        .add(
            Access::Admin,
            INVITE,
            Method::POST,
            "/api/v1/admin/rooms/{name}/tokens",
            invite,
            about("Makes a token that lets somebody into the room", unfit.map(Denied::Invalid)).more(
                "Their page shows it, whatever origin it is on. They need neither the room's password nor the host's \
                 admission, and may open the room.",
            ),
        )
}

/// Which part of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Part {
    /// `next` of the part before.
    after: Option<String>,
    /// As many: 100 if it is not said.
    #[param(inline)]
    take: Option<Take>,
}

async fn list(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(Part { after, take }): Asked<Part>,
) -> Result<Json<OpenRooms>, Denied> {
    looked(&api, &signed, String::new()).await?;
    let after = after.unwrap_or_default();
    let rooms = api.app.open_rooms(&after, take.unwrap_or_default().0.into()).await;
    rooms.map(Json).map_err(|refused| refused.denied(UNKNOWN))
}

async fn look(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(name): Named<String>,
) -> Result<Json<OpenRoomDetail>, Denied> {
    let (_, found) = find(&api, &name).await?;
    looked(&api, &signed, found.room.call.to_string()).await?;
    Ok(Json(found))
}

async fn end(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(name): Named<String>,
) -> Result<Done, Denied> {
    let (name, found) = find(&api, &name).await?;
    api.accounts.begin_in_room(signed.account.id, Action::RoomEnded, found.room.call.to_string()).await?;
    api.app.end_open_room(&name).await.map_err(|refused| refused.denied(UNKNOWN))?;
    Ok(Done)
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named((name, participant)): Named<(String, ParticipantId)>,
) -> Result<Done, Denied> {
    let (name, found) = find(&api, &name).await?;
    if found.participants.iter().all(|one| one.id != participant) {
        return Err(Denied::Unknown(Unknown::Participant));
    }
    let subject = participant.to_string();
    api.accounts.begin_in_room(signed.account.id, Action::ParticipantRemoved, subject).await?;
    api.app.remove_participant(&name, participant).await.map_err(|refused| refused.denied(UNKNOWN))?;
    Ok(Done)
}

/// Who looks again and again is written down once an hour for each thing: what a screen that polls would fill the log
/// with says no more than its first row.
async fn looked(api: &Api, signed: &Signed, subject: String) -> Result<(), Denied> {
    if !api.app.is_news((signed.account.id, signed.key), &subject).await {
        return Ok(());
    }
    api.accounts.begin_in_room(signed.account.id, Action::RoomsRead, subject).await
}

/// Whether anybody is in it does not matter: it may be opened by whoever is sent.
async fn invite(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(name): Named<String>,
    Body(new): Body<NewRoomToken>,
) -> Result<Created<RoomToken>, Denied> {
    let issuer = Issuer { account: signed.account.id, key: signed.key };
    api.app.make_room_token(&api.accounts, issuer, &name, &new).await.map(Created)
}

async fn find(api: &Api, name: &str) -> Result<(RoomName, OpenRoomDetail), Denied> {
    let name = RoomName::parse(name).map_err(|_| UNKNOWN)?;
    let found = api.app.open_room(&name).await.map_err(|refused| refused.denied(UNKNOWN))?;
    Ok((name, found))
}
