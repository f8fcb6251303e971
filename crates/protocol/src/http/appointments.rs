//! Bodies about appointments.
//!
//! Those below `/api/v1/appointments` need a sign-in of staff: one sees one's own, and those that are shared with a
//! desk one belongs to. 404 `appointment_unknown` for all others. Those below `/api/v1/appointment` are for who came
//! over a link, by the cookie `__Host-visavis-appointment` that `enter` sets.

use crate::{AppointmentState, DeskName, LinkKind, Phase};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{AppointmentId, DeskId, LinkId, PersonId};
use visavis_domain::time::Timestamp;
pub use visavis_domain::zone::Repeated;

/// `GET /api/v1/appointments?from=&to=&after=&take=100`: those that begin at or after `from` and before `to` (milliseconds, at most 62
/// days apart, else 422 `time_invalid`), earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct AppointmentList {
    /// This part.
    pub appointments: Vec<AppointmentView>,
    /// What to ask for `after` to have the next part; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub next: Option<String>,
    /// Whether this server can send mail.
    pub mail: bool,
    /// The server's clock.
    #[ts(type = "number")]
    pub now: Timestamp,
}

/// An appointment, as staff see it. `GET /api/v1/appointments/{id}`; what changes one answers with it too.
/// `GET /api/v1/appointments/{id}/calendar` is a calendar file for the professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct AppointmentView {
    /// Which.
    #[ts(type = "string")]
    pub id: AppointmentId,
    /// Whose.
    #[ts(type = "string")]
    pub professional: PersonId,
    /// Their name.
    pub professional_name: String,
    /// The desk whose representatives share the waiting room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub desk: Option<DeskName>,
    /// Who it is with.
    pub client_name: String,
    /// Where they read mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub email: Option<String>,
    /// What it is about; may be empty.
    pub about: String,
    /// The moment.
    #[ts(type = "number")]
    pub starts_at: Timestamp,
    /// How long it is planned to take.
    pub minutes: u32,
    /// The zone in which it was made, IANA's name.
    pub zone: String,
    /// What a clock in that zone shows when it starts, `YYYY-MM-DDTHH:MM`.
    pub wall: String,
    /// From when on people may come in.
    #[ts(type = "number")]
    pub opens_at: Timestamp,
    /// Until when people may come in.
    #[ts(type = "number")]
    pub closes_at: Timestamp,
    /// What became of it.
    pub state: AppointmentState,
    /// How often it was moved or cancelled. Comes back with the next such change.
    pub sequence: u32,
    /// The professional's own words; may be empty.
    pub note: String,
    /// Those that hold, the client's first.
    pub links: Vec<LinkView>,
    /// The mail sent last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub last_mail: Option<MailView>,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
}

/// A personal link that holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LinkView {
    /// Which.
    #[ts(type = "string")]
    pub id: LinkId,
    /// Whose.
    pub kind: LinkKind,
    /// What they are called.
    pub name: String,
    /// The link. Whoever has it comes in as them.
    pub url: String,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
}

impl std::fmt::Debug for LinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkView").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// There is an appointment.
    Invitation,
    /// It is at another time.
    Change,
    /// It will not be.
    Cancellation,
}

/// How far a mail has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits, or is tried again.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// The mail server does not take it.
    Failed,
}

/// A mail about an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MailView {
    /// What it tells.
    pub kind: MailKind,
    /// How far it has got.
    pub state: MailState,
    /// The appointment's sequence that it tells of.
    pub sequence: u32,
    /// Since when it is so.
    #[ts(type = "number")]
    pub at: Timestamp,
}

/// `POST /api/v1/appointments`: 201. 422 `name_invalid`, `email_invalid`, `text_invalid`, `duration_invalid`,
/// `zone_unknown`, `time_invalid`, `time_skipped` (the clock is put forward past it), `time_ambiguous` (the clock
/// shows it twice: say which), `time_past`, `desk_unknown` (not one of one's own).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub client_name: String,
    /// Where the client reads mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 254, pattern = "^[^@]+@[^@]+$")]
    pub email: Option<String>,
    /// At most 200 characters; may be empty.
    #[schema(max_length = 200)]
    pub about: String,
    /// What a clock in the zone shows, `YYYY-MM-DDTHH:MM`.
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
    pub wall: String,
    /// IANA's name.
    pub zone: String,
    /// Which of two moments, when a clock that is put back shows it twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub repeated: Option<Repeated>,
    /// 5 to 480.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: u32,
    /// The desk whose representatives share the waiting room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub desk: Option<DeskId>,
}

