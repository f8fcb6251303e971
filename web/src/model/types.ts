// Plain types of the view-models.

import type { Code, Entry, OfferedFile, RingEnd } from '../protocol/generated';
import type { DeviceNotice } from './devices.svelte';

export type { LinkState } from '../protocol/session';
export type { AudioOnly } from '../room/media';
export type {
  ClientAppointment,
  Code,
  DeskName,
  DeskSnapshot,
  Door,
  Entry,
  Knock,
  OfferedFile,
  Publishing,
  Reach,
  Reaction,
  Representative,
  RingEnd,
  RingView,
  RoutePolicy,
  Status,
} from '../protocol/generated';

/** `removed`: by the host, for as long as the room lives. `ended`: for everybody. `out`: for whatever other reason. */
export type EndReason = 'left' | 'replaced' | 'removed' | 'ended' | 'out';

export type Phase =
  | { kind: 'before' }
  /** One asks the host to be let in. */
  | { kind: 'knocking' }
  | { kind: 'joining' }
  | { kind: 'refused'; code: Code }
  /** By the host, who was asked. */
  | { kind: 'turned_away' }
  | { kind: 'in_call' }
  /** For oneself. */
  | { kind: 'ended'; reason: EndReason }
  /** For everybody: what came of a ring has come to its end. */
  | { kind: 'over'; end: RingEnd };

export interface ChatLine {
  id: string;
  fromId: string;
  name: string;
  mine: boolean;
  text: string;
  /** What comes with it. */
  file?: OfferedFile;
  /** Milliseconds since 1970; the server's for what it has taken. */
  at: number;
  state: 'sending' | 'sent' | 'failed';
}

export type NoticeText =
  | { kind: 'joined' | 'left' | 'hand_raised'; names: string[] }
  | { kind: 'message'; name: string; text: string }
  | { kind: DeviceNotice }
  | { kind: 'only_host_sends' | 'everybody_sends' }
  | { kind: 'screen_failed' | 'picture_failed' }
  | { kind: 'room'; what: RoomNotice };

/** What the host has done, or could not do. */
export type RoomNotice =
  | { type: 'host'; name: string; mine: boolean }
  | { type: 'entry'; entry: Entry }
  | { type: 'password_set' | 'password_removed' | 'muted_by_host' | 'not_done' };

export type Notice = { id: number } & NoticeText;
