//! `/api/v1/appointments`: one's own, and those that are shared with a desk of one's own. Calendar files and mail are
//! in `letters`.

use super::body::{Asked, Body, Named};
use super::{Access, Api, Base, Keys, Routes, Signed};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;
use visavis_domain::ids::{AppointmentId, LinkId};
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;
use visavis_protocol::{
    AppointmentChange, AppointmentList, AppointmentMove, AppointmentOutcome, AppointmentView, NewAppointment,
    NewLink,
};

const ALL: &str = "/api/v1/appointments";
const ONE: &str = "/api/v1/appointments/{id}";
const LINK: &str = "/api/v1/appointments/{id}/links/{link}";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Staff, Keys::With(Scope::AppointmentsRead), Method::GET, ALL, list)
        .add(Access::Staff, Keys::With(Scope::AppointmentsWrite), Method::POST, ALL, create)
        .add(Access::Staff, Keys::With(Scope::AppointmentsRead), Method::GET, ONE, look)
        .add(Access::Staff, Keys::With(Scope::AppointmentsWrite), Method::PATCH, ONE, change)
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            "/api/v1/appointments/{id}/move",
            move_to,
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            "/api/v1/appointments/{id}/state",
            settle,
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            "/api/v1/appointments/{id}/links",
            add_link,
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            "/api/v1/appointments/{id}/links/{link}/reissue",
            reissue_link,
        )
        .add(Access::Staff, Keys::With(Scope::AppointmentsWrite), Method::DELETE, LINK, take_back_link)
}

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    from: Timestamp,
    to: Timestamp,
}

type Changed = Result<Json<AppointmentView>, Denied>;

async fn list(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Asked(Query { from, to }): Asked<Query>,
) -> Result<Json<AppointmentList>, Denied> {
    api.appointments.list(signed.account.id, from, to, &base).await.map(Json)
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Body(new): Body<NewAppointment>,
) -> Result<impl IntoResponse, Denied> {
    let created = api.appointments.create(signed.account.id, &new, &base).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn look(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
) -> Changed {
    api.appointments.look(signed.account.id, id, &base).await.map(Json)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(change): Body<AppointmentChange>,
) -> Changed {
    api.appointments.change(signed.account.id, id, &change, &base).await.map(Json)
}

async fn move_to(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(to): Body<AppointmentMove>,
) -> Changed {
    api.appointments.move_to(signed.account.id, id, &to, &base).await.map(Json)
}

async fn settle(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(AppointmentOutcome { state }): Body<AppointmentOutcome>,
) -> Changed {
    api.appointments.settle(signed.account.id, id, state, &base).await.map(Json)
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
