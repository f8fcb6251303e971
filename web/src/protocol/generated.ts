// Generated from crates/protocol by `make gen`. Do not edit.

/** The version both sides must speak. */
export const PROTOCOL_VERSION = 1;
/** The largest frame a participant may send, in bytes. */
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
  signedOut: 4007,
  linkEnded: 4008,
  removed: 4009,
} as const;

/** What an account may do. */
export type AccountRole = "staff" | "admin";

/** Whether an account can be used. */
export type AccountState = "invited" | "active" | "disabled";

/** An account, as its owner and admins see it. `GET /api/v1/me`; `GET /api/v1/admin/people` lists them all. */
export type AccountView = {
  /** Who. */
  id: string;
  /** By which they sign in. */
  email: string;
  /** As visitors see them. */
  name: string;
  /** What they are there for, for visitors; may be empty. */
  title: string;
  /** What they may do. */
  role: AccountRole;
  /** Whether they may sign in. */
  state: AccountState;
  /** Whether a second factor is asked for. */
  totp: boolean;
  /** Since when. */
  created_at: number;
};

/** A key. `GET /api/v1/admin/api-keys` lists them, latest made first, those that have expired too; `DELETE /api/v1/admin/api-keys/{id}` revokes one, 404 `key_unknown`. */
export type ApiKeyView = {
  /** Which; it stands in the key. */
  id: string;
  /** What it is for. */
  name: string;
  /** For whom it acts. */
  account: string;
  /** Their name now. */
  account_name: string;
  /** What it may do. */
  scopes: Array<Scope>;
  /** Since when. */
  created_at: number;
  /** Worth nothing from then on. */
  expires_at: number;
  /** When it was last used, to the minute; absent if never. */
  used_at?: number;
};

/** `PATCH /api/v1/appointments/{id}`: what is absent stays. Refused as [`NewAppointment` is. */
export type AppointmentChange = {
  /** 1 to 64 characters. */
  client_name?: string;
  /** Empty takes it away. */
  email?: string;
  /** At most 200 characters. */
  about?: string;
  /** At most 10,000 characters. */
  note?: string;
};

/** Of an appointment as it lasts. */
export type AppointmentFacts = {
  /** Which. */
  appointment: string;
  /** Whose. */
  professional: string;
  /** The desk that shares its waiting room. */
  desk?: string;
  /** When it is. */
  starts_at: number;
  /** For how long. */
  minutes: number;
  /** The zone in which it was made. */
  zone: string;
  /** What became of it. */
  state: AppointmentState;
  /** How often it was moved or cancelled. */
  sequence: number;
};

/** `GET /api/v1/appointments?from=&to=&after=&take=100`: those that begin at or after `from` and before `to` (milliseconds, at most 62 days apart, else 422 `time_invalid`), earliest first. */
export type AppointmentList = {
  /** This part. */
  appointments: Array<AppointmentView>;
  /** What to ask for `after` to have the next part; absent where there is none. */
  next?: string;
  /** Whether this server can send mail. */
  mail: boolean;
  /** The server's clock. */
  now: number;
};

/** `POST /api/v1/appointments/{id}/move`. Refused as [`NewAppointment` is; 409 `changed_meanwhile`, 409 `state_unfit` when what became of it does not allow that. Links hold as before. */
export type AppointmentMove = {
  /** What a clock in the zone shows, `YYYY-MM-DDTHH:MM`. */
  wall: string;
  /** IANA's name. */
  zone: string;
  /** Which of two moments, when a clock that is put back shows it twice. */
  repeated?: Repeated;
  /** 5 to 480. */
  minutes: number;
  /** As it was seen. */
  sequence: number;
};

/** `POST /api/v1/appointments/{id}/state`: `cancelled` for good, `done`, `no_show`, or `booked` to take back one of the latter two. 409 `state_unfit`, 409 `too_soon`. Whoever waits, or is in the call, is told. */
export type AppointmentOutcome = {
  /** What becomes of it. */
  state: AppointmentState;
};

/** What became of it. */
export type AppointmentState = "booked" | "done" | "no_show" | "cancelled";

/** An appointment, as staff see it. `GET /api/v1/appointments/{id}`; what changes one answers with it too. `GET /api/v1/appointments/{id}/calendar` is a calendar file for the professional. */
export type AppointmentView = {
  /** Which. */
  id: string;
  /** Whose. */
  professional: string;
  /** Their name. */
  professional_name: string;
  /** The desk whose representatives share the waiting room. */
  desk?: DeskName;
  /** Who it is with. */
  client_name: string;
  /** Where they read mail. */
  email?: string;
  /** What it is about; may be empty. */
  about: string;
  /** The moment. */
  starts_at: number;
  /** How long it is planned to take. */
  minutes: number;
  /** The zone in which it was made, IANA's name. */
  zone: string;
  /** What a clock in that zone shows when it starts, `YYYY-MM-DDTHH:MM`. */
  wall: string;
  /** From when on people may come in. */
  opens_at: number;
  /** Until when people may come in. */
  closes_at: number;
  /** What became of it. */
  state: AppointmentState;
  /** How often it was moved or cancelled. Comes back with the next such change. */
  sequence: number;
  /** The professional's own words; may be empty. */
  note: string;
  /** Those that hold, the client's first. */
  links: Array<LinkView>;
  /** The mail sent last. */
  last_mail?: MailView;
  /** Since when. */
  created_at: number;
};

/** Somebody who waits to be let in, as staff see them. */
export type AttendeeView = {
  /** Who. */
  id: string;
  /** As the professional called them. */
  name: string;
  /** Since when. */
  since: number;
  /** They were in the call, and were sent back to wait. */
  held: boolean;
};

/** A part of the audit log, latest first. `GET /api/v1/admin/audit?after=&take=100`. */
export type AuditPage = {
  /** This part. */
  rows: Array<AuditView>;
  /** What to ask for `after` to have those before them; absent where there are none. */
  next?: string;
};

/** A row of the audit log. */
export type AuditView = {
  /** From 1, without holes. */
  number: number;
  /** When. */
  at: number;
  /** Who; absent for the server itself, or somebody who proved nothing. */
  actor?: string;
  /** Their name now; empty if there is no such account. */
  actor_name: string;
  /** What, in snake case. */
  action: string;
  /** The id of what it was done to; may be empty. */
  subject: string;
  /** What that is called now: a person, a desk, a room of the lounge, a key or a webhook. Empty for anything else, and for what is there no longer. */
  subject_name: string;
  /** What changed: JSON of any shape. */
  detail: JsonValue;
};

/** Somebody whom one does not want to hear from. */
export type BlockedPerson = {
  /** Who. */
  id: string;
  /** What they were called then. */
  name: string;
};

/** `PUT /api/v1/calls/{ring}/note`, by who was rung. 204; 404 `call_unknown`; 422 `note_invalid`. */
export type CallNote = {
  /** At most 4,000 characters; may be empty. */
  note: string;
  /** What came of it. */
  outcome?: CallOutcome;
};

/** What came of a call, as its representative says. */
export type CallOutcome = "resolved" | "follow_up" | "misdirected";

/** A part of the history, latest begun first. */
export type CallPage = {
  /** This part. */
  calls: Array<CallView>;
  /** How many there are in all. */
  total: number;
  /** What to ask for `after` to have those behind them; absent where there are none. */
  next?: string;
};

