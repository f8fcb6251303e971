// Words for calls in the lounge: why somebody cannot be rung, what came of it. Every closed set has words for each of
// its members.

import { m } from '../../messages/compiled/messages';
import type { Invited, Outcome } from '../../model/lounge-calls.svelte';
import type { EndWord, NotRung, RingEnd, RingView } from '../../model/lounge-ring';
import type { Code } from '../../model/types';

const againstWords: Record<NotRung, (name: { name: string }) => string> = {
  blocked: m.lounge_not_blocked,
  engaged: () => m.lounge_not_engaged(),
  offline: m.lounge_not_offline,
  away: m.lounge_not_away,
  unavailable: m.lounge_not_unavailable,
  busy: m.lounge_not_busy,
};

export function notRungText(why: NotRung, name: string): string {
  return againstWords[why]({ name });
}

const endWords: Record<EndWord, (name: { name: string }) => string> = {
  declined: m.lounge_end_declined,
  no_answer: m.lounge_end_no_answer,
  missed: m.lounge_end_missed,
  lost_it: () => m.lounge_end_lost_it(),
  they_lost_it: m.lounge_end_they_lost_it,
  failed: () => m.lounge_end_failed(),
  over: () => m.lounge_end_over(),
  cut_off: () => m.lounge_end_cut_off(),
  by_admin: () => m.lounge_end_by_admin(),
  interrupted: () => m.lounge_end_interrupted(),
};

/** @param name of the one whose conversation it belongs to, where the outcome does not know it */
export function outcomeText(outcome: Outcome, name: string): string {
  const who = outcome.name || name;
  return outcome.kind === 'ended' ? endWords[outcome.end]({ name: who }) : refusedText(outcome.code, who);
}

/** What ringing somebody, or answering them, was refused with. */
export function refusedText(code: Code, name: string): string {
  switch (code) {
    case 'busy':
      return m.lounge_ring_busy({ name });
    case 'not_available':
      return m.lounge_ring_not_available({ name });
    case 'engaged':
      return m.lounge_ring_engaged();
    case 'blocked':
      return m.lounge_ring_blocked({ name });
    case 'person_unknown':
      return m.lounge_ring_gone({ name });
    case 'ring_unknown':
      return m.lounge_ring_unknown();
    case 'rate_limited':
      return m.lounge_ring_limited();
    case 'try_again':
      return m.lounge_ring_try_again();
    default:
      return m.lounge_ring_unexpected();
  }
}

export function invitedText(invited: Invited): string {
  const { name } = invited;
  switch (invited.kind) {
    case 'asking':
    case 'ringing':
      return m.lounge_invited_ringing({ name });
    case 'joins':
      return m.lounge_invited_joins({ name });
    case 'ended':
      return invitedEnd(invited.end, name);
    case 'refused':
      return refusedText(invited.code, name);
  }
}

function invitedEnd(end: RingEnd, name: string): string {
  if (end === 'declined') return m.lounge_invited_declined({ name });
  if (end === 'missed') return m.lounge_invited_no_answer({ name });
  return m.lounge_invited_gone({ name });
}

export function incomingTitle(ring: RingView): string {
  const { name } = ring.caller;
  return ring.into === undefined ? m.lounge_calling({ name }) : m.lounge_asks_in({ name });
}
