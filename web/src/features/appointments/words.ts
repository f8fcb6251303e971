// Words for appointments: what went wrong, where one stands, when it is.

import { m } from '../../messages/compiled/messages';
import type { AppointmentProblem } from '../../model/api';
import type { Standing } from '../../model/appointments-steps';
import { wallAt, writtenWall } from '../../model/appointments-time';
import type { Day } from '../../model/appointments-time';
import { clock, dates } from '../../model/formats';
import type { Problem } from '../../model/appointments.svelte';
import type { Code } from '../../model/staff-types';
import { commandProblem, wordsOf } from '../staff/words';

/** A time as it is to be typed. */
export function exampleTime(): string {
  return writtenWall(wallAt(Date.now(), 'UTC').replace(/T.*/, 'T14:30'));
}

const problems: Record<AppointmentProblem, () => string> = {
  appointment_unknown: m.appts_problem_unknown,
  name_invalid: m.appts_problem_name,
  email_invalid: m.appts_problem_email,
  text_invalid: m.appts_problem_text,
  duration_invalid: m.appts_problem_duration,
  zone_unknown: m.appts_problem_zone,
  time_invalid: () => m.appts_problem_time({ example: exampleTime() }),
  time_skipped: m.appts_problem_skipped,
  time_ambiguous: m.appts_problem_ambiguous,
  time_past: m.appts_problem_past,
  desk_unknown: m.appts_problem_desk,
  changed_meanwhile: m.appts_problem_changed,
  state_unfit: m.appts_problem_state,
  too_soon: m.appts_problem_too_soon,
  links_many: m.appts_problem_links_many,
  link_unknown: m.appts_problem_link_unknown,
  mail_unfit: m.appts_problem_mail,
};

export function problemText(problem: Problem): string {
  return wordsOf(problems, problem);
}

/** @param host who of the staff is in the call, if it is known */
export function refusalText(code: Code, host: string | null): string {
  if (code === 'admitted' && host !== null) return m.appts_problem_admitted_by({ host });
  return commandProblem(code);
}

/** @param name who it is about: whoever waits, or the client */
export function standingText(standing: Standing, name: string): string {
  switch (standing.kind) {
    case 'waiting':
      return m.appts_state_waiting({ name });
    case 'in_call':
      return standing.mine
        ? m.appts_state_in_call_mine()
        : m.appts_state_in_call({ name, host: standing.host });
    case 'upcoming':
      return m.appts_state_upcoming();
    case 'open':
      return m.appts_state_open({ name });
    case 'late':
      return m.appts_state_late({ name });
    case 'past':
      return m.appts_state_past();
    case 'done':
      return m.appts_state_done();
    case 'no_show':
      return m.appts_state_no_show();
    case 'cancelled':
      return m.appts_state_cancelled();
  }
}

export function countText(count: number): string {
  if (count === 0) return m.appts_today_none();
  return count === 1 ? m.appts_today_one() : m.appts_today_many({ count });
}

export function waitingText(count: number): string {
  return count === 1 ? m.appts_waiting_count_one() : m.appts_waiting_count({ count });
}

const YEAR = { year: 'numeric' } as const;

/** The clock in a zone. */
export function timeText(at: number, zone: string): string {
  return dates({ ...clock(), timeZone: zone }).format(at);
}

/** The day and the clock in a zone, with the year where it is another one. */
export function momentText(at: number, zone: string): string {
  const year = wallAt(at, zone).slice(0, 4) === wallAt(Date.now(), zone).slice(0, 4) ? {} : YEAR;
  const parts = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...clock(),
  } as const;
  return dates({ ...parts, ...year, timeZone: zone }).format(at);
}

/** How a zone is ahead of UTC then, such as GMT+2. */
export function offsetText(at: number, zone: string): string {
  const parts = dates({ timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

const asDate = (day: Day): number => Date.parse(`${day}T00:00Z`);

/** Such as Saturday, 21 November. */
export function dayText(day: Day, today: Day): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : YEAR;
  return dates({ weekday: 'long', day: 'numeric', month: 'long', ...year, timeZone: 'UTC' }).format(
    asDate(day),
  );
}

/** The first and the last of several days. */
export function daysText(first: Day, last: Day): string {
  return dates({ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).formatRange(
    asDate(first),
    asDate(last),
  );
}

/** What a list of a day is called. */
export function listName(day: Day, today: Day): string {
  return day === today ? m.appts_list_today() : dayText(day, today);
}

/** Such as Sat. */
export function weekdayText(day: Day): string {
  return dates({ weekday: 'short', timeZone: 'UTC' }).format(asDate(day));
}
