// What admins set about the lounge: its rooms and their order, who moderates them, and whom moderators have removed.

import type { AccountView, LoungeRemoval, LoungeRoomSettings, LoungeRoomView } from '../protocol/generated';
import * as api from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
import { Editor } from './admin-edit.svelte';
import type { CommonProblem, LoungeRoomProblem } from './api';
import type { ListState } from './staff-calls.svelte';

const IDLE = { kind: 'idle' } as const;
const BUSY = { kind: 'busy' } as const;

/** What a form of a room gives; its place among the others is kept. */
export type RoomForm = Omit<LoungeRoomSettings, 'place'>;

export class AdminLounge {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** In their order. */
  rooms = $state.raw<LoungeRoomView[]>([]);
  /** Those who may become moderators. */
  people = $state.raw<AccountView[]>([]);
  /** Who may not come back yet. */
  removals = $state.raw<LoungeRemoval[]>([]);
  /** What is done without a form. */
  form = $state.raw<FormState<LoungeRoomProblem>>(IDLE);
  readonly editor = new Editor<LoungeRoomView, RoomForm, LoungeRoomProblem>({
    read: api.oneLoungeRoom,
    settings: ({ settings: { slug, name, about, moderators } }) => ({ slug, name, about, moderators }),
    add: (typed) => this.#then(api.addLoungeRoom({ ...typed, place: this.#last() + 1 })),
    change: (id, typed, { tag }) =>
      this.#then(api.changeLoungeRoom(id, { ...typed, place: this.#place(id) }, tag)),
  });
  /** Who was let back in last. */
  letIn = $state<string | null>(null);
  /** Why somebody could not be let back in. */
  problem = $state<CommonProblem | null>(null);

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const [rooms, people, removals] = await Promise.all([
      api.loungeRooms(),
      api.people(),
      api.loungeRemovals(),
    ]);
    if (!rooms.ok || !people.ok || !removals.ok) {
      const codes = [rooms, people, removals].flatMap((one) => (one.ok ? [] : [one.code]));
      this.state = { kind: 'failed', code: codes[0] ?? 'unexpected' };
      return;
    }
    this.rooms = rooms.value.toSorted((a, b) => a.settings.place - b.settings.place);
    this.people = people.value.toSorted((a, b) => a.name.localeCompare(b.name));
    this.removals = removals.value;
    this.state = { kind: 'ready' };
  }

  /** What was written in it is gone with it. One that is gone already is removed as well. */
  async remove(id: string): Promise<boolean> {
    this.editor.form = BUSY;
    const answer = await this.#then(api.removeLoungeRoom(id));
    const gone = answer.ok || answer.code === 'lounge_room_unknown';
    this.editor.form = gone ? IDLE : ended(answer);
    return gone;
  }

  /** Moves a room before the one above it, or behind the one below it. */
  async move(id: string, to: 'up' | 'down'): Promise<void> {
    if (this.form.kind === 'busy') return;
    const from = this.rooms.findIndex((room) => room.id === id);
    const at = to === 'up' ? from - 1 : from + 1;
    const [room, other] = [this.rooms[from], this.rooms[at]];
    if (!room || !other) return;
    this.form = BUSY;
    this.rooms = this.rooms.with(from, other).with(at, room);
    // Places may be the same, or have holes: those that stand elsewhere now are told.
    const moved = this.rooms.flatMap((one, index) =>
      one.settings.place === index + 1 ? [] : [{ id: one.id, place: index + 1 }],
    );
    let failed: FormState<LoungeRoomProblem> = IDLE;
    for (const one of moved) {
      const answer = await this.#put(one.id, one.place);
      if (answer.ok) continue;
      failed = ended(answer);
      break;
    }
    await this.load();
    this.form = failed;
  }

  async letBackIn(removal: LoungeRemoval): Promise<void> {
    this.problem = null;
    this.letIn = null;
    const answer = await api.letBackIn(removal.person);
    // Who is not kept out any more is let in as well.
    if (answer.ok || answer.code === 'person_unknown') {
      this.removals = this.removals.filter(({ person }) => person !== removal.person);
      this.letIn = removal.name;
    } else {
      this.problem = answer.code;
    }
  }

  /** Its place alone: all else stays as it is now. */
  async #put(id: string, place: number): Promise<api.Answer<unknown, LoungeRoomProblem>> {
    const seen = await api.oneLoungeRoom(id);
    if (!seen.ok) return seen;
    return api.changeLoungeRoom(id, { ...seen.value.value.settings, place }, seen.value.tag);
  }

  #place(id: string): number {
    return this.rooms.find((room) => room.id === id)?.settings.place ?? this.#last() + 1;
  }

  #last(): number {
    return Math.max(0, ...this.rooms.map(({ settings }) => settings.place));
  }

  /** What is there then is asked for again, in any case. */
  async #then<T>(
    asked: Promise<api.Answer<T, LoungeRoomProblem>>,
  ): Promise<api.Answer<T, LoungeRoomProblem>> {
    const answer = await asked;
    await this.load();
    return answer;
  }
}
