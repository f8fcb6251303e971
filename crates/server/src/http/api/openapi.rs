//! The document of this interface, OpenAPI 3.1: made once from the list of routes, so that it has each of them and
//! nothing else.

use super::described::{About, Draft};
use super::once::MOST_CHARS;
use super::{Access, Keys};
use crate::edge::Refusal;
use axum::http::{Method, StatusCode};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Ref,
    RefOr, Required, Response, ResponseBuilder, Schema, SecurityRequirement,
};
use visavis_domain::scope::Scope;
use visavis_protocol::{LinkProblem, Problem};

/// The ways to say who asks.
const KEY: &str = "key";
const SIGN_IN: &str = "sign_in";
const LINK: &str = "link";
const PROBLEM: &str = "application/problem+json";
/// As people write it.
const HEADER_WORD: &str = "Idempotency-Key";

/// What any request may be refused with, whatever it is, by the name that operations refer to.
const ANY: [(&str, Refusal); 4] = [
    ("TimedOut", refusal(StatusCode::REQUEST_TIMEOUT, "timed_out", "It took too long")),
    ("Internal", refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect of the server")),
    (
        "TryAgain",
        refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "try_again",
            "Something the server needs is away; try again",
        ),
    ),
    (
        "StorageFull",
        refusal(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "The database cannot be written"),
    ),
];

const fn refusal(status: StatusCode, code: &'static str, title: &'static str) -> Refusal {
    Refusal { status, code, title }
}

/// The document, as it grows.
pub(super) struct Document {
    open: OpenApi,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

/// A route, apart from its handler.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) access: Access,
    pub(super) keys: Keys,
    pub(super) method: &'a Method,
    pub(super) path: &'static str,
    /// What it is about, in a word or two.
    pub(super) subject: &'static str,
    /// Names its handler.
    pub(super) id: &'a str,
}

impl Document {
    pub(super) fn new() -> Self {
        let info = InfoBuilder::new().title("Visavis").version(env!("CARGO_PKG_VERSION"));
        let info = info.description(Some(
            "What a back office does by program, and what the web client asks for over HTTP. Times are milliseconds \
             since 1970, UTC. Refusals are application/problem+json: match on their code.",
        ));
        let mut draft = Draft::default();
        draft.refer::<Problem>();
        draft.refer::<LinkProblem>();
        Self { open: OpenApiBuilder::new().info(info.build()).build(), schemas: draft.schemas }
    }

    /// One more operation.
    pub(super) fn add(&mut self, place: Place<'_>, mut draft: Draft, about: About) {
        draft.refusals.extend(by_access(place.access, place.keys, place.method));
        draft.refusals.extend(about.refusals);
        if place.method == Method::POST && matches!(place.keys, Keys::With(_)) {
            draft.parameters.push(word());
            draft.refusals.extend(ONCE);
        }
        if place.method == Method::GET && draft.answers.iter().any(|(_, response)| is_json(response)) {
            let known = ResponseBuilder::new().description("It is as who asks has it, by `If-None-Match`");
            draft.answers.push((StatusCode::NOT_MODIFIED, known.header("ETag", tag()).build()));
        }
        if [Method::GET, Method::PUT, Method::PATCH].contains(place.method) {
            for (_, response) in draft.answers.iter_mut().filter(|(_, response)| is_json(response)) {
                response.headers.insert("ETag".into(), tag().into());
            }
        }
        let mut operation = OperationBuilder::new()
            .tag(place.subject)
            .summary(Some(about.summary))
            .operation_id(Some(place.id))
            .securities(Some(securities(place.access, place.keys)));
        let more = [about.more.to_owned(), whoever(place.access, place.keys)];
        let more: Vec<_> = more.into_iter().filter(|text| !text.is_empty()).collect();
        operation = operation.description(Some(more.join("\n\n")));
        for parameter in draft.parameters {
            operation = operation.parameter(parameter);
        }
        if let Some(schema) = draft.body {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().required(Some(Required::True));
            operation = operation.request_body(Some(body.content("application/json", content).build()));
        }
        for (status, response) in draft.answers {
            operation = operation.response(status.as_str(), response);
        }
        for (status, refusals) in by_status(draft.refusals) {
            operation = operation.response(status.as_str(), refused(status, &refusals));
        }
        for (name, refusal) in ANY {
            operation = operation.response(refusal.status.as_str(), Ref::from_response_name(name));
        }
        self.schemas.extend(draft.schemas);
        let method = method(place.method);
        self.open.paths.add_path_operation(place.path, vec![method], operation.build());
    }

