// What the link to an appointment is worth: exchanged for a cookie once, then asked about by the cookie, again when
// something changed or the time has come. Knows nothing of who waits; that is live, and the appointment's.

import type { ClientAppointment } from '../protocol/generated';
import type { LinkAnswer, LinkEnd, LinkOwner } from './api';
import { ServerTime } from './server-time.svelte';
import type { Steady } from './server-time.svelte';

/** The endpoints it needs. */
export interface LinkDesk {
  enter(token: string): Promise<LinkAnswer>;
  look(): Promise<LinkAnswer>;
  steady?: Steady;
}

export type LinkWorth =
  | { kind: 'loading' }
  | { kind: 'known'; appointment: ClientAppointment }
  /** Not genuine. */
  | { kind: 'invalid' }
  /** This browser has none. */
  | { kind: 'needed' }
  /** Genuine, and of no use. */
  | { kind: 'ended'; end: LinkEnd; owner: LinkOwner | null }
  /** It is asked again by itself, at this moment of the device's clock. */
  | { kind: 'limited'; until: number }
  | { kind: 'unreachable' };

/** How often one who came early asks whether it is still so: nobody tells pages that have no session. */
const EARLY_EVERY = 60_000;
/** The server decides when the door is open; as long as it says not yet, no sooner than this. */
const SOONEST = 1_000;
/** How long a server that does not answer is left alone. */
const UNREACHABLE_FOR = 5_000;
/** As long, when it asked for patience and did not say for how long. */
const LIMITED_FOR = 30_000;

export class AppointmentLink {
  state = $state.raw<LinkWorth>({ kind: 'loading' });
  /** When it was to begin before it was moved under the reader's eyes. */
  movedFrom = $state<number | null>(null);
  /** As it was known last, whatever the link is worth now. */
  latest = $state.raw<ClientAppointment | null>(null);
  readonly time: ServerTime;

  #token: string | null;
  /** Only the answer to the latest question counts. */
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = new AbortController();

  /**
   * @param token from the address, kept nowhere else; none for a page that is opened anew
   * @param told there is another state
   */
  constructor(
    token: string | null,
    private readonly desk: LinkDesk,
    private readonly told: (state: LinkWorth) => void,
  ) {
    this.#token = token;
    this.time = new ServerTime(desk.steady);
    const { signal } = this.#disposed;
    addEventListener('online', () => this.#hurry(), { signal });
    document.addEventListener('visibilitychange', () => !document.hidden && this.#hurry(), { signal });
  }

  async ask(): Promise<void> {
    const question = ++this.#questions;
    clearTimeout(this.#timer);
    const answer = await (this.#token === null ? this.desk.look() : this.desk.enter(this.#token));
    if (question !== this.#questions || this.#disposed.signal.aborted) return;
    if (answer.ok) this.#take(answer.value);
    else this.#refused(answer);
  }

  /** What is known may not be true any more: nothing is shown before the server has said so. */
  doubt(): void {
    this.state = { kind: 'loading' };
    void this.ask();
  }

  /** One has read that it was moved. */
  seen(): void {
    this.movedFrom = null;
  }

  dispose(): void {
    this.#disposed.abort();
    clearTimeout(this.#timer);
  }

  #take(appointment: ClientAppointment): void {
    const before = this.latest;
    this.latest = appointment;
    this.#token = null;
    this.time.heard(appointment.now);
    if (before?.id === appointment.id && before.starts_at !== appointment.starts_at) {
      this.movedFrom = before.starts_at;
    }
    this.#become({ kind: 'known', appointment });
    if (appointment.phase === 'open') return;
    const left = appointment.opens_at - appointment.now;
    this.#askIn(Math.min(Math.max(left, SOONEST), EARLY_EVERY));
  }

  #refused(refusal: Extract<LinkAnswer, { ok: false }>): void {
    switch (refusal.code) {
      case 'link_replaced':
      case 'appointment_cancelled':
      case 'appointment_over':
        this.#become({ kind: 'ended', end: refusal.code, owner: refusal.owner });
        return;
      case 'link_invalid':
        this.#become({ kind: 'invalid' });
        return;
      case 'link_needed':
        this.#become({ kind: 'needed' });
        return;
      case 'rate_limited':
        this.#later((refusal.retryAfter ?? 0) * 1_000 || LIMITED_FOR, true);
        return;
      case 'signed_out':
      case 'forbidden':
      case 'try_again':
      case 'storage_full':
      case 'unreachable':
      case 'unexpected':
        this.#later(UNREACHABLE_FOR, false);
        return;
    }
  }

  /** What is known stays known while the server cannot be asked. */
  #later(ms: number, limited: boolean): void {
    if (this.state.kind !== 'known') {
      this.#become(limited ? { kind: 'limited', until: Date.now() + ms } : { kind: 'unreachable' });
    }
    this.#askIn(ms);
  }

  #become(state: LinkWorth): void {
    this.state = state;
    this.told(state);
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), ms);
  }

  /** The page or its network is back: timers of hidden pages are late, and much may have changed. */
  #hurry(): void {
    const early = this.state.kind === 'known' && this.state.appointment.phase === 'early';
    if (early || this.state.kind === 'unreachable') void this.ask();
  }
}
