//! The history of calls and the audit log: `/api/v1/calls`, `/api/v1/admin/calls`, its export, `/api/v1/admin/audit`.

mod csv;

use super::answers::{Done, Many, Table};
use super::body::{Asked, Body, Named};
use super::described::about;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Accounts, CallsAsked, Denied, Invalid, Unknown, part};
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
use visavis_protocol::{AuditView, CallNote, CallPage};

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
    /// Begun then or later.
    #[param(inline)]
    from: Option<Timestamp>,
    /// Begun before.
    #[param(inline)]
    to: Option<Timestamp>,
    /// So many less from the beginning.
    skip: Option<u64>,
    /// As many; 100 if not said, 200 at most.
    take: Option<u64>,
}

impl Query {
    fn asked(&self) -> CallsAsked {
        CallsAsked { end: self.end, ended: self.ended, desk: self.desk, from: self.from, to: self.to }
    }
}

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Part {
    /// So many less from the beginning.
    skip: Option<u64>,
    /// As many; 100 if not said, 200 at most.
    take: Option<u64>,
}

async fn own(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Json<CallPage>, Denied> {
    let page = part(query.skip, query.take);
    api.app.history_caught_up().await;
    api.accounts.own_calls(signed.account.id, query.asked(), page).await.map(Json)
}

async fn all(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Json<CallPage>, Denied> {
    let page = part(query.skip, query.take);
    api.app.history_caught_up().await;
    api.accounts.all_calls(signed.account.id, query.asked(), page).await.map(Json)
}

async fn export(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(query): Asked<Query>,
) -> Result<Table, Denied> {
    api.app.history_caught_up().await;
    let asked = api.accounts.begin_export(signed.account.id, query.asked()).await?;
    Ok(Table(Answer::from_stream(rows(api.accounts.clone(), asked))))
}

/// Where an export has got to.
enum Export {
    Head,
    After(u64),
    End,
}

/// The whole history in parts, so that no more than one of them is in memory. If the store fails on the way the
/// answer breaks off, which browsers show as a failed download.
fn rows(accounts: Arc<Accounts>, asked: CallsAsked) -> impl Stream<Item = Result<Bytes, Denied>> {
    stream::try_unfold(Export::Head, move |at| {
        let accounts = accounts.clone();
        async move {
            let skip = match at {
                Export::Head => return Ok(Some((Bytes::from(csv::head()), Export::After(0)))),
                Export::After(skip) => skip,
                Export::End => return Ok(None),
            };
            let calls = accounts.export(asked, skip).await?;
            let next = match calls.len() {
                0 => Export::End,
                some => Export::After(skip.saturating_add(u64::try_from(some).unwrap_or(u64::MAX))),
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

async fn audit(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(Part { skip, take }): Asked<Part>,
) -> Result<Many<AuditView>, Denied> {
    api.accounts.audit_log(signed.account.id, part(skip, take)).await.map(Many)
}
