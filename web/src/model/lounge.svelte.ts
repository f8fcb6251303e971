// The lounge as one page lives it: before its door, inside, given way to another page, removed. Holds the session and
// what is common to all parts; who is there, what is written and who calls are parts of their own, which are given
// every snapshot and every event.

import type {
  Chosen,
  Code,
  Event,
  LoungeDoor,
  LoungeRoom,
  LoungeRoomSnapshot,
  LoungeSnapshot,
  OwnAvailability,
} from '../protocol/generated';
import { CommandFailed, guestSurroundings, Session } from '../protocol/session';
import type { LinkState } from '../protocol/session';
import { LoungeCalls } from './lounge-calls.svelte';
import { Conversations } from './lounge-conversations.svelte';
import { Idleness } from './lounge-idle';
import { PlaceMessages } from './lounge-messages.svelte';
import { People } from './lounge-people.svelte';
import { tieToPage } from '../room/page-life';
import { loungeGuest, loungeSeat, remembered } from './remembered';
import type { LoungeSeat } from './remembered';

/** What is given everything that happens in the lounge. */
export interface LoungePart {
  /** One is in, for the first time or again. */
  entered(snapshot: LoungeSnapshot): void;
  event(event: Event): void;
  /** One is not in any more. */
  left(): void;
  dispose(): void;
}

export type LoungeStage =
  | 'loading'
  | 'door'
  | 'inside'
  /** One is in by another page, or was until a moment ago by this one. */
  | 'elsewhere'
  | 'removed'
  /** Only accounts may come in. */
  | 'accounts_only';

/** What did not work, or is no more as one thought. */
export type LoungeProblem =
  | { kind: 'refused'; code: Code }
  | { kind: 'room_full'; name: string }
  /** The address, or a link, names no room. */
  | { kind: 'room_unknown' }
  /** The room one was in is not there any more. */
  | { kind: 'room_gone' };

/** What it needs of the world. */
export interface LoungeNeeds {
  /** The part of the page's address behind `/lounge/`, if any. */
  slug: string | null;
  /** The address is to be that of this room. */
  address(slug: string): void;
  session?: () => Session;
  /** Loads the page anew. */
  reload?: () => void;
}

/** How long a server that is busy for a moment is left alone. */
const AGAIN_AFTER = 2_000;
/**
 * A page that is loaded anew may be there before the goodbye of the one it takes the place of: it asks so often, and
 * waits so long between, before it says that another page is in. More keeps the second of two tabs waiting.
 */
const PATIENCE = { times: 12, ms: 250 };

export class Lounge {
  link = $state<LinkState>('connecting');
  /** Where to, by the address: the part behind `/lounge/`. */
  slug = $state<string | null>(null);
  stage = $state<LoungeStage>('loading');
  door = $state.raw<LoungeDoor | null>(null);
  rooms = $state.raw<LoungeRoom[]>([]);
  /** The id of the room one is in. */
  room = $state('');
  /** Whether one may remove messages and people there. */
  moderator = $state(false);
  own = $state.raw<OwnAvailability | null>(null);
  problem = $state.raw<LoungeProblem | null>(null);
  /** One is on the way in. */
  entering = $state(false);
  /** The room one is on the way to. */
  jumping = $state<string | null>(null);
  #me = $state.raw({ id: '', name: '' });

