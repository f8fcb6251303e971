//! `/api/v1/appointments`: one's own, and those that are shared with a desk of one's own. Calendar files and mail are
//! in `letters`.

use super::answers::{Created, Done};
use super::body::{Asked, Body, Exact, Named, Take};
use super::described::about;
use super::tags::Seen;
use super::{Access, Api, Base, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Place, Unfit, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use visavis_domain::ids::{AppointmentId, LinkId};
use visavis_domain::scope::Scope;
use visavis_protocol::{
    AppointmentChange, AppointmentList, AppointmentMove, AppointmentOutcome, AppointmentView, NewAppointment,
    NewLink,
};
use visavis_store::Appointment;

const ALL: &str = "/api/v1/appointments";
const ONE: &str = "/api/v1/appointments/{id}";
const LINK: &str = "/api/v1/appointments/{id}/links/{link}";

const READ: Keys = Keys::With(Scope::AppointmentsRead);
const WRITE: Keys = Keys::With(Scope::AppointmentsWrite);
const NONE: Denied = Denied::Unknown(Unknown::Appointment);
const NO_LINK: Denied = Denied::Unknown(Unknown::Link);

pub(super) fn routes(routes: Routes) -> Routes {
    const MOVE: &str = "/api/v1/appointments/{id}/move";
    const STATE: &str = "/api/v1/appointments/{id}/state";
    const LINKS: &str = "/api/v1/appointments/{id}/links";
    const REISSUE: &str = "/api/v1/appointments/{id}/links/{link}/reissue";
    let words = [Invalid::Name, Invalid::Email, Invalid::Text];
    let times = [
        Invalid::Duration,
        Invalid::Zone,
        Invalid::Time,
        Invalid::TimeSkipped,
        Invalid::TimeAmbiguous,
        Invalid::TimePast,
    ];
    let made = words.into_iter().chain(times).chain([Invalid::Desk]).map(Denied::Invalid);
    let changed = words.map(Denied::Invalid).into_iter().chain([NONE]);
    let moved = times.map(Denied::Invalid).into_iter().chain([NONE, Denied::Unfit(Unfit::State)]);
    let settled = [NONE, Denied::Unfit(Unfit::State), Denied::Unfit(Unfit::TooSoon)];
    let linked = [NONE, Denied::Unfit(Unfit::Links), Denied::Invalid(Invalid::Name)];
    routes
        .on("Appointments")
        .add(
            Access::Staff,
            READ,
            Method::GET,
            ALL,
            list,
            about("Those that begin within a time, earliest first", [Denied::Invalid(Invalid::Time)]).more(
                "One's own, and those that are shared with a desk of one's own. At most 62 days at once.",
            ),
        )
        .add(Access::Staff, WRITE, Method::POST, ALL, create, about("Makes an appointment", made))
        .add(Access::Staff, READ, Method::GET, ONE, look, about("One appointment", [NONE]))
        .add(
            Access::Staff,
            WRITE,
            Method::PATCH,
            ONE,
            change,
            about("Changes whom it is with, what it is about, or one's note", changed)
                .more("What is absent stays as it is."),
        )
        .add(
            Access::Staff,
            WRITE,
            Method::POST,
            MOVE,
            move_to,
            about("Moves it to another time; links hold as before", moved)
                .more("`sequence` is the one it was seen with."),
        )
        .add(
            Access::Staff,
            WRITE,
            Method::POST,
            STATE,
            settle,
            about("Says what became of it, or cancels it", settled)
                .more("Whoever waits, or is in the call, is told."),
        )
        .add(Access::Staff, WRITE, Method::POST, LINKS, add_link, about("One more personal link", linked))
        .add(
            Access::Staff,
            WRITE,
            Method::POST,
            REISSUE,
            reissue_link,
            about("Takes a link back and makes another in its place", [NONE, NO_LINK]),
        )
        .add(
            Access::Staff,
            WRITE,
            Method::DELETE,
            LINK,
            take_back_link,
            about("Takes a link back; pages opened by it close at once", [NONE, NO_LINK]),
        )
        .add(
            Access::Staff,
            WRITE,
            Method::DELETE,
            ONE,
            forget,
            about(
                "Removes one that is cancelled or over, with everything about it",
                [NONE, Denied::Unfit(Unfit::State)],
            )
            .more("One that is still planned is cancelled first. Calls stay in the history."),
        )
}

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// They begin then or later, in milliseconds since 1970.
    #[param(inline)]
    from: Exact,
    /// They begin before.
    #[param(inline)]
    to: Exact,
    /// `next` of the part before.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,16}-a_[0-9a-f]{32}$")]
    after: Option<Place<AppointmentId>>,
    /// As many: 100 if it is not said.
    #[param(inline)]
    take: Option<Take>,
}

