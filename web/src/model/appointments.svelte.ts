// The professional's appointments as one page has them: those of today, and those of the days that are looked at.
// Fetched over HTTP, and again when the server says that one was changed. What happens around them live is
// `Visits`; what may be done with one at a moment is `appointments-steps`.

import type {
  AppointmentChange,
  AppointmentMove,
  AppointmentState,
  AppointmentView,
  Event,
  MailPreview,
  NewAppointment,
} from '../protocol/generated';
import type { SessionListener } from '../protocol/session';
import * as api from './api';
import type { Answer, AppointmentProblem, CommonProblem } from './api';
import { addDays, dayOf, rangeOf, weekOf } from './appointments-time';
import type { Day, Range } from './appointments-time';
import { NoteDraft } from './staff-note.svelte';

/** As many characters as the server takes. */
export const MAX_APPOINTMENT_NOTE = 10_000;

export type Span = 'day' | 'week';
export type Loading = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; code: Problem };
export type Problem = AppointmentProblem | CommonProblem;

/** The requests it makes; given, so that tests need no network. */
export type AppointmentRequests = Pick<
  typeof api,
  | 'appointments'
  | 'oneAppointment'
  | 'makeAppointment'
  | 'changeAppointment'
  | 'moveAppointment'
  | 'closeAppointment'
  | 'forgetAppointment'
  | 'inviteOneMore'
  | 'replaceLink'
  | 'takeLinkBack'
  | 'previewMail'
  | 'sendMail'
>;

export interface AppointmentsNeeds {
  session: { listen(listener: Partial<SessionListener>): () => void };
  /** The zone of whoever looks. */
  zone: string;
  now: number;
  requests?: AppointmentRequests;
}

export class Appointments {
  readonly zone: string;
  state = $state.raw<Loading>({ kind: 'loading' });
  /** The day that is looked at, or one of the week. */
  day = $state<Day>('');
  span = $state<Span>('day');
  /** The day it is. */
  today = $state<Day>('');
  /** Whether the server can send mail. */
  mail = $state(false);
  /** The one to be brought into view, until it is there. */
  wanted = $state<string | null>(null);
  /** The days that are looked at. */
  days = $derived<Day[]>(this.span === 'day' ? [this.day] : weekOf(this.day));
  /** What stands behind the question mark of the address, so that a reload looks at the same days. */
  search = $derived.by(() => {
    const said = new URLSearchParams();
    if (this.span === 'week') said.set('view', 'week');
    if (this.day !== this.today) said.set('day', this.day);
    return said.size === 0 ? '' : `?${said}`;
  });
  /** Of today; those that are cancelled do not count. */
  count = $derived.by(() => this.on(this.today).filter(({ state }) => state !== 'cancelled').length);

