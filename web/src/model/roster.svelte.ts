// Who is in the room, as pages show them: reactive.

import type { Participant } from '../protocol/generated';
import { RoomRoster } from '../room/roster';
import { Person } from './person.svelte';

export class Roster extends RoomRoster<Person> {
  people = $state.raw<Person[]>([]);
  me = $derived(this.people.find((person) => person.self) ?? null);
  /** The others whom one might see or hear: of who only watches there is nothing. */
  others = $derived(this.people.filter((person) => !person.self && person.feed !== 'watcher'));
  /** Who decides about the room, as the server says; nobody in the call of a ring. */
  hostId = $state<string | null>(null);
  /** Whether that is oneself. */
  host = $derived(this.me !== null && this.me.id === this.hostId);
  #gone: (person: Person) => void;

  /** @param gone somebody was waited for and has not come back */
  constructor(gone: (person: Person) => void) {
    super();
    this.#gone = gone;
  }

  protected make(participant: Participant, self: boolean): Person {
    return new Person(participant, self);
  }

  protected gone(person: Person): void {
    this.#gone(person);
  }
}
