//! The wire between a participant and the server, as docs/protocol.md describes it.
//!
//! Shapes only: what a frame means is decided in the server's `app`, what it looks like in TypeScript is
//! generated from here by `make gen`.

mod appointment;
mod code;
mod command;
mod desk;
mod event;
mod frame;
mod http;
mod lounge;
mod signal;

pub use appointment::{
    AppointmentState, AttendeeView, LinkKind, Phase, Reach, VisitView, WaitingChat, WaitingMessage,
    WaitingRoom,
};
pub use code::{CloseCode, Code};
pub use command::{Command, MediaPath};
pub use desk::{
    ConsoleSnapshot, DeskName, DeskSnapshot, Engagement, OwnAvailability, Representative, RingParty,
    RingPurpose, RingView, StaffDesk, WaitingVisitor,
};
pub use event::{
    ChatMessage, Door, Event, IceServer, Knock, KnockAnswer, Participant, Reply, RoomSnapshot, RoomSummary,
    Service, Topic,
};
pub use frame::{ClientFrame, Earlier, ServerFrame};
pub use http::{
    AccountView, ApiKeyView, AppointmentChange, AppointmentList, AppointmentMove, AppointmentOutcome,
    AppointmentView, AuditPage, AuditView, CallNote, CallOutcome, CallPage, CallView, ClientAppointment,
    DeliveryPage, DeliveryState, DeliveryView, DeskSettings, DeskView, InvitationAcceptance, InvitationKind,
    InvitationToken, InvitationView, Invited, LinkProblem, LinkToken, LinkView, LoungeRemoval,
    LoungeRoomSettings, LoungeRoomView, MadeApiKey, MadeWebhook, MailKind, MailPreview, MailRequest,
    MailState, MailView, NewApiKey, NewAppointment, NewLink, NewPerson, NewRoomToken, NewWebhook, OpenRoom,
    OpenRoomDetail, OpenRooms, PasswordChange, PasswordProof, PeoplePage, PersonChange, PresentParticipant,
    Problem, ProfileChange, Repeated, ReplayRequest, Replayed, RoomRole, RoomToken, SignInOptions,
    SignInRequest, SignInView, Ticket, TicketRequest, TotpConfirmation, TotpOffer, WebhookChange,
    WebhookEvent, WebhookSecret, WebhookState, WebhookView,
};
pub use lounge::{
    BlockedPerson, Conversation, LoungeDoor, LoungeMember, LoungeMessage, LoungeRoom, LoungeRoomSnapshot,
    LoungeSnapshot, Place, SentFile,
};
pub use signal::{
    Candidate, DescriptionKind, FileSignal, LayerLabel, OfferedFile, Signal, SlotLabel, TrackLabel, Viewed,
};

/// The version both sides must speak; raised when a frame's meaning changes.
pub const PROTOCOL_VERSION: u32 = 1;

/// The largest frame a participant may send, in bytes. A session description of four tracks takes about 12 KiB. The
/// server keeps to it too, but for what it says of a desk with hundreds of representatives: up to 200 KiB.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
