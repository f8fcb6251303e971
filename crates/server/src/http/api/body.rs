//! Bodies, queries and ids of requests: read strictly, refused with a code.

use crate::edge::problem;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{StatusCode, request::Parts};
use axum::response::Response;
use serde::de::DeserializeOwned;

/// A body of JSON.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(match rejection {
                JsonRejection::MissingJsonContentType(_) => {
                    problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", "The body has to be JSON")
                }
                JsonRejection::JsonDataError(_) => {
                    problem(StatusCode::UNPROCESSABLE_ENTITY, "malformed", "Not the fields of this request")
                }
                other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large")
                }
                _ => problem(StatusCode::BAD_REQUEST, "malformed", "The body is no JSON"),
            }),
        }
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
