//! The history of calls and the audit log: `/api/v1/calls`, `/api/v1/admin/calls`, its export, `/api/v1/admin/audit`.

mod csv;

use super::body::{Asked, Body, Named};
use super::{Access, Api, Keys, Routes, Signed, done};
use crate::app::{Accounts, CallsAsked, Denied, Unknown, part};
use axum::Json;
use axum::body::{Body as Answer, Bytes};
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::{Stream, stream};
use serde::Deserialize;
use std::sync::Arc;
use visavis_domain::ids::{DeskId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;
use visavis_protocol::{AuditView, CallNote, CallPage};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Staff, Keys::With(Scope::HistoryRead), Method::GET, "/api/v1/calls", own)
        .add(Access::Staff, Keys::Closed, Method::PUT, "/api/v1/calls/{ring}/note", note)
        .add(Access::Admin, Keys::With(Scope::HistoryRead), Method::GET, "/api/v1/admin/calls", all)
        .add(Access::Admin, Keys::With(Scope::HistoryRead), Method::GET, "/api/v1/admin/calls.csv", export)
        .add(
            Access::Admin,
            Keys::With(Scope::RoomsWrite),
            Method::POST,
            "/api/v1/admin/calls/{ring}/end",
            end,
        )
        .add(Access::Admin, Keys::Closed, Method::GET, "/api/v1/admin/audit", audit)
}

/// Which calls, and which part of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    end: Option<RingEnd>,
    ended: Option<bool>,
    desk: Option<DeskId>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    skip: Option<u64>,
    take: Option<u64>,
}

impl Query {
    fn asked(&self) -> CallsAsked {
        CallsAsked { end: self.end, ended: self.ended, desk: self.desk, from: self.from, to: self.to }
    }
}

/// Which part of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    skip: Option<u64>,
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
) -> Result<impl IntoResponse, Denied> {
    api.app.history_caught_up().await;
    let asked = api.accounts.begin_export(signed.account.id, query.asked()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
    ];
    Ok((headers, Answer::from_stream(rows(api.accounts.clone(), asked))))
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
) -> Result<StatusCode, Denied> {
    api.accounts.note_call(signed.account.id, ring, note).await?;
    Ok(done())
}

/// Written down first: nobody's call is ended by somebody unknown.
async fn end(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(ring): Named<RingId>,
) -> Result<StatusCode, Denied> {
    api.accounts.begin_ending(signed.account.id, ring).await?;
    match api.app.end_call(ring, RingEnd::EndedByAdmin).await {
        Ok(()) => Ok(done()),
        Err(refused) => Err(refused.denied(Denied::Unknown(Unknown::Call))),
    }
}

async fn audit(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asked(Part { skip, take }): Asked<Part>,
) -> Result<Json<Vec<AuditView>>, Denied> {
    api.accounts.audit_log(signed.account.id, part(skip, take)).await.map(Json)
}
