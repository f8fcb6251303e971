// Rooms that are open, as admins see them: how many are in each, who is in one of them, ending it, removing somebody.
// Looked at again and again: the audit log says once an hour that somebody does.

import type { OpenRoom, PresentParticipant } from '../protocol/generated';
import * as api from './api';
import type { OpenRoomProblem, CommonProblem } from './api';
import type { ListState } from './staff-calls.svelte';

/** Longer, and who has left is shown for long; shorter asks for what mostly has not changed. */
const LOOK_EVERY = 3_000;
const PART = 100;

/** What was done last, for who cannot see it. */
export type RoomDone = { kind: 'ended' } | { kind: 'removed'; name: string };

export class AdminRooms {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** By name. */
  list = $state.raw<OpenRoom[]>([]);
  /** Whether there are others behind them. */
  more = $state(false);
  /** The room whose people are shown. */
  shown = $state<string | null>(null);
  /** Who is in it, in order of coming; null until that is known. */
  people = $state.raw<PresentParticipant[] | null>(null);
  /** Why something was not done. */
  problem = $state<CommonProblem | null>(null);
  done = $state.raw<RoomDone | null>(null);
  #parts = 1;
  #looking = false;
  #latest = 0;

  /** Looks again and again until it is ended. */
  follow(): () => void {
    const look = (): void => void this.#unlessLooking();
    look();
    const timer = setInterval(look, LOOK_EVERY);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const request = ++this.#latest;
    const rooms: OpenRoom[] = [];
    let after: string | undefined;
    for (let part = 0; part < this.#parts; part += 1) {
      const answer = await api.openRooms(after, PART);
      // A later look has been begun meanwhile: what it finds counts.
      if (request !== this.#latest) return;
      if (!answer.ok) {
        // What is shown is not taken away because a later look failed.
        if (this.state.kind !== 'ready') this.state = { kind: 'failed', code: answer.code };
        return;
      }
      rooms.push(...answer.value.rooms);
      after = answer.value.next;
      if (after === undefined) break;
    }
    this.list = rooms;
    this.more = after !== undefined;
    this.state = { kind: 'ready' };
    await this.#lookInto();
  }

  async next(): Promise<void> {
    this.#parts += 1;
    await this.load();
  }

  async show(name: string): Promise<void> {
    this.shown = name;
    this.people = null;
    await this.#lookInto();
  }

  hide(): void {
    this.shown = null;
    this.people = null;
  }

  /** For everybody in it. One that is over already is what was wanted. */
  async end(name: string): Promise<void> {
    await this.#done(api.endRoom(name), { kind: 'ended' });
  }

  /** Who has left already is what was wanted. */
  async remove(room: string, { id, name }: PresentParticipant): Promise<void> {
    await this.#done(api.removeFromRoom(room, id), { kind: 'removed', name });
  }

  async #done(asked: Promise<api.Answer<undefined, OpenRoomProblem>>, done: RoomDone): Promise<void> {
    this.problem = null;
    this.done = null;
    const answer = await asked;
    if (answer.ok || answer.code === 'room_unknown' || answer.code === 'participant_unknown')
      this.done = done;
    else this.problem = answer.code;
    await this.load();
  }

  async #unlessLooking(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await this.load();
    this.#looking = false;
  }

  async #lookInto(): Promise<void> {
    const name = this.shown;
    if (name === null) return;
    const answer = await api.lookIntoRoom(name);
    if (this.shown !== name) return;
    if (answer.ok) this.people = answer.value.participants;
    else if (answer.code === 'room_unknown') this.hide();
    else if (this.people === null) {
      this.problem = answer.code;
      this.hide();
    }
  }
}
