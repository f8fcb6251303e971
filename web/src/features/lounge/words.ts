// Words for what is the matter in the lounge, and for who comes and goes. Every closed set has words for each member.

import { m } from '../../messages/compiled/messages';
import type { Comings } from '../../model/lounge-people.svelte';
import type { Chosen, Code, LoungeMember, Status } from '../../model/lounge-types';
import type { LoungeProblem } from '../../model/lounge.svelte';

const statusWords: Record<Status, () => string> = {
  available: m.lounge_status_available,
  away: m.lounge_status_away,
  unavailable: m.lounge_status_unavailable,
  ringing: m.lounge_status_ringing,
  in_call: m.lounge_status_in_call,
  wrap_up: m.lounge_status_wrap_up,
  offline: m.lounge_status_offline,
};

export function statusText(status: Status): string {
  return statusWords[status]();
}

/** How somebody is, and what they say of it. */
export function standingText({ status, text }: Pick<LoungeMember, 'status' | 'text'>): string {
  return text === '' ? statusText(status) : m.lounge_status_saying({ status: statusText(status), text });
}

export const CHOICES: readonly Chosen[] = ['available', 'away', 'unavailable'];

export function countText(count: number): string {
  if (count === 0) return m.lounge_count_none();
  return count === 1 ? m.lounge_count_one() : m.lounge_count_many({ count });
}

export function problemText(problem: LoungeProblem): string {
  switch (problem.kind) {
    case 'room_full':
      return problem.name === ''
        ? m.lounge_problem_room_full_plain()
        : m.lounge_problem_room_full({ room: problem.name });
    case 'room_unknown':
      return m.lounge_problem_room_unknown();
    case 'room_gone':
      return m.lounge_problem_room_gone();
    case 'refused':
      return codeText(problem.code);
  }
}

/** Whether it is the name that is wrong. */
export function isAboutName(problem: LoungeProblem | null): boolean {
  if (problem?.kind !== 'refused') return false;
  return problem.code === 'name_taken' || problem.code === 'name_invalid';
}

function codeText(code: Code): string {
  switch (code) {
    case 'name_taken':
      return m.lounge_problem_name_taken();
    case 'name_invalid':
      return m.name_missing();
    case 'text_invalid':
      return m.lounge_problem_text_invalid();
    case 'person_unknown':
      return m.lounge_problem_person_unknown();
    case 'forbidden':
      return m.lounge_problem_forbidden();
    case 'rate_limited':
      return m.lounge_problem_rate_limited();
    case 'try_again':
      return m.lounge_problem_try_again();
    default:
      return m.lounge_problem_unexpected();
  }
}

export function comingsText({ joined, left }: Pick<Comings, 'joined' | 'left'>): string {
  const came = joinedText(joined);
  const went = leftText(left);
  return came !== '' && went !== '' ? m.lounge_comings({ joined: came, left: went }) : came + went;
}

function joinedText([one, two, ...more]: string[]): string {
  if (one === undefined) return '';
  if (two === undefined) return m.lounge_joined_one({ name: one });
  if (more.length === 0) return m.lounge_joined_two({ one, two });
  return m.lounge_joined_many({ count: more.length + 2 });
}

function leftText([one, two, ...more]: string[]): string {
  if (one === undefined) return '';
  if (two === undefined) return m.lounge_left_one({ name: one });
  if (more.length === 0) return m.lounge_left_two({ one, two });
  return m.lounge_left_many({ count: more.length + 2 });
}