  #all = $state.raw<ReadonlyMap<string, AppointmentView>>(new Map());
  #byDay = $derived.by(() => {
    const days = new Map<Day, AppointmentView[]>();
    const earliestFirst = [...this.#all.values()].sort((a, b) => a.starts_at - b.starts_at);
    for (const one of earliestFirst) {
      const day = dayOf(one.starts_at, this.zone);
      days.set(day, [...(days.get(day) ?? []), one]);
    }
    return days;
  });
  #drafts = new Map<string, NoteDraft>();
  #asked = 0;
  #requests: AppointmentRequests;
  #deaf: () => void;

  constructor(needs: AppointmentsNeeds) {
    this.zone = needs.zone;
    this.#requests = needs.requests ?? api;
    this.today = this.day = dayOf(needs.now, this.zone);
    this.#deaf = needs.session.listen({
      event: (event) => this.#event(event),
      // Whatever was changed during an outage has not been told.
      opened: () => void this.load(),
    });
  }

  dispose(): void {
    this.#deaf();
  }

  of(id: string): AppointmentView | null {
    return this.#all.get(id) ?? null;
  }

  /** Those that begin on a day, earliest first. */
  on(day: Day): AppointmentView[] {
    return this.#byDay.get(day) ?? [];
  }

  /** Looks at other days. */
  look(day: Day, span: Span): void {
    if (day === this.day && span === this.span) return;
    this.day = day;
    this.span = span;
    if (this.state.kind !== 'loading') void this.load();
  }

  /** The time has come this far: another day may have begun. */
  tick(now: number): void {
    const today = dayOf(now, this.zone);
    if (today === this.today) return;
    if (this.day === this.today) this.day = today;
    this.today = today;
    void this.load();
  }

  /** Brings one into view, fetched if need be. */
  async show(id: string): Promise<void> {
    const one = this.of(id) ?? (await this.fetch(id));
    if (!one) return;
    this.look(dayOf(one.starts_at, this.zone), 'day');
    this.wanted = id;
  }

  /** Today, and what is looked at, anew; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    const request = ++this.#asked;
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const { days, today } = this;
    const shown = rangeOf(days[0] ?? today, days.at(-1) ?? today, this.zone);
    const ranges = days.includes(today) ? [shown] : [rangeOf(today, today, this.zone), shown];
    const answers = await Promise.all(ranges.map(({ from, to }) => this.#requests.appointments(from, to)));
    // A later request has been made meanwhile: its answer counts.
    if (request !== this.#asked) return;
    for (const [n, answer] of answers.entries()) {
      const range = ranges[n];
      if (!answer.ok || !range) {
        this.state = { kind: 'failed', code: answer.ok ? 'unexpected' : answer.code };
        return;
      }
      this.mail = answer.value.mail;
      this.#replace(range, answer.value.appointments);
    }
    this.state = { kind: 'ready' };
  }

  /** Looks one up. Tells none when there is no such one any more. */
  async fetch(id: string): Promise<AppointmentView | null> {
    const answer = await this.#requests.oneAppointment(id);
    if (answer.ok) {
      this.#put(answer.value);
      return answer.value;
    }
    if (answer.code === 'appointment_unknown') this.#drop(id);
    return this.of(id);
  }

  async create(body: NewAppointment): Promise<Answer<AppointmentView, AppointmentProblem>> {
    const answer = await this.#requests.makeAppointment(body);
    if (answer.ok) this.#put(answer.value);
    return answer;
  }

  change(id: string, change: AppointmentChange): Promise<Problem | null> {
    return this.#do(id, this.#requests.changeAppointment(id, change));
  }

  /** @param sequence as it was when whoever moves it began to think about it */
  move(id: string, to: AppointmentMove): Promise<Problem | null> {
    return this.#do(id, this.#requests.moveAppointment(id, to));
  }

  close(id: string, state: AppointmentState): Promise<Problem | null> {
    return this.#do(id, this.#requests.closeAppointment(id, state));
  }

  /** For good; only what is cancelled or over. */
  forget(id: string): Promise<Problem | null> {
    return this.#do(id, this.#requests.forgetAppointment(id));
  }

  invite(id: string, name: string): Promise<Problem | null> {
    return this.#do(id, this.#requests.inviteOneMore(id, name));
  }

  replaceLink(id: string, link: string): Promise<Problem | null> {
    return this.#do(id, this.#requests.replaceLink(id, link));
  }

  takeLinkBack(id: string, link: string): Promise<Problem | null> {
    return this.#do(id, this.#requests.takeLinkBack(id, link));
  }

  preview(id: string, message: string): Promise<Answer<MailPreview, AppointmentProblem>> {
    return this.#requests.previewMail(id, message);
  }

  async send(id: string, message: string): Promise<Problem | null> {
    return this.#do(id, this.#requests.sendMail(id, message));
  }

  /** What is written about one: in the call and beside the list it is the same draft. */
  draft(one: AppointmentView): NoteDraft {
    const known = this.#drafts.get(one.id);
    // What a colleague has written meanwhile comes in as long as nothing of one's own would be lost by it.
    const unsaved = known && known.state !== 'clean' && known.state !== 'saved';
    if (known && (unsaved || known.note === one.note)) return known;
    const write: ConstructorParameters<typeof NoteDraft>[3] = async (id, { note }) => {
      const answer = await this.#requests.changeAppointment(id, { note });
      if (answer.ok) this.#put(answer.value);
      return answer.ok ? { ok: true, value: undefined } : { ...answer, code: 'note_invalid' };
    };
    const draft = new NoteDraft(one.id, { note: one.note }, undefined, write, MAX_APPOINTMENT_NOTE);
    this.#drafts.set(one.id, draft);
    return draft;
  }

  #event(event: Event): void {
    if (event.type === 'appointment_changed') void this.fetch(event.appointment);
  }

  async #do(
    id: string,
    request: api.AppointmentAnswer<AppointmentView | undefined>,
  ): Promise<Problem | null> {
    const answer = await request;
    if (answer.ok && answer.value) this.#put(answer.value);
    else if (answer.ok || answer.code === 'changed_meanwhile' || answer.code === 'state_unfit') {
      await this.fetch(id);
    }
    return answer.ok ? null : answer.code;
  }

  #put(one: AppointmentView): void {
    this.#all = new Map(this.#all).set(one.id, one);
  }

  #drop(id: string): void {
    const all = new Map(this.#all);
    all.delete(id);
    this.#all = all;
  }

  #replace({ from, to }: Range, list: readonly AppointmentView[]): void {
    const others = [...this.#all].filter(([, { starts_at }]) => starts_at < from || starts_at >= to);
    this.#all = new Map([...others, ...list.map((one) => [one.id, one] as const)]);
  }
}

/** The days before or after those that are looked at. */
export function beside(day: Day, span: Span, steps: number): Day {
  return addDays(day, span === 'day' ? steps : steps * 7);
}
