// Reactions: short-lived signs that float over whoever shows them. Nothing of them is kept. Not more than people
// can look at, from oneself and from all together.

import type { Reaction } from '../protocol/generated';
import type { Session } from '../protocol/session';
import type { Person } from './person.svelte';

/** In the order of the menu. */
export const REACTIONS: readonly Reaction[] = [
  'agree',
  'applause',
  'heart',
  'laugh',
  'surprise',
  'celebrate',
];

/** Long enough to find whose it is. */
const SHOWN_FOR_MS = 4_000;
/** More of one person would lie on top of each other. */
const MOST_OF_ONE = 5;
/** What one may send within the time below; more of it is noise, and the server refuses it anyway. */
const MOST_SENT = 5;
const WITHIN_MS = 4_000;
/** What comes within this is read out together. */
const TOGETHER_MS = 800;

/** What is read out: who, and what if it was one thing. */
export interface Reacted {
  names: string[];
  reaction: Reaction | null;
}

export class Reactions {
  /** To be read out. */
  told = $state.raw<Reacted | null>(null);
  #next = 0;
  #sent: number[] = [];
  #gathered: { name: string; reaction: Reaction }[] = [];
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly session: Pick<Session, 'command'>) {}

  /** Shown to oneself too when the server says so. */
  async react(reaction: Reaction, now = performance.now()): Promise<void> {
    this.#sent = this.#sent.filter((at) => now - at < WITHIN_MS);
    if (this.#sent.length >= MOST_SENT) return;
    this.#sent.push(now);
    // Too late is as good as never.
    await this.session.command({ type: 'react', reaction }).catch(() => undefined);
  }

  shown(person: Person, reaction: Reaction): void {
    const id = ++this.#next;
    person.reactions = [...person.reactions, { id, reaction }].slice(-MOST_OF_ONE);
    this.#after(SHOWN_FOR_MS, () => {
      person.reactions = person.reactions.filter((one) => one.id !== id);
    });
    if (person.self) return;
    this.#gathered.push({ name: person.name, reaction });
    if (this.#gathered.length === 1) this.#after(TOGETHER_MS, () => this.#tell());
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #tell(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    const kinds = new Set(gathered.map(({ reaction }) => reaction));
    this.told = {
      names: [...new Set(gathered.map(({ name }) => name))],
      reaction: kinds.size === 1 ? (gathered[0]?.reaction ?? null) : null,
    };
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