  readonly session: Session;
  readonly people = new People(() => this.messages?.last ?? 0);
  readonly conversations: Conversations;
  readonly calls: LoungeCalls;
  /** What is written in the room one is in. */
  messages = $state.raw<PlaceMessages | null>(null);
  /** The room one is in, as everybody sees it. */
  readonly here = $derived(this.rooms.find(({ id }) => id === this.room) ?? null);
  /** What one says of one's status. */
  readonly text = $derived(this.people.find(this.#me.id)?.text ?? '');

  /** Those that need not wait for the answer that says which room one is in. */
  readonly #parts: LoungePart[];
  readonly #idleness = new Idleness({ tell: (idle) => void this.#tellIdle(idle) });
  /** How one is in, or wants to be: the next session goes on with it. */
  #seat: LoungeSeat | null = loungeSeat.get();
  /** How one was in last, or wanted to be. */
  #last: LoungeSeat | null = this.#seat;
  /** How often it is asked once more whether the place is free: for who was in by this tab. */
  #patience = this.#seat ? PATIENCE.times : 0;
  /** The session does not come back. */
  #ended = false;
  #needs: LoungeNeeds;
  /** Events that came ahead of the answer they belong behind; null while none is awaited. */
  #early: Event[] | null = null;
  #disposed = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(needs: LoungeNeeds) {
    this.#needs = needs;
    this.slug = needs.slug;
    this.session = needs.session?.() ?? new Session(guestSurroundings(loungeGuest));
    this.conversations = new Conversations(this.session, this.me, this.people);
    this.calls = new LoungeCalls(this.session, this.me);
    this.#parts = [this.conversations, this.calls];
    this.session.listen({
      opened: () => void this.#opened(),
      event: (event) => this.#event(event),
      link: (state) => (this.link = state),
      replaced: () => this.#over('elsewhere'),
      removed: () => this.#over('removed'),
    });
  }

  start(): void {
    tieToPage(this.session, this.#disposed.signal);
    this.session.connect();
  }

  dispose(): void {
    this.#disposed.abort();
    clearTimeout(this.#timer);
    this.#idleness.stop();
    this.people.dispose();
    this.messages?.dispose();
    for (const part of this.#parts) part.dispose();
    this.session.close();
  }

  readonly me = (): { id: string; name: string } => this.#me;

  /** Goes in by the door. */
  async enter(name: string): Promise<void> {
    if (this.entering) return;
    remembered.name.set(name);
    await this.#enter(this.#seatAs(name), this.#roomOf(this.slug)?.id, 'asks');
  }

  /** Goes in where another page of oneself is in. */
  async useHere(): Promise<void> {
    if (this.entering) return;
    const seat = this.#last ?? this.#seatAs(this.door?.name ?? remembered.name.get() ?? '');
    if (this.#ended) {
      loungeSeat.set({ ...seat, takeOver: true });
      (this.#needs.reload ?? (() => location.reload()))();
      return;
    }
    await this.#enter(seat, this.#roomOf(this.slug)?.id, 'takes_over');
  }

  /** Leaves for good; the door is where one stands then. */
  async leave(): Promise<void> {
    await this.session.command({ type: 'leave_lounge' }).catch(() => undefined);
    this.#out();
    this.stage = 'loading';
    await this.#opened();
  }

  /** The address is that of this room now: before the door it says where to, inside one goes there. */
  async visit(slug: string | null): Promise<void> {
    this.slug = slug;
    if (this.jumping !== null) return;
    // It may change again while one is on the way.
    while (this.stage === 'inside' && this.slug !== this.here?.slug) {
      const target = this.slug === null ? this.here : this.#roomOf(this.slug);
      if (!target) this.problem = { kind: 'room_unknown' };
      if (!target || target.id === this.room || !(await this.#jump(target))) break;
    }
    this.#settle();
  }

  async setStatus(chosen: Chosen, text: string): Promise<void> {
    this.problem = null;
    try {
      const reply = await this.session.command({ type: 'set_status', chosen, text });
      if (reply.type === 'own') this.#takeOwn(reply.own);
      this.#remember({ chosen, text });
    } catch (error) {
      this.#refused(error);
    }
  }

  /** As a moderator of the room they are in. */
  async remove(person: string): Promise<void> {
    this.problem = null;
    await this.session.command({ type: 'remove_member', person }).catch((error: unknown) => {
      this.#refused(error);
    });
  }

  /** A new session, the first one included: what was said in the one before counts no more. */
  async #opened(): Promise<void> {
    clearTimeout(this.#timer);
    this.own = this.own && { ...this.own, version: -1 };
    try {
      const reply = await this.session.command({ type: 'open_lounge' });
      if (reply.type !== 'lounge_door') return;
      this.door = reply.door;
      this.rooms = reply.door.rooms;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'forbidden' || code === 'removed') this.#notIn(code);
      else if (code !== 'session_lost') this.#again();
      return;
    }
    const seat = this.#seat;
    if (!seat) {
      this.stage = this.door.in_use ? 'elsewhere' : 'door';
      return;
    }
    const { takeOver, ...kept } = seat;
    await this.#enter(kept, this.#target(kept), takeOver ? 'takes_over' : 'asks');
  }

  /** Where to, for who comes back: the room of the address, else the one they were in. */
  #target(seat: LoungeSeat): string | undefined {
    const named = this.#roomOf(this.slug);
    if (named) return named.id;
    const before = this.rooms.find(({ id }) => id === seat.room);
    if (!before || this.slug !== null) {
      this.problem = { kind: this.stage === 'inside' ? 'room_gone' : 'room_unknown' };
    }
    return before?.id;
  }

  async #enter(seat: LoungeSeat, room: string | undefined, how: 'asks' | 'takes_over'): Promise<void> {
    const unknown = room === undefined && this.slug !== null;
    const told = this.problem;
    this.entering = true;
    this.#seat = seat;
    this.#last = seat;
    this.problem = unknown ? (told ?? { kind: 'room_unknown' }) : null;
    this.#early ??= [];
    try {
      const reply = await this.session.command({
        type: 'enter_lounge',
        name: seat.name,
        ...(room === undefined ? {} : { room }),
        use_here: how === 'takes_over',
      });
      if (reply.type === 'lounge') this.#cameIn(reply.lounge, seat);
      this.#release();
      this.entering = false;
    } catch (error) {
      this.entering = false;
      this.#early = null;
      const code = codeOf(error);
      if (code === 'lounge_room_unknown' && room !== undefined) {
        this.slug = null;
        await this.#enter(seat, undefined, how);
        this.problem ??= { kind: 'room_unknown' };
        return;
      }
      this.#notIn(code, this.rooms.find(({ id }) => id === room)?.name);
    }
  }

  #cameIn(snapshot: LoungeSnapshot, seat: LoungeSeat): void {
    const own = snapshot.room.people.find(({ id }) => id === snapshot.person);
    this.#me = { id: snapshot.person, name: own?.name ?? seat.name };
    this.rooms = snapshot.rooms;
    this.room = snapshot.room.room;
    this.moderator = snapshot.room.moderator;
    this.people.entered(snapshot);
    this.#read(snapshot.room);
    for (const part of this.#parts) part.entered(snapshot);
    this.#takeOwn(snapshot.own);
    this.stage = 'inside';
    this.#patience = PATIENCE.times;
    this.#idleness.start(snapshot.away_after_s);
    const { chosen } = snapshot.own;
    const text = own?.text ?? '';
    const known = chosen !== 'available' || text !== '';
    this.#remember({ room: this.room, ...(known ? { chosen, text } : {}) });
    // A server that has started anew knows nothing of how one was.
    if (!known && (seat.chosen !== 'available' || seat.text !== '')) {
      void this.setStatus(seat.chosen, seat.text);
    }
    this.#settle();
  }

  async #jump(target: LoungeRoom): Promise<boolean> {
    this.jumping = target.id;
    this.problem = null;
    this.#early ??= [];
    try {
      const reply = await this.session.command({ type: 'jump', room: target.id });
      if (reply.type === 'lounge_room') this.#inRoom(reply.room);
      return true;
    } catch (error) {
      if (codeOf(error) === 'room_full') this.problem = { kind: 'room_full', name: target.name };
      else if (codeOf(error) === 'lounge_room_unknown') this.problem = { kind: 'room_unknown' };
      else this.#refused(error);
      return false;
    } finally {
      this.jumping = null;
      this.#release();
    }
  }

  #inRoom(room: LoungeRoomSnapshot): void {
    this.room = room.room;
    this.moderator = room.moderator;
    this.people.inRoom(room);
    this.#read(room);
    this.#remember({ room: room.room });
  }

  #read({ room, messages, earlier }: LoungeRoomSnapshot): void {
    const before = this.messages;
    if (!before || before.place.type !== 'lounge_room' || before.place.room !== room) {
      before?.dispose();
      this.messages = new PlaceMessages(this.session, { type: 'lounge_room', room }, this.me);
    }
    this.messages?.take(messages, earlier);
  }

  #event(event: Event): void {
    switch (event.type) {
      case 'room_counted':
        this.#counted(event.room, event.people);
        return;
      case 'lounge_changed':
        void this.#askForRooms();
        return;
      case 'own_changed':
        this.#takeOwn(event.own);
        break;
      default:
        break;
    }
    for (const part of this.#parts) part.event(event);
    if (this.#early) this.#early.push(event);
    else this.#inThisRoom(event);
  }

  #inThisRoom(event: Event): void {
    this.people.event(event);
    this.messages?.event(event);
  }

  /** What came ahead of the answer. */
  #release(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const event of early) this.#inThisRoom(event);
  }

