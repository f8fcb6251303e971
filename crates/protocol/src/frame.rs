//! Frames: what travels as one WebSocket text message.

use crate::{Code, Command, Event, Reply, Topic};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::ids::SessionId;

/// From a participant's program to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// First frame of a new session.
    Hello {
        /// [`crate::PROTOCOL_VERSION`].
        protocol: u32,
        /// From `POST /api/v1/tickets`.
        ticket: String,
        /// The session that this one follows, if it could not be resumed: what that one still holds gives way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        earlier: Option<Earlier>,
    },
    /// First frame of a socket that takes up an earlier session.
    Resume {
        /// Which session.
        #[ts(type = "string")]
        session: SessionId,
        /// From the session's welcome.
        secret: String,
        /// How many counted frames (replies, rejections, events) have arrived in the session so far.
        #[ts(type = "number")]
        received: u64,
    },
    /// Do something; always answered by one reply or rejection of the same id.
    Command {
        /// Rises by one from 1 within a session.
        id: u32,
        /// What to do.
        command: Command,
    },
    /// Still here; answered by a pong. Frames up to `received` need not be kept for replay any longer.
    Ping {
        /// As in resume.
        #[ts(type = "number")]
        received: u64,
    },
}

/// An earlier session of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Earlier {
    /// Which.
    #[ts(type = "string")]
    pub session: SessionId,
    /// From its welcome.
    pub secret: String,
}

/// From the server to a participant's program. Replies, rejections and events are counted, in order, from 1 in
/// a session; the others are not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The hello was accepted.
    Welcome {
        /// The new session.
        #[ts(type = "string")]
        session: SessionId,
        /// Proves, at a resume, that the session is one's own.
        secret: String,
        /// How long the session waits for its owner after an outage, milliseconds.
        #[ts(type = "number")]
        grace_ms: u64,
    },
    /// The resume was accepted; counted frames that had not arrived follow.
    Resumed {
        /// The last command that was carried out: later ones are to be sent again.
        executed: u32,
    },
    /// The hello or the resume was refused; the socket closes.
    Refused {
        /// Why.
        code: Code,
    },
    /// A frame that could not be read, or came too soon. Not counted.
    Fault {
        /// Why.
        code: Code,
    },
    /// Answers a ping.
    Pong,
    /// A command was carried out.
    Reply {
        /// The command's id.
        id: u32,
        /// What came of it.
        reply: Reply,
    },
    /// A command was refused; nothing has changed.
    Rejection {
        /// The command's id.
        id: u32,
        /// Why.
        code: Code,
    },
    /// Something happened.
    Event {
        /// What it is about.
        topic: Topic,
        /// The version of the document that the event led to; absent where there is no document.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(type = "number", optional)]
        version: Option<u64>,
        /// What.
        event: Event,
    },
}
