// A desk as one visitor lives it: who is free, ringing somebody, waiting for a turn, the call, and after it. What one
// is in the middle of is the server's word, so that a page that opens anew goes on where it was.

import type {
  Code,
  DeskSnapshot,
  Engagement,
  Event,
  OwnAvailability,
  Reply,
  RingEnd,
  RingView,
} from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { LinkState, Session } from '../protocol/session';
import { isPassing, untilAnswered } from '../room/again';
import { Call } from './call.svelte';
import { deskStatus, freeCount, inOrder, withRepresentative } from './desk-status';
import { Devices } from './devices.svelte';
import { tieToPage } from '../room/page-life';
import { guestKey, visitAt } from './remembered';
import type { Visit } from './remembered';

/** What came of what one tried last: told until one tries something else. */
export type Outcome =
  | { kind: 'ended'; end: RingEnd; name: string }
  | { kind: 'refused'; code: Code | 'session_lost'; name: string | null };

export type DeskView =
  | { kind: 'loading' }
  | { kind: 'unknown' }
  /** Another window goes on as oneself. */
  | { kind: 'replaced' }
  | { kind: 'open'; desk: DeskSnapshot }
  | { kind: 'waiting'; desk: DeskSnapshot; position: number; since: number }
  /** The ring is absent until the server has it. */
  | { kind: 'calling'; desk: DeskSnapshot; ring: RingView | null; name: string | null }
  | { kind: 'call'; call: Call };

/** Representatives who lost their session too are back within this time; until then nobody seems to be there. */
const BACK_WITHIN = 10_000;

/** How often it is looked at whether another day has begun. More shows yesterday's opening hours for longer. */
const DAY_LOOKED_AT_EVERY = 60_000;

type Waiting = Extract<Engagement, { type: 'waiting' }>;

/** What one says of oneself when one calls. */
export interface Said {
  name: string;
  about: string;
}

interface Attempt {
  /** Whom; nobody in particular where null. */
  name: string | null;
  cancelled: boolean;
}

export type Rated = 'no' | 'sending' | 'yes' | { failed: Code | 'session_lost' };

export class Desk {
  link = $state<LinkState>('connecting');
  desk = $state.raw<DeskSnapshot | null>(null);
  outcome = $state.raw<Outcome | null>(null);
  /** Opened by one's own press, while one rings or waits. */
  devices = $state.raw<Devices | null>(null);
  call = $state.raw<Call | null>(null);
  rated = $state.raw<Rated>('no');
  queueing = $state(false);
  /** The place in the queue was lost while the line was down, and the new one is further back. */
  setBack = $state(false);
  #engagement = $state.raw<Engagement | null>(null);
  #attempt = $state.raw<Attempt | null>(null);
  /** The place in the queue that was lost with the session, while one is asking for another one. */
  #lost = $state.raw<Waiting | null>(null);
  #gone = $state<'unknown' | 'replaced' | null>(null);

