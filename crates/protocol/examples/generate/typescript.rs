//! The wire in TypeScript: every type that a frame or an HTTP body is made of, the constants of the protocol, and
//! the golden samples.
//!
//! ts-rs declares the types; here they are collected into one file and laid out for reading. Shared by the
//! example that writes the files and the test that compares them.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use ts_rs::{Config, TS, TypeVisitor};
use visavis_protocol::{
    AccountView, ApiKeyView, AppointmentChange, AppointmentList, AppointmentMove, AppointmentOutcome,
    AppointmentView, AuditPage, AuditView, CallNote, CallPage, CallView, ClientAppointment, ClientFrame,
    CloseCode, DeliveryPage, DeskSettings, DeskView, InvitationAcceptance, InvitationToken, InvitationView,
    Invited, LinkProblem, LinkToken, LoungeRemoval, LoungeRoomSettings, LoungeRoomView, MAX_FRAME_BYTES,
    MadeApiKey, MadeWebhook, MailPreview, MailRequest, NewApiKey, NewAppointment, NewLink, NewPerson,
    NewRoomToken, NewWebhook, OpenRoomDetail, OpenRooms, PROTOCOL_VERSION, PasswordChange, PasswordProof,
    PeoplePage, PersonChange, Problem, ProfileChange, ReplayRequest, Replayed, RoomToken, SentFile,
    ServerFrame, SignInOptions, SignInRequest, SignInView, StaffDesk, Ticket, TicketRequest,
    TotpConfirmation, TotpOffer, WebhookChange, WebhookEvent, WebhookSecret, WebhookView,
};

/// The body of an HTTP request or answer.
pub(crate) struct Body {
    /// What its samples are called: `http.ticket`, `http.ticket.guest`.
    pub(crate) name: &'static str,
    /// What its type is called.
    pub(crate) ident: String,
    /// Reads a sample as this type, and writes what was read.
    #[allow(dead_code, reason = "the test reads and writes samples, the example does not")]
    pub(crate) round_trip: fn(&str) -> serde_json::Result<Value>,
    visit: fn(&mut Types),
}

/// Every one.
pub(crate) fn bodies() -> Vec<Body> {
    vec![
        body::<AccountView>("account_view"),
        body::<ApiKeyView>("api_key_view"),
        body::<AppointmentChange>("appointment_change"),
        body::<AppointmentList>("appointment_list"),
        body::<AppointmentMove>("appointment_move"),
        body::<AppointmentOutcome>("appointment_outcome"),
        body::<AppointmentView>("appointment_view"),
        body::<AuditPage>("audit_page"),
        body::<AuditView>("audit_view"),
        body::<CallNote>("call_note"),
        body::<CallPage>("call_page"),
        body::<CallView>("call_view"),
        body::<ClientAppointment>("client_appointment"),
        body::<DeliveryPage>("delivery_page"),
        body::<DeskSettings>("desk_settings"),
        body::<DeskView>("desk_view"),
        body::<InvitationAcceptance>("invitation_acceptance"),
        body::<InvitationToken>("invitation_token"),
        body::<InvitationView>("invitation_view"),
        body::<Invited>("invited"),
        body::<LinkProblem>("link_problem"),
        body::<LinkToken>("link_token"),
        body::<LoungeRemoval>("lounge_removal"),
        body::<LoungeRoomSettings>("lounge_room_settings"),
        body::<LoungeRoomView>("lounge_room_view"),
        body::<MadeApiKey>("made_api_key"),
        body::<MadeWebhook>("made_webhook"),
        body::<MailPreview>("mail_preview"),
        body::<MailRequest>("mail_request"),
        body::<NewApiKey>("new_api_key"),
        body::<NewAppointment>("new_appointment"),
        body::<NewLink>("new_link"),
        body::<NewPerson>("new_person"),
        body::<NewRoomToken>("new_room_token"),
        body::<NewWebhook>("new_webhook"),
        body::<OpenRoomDetail>("open_room_detail"),
        body::<OpenRooms>("open_rooms"),
        body::<PasswordChange>("password_change"),
        body::<PasswordProof>("password_proof"),
        body::<PeoplePage>("people_page"),
        body::<PersonChange>("person_change"),
        body::<Problem>("problem"),
        body::<ProfileChange>("profile_change"),
        body::<RoomToken>("room_token"),
        body::<ReplayRequest>("replay_request"),
        body::<Replayed>("replayed"),
        body::<SentFile>("sent_file"),
        body::<SignInOptions>("sign_in_options"),
        body::<SignInRequest>("sign_in_request"),
        body::<SignInView>("sign_in_view"),
        body::<StaffDesk>("staff_desk"),
        body::<Ticket>("ticket"),
        body::<TicketRequest>("ticket_request"),
        body::<TotpConfirmation>("totp_confirmation"),
        body::<TotpOffer>("totp_offer"),
        body::<WebhookChange>("webhook_change"),
        body::<WebhookEvent>("webhook_event"),
        body::<WebhookSecret>("webhook_secret"),
        body::<WebhookView>("webhook_view"),
    ]
}

