// What admins set about the lounge: its rooms and their order, who moderates them, and whom moderators have removed.

import type { AccountView, LoungeRemoval, LoungeRoomSettings, LoungeRoomView } from '../protocol/generated';
import * as api from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
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
  form = $state.raw<FormState<LoungeRoomProblem>>(IDLE);
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

  /** @param id absent for a new one, which stands last */
  async save(id: string | null, form: RoomForm): Promise<boolean> {
    const known = this.rooms.find((room) => room.id === id);
    const last = Math.max(0, ...this.rooms.map(({ settings }) => settings.place));
    const settings = { ...form, place: known?.settings.place ?? last + 1 };
    return this.#change(() =>
      id === null ? api.addLoungeRoom(settings) : api.changeLoungeRoom(id, settings),
    );
  }

  /** What was written in it is gone with it. */
  async remove(id: string): Promise<boolean> {
    return this.#change(() => api.removeLoungeRoom(id));
  }

  /** Moves a room before the one above it, or behind the one below it. */
  async move(id: string, to: 'up' | 'down'): Promise<void> {
    if (this.form.kind === 'busy') return;
    const from = this.rooms.findIndex((room) => room.id === id);
    const at = to === 'up' ? from - 1 : from + 1;
    const [room, other] = [this.rooms[from], this.rooms[at]];
    if (!room || !other) return;
    this.rooms = this.rooms.with(from, other).with(at, room);
    // Places may be the same, or have holes: those that stand elsewhere now are told.
    const moved = this.rooms.flatMap((one, index) =>
      one.settings.place === index + 1 ? [] : [{ one, index }],
    );
    await this.#change(async () => {
      for (const { one, index } of moved) {
        const answer = await api.changeLoungeRoom(one.id, { ...one.settings, place: index + 1 });
        if (!answer.ok) return answer;
      }
      return { ok: true, value: undefined };
    });
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

  /** Nothing is being changed. */
  rest(): void {
    this.form = IDLE;
  }

  /** @returns whether it was carried out; what is there then is asked for again, in any case */
  async #change(ask: () => Promise<api.Answer<unknown, LoungeRoomProblem>>): Promise<boolean> {
    this.form = BUSY;
    const answer = await ask();
    this.form = ended(answer);
    const failed = this.form;
    await this.load();
    if (!answer.ok) this.form = failed;
    return answer.ok;
  }
}