    /// All of it.
    pub(super) fn finish(mut self) -> OpenApi {
        let subjects = self.open.paths.paths.values().flat_map(operations).flat_map(|one| one.tags.clone());
        let mut subjects: Vec<_> = subjects.flatten().collect();
        subjects.sort();
        subjects.dedup();
        self.open.tags =
            Some(subjects.into_iter().map(|name| TagBuilder::new().name(name).build()).collect());
        let mut components = ComponentsBuilder::new();
        for (name, schema) in self.schemas {
            components = components.schema(name, schema);
        }
        for (name, refusal) in ANY {
            components = components.response(name, refused(refusal.status, &[refusal]));
        }
        for (name, scheme) in schemes() {
            components = components.security_scheme(name, scheme);
        }
        self.open.components = Some(components.build());
        self.open
    }
}

/// What a word may be refused with.
const ONCE: [Refusal; 3] = [
    refusal(StatusCode::BAD_REQUEST, "idempotency_key_invalid", "Not 1 to 255 visible characters of ASCII"),
    refusal(StatusCode::CONFLICT, "request_running", "The first request with this word goes on"),
    refusal(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This word was shown with another request",
    ),
];

fn word() -> Parameter {
    let text =
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MOST_CHARS));
    let words = "A word of one's own for this request: shown again with it within 24 hours, it is not done again, and \
                 the answer is the same.";
    let header = ParameterBuilder::new().name(HEADER_WORD).parameter_in(ParameterIn::Header);
    header.description(Some(words)).schema(Some(text.pattern(Some("^[!-~]+$")))).build()
}

fn tag() -> utoipa::openapi::Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some("Of what is answered")).build()
}

fn is_json(response: &Response) -> bool {
    response.content.contains_key("application/json")
}

fn operations(item: &utoipa::openapi::PathItem) -> impl Iterator<Item = &utoipa::openapi::path::Operation> {
    [&item.get, &item.put, &item.post, &item.delete, &item.patch].into_iter().flatten()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::GET => HttpMethod::Get,
        Method::PUT => HttpMethod::Put,
        Method::POST => HttpMethod::Post,
        Method::PATCH => HttpMethod::Patch,
        _ => HttpMethod::Delete,
    }
}

/// What the guard refuses with.
fn by_access(access: Access, keys: Keys, method: &Method) -> Vec<Refusal> {
    use crate::app::Denied;
    let mut all = vec![Denied::KeyInvalid];
    match access {
        Access::Anybody => {}
        Access::Link => all.push(Denied::LinkNeeded),
        Access::Staff => all.push(Denied::SignedOut),
        Access::Admin => all.extend([Denied::SignedOut, Denied::Forbidden]),
    }
    match keys {
        Keys::Closed => all.push(Denied::NotForKeys),
        Keys::With(scope) => all.push(Denied::ScopeMissing(scope)),
    }
    let mut refusals: Vec<_> = all.iter().map(Refusal::from).collect();
    if !method.is_safe() {
        let all = [Denied::OriginRefused, Denied::JsonExpected];
        refusals.extend(all.iter().map(Refusal::from));
        let meanwhile = "It has changed meanwhile";
        refusals.push(refusal(StatusCode::CONFLICT, "changed_meanwhile", meanwhile));
    }
    if access == Access::Link {
        refusals.extend(LINK_PROBLEMS);
    }
    let often = "More than it may ask for; Retry-After says how many seconds to wait";
    refusals.push(refusal(StatusCode::TOO_MANY_REQUESTS, "rate_limited", often));
    refusals
}

