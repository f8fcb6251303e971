// What can be done with an appointment at a moment, so that no button is there that would only be refused; and where
// it stands. Pure.

import type { AppointmentView, VisitView } from '../protocol/generated';

/** Where it stands, for whoever looks at it. */
export type Standing =
  | { kind: 'waiting' }
  /** In its call: oneself, or a colleague. */
  | { kind: 'in_call'; host: string; mine: boolean }
  | { kind: 'upcoming' }
  /** People may come in, and nobody has. */
  | { kind: 'open' }
  /** It has begun, and nobody has come. */
  | { kind: 'late' }
  /** Nobody may come in any more, and nobody has said what became of it. */
  | { kind: 'past' }
  | { kind: 'done' }
  | { kind: 'no_show' }
  | { kind: 'cancelled' };

export interface Steps {
  /** Who would be let in. */
  admit: string | null;
  goIn: boolean;
  hold: boolean;
  chat: boolean;
  noShow: boolean;
  done: boolean;
  reopen: boolean;
  reschedule: boolean;
  cancel: boolean;
  invite: boolean;
  /** For good. */
  remove: boolean;
}

export function standingOf(one: AppointmentView, visit: VisitView | null, me: string, now: number): Standing {
  if (visit?.host) return { kind: 'in_call', host: visit.host.name, mine: visit.host.id === me };
  if (visit && visit.attendees.length > 0) return { kind: 'waiting' };
  if (one.state !== 'booked') return { kind: one.state };
  if (now < one.opens_at) return { kind: 'upcoming' };
  if (now > one.closes_at) return { kind: 'past' };
  return { kind: now < one.starts_at ? 'open' : 'late' };
}

/** Whether there is anything to be mailed about it: nobody is invited to what is over. */
export function mayBeTold(one: AppointmentView, now: number): boolean {
  if (one.state === 'cancelled') return true;
  return one.state === 'booked' && now < one.starts_at + one.minutes * 60_000;
}

export function stepsOf(one: AppointmentView, visit: VisitView | null, me: string, now: number): Steps {
  const { kind } = standingOf(one, visit, me, now);
  const mine = visit?.host?.id === me;
  const waits = visit?.attendees ?? [];
  const there = waits.length > 0 || visit?.host !== undefined;
  const booked = one.state === 'booked';
  const client = waits.find(({ name }) => name === one.client_name) ?? waits[0];
  return {
    admit: kind === 'waiting' && client ? client.name : null,
    goIn: kind === 'open' || kind === 'late',
    hold: mine,
    chat: there,
    noShow: booked && !there && now >= one.starts_at,
    done: booked && now >= one.opens_at && (visit?.host === undefined || mine),
    reopen: one.state === 'done' || one.state === 'no_show',
    reschedule: (booked || one.state === 'no_show') && visit?.host === undefined,
    cancel: booked && visit?.host === undefined,
    invite: booked,
    remove: !booked && !there,
  };
}
