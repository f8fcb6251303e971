//! Mail about appointments, and calendar files: for staff below `/api/v1/appointments`, for who came over a link at
//! `/api/v1/appointment/calendar`.

use super::body::{Body, Named};
use super::{Access, Api, Base, Guest, Keys, Routes, Signed, done};
use crate::app::{CalendarFile, Denied};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_domain::ids::AppointmentId;
use visavis_domain::scope::Scope;
use visavis_protocol::{MailPreview, MailRequest};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsRead),
            Method::GET,
            "/api/v1/appointments/{id}/calendar",
            staff_calendar,
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            "/api/v1/appointments/{id}/mail",
            mail,
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsRead),
            Method::POST,
            "/api/v1/appointments/{id}/mail/preview",
            preview,
        )
        .add(Access::Link, Keys::Closed, Method::GET, "/api/v1/appointment/calendar", client_calendar)
}

async fn mail(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(request): Body<MailRequest>,
) -> Result<StatusCode, Denied> {
    api.appointments.queue_mail(signed.account.id, id, &base, &request).await?;
    Ok(done())
}

async fn preview(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(request): Body<MailRequest>,
) -> Result<Json<MailPreview>, Denied> {
    api.appointments.preview_mail(signed.account.id, id, &base, &request).await.map(Json)
}

async fn staff_calendar(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
) -> Result<impl IntoResponse, Denied> {
    api.appointments.staff_calendar(signed.account.id, id, &base).await.map(download)
}

async fn client_calendar(
    State(api): State<Arc<Api>>,
    Guest(came): Guest,
    Base(base): Base,
) -> Result<impl IntoResponse, Denied> {
    api.appointments.client_calendar(&came, &base).await.map(download)
}

/// Kept as a file, whatever the browser could do with it. That it is not taken for something else is said with every
/// answer.
fn download(file: CalendarFile) -> impl IntoResponse + use<> {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
    ];
    (headers, file.text)
}
