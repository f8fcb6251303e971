// Words for codes and states. Every closed set has words for each of its members.

import { m } from '../../messages/compiled/messages';
import type { CommonProblem } from '../../model/api';
import type {
  AccountRole,
  AccountStanding,
  CallOutcome,
  Chosen,
  Code,
  RingEnd,
  Status,
} from '../../model/staff-types';

const commonWords: Record<CommonProblem, () => string> = {
  signed_out: m.staff_problem_signed_out,
  forbidden: m.staff_problem_forbidden,
  rate_limited: m.staff_problem_rate_limited,
  try_again: m.staff_problem_try_again,
  storage_full: m.staff_problem_storage_full,
  unreachable: m.staff_problem_unreachable,
  unexpected: m.staff_problem_unexpected,
};

export function problemWords(code: CommonProblem): string {
  return commonWords[code]();
}

/** For codes of a request that has some of its own. */
export function wordsOf<C extends string>(own: Record<C, () => string>, code: C | CommonProblem): string {
  return { ...commonWords, ...own }[code]();
}

const endWords: Record<RingEnd, () => string> = {
  declined: m.staff_end_declined,
  cancelled: m.staff_end_cancelled,
  missed: m.staff_end_missed,
  caller_lost: m.staff_end_caller_lost,
  callee_lost: m.staff_end_callee_lost,
  failed: m.staff_end_failed,
  hung_up: m.staff_end_hung_up,
  lost: m.staff_end_lost,
  transferred: m.staff_end_transferred,
  ended_by_admin: m.staff_end_ended_by_admin,
  interrupted: m.staff_end_interrupted,
  held: m.appts_end_held,
  closed: m.appts_end_closed,
};
export const ENDS = Object.keys(endWords) as RingEnd[];

/** Absent: it goes on. */
export function endText(end: RingEnd | undefined): string {
  return end === undefined ? m.staff_end_none() : endWords[end]();
}

const statusWords: Record<Status, () => string> = {
  available: m.staff_status_available,
  away: m.staff_status_away,
  unavailable: m.staff_status_unavailable,
  ringing: m.staff_status_ringing,
  in_call: m.staff_status_in_call,
  wrap_up: m.staff_status_wrap_up,
  offline: m.staff_status_offline,
};

export function statusText(status: Status): string {
  return statusWords[status]();
}

const chosenWords: Record<Chosen, () => string> = {
  available: m.staff_status_available,
  away: m.staff_status_away,
  unavailable: m.staff_status_unavailable,
};
export const CHOICES = Object.keys(chosenWords) as Chosen[];

export function chosenText(chosen: Chosen): string {
  return chosenWords[chosen]();
}

const outcomeWords: Record<CallOutcome, () => string> = {
  resolved: m.staff_outcome_resolved,
  follow_up: m.staff_outcome_follow_up,
  misdirected: m.staff_outcome_misdirected,
};
export const OUTCOMES = Object.keys(outcomeWords) as CallOutcome[];

export function outcomeText(outcome: CallOutcome): string {
  return outcomeWords[outcome]();
}

const roleWords: Record<AccountRole, () => string> = { staff: m.admin_role_staff, admin: m.admin_role_admin };
export const ROLES = Object.keys(roleWords) as AccountRole[];

export function roleText(role: AccountRole): string {
  return roleWords[role]();
}

const standingWords: Record<AccountStanding, () => string> = {
  invited: m.admin_state_invited,
  active: m.admin_state_active,
  disabled: m.admin_state_disabled,
};

export function standingText(standing: AccountStanding): string {
  return standingWords[standing]();
}

/** What a command of the console was refused with. */
export function commandProblem(code: Code): string {
  switch (code) {
    case 'busy':
      return m.staff_problem_busy();
    case 'not_available':
      return m.staff_problem_not_available();
    case 'engaged':
      return m.staff_problem_engaged();
    case 'ring_unknown':
      return m.staff_problem_ring_unknown();
    case 'admitted':
      return m.appts_problem_admitted();
    case 'appointment_unknown':
      return m.appts_problem_unknown();
    case 'too_early':
      return m.appts_problem_too_early();
    case 'appointment_over':
      return m.appts_problem_over();
    case 'forbidden':
      return m.staff_problem_forbidden();
    case 'rate_limited':
      return m.staff_problem_rate_limited();
    case 'try_again':
      return m.staff_problem_try_again();
    default:
      return m.staff_problem_unexpected();
  }
}
