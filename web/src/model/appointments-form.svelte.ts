// What is typed about an appointment before it is made, or when it is moved: the time as a clock in its zone shows
// it, and what is wrong with that. The server has the last word; what can be said at once is said here.

import type { NewAppointment, Repeated } from '../protocol/generated';
import type { AppointmentProblem } from './api';
import { momentsOf, readMinutes, readWall, wallAt, writtenWall } from './appointments-time';

/** As the server counts them. */
export const MIN_MINUTES = 5;
export const MAX_MINUTES = 480;
export const MAX_ABOUT_CHARS = 200;
const DEFAULT_MINUTES = 30;
const QUARTER = 15 * 60_000;

export type TimeProblem = Extract<AppointmentProblem, 'time_invalid' | 'time_skipped' | 'time_past'>;

/** When it is to be. */
export class WhenDraft {
  /** As typed. */
  starts = $state('');
  minutes = $state('');
  zone = $state('');
  /** Which of two, where the clock shows it twice. */
  repeated = $state<Repeated>('first');

  wall = $derived.by(() => readWall(this.starts));
  length = $derived.by(() => readMinutes(this.minutes));
  moments = $derived.by(() => (this.wall === null ? [] : momentsOf(this.wall, this.zone)));
  /** The clock is put back, and shows it twice. */
  twice = $derived(this.moments.length > 1);
  startsAt = $derived<number | null>(
    (this.twice && this.repeated === 'second' ? this.moments[1] : this.moments[0]) ?? null,
  );

  constructor(starts: number, minutes: number, zone: string) {
    this.zone = zone;
    this.starts = writtenWall(wallAt(starts, zone));
    this.minutes = String(minutes);
    if (this.moments[1] === starts) this.repeated = 'second';
  }

  /** The next quarter of an hour that is not about to pass, for half an hour. */
  static next(now: number, zone: string): WhenDraft {
    return new WhenDraft(Math.ceil((now + 60_000) / QUARTER) * QUARTER, DEFAULT_MINUTES, zone);
  }

  problem(now: number): TimeProblem | null {
    if (this.wall === null) return 'time_invalid';
    if (this.startsAt === null) return 'time_skipped';
    return this.startsAt + (this.length ?? 0) * 60_000 <= now ? 'time_past' : null;
  }

  get lengthProblem(): 'duration_invalid' | null {
    const { length } = this;
    return length !== null && length >= MIN_MINUTES && length <= MAX_MINUTES ? null : 'duration_invalid';
  }

  /** Another zone: the clock on the wall stays, as whoever typed it read it. */
  get body(): Pick<NewAppointment, 'wall' | 'zone' | 'repeated' | 'minutes'> {
    return {
      wall: this.wall ?? '',
      zone: this.zone,
      ...(this.twice ? { repeated: this.repeated } : {}),
      minutes: this.length ?? 0,
    };
  }
}

/** What is wrong with a new one, by field. */
export interface FormProblems {
  name: 'name_invalid' | null;
  email: 'email_invalid' | null;
  about: 'text_invalid' | null;
  time: TimeProblem | null;
  length: 'duration_invalid' | null;
}

export class AppointmentDraft {
  name = $state('');
  email = $state('');
  about = $state('');
  /** The desk whose representatives share the waiting room; empty for none. */
  desk = $state('');
  readonly when: WhenDraft;

  constructor(now: number, zone: string) {
    this.when = WhenDraft.next(now, zone);
  }

  problems(now: number): FormProblems {
    const name = [...this.name.trim()].length;
    const email = this.email.trim();
    return {
      name: name >= 1 && name <= 64 ? null : 'name_invalid',
      email: email === '' || /^[^\s@]+@[^\s@]+$/.test(email) ? null : 'email_invalid',
      about: [...this.about.trim()].length <= MAX_ABOUT_CHARS ? null : 'text_invalid',
      time: this.when.problem(now),
      length: this.when.lengthProblem,
    };
  }

  get body(): NewAppointment {
    const email = this.email.trim();
    return {
      client_name: this.name.trim(),
      ...(email === '' ? {} : { email }),
      about: this.about.trim(),
      ...this.when.body,
      ...(this.desk === '' ? {} : { desk: this.desk }),
    };
  }
}
