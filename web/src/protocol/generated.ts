// Generated from crates/protocol by `make gen`. Do not edit.

/** The version both sides must speak. */
export const PROTOCOL_VERSION = 1;
/** The largest frame either side may send, in bytes. */
export const MAX_FRAME_BYTES = 65536;
/** The longest a name may be, in characters (code points). */
export const MAX_NAME_CHARS = 64;
/** The longest a chat message may be, in characters (code points). */
export const MAX_MESSAGE_CHARS = 4000;

/** Why a socket was closed, as a WebSocket close code. */
export const CloseCode = {
  goingAway: 1001,
  tooLarge: 1009,
  pageHidden: 4000,
  handshakeFailed: 4001,
  malformed: 4002,
  rateLimited: 4003,
  resync: 4004,
  replaced: 4005,
  silent: 4006,
} as const;

/** What a participant's camera does, as they announce it. */
export type Camera = "on" | "off" | "absent";

/** An ICE candidate, as browsers give it. */
export type Candidate = {
  /** The candidate line; empty at the end of candidates. */
  candidate: string;
  /** The media section's id. */
  sdp_mid?: string;
  /** The media section's index. */
  sdp_m_line_index?: number;
  /** Which ICE generation it belongs to. */
  username_fragment?: string;
};

/** One line of the chat. */
export type ChatMessage = {
  /** Which. */
  id: string;
  /** Who wrote it. */
  from: string;
  /** What they were called then. */
  name: string;
  /** Text, never markup. */
  text: string;
  /** When the server took it. */
  at: number;
};

/** From a participant's program to the server. */
export type ClientFrame =
  | {
      type: "hello";
      /** `PROTOCOL_VERSION`. */
      protocol: number;
      /** From `POST /api/v1/tickets`. */
      ticket: string;
    }
  | {
      type: "resume";
      /** Which session. */
      session: string;
      /** From the session's welcome. */
      secret: string;
      /** How many counted frames (replies, rejections, events) have arrived in the session so far. */
      received: number;
    }
  | {
      type: "command";
      /** Rises by one from 1 within a session. */
      id: number;
      /** What to do. */
      command: Command;
    }
  | {
      type: "ping";
      /** As in resume. */
      received: number;
    };

/** Why a command or a handshake was refused. Stable: programs match on these. */
export type Code =
  | "malformed"
  | "too_large"
  | "rate_limited"
  | "ticket_invalid"
  | "protocol_unsupported"
  | "session_unknown"
  | "resync"
  | "not_in_room"
  | "already_in_room"
  | "room_name_invalid"
  | "name_invalid"
  | "room_full"
  | "continuation_invalid"
  | "participant_unknown"
  | "stale_generation"
  | "message_invalid"
  | "media_invalid"
  | "media_unknown"
  | "not_host"
  | "try_again"
  | "internal";

/** Imperative; each is answered. */
export type Command =
  | {
      type: "look";
      /** As typed. */
      room: string;
    }
  | {
      type: "join";
      /** As typed; compared without regard to case and surrounding space. */
      room: string;
      /** How one wants to be called. */
      name: string;
      /** State of the microphone. */
      microphone: Microphone;
      /** State of the camera. */
      camera: Camera;
      /** From an earlier `joined`: be the same participant as before. */
      continuation?: string;
      /** Only meaningful with a continuation. */
      media: MediaPath;
    }
  | { type: "leave" }
  | { type: "snapshot" }
  | {
      type: "set_media";
      /** State of the microphone. */
      microphone: Microphone;
      /** State of the camera. */
      camera: Camera;
    }
  | { type: "renew_media" }
  | {
      type: "signal";
      /** To whom. */
      to: string;
      /** Sum of both participants' epochs, as the sender knows them. */
      generation: number;
      /** What. */
      signal: Signal;
    }
  | {
      type: "say";
      /** Drawn at random by the sender, 128 bits. */
      message: string;
      /** 1 to 4,000 characters. */
      text: string;
    }
  | {
      type: "media_offer";
      /** A new connection; what there was before is dropped. Otherwise the one there is changes. */
      fresh: boolean;
      /** RFC 8866 text. Sections that send carry one's own tracks, those that only receive are slots. */
      sdp: string;
      /** What one's own tracks are. */
      tracks: Array<TrackLabel>;
    }
  | {
      type: "view";
      /** Cameras and screens, each once. */
      videos: Array<Viewed>;
    }
  | { type: "media_close" }
  | {
      type: "set_room";
      /** What holds from now on. */
      settings: RoomSettings;
    }
  | { type: "ice_servers" };

