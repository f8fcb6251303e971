//! What a room is made of. Shapes alone; what can be asked of it, and what happens in it, is `happening`.

use crate::ids::{ApiKeyId, BrowserId, ParticipantId, PasswordId, PersonId, SessionId};
use crate::name::PersonName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a participant's microphone does, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Microphone {
    /// Sends sound.
    Live,
    /// Sends silence.
    Muted,
    /// There is none, or it was refused.
    Absent,
}

/// What a participant's camera does, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Camera {
    /// Sends pictures.
    On,
    /// Stopped by its owner.
    Off,
    /// There is none, or it was refused.
    Absent,
}

/// Whether a participant's signalling is up right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// A socket is open.
    Connected,
    /// The socket is gone, the grace runs; media may well go on.
    Reconnecting,
}

/// Why a participant is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// They chose to.
    Left,
    /// Their grace ran out.
    Lost,
    /// The same person continued from another session.
    Replaced,
    /// Their part in the call, or the call, was ended for them.
    Ended,
    /// The host removed them, for as long as the room lives.
    Removed,
}

/// What a track shows or carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Voice.
    Microphone,
    /// Face.
    Camera,
    /// A shared screen.
    Screen,
    /// The sound of what is shared.
    ScreenAudio,
}

/// Which way media takes through a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MediaRoute {
    /// Each pair by itself.
    PeerToPeer,
    /// Over the media server.
    Server,
}

/// Who decides on the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoutePolicy {
    /// How many there are.
    #[default]
    Auto,
    /// Always peer to peer.
    PeerToPeer,
    /// Always the media server.
    Server,
}

/// Who may send media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Publishing {
    /// Everybody in the room.
    #[default]
    Everybody,
    /// The host alone; the others watch.
    Host,
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Whoever has the link.
    #[default]
    Open,
    /// Whoever knocks and is admitted by the host.
    Lobby,
    /// Nobody new.
    Locked,
}

/// What the host decides about a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct RoomSettings {
    /// The way of the media.
    pub route: RoutePolicy,
    /// Who sends.
    pub publishing: Publishing,
    /// Who comes in.
    #[serde(default)]
    pub entry: Entry,
}

/// Whether a participant shares their screen, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// It is seen by nobody.
    #[default]
    Off,
    /// It is shared.
    Shared,
}

/// What passes over the screen and is kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// A thumb that points up.
    Agree,
    /// Clapping hands.
    Applause,
    /// A heart.
    Heart,
    /// A laughing face.
    Laugh,
    /// A surprised face.
    Surprise,
    /// Something to celebrate.
    Celebrate,
}

/// What a participant sends, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// The microphone.
    pub microphone: Microphone,
    /// The camera.
    pub camera: Camera,
    /// The screen.
    #[serde(default)]
    pub screen: Screen,
}

/// One seat of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: ParticipantId,
    /// The session that acts for them.
    pub session: SessionId,
    /// What they want to be called.
    pub name: PersonName,
    /// Place in the order of joining, unique in the room.
    pub order: u32,
    /// Rises when their peers must be built anew.
    pub epoch: u32,
    /// Whether the session has a socket.
    pub presence: Presence,
    /// When the seat is freed; set exactly while reconnecting.
    pub grace_ends: Option<Timestamp>,
    /// What their devices do.
    pub devices: Devices,
    /// When they came.
    pub joined_at: Timestamp,
    /// Since when their hand is up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<Timestamp>,
    /// By what they are known again.
    #[serde(default)]
    pub keys: Keys,
    /// The organisation has sent them to decide about the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub appointed: bool,
    /// Set for a program, which has no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<Feed>,
}

/// A program that sends media into a room, or takes it out, by a key. It has no page: nobody there hears of what
/// happens, and what becomes of its seat is decided by its media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// By which it came.
    pub key: ApiKeyId,
    /// What it does.
    pub role: FeedRole,
}

/// What a program does in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FeedRole {
    /// Sends sound, pictures or both, and takes nothing.
    Publisher,
    /// Takes what others send, and sends nothing.
    Watcher,
}

/// By what somebody is known again. Neither says who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keys {
    /// Whom their page acts for: an account, or a guest while the page shows that it is the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Their browser, if it keeps what it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserId>,
}

impl Keys {
    /// Whether both are somebody's who is the same, as far as can be known.
    #[must_use]
    pub fn meet(&self, other: &Self) -> bool {
        let same_person = self.person.is_some() && self.person == other.person;
        same_person || (self.browser.is_some() && self.browser == other.browser)
    }

    /// These without what the others are known by.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self {
            person: self.person.filter(|_| self.person != other.person),
            browser: self.browser.filter(|_| self.browser != other.browser),
        }
    }
}

/// A room's password. Never the text itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Which.
    pub id: PasswordId,
    /// What a text is compared with, by whoever can: opaque to rooms.
    pub hash: Box<str>,
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Password").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Somebody who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knock {
    /// Who they will be inside.
    pub id: ParticipantId,
    /// The session that asks.
    pub session: SessionId,
    /// What they want to be called.
    pub name: PersonName,
    /// By what they are known again.
    pub keys: Keys,
    /// Since when.
    pub since: Timestamp,
    /// When it counts as given up; set exactly while the session has no socket.
    pub grace_ends: Option<Timestamp>,
}

/// How a knock came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KnockEnd {
    /// The host lets them in.
    Admitted,
    /// The host does not.
    Refused,
    /// Nobody has to knock any more, or the room is no more.
    Opened,
    /// Nobody is let in any more.
    Locked,
    /// They ask no longer, or their page is gone.
    GivenUp,
}

/// The right of somebody who knocked to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// Who they will be inside.
    pub id: ParticipantId,
    /// The session that knocked.
    pub session: SessionId,
    /// Another session of theirs may come as well.
    pub keys: Keys,
    /// Until when.
    pub until: Timestamp,
}

/// Somebody who was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// As whom.
    pub participant: ParticipantId,
    /// The session that acted for them.
    pub session: SessionId,
    /// By what they are known again.
    pub keys: Keys,
}
