// What a ring is to the lounge: whether it is one of its own, who is at its other end, and whether somebody may be
// rung at all. Pure.

import type { Engagement, LoungeMember, RingEnd, RingParty, RingView } from '../protocol/generated';

export type { LoungeMember, RingEnd, RingView } from '../protocol/generated';

/** Of the lounge, whoever was asked into it included; the others belong to a desk or an appointment. */
export function isPrivate(ring: RingView): boolean {
  return ring.desk === undefined && ring.appointment === undefined;
}

/** Whose conversation a ring belongs to. */
export function otherOf(ring: RingView, me: string): RingParty {
  return ring.caller.id === me ? ring.callee : ring.caller;
}

/** The ring of an engagement, if it is one of the lounge's. */
export function privateRing<T extends Engagement['type']>(
  engagement: Engagement | undefined,
  type: T & ('calling' | 'called' | 'in_call'),
): RingView | null {
  if (engagement?.type !== type || !('ring' in engagement)) return null;
  return isPrivate(engagement.ring) ? engagement.ring : null;
}

/** Why somebody cannot be rung. `engaged` is about oneself. */
export type NotRung = 'blocked' | 'engaged' | 'offline' | 'away' | 'unavailable' | 'busy';

/** What speaks against ringing: of the one to be rung, and of oneself. */
export interface Against {
  member: Pick<LoungeMember, 'status'> | null | undefined;
  blocked: 'yes' | 'no';
  /** Whether one is in the middle of something. */
  engaged: 'yes' | 'no';
}

/** @returns null if they may be rung; the server has the last word */
export function whyNotRung({ member, blocked, engaged }: Against): NotRung | null {
  if (blocked === 'yes') return 'blocked';
  if (engaged === 'yes') return 'engaged';
  switch (member?.status) {
    case 'available':
      return null;
    case 'away':
    case 'unavailable':
      return member.status;
    case 'ringing':
    case 'in_call':
    case 'wrap_up':
      return 'busy';
    case 'offline':
    case undefined:
      return 'offline';
  }
}

/** How a ring or a call came to its end, as one of the two hears it. */
export type EndWord =
  | 'declined'
  | 'no_answer'
  | 'missed'
  | 'lost_it'
  | 'they_lost_it'
  | 'failed'
  | 'over'
  | 'cut_off'
  | 'by_admin'
  | 'interrupted';

/**
 * @returns null where there is nothing to be told: it was one's own doing
 */
export function endWord(end: RingEnd, side: 'caller' | 'callee'): EndWord | null {
  const caller = side === 'caller';
  switch (end) {
    case 'declined':
      return caller ? 'declined' : null;
    case 'cancelled':
      return caller ? null : 'missed';
    case 'missed':
      return caller ? 'no_answer' : 'missed';
    case 'caller_lost':
      return caller ? 'lost_it' : 'missed';
    case 'callee_lost':
      return caller ? 'they_lost_it' : 'lost_it';
    case 'failed':
      return 'failed';
    case 'lost':
      return 'cut_off';
    case 'ended_by_admin':
      return 'by_admin';
    case 'interrupted':
      return 'interrupted';
    case 'hung_up':
    case 'transferred':
    case 'held':
    case 'closed':
      return 'over';
  }
}
