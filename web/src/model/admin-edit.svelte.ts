// Editing something that others may be editing too: it is read anew when that begins, changed only as it was seen, and
// what somebody else has changed meanwhile is taken over, under what was typed.

import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
import type { Answer, Seen } from './api';

/** Whose settings a form shows. */
export interface Edited<T> {
  /** Null for a new one. */
  id: string | null;
  /** As they are kept, as far as is known; null for a new one. */
  before: T | null;
  /** What the form is to show. */
  shown: T | null;
  tag: string | null;
}

/** What came of saving; `changed`: somebody else was faster, and the form is to show something else. */
export type Saved = 'saved' | 'changed' | 'refused';

interface Source<V, T, C extends string> {
  read: (id: string) => Promise<Answer<Seen<V>, C>>;
  settings: (value: V) => T;
  add: (typed: T) => Promise<Answer<unknown, C>>;
  change: (id: string, typed: T, seen: Seen<T>) => Promise<Answer<unknown, C>>;
}

export class Editor<V, T extends object, C extends string> {
  edited = $state.raw<Edited<T> | null>(null);
  form = $state.raw<FormState<C | 'not_as_seen'>>({ kind: 'idle' });

  constructor(private readonly source: Source<V, T, C | 'not_as_seen'>) {}

  /** @param id null for a new one; @returns whether there is something to edit */
  async open(id: string | null): Promise<boolean> {
    this.edited = null;
    this.form = { kind: 'idle' };
    if (id === null) {
      this.edited = { id, before: null, shown: null, tag: null };
      return true;
    }
    this.form = { kind: 'busy' };
    const answer = await this.source.read(id);
    if (!answer.ok) {
      this.form = ended(answer);
      return false;
    }
    const settings = this.source.settings(answer.value.value);
    this.form = { kind: 'idle' };
    this.edited = { id, before: settings, shown: settings, tag: answer.value.tag };
    return true;
  }

  close(): void {
    this.edited = null;
    this.form = { kind: 'idle' };
  }

  async save(typed: T): Promise<Saved> {
    const { edited } = this;
    if (!edited || this.form.kind === 'busy') return 'refused';
    const { id, before, tag } = edited;
    // Nothing to be told, and nothing to be written down.
    if (before !== null && same(before, typed)) return 'saved';
    this.form = { kind: 'busy' };
    const answer = await (id === null || before === null
      ? this.source.add(typed)
      : this.source.change(id, typed, { value: before, tag }));
    this.form = ended(answer);
    if (answer.ok) return 'saved';
    if (id === null || before === null || answer.code !== 'not_as_seen') return 'refused';
    const now = await this.source.read(id);
    if (!now.ok) {
      this.form = ended(now);
      return 'refused';
    }
    const settings = this.source.settings(now.value.value);
    this.edited = { id, before: settings, shown: onTop(before, typed, settings), tag: now.value.tag };
    return 'changed';
  }
}

/** What was typed other than it was before. */
export function differing<T extends object>(before: T, typed: T): Partial<T> {
  const changed = Object.entries(typed).filter(([key, value]) => !same(before[key as keyof T], value));
  return Object.fromEntries(changed) as Partial<T>;
}

/** What is there now, and on top of it what was typed other than it was before. */
export function onTop<T extends object>(before: T, typed: T, now: T): T {
  const keys = new Set([...Object.keys(typed), ...Object.keys(now)]) as Set<keyof T>;
  const both = [...keys].map((key) => [key, same(before[key], typed[key]) ? now[key] : typed[key]]);
  return Object.fromEntries(both.filter(([, value]) => value !== undefined)) as T;
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [one, other] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key]));
}
