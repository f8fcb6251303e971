// A representative's console as one page lives it: own availability, desks, queue, what rings and what is asked of
// colleagues. Everything follows what the server says, by version; this page alone decides nothing about a ring.

import type {
  Chosen,
  Code,
  Command,
  ConsoleSnapshot,
  Event,
  OwnAvailability,
  Representative,
  RingEnd,
  RingPurpose,
  RingView,
  StaffDesk,
} from '../protocol/generated';
import { browserSurroundings, CommandFailed, Session } from '../protocol/session';
import type { LinkState, Surroundings } from '../protocol/session';
import { Visits } from './appointments-visits.svelte';
import type { Arrival } from './appointments-visits.svelte';
import { untilAnswered } from '../room/again';
import { isPrivate } from './lounge-ring';
import { seatOfRing } from './remembered';

/** Makes rings heard and seen. */
export interface Ringer {
  start(ring: RingView): void;
  stop(): void;
}

/** What has become of a colleague who was asked into the call. */
export type Asked = { person: string; name: string; purpose: RingPurpose } & (
  | { kind: 'asking' }
  | { kind: 'ringing'; ring: string }
  | { kind: 'accepted'; ring: string }
  | { kind: 'ended'; end: RingEnd }
  | { kind: 'refused'; code: Code }
);

/** A ring or call that is over, for the words about it. */
export interface Passed {
  ring: RingView;
  end: RingEnd;
  /** The ring under which one's note about it is kept. */
  note: string | null;
}

/** An appointment whose call this page was in. */
export interface Attended {
  appointment: string;
  /** How the call ended; none before the server has said it. */
  end: RingEnd | null;
}

/**
 * Whoever was online is again after an outage of up to so long. More, and somebody who has gone home with the page
 * left open is called; less, and a slow restart of the server empties the desks.
 */
const RETURN_WITHIN = 10 * 60_000;

export interface StaffNeeds {
  ringer: Ringer;
  /** The server does not take this page for one of a representative. */
  refused(): void;
  /** Somebody has come for an appointment. */
  arrived?: (arrival: Arrival) => void;
  surroundings?: Surroundings;
  now?: () => number;
}

export class Staff {
  link = $state<LinkState>('connecting');
  /** Whether everything below has been heard from the server. */
  open = $state(false);
  person = $state('');
  name = $state('');
  own = $state.raw<OwnAvailability | null>(null);
  desks = $state.raw<StaffDesk[]>([]);
  /** The call this page is in, or goes into. */
  call = $state.raw<RingView | null>(null);
  /** A colleague who is asked into it. */
  asked = $state.raw<Asked | null>(null);
  /** The latest ring that nobody took here, until it is put away. */
  unanswered = $state.raw<Passed | null>(null);
  /** The latest call that was taken here. */
  latest = $state.raw<Passed | null>(null);
  /** The latest of one's own rings that is over: under this id it is in the history, or about to be. */
  ended = $state.raw<{ ring: string } | null>(null);
  /** Why the latest command was not carried out. */
  problem = $state<Code | null>(null);
  accepting = $state(false);
  /** The appointment that is being let in to; empty if none. */
  admitting = $state('');
  /** The appointment whose call was left last, until it is put away. */
  attended = $state.raw<Attended | null>(null);
  /** Another page has taken this one's place; it hears nothing any more. */
  replaced = $state(false);
  /** The call that this page left last. */
  private left = $state('');

  incoming = $derived(this.own?.engagement?.type === 'called' ? this.own.engagement.ring : null);
  /** A call of one's own that another page or device has. */
  elsewhere = $derived.by(() => {
    const engagement = this.own?.engagement;
    if (engagement?.type !== 'in_call' || engagement.ring.id === this.call?.id) return null;
    // Hung up here: the server is about to say so.
    return engagement.ring.id === this.left ? null : engagement.ring;
  });

  readonly session: Session;
  /** What happens around appointments. */
  readonly visits: Visits;
  #ringer: Ringer;
  #refused: () => void;
  #now: () => number;
  /** Rings one is part of, by id: their ends are told by id alone. */
  #rings = new Map<string, RingView>();
  #acceptingRing = '';
  /** For calls one was asked into: by which ring. */
  #cameBy = new Map<string, string>();
  #opened = false;
  /** How often it was asked for the console: only the latest time counts. */
  #asked = 0;
  #downSince: number | null = null;
  /** How long the latest outage was. */
  #downFor = 0;
  /** What one had chosen when a session was lost in which one was online; until one is online again. */
  #returning: Chosen | null = null;

