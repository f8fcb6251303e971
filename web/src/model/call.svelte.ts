// A call as one page lives it, in a room or of a ring: before joining, in it, after it. Holds the decisions; draws
// nothing.

import type { Event, Reply, RingEnd, RoomSettings, RoomSnapshot, Topic } from '../protocol/generated';
import { browserSurroundings, CommandFailed, Session } from '../protocol/session';
import type { LinkState } from '../protocol/session';
import { isPassing, untilAnswered } from './again';
import { joinCommand, seatIn, titleOf } from './call-place';
import type { Place } from './call-place';
import { Chat } from './chat.svelte';
import { Devices } from './devices.svelte';
import { Media } from './media.svelte';
import { Notices } from './notices.svelte';
import { OwnPart } from './own-part.svelte';
import { tieToPage } from './page-life';
import type { Person } from './person.svelte';
import { remembered, rememberRoom } from './remembered';
import { Roster } from './roster.svelte';
import type { Phase } from './types';

const DEFAULT_SETTINGS: RoomSettings = { route: 'auto', publishing: 'everybody' };

export class Call {
  readonly place: Place;
  readonly devices: Devices;
  readonly notices = new Notices();
  readonly chat: Chat;
  readonly media: Media;
  readonly own: OwnPart;
  phase = $state<Phase>({ kind: 'before' });
  link = $state<LinkState>('connecting');
  settings = $state.raw<RoomSettings>(DEFAULT_SETTINGS);
  /** Names of those inside, seen from outside; null while it is not known. */
  present = $state.raw<string[] | null>(null);
  limit = $state<number | null>(null);
  startedAt = $state<number | null>(null);
  readonly roster = new Roster((person) => {
    this.notices.add({ kind: 'left', names: [person.name] });
    this.#mediaFollows();
  });
  /** The room, or who else is there. */
  title = $derived.by(() => {
    const names = this.roster.others.map((person) => person.name);
    return this.place.kind === 'room' || names.length === 0 ? titleOf(this.place) : names.join(', ');
  });
  maySend = $derived(this.settings.publishing === 'everybody' || this.roster.host);

  get me(): Person | null {
    return this.roster.me;
  }

  get others(): Person[] {
    return this.roster.others;
  }

  #session: Session;
  #name = '';
  #continuation: string | null = null;
  /** How often it was asked to be let in: of two that ask, the later one goes on. */
  #joins = 0;
  #selfId = '';
  #callId = '';
  #version = 0;
  #refreshing = false;
  #disposed = new AbortController();

  #deaf: () => void;

  constructor(place: Place) {
    this.place = place;
    this.devices = place.kind === 'ring' && place.devices ? place.devices : new Devices();
    this.#session = place.kind === 'ring' ? place.session : new Session(browserSurroundings);
    this.link = this.#session.link;
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
    const shared = { session: this.#session, devices: this.devices, maySend: () => this.maySend };
    this.media = new Media(shared);
    this.own = new OwnPart(shared);
    this.devices.listen({
      trackChanged: (kind, track) => {
        this.media.tracksChanged();
        if (kind === 'camera' && this.me) this.me.videoTrack = track;
      },
      stateChanged: () => this.#ownChanged(),
      deviceLost: (kind, replaced) => this.notices.add({ kind: `${kind}_${replaced ? 'changed' : 'lost'}` }),
      speakerChanged: (id) => this.media.useSpeaker(id),
    });
    const signal = this.#disposed.signal;
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
      this.#continuation = seat.continuation;
      this.#name = seat.name;
    }
    if (seat || this.place.kind === 'ring') this.phase = { kind: 'joining' };
    // First of all: within the grace nobody notices that this page was reloaded.
    if (this.place.kind === 'ring') void this.#join('fresh');
    else this.#session.connect();
    const opened = this.place.kind === 'ring' && this.place.devices !== undefined;
    if (!opened) await this.devices.start(seat ?? { microphone: 'on', camera: 'on' });
  }

