// Plain types of the view-models.

import type { Code, RingEnd } from '../protocol/generated';

export type { LinkState } from '../protocol/session';
export type { Publishing, RoutePolicy } from '../protocol/generated';
export type {
  ClientAppointment,
  Code,
  DeskName,
  DeskSnapshot,
  Reach,
  Representative,
  RingEnd,
  RingView,
  Status,
} from '../protocol/generated';

export type EndReason = 'left' | 'replaced' | 'removed';

export type Phase =
  | { kind: 'before' }
  | { kind: 'joining' }
  | { kind: 'refused'; code: Code }
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
  /** Milliseconds since 1970; the server's for what it has taken. */
  at: number;
  state: 'sending' | 'sent' | 'failed';
}

export type NoticeText =
  | { kind: 'joined' | 'left'; names: string[] }
  | { kind: 'microphone_lost' | 'microphone_changed' | 'camera_lost' | 'camera_changed' }
  | { kind: 'only_host_sends' | 'everybody_sends' };

export type Notice = { id: number } & NoticeText;

/** Whether pictures are left out, and why: chosen, or because the line is slow. */
export type AudioOnly = 'no' | 'chosen' | 'slow';
