//! Bodies of the HTTP endpoints. Those that need a sign-in take it from the cookie `__Host-visavis`.

mod account;
mod admin;
mod api_keys;
mod appointments;
mod calls;
mod lounge;
mod rooms;
mod webhooks;

pub use account::{
    AccountView, InvitationAcceptance, InvitationKind, InvitationToken, InvitationView, PasswordChange,
    PasswordProof, ProfileChange, SignInOptions, SignInRequest, SignInView, TotpConfirmation, TotpOffer,
};
pub use admin::{AuditPage, AuditView, DeskSettings, DeskView, Invited, NewPerson, PeoplePage, PersonChange};
pub use api_keys::{ApiKeyView, MadeApiKey, NewApiKey};
pub use appointments::{
    AppointmentChange, AppointmentList, AppointmentMove, AppointmentOutcome, AppointmentView,
    ClientAppointment, LinkProblem, LinkToken, LinkView, MailKind, MailPreview, MailRequest, MailState,
    MailView, NewAppointment, NewLink, Repeated,
};
pub use calls::{CallNote, CallOutcome, CallPage, CallView};
pub use lounge::{LoungeRemoval, LoungeRoomSettings, LoungeRoomView};
pub use rooms::{NewRoomToken, OpenRoom, OpenRoomDetail, OpenRooms, PresentParticipant, RoomRole, RoomToken};
pub use webhooks::{
    DeliveryPage, DeliveryState, DeliveryView, MadeWebhook, NewWebhook, ReplayRequest, Replayed,
    WebhookChange, WebhookEvent, WebhookSecret, WebhookState, WebhookView,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::AppointmentId;

/// `POST /api/v1/tickets`; a body is not needed. Answered by [`Ticket`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct TicketRequest {
    /// From an earlier ticket: be the same guest as before. Empty, or worth nothing any more: be a new guest. Absent:
    /// be who is signed in, or else a new guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub guest: Option<String>,
    /// Be who came over a link to this appointment, by the cookie; 401 `link_needed` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub appointment: Option<AppointmentId>,
    /// Be whom this room's token lets in, and nobody else: no cookie counts, and none is set. 401 `room_token_invalid`,
    /// `room_token_expired`; 403 `origin_refused` for a page of an origin that it does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room_token: Option<String>,
    /// The room that the token is to be for; 403 `room_token_elsewhere` if it is for another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
}

impl std::fmt::Debug for TicketRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TicketRequest(…)")
    }
}

/// Answer of `POST /api/v1/tickets`: the right to open one session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Ticket {
    /// Goes into the hello.
    pub ticket: String,
    /// Seconds until it is worth nothing.
    pub expires_in: u32,
    /// Shown with a later request, makes one the same guest again; absent for who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub guest: Option<String>,
    /// The room that the token is for; joining another one is refused with `forbidden`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
    /// How one is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// `application/problem+json`, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Problem {
    /// For people who read logs; the web client makes its own words from `code`.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
}
