// What a page sees of a room: all of this package's public shapes. How they come about is in the other files.

import type { LeaveReason } from '../../web/src/protocol/generated';
import type { DeviceProblem } from '../../web/src/rtc/capture';

/**
 * What a page shows to come in: a token that its own back end has made, or how to get one. A function is asked again
 * whenever a new session has to be opened, as after a long outage; a text is only good until it expires.
 */
export type TokenSource = string | (() => string | Promise<string>);

/** How to come in. */
export interface ConnectOptions {
  token: TokenSource;
  /** The room that the token has to be for; without it whichever the token names. */
  room?: string;
  /**
   * What to send from the beginning: `true` for any device, or the id of one. Nothing of it is waited for: one is in the
   * room already while the browser asks. Without it one only watches and listens.
   */
  media?: { microphone?: boolean | string; camera?: boolean | string };
  /** Milliseconds after which a server that cannot be reached is given up; 15,000 if nothing is said. */
  timeout?: number;
  /** Gives up coming in. Somebody who is in leaves by {@link Room.leave}. */
  signal?: AbortSignal;
  /** All media over the server's TURN: a switch for support. */
  relayOnly?: boolean;
}

/** What of somebody can be seen. */
export type PictureSource = 'camera' | 'screen';

/** What a {@link RoomEvents.changed} is about. `track`: what {@link Participant.track} gives. */
export type ParticipantChange =
  'name' | 'microphone' | 'camera' | 'screen' | 'speaking' | 'connection' | 'quality' | 'hand' | 'track';

/** Somebody in the room, oneself included. Fields are always as the server said last. */
export interface Participant {
  /** `p_…`, the same for as long as they are in the room, over reloads too. */
  readonly id: string;
  /** Whether that is oneself. */
  readonly self: boolean;
  readonly name: string;
  readonly microphone: 'live' | 'muted' | 'absent';
  readonly camera: 'on' | 'off' | 'absent';
  readonly screen: 'shared' | 'off';
  /** Whether sound comes from them right now, as it is heard here. */
  readonly speaking: boolean;
  /** How their media reaches this page. `reconnecting` mends itself. */
  readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'failed';
  readonly quality: 'good' | 'fair' | 'poor' | 'lost';
  /** Since when their hand is up, milliseconds since 1970; `null` while it is down. */
  readonly hand: number | null;
  /** The picture, or `null` while there is none. Show it by {@link Participant.attach}, which also asks for it. */
  track(source?: PictureSource): MediaStreamTrack | null;
  /**
   * Shows the picture in this element and keeps it there, whatever way it takes. How large the element is decides in
   * which size the server sends it; an element that is not visible gets none.
   *
   * @returns a function that takes it out again
   */
  attach(element: HTMLVideoElement, source?: PictureSource): () => void;
  /** How loud they are here, from 0 to 1. Nobody else hears a difference. */
  setVolume(volume: number): void;
}

/** Whether the room is reached. `limited`: it is, but the server can do little now. `lost`: not for long; still tried. */
export type RoomState = 'connected' | 'limited' | 'reconnecting' | 'lost';

/** Why somebody is gone: `left`, `lost`, `replaced`, `ended` or `removed`. */
export type { DeviceProblem, LeaveReason };

/**
 * Why one is out. `left`: one's own doing. `removed`: the host's, and the token leads in no more. `ended`: for everybody.
 * `replaced`: continued by another page. `lost`: away for too long. `refused`: a new session was not let in, see `code`.
 */
export type EndReason = 'left' | 'removed' | 'ended' | 'replaced' | 'lost' | 'refused';

/** A line of the chat. */
export interface Message {
  /** `m_…` */
  readonly id: string;
  /** Id of who wrote it; they may be gone. */
  readonly from: string;
  readonly name: string;
  /** Text, never markup. Empty where only a file was offered, which this package cannot get. */
  readonly text: string;
  /** The server's time, milliseconds since 1970. */
  readonly at: number;
  readonly self: boolean;
}

/** What happens in a room, by the names that {@link Room.on} takes. */
export interface RoomEvents {
  /** Signalling broke, or is back. Nothing has to be done about it. */
  state: RoomState;
  /** Somebody came in. */
  joined: Participant;
  /** Somebody else is gone for good. */
  left: { participant: Participant; reason: LeaveReason };
  /** Something about somebody, oneself included. */
  changed: { participant: Participant; what: ParticipantChange };
  /** A new line of the chat, one's own as well. */
  message: Message;
  /** Somebody else decides about the room from now on. */
  host: Participant | null;
  /** The host has muted one's microphone. */
  muted: void;
  /** The browser plays no sound before a gesture: call {@link Room.startAudio} in one. */
  audioBlocked: void;
  /** A device cannot be used, or is gone. The room goes on without it. */
  deviceProblem: { device: 'microphone' | 'camera' | 'screen'; problem: DeviceProblem };
  /** One is out. The last event. */
  ended: { reason: EndReason; code?: string };
}

/** A device that the browser names. Names are empty until one of the kind was allowed. */
export interface Device {
  readonly id: string;
  readonly label: string;
}

/** A room that one is in. */
export interface Room {
  /** As its first participant wrote it. */
  readonly name: string;
  readonly state: RoomState;
  readonly self: Participant;
  /** Everybody else, in order of joining. */
  readonly participants: readonly Participant[];
  /** Who decides about it. */
  readonly host: Participant | null;
  /** The chat, oldest first, from before one came too. */
  readonly messages: readonly Message[];

  /** @returns a function that ends the listening */
  on<E extends keyof RoomEvents>(event: E, listener: (detail: RoomEvents[E]) => void): () => void;

  /**
   * On, or muted: the device stays open and sends silence. Asks the browser for it the first time.
   *
   * @throws VisavisError with why the device cannot be used, or `not_allowed` where only the host may send
   */
  setMicrophone(on: boolean): Promise<void>;
  /** On, or off: the device's light goes out. @throws VisavisError as {@link Room.setMicrophone} does */
  setCamera(on: boolean): Promise<void>;
  /** Has the browser ask what to show. @throws VisavisError `denied` if nothing was chosen */
  shareScreen(on: boolean): Promise<void>;
  /** Another microphone from now on, by its id; on or muted as before. */
  useMicrophone(id: string): Promise<void>;
  /** Another camera from now on, by its id. */
  useCamera(id: string): Promise<void>;
  /** Where others are heard, by its id; `null` for what the system takes. */
  useSpeaker(id: string | null): void;
  /** Plays what {@link RoomEvents.audioBlocked} was about. */
  startAudio(): Promise<void>;

  /** Resolves when the server has it. @throws VisavisError `message_invalid`, `rate_limited`, … */
  sendMessage(text: string): Promise<void>;
  /** @param raised up, or down */
  raiseHand(raised: boolean): Promise<void>;

  /** For the host: out, for as long as the room lives. @throws VisavisError `not_host` */
  remove(participant: Participant): Promise<void>;
  /** For the host: silent, until they turn themselves on again. @throws VisavisError `not_host` */
  mute(participant: Participant): Promise<void>;
  /** For the host: over for everybody. @throws VisavisError `not_host` */
  end(): Promise<void>;

  /** Goes, and puts everything away. The room is of no use afterwards. */
  leave(): Promise<void>;
}

/** What is plugged in. */
export interface DeviceList {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  /** Empty where the browser does not let pages choose. */
  readonly speakers: readonly Device[];
}
