// An appointment as who came over a link lives it: before it opens, at the door, waiting, the call, and after it.
// What one is in the middle of is the server's word, so that a page that opens anew goes on where it was.

import type { ClientAppointment, Code, Engagement, Event, OwnAvailability } from '../protocol/generated';
import type { Reach, RingEnd, RingView, WaitingRoom } from '../protocol/generated';
import { appointmentSurroundings, CommandFailed, Session } from '../protocol/session';
import type { LinkState } from '../protocol/session';
import { enterAppointment, ownAppointment } from './api';
import { AppointmentLink } from './appointment-link.svelte';
import type { LinkDesk, LinkWorth } from './appointment-link.svelte';
import { untilAnswered } from '../room/again';
import { Call } from './call.svelte';
import { Devices } from './devices.svelte';
import { OtherTabs } from './other-tabs';
import { tieToPage } from '../room/page-life';
import { attendance, seatOfRing } from './remembered';
import type { Attendance } from './remembered';
import { WaitingChat } from './waiting-chat.svelte';

/** How a call ended for oneself; `left` is one's own doing. */
export type CallEnd = RingEnd | 'left' | 'not_joined';

/** Broken off, and not by anybody: whoever one talked with may still be there, whatever the time. */
export function isBroken(end: CallEnd): boolean {
  return ['interrupted', 'not_joined', 'lost', 'caller_lost', 'callee_lost', 'failed'].includes(end);
}

export type AppointmentView =
  | Exclude<LinkWorth, { kind: 'known' }>
  /** Another window, or another device, goes on as oneself. */
  | { kind: 'elsewhere'; what: 'waiting' | 'call' | 'taken' }
  | { kind: 'early'; appointment: ClientAppointment }
  | { kind: 'door'; appointment: ClientAppointment }
  | { kind: 'waiting'; appointment: ClientAppointment; since: number; held: boolean }
  | { kind: 'call'; appointment: ClientAppointment; call: Call }
  | { kind: 'after'; appointment: ClientAppointment; end: CallEnd };

/** What it needs of the world. */
export interface AppointmentWorld extends LinkDesk {
  session(appointment: string, refused: () => void): Session;
}

const BROWSER: AppointmentWorld = {
  enter: enterAppointment,
  look: ownAppointment,
  session: (appointment, refused) => new Session(appointmentSurroundings(appointment, refused)),
};

/** A page that was left for longer is opened by somebody who has to say anew that they are ready. */
const RETURNS_WITHIN = 60_000;
/** How long a server that is busy for a moment is left alone. */
const AGAIN_AFTER = 2_000;

export class Appointment {
  readonly link: AppointmentLink;
  signal = $state<LinkState>('connecting');
  reach = $state<Reach>('away');
  chat = $state.raw<WaitingChat | null>(null);
  /** Open at the door and while one waits; not while one is on hold, and in the call they are the call's. */
  devices = $state.raw<Devices | null>(null);
  call = $state.raw<Call | null>(null);
  /** Why one cannot wait; told until one tries again. */
  problem = $state<Code | 'session_lost' | null>(null);
  /** It is being said that one is ready. */
  entering = $state(false);
  /** Who of the staff let one in last: where a waiting room is shared, not always who the appointment is with. */
  host = $state<string | null>(null);
  /** The line of the call broke, and one waits again by itself. */
  cutOff = $state(false);
  /** Whether the waiting room has answered. */
  #inside = $state(false);
  #engagement = $state.raw<Engagement | null>(null);
  #after = $state.raw<CallEnd | null>(null);
  #taken = $state(false);
  #active = $state(false);

