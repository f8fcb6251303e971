// What a visitor makes of the list of representatives. Pure.

import type { DeskSnapshot, Representative, Status } from '../protocol/generated';

/** What a desk can do for a visitor now. */
export type DeskStatus =
  /** Somebody can be called. */
  | 'free'
  /** Nobody can, but those who are online will be done. */
  | 'busy'
  /** Somebody is online, but takes no calls. */
  | 'away'
  | 'nobody';

const BUSY: Status[] = ['ringing', 'in_call', 'wrap_up'];

export function deskStatus(representatives: Representative[]): DeskStatus {
  const any = (wanted: Status[]): boolean => representatives.some((one) => wanted.includes(one.status));
  if (any(['available'])) return 'free';
  if (any(BUSY)) return 'busy';
  return any(['away', 'unavailable']) ? 'away' : 'nobody';
}

export function freeCount(representatives: Representative[]): number {
  return representatives.filter((one) => one.status === 'available').length;
}

/** Those who can be called first, then by name: a list that is read top down. */
export function inOrder(representatives: Representative[]): Representative[] {
  const rank = (one: Representative): number => (one.status === 'available' ? 0 : 1);
  return [...representatives].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The desk with this representative as they are now; an older state than the one known changes nothing. */
export function withRepresentative(desk: DeskSnapshot, changed: Representative): DeskSnapshot {
  const known = desk.representatives.find((one) => one.id === changed.id);
  if (known && known.version >= changed.version) return desk;
  const others = desk.representatives.filter((one) => one.id !== changed.id);
  return { ...desk, representatives: [...others, changed] };
}
