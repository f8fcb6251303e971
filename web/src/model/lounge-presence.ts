// How somebody stands towards who writes with them: what their status says, and whether they are talking with somebody
// else. Pure.

import type { LoungeMember, Status } from '../protocol/generated';

/** Two people who have both written within this time are talking. */
const TALK_FOR = 2 * 60_000;

export type Standing = 'available' | 'away' | 'unavailable' | 'ringing' | 'in_call' | 'talking' | 'offline';

/** When each of the two wrote last; null for never, as far as is known. */
export interface LastWritten {
  mine: number | null;
  theirs: number | null;
}

/** Whether oneself is in a talk with somebody. */
export function talksWithMe({ mine, theirs }: LastWritten, now: number): boolean {
  if (mine === null || theirs === null) return false;
  return Math.abs(mine - theirs) <= TALK_FOR && now - Math.max(mine, theirs) <= TALK_FOR;
}

/**
 * @param member absent for who is not in the lounge
 * @param withMe whether one of their talks is with oneself
 */
export function standingOf(member: LoungeMember | undefined, withMe: boolean): Standing {
  if (!member) return 'offline';
  const own = STANDINGS[member.status];
  // A call says more, and who is not there is not talking.
  if (own === 'in_call' || own === 'ringing' || own === 'offline') return own;
  return member.talks > (withMe ? 1 : 0) ? 'talking' : own;
}

const STANDINGS: Record<Status, Standing> = {
  available: 'available',
  away: 'away',
  unavailable: 'unavailable',
  ringing: 'ringing',
  in_call: 'in_call',
  wrap_up: 'unavailable',
  offline: 'offline',
};
