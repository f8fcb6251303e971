// A room as one page lives it: before joining, in the call, after it. Holds the decisions; draws nothing.

import type {
  Event,
  IceServer,
  Participant,
  Reply,
  RoomSnapshot,
  Signal,
  Topic,
} from '../protocol/generated';
import { browserSurroundings, CommandFailed, Session } from '../protocol/session';
import type { LinkState } from '../protocol/session';
import { SpeechDetector } from '../rtc/level';
import { Peer } from '../rtc/peer';
import { judge, read } from '../rtc/statistics';
import { Chat } from './chat.svelte';
import { Devices } from './devices.svelte';
import { Person } from './person.svelte';
import { remembered, rememberRoom, seatOf } from './remembered';
import type { Notice, Phase } from './types';

const STATISTICS_EVERY = 2_000;
/** TURN credentials are good for five minutes. */
const ICE_SERVERS_FRESH_FOR = 240_000;
/** After a server restart others may need a moment to come back: they are kept for as long as a grace. */
const MISSING_FOR = 15_000;
const NOTICE_FOR = 5_000;
/** Kept in mind while a signal may be for a peer that is being built. */
const MAX_EARLY_SIGNALS = 200;

interface EarlySignal {
  from: string;
  generation: number;
  signal: Signal;
}

export class Call {
  readonly room: string;
  readonly devices = new Devices();
  readonly chat: Chat;
  phase = $state<Phase>({ kind: 'before' });
  link = $state<LinkState>('connecting');
  people = $state.raw<Person[]>([]);
  /** Names of those inside, seen from outside; null while it is not known. */
  present = $state.raw<string[] | null>(null);
  limit = $state<number | null>(null);
  startedAt = $state<number | null>(null);
  notices = $state.raw<Notice[]>([]);
  /** The browser plays no sound before a gesture. */
  audioBlocked = $state(false);
  /** One speaks, but is muted. */
  mutedWhileSpeaking = $state(false);
  me = $derived(this.people.find((person) => person.self) ?? null);
  others = $derived(this.people.filter((person) => !person.self));

  #session: Session;
  #name = '';
  #continuation: string | null = null;
  #selfId = '';
  #callId = '';
  #version = 0;
  #iceServers: IceServer[] = [];
  #iceServersAt = 0;
  #early: EarlySignal[] = [];
  #missing = new Map<string, ReturnType<typeof setTimeout>>();
  #refreshing = false;
  #noticeId = 0;
  #disposed = new AbortController();
  #statistics: ReturnType<typeof setInterval> | undefined;
  #speech = new SpeechDetector();
  #relayOnly: boolean;