/** Which side of a negotiation a description is. */
export type DescriptionKind = "offer" | "answer";

/** Past tense: it has happened. */
export type Event =
  | {
      type: "participant_joined";
      /** Who. */
      participant: Participant;
    }
  | {
      type: "participant_changed";
      /** Who, as they are now. */
      participant: Participant;
    }
  | {
      type: "participant_left";
      /** Who. */
      participant: string;
      /** Why. */
      reason: LeaveReason;
    }
  | {
      type: "media_routed";
      /** Which. */
      route: MediaRoute;
    }
  | {
      type: "settings_changed";
      /** What holds from now on. */
      settings: RoomSettings;
    }
  | {
      type: "slots_assigned";
      /** Those that carry something. */
      slots: Array<SlotLabel>;
    }
  | {
      type: "layers_wanted";
      /** Which track. */
      source: Source;
      /** Their ids; an empty one stands for a track without layers. None: pause it. */
      rids: Array<string>;
    }
  | { type: "active_speaker", 
    /** Nobody before the first word. */
    participant: string
  | null, }
  | { type: "media_lost" }
  | {
      type: "message_said";
      /** What. */
      message: ChatMessage;
    }
  | {
      type: "signalled";
      /** Who. */
      from: string;
      /** In which call. */
      call: string;
      /** Sum of both epochs as the sender knew them. */
      generation: number;
      /** What. */
      signal: Signal;
    };

/** Where to ask for STUN and TURN. */
export type IceServer = {
  /** `stun:`, `turn:` and `turns:` URLs. */
  urls: Array<string>;
  /** Good for new allocations until the time it begins with, Unix seconds; absent for STUN. */
  username?: string;
  /** Belongs to the username. */
  credential?: string;
};

/** One of several encodings of a track. */
export type LayerLabel = {
  /** The `rid` in the description. */
  rid: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
};

/** Why a participant is no longer in the room. */
export type LeaveReason = "left" | "lost" | "replaced";

/** Whether the peers of an earlier presence still live. */
export type MediaPath = "kept" | "fresh";

/** Which way media takes through a room. */
export type MediaRoute = "peer_to_peer" | "server";

/** What a participant's microphone does, as they announce it. */
export type Microphone = "live" | "muted" | "absent";

/** Somebody in a room, as others see them. */
export type Participant = {
  /** Who. */
  id: string;
  /** As typed. */
  name: string;
  /** Place in the order of joining. Of two, the one with the higher order is polite and makes the first offer. */
  order: number;
  /** Rises whenever this participant's peers must be built anew. A pair's generation is the sum of both epochs. */
  epoch: number;
  /** Whether signalling is up. */
  presence: Presence;
  /** State of the microphone. */
  microphone: Microphone;
  /** State of the camera. */
  camera: Camera;
  /** When they came. */
  joined_at: number;
};

/** Whether a participant's signalling is up right now. */
export type Presence = "connected" | "reconnecting";

/** `application/problem+json`, RFC 9457. */
export type Problem = {
  /** For people who read logs; the web client makes its own words from `code`. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** Stable, for programs. */
  code: string;
};

/** Who may send media. */
export type Publishing = "everybody" | "host";

/** What came of a command. */
export type Reply =
  | { type: "done" }
  | {
      type: "joined";
      /** Oneself. */
      participant: string;
      /** Shown at a later join, makes one the same participant again. */
      continuation: string;
      /** The room, oneself included. */
      room: RoomSnapshot;
      /** STUN and TURN. */
      ice_servers: Array<IceServer>;
    }
  | {
      type: "snapshot";
      /** The room, oneself included. */
      room: RoomSnapshot;
    }
  | {
      type: "media_answer";
      /** RFC 8866 text, with all its candidates. */
      sdp: string;
    }
  | {
      type: "summary";
      /** Who is there. */
      room: RoomSummary;
    }
  | {
      type: "ice_servers";
      /** With fresh credentials. */
      ice_servers: Array<IceServer>;
    };