  async join(name: string): Promise<void> {
    this.#name = name;
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

  /** From the end page: once more, with the devices as they were. */
  async rejoin(): Promise<void> {
    if (this.phase.kind === 'ended' && this.phase.reason === 'replaced') {
      // This page's session is the other window's now.
      location.reload();
      return;
    }
    this.#session.connect();
    this.phase = { kind: 'joining' };
    await this.devices.start({ microphone: 'on', camera: 'on' });
    await this.join(this.#name);
  }

  /** From a refusal back to the door. */
  back(): void {
    this.phase = { kind: 'before' };
    void this.#look();
  }

  /** For the host: what holds from now on. Shown when the server says so. */
  async setRoom(settings: Partial<RoomSettings>): Promise<void> {
    const command = { type: 'set_room', settings: { ...this.settings, ...settings } } as const;
    // Somebody else may be the host by now; then it stays as it is.
    await this.#session.command(command).catch(() => undefined);
  }

  dispose(): void {
    this.#disposed.abort();
    this.#dropEverybody();
    this.media.dispose();
    this.#deaf();
    if (this.place.kind === 'room') this.#session.close();
    this.chat.dispose();
    this.devices.dispose();
  }

  /** A new session: whoever was inside goes on inside. */
  async #opened(): Promise<void> {
    if (this.phase.kind === 'in_call') await this.#join('kept');
    else if (this.phase.kind === 'joining') await this.#join('fresh');
    else if (this.phase.kind === 'before') await this.#look();
  }

  async #look(): Promise<void> {
    if (this.place.kind !== 'room') return;
    try {
      const reply = await this.#session.command({ type: 'look', room: this.place.room });
      if (reply.type !== 'summary') return;
      this.present = reply.room.present;
      this.limit = reply.room.limit;
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #join(media: 'kept' | 'fresh'): Promise<void> {
    try {
      const { state: own } = this.own;
      const continuation = this.#continuation;
      const command = joinCommand(this.place, { name: this.#name, own, continuation, media });
      const [asked, phase] = [++this.#joins, this.phase];
      // What the server cannot do in this moment is no reason to be sent away.
      const reply = await untilAnswered(() => this.#session.command(command), {
        still: () => asked === this.#joins && phase === this.phase,
        passes: (code) => code === 'try_again' || (phase.kind === 'in_call' && isPassing(code)),
      });
      if (reply.type === 'joined') this.#joined(reply);
    } catch (error) {
      if (error instanceof CommandFailed && error.code === 'continuation_invalid') {
        // Too old, or of a server that has new keys: come in as somebody new.
        this.#continuation = null;
        seatIn(this.place).set(null);
        await this.#join('fresh');
      } else {
        this.#refuse(error);
      }
    }
  }

  #joined(reply: Extract<Reply, { type: 'joined' }>): void {
    this.#continuation = reply.continuation;
    this.#selfId = reply.participant;
    this.media.ice.set(reply.ice_servers);
    this.startedAt ??= Date.now();
    this.phase = { kind: 'in_call' };
    if (this.place.kind === 'room') rememberRoom(reply.room.name);
    // In a ring the server knows what one is called.
    const me = reply.room.participants.find((participant) => participant.id === this.#selfId);
    this.#name = me?.name ?? this.#name;
    this.chat.enter(this.#selfId, this.#name);
    this.#take(reply.room);
    // Devices may have changed while the join was on its way.
    this.#ownChanged();
    this.media.sessionBack();
  }

  #refuse(error: unknown): void {
    const code = error instanceof CommandFailed ? error.code : 'internal';
    // The next session asks again by itself.
    if (code === 'session_lost') return;
    if (this.phase.kind === 'in_call' || this.place.kind === 'ring') this.#leaveQuietly();
    seatIn(this.place).set(null);
    this.#continuation = null;
    this.phase = { kind: 'refused', code };
  }

  /** Brings everything in line with the room as the server has it. */
  #take(room: RoomSnapshot): void {
    const sameCall = this.#callId === room.call;
    this.#callId = room.call;
    this.#version = room.version;
    // After a restart of the server the others come back one by one; their media goes on meanwhile.
    this.roster.take(room.participants, this.#selfId, sameCall);
    this.#setSettings(room.settings);
    this.media.setRoute(room.route, room.generation);
    this.#mediaFollows();
    this.chat.take(room.messages, room.chat_version);
  }

  #event(event: Event, topic: Topic, version: number | undefined): void {
    if (this.phase.kind === 'in_call' && topic === 'direct') this.media.direct(event);
    // Signals may be ahead of the answer to the join.
    if (event.type === 'signalled') this.media.signalled(event.from, event.generation, event.signal);
    if (event.type === 'ring_ended') this.#ringEnded(event.ring, event.end);
    if (topic !== 'room' && topic !== 'chat') return;
    if (this.phase.kind !== 'in_call' || version === undefined) return;
    const known = topic === 'room' ? this.#version : this.chat.version;
    if (version <= known) return;
    if (version > known + 1) {
      void this.#refresh();
      return;
    }
    if (topic === 'room') {
      this.#version = version;
      this.#roomEvent(event);
      this.#mediaFollows();
    } else if (event.type === 'message_said') {
      this.chat.said(event.message, version);
    }
  }

  #roomEvent(event: Event): void {
    switch (event.type) {
      case 'participant_joined': {
        const back = this.roster.misses(event.participant.id);
        this.roster.upsert(event.participant, this.#selfId);
        if (!back && event.participant.id !== this.#selfId) {
          this.notices.add({ kind: 'joined', names: [event.participant.name] });
        }
        return;
      }
      case 'participant_changed':
        this.roster.upsert(event.participant, this.#selfId);
        return;
      case 'participant_left': {
        const person = this.roster.find(event.participant);
        if (!person) return;
        if (person.self) {
          this.#leaveQuietly();
          this.phase = { kind: 'ended', reason: 'removed' };
          return;
        }
        this.roster.remove(person);
        this.notices.add({ kind: 'left', names: [person.name] });
        return;
      }
      case 'media_routed':
        this.media.setRoute(event.route, event.generation);
        return;
      case 'settings_changed':
        this.#setSettings(event.settings);
        return;
      case 'message_said':
      case 'signalled':
      case 'slots_assigned':
      case 'layers_wanted':
      case 'active_speaker':
      case 'media_lost':
      case 'representative_changed':
      case 'waiting_changed':
      case 'desk_changed':
      case 'queue_changed':
      case 'queue_moved':
      case 'own_changed':
      case 'ring_ended':
      case 'visit_changed':
      case 'appointment_changed':
      case 'reach_changed':
      case 'waiting_message_said':
      case 'member_joined':
      case 'member_changed':
      case 'member_left':
      case 'member_gone':
      case 'room_counted':
      case 'lounge_changed':
      case 'posted':
      case 'message_changed':
      case 'conversation_marked':
      case 'conversation_changed':
      case 'typed':
      case 'service_changed':
        return;
      default:
        event satisfies never;
    }
  }

  /** Told before or after one was taken out of the room; who left by themselves knows why. */
  #ringEnded(ring: string, end: RingEnd): void {
    if (this.place.kind !== 'ring' || this.place.ring.id !== ring) return;
    const removed = this.phase.kind === 'ended' && this.phase.reason === 'removed';
    if (!removed && this.phase.kind !== 'in_call' && this.phase.kind !== 'joining') return;
    this.#leaveQuietly();
    this.phase = { kind: 'over', end };
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
  }

  /** Something was missed: the whole once more. */
  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      const reply = await this.#session.command({ type: 'snapshot' });
      if (reply.type === 'snapshot') this.#take(reply.room);
    } catch (error) {
      console.debug('no snapshot', error);
    } finally {
      this.#refreshing = false;
    }
  }

  /** What one's devices do, for the others and for a reload. */
  #ownChanged(): void {
    if (this.phase.kind !== 'in_call') return;
    this.own.follow(this.me);
    if (this.#continuation) seatIn(this.place).set(this.own.seat(this.#continuation, this.#name));
  }

  #end(reason: 'left' | 'replaced'): void {
    this.#leaveQuietly();
    this.phase = { kind: 'ended', reason };
  }

  #leaveQuietly(): void {
    seatIn(this.place).set(null);
    this.#continuation = null;
    this.#callId = '';
    this.startedAt = null;
    this.settings = DEFAULT_SETTINGS;
    this.own.follow(null);
    this.#dropEverybody();
    this.devices.stop();
    this.chat.clear();
  }

  #dropEverybody(): void {
    this.media.end();
    this.roster.clear();
  }
}
