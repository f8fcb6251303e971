//! What handlers answer with. Each says of itself what it looks like.

use super::described::Draft;
use crate::app::{CalendarFile, Denied};
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, RefOr, ResponseBuilder, Schema};

/// What a handler gives back.
pub(super) trait Answer {
    /// Says what it looks like.
    fn describe(draft: &mut Draft);
}

/// A refusal is any that the route tells of.
impl<A: Answer> Answer for Result<A, Denied> {
    fn describe(draft: &mut Draft) {
        A::describe(draft);
    }
}

impl<T: ToSchema> Answer for Json<T> {
    fn describe(draft: &mut Draft) {
        let schema = draft.refer::<T>();
        tell(draft, StatusCode::OK, json(schema));
    }
}

/// A whole list.
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T: ToSchema> Answer for Many<T> {
    fn describe(draft: &mut Draft) {
        let items = draft.refer::<T>();
        tell(draft, StatusCode::OK, json(ArrayBuilder::new().items(items).into()));
    }
}

impl<T: Serialize> IntoResponse for Many<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

/// 201, with what was made.
pub(super) struct Created<T>(pub(super) T);

impl<T: ToSchema> Answer for Created<T> {
    fn describe(draft: &mut Draft) {
        let schema = draft.refer::<T>();
        tell(draft, StatusCode::CREATED, json(schema));
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 204.
pub(super) struct Done;

impl Answer for Done {
    fn describe(draft: &mut Draft) {
        tell(draft, StatusCode::NO_CONTENT, ResponseBuilder::new());
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// An answer with cookies.
pub(super) struct Baked<A>(pub(super) A, pub(super) Option<HeaderValue>);

impl<A: Answer> Answer for Baked<A> {
    fn describe(draft: &mut Draft) {
        A::describe(draft);
        for (_, response) in &mut draft.answers {
            let cookie = HeaderBuilder::new().schema(Some(text())).description(Some("The cookie"));
            response.headers.insert("Set-Cookie".into(), RefOr::T(cookie.build()));
        }
    }
}

impl<A: IntoResponse> IntoResponse for Baked<A> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.headers_mut().extend(self.1.map(|cookie| (header::SET_COOKIE, cookie)));
        response
    }
}

/// Kept as a file, whatever the browser could do with it. That it is not taken for something else is said with every
/// answer.
impl IntoResponse for CalendarFile {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, String); 2] = [
            (header::CONTENT_TYPE, CALENDAR.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)),
        ];
        (headers, self.text).into_response()
    }
}

const CALENDAR: &str = "text/calendar; charset=utf-8";

impl Answer for CalendarFile {
    fn describe(draft: &mut Draft) {
        tell(draft, StatusCode::OK, of_kind("text/calendar", text()));
    }
}

/// A table that is as long as it is.
pub(super) struct Table(pub(super) Body);

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
        ];
        (headers, self.0).into_response()
    }
}

impl Answer for Table {
    fn describe(draft: &mut Draft) {
        tell(draft, StatusCode::OK, of_kind("text/csv", text()));
    }
}

/// Where the browser goes next, whatever came of it.
pub(super) struct Elsewhere(pub(super) Response);

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Elsewhere {
    fn describe(draft: &mut Draft) {
        let to = HeaderBuilder::new().schema(Some(text())).description(Some("Where"));
        tell(draft, StatusCode::SEE_OTHER, ResponseBuilder::new().header("Location", to.build()));
    }
}

fn tell(draft: &mut Draft, status: StatusCode, response: ResponseBuilder) {
    let words = match status {
        StatusCode::CREATED => "It was made",
        StatusCode::NO_CONTENT => "It is done",
        StatusCode::SEE_OTHER => "The browser goes on elsewhere",
        _ => "As asked",
    };
    draft.answers.push((status, response.description(words).build()));
}

fn json(schema: RefOr<Schema>) -> ResponseBuilder {
    of_kind("application/json", schema)
}

fn of_kind(kind: &str, schema: impl Into<RefOr<Schema>>) -> ResponseBuilder {
    ResponseBuilder::new().content(kind, ContentBuilder::new().schema(Some(schema)).build())
}

fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).into()
}