/// `PATCH /api/v1/appointments/{id}`: what is absent stays. Refused as [`NewAppointment`] is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AppointmentChange {
    /// 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(min_length = 1, max_length = 64)]
    pub client_name: Option<String>,
    /// Empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 200)]
    pub about: Option<String>,
    /// At most 10,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 10000)]
    pub note: Option<String>,
}

/// `POST /api/v1/appointments/{id}/move`. Refused as [`NewAppointment`] is; 409 `changed_meanwhile`, 409
/// `state_unfit` when what became of it does not allow that. Links hold as before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AppointmentMove {
    /// What a clock in the zone shows, `YYYY-MM-DDTHH:MM`.
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
    pub wall: String,
    /// IANA's name.
    pub zone: String,
    /// Which of two moments, when a clock that is put back shows it twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub repeated: Option<Repeated>,
    /// 5 to 480.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: u32,
    /// As it was seen.
    pub sequence: u32,
}

/// `POST /api/v1/appointments/{id}/state`: `cancelled` for good, `done`, `no_show`, or `booked` to take back one of
/// the latter two. 409 `state_unfit`, 409 `too_soon`. Whoever waits, or is in the call, is told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AppointmentOutcome {
    /// What becomes of it.
    pub state: AppointmentState,
}

/// `POST /api/v1/appointments/{id}/links`: one more, for an interpreter or a relative. 409 `links_many`. `POST
/// …/links/{link}/reissue` takes one back and makes another in its place, or gives the client one again whose last was
/// taken back. `DELETE …/links/{link}` takes one back: pages that were opened by it close at once. 404 `link_unknown`
/// for one that does not hold, or another appointment's.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What they are called, 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// `POST /api/v1/appointments/{id}/mail` queues a mail to the client about how the appointment is now, 204; 409
/// `mail_unfit` without an address, about what is over, or when this server sends none. `POST …/mail/preview` answers
/// with [`MailPreview`] and sends nothing.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MailRequest {
    /// A word to the client, at most 1,000 characters; may be empty.
    #[schema(max_length = 1000)]
    pub message: String,
}

impl std::fmt::Debug for MailRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailRequest(…)")
    }
}

/// What would be sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MailPreview {
    /// What it tells.
    pub kind: MailKind,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text, with the link in it. A calendar file goes with it.
    pub text: String,
}

impl std::fmt::Debug for MailPreview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailPreview").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// `POST /api/v1/appointment/enter`: exchanges the token of `/a#TOKEN` for the cookie. Answered by
/// [`ClientAppointment`]; 404 `link_invalid` for whatever is not genuine, 429 `rate_limited`, and 403 with
/// [`LinkProblem`] for a genuine link that is of no use.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// From the fragment.
    pub token: String,
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// Why a genuine link is of no use: a problem with what helps its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LinkProblem {
    /// For people who read logs.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// `link_replaced`, `appointment_cancelled`, `appointment_over`.
    pub code: String,
    /// Whose appointment it is.
    pub professional_name: String,
    /// When it is, or was to be.
    #[ts(type = "number")]
    pub starts_at: Timestamp,
}

/// An appointment, as who came over a link sees it. `GET /api/v1/appointment`: 401 `link_needed`, 403
/// [`LinkProblem`]. `GET /api/v1/appointment/calendar` is a calendar file with one's link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ClientAppointment {
    /// Which; asked for with tickets.
    #[ts(type = "string")]
    pub id: AppointmentId,
    /// With whom.
    pub professional_name: String,
    /// What they are there for; may be empty.
    pub professional_title: String,
    /// Oneself.
    pub name: String,
    /// Whether one is the client, or somebody they bring along.
    pub kind: LinkKind,
    /// What it is about; may be empty.
    pub about: String,
    /// The moment.
    #[ts(type = "number")]
    pub starts_at: Timestamp,
    /// How long it is planned to take.
    pub minutes: u32,
    /// From when on one may come in.
    #[ts(type = "number")]
    pub opens_at: Timestamp,
    /// Until when one may come in.
    #[ts(type = "number")]
    pub closes_at: Timestamp,
    /// Whether one may come in now.
    pub phase: Phase,
    /// The server's clock.
    #[ts(type = "number")]
    pub now: Timestamp,
}
