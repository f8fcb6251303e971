//! What the HTTP and the realtime edge share.

mod bearer;
mod browser;
mod cookie;
mod denied;
mod origin;
mod pace;
mod rate;
mod shares;
mod tag;

pub(crate) use bearer::bearer;
pub(crate) use browser::{browser, network_of};
pub(crate) use cookie::{browser_cookie, browser_shown, cookie, cookie_gone, keep_cookie};
pub(crate) use origin::{authority_of, is_own_page, same_origin};
pub(crate) use pace::RateByKey;
pub(crate) use rate::RateByAddress;
pub(crate) use shares::{Share, Shares};
pub(crate) use tag::{matches, tag_of};

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use visavis_protocol::Problem;

/// Whose request it is: the peer, or who a trusted balancer says. An extension of every request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// What a request may be refused with, for those who describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
}

/// A refusal for programs, as RFC 9457 has it.
pub(crate) fn problem(status: StatusCode, code: &str, title: &str) -> Response {
    let body = Problem { title: title.into(), status: status.as_u16(), code: code.into() };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
}