/** One ring, and the call that came of it. */
export type CallView = {
  /** Which. */
  ring: string;
  /** The desk's name then; empty if none. */
  desk: string;
  /** The visitor, as they called themselves. */
  visitor: string;
  /** In the visitor's words; may be empty. */
  about: string;
  /** Who was rung. */
  representative: string;
  /** Their name then. */
  representative_name: string;
  /** The call into which a colleague asked them. */
  into?: string;
  /** When it began to ring. */
  started_at: number;
  /** When it was accepted. */
  accepted_at?: number;
  /** When it ended. */
  ended_at?: number;
  /** How; absent exactly while it goes on. */
  end?: RingEnd;
  /** The visitor's judgement, 1 to 5. */
  stars?: number;
  /** The visitor's words; may be empty. */
  comment: string;
  /** The representative's words; may be empty. */
  note: string;
  /** What came of it. */
  outcome?: CallOutcome;
};

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
  /** What they offer with it: ask them for it by `signal_file`. */
  file?: OfferedFile;
  /** When the server took it. */
  at: number;
};

/** What a person chooses. */
export type Chosen = "available" | "away" | "unavailable";

/** An appointment, as who came over a link sees it. `GET /api/v1/appointment`: 401 `link_needed`, 403 [`LinkProblem`. `GET /api/v1/appointment/calendar` is a calendar file with one's link. */
export type ClientAppointment = {
  /** Which; asked for with tickets. */
  id: string;
  /** With whom. */
  professional_name: string;
  /** What they are there for; may be empty. */
  professional_title: string;
  /** Oneself. */
  name: string;
  /** Whether one is the client, or somebody they bring along. */
  kind: LinkKind;
  /** What it is about; may be empty. */
  about: string;
  /** The moment. */
  starts_at: number;
  /** How long it is planned to take. */
  minutes: number;
  /** From when on one may come in. */
  opens_at: number;
  /** Until when one may come in. */
  closes_at: number;
  /** Whether one may come in now. */
  phase: Phase;
  /** The server's clock. */
  now: number;
};

