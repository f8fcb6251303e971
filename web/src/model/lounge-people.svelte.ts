// Who is in the room of the lounge that one is in, and how those are with whom one writes, wherever they are. Of two
// states of one person the later one holds; who comes and goes is gathered into few words.

import type { Event, LoungeMember, LoungeRoomSnapshot, LoungeSnapshot, Status } from '../protocol/generated';

/** Those who came and went within a moment. */
export interface Comings {
  id: number;
  /** It happened when this was the number of the room's last message. */
  after: number;
  joined: string[];
  left: string[];
}

/** After each telling the next ones are gathered for so long: longer, and they are told late; shorter, one by one. */
const GATHER_FOR = 1_500;
/** More would be read by nobody. */
const KEPT = 50;

/** Whom one can talk with stands first. */
const ORDER: Record<Status, number> = {
  available: 0,
  ringing: 1,
  in_call: 1,
  wrap_up: 1,
  away: 2,
  unavailable: 3,
  offline: 4,
};

export class People {
  /** Everybody of whom something is known. */
  members = $state.raw<ReadonlyMap<string, LoungeMember>>(new Map());
  /** Who came and went since one is in this room, oldest first. */
  comings = $state.raw<Comings[]>([]);
  /** Those in the room. */
  #here = $state.raw<ReadonlySet<string>>(new Set());
  /** Those with whom one writes: of them one hears in other rooms too. */
  readonly #heardOf = new Set<string>();
  #room = '';
  #me = '';
  #gathered: { joined: Map<string, string>; left: Map<string, string> } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;

  /** @param last the number of the room's last message */
  constructor(private readonly last: () => number = () => 0) {}

  /** Those in the room: oneself first, then by how they are and by name. */
  readonly list = $derived.by(() => {
    const here = [...this.#here].flatMap((id) => this.members.get(id) ?? []);
    return here.sort((a, b) => this.#rank(a) - this.#rank(b) || a.name.localeCompare(b.name));
  });

  find(id: string): LoungeMember | undefined {
    return this.members.get(id);
  }

  isHere(id: string): boolean {
    return this.#here.has(id);
  }

  /** One writes with somebody from now on, who is there: what is heard of them is kept. */
  take(member: LoungeMember): void {
    this.#heardOf.add(member.id);
    this.#take(member);
  }

  /** Somebody with whom one writes is not in the lounge. */
  gone(person: string): void {
    if (!this.#here.has(person)) this.#drop(person);
  }

  entered(snapshot: LoungeSnapshot): void {
    this.#me = snapshot.person;
    this.#heardOf.clear();
    const members = new Map<string, LoungeMember>();
    for (const { person, member } of snapshot.conversations) {
      this.#heardOf.add(person);
      if (member) members.set(person, member);
    }
    this.members = members;
    this.inRoom(snapshot.room);
  }

  /** One is in another room, or in the same one anew: nobody came or went for that. */
  inRoom(room: LoungeRoomSnapshot): void {
    this.#room = room.room;
    this.#forgetComings();
    const there = new Set(room.people.map(({ id }) => id));
    const members = new Map([...this.members].filter(([id]) => there.has(id) || this.#heardOf.has(id)));
    for (const member of room.people) {
      const known = members.get(member.id);
      if (!known || known.version <= member.version) members.set(member.id, member);
    }
    this.members = members;
    this.#here = there;
  }

  event(event: Event): void {
    switch (event.type) {
      case 'member_joined':
        if (event.room === this.#room) this.#joined(event.member);
        return;
      case 'member_changed':
        this.#take(event.member);
        return;
      case 'member_left':
        if (event.room === this.#room) this.#left(event.person);
        return;
      case 'member_gone':
        this.gone(event.person);
        return;
      default:
        return;
    }
  }

  left(): void {
    this.members = new Map();
    this.#here = new Set();
    this.#heardOf.clear();
    this.#room = '';
    this.#forgetComings();
  }

  dispose(): void {
    this.#forgetComings();
  }

  #joined(member: LoungeMember): void {
    this.#take(member);
    if (this.#here.has(member.id)) return;
    this.#here = new Set(this.#here).add(member.id);
    if (member.id !== this.#me) this.#gather('joined', member.id, member.name);
  }

  #left(person: string): void {
    if (!this.#here.has(person)) return;
    const name = this.members.get(person)?.name;
    this.#here = new Set([...this.#here].filter((id) => id !== person));
    if (!this.#heardOf.has(person)) this.#drop(person);
    if (name !== undefined && person !== this.#me) this.#gather('left', person, name);
  }

  #take(member: LoungeMember): void {
    const known = this.members.get(member.id);
    if (!known || known.version <= member.version) {
      this.members = new Map(this.members).set(member.id, member);
    }
  }

  #drop(person: string): void {
    const members = new Map(this.members);
    members.delete(person);
    this.members = members;
  }

  #rank(member: LoungeMember): number {
    return member.id === this.#me ? -1 : ORDER[member.status];
  }

  #gather(what: 'joined' | 'left', id: string, name: string): void {
    this.#gathered ??= { joined: new Map(), left: new Map() };
    this.#gathered[what].set(id, name);
    if (this.#timer === undefined) this.#tell();
  }

  #tell(): void {
    this.#timer = undefined;
    const gathered = this.#gathered;
    this.#gathered = null;
    if (!gathered) return;
    this.#timer = setTimeout(() => this.#tell(), GATHER_FOR);
    const joined = [...gathered.joined.values()];
    const left = [...gathered.left.values()];
    const one = { id: ++this.#next, after: this.last(), joined, left };
    this.comings = [...this.comings, one].slice(-KEPT);
  }

  #forgetComings(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = null;
    this.comings = [];
  }
}