fn body<T: TS + Serialize + DeserializeOwned + 'static>(name: &'static str) -> Body {
    Body {
        name,
        ident: T::ident(&Config::new()),
        round_trip: |text| serde_json::to_value(serde_json::from_str::<T>(text)?),
        visit: |types| types.visit::<T>(),
    }
}

/// Which body a sample shows.
pub(crate) fn body_of(sample: &str) -> Option<Body> {
    let name = sample.strip_prefix("http.")?.split('.').next()?;
    bodies().into_iter().find(|body| body.name == name)
}

/// Both files, and what belongs into them.
pub(crate) fn files() -> std::io::Result<[(PathBuf, String); 2]> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../web/src/protocol");
    Ok([(folder.join("generated.ts"), types()), (folder.join("samples.generated.ts"), typed_samples()?)])
}

/// The golden samples by file name without its ending, as they stand.
pub(crate) fn samples() -> std::io::Result<BTreeMap<String, String>> {
    let mut samples = BTreeMap::new();
    for entry in std::fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        samples.insert(name, std::fs::read_to_string(&path)?);
    }
    Ok(samples)
}

/// The declaration of every type that the wire is made of, as ts-rs gives it, by name.
pub(crate) fn declarations() -> BTreeMap<String, String> {
    // Ids and times of the wire stay below 2^53, as docs/protocol.md says.
    let mut types = Types { config: Config::new().with_large_int("number"), found: BTreeMap::new() };
    types.visit::<ClientFrame>();
    types.visit::<ServerFrame>();
    for body in bodies() {
        (body.visit)(&mut types);
    }
    types.found
}

/// The types of the wire.
pub(crate) fn types() -> String {
    let mut source = String::from("// Generated from crates/protocol by `make gen`. Do not edit.\n\n");
    for (doc, name, value) in [
        ("The version both sides must speak.", "PROTOCOL_VERSION", u64::from(PROTOCOL_VERSION)),
        ("The largest frame a participant may send, in bytes.", "MAX_FRAME_BYTES", MAX_FRAME_BYTES as u64),
        ("The longest a name may be, in characters (code points).", "MAX_NAME_CHARS", name_chars()),
        (
            "The longest a chat message may be, in characters (code points).",
            "MAX_MESSAGE_CHARS",
            message_chars(),
        ),
    ] {
        source += &format!("/** {doc} */\nexport const {name} = {value};\n");
    }
    source += "\n/** Why a socket was closed, as a WebSocket close code. */\nexport const CloseCode = {\n";
    for code in CloseCode::ALL {
        source += &format!("  {}: {},\n", camel(&format!("{code:?}")), code as u16);
    }
    source += "} as const;\n";
    for declaration in declarations().values() {
        source += "\n";
        source += &layout(declaration);
    }
    source
}