/** From a participant's program to the server. */
export type ClientFrame =
  | {
      type: "hello";
      /** `PROTOCOL_VERSION`. */
      protocol: number;
      /** From `POST /api/v1/tickets`. */
      ticket: string;
      /** The session that this one follows, if it could not be resumed: what that one still holds gives way. */
      earlier?: Earlier;
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
  | "room_locked"
  | "knock_first"
  | "lobby_full"
  | "password_required"
  | "password_wrong"
  | "password_invalid"
  | "room_not_open"
  | "continuation_invalid"
  | "participant_unknown"
  | "stale_generation"
  | "message_invalid"
  | "media_invalid"
  | "media_unknown"
  | "not_host"
  | "desk_unknown"
  | "text_invalid"
  | "busy"
  | "all_busy"
  | "queue_full"
  | "not_available"
  | "nobody_online"
  | "engaged"
  | "ring_unknown"
  | "admitted"
  | "appointment_unknown"
  | "too_early"
  | "appointment_over"
  | "name_taken"
  | "in_use"
  | "not_in_lounge"
  | "lounge_room_unknown"
  | "removed"
  | "person_unknown"
  | "blocked"
  | "message_unknown"
  | "not_changeable"
  | "file_invalid"
  | "storage_full"
  | "forbidden"
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
      /** Where the room has one. */
      password?: string;
      /** From an earlier `joined`: be the same participant as before. */
      continuation?: string;
      /** Only meaningful with a continuation. */
      media: MediaPath;
    }
  | {
      type: "knock";
      /** As typed. */
      room: string;
      /** How one wants to be called. */
      name: string;
      /** Where the room has one. */
      password?: string;
    }
  | { type: "stop_knocking" }
  | { type: "leave" }
  | { type: "snapshot" }
  | {
      type: "set_media";
      /** State of the microphone. */
      microphone: Microphone;
      /** State of the camera. */
      camera: Camera;
      /** State of the screen. */
      screen: Screen;
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
      /** 1 to 4,000 characters; with a file none is fine too. */
      text: string;
      /** What one offers to everybody in the room. Its bytes stay with oneself. */
      file?: OfferedFile;
    }
  | {
      type: "signal_file";
      /** To whom. */
      to: string;
      /** About which file. */
      file: string;
      /** About which try to get it; drawn by who wants it. */
      attempt: number;
      /** What. */
      signal: FileSignal;
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
  | {
      type: "set_password";
      /** 1 to 128 characters; none takes it away. */
      password?: string;
    }
  | {
      type: "admit_knocks";
      /** Whom. */
      knocks: string[];
    }
  | {
      type: "refuse_knocks";
      /** Whom. */
      knocks: string[];
    }
  | {
      type: "mute";
      /** Whose; none means everybody's but one's own. */
      participant?: string;
    }
  | {
      type: "remove";
      /** Whom. */
      participant: string;
    }
  | {
      type: "make_host";
      /** Whom. */
      participant: string;
    }
  | { type: "end_room" }
  | {
      type: "set_hand";
      /** Whether it is up. */
      raised: boolean;
    }
  | {
      type: "lower_hand";
      /** Whose. */
      participant: string;
    }
  | {
      type: "react";
      /** What. */
      reaction: Reaction;
    }
  | { type: "ice_servers" }
  | {
      type: "watch_desk";
      /** The part of its address behind `/desk/`. */
      desk: string;
    }
  | { type: "unwatch_desk" }
  | {
      type: "call_desk";
      /** Whom; none rings whoever has been idle longest. */
      representative?: string;
      /** How one wants to be called. */
      name: string;
      /** What it is about, at most 200 characters; may be empty. */
      about: string;
    }
  | {
      type: "queue_up";
      /** How one wants to be called. */
      name: string;
      /** What it is about, at most 200 characters; may be empty. */
      about: string;
    }
  | { type: "leave_queue" }
  | {
      type: "cancel_ring";
      /** Which. */
      ring: string;
    }
  | {
      type: "accept_ring";
      /** Which. */
      ring: string;
    }
  | {
      type: "decline_ring";
      /** Which. */
      ring: string;
    }
  | {
      type: "join_call";
      /** Which. */
      ring: string;
      /** State of the microphone. */
      microphone: Microphone;
      /** State of the camera. */
      camera: Camera;
      /** From an earlier `joined`: be the same participant as before. */
      continuation?: string;
      /** Only meaningful with a continuation. */
      media: MediaPath;
    }
  | { type: "open_console" }
  | {
      type: "set_availability";
      /** Whether one is online for one's desks. */
      online?: boolean;
      /** What one chooses. Choosing ends a wrap-up, and an absence after a missed ring. */
      chosen?: Chosen;
    }
  | {
      type: "ring_colleague";
      /** Whom. */
      person: string;
      /** `bring_in`, or `transfer`: then one leaves when they have come. */
      purpose: RingPurpose;
    }
  | { type: "open_waiting_room" }
  | { type: "be_ready" }
  | { type: "leave_waiting_room" }
  | {
      type: "admit";
      /** Which. */
      appointment: string;
    }
  | {
      type: "hold";
      /** Which. */
      appointment: string;
    }
  | {
      type: "open_waiting_chat";
      /** Which. */
      appointment: string;
    }
  | {
      type: "say_waiting";
      /** Around which. */
      appointment: string;
      /** Drawn at random by the sender, 128 bits. */
      message: string;
      /** 1 to 4,000 characters. */
      text: string;
    }
  | { type: "open_lounge" }
  | {
      type: "enter_lounge";
      /** How one wants to be called. */
      name: string;
      /** Where to; none for the first of its rooms. */
      room?: string;
      /** Another page by which one is there gives way. Without it `in_use`, unless that page has lost its line. */
      use_here: boolean;
    }
  | {
      type: "jump";
      /** Which. */
      room: string;
    }
  | { type: "leave_lounge" }
  | {
      type: "set_status";
      /** What one chooses. */
      chosen: Chosen;
      /** What one says of it, at most 100 characters; may be empty. */
      text: string;
    }
  | {
      type: "set_idle";
      /** Whether nobody has. */
      idle: boolean;
    }
  | {
      type: "post";
      /** Where. */
      place: Place;
      /** Drawn at random by the sender, 128 bits. */
      message: string;
      /** 1 to 4,000 characters; with a file none is fine too. */
      text: string;
      /** What was sent up for this place before. */
      file?: string;
    }
  | {
      type: "edit_message";
      /** Which. */
      message: string;
      /** 1 to 4,000 characters. */
      text: string;
    }
  | {
      type: "delete_message";
      /** Which. */
      message: string;
    }
  | {
      type: "earlier_messages";
      /** Where. */
      place: Place;
      /** Before this number. */
      before: number;
    }
  | {
      type: "offer_file";
      /** For where. */
      place: Place;
      /** As it is called. */
      name: string;
      /** Bytes. */
      size: number;
    }
  | {
      type: "open_conversation";
      /** With whom. */
      person: string;
    }
  | {
      type: "close_conversation";
      /** With whom. */
      person: string;
    }
  | {
      type: "mark_conversation";
      /** Whose. */
      person: string;
      /** They have arrived up to this number. */
      delivered: number;
      /** They have been read up to this number. */
      read: number;
    }
  | {
      type: "type";
      /** To whom. */
      person: string;
    }
  | {
      type: "set_blocked";
      /** Whom. */
      person: string;
      /** Whether one does not want to. */
      blocked: boolean;
    }
  | {
      type: "ring_member";
      /** Whom. */
      person: string;
    }
  | {
      type: "remove_member";
      /** Whom. */
      person: string;
    }
  | {
      type: "rate_call";
      /** Which. */
      ring: string;
      /** 1 to 5. */
      stars: number;
      /** At most 1,000 characters; may be empty. */
      comment: string;
    };

/** Everything a representative's console shows that is true right now. */
export type ConsoleSnapshot = {
  /** Oneself. */
  person: string;
  /** How one is called. */
  name: string;
  /** One's own availability. */
  availability: OwnAvailability;
  /** One's desks. */
  desks: Array<StaffDesk>;
  /** Appointments of one's own, or shared with one's desks, that somebody has come for. */
  visits: Array<VisitView>;
};

/** What one writes with somebody, from one's own side. */
export type Conversation = {
  /** The other one. */
  person: string;
  /** What they are called, or were last. */
  name: string;
  /** As they are now; absent for who is not in the lounge. */
  member?: LoungeMember;
  /** One has it open. */
  open: boolean;
  /** The other has closed it, and has not written since. */
  closed: boolean;
  /** One does not want to hear from them. */
  blocked: boolean;
  /** Number of the last message; 0 without any. */
  last: number;
  /** How many of theirs one has not read. */
  unread: number;
  /** Up to which number messages have reached the other. */
  delivered: number;
  /** Up to which number the other has read. */
  read: number;
};

/** Answer of `GET /api/v1/admin/webhooks/{id}/deliveries`, latest first; `before` a number and `take`, at most 100. */
export type DeliveryPage = {
  /** At most as many as were asked for. */
  deliveries: Array<DeliveryView>;
  /** What to ask for `before`; absent at the end. */
  next?: number;
};

/** How far a delivery is. */
export type DeliveryState = "waiting" | "delivered" | "given_up";

/** One delivery. */
export type DeliveryView = {
  /** Of which event. */
  event: string;
  /** The event's number. */
  number: number;
  /** What happened. */
  kind: EventKind;
  /** The id of what it happened to. */
  subject: string;
  /** When it happened. */
  at: number;
  /** How far it is. */
  state: DeliveryState;
  /** How often it was tried. */
  tries: number;
  /** When it is tried next at the earliest; absent once it is not. */
  due_at?: number;
  /** When it was last tried. */
  tried_at?: number;
  /** The status of the last answer; absent if there was none. */
  status?: number;
  /** What was wrong with it. */
  trouble?: Trouble;
};

/** Which side of a negotiation a description is. */
export type DescriptionKind = "offer" | "answer";

/** A desk by name, for lists of them. */
export type DeskName = {
  /** Which. */
  id: string;
  /** The part of its address behind `/desk/`. */
  slug: string;
  /** As it is called. */
  name: string;
};

/** What admins set about a desk. 409 `slug_taken`; 422 `slug_invalid`, `name_invalid`, `about_invalid`, `hours_invalid`, `site_invalid`, `seconds_invalid`, `person_unknown`. */
export type DeskSettings = {
  /** The part of its address behind `/desk/`: 1 to 64 of `a-z`, `0-9` and `-`. */
  slug: string;
  /** 1 to 64 characters. */
  name: string;
  /** At most 200 characters; may be empty. */
  about: string;
  /** When somebody is usually there; absent says nothing. */
  hours?: Hours;
  /** Seconds for which a representative is not called after a call: 0 to 3,600. */
  wrap_up_s: number;
  /** Seconds for which a representative is rung: 5 to 300. */
  ring_s: number;
  /** Origins of pages that may show it in a frame. */
  sites: Array<string>;
  /** Its representatives. */
  members: Array<string>;
};

/** A desk as visitors see it. */
export type DeskSnapshot = {
  /** Which. */
  id: string;
  /** The part of its address behind `/desk/`. */
  slug: string;
  /** As it is called. */
  name: string;
  /** What it is there for; may be empty. */
  about: string;
  /** Those who are online, in no order. */
  representatives: Array<Representative>;
  /** How many wait. */
  waiting: number;
  /** Openings of the next seven days, each from and to, earliest first; none says nothing about hours. */
  openings: Array<[number, number]>;
};

/** A desk as admins see and set it. `GET /api/v1/admin/desks` lists them; `POST` of a [`DeskSettings` there makes one, `PUT` and `DELETE` at `/api/v1/admin/desks/{id}` change and remove it. Answered by this. */
export type DeskView = {
  /** Which. */
  id: string;
  /** What is set. */
  settings: DeskSettings;
};

/** What one meets at a room, before going in. */
export type Door = "open" | "lobby" | "locked" | "full" | "removed" | "closed";

/** An earlier session of one's own. */
export type Earlier = {
  /** Which. */
  session: string;
  /** From its welcome. */
  secret: string;
};

/** What one is in the middle of. A page that opens shows this. */
export type Engagement =
  | {
      type: "calling";
      /** The ring. */
      ring: RingView;
    }
  | {
      type: "called";
      /** The ring. */
      ring: RingView;
    }
  | {
      type: "waiting";
      /** The desk. */
      desk: DeskName;
      /** 1 is next. */
      position: number;
      /** Since when. */
      since: number;
      /** Of the queue; later ones are higher. */
      queue_version: number;
    }
  | {
      type: "attending";
      /** Which. */
      appointment: string;
      /** Since when. */
      since: number;
      /** One was in the call, and was sent back to wait. */
      held: boolean;
    }
  | {
      type: "in_call";
      /** The ring it came from. */
      ring: RingView;
    };

/** Who may come in. */
export type Entry = "open" | "lobby" | "locked";

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
      /** Another one than before means that connections with the media server have to be made anew. */
      generation: number;
    }
  | {
      type: "settings_changed";
      /** What holds from now on. */
      settings: RoomSettings;
    }
  | {
      type: "password_changed";
      /** Whether one needs one to come in. */
      password: boolean;
    }
  | { type: "host_changed", 
    /** Who. */
    host: string
  | null, }
  | {
      type: "knocks_changed";
      /** Longest first. */
      knocks: Array<Knock>;
    }
  | {
      type: "knock_answered";
      /** What. */
      answer: KnockAnswer;
    }
  | { type: "muted" }
  | {
      type: "reacted";
      /** Who. */
      participant: string;
      /** What. */
      reaction: Reaction;
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
    }
  | {
      type: "file_signalled";
      /** Who. */
      from: string;
      /** About which file. */
      file: string;
      /** About which try to get it. */
      attempt: number;
      /** What. */
      signal: FileSignal;
    }
  | {
      type: "representative_changed";
      /** Which desk. */
      desk: string;
      /** Who. */
      representative: Representative;
    }
  | {
      type: "waiting_changed";
      /** Which desk. */
      desk: string;
      /** How many. */
      waiting: number;
    }
  | {
      type: "desk_changed";
      /** Which desk. */
      desk: string;
    }
  | {
      type: "queue_changed";
      /** Which desk. */
      desk: string;
      /** Who waits, first first. */
      queue: Array<WaitingVisitor>;
      /** Later ones are higher. */
      queue_version: number;
    }
  | {
      type: "queue_moved";
      /** Which desk. */
      desk: string;
      /** 1 is next. */
      position: number;
      /** Of the queue; later ones are higher. */
      queue_version: number;
    }
  | {
      type: "own_changed";
      /** It. */
      own: OwnAvailability;
    }
  | {
      type: "visit_changed";
      /** As it is now; with nobody waiting and no call, nothing happens around it any more. */
      visit: VisitView;
    }
  | {
      type: "appointment_changed";
      /** Which. */
      appointment: string;
    }
  | {
      type: "reach_changed";
      /** So far. */
      reach: Reach;
    }
  | {
      type: "waiting_message_said";
      /** Around which appointment. */
      appointment: string;
      /** What. */
      message: WaitingMessage;
      /** How many there have been. */
      chat_version: number;
    }
  | {
      type: "member_joined";
      /** Which. */
      room: string;
      /** Who. */
      member: LoungeMember;
    }
  | {
      type: "member_changed";
      /** Who. */
      member: LoungeMember;
    }
  | {
      type: "member_left";
      /** Which. */
      room: string;
      /** Who. */
      person: string;
    }
  | {
      type: "member_gone";
      /** Who. */
      person: string;
    }
  | {
      type: "room_counted";
      /** Which. */
      room: string;
      /** How many. */
      people: number;
    }
  | { type: "lounge_changed" }
  | {
      type: "posted";
      /** Where. */
      place: Place;
      /** What. */
      message: LoungeMessage;
    }
  | {
      type: "message_changed";
      /** Where. */
      place: Place;
      /** As it is now. */
      message: LoungeMessage;
    }
  | {
      type: "conversation_marked";
      /** Who. */
      person: string;
      /** They have arrived up to this number. */
      delivered: number;
      /** They have been read up to this number. */
      read: number;
    }
  | {
      type: "conversation_changed";
      /** Who. */
      person: string;
      /** Whether they have closed it. */
      closed: boolean;
    }
  | {
      type: "typed";
      /** Who. */
      person: string;
    }
  | {
      type: "ring_ended";
      /** Which. */
      ring: string;
      /** How. */
      end: RingEnd;
    }
  | {
      type: "service_changed";
      /** What it can do; with a new session, everything. */
      service: Service;
    };