  constructor(needs: StaffNeeds) {
    this.#ringer = needs.ringer;
    this.#refused = () => needs.refused();
    this.visits = new Visits(needs.arrived);
    this.#now = needs.now ?? (() => Date.now());
    this.session = new Session(needs.surroundings ?? browserSurroundings, {
      event: (event) => this.#event(event),
      opened: () => void this.#sessionOpened(),
      replaced: () => {
        this.replaced = true;
        this.#ringer.stop();
      },
      link: (state) => this.#linkChanged(state),
    });
  }

  start(): void {
    this.session.connect();
  }

  dispose(): void {
    this.#ringer.stop();
    this.session.close();
  }

  async setOnline(online: boolean): Promise<void> {
    this.#returning = null;
    await this.#availability({ online });
  }

  /** Also ends a wrap-up, and an absence after a missed ring. */
  async choose(chosen: Chosen): Promise<void> {
    await this.#availability({ chosen });
  }

  /** Takes the call that rings. The devices are opened by the call screen, not before. */
  async accept(): Promise<void> {
    const ring = this.incoming;
    if (!ring || this.accepting) return;
    this.accepting = true;
    this.#acceptingRing = ring.id;
    try {
      await this.#command({ type: 'accept_ring', ring: ring.id });
      // Otherwise own availability has told it already, or is about to: with the call one was asked into.
      if (ring.into === undefined) this.call ??= ring;
    } catch (error) {
      this.#told(error);
      // After an outage the console tells whether it came through.
      if (!lostWith(error)) this.#acceptingRing = '';
    } finally {
      this.accepting = false;
    }
  }

  async decline(): Promise<void> {
    const ring = this.incoming;
    if (!ring) return;
    await this.#try({ type: 'decline_ring', ring: ring.id });
  }

  /**
   * Lets in who waits for an appointment, or goes in first; the call screen follows.
   *
   * @returns why not, if so
   */
  async admit(appointment: string): Promise<Code | null> {
    if (this.admitting !== '') return null;
    this.admitting = appointment;
    this.attended = null;
    try {
      const reply = await this.#command({ type: 'admit', appointment });
      if (reply.type === 'own') this.#takeOwn(reply.own);
      this.admitting = '';
      return null;
    } catch (error) {
      // After an outage the console tells whether it came through.
      if (!lostWith(error)) this.admitting = '';
      return codeOf(error);
    }
  }

  /**
   * Sends whoever came for an appointment back to wait.
   *
   * @returns why not, if so
   */
  async hold(appointment: string): Promise<Code | null> {
    try {
      await this.#command({ type: 'hold', appointment });
      return null;
    } catch (error) {
      return codeOf(error);
    }
  }

  /** Takes a call of one's own to this page. */
  continueHere(ring: RingView): void {
    this.left = '';
    this.call = ring;
  }

  /** The call screen is done with. */
  callLeft(): void {
    this.left = this.call?.id ?? '';
    const appointment = this.call?.appointment;
    if (appointment !== undefined && this.attended?.appointment !== appointment) {
      this.attended = { appointment, end: null };
    }
    this.call = null;
    this.#acceptingRing = '';
    this.asked = null;
  }

  /** Rings a colleague into the call. */
  async ask(colleague: Representative, purpose: 'bring_in' | 'transfer'): Promise<void> {
    const who = { person: colleague.id, name: colleague.name, purpose };
    this.asked = { ...who, kind: 'asking' };
    try {
      const reply = await this.#command({ type: 'ring_colleague', person: colleague.id, purpose });
      if (reply.type !== 'ringing') return;
      this.#rings.set(reply.ring.id, reply.ring);
      this.asked = { ...who, kind: 'ringing', ring: reply.ring.id };
    } catch (error) {
      const code = codeOf(error);
      this.asked = code ? { ...who, kind: 'refused', code } : null;
    }
  }

  async takeBack(): Promise<void> {
    if (this.asked?.kind === 'ringing') await this.#try({ type: 'cancel_ring', ring: this.asked.ring });
  }

  /** The ring under which one's note about a call is kept: the one by which one was rung oneself. */
  noteOf(call: RingView): string | null {
    return this.#cameBy.get(call.id) ?? (call.callee.id === this.person ? call.id : null);
  }

