//! Bodies, queries and ids of requests: read strictly, refused with a code.

use crate::edge::problem;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{StatusCode, request::Parts};
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use visavis_domain::time::Timestamp;

/// A body of JSON: an object, as all of ours are. The library would read a list of its fields' values as one, too.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let read = Json::<Box<RawValue>>::from_request(request, state).await;
        let Json(text) = read.map_err(|rejection| match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", "The body has to be JSON")
            }
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large")
            }
            _ => problem(StatusCode::BAD_REQUEST, "malformed", "The body is no JSON"),
        })?;
        let object = text.get().starts_with('{');
        let body = object.then(|| serde_json::from_str(text.get()).ok()).flatten();
        body.map(Self).ok_or_else(|| {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "malformed", "Not the fields of this request")
        })
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query.map(|Query(asked)| Self(asked)).map_err(|_| {
            problem(StatusCode::BAD_REQUEST, "malformed", "Not what can be asked of this address")
        })
    }
}

/// A number that every program can count to: below 2⁵³.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Exact(pub(super) u64);

impl TryFrom<u64> for Exact {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number < 1 << 53 { Ok(Self(number)) } else { Err("too large a number") }
    }
}

impl PartialSchema for Exact {
    fn schema() -> RefOr<Schema> {
        whole(0, (1 << 53) - 1)
    }
}

impl ToSchema for Exact {}

fn whole(least: u64, most: u64) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most)).into()
}

impl From<Exact> for Timestamp {
    fn from(Exact(milliseconds): Exact) -> Self {
        Self(milliseconds)
    }
}

/// How much of a list.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Take(pub(super) u16);

impl PartialSchema for Take {
    fn schema() -> RefOr<Schema> {
        whole(1, Self::MOST.into())
    }
}

impl ToSchema for Take {}

impl Take {
    const MOST: u16 = 200;
}

impl Default for Take {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u64> for Take {
    type Error = &'static str;

    fn try_from(many: u64) -> Result<Self, Self::Error> {
        let fits = u16::try_from(many).ok().filter(|many| (1..=Self::MOST).contains(many));
        fits.map(Self).ok_or("not 1 to 200")
    }
}

/// The id in the path. One that is none names nothing.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id))
            .map_err(|_| problem(StatusCode::NOT_FOUND, "not_found", "There is nothing of this name"))
    }
}