/** What happened. The words never change; new ones may come. */
export type EventKind =
  | "ring.started"
  | "ring.accepted"
  | "ring.declined"
  | "ring.missed"
  | "ring.cancelled"
  | "call.started"
  | "call.ended"
  | "queue.joined"
  | "queue.left"
  | "appointment.created"
  | "appointment.moved"
  | "appointment.cancelled"
  | "appointment.done"
  | "appointment.no_show"
  | "appointment.reopened"
  | "appointment.waiting"
  | "appointment.left"
  | "appointment.taken"
  | "appointment.ended"
  | "room.opened"
  | "room.participant_joined"
  | "room.participant_left"
  | "room.closed"
  | "webhook.test";

/** What an event says. Which of these follows from its kind. */
export type Facts = RingFacts | QueueFacts | AppointmentFacts | VisitFacts | RoomFacts | TestFacts;

/** What a program does in a room. */
export type FeedRole = "publisher" | "watcher";

/** One step on the way of a file from one participant to another. */
export type FileSignal =
  | { type: "wanted" }
  | {
      type: "description";
      /** Which of the two. */
      kind: DescriptionKind;
      /** RFC 8866 text, with one section: of a data channel. */
      sdp: string;
    }
  | {
      type: "candidate";
      /** The candidate. */
      candidate: Candidate;
    }
  | { type: "gone" };

