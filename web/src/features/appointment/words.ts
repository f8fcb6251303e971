// Words for what happens around an appointment, to who came over a link.

import { m } from '../../messages/compiled/messages';
import type { CallEnd } from '../../model/appointment.svelte';
import type { LinkEnd, LinkOwner } from '../../model/api';
import type { Code, Reach } from '../../model/types';
import { dayOf } from './times';

type Who = (who: { name: string }) => string;

const AT_DOOR: Record<Reach, Who> = {
  here: m.appt_reach_here,
  in_call: m.appt_reach_in_call,
  away: m.appt_reach_away,
};
const WAITING: Record<Reach, Who> = {
  here: m.appt_waiting_here,
  in_call: m.appt_waiting_in_call,
  away: m.appt_waiting_away,
};

export function doorWords(reach: Reach, name: string): string {
  return AT_DOOR[reach]({ name });
}

export function waitingWords(reach: Reach, name: string): string {
  return WAITING[reach]({ name });
}

/** How a call ended, in one sentence, and what is next. */
export function endWords(end: CallEnd, name: string): { title: string; text: string } {
  switch (end) {
    case 'left':
      return { title: m.appt_end_left(), text: m.appt_end_left_text({ name }) };
    case 'hung_up':
      return { title: m.appt_end_hung_up({ name }), text: m.appt_end_hung_up_text({ name }) };
    case 'closed':
      return { title: m.appt_end_closed(), text: m.appt_end_closed_text({ name }) };
    case 'ended_by_admin':
      return { title: m.appt_end_by_admin(), text: m.appt_end_again_text({ name }) };
    case 'not_joined':
      return { title: m.appt_end_not_joined(), text: m.appt_end_again_text({ name }) };
    case 'held':
    case 'lost':
    case 'caller_lost':
    case 'callee_lost':
    case 'interrupted':
    case 'failed':
      return { title: m.appt_end_interrupted(), text: m.appt_end_again_text({ name }) };
    case 'transferred':
    case 'declined':
    case 'cancelled':
    case 'missed':
      return { title: m.appt_end_over(), text: m.appt_end_again_text({ name }) };
  }
}

/** Why a genuine link is of no use, and what helps. */
export function linkEndWords(end: LinkEnd, owner: LinkOwner | null): { title: string; text: string } {
  const who = { name: owner?.professional_name ?? m.appt_they(), date: owner ? dayOf(owner.starts_at) : '' };
  switch (end) {
    case 'link_replaced':
      return { title: m.appt_replaced(), text: owner ? m.appt_replaced_text(who) : m.appt_replaced_plain() };
    case 'appointment_cancelled':
      return {
        title: m.appt_cancelled(),
        text: owner ? m.appt_cancelled_text(who) : m.appt_cancelled_plain(),
      };
    case 'appointment_over':
      return { title: m.appt_over(), text: owner ? m.appt_over_text(who) : m.appt_over_plain() };
  }
}

/** Why one cannot wait. */
export function problemWords(code: Code | 'session_lost'): string {
  switch (code) {
    case 'engaged':
      return m.appt_problem_engaged();
    case 'rate_limited':
      return m.appt_problem_rate_limited();
    case 'try_again':
      return m.appt_problem_try_again();
    default:
      return m.appt_problem_other();
  }
}
