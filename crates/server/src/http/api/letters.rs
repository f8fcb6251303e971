//! Mail about appointments, and calendar files: for staff below `/api/v1/appointments`, for who came over a link at
//! `/api/v1/appointment/calendar`.

use super::answers::Done;
use super::body::{Body, Named};
use super::described::about;
use super::{Access, Api, Base, Guest, Keys, Routes, Signed};
use crate::app::{CalendarFile, Denied, Invalid, Unfit, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use std::sync::Arc;
use visavis_domain::ids::AppointmentId;
use visavis_domain::scope::Scope;
use visavis_protocol::{MailPreview, MailRequest};

pub(super) fn routes(routes: Routes) -> Routes {
    const CALENDAR: &str = "/api/v1/appointments/{id}/calendar";
    const MAIL: &str = "/api/v1/appointments/{id}/mail";
    const PREVIEW: &str = "/api/v1/appointments/{id}/mail/preview";
    const READ: Keys = Keys::With(Scope::AppointmentsRead);
    let none = || Denied::Unknown(Unknown::Appointment);
    let unfit = || [none(), Denied::Unfit(Unfit::Mail), Denied::Invalid(Invalid::Text)];
    routes
        .on("Appointments")
        .add(
            Access::Staff,
            READ,
            Method::GET,
            CALENDAR,
            staff_calendar,
            about("A calendar file, for the professional", [none()]),
        )
        .add(
            Access::Staff,
            Keys::With(Scope::AppointmentsWrite),
            Method::POST,
            MAIL,
            mail,
            about("Mails the client how it is now", unfit()),
        )
        .add(
            Access::Staff,
            READ,
            Method::POST,
            PREVIEW,
            preview,
            about("What would be mailed; sends nothing", unfit()),
        )
        .on("Coming to an appointment")
        .add(
            Access::Link,
            Keys::Closed,
            Method::GET,
            "/api/v1/appointment/calendar",
            client_calendar,
            about("A calendar file with one's link", []),
        )
}

async fn mail(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Named(id): Named<AppointmentId>,
    Body(request): Body<MailRequest>,
) -> Result<Done, Denied> {
    api.appointments.queue_mail(signed.account.id, id, &base, &request).await?;
    Ok(Done)
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
) -> Result<CalendarFile, Denied> {
    api.appointments.staff_calendar(signed.account.id, id, &base).await
}

async fn client_calendar(
    State(api): State<Arc<Api>>,
    Guest(came): Guest,
    Base(base): Base,
) -> Result<CalendarFile, Denied> {
    api.appointments.client_calendar(&came, &base).await
}