/// A genuine link that is of no use.
pub(super) const LINK_PROBLEMS: [Refusal; 3] = [
    refusal(StatusCode::FORBIDDEN, "link_replaced", "This link is of no use now"),
    refusal(StatusCode::FORBIDDEN, "appointment_cancelled", "This link is of no use now"),
    refusal(StatusCode::FORBIDDEN, "appointment_over", "This link is of no use now"),
];

fn by_status(refusals: Vec<Refusal>) -> BTreeMap<StatusCode, Vec<Refusal>> {
    let mut sorted: BTreeMap<StatusCode, Vec<Refusal>> = BTreeMap::new();
    for refusal in refusals {
        if ANY.iter().any(|(_, any)| any.status == refusal.status) {
            continue;
        }
        let same = sorted.entry(refusal.status).or_default();
        if same.iter().all(|one| one.code != refusal.code) {
            same.push(refusal);
        }
    }
    sorted
}

/// One status with all the codes it may come with.
fn refused(status: StatusCode, refusals: &[Refusal]) -> Response {
    let words: Vec<_> = refusals.iter().map(|one| format!("`{}`: {}", one.code, one.title)).collect();
    let codes = refusals.iter().map(|one| one.code);
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
    let narrow = ObjectBuilder::new().property("code", code);
    let narrow = narrow.property(
        "status",
        ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([status.as_u16()])),
    );
    let problem = Ref::from_schema_name(Problem::name());
    let of_link = refusals.iter().any(|one| LINK_PROBLEMS.iter().any(|link| link.code == one.code));
    let shape: RefOr<Schema> = if of_link {
        let link = Ref::from_schema_name(LinkProblem::name());
        AnyOfBuilder::new().item(link).item(problem).into()
    } else {
        problem.into()
    };
    let schema = AllOfBuilder::new().item(shape).item(narrow);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(words.join("\n\n")).content(PROBLEM, content);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let wait = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let header = HeaderBuilder::new().schema(Some(wait)).description(Some("Seconds to wait")).build();
        return response.header("Retry-After", header).build();
    }
    response.build()
}

fn securities(access: Access, keys: Keys) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let by_page = match access {
        Access::Anybody => return Vec::new(),
        Access::Link => LINK,
        Access::Staff | Access::Admin => SIGN_IN,
    };
    let by_page = SecurityRequirement::new(by_page, none);
    match keys {
        Keys::Closed => vec![by_page],
        Keys::With(scope) => vec![SecurityRequirement::new(KEY, [scope.word()]), by_page],
    }
}

/// In words, for people.
fn whoever(access: Access, keys: Keys) -> String {
    let who = match access {
        Access::Anybody => "For everybody.",
        Access::Link => "For who came over a link to an appointment.",
        Access::Staff => "For who is signed in.",
        Access::Admin => "For admins.",
    };
    match keys {
        Keys::Closed => format!("{who} Not for keys."),
        Keys::With(scope) => format!("{who} Keys need `{}`.", scope.word()),
    }
}

fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| format!("`{}`", scope.word())).collect();
    let key = format!(
        "A key that an admin has made, for programs. It acts for one account and may do what its scopes say: {}.",
        scopes.join(", ")
    );
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("vvk_…").description(Some(key));
    let cookie =
        |name, words| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, words)));
    [
        (KEY, SecurityScheme::Http(key.build())),
        (SIGN_IN, cookie("__Host-visavis", "The sign-in of a person, set by `POST /api/v1/sign-in`.")),
        (
            LINK,
            cookie(
                "__Host-visavis-appointment",
                "Who came over a link to an appointment, set by `POST /api/v1/appointment/enter`.",
            ),
        ),
    ]
}