/** Opening hours in the zone they were made in. */
export type Hours = {
  /** IANA name, such as `Europe/Istanbul`. */
  zone: string;
  /** Each week's openings; any order, overlaps are one opening. */
  weekly: Array<Opening>;
  /** Days on which it stays closed, `YYYY-MM-DD` in the zone. */
  closed: Array<string>;
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

/** `POST /api/v1/invitations/accept`. Answered by 204 and the cookie of a sign-in; 404 `invitation_invalid`, 422 `password_invalid`, `email_invalid`, `name_invalid`. */
export type InvitationAcceptance = {
  /** From the link. */
  token: string;
  /** 10 to 200 characters. */
  password: string;
  /** For the first admin alone. */
  email?: string;
  /** For the first admin alone. */
  name?: string;
};

/** What a one-time link is for. */
export type InvitationKind = "join" | "reset" | "first_admin";

/** `POST /api/v1/invitations/look`: what a link is for. 404 `invitation_invalid` unless it holds. */
export type InvitationToken = {
  /** From the fragment of `/invitation#TOKEN`. */
  token: string;
};

/** Answer to [`InvitationToken`. */
export type InvitationView = {
  /** What for. */
  kind: InvitationKind;
  /** The account's address; empty for the first admin. */
  email: string;
  /** The account's name; empty for the first admin. */
  name: string;
};

/** A one-time link for somebody, to be handed to them. `POST /api/v1/admin/people/{id}/invitation` makes another. */
export type Invited = {
  /** Whose. */
  id: string;
  /** The link, shown this once. */
  link: string;
  /** Until when it holds. */
  expires_at: number;
};

export type JsonValue =
  | number
  | string
  | boolean
  | Array<JsonValue>
  | { [key in string]: JsonValue }
  | null;

/** Somebody who knocks, as the host sees them. */
export type Knock = {
  /** Who they will be when they are let in. */
  id: string;
  /** As typed. */
  name: string;
  /** Since when. */
  since: number;
};

/** What came of a knock. */
export type KnockAnswer = "admitted" | "refused" | "opened" | "locked";

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
export type LeaveReason = "left" | "lost" | "replaced" | "ended" | "removed";

/** Whose a link is. */
export type LinkKind = "client" | "guest";

/** Why a genuine link is of no use: a problem with what helps its owner. */
export type LinkProblem = {
  /** For people who read logs. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** `link_replaced`, `appointment_cancelled`, `appointment_over`. */
  code: string;
  /** Whose appointment it is. */
  professional_name: string;
  /** When it is, or was to be. */
  starts_at: number;
};

/** `POST /api/v1/appointment/enter`: exchanges the token of `/a#TOKEN` for the cookie. Answered by [`ClientAppointment`; 404 `link_invalid` for whatever is not genuine, 429 `rate_limited`, and 403 with [`LinkProblem` for a genuine link that is of no use. */
export type LinkToken = {
  /** From the fragment. */
  token: string;
};

/** A personal link that holds. */
export type LinkView = {
  /** Which. */
  id: string;
  /** Whose. */
  kind: LinkKind;
  /** What they are called. */
  name: string;
  /** The link. Whoever has it comes in as them. */
  url: string;
  /** Since when. */
  created_at: number;
};

/** The lounge from outside. */
export type LoungeDoor = {
  /** Its rooms, in their order. */
  rooms: Array<LoungeRoom>;
  /** What one is called there already, or by one's account; absent for a new guest. */
  name?: string;
  /** One is there by another page, which would have to give way. */
  in_use: boolean;
};

/** Somebody in the lounge, as others see them. */
export type LoungeMember = {
  /** Who. */
  id: string;
  /** What they are called; unique among those present. */
  name: string;
  /** They have an account. */
  account: boolean;
  /** Only who is `available` can be rung. */
  status: Status;
  /** What they say of it; may be empty. */
  text: string;
  /** With how many people they are writing back and forth right now. One of them may be oneself. */
  talks: number;
  /** Of two states of one person the one with the higher version is the later one. */
  version: number;
};

/** One line of what is written in the lounge. */
export type LoungeMessage = {
  /** Which. */
  id: string;
  /** Its place among those of its room or conversation, from 1: this is the order, whatever order they come in. */
  number: number;
  /** Who wrote it. */
  from: string;
  /** What they were called then. */
  name: string;
  /** Text, never markup; empty with a file alone, and when it was deleted. */
  text: string;
  /** What came with it. */
  file?: SentFile;
  /** When the server took it. */
  at: number;
  /** When its author changed it last. */
  edited_at?: number;
  /** Its author or a moderator has deleted it. */
  deleted: boolean;
};

/** Somebody who was removed from the lounge. `GET /api/v1/admin/lounge/removals` lists those who may not come back yet; `DELETE` at `/api/v1/admin/lounge/removals/{person}` lets them. */
export type LoungeRemoval = {
  /** Who. */
  person: string;
  /** What they were called. */
  name: string;
  /** Until when they may not come back. */
  until: number;
  /** Name of the account that removed them. */
  by: string;
};

/** A room of the lounge, as everybody sees it. */
export type LoungeRoom = {
  /** Which. */
  id: string;
  /** The part of its address behind `/lounge/`. */
  slug: string;
  /** As it is called. */
  name: string;
  /** What it is there for; may be empty. */
  about: string;
  /** How many are in it. */
  people: number;
};

/** What admins set about a room of the lounge. 409 `slug_taken`; 422 `slug_invalid`, `name_invalid`, `about_invalid`, `person_unknown`, `too_many_rooms`. */
export type LoungeRoomSettings = {
  /** The part of its address behind `/lounge/`: 1 to 64 of `a-z`, `0-9` and `-`. */
  slug: string;
  /** 1 to 64 characters. */
  name: string;
  /** At most 200 characters; may be empty. */
  about: string;
  /** Lower ones stand first; whoever comes without naming a room comes into the first. */
  place: number;
  /** Accounts that may remove messages and people there, besides admins. */
  moderators: Array<string>;
};

/** One room of the lounge, as those in it see it. */
export type LoungeRoomSnapshot = {
  /** Which. */
  room: string;
  /** Who is there, oneself included, in order of coming. */
  people: Array<LoungeMember>;
  /** The most recent messages, oldest first. */
  messages: Array<LoungeMessage>;
  /** There are earlier ones. */
  earlier: boolean;
  /** One may remove messages and people there. */
  moderator: boolean;
};

/** A room of the lounge as admins see and set it. `GET /api/v1/admin/lounge/rooms` lists them in their order; `POST` of a [`LoungeRoomSettings` there makes one, `PUT` and `DELETE` at `/api/v1/admin/lounge/rooms/{id}` change and remove it, with what was written in it. Answered by this. */
export type LoungeRoomView = {
  /** Which. */
  id: string;
  /** What is set. */
  settings: LoungeRoomSettings;
};

/** The lounge from inside. */
export type LoungeSnapshot = {
  /** Oneself. */
  person: string;
  /** One's own availability. */
  own: OwnAvailability;
  /** Its rooms, in their order. */
  rooms: Array<LoungeRoom>;
  /** The one that one is in. */
  room: LoungeRoomSnapshot;
  /** Those one has open, and those with something unread, latest first. */
  conversations: Array<Conversation>;
  /** Whom one has blocked. */
  blocked: Array<BlockedPerson>;
  /** The largest file, in bytes; 0 takes none. */
  file_bytes: number;
  /** After how many seconds without a touch a page says `set_idle`; 0 never. */
  away_after_s: number;
};

/** A key that was made. */
export type MadeApiKey = {
  /** As it is listed. */
  key: ApiKeyView;
  /** The key itself, shown this once: `Authorization: Bearer vvk_…`. */
  secret: string;
};

/** A webhook that was made. */
export type MadeWebhook = {
  /** As it is listed. */
  webhook: WebhookView;
  /** What signs, shown this once: `whsec_…`. */
  secret: string;
};

/** What a mail tells. */
export type MailKind = "invitation" | "change" | "cancellation";

/** What would be sent. */
export type MailPreview = {
  /** What it tells. */
  kind: MailKind;
  /** To whom. */
  to: string;
  /** Its subject. */
  subject: string;
  /** Its text, with the link in it. A calendar file goes with it. */
  text: string;
};

/** `POST /api/v1/appointments/{id}/mail` queues a mail to the client about how the appointment is now, 204; 409 `mail_unfit` without an address, about what is over, or when this server sends none. `POST …/mail/preview` answers with [`MailPreview` and sends nothing. */
export type MailRequest = {
  /** A word to the client, at most 1,000 characters; may be empty. */
  message: string;
};

/** How far a mail has got. */
export type MailState = "queued" | "sent" | "failed";

/** A mail about an appointment. */
export type MailView = {
  /** What it tells. */
  kind: MailKind;
  /** How far it has got. */
  state: MailState;
  /** The appointment's sequence that it tells of. */
  sequence: number;
  /** Since when it is so. */
  at: number;
};

/** Whether the peers of an earlier presence still live. */
export type MediaPath = "kept" | "fresh";

/** Which way media takes through a room. */
export type MediaRoute = "peer_to_peer" | "server";

/** What a participant's microphone does, as they announce it. */
export type Microphone = "live" | "muted" | "absent";

/** `POST /api/v1/admin/api-keys`: a new key. Answered by [`MadeApiKey`; 422 `name_invalid`, `scopes_invalid`, `expiry_invalid`, `person_unknown`, `too_many_keys`. */
export type NewApiKey = {
  /** What it is for: 1 to 64 characters. */
  name: string;
  /** For whom it acts: it may never do more than they may, and stops with their account. Absent: for who makes it. */
  account?: string;
  /** What of that it may do; at least one. */
  scopes: Array<Scope>;
  /** Worth nothing from then on; within two years. */
  expires_at: number;
};

/** `POST /api/v1/appointments`: 201. 422 `name_invalid`, `email_invalid`, `text_invalid`, `duration_invalid`, `zone_unknown`, `time_invalid`, `time_skipped` (the clock is put forward past it), `time_ambiguous` (the clock shows it twice: say which), `time_past`, `desk_unknown` (not one of one's own). */
export type NewAppointment = {
  /** 1 to 64 characters. */
  client_name: string;
  /** Where the client reads mail. */
  email?: string;
  /** At most 200 characters; may be empty. */
  about: string;
  /** What a clock in the zone shows, `YYYY-MM-DDTHH:MM`. */
  wall: string;
  /** IANA's name. */
  zone: string;
  /** Which of two moments, when a clock that is put back shows it twice. */
  repeated?: Repeated;
  /** 5 to 480. */
  minutes: number;
  /** The desk whose representatives share the waiting room. */
  desk?: string;
};

/** `POST /api/v1/appointments/{id}/links`: one more, for an interpreter or a relative. 409 `links_many`. `POST …/links/{link}/reissue` takes one back and makes another in its place, or gives the client one again whose last was taken back. `DELETE …/links/{link}` takes one back: pages that were opened by it close at once. 404 `link_unknown` for one that does not hold, or another appointment's. */
export type NewLink = {
  /** What they are called, 1 to 64 characters. */
  name: string;
};

/** `POST /api/v1/admin/people`: a new account. Answered by [`Invited`; 409 `email_taken`, 422 `email_invalid`, `name_invalid`, `title_invalid`. */
export type NewPerson = {
  /** By which they will sign in. */
  email: string;
  /** As visitors will see them. */
  name: string;
  /** At most 100 characters; may be empty. */
  title: string;
  /** What they may do. */
  role: AccountRole;
};

/** Lets somebody into a room whom the organisation knows: `POST /api/v1/admin/rooms/{name}/tokens`, answered by 201 and a [`RoomToken`. They need neither its password nor the host's admission, and may open it; who was removed and a room that is locked or full they do not pass. 422 `room_name_invalid`, `name_invalid`, `identity_invalid`, `seconds_invalid`, `site_invalid`. */
export type NewRoomToken = {
  /** How they are called there; they cannot change it. */
  name: string;
  /** Who they are to the organisation, at most 128 characters: by this they are known again, whichever token they show, as when they were removed. Absent: each token is somebody else. Nobody else is told. */
  identity?: string;
  /** As what they come. */
  role: RoomRole;
  /** Seconds for which they can come in by it, at most 86,400; 600 where it is absent. Who is inside stays. */
  expires_in?: number;
  /** Origins whose pages may use it besides this server's own, at most 8: `https://www.example.org`. */
  origins: Array<string>;
};

/** `POST /api/v1/admin/webhooks`: a new one. Answered by [`MadeWebhook`; 422 `name_invalid`, `url_invalid`, `address_refused`, `kinds_invalid`, `too_many_webhooks`. */
export type NewWebhook = {
  /** What it is for: 1 to 64 characters. */
  name: string;
  /** Where to: `https`, without a user and a fragment, at most 2000 characters. */
  url: string;
  /** Of what; at least one, and not `webhook.test`. */
  kinds: Array<EventKind>;
};

/** A file that somebody in a room offers to those in it. Its bytes are with them alone. */
export type OfferedFile = {
  /** Drawn at random by its sender, 128 bits. */
  id: string;
  /** As it is called. */
  name: string;
  /** Bytes. */
  size: number;
};

/** A room that somebody is in. */
export type OpenRoom = {
  /** What it is called; of a call's the ring's id. */
  name: string;
  /** Whose call it is, if it is one's room. */
  ring?: string;
  /** The gathering that goes on; the audit log names it by this. */
  call: string;
  /** Since when whoever is in it longest is. */
  since: number;
  /** How many are in it. */
  people: number;
  /** Which way media takes. */
  route: MediaRoute;
  /** Who may come in. */
  entry: Entry;
};

/** One of them, with who is in it. `GET /api/v1/admin/rooms/{name}`; 404 `room_unknown`. `POST /api/v1/admin/rooms/{name}/end` ends it for everybody; `DELETE /api/v1/admin/rooms/{name}/participants/{participant}` removes somebody for as long as it lives, 404 `participant_unknown`. */
export type OpenRoomDetail = {
  /** As it is listed. */
  room: OpenRoom;
  /** Who is in it, in order of coming. */
  participants: Array<PresentParticipant>;
};

/** Rooms that somebody is in, by name. `GET /api/v1/admin/rooms?after=&take=100`. */
export type OpenRooms = {
  /** This part. */
  rooms: Array<OpenRoom>;
  /** What to ask for `after` to have the next part; absent where there is none. */
  next?: string;
};

/** One opening of a week. */
export type Opening = {
  /** 1 Monday to 7 Sunday. */
  weekday: number;
  /** Minutes after midnight, on the clock of the zone: 0 to 1,439. */
  from: number;
  /** Minutes after midnight, more than `from`: 1 to 1,440. */
  to: number;
};

/** One's own availability. */
export type OwnAvailability = {
  /** Whether one takes calls of one's desks. */
  online: boolean;
  /** What one chose. */
  chosen: Chosen;
  /** What others see. */
  status: Status;
  /** One is away because a ring was missed, not because one chose to. */
  missed: boolean;
  /** Until when one is not called after a call. */
  wrap_up_until?: number;
  /** What one is in the middle of. */
  engagement?: Engagement;
  /** Later states have higher versions. */
  version: number;
};

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
  /** State of the screen. */
  screen: Screen;
  /** Since when their hand is up; the earliest is first. */
  hand?: number;
  /** When they came. */
  joined_at: number;
  /** Set for a program that sends or takes media by a key; it is nobody who could be spoken to. */
  feed?: FeedRole;
};

