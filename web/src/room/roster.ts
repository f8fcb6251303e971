// Who is in the room, in order of joining, and who may still come back to it. Where they are kept, and who is told when
// somebody comes or goes, is for those who extend it.

import type { Participant } from '../protocol/generated';
import { handPlaces } from './hands';
import type { RoomPerson } from './person';

/** After a server restart others may need a moment to come back: they are kept for as long as a grace. */
const MISSING_FOR = 15_000;

export abstract class RoomRoster<P extends RoomPerson> {
  /** In order of joining. */
  abstract people: P[];
  #missing = new Map<string, ReturnType<typeof setTimeout>>();

  /** Somebody is seen for the first time. */
  protected abstract make(participant: Participant, self: boolean): P;

  /** Somebody was waited for and has not come back. */
  protected abstract gone(person: P): void;

  find(id: string): P | undefined {
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
      const person = this.make(participant, participant.id === selfId);
      this.people = [...this.people, person].sort((a, b) => a.order - b.order);
    }
    this.#countHands();
  }

  remove(person: P): void {
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

  #await(person: P): void {
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