  #counted(room: string, people: number): void {
    this.rooms = this.rooms.map((one) => (one.id === room ? { ...one, people } : one));
  }

  /** An admin has changed them; the one that one is in may be gone. */
  async #askForRooms(): Promise<void> {
    try {
      const reply = await this.session.command({ type: 'open_lounge' });
      if (reply.type !== 'lounge_door') return;
      this.rooms = reply.door.rooms;
      if (this.stage !== 'inside') this.door = reply.door;
    } catch {
      // The next session asks anew.
      return;
    }
    if (this.stage !== 'inside' || this.jumping !== null) return;
    const [first] = this.rooms;
    if (!this.here && first) {
      await this.#jump(first);
      this.problem ??= { kind: 'room_gone' };
    }
    this.#settle();
  }

  #takeOwn(own: OwnAvailability): void {
    if (this.own && own.version < this.own.version) return;
    this.own = own;
    if (this.stage === 'inside') this.#remember({ chosen: own.chosen });
  }

  async #tellIdle(idle: boolean): Promise<void> {
    if (this.stage !== 'inside') return;
    await this.session.command({ type: 'set_idle', idle }).catch((error: unknown) => {
      if (codeOf(error) === 'not_in_lounge') this.#refused(error);
    });
  }

  /** One's place may have been lost while the line was away: then it is asked for again. */
  #refused(error: unknown): void {
    const code = codeOf(error);
    if (code === 'session_lost') return;
    if (code === 'not_in_lounge') void this.#opened();
    else this.problem = { kind: 'refused', code };
  }

  /** Why one is not in. */
  #notIn(code: Code | 'session_lost', room = ''): void {
    switch (code) {
      case 'session_lost':
        return;
      case 'in_use':
        if (this.#patience === 0) {
          this.#stand('elsewhere');
        } else {
          this.#patience -= 1;
          this.#again(PATIENCE.ms);
        }
        return;
      case 'removed':
        this.#stand('removed');
        return;
      case 'forbidden':
        this.#stand('accounts_only');
        return;
      case 'try_again':
      case 'rate_limited':
      case 'internal':
        this.#again();
        return;
      case 'room_full':
        this.#stand('door');
        this.problem = { kind: 'room_full', name: room };
        return;
      default:
        this.#stand('door');
        this.problem = { kind: 'refused', code };
    }
  }

  #again(after = AGAIN_AFTER): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#opened(), after);
  }

  /** One is not in, and does not come in by oneself. */
  #stand(stage: 'elsewhere' | 'removed' | 'accounts_only' | 'door'): void {
    this.#out();
    this.stage = stage;
  }

  /** The session has come to its end. */
  #over(stage: 'elsewhere' | 'removed'): void {
    this.#ended = true;
    this.#stand(stage);
  }

  #out(): void {
    this.#seat = null;
    this.#patience = 0;
    loungeSeat.set(null);
    this.#idleness.stop();
    this.people.left();
    this.messages?.dispose();
    this.messages = null;
    for (const part of this.#parts) part.left();
  }

  #roomOf(slug: string | null): LoungeRoom | undefined {
    return slug === null ? undefined : this.rooms.find((room) => room.slug === slug);
  }

  /** The address says where one is. */
  #settle(): void {
    const { here } = this;
    if (!here || this.stage !== 'inside') return;
    this.slug = here.slug;
    this.#needs.address(here.slug);
  }

  #seatAs(name: string): LoungeSeat {
    return { name, room: '', chosen: 'available', text: '' };
  }

  #remember(change: Partial<LoungeSeat>): void {
    if (!this.#seat || this.stage !== 'inside') return;
    this.#seat = { ...this.#seat, ...change };
    this.#last = this.#seat;
    loungeSeat.set(this.#seat);
  }
}

function codeOf(error: unknown): Code | 'session_lost' {
  return error instanceof CommandFailed ? error.code : 'internal';
}