/** What the host decides about a room. */
export type RoomSettings = {
  /** The way of the media. */
  route: RoutePolicy;
  /** Who sends. */
  publishing: Publishing;
};

/** A room as everybody in it sees it. */
export type RoomSnapshot = {
  /** The name, as its first participant typed it. */
  name: string;
  /** The gathering that goes on. */
  call: string;
  /** In order of joining. The first one is the host. */
  participants: Array<Participant>;
  /** Which way media takes. */
  route: MediaRoute;
  /** What the host decided. */
  settings: RoomSettings;
  /** Version of what stands above. */
  version: number;
  /** The most recent messages, oldest first. */
  messages: Array<ChatMessage>;
  /** Version of the chat. */
  chat_version: number;
};

/** A room as seen from outside. */
export type RoomSummary = {
  /** Names of those inside, in order of joining. */
  present: Array<string>;
  /** How many the room takes. */
  limit: number;
};

/** Who decides on the route. */
export type RoutePolicy = "auto" | "peer_to_peer" | "server";

/** From the server to a participant's program. Replies, rejections and events are counted, in order, from 1 in a session; the others are not. */
export type ServerFrame =
  | {
      type: "welcome";
      /** The new session. */
      session: string;
      /** Proves, at a resume, that the session is one's own. */
      secret: string;
      /** How long the session waits for its owner after an outage, milliseconds. */
      grace_ms: number;
    }
  | {
      type: "resumed";
      /** The last command that was carried out: later ones are to be sent again. */
      executed: number;
    }
  | {
      type: "refused";
      /** Why. */
      code: Code;
    }
  | {
      type: "fault";
      /** Why. */
      code: Code;
    }
  | { type: "pong" }
  | {
      type: "reply";
      /** The command's id. */
      id: number;
      /** What came of it. */
      reply: Reply;
    }
  | {
      type: "rejection";
      /** The command's id. */
      id: number;
      /** Why. */
      code: Code;
    }
  | {
      type: "event";
      /** What it is about. */
      topic: Topic;
      /** The version of the document that the event led to; absent where there is no document. */
      version?: number;
      /** What. */
      event: Event;
    };

/** One step of a negotiation. */
export type Signal =
  | {
      type: "description";
      /** Which of the two. */
      kind: DescriptionKind;
      /** RFC 8866 text. */
      sdp: string;
      /** What the sender's tracks are. */
      tracks: Array<TrackLabel>;
    }
  | {
      type: "candidate";
      /** The candidate. */
      candidate: Candidate;
    };

/** Which publication a slot carries. */
export type SlotLabel = {
  /** The media section's id in the receiver's description. */
  mid: string;
  /** Whose. */
  participant: string;
  /** Which of theirs. */
  source: Source;
};

/** What a track shows or carries. */
export type Source = "microphone" | "camera" | "screen" | "screen_audio";

/** Answer of `POST /api/v1/tickets`: the right to open one session. */
export type Ticket = {
  /** Goes into the hello. */
  ticket: string;
  /** Seconds until it is worth nothing. */
  expires_in: number;
};

/** What an event is about: each has versions of its own. */
export type Topic = "room" | "chat" | "direct";

/** What one of the sender's tracks is. */
export type TrackLabel = {
  /** The media section's id in the description. */
  mid: string;
  /** What it carries. */
  source: Source;
  /** The layers it is sent in, smallest first; none means one, without an id. */
  layers?: Array<LayerLabel>;
};

/** A picture that somebody looks at. */
export type Viewed = {
  /** Whose. */
  participant: string;
  /** Which of theirs: `camera` or `screen`. */
  source: Source;
  /** How large it is shown, in device pixels. */
  width: number;
  /** How large it is shown, in device pixels. */
  height: number;
};
