// Words for what happens at a desk.

import { m } from '../../messages/compiled/messages';
import type { Outcome } from '../../model/desk.svelte';
import type { DeskStatus } from '../../model/desk-status';
import type { Code, RingEnd, Status } from '../../model/types';

const STATUS: Record<Status, () => string> = {
  available: m.desk_status_available,
  away: m.desk_status_away,
  unavailable: m.desk_status_unavailable,
  ringing: m.desk_status_ringing,
  in_call: m.desk_status_in_call,
  wrap_up: m.desk_status_wrap_up,
  offline: m.desk_status_offline,
};

const ENDS: Record<RingEnd, (who: { name: string }) => string> = {
  declined: m.desk_end_declined,
  cancelled: () => m.desk_end_cancelled(),
  missed: m.desk_end_missed,
  caller_lost: () => m.desk_end_caller_lost(),
  callee_lost: m.desk_end_callee_lost,
  failed: () => m.desk_end_failed(),
  hung_up: () => m.desk_end_hung_up(),
  lost: () => m.desk_end_lost(),
  transferred: () => m.desk_end_transferred(),
  ended_by_admin: () => m.desk_end_ended_by_admin(),
  interrupted: () => m.desk_end_interrupted(),
  // Calls of desks end neither way: there is no waiting room to go back to, and nothing to be closed.
  held: () => m.desk_end_ended_by_admin(),
  closed: () => m.desk_end_ended_by_admin(),
};

export function statusWord(status: Status): string {
  return STATUS[status]();
}

export function deskWords(status: DeskStatus, free: number): string {
  switch (status) {
    case 'free':
      return free === 1 ? m.desk_available_one() : m.desk_available({ count: free });
    case 'busy':
      return m.desk_everybody_busy();
    case 'away':
      return m.desk_everybody_away();
    case 'nobody':
      return m.desk_nobody();
  }
}

export function waitingWords(waiting: number): string {
  if (waiting === 0) return m.desk_queue_none();
  return waiting === 1 ? m.desk_queue_one() : m.desk_queue_many({ count: waiting });
}

export function endWords(end: RingEnd, name: string): string {
  return ENDS[end]({ name });
}

export function codeWords(code: Code | 'session_lost', name: string | null): string {
  const who = { name: name ?? m.desk_they() };
  switch (code) {
    case 'busy':
      return m.desk_code_busy(who);
    case 'all_busy':
      return m.desk_code_all_busy();
    case 'queue_full':
      return m.desk_code_queue_full();
    case 'not_available':
      return m.desk_code_not_available(who);
    case 'nobody_online':
      return m.desk_code_nobody_online();
    case 'engaged':
      return m.desk_code_engaged();
    case 'name_invalid':
      return m.desk_code_name_invalid();
    case 'text_invalid':
      return m.desk_code_text_invalid();
    case 'try_again':
      return m.desk_code_try_again();
    case 'rate_limited':
      return m.desk_code_rate_limited();
    case 'session_lost':
      return m.desk_code_session_lost();
    default:
      return m.desk_code_other();
  }
}

/** What came of it, in whole sentences, and the way on. */
export function outcomeWords(outcome: Outcome, status: DeskStatus): { what: string; next: string } {
  if (outcome.kind === 'ended') {
    return { what: `${endWords(outcome.end, outcome.name)}.`, next: nextWords(status) };
  }
  const what = codeWords(outcome.code, outcome.name);
  const taken = outcome.code === 'busy' || outcome.code === 'not_available';
  return { what, next: taken ? nextWords(status) : '' };
}

function nextWords(status: DeskStatus): string {
  switch (status) {
    case 'free':
      return m.desk_next_other();
    case 'busy':
    case 'away':
      return m.desk_next_queue();
    case 'nobody':
      return m.desk_next_nobody();
  }
}

export function rateWords(code: Code | 'session_lost'): string {
  if (code === 'ring_unknown') return m.desk_rate_late();
  return code === 'text_invalid' ? m.desk_rate_long() : m.desk_rate_failed();
}
