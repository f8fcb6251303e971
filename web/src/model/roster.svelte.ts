// Who is in the room, in order of joining, and who may still come back to it.

import type { Participant } from '../protocol/generated';
import { handPlaces } from './hands';
import { Person } from './person.svelte';

/** After a server restart others may need a moment to come back: they are kept for as long as a grace. */
const MISSING_FOR = 15_000;

export class Roster {
  people = $state.raw<Person[]>([]);
  me = $derived(this.people.find((person) => person.self) ?? null);
  others = $derived(this.people.filter((person) => !person.self));
  /** Who decides about the room, as the server says; nobody in the call of a ring. */
  hostId = $state<string | null>(null);
  /** Whether that is oneself. */
  host = $derived(this.me !== null && this.me.id === this.hostId);
  #missing = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param gone somebody was waited for and has not come back */
  constructor(private readonly gone: (person: Person) => void) {}

  find(id: string): Person | undefined {
    return this.people.find((one) => one.id === id);
  }

  /** Whether somebody is not in the room, but expected back. */
  misses(id: string): boolean {
    return this.#missing.has(id);
  }

  /** The room as the server has it. In the same call whoever has been reached is waited for. */
  take(participants: Participant[], selfId: string, sameCall: boolean): void {
    const present = new Set(participants.map((participant) => participant.id));
    for (const person of this.people) {
      if (present.has(person.id)) continue;
      if (sameCall && !person.self && person.media !== 'connecting') this.#await(person);
      else this.remove(person);
    }
    for (const participant of participants) this.upsert(participant, selfId);
  }

  upsert(participant: Participant, selfId: string): void {
    this.#forget(participant.id);
    const known = this.find(participant.id);
    if (known) {
      known.update(participant);
    } else {
      const person = new Person(participant, participant.id === selfId);
      this.people = [...this.people, person].sort((a, b) => a.order - b.order);
    }
    this.#countHands();
  }

  remove(person: Person): void {
    this.#forget(person.id);
    person.clear();
    this.people = this.people.filter((one) => one !== person);
    this.#countHands();
  }

  clear(): void {
    for (const person of this.people) this.remove(person);
    for (const id of [...this.#missing.keys()]) this.#forget(id);
  }

  /** Whoever raised theirs first comes first. */
  #countHands(): void {
    const places = handPlaces(this.people);
    for (const person of this.people) person.handPlace = places.get(person.id) ?? null;
  }

  #await(person: Person): void {
    if (this.#missing.has(person.id)) return;
    person.presence = 'reconnecting';
    const timer = setTimeout(() => {
      this.remove(person);
      this.gone(person);
    }, MISSING_FOR);
    this.#missing.set(person.id, timer);
  }

  #forget(id: string): void {
    clearTimeout(this.#missing.get(id));
    this.#missing.delete(id);
  }
}