/// The samples under their types, so that the TypeScript compiler reads them too.
fn typed_samples() -> std::io::Result<String> {
    let mut source = String::from(
        "// The golden samples of crates/protocol/samples, written here by `make gen`. Do not edit.\n\
         // The compiler holds them to the types; tests of the web client take their frames from here.\n\n\
         import type {\n",
    );
    let mut imported: Vec<String> = bodies().into_iter().map(|body| body.ident).collect();
    imported.extend(["ClientFrame", "Code", "ServerFrame"].map(str::to_owned));
    imported.sort();
    source.extend(imported.iter().map(|ident| format!("  {ident},\n")));
    source += "} from './generated';\n";
    let samples = samples()?;
    for (prefix, name, of) in
        [("client.", "clientFrames", "ClientFrame"), ("server.", "serverFrames", "ServerFrame")]
    {
        source += &format!("\nexport const {name} = {{\n");
        for (sample, json) in
            samples.iter().filter_map(|(file, json)| Some((file.strip_prefix(prefix)?, json)))
        {
            source += &format!("  '{sample}': {},\n", json.trim_end().replace('\n', "\n  "));
        }
        source += &format!("}} satisfies Record<string, {of}>;\n");
    }
    source += "\nexport const bodies = {\n";
    for (file, json) in &samples {
        if let Some(body) = body_of(file) {
            let (sample, json) = (file.trim_start_matches("http."), json.trim_end().replace('\n', "\n  "));
            source += &format!("  '{sample}': {json} satisfies {},\n", body.ident);
        }
    }
    source += "};\n";
    let json = samples.get("codes").map_or("undefined", |json| json.trim_end());
    source += &format!("\nexport const codes = {json} satisfies Code[];\n");
    Ok(source)
}

fn name_chars() -> u64 {
    visavis_domain::name::MAX_NAME_CHARS as u64
}

fn message_chars() -> u64 {
    visavis_domain::chat::MAX_MESSAGE_CHARS as u64
}

/// Walks from the roots through everything they are made of.
struct Types {
    config: Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types without a file of their own are TypeScript's: strings, numbers, arrays.
        if T::output_path().is_some() && !self.found.contains_key(&T::ident(&self.config)) {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&self.config));
            self.found.insert(T::ident(&self.config), declaration);
            T::visit_dependencies(self);
        }
        T::visit_generics(self);
    }
}

fn camel(pascal: &str) -> String {
    let mut chars = pascal.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

/// One declaration with a line for each variant and field. Members of these types are flat objects, so that
/// braces never nest.
fn layout(declaration: &str) -> String {
    let (docs, declaration) = declaration.split_at(declaration.find("export type").unwrap_or_default());
    let declaration = one_line_docs(declaration).replace("\"type\":", "type:");
    let (head, body) = declaration.split_once(" = ").unwrap_or((&declaration, ""));
    let members: Vec<String> = body.trim_end_matches(';').split(" | ").map(member).collect();
    let on_one_line = members.join(" | ");
    let body = match members.as_slice() {
        [only] => format!(" {only}"),
        _ if !on_one_line.contains('\n') && on_one_line.len() < 80 => format!(" {on_one_line}"),
        several => several.iter().map(|one| format!("\n  | {}", one.replace('\n', "\n    "))).collect(),
    };
    format!("{}{head} ={body};\n", one_line_docs(docs))
}

/// `{ a: A, b: B, }` with each field in a line of its own if any is documented.
fn member(text: &str) -> String {
    let Some(fields) = text.strip_prefix("{ ").and_then(|text| text.strip_suffix('}')) else {
        return text.to_owned();
    };
    if !fields.contains("/**") {
        return text.to_owned();
    }
    // A comment stands before its field; the comma that ends a field is followed by a line break.
    let lines = fields.trim_end().trim_end_matches(',').split(", \n");
    let lines = lines.map(|field| format!("  {};\n", field.trim().replace("*/\n", "*/\n  ")));
    format!("{{\n{}}}", lines.collect::<String>())
}

/// Each comment in one line.
fn one_line_docs(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/**\n") {
        let (comment, after) = comment.split_once("\n */").unwrap_or((comment, ""));
        let lines: Vec<&str> = comment.lines().map(|line| line.trim_start_matches(" *").trim()).collect();
        // Links are rustdoc's; here the name alone says it.
        let text = lines.join(" ").replace("[`crate::", "`").replace("`]", "`");
        out += &format!("{before}/** {text} */");
        rest = after;
    }
    out + rest
}