/** `POST /api/v1/me/password`. Ends all other sign-ins. 204; 403 `password_wrong`; 422 `password_invalid`. */
export type PasswordChange = {
  /** The one so far. */
  current: string;
  /** 10 to 200 characters. */
  new: string;
};

/** Shows once more that it is oneself. */
export type PasswordProof = {
  /** The password. */
  password: string;
};

/** A part of the accounts, by name. `GET /api/v1/admin/people?after=&take=100`; one of them is at `/api/v1/admin/people/{id}`. */
export type PeoplePage = {
  /** This part. */
  people: Array<AccountView>;
  /** Those of them who are tied to somebody at the identity provider; `DELETE /api/v1/admin/people/{id}/provider` unties one. */
  tied: string[];
  /** What to ask for `after` to have the next part; absent where there is none. */
  next?: string;
};

/** `PATCH /api/v1/admin/people/{id}`: what is absent stays. Answered by the account; 409 `last_admin` for what would leave no active admin. */
export type PersonChange = {
  /** By which they sign in. */
  email?: string;
  /** As visitors see them. */
  name?: string;
  /** At most 100 characters; may be empty. */
  title?: string;
  /** What they may do. */
  role?: AccountRole;
  /** `active` or `disabled`. */
  state?: AccountState;
};

/** How far along an appointment is for who comes over a link. */
export type Phase = "early" | "open";

/** Where a message stands. */
export type Place =
  | {
      type: "lounge_room";
      /** Which. */
      room: string;
    }
  | {
      type: "conversation";
      /** The other one. */
      person: string;
    };

/** Whether a participant's signalling is up right now. */
export type Presence = "connected" | "reconnecting";

/** Somebody in a room. */
export type PresentParticipant = {
  /** Who. */
  id: string;
  /** How they want to be called. */
  name: string;
  /** When they came. */
  joined_at: number;
  /** Whether their line holds. */
  presence: Presence;
  /** They decide about the room. */
  host: boolean;
};

/** `application/problem+json`, RFC 9457. */
export type Problem = {
  /** For people who read logs; the web client makes its own words from `code`. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** Stable, for programs. */
  code: string;
};

/** `PATCH /api/v1/me`: how visitors see one. What is absent stays. Answered by the account. */
export type ProfileChange = {
  /** 1 to 64 characters. */
  name?: string;
  /** At most 100 characters; may be empty. */
  title?: string;
};

/** Who may send media. */
export type Publishing = "everybody" | "host";

/** Of waiting at a desk. */
export type QueueFacts = {
  /** Where. */
  desk: string;
  /** Who. */
  visitor: string;
  /** Since when; whoever is not answered takes their old place. */
  since: number;
  /** How many wait now. */
  waiting: number;
  /** The ring by which they left the queue; absent for who comes, and for who has given up. */
  ring?: string;
};

/** How far a professional is from who waits for them. */
export type Reach = "here" | "in_call" | "away";

/** What passes over the screen and is kept nowhere. */
export type Reaction = "agree" | "applause" | "heart" | "laugh" | "surprise" | "celebrate";

/** Which of two moments at which a clock that is put back shows the same. */
export type Repeated = "first" | "second";