  /** The colleagues of a desk, or of all of one's own, oneself not among them. */
  colleagues(desk: string | null): Representative[] {
    const seen = new Map<string, Representative>();
    for (const one of this.desks) {
      if (desk !== null && one.desk.id !== desk) continue;
      for (const colleague of one.desk.representatives) {
        const known = seen.get(colleague.id);
        if (!known || known.version < colleague.version) seen.set(colleague.id, colleague);
      }
    }
    seen.delete(this.person);
    return [...seen.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  async #sessionOpened(): Promise<void> {
    const before = this.#opened ? this.own : null;
    this.#opened = true;
    this.left = '';
    if (before?.online && this.#downFor <= RETURN_WITHIN) this.#returning = before.chosen;
    this.#forgetVersions();
    if (!(await this.#openConsole()) || this.#returning === null) return;
    if (this.own?.online) this.#returning = null;
    else await this.#return(this.#asked);
  }

  /** Online again as before, unless one has said something else meanwhile. */
  async #return(asked: number): Promise<void> {
    const still = (): boolean => asked === this.#asked && this.#returning !== null;
    try {
      const reply = await untilAnswered(
        () =>
          this.#command({ type: 'set_availability', online: true, chosen: this.#returning ?? 'available' }),
        { still },
      );
      if (reply.type === 'own') this.#takeOwn(reply.own);
      if (asked === this.#asked) this.#returning = null;
    } catch (error) {
      this.#told(error);
    }
  }

  /** @returns whether the console is there */
  async #openConsole(): Promise<boolean> {
    const asked = (this.#asked += 1);
    const ask = (): ReturnType<Session['command']> => {
      this.visits.asked();
      return this.#command({ type: 'open_console' });
    };
    try {
      const reply = await untilAnswered(ask, { still: () => asked === this.#asked });
      if (reply.type !== 'console' || asked !== this.#asked) return false;
      this.#take(reply.console);
      return true;
    } catch (error) {
      if (codeOf(error) === 'forbidden') {
        this.open = false;
        this.#ringer.stop();
        this.#refused();
      } else {
        this.#told(error);
      }
      return false;
    }
  }

  /** A new session may be with a server that counts anew: whatever it says first is newer than what is known. */
  #forgetVersions(): void {
    if (this.own) this.own = { ...this.own, version: -1 };
    this.visits.forgetVersions();
    this.desks = this.desks.map(({ desk, queue }) => ({
      desk: { ...desk, representatives: desk.representatives.map((one) => ({ ...one, version: -1 })) },
      queue,
      queue_version: -1,
    }));
  }

  #take(console: ConsoleSnapshot): void {
    this.person = console.person;
    this.name = console.name;
    this.desks = console.desks.map((desk) => this.#newest(desk));
    this.visits.take(console.visits);
    this.#takeOwn(console.availability);
    this.admitting = '';
    this.open = true;
  }

  /** Events may have been ahead of the answer. */
  #newest(told: StaffDesk): StaffDesk {
    const known = this.desks.find((one) => one.desk.id === told.desk.id);
    if (!known) return told;
    const later = new Map(known.desk.representatives.map((one) => [one.id, one]));
    const representatives = told.desk.representatives.map((one) => {
      const other = later.get(one.id);
      return other && other.version > one.version ? other : one;
    });
    const queue = known.queue_version > told.queue_version ? known : told;
    return {
      desk: { ...told.desk, representatives },
      queue: queue.queue,
      queue_version: queue.queue_version,
    };
  }

  #takeOwn(told: OwnAvailability): void {
    if (this.own && told.version < this.own.version) return;
    const own = (this.own = withoutPrivate(told));
    const engagement = own.engagement;
    if (engagement && 'ring' in engagement) this.#rings.set(engagement.ring.id, engagement.ring);
    if (engagement?.type === 'in_call') this.#takeCall(engagement.ring);
    if (engagement?.type === 'called') {
      this.unanswered = null;
      this.problem = null;
      this.#ringer.start(engagement.ring);
    } else {
      this.#ringer.stop();
    }
  }

  /** Whoever was asked into a call is in that one: their own ring has done its work. */
  #takeCall(call: RingView): void {
    const accepted = this.#rings.get(this.#acceptingRing);
    if (accepted?.into === call.id) this.#cameBy.set(call.id, accepted.id);
    const admitted = call.appointment !== undefined && call.appointment === this.admitting;
    const mine = admitted || call.id === (accepted?.into ?? accepted?.id) || call.id === this.call?.id;
    // A page that was loaded anew in the middle of a call goes straight back into it.
    const back = this.call === null && call.id !== this.left && seatOfRing(call.id).get() !== null;
    if (mine || back) this.call = call;
  }

  #event(event: Event): void {
    switch (event.type) {
      case 'own_changed':
        this.#takeOwn(event.own);
        return;
      case 'representative_changed':
        this.#representative(event.desk, event.representative);
        return;
      case 'queue_changed':
        this.#patch(event.desk, (one) =>
          event.queue_version < one.queue_version
            ? one
            : { ...one, queue: event.queue, queue_version: event.queue_version },
        );
        return;
      case 'visit_changed':
        this.visits.changed(event.visit);
        return;
      case 'desk_changed':
        void this.#openConsole();
        return;
      case 'ring_ended':
        this.#ended(event.ring, event.end);
        return;
      default:
        // The rest is about the room of the call, whose screen listens for itself.
        return;
    }
  }

  #representative(desk: string, changed: Representative): void {
    this.#patch(desk, (one) => {
      const known = one.desk.representatives.find(({ id }) => id === changed.id);
      if (known && changed.version < known.version) return one;
      const others = one.desk.representatives.filter(({ id }) => id !== changed.id);
      return { ...one, desk: { ...one.desk, representatives: [...others, changed] } };
    });
    const asked = this.asked;
    if (asked?.kind === 'ringing' && asked.person === changed.id && changed.status === 'in_call') {
      this.asked = { ...asked, kind: 'accepted' };
    }
  }

  #patch(desk: string, change: (one: StaffDesk) => StaffDesk): void {
    this.desks = this.desks.map((one) => (one.desk.id === desk ? change(one) : one));
  }

  #ended(id: string, end: RingEnd): void {
    const ring = this.#rings.get(id);
    this.#rings.delete(id);
    const asked = this.asked;
    if (asked && (asked.kind === 'ringing' || asked.kind === 'accepted') && asked.ring === id) {
      const { person, name, purpose } = asked;
      this.asked = asked.kind === 'ringing' ? { person, name, purpose, kind: 'ended', end } : null;
      return;
    }
    if (!ring) return;
    const note = this.noteOf(ring);
    if (note !== null) this.ended = { ring: note };
    const passed = { ring, end, note };
    if (ring.appointment !== undefined) {
      // What is written about it belongs to the appointment.
      const here = this.call?.id === id || this.left === id;
      if (here) this.attended = { appointment: ring.appointment, end };
    } else if (ring.accepted_at !== undefined || this.call?.id === id) this.latest = passed;
    else if (ring.callee.id === this.person && end !== 'declined') this.unanswered = passed;
    if (this.#acceptingRing === id) this.#acceptingRing = '';
  }

  #linkChanged(state: LinkState): void {
    this.link = state;
    if (state === 'reconnecting') this.#downSince ??= this.#now();
    if (state === 'connected') {
      this.#downFor = this.#downSince === null ? 0 : this.#now() - this.#downSince;
      this.#downSince = null;
    }
    // Nothing can be accepted, and the server has given the ring up by now.
    if (state === 'lost') this.#ringer.stop();
  }

  /** @returns whether it was carried out */
  async #availability(change: { online?: boolean; chosen?: Chosen }): Promise<boolean> {
    try {
      const reply = await this.#command({ type: 'set_availability', ...change });
      if (reply.type === 'own') this.#takeOwn(reply.own);
      return true;
    } catch (error) {
      this.#told(error);
      return false;
    }
  }

  async #try(command: Command): Promise<void> {
    await this.#command(command).catch((error: unknown) => this.#told(error));
  }

  #command(command: Command): ReturnType<Session['command']> {
    this.problem = null;
    return this.session.command(command);
  }

  #told(error: unknown): void {
    // Of a session that went down the next one tells how things are.
    this.problem = codeOf(error);
  }
}

/** Who rings in the lounge is answered there: whoever is rung has it open. */
function withoutPrivate(own: OwnAvailability): OwnAvailability {
  const { engagement, ...rest } = own;
  const elsewhere = engagement === undefined || ('ring' in engagement && isPrivate(engagement.ring));
  return elsewhere ? rest : own;
}

function codeOf(error: unknown): Code | null {
  if (!(error instanceof CommandFailed)) return 'internal';
  return error.code === 'session_lost' ? null : error.code;
}

function lostWith(error: unknown): boolean {
  return error instanceof CommandFailed && error.code === 'session_lost';
}
