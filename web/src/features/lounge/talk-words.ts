// Words for what is written in the lounge: how somebody stands, what did not work, days and times.

import { m } from '../../messages/compiled/messages';
import { dates } from '../../model/formats';
import type { FileProblem } from '../../model/lounge-files';
import type { Problem } from '../../model/lounge-messages.svelte';
import type { Standing } from '../../model/lounge-presence';
import { sizeText } from '../sizes';

const STANDINGS: Record<Standing, () => string> = {
  available: m.lounge_talk_standing_available,
  away: m.lounge_talk_standing_away,
  unavailable: m.lounge_talk_standing_unavailable,
  ringing: m.lounge_talk_standing_ringing,
  in_call: m.lounge_talk_standing_in_call,
  talking: m.lounge_talk_standing_talking,
  offline: m.lounge_talk_standing_offline,
};

export function standingWords(standing: Standing): string {
  return STANDINGS[standing]();
}

export function problemWords(problem: Problem): string {
  switch (problem) {
    case 'rate_limited':
      return m.lounge_talk_problem_rate_limited();
    case 'try_again':
      return m.lounge_talk_problem_try_again();
    case 'message_invalid':
    case 'text_invalid':
      return m.lounge_talk_problem_message_invalid();
    case 'blocked':
      return m.lounge_talk_problem_blocked();
    case 'not_changeable':
    case 'message_unknown':
    case 'forbidden':
      return m.lounge_talk_problem_not_changeable();
    case 'file_invalid':
      return m.lounge_talk_file_refused();
    case 'storage_full':
      return m.lounge_talk_problem_storage_full();
    case 'person_unknown':
      return m.lounge_talk_problem_person_unknown();
    case 'lounge_room_unknown':
    case 'not_in_lounge':
      return m.lounge_talk_problem_room();
    case 'unanswered':
    case 'session_lost':
      return m.lounge_talk_problem_unanswered();
    default:
      return m.lounge_talk_problem_other();
  }
}

/** @param most the largest file, in bytes */
export function fileProblemWords(problem: FileProblem, most: number): string {
  switch (problem) {
    case 'too_large':
      return m.lounge_talk_file_too_large({ size: sizeText(most) });
    case 'empty':
      return m.lounge_talk_file_empty();
    case 'file_invalid':
      return m.lounge_talk_file_invalid();
    case 'upload_refused':
    case 'timed_out':
      return m.lounge_talk_file_refused();
    case 'quota_full':
      return m.lounge_talk_file_quota_full();
    case 'unreachable':
    case 'unexpected':
      return m.lounge_talk_file_failed();
    default:
      return problemWords(problem);
  }
}

const DAY = { weekday: 'long', day: 'numeric', month: 'long' } as const;
const DAY_OF_YEAR = { dateStyle: 'long' } as const;

export function timeText(at: number): string {
  return dates({ hour: '2-digit', minute: '2-digit' }).format(at);
}

export function fullTimeText(at: number): string {
  return dates({ dateStyle: 'full', timeStyle: 'short' }).format(at);
}

/** Today, yesterday, or the day; with the year where it is another one. */
export function dayText(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  if (then.toDateString() === today.toDateString()) return m.lounge_talk_today();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (then.toDateString() === yesterday.toDateString()) return m.lounge_talk_yesterday();
  return dates(then.getFullYear() === today.getFullYear() ? DAY : DAY_OF_YEAR).format(then);
}