/** `POST /api/v1/admin/webhooks/{id}/replay`: tell it once more. Answered by [`Replayed`; 404 `event_unknown`. */
export type ReplayRequest = {
  /** Of this event. */
  event: string;
  /** And of all that it was told later. */
  later: boolean;
};

/** What is told once more. */
export type Replayed = {
  /** How many. */
  count: number;
};

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
    }
  | {
      type: "desk";
      /** The desk. */
      desk: DeskSnapshot;
      /** Oneself: what one was in the middle of when the page was opened anew. */
      own: OwnAvailability;
    }
  | {
      type: "ringing";
      /** The ring. */
      ring: RingView;
    }
  | {
      type: "own";
      /** It. */
      own: OwnAvailability;
    }
  | {
      type: "console";
      /** Everything it shows. */
      console: ConsoleSnapshot;
    }
  | {
      type: "waiting_room";
      /** Everything it shows. */
      waiting_room: WaitingRoom;
    }
  | {
      type: "waiting_chat";
      /** It. */
      chat: WaitingChat;
    }
  | {
      type: "lounge_door";
      /** It. */
      door: LoungeDoor;
    }
  | {
      type: "lounge";
      /** It. */
      lounge: LoungeSnapshot;
    }
  | {
      type: "lounge_room";
      /** It. */
      room: LoungeRoomSnapshot;
    }
  | {
      type: "conversation";
      /** It. */
      conversation: Conversation;
      /** The most recent messages, oldest first. */
      messages: Array<LoungeMessage>;
      /** There are earlier ones. */
      earlier: boolean;
    }
  | {
      type: "messages";
      /** Oldest first. */
      messages: Array<LoungeMessage>;
      /** There are earlier ones. */
      earlier: boolean;
    }
  | {
      type: "upload";
      /** What to name in the message. */
      file: string;
      /** Goes with the file; for ten minutes. */
      token: string;
    };

/** A representative as visitors see them. */
export type Representative = {
  /** Who. */
  id: string;
  /** How they are called. */
  name: string;
  /** What they are there for, and in which languages; may be empty. */
  title: string;
  /** `available` can be called; who is `offline` is to be taken off the list. */
  status: Status;
  /** Of two states of one representative the one with the higher version is the later one. */
  version: number;
};

/** How a ring, or the call that came of it, ended. Both sides are told the same. */
export type RingEnd =
  | "declined"
  | "cancelled"
  | "missed"
  | "caller_lost"
  | "callee_lost"
  | "failed"
  | "hung_up"
  | "lost"
  | "transferred"
  | "ended_by_admin"
  | "interrupted"
  | "held"
  | "closed";

/** Of a ring, and of the call that came of it. */
export type RingFacts = {
  /** Which; a call has the id of the ring that it came of. */
  ring: string;
  /** Why. */
  purpose: RingPurpose;
  /** The desk it came over. */
  desk?: string;
  /** The appointment it is for. */
  appointment?: string;
  /** The call that a colleague is asked into. */
  into?: string;
  /** Whom the call is about. */
  visitor: string;
  /** Who is rung, or took it. */
  representative: string;
  /** Since when it rang. */
  started_at: number;
  /** When it was accepted. */
  accepted_at?: number;
  /** How it ended; absent before. */
  end?: RingEnd;
};

/** Somebody in a ring, as the other side sees them. */
export type RingParty = {
  /** Who. */
  id: string;
  /** How they are called. */
  name: string;
};

/** Why somebody is rung. */
export type RingPurpose = "desk" | "bring_in" | "transfer" | "appointment" | "conversation";

/** A ring, as both sides see it. */
export type RingView = {
  /** Which. */
  id: string;
  /** The desk it came over. */
  desk?: DeskName;
  /** Why. */
  purpose: RingPurpose;
  /** The appointment it is for. */
  appointment?: string;
  /** The call one is asked into, when it goes on already. */
  into?: string;
  /** Who rings. */
  caller: RingParty;
  /** Who is rung. */
  callee: RingParty;
  /** The visitor whom a call is about: the caller, or who is in the call already. */
  visitor: RingParty;
  /** What it is about, in the visitor's words; may be empty. */
  about: string;
  /** Since when it rings. */
  started_at: number;
  /** Until when it rings at most. */
  rings_until: number;
  /** When it was accepted; absent while it rings. */
  accepted_at?: number;
};

/** Of a room. */
export type RoomFacts = {
  /** Its name. */
  room: string;
  /** The gathering in it. */
  call: string;
  /** How many are in it now. */
  people: number;
  /** Who came or went. */
  participant?: string;
  /** Why they went. */
  reason?: LeaveReason;
};

/** As what somebody comes into a room by a token. */
export type RoomRole = "participant" | "host";

/** What the host decides about a room. */
export type RoomSettings = {
  /** The way of the media. */
  route: RoutePolicy;
  /** Who sends. */
  publishing: Publishing;
  /** Who comes in. */
  entry: Entry;
};

/** A room as everybody in it sees it. */
export type RoomSnapshot =
  | { 
    /** The name, as its first participant typed it. */
    name: string, 
    /** The gathering that goes on. */
    call: string, 
    /** In order of joining. */
    participants: Array<Participant>, 
    /** Who decides about the room; none while those who could are away. */
    host: string
  | null, 
    /** Which way media takes. */
    route: MediaRoute, 
    /** Connections with the media server made under another one lead nowhere. */
    generation: number, 
    /** What the host decided. */
    settings: RoomSettings, 
    /** Whether one needs a password to come in. */
    password: boolean, 
    /** Who knocks, longest first; to the host alone. */
    knocks?: Array<Knock>, 
    /** Version of what stands above, but for who knocks. */
    version: number, 
    /** The most recent messages, oldest first. */
    messages: Array<ChatMessage>, 
    /** Version of the chat. */
    chat_version: number, 
    /** The largest file that may be offered in it, bytes; 0 takes none. */
    file_bytes: number, };

/** A room as seen from outside. */
export type RoomSummary = {
  /** Names of those inside, in order of joining. */
  present: Array<string>;
  /** How many the room takes. */
  limit: number;
  /** What one meets there. */
  door: Door;
  /** Whether one needs a password. */
  password: boolean;
};

/** What lets somebody into a room. Whoever has it can come in as them: give it to nobody else. */
export type RoomToken = {
  /** Goes to the page, and from there into a `TicketRequest`. */
  token: string;
  /** Until when one can come in by it. */
  expires_at: number;
};

/** Who decides on the route. */
export type RoutePolicy = "auto" | "peer_to_peer" | "server";

/** One thing that a key may do. To write does not include to read: whoever only brings appointments needs no list. */
export type Scope =
  | "staff:read"
  | "staff:write"
  | "desks:read"
  | "desks:write"
  | "appointments:read"
  | "appointments:write"
  | "rooms:read"
  | "rooms:write"
  | "rooms:invite"
  | "history:read"
  | "media:publish"
  | "media:watch"
  | "webhooks:read"
  | "webhooks:write";

/** Whether a participant shares their screen, as they announce it. */
export type Screen = "off" | "shared";

/** A file or picture that somebody sent. It lies at `/files/{id}/{name}`. */
export type SentFile = {
  /** Which. Whoever knows it may fetch the file. */
  id: string;
  /** As it is called. */
  name: string;
  /** Bytes. */
  size: number;
  /** A picture that browsers may show: PNG, JPEG, GIF or WebP by what is in it. */
  picture: boolean;
};

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

/** What the server can do now. */
export type Service = "whole" | "limited";

/** `GET /api/v1/sign-in`: the ways to sign in, and whether one is. */
export type SignInOptions = {
  /** The name of the organisation's identity provider, if it can be used; it starts at `/api/v1/oidc/start`. */
  provider?: string;
  /** Who one is, when signed in. */
  account?: AccountView;
};

