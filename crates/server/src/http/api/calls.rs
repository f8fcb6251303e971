//! The history of calls and the audit log: `/api/v1/calls`, `/api/v1/admin/calls`, its export, `/api/v1/admin/audit`.

mod csv;

use super::answers::{Done, Table};
use super::body::{Asked, Body, Exact, Named, Take};
use super::described::about;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Accounts, CallsAsked, Denied, Invalid, Place, Unknown};
use axum::Json;
use axum::body::{Body as Answer, Bytes};
use axum::extract::State;
use axum::http::Method;
use futures_util::{Stream, stream};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use visavis_domain::ids::{DeskId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;
use visavis_protocol::{AuditPage, CallNote, CallPage};
use visavis_store::Page;

pub(super) fn routes(routes: Routes) -> Routes {
    const READ: Keys = Keys::With(Scope::HistoryRead);
    const END: &str = "/api/v1/admin/calls/{ring}/end";
    let none = || Denied::Unknown(Unknown::Call);
    routes
        .on("Calls")
        .add(
            Access::Staff,
            READ,
            Method::GET,
            "/api/v1/calls",
            own,
            about("One's own calls, latest first", []),
        )
        .add(
            Access::Staff,
            Keys::Closed,
            Method::PUT,
            "/api/v1/calls/{ring}/note",
            note,
            about("Writes down what came of one's own call", [none(), Denied::Invalid(Invalid::Note)]),
        )
        .add(
            Access::Admin,
            READ,
            Method::GET,
            "/api/v1/admin/calls",
            all,
            about("Everybody's calls, latest first", []).more("Each look is a row of the audit log."),
        )
        .add(
            Access::Admin,
            READ,
            Method::GET,
            "/api/v1/admin/calls.csv",
            export,
            about("Everybody's calls, all of them, as a table", []).more("A row of the audit log says so."),
        )
        .add(
            Access::Admin,
            Keys::With(Scope::RoomsWrite),
            Method::POST,
            END,
            end,
            about("Ends a call that goes on", [none()]),
        )
        .add(
            Access::Admin,
            Keys::Closed,
            Method::DELETE,
            "/api/v1/admin/calls/{ring}",
            forget,
            about("Takes a call that is over out of the history, with all that was said about it", [none()]),
        )
        .on("Audit log")
        .add(
            Access::Admin,
            Keys::Closed,
            Method::GET,
            "/api/v1/admin/audit",
            audit,
            about("What was done by whom, latest first", []),
        )
}

/// Which calls, and which part of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// That ended so.
    #[param(inline)]
    end: Option<RingEnd>,
    /// That are over, or that go on.
    ended: Option<bool>,
    /// Of this desk.
    #[param(inline)]
    desk: Option<DeskId>,
    /// Begun then or later, in milliseconds since 1970.
    #[param(inline)]
    from: Option<Exact>,
    /// Begun before.
    #[param(inline)]
    to: Option<Exact>,
    /// `next` of the part before.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,16}-r_[0-9a-f]{32}$")]
    after: Option<Place<RingId>>,
    /// So many less from there on, for pages with numbers.
    #[param(inline)]
    skip: Option<Exact>,
    /// As many: 100 if it is not said.
    #[param(inline)]
    take: Option<Take>,
}

impl Query {
    fn asked(&self) -> (CallsAsked, Page) {
        let Self { end, ended, desk, from, to, after, skip, take } = *self;
        let (from, to) = (from.map(Timestamp::from), to.map(Timestamp::from));
        let page = Page { skip: skip.map_or(0, |skip| skip.0), take: take.unwrap_or_default().0.into() };
        (CallsAsked { end, ended, desk, from, to, after }, page)
    }
}

/// Which part of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Part {
    /// `next` of the part before.
    #[param(inline)]
    after: Option<Exact>,
    /// As many: 100 if it is not said.
    #[param(inline)]
    take: Option<Take>,
}

async fn own(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Json<CallPage>, Denied> {
    let (asked, page) = query.asked();
    api.app.history_caught_up().await;
    api.accounts.own_calls(signed.account.id, asked, page).await.map(Json)
}

async fn all(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Json<CallPage>, Denied> {
    let (asked, page) = query.asked();
    api.app.history_caught_up().await;
    api.accounts.all_calls(signed.account.id, asked, page).await.map(Json)
}

async fn export(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Table, Denied> {
    api.app.history_caught_up().await;
    let asked = api.accounts.begin_export(signed.account.id, query.asked().0).await?;
    Ok(Table(Answer::from_stream(rows(api.accounts.clone(), asked))))
}

/// Where an export has got to.
enum Export {
    Head,
    Next(CallsAsked),
    End,
}

/// The whole history in parts, so that no more than one of them is in memory. If the store fails on the way the
/// answer breaks off, which browsers show as a failed download.
fn rows(accounts: Arc<Accounts>, asked: CallsAsked) -> impl Stream<Item = Result<Bytes, Denied>> {
    stream::try_unfold(Export::Head, move |at| {
        let accounts = accounts.clone();
        async move {
            let asked = match at {
                Export::Head => return Ok(Some((Bytes::from(csv::head()), Export::Next(asked)))),
                Export::Next(asked) => asked,
                Export::End => return Ok(None),
            };
            let (calls, after) = accounts.export(asked).await?;
            let next = match after {
                Some(_) => Export::Next(CallsAsked { after, ..asked }),
                None => Export::End,
            };
            let text: String = calls.iter().map(csv::row).collect();
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

async fn note(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(ring): Named<RingId>,
    Body(note): Body<CallNote>,
) -> Result<Done, Denied> {
    api.accounts.note_call(signed.account.id, ring, note).await?;
    Ok(Done)
}

/// Written down first: nobody's call is ended by somebody unknown.
async fn end(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(ring): Named<RingId>,
) -> Result<Done, Denied> {
    api.accounts.begin_ending(signed.account.id, ring).await?;
    match api.app.end_call(ring, RingEnd::EndedByAdmin).await {
        Ok(()) => Ok(Done),
        Err(refused) => Err(refused.denied(Denied::Unknown(Unknown::Call))),
    }
}

async fn forget(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(ring): Named<RingId>,
) -> Result<Done, Denied> {
    api.app.history_caught_up().await;
    api.accounts.forget_call(signed.account.id, ring).await?;
    Ok(Done)
}

async fn audit(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(Part { after, take }): Asked<Part>,
) -> Result<Json<AuditPage>, Denied> {
    let (before, take) = (after.map(|after| after.0), take.unwrap_or_default().0.into());
    api.accounts.audit_log(signed.account.id, before, take).await.map(Json)
}
