//! What an operation says of itself, from the types of its handler: what it reads, what it answers with, what those
//! refuse by themselves. A handler whose types say nothing cannot be added.

use super::answers::Answer;
use super::body::{Asked, Body, Named};
use super::tags::Seen;
use super::{Api, Asker, Base, Guest, Own, Signed};
use crate::app::Denied;
use crate::edge::Refusal;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Required, Response, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use visavis_domain::ids::{
    ApiKeyId, AppointmentId, DeskId, LinkId, LoungeRoomId, ParticipantId, PersonId, RingId, SignInId,
    WebhookId,
};

/// One operation, as it is put together.
#[derive(Default)]
pub(super) struct Draft {
    /// Its path, for the names of what stands in it.
    path: &'static str,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RefOr<Schema>>,
    pub(super) answers: Vec<(StatusCode, Response)>,
    pub(super) refusals: Vec<Refusal>,
    /// What all of that refers to, by name.
    pub(super) schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Draft {
    pub(super) fn of(path: &'static str) -> Self {
        Self { path, ..Self::default() }
    }

    /// A reference to a type by its name; the type is told once for all operations.
    pub(super) fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        self.schemas.extend(found);
        RefOr::Ref(Ref::from_schema_name(T::name()))
    }

    fn refuse(&mut self, status: StatusCode, code: &'static str, title: &'static str) {
        self.refusals.push(Refusal { status, code, title });
    }
}

/// A function whose types say what it is.
pub(super) trait Described<Signature> {
    /// Says it.
    fn describe(draft: &mut Draft);
}

/// What a handler takes.
pub(super) trait Input {
    /// Says what it reads, and what it refuses.
    fn describe(draft: &mut Draft);
}

macro_rules! described {
    ($($input:ident),*) => {
        impl<F, Fut, Out, $($input),*> Described<fn($($input),*) -> Out> for F
        where
            F: Fn($($input),*) -> Fut,
            Fut: Future<Output = Out>,
            Out: Answer,
            $($input: Input,)*
        {
            fn describe(draft: &mut Draft) {
                $($input::describe(draft);)*
                Out::describe(draft);
            }
        }
    };
}
described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);
described!(A, B, C, D, E);
described!(A, B, C, D, E, F6);

macro_rules! silent {
    ($($input:ty),*) => {
        $(impl Input for $input {
            fn describe(_: &mut Draft) {}
        })*
    };
}
silent!(State<Arc<Api>>, Signed, Own, Guest, Asker, Base, HeaderMap);

impl Input for Seen {
    fn describe(draft: &mut Draft) {
        let tag = ObjectBuilder::new().schema_type(Type::String);
        let words = "The `ETag` it was seen with: it is changed only if it is still so.";
        let header = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header);
        draft.parameters.push(header.description(Some(words)).schema(Some(tag)).build());
        draft.refusals.push(Refusal::from(&Denied::NotAsSeen));
    }
}

impl<T: ToSchema> Input for Body<T> {
    fn describe(draft: &mut Draft) {
        draft.body = Some(draft.refer::<T>());
        draft.refuse(StatusCode::BAD_REQUEST, "malformed", "The body is no JSON");
        draft.refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large");
        draft.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected", "The body has to be JSON");
        draft.refuse(StatusCode::UNPROCESSABLE_ENTITY, "malformed", "Not the fields of this request");
    }
}

impl<T: IntoParams> Input for Asked<T> {
    fn describe(draft: &mut Draft) {
        draft.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        draft.refuse(StatusCode::BAD_REQUEST, "malformed", "Not what can be asked of this address");
    }
}

impl<T: InPath> Input for Named<T> {
    fn describe(draft: &mut Draft) {
        let names = draft.path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let parts = names.map(|(name, _)| name).zip(T::parts());
        draft.parameters.extend(parts.map(|(name, schema)| {
            let part = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            part.required(Required::True).schema(Some(schema)).build()
        }));
        draft.refuse(StatusCode::NOT_FOUND, "not_found", "There is nothing of this name");
    }
}

/// What stands in a path between its slashes.
pub(super) trait InPath {
    /// Each of them, in their order.
    fn parts() -> Vec<RefOr<Schema>>;
}

macro_rules! in_path {
    ($($id:ty),*) => {
        $(impl InPath for $id {
            fn parts() -> Vec<RefOr<Schema>> {
                vec![<$id as PartialSchema>::schema()]
            }
        })*
    };
}
in_path!(
    ApiKeyId,
    AppointmentId,
    DeskId,
    LinkId,
    LoungeRoomId,
    ParticipantId,
    PersonId,
    RingId,
    SignInId,
    WebhookId
);

/// What people call something.
impl InPath for String {
    fn parts() -> Vec<RefOr<Schema>> {
        vec![ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).into()]
    }
}

impl<A: InPath, B: InPath> InPath for (A, B) {
    fn parts() -> Vec<RefOr<Schema>> {
        [A::parts(), B::parts()].concat()
    }
}

/// What is said of a route in words, and what its use case may refuse with.
pub(super) struct About {
    pub(super) summary: &'static str,
    pub(super) more: &'static str,
    pub(super) refusals: Vec<Refusal>,
}

/// What a route is for, in a line, and the refusals of its own; those of what it reads and of who may use it are
/// told by themselves.
pub(super) fn about(summary: &'static str, refusals: impl IntoIterator<Item = Denied>) -> About {
    let refusals = refusals.into_iter().map(|denied| Refusal::from(&denied)).collect();
    About { summary, more: "", refusals }
}

impl About {
    /// More refusals, of what no use case says.
    pub(super) fn or(mut self, refusals: impl IntoIterator<Item = Refusal>) -> Self {
        self.refusals.extend(refusals);
        self
    }

    /// What a line is too short for.
    pub(super) fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }
}
