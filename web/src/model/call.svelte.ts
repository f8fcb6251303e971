// A call as one page lives it, in a room or of a ring: before joining, in it, after it. Holds the decisions; draws
// nothing.

import type {
  ChatMessage,
  Command,
  Event,
  KnockAnswer,
  LeaveReason,
  MediaPath,
  RingEnd,
  RoomSettings,
  RoomSnapshot,
  Topic,
} from '../protocol/generated';
import { browserSurroundings, CommandFailed, Session } from '../protocol/session';
import type { LinkState } from '../protocol/session';
import { codeOf, Membership } from '../room/membership';
import type { Joined } from '../room/membership';
import { tieToPage } from '../room/page-life';
import { tellRoom } from '../room/room-events';
import type { RoomHearing } from '../room/room-events';
import { joinCommand, seatIn, titleOf } from './call-place';
import type { Place } from './call-place';
import { CallFiles } from './call-files.svelte';
import { Panels } from './call-panels.svelte';
import { Chat } from './chat.svelte';
import { Devices } from './devices.svelte';
import { listed } from './formats';
import { Media } from './media.svelte';
import { Notices } from './notices.svelte';
import { OwnPart } from './own-part.svelte';
import type { Person } from './person.svelte';
import { Reactions } from './reactions.svelte';
import { remembered, rememberRoom } from './remembered';
import type { Seat } from './remembered';
import { RoomDoor } from './room-door.svelte';
import { RoomHost } from './room-host.svelte';
import { roomLife, tellUnversioned } from './room-life';
import { Roster } from './roster.svelte';
import { OwnScreen } from './screen.svelte';
import { Stage } from './stage.svelte';
import type { EndReason, Phase } from './types';

const DEFAULT_SETTINGS: RoomSettings = { route: 'auto', publishing: 'everybody', entry: 'open' };

/**
 * So often the seat is said to be still taken, for a browser that crashes. Well within the time it is kept, also where
 * pages that are not looked at may do something only now and then.
 */
const SEAT_EVERY = 10_000;

/** As one comes to a door. */
const ALL_ON: Devices['wanted'] = { microphone: 'on', camera: 'on' };

export class Call {
  readonly place: Place;
  readonly devices: Devices;
  readonly notices = new Notices(() => this.roster.people.length);
  readonly panels = new Panels();
  readonly chat: Chat;
  readonly files: CallFiles;
  readonly media: Media;
  readonly own: OwnPart;
  readonly screen: OwnScreen;
  /** How one looks at the others. */
  readonly stage = new Stage(() => this.devices.looksAway);
  readonly host: RoomHost;
  readonly reactions: Reactions;
  /** What one meets at a room; a ring has none. */
  readonly door: RoomDoor | null;
  phase = $state<Phase>({ kind: 'before' });
  link = $state<LinkState>('connecting');
  settings = $state.raw<RoomSettings>(DEFAULT_SETTINGS);
  startedAt = $state<number | null>(null);
  readonly roster = new Roster((person) => {
    this.notices.add({ kind: 'left', names: [person.name] });
    this.#mediaFollows();
  });
  /** The room, or who else is there. */
  title = $derived.by(() => {
    const names = this.roster.others.map((person) => person.name);
    return this.place.kind === 'room' || names.length === 0 ? titleOf(this.place) : listed(names);
  });
  maySend = $derived(this.settings.publishing === 'everybody' || this.roster.host);

  /** What one is called, or wants to be. */
  get name(): string {
    return this.#name;
  }

  get me(): Person | null {
    return this.roster.me;
  }

  get others(): Person[] {
    return this.roster.others;
  }

  #session: Session;
  #name = '';
  #membership: Membership;
  /** How one's devices were before they were put away. */
  #wanted: Devices['wanted'] = ALL_ON;
  /** The seat that another window has taken over. */
  #replaced: Seat | null = null;
  #disposed = new AbortController();

  #deaf: () => void;
  #roomHearing: RoomHearing;