type Changed = Result<Json<AppointmentView>, Denied>;

async fn list(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Asked(Query { from, to, after, take }): Asked<Query>,
) -> Result<Json<AppointmentList>, Denied> {
    let part = (after, take.unwrap_or_default().0.into());
    api.appointments.list(signed.account.id, from.into(), to.into(), part, &base).await.map(Json)
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Body(new): Body<NewAppointment>,
) -> Result<Created<AppointmentView>, Denied> {
    api.appointments.create(signed.account.id, &new, &base).await.map(Created)
}

async fn look(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
) -> Changed {
    api.appointments.look(signed.account.id, id, &base).await.map(Json)
}

/// As it has to be still when it is written, if that was said.
async fn as_seen(
    api: &Api,
    signed: &Signed,
    base: &str,
    id: AppointmentId,
    seen: &Seen,
) -> Result<Option<Appointment>, Denied> {
    if !seen.is_said() {
        return Ok(None);
    }
    let one = api.appointments.visible(signed.account.id, id).await?;
    let shown = api.appointments.view(one.clone(), base).await?;
    seen.still(one, &shown)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    seen: Seen,
    Body(change): Body<AppointmentChange>,
) -> Changed {
    let before = as_seen(&api, &signed, &base, id, &seen).await?;
    let changed = api.appointments.change(signed.account.id, (id, before), &change, &base).await;
    changed.map(Json).map_err(|denied| seen.refused(denied))
}

async fn move_to(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    seen: Seen,
    Body(to): Body<AppointmentMove>,
) -> Changed {
    let before = as_seen(&api, &signed, &base, id, &seen).await?;
    let changed = api.appointments.move_to(signed.account.id, (id, before), &to, &base).await;
    changed.map(Json).map_err(|denied| seen.refused(denied))
}

async fn settle(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    seen: Seen,
    Body(AppointmentOutcome { state }): Body<AppointmentOutcome>,
) -> Changed {
    let before = as_seen(&api, &signed, &base, id, &seen).await?;
    let changed = api.appointments.settle(signed.account.id, (id, before), state, &base).await;
    changed.map(Json).map_err(|denied| seen.refused(denied))
}

async fn forget(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    seen: Seen,
) -> Result<Done, Denied> {
    let before = as_seen(&api, &signed, &base, id, &seen).await?;
    let forgotten = api.appointments.forget(signed.account.id, (id, before)).await;
    forgotten.map(|()| Done).map_err(|denied| seen.refused(denied))
}

async fn add_link(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(NewLink { name }): Body<NewLink>,
) -> Changed {
    api.appointments.add_link(signed.account.id, id, &name, &base).await.map(Json)
}

async fn reissue_link(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named((id, link)): Named<(AppointmentId, LinkId)>,
) -> Changed {
    api.appointments.reissue_link(signed.account.id, id, link, &base).await.map(Json)
}

async fn take_back_link(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named((id, link)): Named<(AppointmentId, LinkId)>,
) -> Changed {
    api.appointments.take_back_link(signed.account.id, id, link, &base).await.map(Json)
}
