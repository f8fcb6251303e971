// A room that one is in: what the web client does as a call, without its pages. Session, media, who is there and what
// happens come from the same code; here they become events and promises.

import type {
  Command,
  Event,
  MediaPath,
  MediaRoute,
  Participant as WireParticipant,
  RoomSettings,
  RoomSnapshot,
  Ticket,
  Topic,
} from '../../web/src/protocol/generated';
import { Session } from '../../web/src/protocol/session';
import type { LinkState } from '../../web/src/protocol/session';
import { RoomMedia } from '../../web/src/room/media';
import type { AudioOnly, RoomMediaOptions } from '../../web/src/room/media';
import { codeOf, Membership } from '../../web/src/room/membership';
import type { Joined } from '../../web/src/room/membership';
import { tieToPage } from '../../web/src/room/page-life';
import { randomId } from '../../web/src/room/random-id';
import { tellRoom } from '../../web/src/room/room-events';
import type { RoomHearing } from '../../web/src/room/room-events';
import { RoomRoster } from '../../web/src/room/roster';
import type { Shown } from '../../web/src/room/view';
import { wakeAudio } from '../../web/src/rtc/level';
import type { DeviceProblem } from '../../web/src/rtc/capture';
import { Chat } from './chat';
import { errorOf, VisavisError } from './errors';
import { Listeners } from './listeners';
import { OwnMedia } from './own-media';
import { Person } from './person';
import type { Surrounding } from './person';
import { seatOf } from './seat';
import type { Seat } from './seat';
import { surroundings } from './server';
import type {
  ConnectOptions,
  EndReason,
  LeaveReason,
  Message,
  Participant,
  Room,
  RoomEvents,
  RoomState,
} from './types';

class Media extends RoomMedia {
  route: MediaRoute = 'peer_to_peer';
  speaker: string | null = null;
  audioOnly: AudioOnly = 'no';
  #blocked = false;

  constructor(
    options: RoomMediaOptions,
    private readonly onBlocked: () => void,
  ) {
    super(options);
  }

  get audioBlocked(): boolean {
    return this.#blocked;
  }
  set audioBlocked(blocked) {
    const news = blocked && !this.#blocked;
    this.#blocked = blocked;
    if (news) this.onBlocked();
  }
}

class Roster extends RoomRoster<Person> {
  people: Person[] = [];

  constructor(
    private readonly surrounding: Surrounding,
    private readonly onGone: (person: Person) => void,
  ) {
    super();
  }

  protected make(participant: WireParticipant, self: boolean): Person {
    return new Person(participant, self, this.surrounding);
  }

  protected gone(person: Person): void {
    this.onGone(person);
  }
}

/** The first answer to a page that wants in. */
export interface Answered {
  resolve(): void;
  reject(error: VisavisError): void;
}

export class ConnectedRoom implements Room {
  name = '';
  state: RoomState = 'connected';
  #listeners = new Listeners<RoomEvents>();
  #session: Session;
  #membership: Membership;
  #media: Media;
  #own: OwnMedia;
  #roster: Roster;
  #chat = new Chat();
  #hostId: string | null = null;
  #publishing: RoomSettings['publishing'] = 'everybody';
  #seat: Seat | null = null;
  /** What the token says. */
  #granted: Ticket | null = null;
  /** Until one is inside for the first time. */
  #answered: Answered | null;
  #inside = false;
  #leaving = false;
  #ended = false;
  #speakerId: string | null = null;
  #shown = new Map<object, Shown>();
  #hearing: RoomHearing = this.#hear();
  #disposed = new AbortController();

