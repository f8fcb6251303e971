//! The lounge as it travels: its rooms, who is there and how they are, what is written.

use crate::desk::OwnAvailability;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{FileId, LoungeRoomId, MessageId, PersonId};
use visavis_domain::person::Status;
use visavis_domain::time::Timestamp;

/// A room of the lounge, as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeRoom {
    /// Which.
    #[ts(type = "string")]
    pub id: LoungeRoomId,
    /// The part of its address behind `/lounge/`.
    pub slug: String,
    /// As it is called.
    pub name: String,
    /// What it is there for; may be empty.
    pub about: String,
    /// How many are in it.
    pub people: u32,
}

/// Somebody in the lounge, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeMember {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// What they are called; unique among those present.
    pub name: String,
    /// They have an account.
    pub account: bool,
    /// Only who is `available` can be rung.
    pub status: Status,
    /// What they say of it; may be empty.
    pub text: String,
    /// With how many people they are writing back and forth right now. One of them may be oneself.
    pub talks: u32,
    /// Of two states of one person the one with the higher version is the later one.
    #[ts(type = "number")]
    pub version: u64,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Place {
    /// In a room of the lounge.
    LoungeRoom {
        /// Which.
        #[ts(type = "string")]
        room: LoungeRoomId,
    },
    /// Between oneself and somebody.
    Conversation {
        /// The other one.
        #[ts(type = "string")]
        person: PersonId,
    },
}

/// A file or picture that somebody sent. It lies at `/files/{id}/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SentFile {
    /// Which. Whoever knows it may fetch the file.
    #[ts(type = "string")]
    pub id: FileId,
    /// As it is called.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// A picture that browsers may show: PNG, JPEG, GIF or WebP by what is in it.
    pub picture: bool,
}

/// One line of what is written in the lounge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeMessage {
    /// Which.
    #[ts(type = "string")]
    pub id: MessageId,
    /// Its place among those of its room or conversation, from 1: this is the order, whatever order they come in.
    #[ts(type = "number")]
    pub number: u64,
    /// Who wrote it.
    #[ts(type = "string")]
    pub from: PersonId,
    /// What they were called then.
    pub name: String,
    /// Text, never markup; empty with a file alone, and when it was deleted.
    pub text: String,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<SentFile>,
    /// When the server took it.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// When its author changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub edited_at: Option<Timestamp>,
    /// Its author or a moderator has deleted it.
    pub deleted: bool,
}

/// What one writes with somebody, from one's own side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Conversation {
    /// The other one.
    #[ts(type = "string")]
    pub person: PersonId,
    /// What they are called, or were last.
    pub name: String,
    /// As they are now; absent for who is not in the lounge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub member: Option<LoungeMember>,
    /// One has it open.
    pub open: bool,
    /// The other has closed it, and has not written since.
    pub closed: bool,
    /// One does not want to hear from them.
    pub blocked: bool,
    /// Number of the last message; 0 without any.
    #[ts(type = "number")]
    pub last: u64,
    /// How many of theirs one has not read.
    pub unread: u32,
    /// Up to which number messages have reached the other.
    #[ts(type = "number")]
    pub delivered: u64,
    /// Up to which number the other has read.
    #[ts(type = "number")]
    pub read: u64,
}

/// The lounge from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeDoor {
    /// Its rooms, in their order.
    pub rooms: Vec<LoungeRoom>,
    /// What one is called there already, or by one's account; absent for a new guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// One is there by another page, which would have to give way.
    pub in_use: bool,
}

/// One room of the lounge, as those in it see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeRoomSnapshot {
    /// Which.
    #[ts(type = "string")]
    pub room: LoungeRoomId,
    /// Who is there, oneself included, in order of coming.
    pub people: Vec<LoungeMember>,
    /// The most recent messages, oldest first.
    pub messages: Vec<LoungeMessage>,
    /// There are earlier ones.
    pub earlier: bool,
    /// One may remove messages and people there.
    pub moderator: bool,
}

/// Somebody whom one does not want to hear from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlockedPerson {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// What they were called then.
    pub name: String,
}

/// The lounge from inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LoungeSnapshot {
    /// Oneself.
    #[ts(type = "string")]
    pub person: PersonId,
    /// One's own availability.
    pub own: OwnAvailability,
    /// Its rooms, in their order.
    pub rooms: Vec<LoungeRoom>,
    /// The one that one is in.
    pub room: LoungeRoomSnapshot,
    /// Those one has open, and those with something unread, latest first.
    pub conversations: Vec<Conversation>,
    /// Whom one has blocked.
    pub blocked: Vec<BlockedPerson>,
    /// The largest file, in bytes; 0 takes none.
    #[ts(type = "number")]
    pub file_bytes: u64,
    /// After how many seconds without a touch a page says `set_idle`; 0 never.
    pub away_after_s: u32,
}