  constructor(place: Place) {
    this.place = place;
    this.devices = place.kind === 'ring' && place.devices ? place.devices : new Devices();
    this.#session = place.session ?? new Session(browserSurroundings);
    this.link = this.#session.link;
    this.#membership = new Membership(this.#session, {
      take: (room, sameCall) => this.#take(room, sameCall),
      happened: (event) => {
        tellRoom(event, this.#roomHearing);
        this.#mediaFollows();
      },
      said: ({ message }, version) => {
        this.chat.said(message, version);
        this.#message(message);
      },
      chatVersion: () => this.chat.version,
    });
    this.#deaf = this.#session.listen({
      event: (event, topic, version) => this.#event(event, topic, version),
      opened: () => void this.#opened(),
      replaced: () => this.#end('replaced'),
      link: (state) => {
        this.link = state;
        if (state === 'connected') this.media.restartIfBroken();
      },
    });
    this.chat = new Chat(this.#session);
    this.screen = new OwnScreen({
      changed: () => {
        this.media.tracksChanged();
        this.#ownChanged();
      },
      failed: () => this.notices.add({ kind: 'screen_failed' }),
    });
    this.reactions = new Reactions(this.#session);
    this.door = place.kind === 'room' ? new RoomDoor(this.#session, place.room) : null;
    this.host = new RoomHost(this.#session, () =>
      this.notices.add({ kind: 'room', what: { type: 'not_done' } }),
    );
    const { devices, screen } = this;
    const shared = { session: this.#session, devices, screen, maySend: () => this.maySend };
    this.media = new Media(shared);
    this.own = new OwnPart(shared);
    this.files = new CallFiles({
      session: this.#session,
      ice: this.media.ice,
      relayOnly: this.media.relayOnly,
      route: () => this.media.route,
      people: () => this.roster.people.filter(({ feed }) => !feed),
      say: (file) => this.chat.say('', file),
    });
    this.#roomHearing = roomLife(this, {
      self: () => this.#membership.selfId,
      settings: () => this.settings,
      settled: (settings) => this.#setSettings(settings),
      rightsChanged: () => this.own.follow(this.me),
      out: (reason) => this.#end(this.#endOf(reason)),
    });
    this.devices.listen({
      trackChanged: (kind, track) => {
        this.media.tracksChanged();
        if (kind === 'camera' && this.me) this.me.videoTrack = track;
      },
      stateChanged: () => this.#ownChanged(),
      noticed: (kind) => this.notices.add({ kind }),
      speakerChanged: (id) => this.media.useSpeaker(id),
    });
    const signal = this.#disposed.signal;
    // Before the session says goodbye.
    addEventListener('pagehide', () => this.files.leave(), { signal, capture: true });
    addEventListener('pagehide', () => this.#keepSeat(), { signal });
    const keeping = setInterval(() => this.#keepSeat(), SEAT_EVERY);
    signal.addEventListener('abort', () => clearInterval(keeping));
    if (place.kind === 'room') tieToPage(this.#session, signal);
    addEventListener('online', () => this.media.restart(), { signal });
  }

  /**
   * The page has opened: opens the devices. After a reload within a call this goes straight back into it, and into
   * the call of a ring in any case: for that it is called when one has pressed Call or Accept, not before.
   */
  async prepare(): Promise<void> {
    const seat = seatIn(this.place).get();
    if (seat) {
      this.#membership.continuation = seat.continuation;
      this.#name = seat.name;
    }
    if (seat || this.place.kind === 'ring') this.phase = { kind: 'joining' };
    // First of all: within the grace nobody notices that this page was reloaded.
    if (this.place.kind === 'ring') void this.#join('fresh');
    else this.#session.connect();
    const opened = this.place.kind === 'ring' && this.place.devices !== undefined;
    if (!opened) await this.devices.start(seat ?? ALL_ON);
  }

  /** @param password where the room has one; that given last otherwise */
  async join(name: string, password?: string): Promise<void> {
    this.#name = name;
    this.door?.typed(password);
    remembered.name.set(name);
    this.phase = { kind: 'joining' };
    if (this.#session.connected) await this.#join('fresh');
    else this.#session.connect();
  }

  async leave(): Promise<void> {
    this.#end('left');
    // The server frees the seat at once where it can be reached, and by its grace where not.
    await this.#session.command({ type: 'leave' }).catch(() => undefined);
  }

  /** For the host: nobody is in it any more. */
  async endForAll(): Promise<void> {
    this.#end('ended');
    const { phase } = this;
    try {
      await this.#session.command({ type: 'end_room' });
    } catch {
      // Who is in again by now does not go again.
      if (phase !== this.phase) return;
      // Somebody else may be the host by now: then one goes alone.
      this.phase = { kind: 'ended', reason: 'left' };
      await this.#session.command({ type: 'leave' }).catch(() => undefined);
    }
  }

  /** Asks no longer to be let in. */
  async stopKnocking(): Promise<void> {
    if (this.phase.kind !== 'knocking') return;
    this.phase = { kind: 'before' };
    await this.door?.stopKnocking();
    await this.#look();
  }

  async toggleHand(): Promise<void> {
    if (!this.me) return;
    await this.#session.command({ type: 'set_hand', raised: this.me.hand === null }).catch(() => undefined);
  }

  /** From the end page: once more, with the devices as they were. */
  async rejoin(): Promise<void> {
    if (this.phase.kind === 'ended' && this.phase.reason === 'replaced') {
      // This page's session is the other window's now: the page opens anew, in the seat that it had.
      seatIn(this.place).set(this.#replaced);
      location.reload();
      return;
    }
    this.#session.connect();
    this.phase = { kind: 'joining' };
    await this.devices.start(this.#wanted);
    await this.join(this.#name);
  }

  /** From a refusal back to the door. */
  async back(): Promise<void> {
    this.phase = { kind: 'before' };
    // Before a door that is shut nobody's light is on.
    if ((await this.#look()) === 'open') await this.devices.start(this.#wanted);
  }

  /** For the host: what holds from now on. Shown when the server says so. */
  async setRoom(settings: Partial<RoomSettings>): Promise<void> {
    await this.host.set({ ...this.settings, ...settings });
  }

  dispose(): void {
    this.#keepSeat();
    this.#disposed.abort();
    this.#dropEverybody();
    this.files.clear();
    this.media.dispose();
    this.#deaf();
    if (this.place.kind === 'room') this.#session.close();
    this.chat.dispose();
    this.reactions.dispose();
    this.devices.dispose();
    this.screen.stop();
  }

  /** A new session: whoever was inside goes on inside. */
  async #opened(): Promise<void> {
    if (this.phase.kind === 'in_call') await this.#join('kept');
    else if (this.phase.kind === 'joining') await this.#join('fresh');
    else if (this.phase.kind === 'knocking') await this.#knock();
    else if (this.phase.kind === 'before') await this.#look();
  }

  async #look(): Promise<'open' | 'shut'> {
    try {
      const shut = await this.door?.look();
      if (this.phase.kind !== 'before') return 'shut';
      if (!shut) return 'open';
      this.#wanted = ALL_ON;
      this.devices.stop();
      this.phase = { kind: 'refused', code: shut };
    } catch (error) {
      this.#refuse(error);
    }
    return 'shut';
  }

  /** A new session asks anew; the host sees it as the same. */
  async #knock(): Promise<void> {
    this.phase = { kind: 'knocking' };
    const { phase } = this;
    try {
      await this.door?.knock(this.#name, () => phase === this.phase);
    } catch (error) {
      if (phase === this.phase) this.#refuse(error);
    }
  }

  async #knockAnswered(answer: KnockAnswer): Promise<void> {
    if (this.phase.kind !== 'knocking') return;
    switch (answer) {
      case 'admitted':
      case 'opened':
        this.phase = { kind: 'joining' };
        await this.#join('fresh');
        return;
      case 'locked':
        this.#refuse(new CommandFailed('room_locked'));
        return;
      case 'refused':
        this.#putAway();
        this.phase = { kind: 'turned_away' };
    }
  }

  async #join(media: 'kept' | 'fresh'): Promise<void> {
    const { phase } = this;
    try {
      const command = (continuation: string | null, by: MediaPath): Command => {
        const { state: own } = this.own;
        const password = this.door?.password ?? null;
        return joinCommand(this.place, { name: this.#name, own, continuation, media: by, password });
      };
      const still = (): boolean => phase === this.phase;
      const coming = { command, media, still, inside: phase.kind === 'in_call' };
      const reply = await this.#membership.join(coming, () => seatIn(this.place).set(null));
      if (reply) this.#joined(reply);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #joined(reply: Joined): void {
    this.media.ice.set(reply.ice_servers);
    this.startedAt ??= Date.now();
    this.phase = { kind: 'in_call' };
    if (this.place.kind === 'room') rememberRoom(reply.room.name);
    // In a ring the server knows what one is called.
    const me = reply.room.participants.find((participant) => participant.id === reply.participant);
    this.#name = me?.name ?? this.#name;
    this.chat.enter(reply.participant, this.#name);
    this.#membership.take(reply.room);
    // Devices may have changed while the join was on its way.
    this.#ownChanged();
    this.media.sessionBack();
  }

  #refuse(error: unknown): void {
    const code = codeOf(error);
    // The next session asks again by itself.
    if (code === 'session_lost') return;
    const wasInside = this.phase.kind === 'in_call';
    if (wasInside || this.place.kind === 'ring') this.#leaveQuietly();
    seatIn(this.place).set(null);
    this.#membership.continuation = null;
    if (this.door && code === 'knock_first') {
      void this.#knock();
    } else if (this.door && (code === 'password_required' || code === 'password_wrong')) {
      this.door.askFor(code === 'password_wrong' ? 'wrong' : 'missing');
      this.phase = { kind: 'before' };
      if (wasInside) void this.devices.start(this.#wanted);
    } else {
      if (!wasInside) this.#putAway();
      this.phase = { kind: 'refused', code };
    }
  }

  /** Outside for longer: no light. What was on is on again when one tries again. */
  #putAway(): void {
    if (this.place.kind !== 'room') return;
    this.#wanted = this.devices.wanted;
    this.devices.stop();
  }

  /** Brings everything in line with the room as the server has it. */
  #take(room: RoomSnapshot, sameCall: boolean): void {
    // After a restart of the server the others come back one by one; their media goes on meanwhile.
    this.roster.take(room.participants, this.#membership.selfId, sameCall);
    this.roster.hostId = room.host;
    this.host.password = room.password;
    this.host.takeKnocks(room.knocks ?? []);
    this.#setSettings(room.settings);
    this.media.setRoute(room.route, room.generation);
    this.#mediaFollows();
    this.files.limit = room.file_bytes;
    this.chat.take(room.messages, room.chat_version);
  }

  #event(event: Event, topic: Topic, version: number | undefined): void {
    if (this.phase.kind === 'in_call' && topic === 'direct') this.media.direct(event);
    // Signals may be ahead of the answer to the join.
    if (event.type === 'signalled') this.media.signalled(event.from, event.generation, event.signal);
    if (event.type === 'file_signalled')
      this.files.signalled(event.from, event.file, event.attempt, event.signal);
    if (event.type === 'ring_ended') this.#ringEnded(event.ring, event.end);
    if (event.type === 'knock_answered') void this.#knockAnswered(event.answer);
    if (this.phase.kind === 'in_call') tellUnversioned(event, this);
    if (this.phase.kind === 'in_call') this.#membership.event(event, topic, version);
  }

  /** Who looks at the chat sees it there. */
  #message({ from, name, text: written, file }: ChatMessage): void {
    const text = written === '' && file ? file.name : written;
    const seen = this.panels.open === 'chat' && !document.hidden;
    if (from !== this.#membership.selfId && !seen) this.notices.add({ kind: 'message', name, text });
  }

  /** Told before or after one was taken out of the room; who left by themselves knows why. */
  #ringEnded(ring: string, end: RingEnd): void {
    if (this.place.kind !== 'ring' || this.place.ring.id !== ring) return;
    const out = this.phase.kind === 'ended' && this.phase.reason === 'out';
    if (!out && this.phase.kind !== 'in_call' && this.phase.kind !== 'joining') return;
    this.#leaveQuietly();
    this.phase = { kind: 'over', end };
  }

  /** Why one's seat is gone. Of a ring its end says so itself. */
  #endOf(reason: LeaveReason): EndReason {
    if (this.place.kind === 'ring') return 'out';
    return reason === 'removed' || reason === 'ended' ? reason : 'out';
  }

  /** Who may not send any more has devices that are off: no light, and nobody else turns them on again. */
  #setSettings(settings: RoomSettings): void {
    const before = this.settings.publishing;
    this.settings = settings;
    this.own.follow(this.me);
    if (before === settings.publishing || this.roster.host) return;
    this.notices.add({ kind: settings.publishing === 'host' ? 'only_host_sends' : 'everybody_sends' });
  }

  #mediaFollows(): void {
    if (this.me) this.me.videoTrack = this.devices.previewTrack;
    this.media.reconcile(this.me, this.others);
    if (this.phase.kind === 'in_call') this.files.reconcile();
  }

  /** What one's devices do, for the others and for a reload. */
  #ownChanged(): void {
    if (this.phase.kind !== 'in_call') return;
    this.own.follow(this.me);
    this.#keepSeat();
  }

  /** What this page comes back with, if it is opened again within a moment. */
  #keepSeat(): void {
    if (this.#disposed.signal.aborted) return;
    const seat = seatIn(this.place);
    if (this.phase.kind === 'in_call') seat.set(this.#seat());
    // On the way back into it: the next reload finds it as this one did.
    else if (this.phase.kind === 'joining') seat.set(seat.get());
  }

  #seat(): Seat | null {
    const { continuation } = this.#membership;
    return continuation === null ? null : this.own.seat(continuation, this.#name);
  }

  #end(reason: EndReason): void {
    this.#replaced = reason === 'replaced' ? this.#seat() : null;
    this.#leaveQuietly();
    this.phase = { kind: 'ended', reason };
  }

  #leaveQuietly(): void {
    // What has ended already has put them away.
    if (this.phase.kind !== 'ended') this.#wanted = this.devices.wanted;
    seatIn(this.place).set(null);
    this.#membership.forget();
    this.startedAt = null;
    this.settings = DEFAULT_SETTINGS;
    this.own.follow(null);
    this.host.clear();
    this.#dropEverybody();
    this.devices.stop();
    this.screen.stop();
    this.stage.clear();
    this.chat.clear();
    this.files.clear();
    this.notices.clear();
  }

  #dropEverybody(): void {
    this.media.end();
    this.roster.clear();
    this.roster.hostId = null;
  }
}