  constructor(server: URL, options: ConnectOptions, answered: Answered) {
    this.#answered = answered;
    const surrounding: Surrounding = {
      changed: (participant, what) => {
        if (this.#inside) this.#listeners.tell('changed', { participant, what });
      },
      shown: (by, tile) => this.#show(by, tile),
    };
    this.#roster = new Roster(surrounding, (participant) => {
      this.#listeners.tell('left', { participant, reason: 'lost' });
      this.#reconcile();
    });
    this.#session = new Session(
      surroundings(server, {
        token: options.token,
        room: options.room,
        granted: (ticket) => {
          this.#granted = ticket;
          this.#seat = seatOf(server, ticket.room ?? '');
        },
        refused: (error) => this.#refuse(error),
      }),
    );
    this.#membership = new Membership(this.#session, {
      take: (room, sameCall) => this.#take(room, sameCall),
      happened: (event) => {
        tellRoom(event, this.#hearing);
        this.#reconcile();
      },
      said: ({ message }, version) => {
        const added = this.#chat.said(message, version, this.#membership.selfId);
        if (added) this.#listeners.tell('message', added);
      },
      chatVersion: () => this.#chat.version,
    });
    this.#own = new OwnMedia({
      changed: () => this.#ownChanged(),
      lost: (device, problem) => this.#listeners.tell('deviceProblem', { device, problem }),
    });
    this.#media = new Media(
      {
        session: this.#session,
        relayOnly: options.relayOnly ?? false,
        speakerId: () => this.#speakerId,
        tracks: () => (this.#maySend ? this.#own.tracks : NOTHING),
      },
      () => this.#listeners.tell('audioBlocked', undefined),
    );
    this.#session.listen({
      opened: () => void this.#join(),
      event: (event, topic, version) => this.#event(event, topic, version),
      replaced: () => this.#end('replaced'),
      link: (link) => this.#link(link),
    });
    const { signal } = this.#disposed;
    tieToPage(this.#session, signal);
    addEventListener('online', () => this.#media.restart(), { signal });
    for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, wakeAudio, { signal });
    this.#session.connect();
    this.#openDevices(options.media ?? {});
  }

  get self(): Person {
    const self = this.#roster.people.find((person) => person.self) ?? this.#lastSelf;
    if (!self) throw new VisavisError('left');
    return self;
  }
  #lastSelf: Person | null = null;

  get participants(): readonly Person[] {
    return this.#roster.people.filter((person) => !person.self);
  }

  get host(): Person | null {
    return (this.#hostId === null ? undefined : this.#roster.find(this.#hostId)) ?? null;
  }

  get messages(): readonly Message[] {
    return this.#chat.messages;
  }

  on<E extends keyof RoomEvents>(event: E, listener: (detail: RoomEvents[E]) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (on) this.#checkSending();
    await this.#own.setMicrophone(on);
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) this.#checkSending();
    await this.#own.setCamera(on);
  }

  async shareScreen(on: boolean): Promise<void> {
    if (on) this.#checkSending();
    await this.#own.shareScreen(on);
  }

  useMicrophone(id: string): Promise<void> {
    return this.#own.use('microphone', id);
  }

  useCamera(id: string): Promise<void> {
    return this.#own.use('camera', id);
  }

  useSpeaker(id: string | null): void {
    this.#speakerId = id;
    this.#media.useSpeaker(id);
  }

  startAudio(): Promise<void> {
    return this.#media.unblockAudio();
  }

  sendMessage(text: string): Promise<void> {
    return this.#ask({ type: 'say', message: randomId('m'), text });
  }

  raiseHand(raised: boolean): Promise<void> {
    return this.#ask({ type: 'set_hand', raised });
  }

  remove({ id }: Participant): Promise<void> {
    return this.#ask({ type: 'remove', participant: id });
  }

  mute({ id }: Participant): Promise<void> {
    return this.#ask({ type: 'mute', participant: id });
  }

  end(): Promise<void> {
    return this.#ask({ type: 'end_room' });
  }

  async leave(): Promise<void> {
    if (this.#ended) return;
    this.#leaving = true;
    const told = this.#session.command({ type: 'leave' }).catch(() => undefined);
    // The server frees the seat at once where it can be reached, and by its grace where not.
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN))]);
    this.#end('left');
  }

  /** It was given up before one was inside. */
  giveUp(code: 'aborted' | 'unreachable'): void {
    this.#refuse(new VisavisError(code));
  }

  get #maySend(): boolean {
    return this.#publishing === 'everybody' || this.#hostId === this.#membership.selfId;
  }

  #checkSending(): void {
    if (this.#ended) throw new VisavisError('left');
    if (!this.#maySend) throw new VisavisError('not_allowed');
  }

  /** Nobody waits for what the browser asks. */
  #openDevices({ microphone, camera }: NonNullable<ConnectOptions['media']>): void {
    for (const [device, wanted] of [
      ['camera', camera],
      ['microphone', microphone],
    ] as const) {
      if (wanted === undefined || wanted === false) continue;
      if (typeof wanted === 'string') this.#own.choose(device, wanted);
      const opened = device === 'camera' ? this.#own.setCamera(true) : this.#own.setMicrophone(true);
      opened.catch((error: unknown) => {
        const { code: problem } = errorOf(error);
        this.#listeners.tell('deviceProblem', { device, problem: problem as DeviceProblem });
      });
    }
  }

  async #ask(command: Command): Promise<void> {
    if (this.#ended) throw new VisavisError('left');
    try {
      await this.#session.command(command);
    } catch (error) {
      throw errorOf(error);
    }
  }

  async #join(): Promise<void> {
    const inside = this.#inside;
    const { room = '', name = '' } = this.#granted ?? {};
    if (!inside) this.#membership.continuation = this.#seat?.get() ?? null;
    try {
      const command = (continuation: string | null, media: MediaPath): Command => {
        const { microphone, camera } = this.#own.announced;
        const again = continuation === null ? {} : { continuation };
        return { type: 'join', room, name, microphone, camera, media, ...again };
      };
      const media = inside ? 'kept' : 'fresh';
      const still = (): boolean => !this.#ended;
      const joined = await this.#membership.join({ command, media, still, inside }, () =>
        this.#seat?.set(null),
      );
      if (joined) this.#joined(joined);
    } catch (error) {
      // The next session asks again by itself.
      if (codeOf(error) !== 'session_lost') this.#refuse(errorOf(error));
    }
  }

  #joined({ room, continuation, ice_servers: servers }: Joined): void {
    if (this.#ended) return;
    this.name = room.name;
    this.#seat?.set(continuation);
    this.#media.ice.set(servers);
    this.#membership.take(room);
    this.#inside = true;
    this.#ownChanged();
    this.#media.sessionBack();
    this.#answered?.resolve();
    this.#answered = null;
  }

  /** Brings everything in line with the room as the server has it. */
  #take(room: RoomSnapshot, sameCall: boolean): void {
    const before = new Set(this.#roster.people);
    this.#roster.take(room.participants, this.#membership.selfId, sameCall);
    this.#hostId = room.host;
    this.#publishing = room.settings.publishing;
    this.#media.setRoute(room.route, room.generation);
    const added = this.#chat.take(room.messages, room.chat_version, this.#membership.selfId);
    this.#reconcile();
    if (!this.#inside) return;
    // What was missed meanwhile is told now.
    for (const person of this.participants) if (!before.has(person)) this.#listeners.tell('joined', person);
    for (const person of before) {
      if (!this.#roster.people.includes(person) && !person.self) {
        this.#listeners.tell('left', { participant: person, reason: 'left' });
      }
    }
    for (const message of added) this.#listeners.tell('message', message);
  }

  #event(event: Event, topic: Topic, version: number | undefined): void {
    // Signals may be ahead of the answer to the join.
    if (event.type === 'signalled') this.#media.signalled(event.from, event.generation, event.signal);
    if (!this.#inside) return;
    if (topic === 'direct') this.#media.direct(event);
    if (event.type === 'muted' && this.#own.announced.microphone === 'live') {
      void this.#own.setMicrophone(false);
      this.#listeners.tell('muted', undefined);
    }
    this.#membership.event(event, topic, version);
  }

  #hear(): RoomHearing {
    return {
      joined: (participant) => {
        const known = this.#roster.find(participant.id);
        this.#roster.upsert(participant, this.#membership.selfId);
        const person = this.#roster.find(participant.id);
        if (!known && person && !person.self) this.#listeners.tell('joined', person);
      },
      changed: (participant) => this.#roster.upsert(participant, this.#membership.selfId),
      left: (id, reason) => this.#left(id, reason),
      routed: (route, generation) => this.#media.setRoute(route, generation),
      settings: ({ publishing }) => {
        this.#publishing = publishing;
        this.#keepSilence();
      },
      password: () => undefined,
      host: (id) => {
        this.#hostId = id;
        this.#keepSilence();
        this.#listeners.tell('host', this.host);
      },
    };
  }

  #left(id: string, reason: LeaveReason): void {
    const person = this.#roster.find(id);
    if (person?.self) {
      // It may be told before one's own leaving is answered; otherwise somebody else gave the seat up.
      this.#end(reason === 'left' && !this.#leaving ? 'lost' : reason);
    } else if (person) {
      this.#roster.remove(person);
      this.#listeners.tell('left', { participant: person, reason });
    }
  }

  /** Who may not send has devices that are off: no light. */
  #keepSilence(): void {
    if (!this.#maySend) this.#own.stop();
  }

  #reconcile(): void {
    const me = this.#roster.people.find((person) => person.self) ?? null;
    if (me) {
      this.#lastSelf = me;
      const { camera, screen } = this.#own.tracks;
      me.videoTrack = camera ?? null;
      me.screenTrack = screen ?? null;
    }
    this.#media.reconcile(me, [...this.participants]);
  }

  /** What one's devices do, for the others. */
  #ownChanged(): void {
    this.#media.tracksChanged();
    const me = this.#roster.people.find((person) => person.self);
    if (!me || !this.#inside) return;
    const { camera, screen } = this.#own.tracks;
    me.videoTrack = camera ?? null;
    me.screenTrack = screen ?? null;
    const own = this.#own.announced;
    if (me.microphone === own.microphone && me.camera === own.camera && me.screen === own.screen) return;
    // Shown at once; the server's word follows.
    Object.assign(me, own);
    this.#session.command({ type: 'set_media', ...own }).catch(() => undefined);
  }

  #show(by: object, tile: Shown | null): void {
    if (tile) this.#shown.set(by, tile);
    else this.#shown.delete(by);
    this.#media.show([...this.#shown.values()]);
  }

  #link(link: LinkState): void {
    if (link === 'connected') this.#media.restartIfBroken();
    const state = link === 'connecting' ? 'reconnecting' : link;
    if (state === this.state) return;
    this.state = state;
    if (this.#inside) this.#listeners.tell('state', state);
  }

  /** The server does not let one in, or not again. */
  #refuse(error: VisavisError): void {
    if (this.#ended) return;
    const { code } = error;
    this.#answered?.reject(error);
    this.#answered = null;
    this.#end(code === 'removed' ? 'removed' : 'refused', code);
  }

  #end(reason: EndReason, code?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#seat?.set(null);
    this.#membership.forget();
    this.#disposed.abort();
    this.#own.dispose();
    this.#media.dispose();
    this.#roster.clear();
    this.#session.close();
    this.#shown.clear();
    this.#listeners.tell('ended', { reason, ...(code === undefined ? {} : { code }) });
  }
}

const NOTHING = { microphone: null, camera: null, screen: null, screen_audio: null };
/** The page goes on; a server that cannot be reached frees the seat by itself. */
const LEAVE_WITHIN = 2_000;