/** `POST /api/v1/sign-in`. Answered by 204 and a cookie; 401 `sign_in_refused` whatever was wrong, 401 `totp_required` when all but the code was right, 429 `rate_limited`. */
export type SignInRequest = {
  /** As typed. */
  email: string;
  /** As typed. */
  password: string;
  /** Six digits of the second factor, where there is one. */
  code?: string;
};

/** One of one's sign-ins. `GET /api/v1/me/sign-ins` lists them, `DELETE /api/v1/me/sign-ins/{id}` ends one. */
export type SignInView = {
  /** Which. */
  id: string;
  /** The browser in a few words. */
  browser: string;
  /** Since when. */
  created_at: number;
  /** When it was last used. */
  seen_at: number;
  /** It is the one that asks. */
  current: boolean;
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

/** A desk as its representatives see it. */
export type StaffDesk = {
  /** As visitors see it. */
  desk: DeskSnapshot;
  /** Who waits, first first. */
  queue: Array<WaitingVisitor>;
  /** Of the queue; later ones are higher. */
  queue_version: number;
};

/** What others see: what follows from a person's engagements wins over what they chose. */
export type Status =
  | "available"
  | "away"
  | "unavailable"
  | "ringing"
  | "in_call"
  | "wrap_up"
  | "offline";

/** Of a webhook that is tried out. */
export type TestFacts = {
  /** Which. */
  webhook: string;
};

/** Answer of `POST /api/v1/tickets`: the right to open one session. */
export type Ticket = {
  /** Goes into the hello. */
  ticket: string;
  /** Seconds until it is worth nothing. */
  expires_in: number;
  /** Shown with a later request, makes one the same guest again; absent for who is signed in. */
  guest?: string;
  /** The room that the token is for; joining another one is refused with `forbidden`. */
  room?: string;
  /** How one is called there. */
  name?: string;
};

/** `POST /api/v1/tickets`; a body is not needed. Answered by [`Ticket`. */
export type TicketRequest = {
  /** From an earlier ticket: be the same guest as before. Empty, or worth nothing any more: be a new guest. Absent: be who is signed in, or else a new guest. */
  guest?: string;
  /** Be who came over a link to this appointment, by the cookie; 401 `link_needed` without it. */
  appointment?: string;
  /** Be whom this room's token lets in, and nobody else: no cookie counts, and none is set. 401 `room_token_invalid`, `room_token_expired`; 403 `origin_refused` for a page of an origin that it does not name. */
  room_token?: string;
  /** The room that the token is to be for; 403 `room_token_elsewhere` if it is for another one. */
  room?: string;
};

/** What an event is about: each has versions of its own. */
export type Topic = "room" | "chat" | "direct" | "desk" | "appointments" | "lounge";

/** `PUT /api/v1/me/totp`: 204; 422 `code_wrong`. `DELETE /api/v1/me/totp` with a [`PasswordProof` removes it. */
export type TotpConfirmation = {
  /** From the offer. */
  offer: string;
  /** Six digits. */
  code: string;
};

/** `POST /api/v1/me/totp` answers with a secret to be; it holds once `PUT /api/v1/me/totp` brings a code of it. */
export type TotpOffer = {
  /** Base32, for typing. */
  secret: string;
  /** `otpauth:` address, for a QR code. */
  url: string;
  /** Comes back with the code; worth nothing after ten minutes. */
  offer: string;
};

/** What one of the sender's tracks is. */
export type TrackLabel = {
  /** The media section's id in the description. */
  mid: string;
  /** What it carries. */
  source: Source;
  /** The layers it is sent in, smallest first; none means one, without an id. */
  layers?: Array<LayerLabel>;
};

/** Why a delivery did not arrive. */
export type Trouble =
  | "name_unknown"
  | "address_refused"
  | "unreachable"
  | "tls_failed"
  | "timed_out"
  | "redirected"
  | "refused"
  | "gone";

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

/** Of who comes for an appointment. */
export type VisitFacts = {
  /** Which. */
  appointment: string;
  /** Whose. */
  professional: string;
  /** The desk that shares its waiting room. */
  desk?: string;
  /** Who waits, waits no longer, or took it. */
  person: string;
  /** They came by the client's link, and not by one of somebody who is brought along, or are of the staff. */
  role: VisitRole;
  /** The call. */
  ring?: string;
};

/** Who somebody is to an appointment. */
export type VisitRole = "client" | "guest" | "staff";

/** What happens around an appointment, as staff see it. */
export type VisitView = {
  /** Which. */
  appointment: string;
  /** Who it is with. */
  client: string;
  /** Who waits, longest first. */
  attendees: Array<AttendeeView>;
  /** The call that goes on. */
  call?: string;
  /** Who of the staff is in it; there exactly when there is a call. */
  host?: RingParty;
  /** Of two states of one appointment the one with the higher version is the later one. */
  version: number;
};

/** What has been written around an appointment. */
export type WaitingChat = {
  /** The most recent ones, oldest first. */
  messages: Array<WaitingMessage>;
  /** How many there have been. */
  version: number;
};

/** A line of what is written between who waits and the staff. */
export type WaitingMessage = {
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

/** A waiting room, as who came over a link sees it. */
export type WaitingRoom = {
  /** Oneself. */
  person: string;
  /** What one was in the middle of when the page was opened anew. */
  own: OwnAvailability;
  /** How far the professional is. */
  reach: Reach;
  /** What has been written. */
  chat: WaitingChat;
};

/** A visitor who waits, as staff see them. */
export type WaitingVisitor = {
  /** Who. */
  id: string;
  /** How they are called. */
  name: string;
  /** What it is about; may be empty. */
  about: string;
  /** Since when. */
  since: number;
};

/** `PATCH /api/v1/admin/webhooks/{id}`: what is absent stays. Answered by [`WebhookView`. */
export type WebhookChange = {
  /** What it is for. */
  name?: string;
  /** Where to. */
  url?: string;
  /** Of what. */
  kinds?: Array<EventKind>;
  /** Whether it is told. */
  on?: boolean;
};

/** What a webhook is told: the body of a request to it. */
export type WebhookEvent = {
  /** Which; the same however often it is told. */
  id: string;
  /** What happened. */
  type: EventKind;
  /** The id of what it happened to: of one subject events are told in order. */
  subject: string;
  /** Later events of the same subject have higher ones. */
  number: number;
  /** When. */
  at: number;
  /** The rest. */
  data: Facts;
};

/** Answer of `POST /api/v1/admin/webhooks/{id}/secret`: another secret. */
export type WebhookSecret = {
  /** What signs from now on, shown this once. */
  secret: string;
  /** Until when the one before signs too. */
  earlier_until: number;
};

/** Whether a webhook is told. */
export type WebhookState = "on" | "off" | "gone";

/** A webhook. `GET /api/v1/admin/webhooks` lists them, latest made first; `DELETE /api/v1/admin/webhooks/{id}` removes one with all that waits for it, 404 `webhook_unknown`. */
export type WebhookView = {
  /** Which. */
  id: string;
  /** What it is for. */
  name: string;
  /** Where to. */
  url: string;
  /** Of what. */
  kinds: Array<EventKind>;
  /** Whether it is told. */
  state: WebhookState;
  /** Since when. */
  created_at: number;
  /** How many deliveries wait. */
  waiting: number;
  /** Since when the one waits that waits longest; absent if none does. */
  oldest?: number;
  /** How many were given up and are still known. */
  given_up: number;
  /** When something last arrived; absent if nothing ever did. */
  delivered_at?: number;
  /** When something last did not. */
  failed_at?: number;
  /** Why it did not. */
  trouble?: Trouble;
};