  #session: { id: string; session: Session; over: AbortController; deaf: () => void } | null = null;
  #person = '';
  #ownVersion = -1;
  #wanted: Pick<Attendance, 'microphone' | 'camera'> = { microphone: 'on', camera: 'on' };
  /** The call that was left: until one asks to come back it is over. */
  #left = '';
  /** One has said that one waits no longer. */
  #stopped = false;
  /** One was ready when the page was left, a moment ago. */
  #returning = false;
  #tabs: OtherTabs;
  #disposed = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    token: string | null,
    private readonly world: AppointmentWorld = BROWSER,
  ) {
    this.link = new AppointmentLink(token, world, (state) => this.#linkChanged(state));
    this.#tabs = new OtherTabs(
      'appointment',
      () => this.#person,
      () => this.#otherTab(),
    );
    const { signal } = this.#disposed;
    addEventListener('pagehide', () => this.#keep(Date.now()), { signal });
    addEventListener('pageshow', () => this.#keep(), { signal });
  }

  /** The page has opened. */
  start(): void {
    void this.link.ask();
  }

  /** One is there, and one's devices may be used: waits, or goes straight into the call that goes on. */
  async ready(): Promise<void> {
    await this.#ready(() => this.#command({ type: 'be_ready' }));
  }

  /** By itself, in a new session: what the server is too busy for is said again. */
  async #readyAgain(): Promise<void> {
    const session = this.#session;
    const still = (): boolean => session === this.#session && this.#active;
    await this.#ready(() => untilAnswered(() => this.#command({ type: 'be_ready' }), { still }));
  }

  async #ready(say: () => ReturnType<Session['command']>): Promise<void> {
    if (this.entering) return;
    this.entering = true;
    this.problem = null;
    this.#left = '';
    this.#stopped = false;
    this.#setActive(true);
    this.#tabs.take();
    try {
      const reply = await say();
      this.#after = null;
      if (reply.type === 'own') this.#own(reply.own);
    } catch (error) {
      this.#notReady(codeOf(error));
    } finally {
      this.entering = false;
      this.#settle();
    }
  }

  async stopWaiting(): Promise<void> {
    this.#engagement = null;
    this.cutOff = false;
    this.#stopped = true;
    this.#setActive(false);
    this.#settle();
    await this.#command({ type: 'leave_waiting_room' }).catch(() => undefined);
  }

  /** Takes over from another window or device. */
  async continueHere(): Promise<void> {
    this.#setActive(true);
    this.#tabs.take();
    if (this.#taken) {
      // The session of this page has come to its end.
      this.#keep(Date.now());
      location.reload();
      return;
    }
    const engagement = this.#engagement;
    if (engagement?.type === 'in_call') this.#enter(engagement.ring);
    else await this.ready();
  }

  /** The call's own word on its end, from its screen: oneself left it, or it could not be joined. */
  callEnded(call: Call): void {
    if (call !== this.call || call.place.kind !== 'ring') return;
    const { phase, place } = call;
    if (phase.kind === 'ended' && phase.reason === 'left') {
      this.#left = place.ring.id;
      this.#over('left');
    } else if (phase.kind === 'refused') {
      this.#dropCall();
      // One's seat was given up while the line was away: whoever is still there gets one back.
      if (phase.code === 'ring_unknown') void this.#comeBack();
      else this.#over('not_joined');
    }
  }

  dispose(): void {
    this.#disposed.abort();
    clearTimeout(this.#timer);
    const type = this.call ? 'leave' : 'leave_waiting_room';
    if (this.#active && this.#engagement) this.#command({ type }).catch(() => undefined);
    this.#closeSession();
    this.#tabs.close();
    this.link.dispose();
  }

  /**
   * All of what it is made of is read first, whatever comes of it: a component that goes while this changes has it
   * made from the state before, and only what was read then would be followed from there on.
   */
  get view(): AppointmentView {
    const { state, latest } = this.link;
    const { call } = this;
    const [engagement, after] = [this.#engagement, this.#after];
    const [taken, inside, active] = [this.#taken, this.#inside, this.#active];
    if (taken) return { kind: 'elsewhere', what: 'taken' };
    // What goes on is not cut off because its time is over.
    if (call && latest) return { kind: 'call', appointment: latest, call };
    if (state.kind !== 'known') return state;
    const { appointment } = state;
    if (appointment.phase === 'early') return { kind: 'early', appointment };
    if (!inside) return { kind: 'loading' };
    if (engagement?.type === 'attending') {
      if (!active) return { kind: 'elsewhere', what: 'waiting' };
      return { kind: 'waiting', appointment, since: engagement.since, held: engagement.held };
    }
    if (engagement?.type === 'in_call' && engagement.ring.id !== this.#left) {
      return active ? { kind: 'loading' } : { kind: 'elsewhere', what: 'call' };
    }
    return after ? { kind: 'after', appointment, end: after } : { kind: 'door', appointment };
  }

  #linkChanged(state: LinkWorth): void {
    if (this.#taken) return;
    if (state.kind === 'known' && state.appointment.phase === 'open') {
      if (this.#session?.id !== state.appointment.id) this.#openSession(state.appointment.id);
    } else if (state.kind !== 'loading' && !this.call) {
      // Moved to another day, or nobody may come in any more.
      this.#closeSession();
    }
  }

  #openSession(id: string): void {
    this.#closeSession();
    const kept = attendance.get();
    const mine = kept?.appointment === id ? kept : null;
    this.#wanted = { microphone: mine?.microphone ?? 'on', camera: mine?.camera ?? 'on' };
    this.#active = mine?.active ?? false;
    this.#returning = mine?.active === true && Date.now() - (mine.leftAt ?? 0) < RETURNS_WITHIN;
    const over = new AbortController();
    const session = this.world.session(id, () => void this.link.ask());
    const deaf = session.listen({
      opened: () => void this.#opened(),
      event: (event) => this.#event(event),
      link: (link) => (this.signal = link),
      replaced: () => this.#replaced(),
      linkEnded: () => this.#linkEnded(),
    });
    this.#session = { id, session, over, deaf };
    this.signal = session.link;
    tieToPage(session, over.signal);
    this.#keep();
    session.connect();
  }

  #closeSession(): void {
    this.#dropCall();
    this.chat?.dispose();
    this.chat = null;
    this.#engagement = null;
    this.#after = null;
    this.#inside = false;
    this.cutOff = false;
    this.#letGo();
    const open = this.#session;
    this.#session = null;
    open?.deaf();
    open?.over.abort();
    open?.session.close();
  }

  /** A new session, the first one included: versions of the one before say nothing about it. */
  async #opened(): Promise<void> {
    const session = this.#session;
    try {
      const reply = await this.#command({ type: 'open_waiting_room' });
      if (reply.type === 'waiting_room' && session === this.#session) this.#cameIn(reply.waiting_room);
    } catch (error) {
      const code = codeOf(error);
      if (session !== this.#session || code === 'session_lost') return;
      // What became of the appointment is told by the link; the rest passes.
      this.#again(async () => {
        await this.link.ask();
        if (session !== null && session === this.#session) await this.#opened();
      });
    }
  }

  #cameIn(room: WaitingRoom): void {
    const appointment = this.link.latest;
    const session = this.#session?.session;
    if (!appointment || !session) return;
    this.#person = room.person;
    this.reach = room.reach;
    this.chat ??= new WaitingChat(appointment.id, { id: room.person, name: appointment.name }, session);
    this.chat.take(room.chat);
    this.#inside = true;
    this.#ownVersion = -1;
    const before = this.#engagement;
    const first = before === null && this.#returning;
    this.#returning = false;
    this.#own(room.own);
    // A server that has started anew knows of nobody who waits; so does one that was left a moment too long.
    if (this.#active && !this.#engagement && !this.call && (first || before)) void this.#readyAgain();
    else if (this.#active && !this.#engagement && !this.call && !this.entering) this.#setActive(false);
  }

  #event(event: Event): void {
    // Before the call itself hears of it, and stops them.
    if (this.call?.phase.kind === 'in_call') this.#want(this.call.devices.wanted);
    switch (event.type) {
      case 'own_changed':
        this.#own(event.own);
        return;
      case 'reach_changed':
        this.reach = event.reach;
        return;
      case 'appointment_changed':
        if (event.appointment === this.#session?.id) void this.link.ask();
        return;
      case 'ring_ended':
        this.#ringEnded(event.ring, event.end);
        return;
      default:
        return;
    }
  }

  /** What one is in the middle of now. */
  #own(own: OwnAvailability): void {
    if (own.version <= this.#ownVersion) return;
    this.#ownVersion = own.version;
    const engagement = own.engagement ?? null;
    const before = this.#engagement;
    this.#engagement = engagement;
    if (engagement?.type === 'in_call') {
      if (this.#stopped) void this.#hangUp(engagement.ring);
      if (this.#active && !this.call && engagement.ring.id !== this.#left) this.#enter(engagement.ring);
    } else if (engagement?.type === 'attending') {
      // Told ahead of the call's end: sent back to wait, or cut off.
      if (this.call) {
        this.cutOff = !engagement.held;
        this.#dropCall();
      }
      this.#after = null;
      if (engagement.held) this.cutOff = false;
    } else if (before?.type === 'attending' && this.cutOff && this.#active && !this.entering) {
      // It was one's own line, and the call goes on: whoever is still there gets their seat back.
      void this.#comeBack();
    }
    this.#settle();
  }

  #ringEnded(ring: string, end: RingEnd): void {
    const { place } = this.call ?? {};
    if (place?.kind !== 'ring' || place.ring.id !== ring) return;
    if (this.call?.phase.kind === 'ended' && this.call.phase.reason === 'left') {
      this.#left = ring;
      this.#over('left');
      return;
    }
    this.#over(end);
  }

  /** The call is over for oneself. Who was held or cut off waits again; what the server makes of it comes next. */
  #over(end: CallEnd): void {
    this.#dropCall();
    const again = end === 'held' || end === 'lost';
    this.cutOff = end === 'lost';
    if (again && this.#engagement === null) {
      // The server has said already that one waits nowhere.
      void this.#comeBack();
      return;
    }
    if (this.#engagement?.type !== 'attending') {
      const appointment = this.#session?.id ?? '';
      const since = this.link.time.read();
      this.#engagement = again ? { type: 'attending', appointment, since, held: end === 'held' } : null;
      this.#after = again ? null : end;
    }
    if (!again) this.#setActive(false);
    if (end === 'closed') void this.link.ask();
    this.#settle();
    // What the link is worth may have been told while the call went on.
    if (this.link.state.kind !== 'known' || this.link.state.appointment.phase === 'early') {
      this.#linkChanged(this.link.state);
    }
  }

  /** One's seat is gone, and one did not get up: waits again, or is back in the call at once. */
  async #comeBack(): Promise<void> {
    this.#engagement = null;
    await this.ready();
    const { kind } = this.view;
    this.cutOff = kind === 'waiting';
    if (kind === 'door' && !this.#returning) this.#over('interrupted');
  }

  #enter(ring: RingView): void {
    const session = this.#session?.session;
    if (this.call || !session) return;
    this.host = ring.callee.name;
    this.#after = null;
    this.cutOff = false;
    this.problem = null;
    // After a reload in the call they come back as they were in it.
    const devices = seatOfRing(ring.id).get() === null ? (this.devices ?? this.#openDevices()) : null;
    this.devices?.listen(null);
    if (!devices) this.devices?.dispose();
    this.devices = null;
    this.call = new Call({ kind: 'ring', ring, session, as: 'visitor', ...(devices ? { devices } : {}) });
    void this.call.prepare();
  }

  /** Let in at the moment one stopped waiting: nobody shall wait there for somebody who does not come. */
  async #hangUp(ring: RingView): Promise<void> {
    this.#stopped = false;
    this.#left = ring.id;
    const command = { type: 'join_call', ring: ring.id, media: 'fresh' } as const;
    try {
      await this.#command({ ...command, microphone: 'absent', camera: 'off' });
      await this.#command({ type: 'leave' });
    } catch (error) {
      console.debug('not hung up', error);
    }
  }

  #dropCall(): void {
    const call = this.call;
    this.call = null;
    call?.dispose();
    if (call?.place.kind === 'ring') seatOfRing(call.place.ring.id).set(null);
  }

  /** Devices are open at the door and while one waits, and not while one is on hold or waits somewhere else. */
  #settle(): void {
    if (this.call) return;
    const { kind } = this.view;
    const held = this.view.kind === 'waiting' && this.view.held;
    if ((kind === 'door' || kind === 'waiting') && !held) this.devices ??= this.#openDevices();
    else if (kind !== 'loading') this.#letGo();
  }

  #openDevices(): Devices {
    const devices = new Devices();
    const nothing = (): void => undefined;
    // The call listens to them itself.
    const stateChanged = (): void => {
      const { microphone, camera } = devices;
      if (microphone.kind !== 'starting' && camera.kind !== 'starting') this.#want(devices.wanted);
    };
    void devices.start(this.#wanted).then(() => {
      if (this.devices !== devices) return;
      devices.listen({ stateChanged, trackChanged: nothing, noticed: nothing, speakerChanged: nothing });
    });
    return devices;
  }

  #letGo(): void {
    this.devices?.dispose();
    this.devices = null;
  }

  #want(wanted: Pick<Attendance, 'microphone' | 'camera'>): void {
    const { microphone, camera } = this.#wanted;
    if (microphone === wanted.microphone && camera === wanted.camera) return;
    this.#wanted = wanted;
    this.#keep();
  }

  #setActive(active: boolean): void {
    this.#active = active;
    this.#keep();
  }

  #keep(leftAt: number | null = null): void {
    const appointment = this.link.latest?.id;
    if (appointment !== undefined)
      attendance.set({ appointment, active: this.#active, leftAt, ...this.#wanted });
  }

  #notReady(code: Code | 'session_lost'): void {
    // The next session says so once more.
    if (code === 'session_lost') {
      this.#returning = true;
      return;
    }
    this.#setActive(false);
    if (code === 'too_early' || code === 'appointment_over') void this.link.ask();
    else this.problem = code;
  }

  #otherTab(): void {
    this.#setActive(false);
    // In the call the server takes the seat away.
    this.#settle();
  }

  #replaced(): void {
    this.#taken = true;
    this.#setActive(false);
    this.#closeSession();
  }

  /** The link was taken back: nothing of this page goes on. Why is told by the link. */
  #linkEnded(): void {
    this.#setActive(false);
    this.#closeSession();
    this.link.doubt();
  }

  #command(command: Parameters<Session['command']>[0]): ReturnType<Session['command']> {
    return this.#session?.session.command(command) ?? Promise.reject(new CommandFailed('session_lost'));
  }

  #again(run: () => Promise<void>): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void run(), AGAIN_AFTER);
  }
}

function codeOf(error: unknown): Code | 'session_lost' {
  return error instanceof CommandFailed ? error.code : 'internal';
}
