//! How a refusal of accounts goes over HTTP: a status, a code, and nothing about why the store failed.

use super::{Refusal, problem};
use crate::app::{Denied, LinkRefused, Unknown};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use visavis_protocol::LinkProblem;
use visavis_store::StoreError;

/// Seconds after which it is worth trying again when the database is away.
const TRY_AGAIN_S: u64 = 2;

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let status = status(&self);
        // Whoever floods would fill the log, too.
        if status.is_server_error() && !matches!(self, Denied::Busy) {
            tracing::error!(error = %self, "a use case of accounts failed");
        }
        let mut response = match &self {
            Denied::Link(refused) => link_problem(status, self.code(), title(&self), refused),
            _ => problem(status, self.code(), title(&self)),
        };
        let wait = match &self {
            Denied::Limited { wait } => Some(wait.as_secs() + 1),
            Denied::Store(StoreError::Unavailable(_)) | Denied::Busy => Some(TRY_AGAIN_S),
            _ => None,
        };
        if matches!(self, Denied::KeyInvalid) {
            let how = HeaderValue::from_static("Bearer realm=\"visavis\", error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<&Denied> for Refusal {
    fn from(denied: &Denied) -> Self {
        Self { status: status(denied), code: denied.code(), title: title(denied) }
    }
}

/// With what helps the owner of a link that was genuine.
fn link_problem(status: StatusCode, code: &str, title: &str, refused: &LinkRefused) -> Response {
    let body = LinkProblem {
        title: title.into(),
        status: status.as_u16(),
        code: code.into(),
        professional_name: refused.professional.shown().to_owned(),
        starts_at: refused.starts_at,
    };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
}

const fn status(denied: &Denied) -> StatusCode {
    match denied {
        Denied::SignedOut | Denied::SignInRefused | Denied::TotpRequired | Denied::KeyInvalid => {
            StatusCode::UNAUTHORIZED
        }
        Denied::LinkNeeded | Denied::RoomTokenInvalid | Denied::RoomTokenExpired => StatusCode::UNAUTHORIZED,
        Denied::Forbidden | Denied::PasswordWrong | Denied::Provider(_) => StatusCode::FORBIDDEN,
        Denied::Link(_) | Denied::ScopeMissing(_) | Denied::NotForKeys => StatusCode::FORBIDDEN,
        Denied::OriginRefused | Denied::RoomTokenElsewhere => StatusCode::FORBIDDEN,
        Denied::JsonExpected => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Denied::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Denied::NotAsSeen => StatusCode::PRECONDITION_FAILED,
        Denied::CodeWrong | Denied::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Denied::InvitationInvalid | Denied::Unknown(Unknown::Person | Unknown::Desk) => StatusCode::NOT_FOUND,
        Denied::Unknown(Unknown::Call | Unknown::Provider | Unknown::Appointment) => StatusCode::NOT_FOUND,
        Denied::Unknown(Unknown::Link | Unknown::LoungeRoom | Unknown::ApiKey) | Denied::LinkInvalid => {
            StatusCode::NOT_FOUND
        }
        Denied::Unknown(Unknown::Room | Unknown::Participant | Unknown::Webhook | Unknown::Event) => {
            StatusCode::NOT_FOUND
        }
        Denied::Taken(_) | Denied::LastAdmin | Denied::Unfit(_) => StatusCode::CONFLICT,
        Denied::Store(
            StoreError::Unknown | StoreError::Taken(_) | StoreError::Moved | StoreError::LastAdmin,
        ) => StatusCode::CONFLICT,
        Denied::Store(StoreError::Unavailable(_)) | Denied::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Denied::Store(StoreError::ReadOnly(_) | StoreError::Full | StoreError::OverShare) => {
            StatusCode::INSUFFICIENT_STORAGE
        }
        Denied::Store(StoreError::Damaged(_)) | Denied::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn title(denied: &Denied) -> &'static str {
    match denied {
        Denied::SignedOut => "Sign in first",
        Denied::Forbidden => "This account may not do that",
        Denied::KeyInvalid => "This is no key of this server, or it holds no longer",
        Denied::ScopeMissing(_) => "This key may not do that",
        Denied::OriginRefused => "Only pages of this server may do that",
        Denied::JsonExpected => "The body has to be JSON",
        Denied::NotForKeys => "Keys cannot do that; sign in",
        Denied::SignInRefused => "Address or password are wrong",
        Denied::TotpRequired => "A code of the second factor is needed",
        Denied::Limited { .. } => "Too many tries; try again later",
        Denied::Busy => "Too many sign in at this moment; try again",
        Denied::PasswordWrong => "The password is wrong",
        Denied::CodeWrong => "The code is wrong, or its offer is too old",
        Denied::InvitationInvalid => "This link is used, too old, or none",
        Denied::Invalid(_) => "A value that cannot be",
        Denied::NotAsSeen => "It has changed since it was seen; look again",
        Denied::Taken(_) => "There is one already",
        Denied::LastAdmin | Denied::Store(StoreError::LastAdmin) => {
            "At least one admin must be able to sign in"
        }
        Denied::Unfit(_) => "What it is in does not allow that",
        Denied::LinkInvalid => "This link is none of this server's",
        Denied::RoomTokenInvalid => "This is no token for a room, or it holds no longer",
        Denied::RoomTokenExpired => "This token has expired; ask for another one",
        Denied::RoomTokenElsewhere => "This token is for another room",
        Denied::LinkNeeded => "Open the personal link to the appointment first",
        Denied::Link(_) => "This link is of no use now",
        Denied::Unknown(_) => "There is no such thing",
        Denied::Provider(_) => "The identity provider's sign-in is refused",
        Denied::Store(StoreError::Unknown | StoreError::Taken(_) | StoreError::Moved) => {
            "It has changed meanwhile"
        }
        Denied::Store(StoreError::Unavailable(_)) => "The database does not answer; try again",
        Denied::Store(StoreError::ReadOnly(_)) => "The database cannot be written",
        Denied::Store(StoreError::Full | StoreError::OverShare) => "As much is kept as may be",
        Denied::Store(StoreError::Damaged(_)) => "The database is damaged",
        Denied::Defect(_) => "A defect of the server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_store_lacks_is_said_without_its_words() {
        let words = || "secret words".to_owned();
        for (error, expected, retry) in [
            (StoreError::Unavailable(words()), (503, "try_again"), true),
            (StoreError::ReadOnly(words()), (507, "storage_full"), false),
            (StoreError::Damaged(words()), (500, "internal"), false),
            (StoreError::Unknown, (409, "changed_meanwhile"), false),
        ] {
            let denied = Denied::Store(error);
            assert_eq!((status(&denied).as_u16(), denied.code()), expected);
            assert!(!title(&denied).contains("secret"));
            let response = denied.into_response();
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), retry);
        }
    }
}