  status = $derived(deskStatus(this.desk?.representatives.filter(online) ?? []));
  free = $derived(freeCount(this.desk?.representatives ?? []));
  representatives = $derived(inOrder(this.desk?.representatives.filter(online) ?? []));
  view = $derived.by<DeskView>(() => this.#view());
  /** Whether there is still such a desk, as far as it is known. */
  there = $derived.by(() => this.#gone !== 'unknown');

  #visit: Visit | null;
  #ownVersion = -1;
  /** How often it was asked for the desk: only the latest time counts. */
  #asked = 0;
  /** Answered to one's call, and not yet told of: states of oneself that come until then are older ones. */
  #expected: RingView | null = null;
  /** Rings that are over for this page, whatever comes late. */
  #done = new Set<string>();
  /** The day on which it was last asked for: opening hours are told for the days from then on. */
  #day = today();
  #clock: ReturnType<typeof setInterval> | undefined;
  #deaf: () => void;
  #disposed = new AbortController();

  /** @param slug the part of its address behind `/desk/` */
  constructor(
    readonly slug: string,
    private readonly session: Session,
  ) {
    this.#visit = visitAt(slug).get();
    this.link = session.link;
    this.#deaf = session.listen({
      opened: () => void this.#opened(),
      event: (event) => this.#event(event),
      link: (link) => (this.link = link),
      replaced: () => this.#replaced(),
    });
    tieToPage(session, this.#disposed.signal);
  }

  /** The page has opened. */
  start(): void {
    this.session.connect();
    this.#clock = setInterval(() => this.#lookAtDay(), DAY_LOOKED_AT_EVERY);
  }

  /** What one said of oneself last here; null for somebody who has not. */
  get said(): Said | null {
    return this.#visit && { name: this.#visit.name, about: this.#visit.about };
  }

  /** Rings somebody, or whoever has been idle longest. Opens one's own devices: it is one's own press. */
  async ring(whom: { id: string; name: string } | null, said: Said): Promise<void> {
    if (this.#attempt || this.#engagement) return;
    const name = whom?.name ?? null;
    this.#attempt = { name, cancelled: false };
    this.#begin(said);
    try {
      const representative = whom ? { representative: whom.id } : {};
      const reply = await this.session.command({ type: 'call_desk', ...representative, ...said });
      if (reply.type === 'ringing') this.#rings(reply.ring);
    } catch (error) {
      this.#refused(error, name);
    } finally {
      this.#attempt = null;
      this.#settle();
    }
  }

  /** Takes back one's ring. */
  async cancel(): Promise<void> {
    const engagement = this.#engagement;
    if (engagement?.type !== 'calling') {
      // Not there yet: it is taken back as soon as it is.
      if (this.#attempt) this.#attempt = { ...this.#attempt, cancelled: true };
      return;
    }
    await this.#takeBack(engagement.ring);
  }

  /** Waits for a turn. The devices open now, by one's own press, and not when somebody else is free. */
  async queueUp(said: Said): Promise<void> {
    if (this.queueing || this.#engagement) return;
    await this.#queueUp(said, () => this.session.command({ type: 'queue_up', ...said }));
  }

  async leaveQueue(): Promise<void> {
    this.#lost = null;
    if (this.#engagement?.type === 'waiting') this.#engagement = null;
    this.#settle();
    await this.session.command({ type: 'leave_queue' }).catch(() => undefined);
  }

  /** Says how the call was. */
  async rate(stars: number, comment: string): Promise<void> {
    const place = this.call?.place;
    if (place?.kind !== 'ring') return;
    this.rated = 'sending';
    try {
      await this.session.command({ type: 'rate_call', ring: place.ring.id, stars, comment });
      this.rated = 'yes';
    } catch (error) {
      this.rated = { failed: codeOf(error) };
    }
  }

  /** From the end of a call to the list. */
  back(): void {
    const place = this.call?.place;
    if (place?.kind === 'ring') this.#done.add(place.ring.id);
    this.call?.dispose();
    this.call = null;
    this.rated = 'no';
    this.outcome = null;
    this.#engagement = null;
    this.#settle();
  }

  /** From the end of a call: the same person once more. */
  async again(): Promise<void> {
    const place = this.call?.place;
    const said = this.said;
    this.back();
    if (place?.kind === 'ring' && said && this.there) await this.ring(place.ring.callee, said);
  }

  /** Nothing of this visitor stays: whoever comes next is somebody else. */
  forget(): void {
    this.#visit = null;
    visitAt(this.slug).set(null);
    guestKey.set(null);
  }

  dispose(): void {
    this.#disposed.abort();
    clearInterval(this.#clock);
    this.#lost = null;
    this.#asked += 1;
    const engagement = this.#engagement;
    const end =
      engagement?.type === 'calling'
        ? ({ type: 'cancel_ring', ring: engagement.ring.id } as const)
        : engagement?.type === 'waiting'
          ? ({ type: 'leave_queue' } as const)
          : engagement?.type === 'in_call'
            ? ({ type: 'leave' } as const)
            : null;
    if (end) this.session.command(end).catch(() => undefined);
    this.#deaf();
    this.call?.dispose();
    this.devices?.dispose();
    this.devices = null;
    this.session.close();
  }

  #view(): DeskView {
    if (this.#gone === 'replaced') return { kind: 'replaced' };
    // What goes on is not cut off because the desk was renamed or removed.
    if (this.call) return { kind: 'call', call: this.call };
    if (this.#gone === 'unknown') return { kind: 'unknown' };
    const desk = this.desk;
    if (!desk) return { kind: 'loading' };
    const engagement = this.#engagement;
    if (engagement?.type === 'waiting') {
      return { kind: 'waiting', desk, position: engagement.position, since: engagement.since };
    }
    if (engagement?.type === 'calling') {
      return { kind: 'calling', desk, ring: engagement.ring, name: engagement.ring.callee.name };
    }
    const lost = this.#lost;
    if (lost) return { kind: 'waiting', desk, position: lost.position, since: lost.since };
    const attempt = this.#attempt;
    if (attempt && !attempt.cancelled) return { kind: 'calling', desk, ring: null, name: attempt.name };
    return { kind: 'open', desk };
  }

  /** A new session, the first one included: versions of the one before say nothing about it. */
  async #opened(): Promise<void> {
    const asked = (this.#asked += 1);
    const ask = (): Promise<Reply> => this.session.command({ type: 'watch_desk', desk: this.slug });
    try {
      const reply = await untilAnswered(ask, { still: () => asked === this.#asked });
      if (asked !== this.#asked) return;
      if (reply.type !== 'desk') return;
      this.#gone = null;
      this.#day = today();
      this.desk = reply.desk;
      this.#ownVersion = -1;
      this.#expected = null;
      const before = this.#engagement;
      this.#own(reply.own);
      this.#goOn(before);
    } catch (error) {
      const code = codeOf(error);
      if (asked !== this.#asked) return;
      if (code === 'desk_unknown') this.#nothingHere();
      else if (code !== 'session_lost') this.outcome = { kind: 'refused', code, name: null };
    }
  }

  /**
   * There is no such desk, or none any more: what one waited for there is given up, and with it one's devices. A call
   * goes on to its end.
   */
  #nothingHere(): void {
    this.#gone = 'unknown';
    this.outcome = null;
    if (this.#attempt) this.#attempt = { ...this.#attempt, cancelled: true };
    if (this.call) return;
    const engagement = this.#engagement;
    if (engagement?.type === 'calling') void this.#takeBack(engagement.ring);
    else if (engagement?.type === 'waiting' || this.#lost) void this.leaveQueue();
    else this.#settle();
  }

  /** A page may stay open for days: what is told of opening hours is told anew with each of them. */
  #lookAtDay(): void {
    if (today() !== this.#day && this.link === 'connected' && this.view.kind === 'open') void this.#opened();
  }

  /** A server that has started anew knows of no queue and no ring: who waited waits again, who rang is told. */
  #goOn(before: Engagement | null): void {
    const said = this.said;
    if (!before || this.#engagement || this.call || !said) return;
    if (before.type === 'waiting') void this.#waitAgain(before, said);
    else if (before.type === 'calling') {
      this.outcome = { kind: 'ended', end: 'interrupted', name: before.ring.callee.name };
    }
  }

  /** In the first moments nobody seems to be there: the representatives have lost their sessions as well. */
  async #waitAgain(before: Waiting, said: Said): Promise<void> {
    if (this.queueing) return;
    this.#lost = before;
    const since = Date.now();
    const patient = (): boolean => Date.now() - since < BACK_WITHIN;
    await this.#queueUp(said, () =>
      untilAnswered(() => this.session.command({ type: 'queue_up', ...said }), {
        still: () => this.#lost === before,
        passes: (code) =>
          this.#lost === before &&
          (isPassing(code) || code === 'session_lost' || (code === 'nobody_online' && patient())),
      }),
    );
  }

  async #queueUp(said: Said, ask: () => Promise<Reply>): Promise<void> {
    this.queueing = true;
    this.#begin(said);
    const before = this.#lost;
    const again = before !== null;
    try {
      const reply = await ask();
      if (!this.there) void this.leaveQueue();
      else if (reply.type === 'own') this.#own(reply.own);
      const place = this.#engagement;
      this.setBack = again && place?.type === 'waiting' && place.position > before.position;
    } catch (error) {
      // Who has left it meanwhile is told nothing.
      if (!again || this.#lost) this.#refused(error, null);
    } finally {
      this.queueing = false;
      this.#lost = null;
      this.#settle();
    }
  }

  #event(event: Event): void {
    switch (event.type) {
      case 'representative_changed':
        if (this.desk?.id === event.desk) this.desk = withRepresentative(this.desk, event.representative);
        return;
      case 'waiting_changed':
        if (this.desk?.id === event.desk) this.desk = { ...this.desk, waiting: event.waiting };
        return;
      case 'desk_changed':
        if (this.desk?.id === event.desk) void this.#opened();
        return;
      case 'queue_moved':
        this.#moved(event.position, event.queue_version);
        return;
      case 'own_changed':
        this.#own(event.own);
        return;
      case 'ring_ended':
        this.#ended(event.ring, event.end);
        return;
      default:
        return;
    }
  }

  /** What one is in the middle of now. */
  #own(own: OwnAvailability): void {
    if (own.version <= this.#ownVersion) return;
    this.#ownVersion = own.version;
    const engagement = this.#told(own.engagement ?? null);
    const over = engagement !== null && 'ring' in engagement && this.#done.has(engagement.ring.id);
    if (over && engagement.type === 'in_call' && !this.call) void this.#hangUp(engagement.ring);
    const mine = engagement !== null && !over && this.#visit?.active === true;
    const before = this.#engagement;
    this.#engagement = mine ? engagement : null;
    if (before?.type === 'waiting') this.#moved(before.position, before.queue_version);
    // Who waits again hears why.
    if (mine && engagement.type !== 'waiting') this.outcome = null;
    if (mine && engagement.type === 'in_call') this.#enter(engagement.ring);
    this.#settle();
  }

  /** What one is in the middle of, by what is told and what is still to be told. */
  #told(engagement: Engagement | null): Engagement | null {
    const expected = this.#expected;
    if (engagement !== null && 'ring' in engagement) this.#expected = null;
    return expected && engagement === null ? { type: 'calling', ring: expected } : engagement;
  }

  /** One's place and one's availability are told apart from each other: the later word on the place counts. */
  #moved(position: number, version: number): void {
    const engagement = this.#engagement;
    if (engagement?.type !== 'waiting' || version <= engagement.queue_version) return;
    this.#engagement = { ...engagement, position, queue_version: version };
  }

  #rings(ring: RingView): void {
    if (this.#done.has(ring.id) || this.call) return;
    if (this.#attempt?.cancelled) void this.#takeBack(ring);
    else if (!this.#engagement) {
      this.#expected = ring;
      this.#engagement = { type: 'calling', ring };
    }
  }

  async #takeBack(ring: RingView): Promise<void> {
    this.#done.add(ring.id);
    this.#expected = null;
    this.#engagement = null;
    this.#settle();
    await this.session.command({ type: 'cancel_ring', ring: ring.id }).catch(() => undefined);
  }

  /** Accepted in the moment it was taken back: nobody shall wait there for somebody who does not come. */
  async #hangUp(ring: RingView): Promise<void> {
    const command = { type: 'join_call', ring: ring.id, media: 'fresh' } as const;
    try {
      await this.session.command({ ...command, microphone: 'absent', camera: 'off' });
      await this.session.command({ type: 'leave' });
    } catch (error) {
      console.debug('not hung up', error);
    }
  }

  /**
   * A ring, or the call that came of it, which tells of its own end. What one is in the middle of now is told next:
   * whoever was rung for in vain may wait on, with their devices as they are.
   */
  #ended(ring: string, end: RingEnd): void {
    const engagement = this.#engagement;
    this.#done.add(ring);
    if (this.#expected?.id === ring) this.#expected = null;
    if (engagement?.type === 'calling' && engagement.ring.id === ring) {
      this.outcome = { kind: 'ended', end, name: engagement.ring.callee.name };
    }
  }

  #enter(ring: RingView): void {
    if (this.call) return;
    const devices = this.devices;
    this.devices = null;
    this.rated = 'no';
    this.call = new Call({
      kind: 'ring',
      ring,
      session: this.session,
      as: 'visitor',
      ...(devices ? { devices } : {}),
    });
    void this.call.prepare();
  }

  #begin({ name, about }: Said): void {
    this.outcome = null;
    this.setBack = false;
    const wanted = { microphone: 'on', camera: 'on' } as const;
    this.#keep({ name, about, active: true, ...wanted });
    void this.#openDevices(wanted);
  }

  /** While one rings or waits the devices are open, afterwards they are not. */
  #settle(): void {
    const engagement = this.#engagement?.type;
    const ringing = this.#attempt !== null || engagement === 'calling';
    if (ringing || this.queueing || engagement === 'waiting') {
      // If the page was opened anew: as they were.
      if (!this.devices && !this.call && this.#visit) void this.#openDevices(this.#visit);
      return;
    }
    this.devices?.dispose();
    this.devices = null;
    if (!this.call && this.#visit?.active) this.#keep({ ...this.#visit, active: false });
  }

  async #openDevices(wanted: Parameters<Devices['start']>[0]): Promise<void> {
    this.devices?.dispose();
    if (this.#disposed.signal.aborted) return;
    const devices = (this.devices = new Devices());
    await devices.start(wanted);
    // The call listens to them itself.
    if (this.devices !== devices) return;
    const nothing = (): void => undefined;
    const stateChanged = (): void => {
      if (this.#visit) this.#keep({ ...this.#visit, ...devices.wanted });
    };
    devices.listen({ stateChanged, trackChanged: nothing, noticed: nothing, speakerChanged: nothing });
  }

  #keep(visit: Visit): void {
    this.#visit = visit;
    visitAt(this.slug).set(visit);
  }

  #refused(error: unknown, name: string | null): void {
    const code = codeOf(error);
    // It was about to be taken back anyway.
    if (!this.#attempt?.cancelled) this.outcome = { kind: 'refused', code, name };
  }

  #replaced(): void {
    this.#gone = 'replaced';
    this.#lost = null;
    this.#engagement = null;
    this.#settle();
  }
}

function online(one: { status: string }): boolean {
  return one.status !== 'offline';
}

/** The date, where the reader is. */
function today(): string {
  return new Date().toDateString();
}

function codeOf(error: unknown): Code | 'session_lost' {
  return error instanceof CommandFailed ? error.code : 'internal';
}