  /** @param room as typed */
  constructor(room: string) {
    this.room = room;
    // A switch for support: whether a network's trouble is the direct path.
    this.#relayOnly = new URLSearchParams(location.search).has('relay');
    this.#session = new Session(browserSurroundings, {
      event: (event, topic, version) => this.#event(event, topic, version),
      opened: () => void this.#opened(),
      replaced: () => this.#end('replaced'),
      link: (state) => {
        this.link = state;
        if (state === 'connected') for (const person of this.others) void person.peer?.restartIfBroken();
      },
    });
    this.chat = new Chat(this.#session);
    this.devices.listen({
      trackChanged: (kind, track) => {
        for (const person of this.others) void person.peer?.setTrack(kind, track);
        if (kind === 'camera' && this.me) this.me.videoTrack = track;
      },
      stateChanged: () => void this.#announceDevices(),
      deviceLost: (kind, replaced) => this.#notify({ kind: `${kind}_${replaced ? 'changed' : 'lost'}` }),
      speakerChanged: (id) => {
        for (const person of this.others) void person.useSpeaker(id);
      },
    });
    this.devices.onLevel((level) => this.#ownLevel(level));
    const signal = this.#disposed.signal;
    addEventListener('pagehide', () => this.#session.hide(), { signal });
    addEventListener('pageshow', (show) => show.persisted && this.#session.connect(), { signal });
    addEventListener('online', () => this.#backOnline(), { signal });
    document.addEventListener('visibilitychange', () => !document.hidden && this.#session.connect(), {
      signal,
    });
  }

  /** The page has opened. After a reload within a call this goes straight back into it. */
  async prepare(): Promise<void> {
    const seat = seatOf(this.room).get();
    if (seat) {
      this.#continuation = seat.continuation;
      this.#name = seat.name;
      this.phase = { kind: 'joining' };
    }
    // First of all: within the grace nobody notices that this page was reloaded.
    this.#session.connect();
    await this.devices.start(seat ?? { microphone: 'on', camera: 'on' });
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

  async unblockAudio(): Promise<void> {
    await Promise.all(this.others.map((person) => person.resumeAudio()));
    this.audioBlocked = false;
  }

  dismiss(noticeId: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== noticeId);
  }

  dispose(): void {
    this.#disposed.abort();
    this.#dropEverybody();
    this.#session.close();
    this.chat.dispose();
    this.devices.dispose();
  }

  /** A new session: whoever was inside goes on inside. */
  async #opened(): Promise<void> {
    if (this.phase.kind === 'in_call') await this.#join('kept');
    else if (this.phase.kind === 'joining') await this.#join('fresh');
    else await this.#look();
  }

  async #look(): Promise<void> {
    try {
      const reply = await this.#session.command({ type: 'look', room: this.room });
      if (reply.type !== 'summary') return;
      this.present = reply.room.present;
      this.limit = reply.room.limit;
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #join(media: 'kept' | 'fresh'): Promise<void> {
    try {
      const reply = await this.#session.command({
        type: 'join',
        room: this.room,
        name: this.#name,
        ...this.#announced(),
        ...(this.#continuation ? { continuation: this.#continuation } : {}),
        media,
      });
      if (reply.type === 'joined') this.#joined(reply);
    } catch (error) {
      if (error instanceof CommandFailed && error.code === 'continuation_invalid') {
        // Too old, or of a server that has new keys: come in as somebody new.
        this.#continuation = null;
        seatOf(this.room).set(null);
        await this.#join('fresh');
      } else {
        this.#refuse(error);
      }
    }
  }

  #joined(reply: Extract<Reply, { type: 'joined' }>): void {
    this.#continuation = reply.continuation;
    this.#selfId = reply.participant;
    this.#setIceServers(reply.ice_servers);
    this.startedAt ??= Date.now();
    this.phase = { kind: 'in_call' };
    rememberRoom(reply.room.name);
    this.#rememberSeat();
    this.chat.enter(this.#selfId, this.#name);
    this.#take(reply.room);
    // Devices may have changed while the join was on its way.
    void this.#announceDevices();
    this.#statistics ??= setInterval(() => void this.#measure(), STATISTICS_EVERY);
  }

  #refuse(error: unknown): void {
    const code = error instanceof CommandFailed ? error.code : 'internal';
    // The next session asks again by itself.
    if (code === 'session_lost') return;
    if (this.phase.kind === 'in_call') this.#leaveQuietly();
    seatOf(this.room).set(null);
    this.#continuation = null;
    this.phase = { kind: 'refused', code };
  }

  /** Brings everything in line with the room as the server has it. */
  #take(room: RoomSnapshot): void {
    const sameCall = this.#callId === room.call;
    this.#callId = room.call;
    this.#version = room.version;
    const present = new Set(room.participants.map((participant) => participant.id));
    for (const person of this.people) {
      if (present.has(person.id)) continue;
      // After a restart of the server the others come back one by one; their media goes on meanwhile.
      if (sameCall && person.peer) this.#await(person);
      else this.#remove(person);
    }
    for (const participant of room.participants) this.#upsert(participant);
    this.chat.take(room.messages, room.chat_version);
  }

  #event(event: Event, topic: Topic, version: number | undefined): void {
    if (topic === 'direct') {
      if (event.type === 'signalled') this.#signalled(event.from, event.generation, event.signal);
      return;
    }
    if (this.phase.kind !== 'in_call' || version === undefined) return;
    const known = topic === 'room' ? this.#version : this.chat.version;
    if (version <= known) return;
    if (version > known + 1) {
      void this.#refresh();
      return;
    }
    if (topic === 'room') this.#version = version;
    switch (event.type) {
      case 'participant_joined': {
        const back = this.#missing.has(event.participant.id);
        this.#upsert(event.participant);
        if (!back && event.participant.id !== this.#selfId) {
          this.#notify({ kind: 'joined', name: event.participant.name });
        }
        return;
      }
      case 'participant_changed':
        this.#upsert(event.participant);
        return;
      case 'participant_left': {
        const person = this.people.find((one) => one.id === event.participant);
        if (!person) return;
        if (person.self) {
          this.#leaveQuietly();
          this.phase = { kind: 'ended', reason: 'removed' };
          return;
        }
        this.#remove(person);
        this.#notify({ kind: 'left', name: person.name });
        return;
      }
      case 'message_said':
        this.chat.said(event.message, version);
        return;
      case 'signalled':
        return;
      default:
        event satisfies never;
    }
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

  #upsert(participant: Participant): void {
    const self = participant.id === this.#selfId;
    clearTimeout(this.#missing.get(participant.id));
    this.#missing.delete(participant.id);
    let person = this.people.find((one) => one.id === participant.id);
    const epochBefore = person?.epoch;
    if (person) {
      person.update(participant);
    } else {
      person = new Person(participant, self);
      if (self) person.videoTrack = this.devices.previewTrack;
      this.people = [...this.people, person].sort((a, b) => a.order - b.order);
    }
    if (self) {
      // Towards everybody a new generation has begun.
      if (epochBefore !== undefined && epochBefore !== participant.epoch) {
        for (const other of this.others) this.#connect(other);
      }
    } else if (!person.peer || epochBefore !== participant.epoch) {
      this.#connect(person);
    }
  }

  #connect(person: Person): void {
    const me = this.me;
    // Oneself is in every snapshot; those before oneself are connected when it has been taken.
    if (!me) {
      queueMicrotask(() => this.me && !person.peer && this.people.includes(person) && this.#connect(person));
      return;
    }
    person.dropPeer();
    const generation = this.#generation(person);
    const peer = new Peer(
      {
        polite: me.order > person.order,
        iceServers: this.#iceServers,
        relayOnly: this.#relayOnly,
        send: (signal) => {
          const command = this.#session.command({ type: 'signal', to: person.id, generation, signal });
          // Stale by now, or the session is gone: a new peer or a restart takes care of it.
          command.catch(() => undefined);
        },
        onTrack: (source, track) => {
          if (source === 'camera') person.videoTrack = track;
          if (source === 'microphone') {
            person.playAudio(track, this.devices.speakerId).catch((error: unknown) => {
              if (error instanceof Error && error.name === 'NotAllowedError') this.audioBlocked = true;
            });
          }
        },
        onState: (state) => (person.media = state),
        freshIceServers: () => this.#freshIceServers(),
        onBeyondRepair: () => void this.#session.command({ type: 'renew_media' }).catch(() => undefined),
      },
      { microphone: this.devices.microphoneTrack, camera: this.devices.previewTrack },
    );
    person.peer = peer;
    const mine = ({ from, generation: of }: EarlySignal): boolean => from === person.id && of === generation;
    for (const early of this.#early.filter(mine)) void peer.receive(early.signal);
    this.#early = this.#early.filter((early) => early.from !== person.id);
  }

  #signalled(from: string, generation: number, signal: Signal): void {
    const person = this.people.find((one) => one.id === from);
    if (person?.peer && this.#generation(person) === generation) {
      void person.peer.receive(signal);
    } else if (!person?.peer || generation > this.#generation(person)) {
      // Ahead of the event that will tell of its generation.
      this.#early.push({ from, generation, signal });
      if (this.#early.length > MAX_EARLY_SIGNALS) this.#early.shift();
    }
  }

  #generation(person: Person): number {
    return (this.me?.epoch ?? 0) + person.epoch;
  }

  #await(person: Person): void {
    if (this.#missing.has(person.id)) return;
    person.presence = 'reconnecting';
    const timer = setTimeout(() => {
      this.#missing.delete(person.id);
      this.#remove(person);
      this.#notify({ kind: 'left', name: person.name });
    }, MISSING_FOR);
    this.#missing.set(person.id, timer);
  }

  #remove(person: Person): void {
    clearTimeout(this.#missing.get(person.id));
    this.#missing.delete(person.id);
    person.dropPeer();
    this.people = this.people.filter((one) => one !== person);
    this.#early = this.#early.filter((early) => early.from !== person.id);
  }

  #announced(): { microphone: Participant['microphone']; camera: Participant['camera'] } {
    const { microphone, camera } = this.devices;
    return {
      microphone: microphone.kind === 'on' ? 'live' : microphone.kind === 'muted' ? 'muted' : 'absent',
      camera: camera.kind === 'on' ? 'on' : camera.kind === 'problem' ? 'absent' : 'off',
    };
  }

  async #announceDevices(): Promise<void> {
    if (this.phase.kind !== 'in_call') return;
    this.#rememberSeat();
    const { microphone, camera } = this.#announced();
    const me = this.me;
    if (!me || (me.microphone === microphone && me.camera === camera)) return;
    // Shown at once; the server's word follows.
    me.microphone = microphone;
    me.camera = camera;
    await this.#session.command({ type: 'set_media', microphone, camera }).catch(() => undefined);
  }

  #rememberSeat(): void {
    if (!this.#continuation) return;
    const { microphone, camera } = this.#announced();
    seatOf(this.room).set({
      continuation: this.#continuation,
      name: this.#name,
      microphone: microphone === 'live' ? 'on' : microphone === 'muted' ? 'muted' : 'off',
      camera: camera === 'on' ? 'on' : 'off',
    });
  }

  #setIceServers(servers: IceServer[]): void {
    this.#iceServers = servers;
    this.#iceServersAt = Date.now();
  }

  async #freshIceServers(): Promise<IceServer[] | null> {
    if (Date.now() - this.#iceServersAt < ICE_SERVERS_FRESH_FOR || !this.#session.connected) return null;
    const reply = await this.#session.command({ type: 'ice_servers' });
    if (reply.type === 'ice_servers') this.#setIceServers(reply.ice_servers);
    return this.#iceServers;
  }

  #backOnline(): void {
    this.#session.connect();
    for (const person of this.others) void person.peer?.restart();
  }

  #ownLevel(level: number): void {
    const me = this.me;
    const muted = this.devices.microphone.kind === 'muted';
    me?.hear(muted ? 0 : level);
    const speaking = this.#speech.push(level, performance.now());
    this.mutedWhileSpeaking = this.phase.kind === 'in_call' && muted && speaking;
  }

  async #measure(): Promise<void> {
    for (const person of this.others) {
      const connection = person.peer?.connection;
      if (!connection) continue;
      const now = await read(connection, performance.now());
      if (person.reading) {
        person.quality = judge(person.reading, now, person.media === 'connected', person.camera === 'on');
      }
      person.reading = now;
    }
  }

  #notify(
    notice: { kind: 'joined' | 'left'; name: string } | { kind: Exclude<Notice['kind'], 'joined' | 'left'> },
  ): void {
    const id = ++this.#noticeId;
    this.notices = [...this.notices, { id, ...notice }];
    setTimeout(() => this.dismiss(id), NOTICE_FOR);
  }

  #end(reason: 'left' | 'replaced'): void {
    this.#leaveQuietly();
    this.phase = { kind: 'ended', reason };
  }

  #leaveQuietly(): void {
    clearInterval(this.#statistics);
    this.#statistics = undefined;
    seatOf(this.room).set(null);
    this.#continuation = null;
    this.#callId = '';
    this.startedAt = null;
    this.#dropEverybody();
    this.devices.stop();
    this.chat.clear();
  }

  #dropEverybody(): void {
    for (const timer of this.#missing.values()) clearTimeout(timer);
    this.#missing.clear();
    for (const person of this.people) person.dropPeer();
    this.people = [];
    this.#early = [];
  }
}
