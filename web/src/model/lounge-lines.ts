// What is stored of one place of the lounge, in the order of its numbers, and which of them are missing. Pure: it asks
// nobody, and knows nothing of what has not been taken yet.

import type { LoungeMessage } from '../protocol/generated';

/** Whether the first of two states of one message is the later one: what is deleted stays deleted. */
function later(one: LoungeMessage, other: LoungeMessage): boolean {
  if (one.deleted || other.deleted) return one.deleted && !other.deleted;
  return (one.edited_at ?? 0) > (other.edited_at ?? 0);
}

export class StoredLines {
  /** There are more before the first one. */
  earlier = false;
  #byNumber = new Map<number, LoungeMessage>();
  #numbers = new Map<string, number>();
  #sorted: LoungeMessage[] = [];
  /** Right before these, nothing is missing that could still be had. */
  #joined = new Set<number>();

  /** Lowest number first. */
  get all(): readonly LoungeMessage[] {
    return this.#sorted;
  }

  get first(): number | null {
    return this.#sorted[0]?.number ?? null;
  }

  /** 0 without any. */
  get last(): number {
    return this.#sorted.at(-1)?.number ?? 0;
  }

  has(id: string): boolean {
    return this.#numbers.has(id);
  }

  /** Forgets what there was, but for what was told of while this was on its way. */
  replace(messages: LoungeMessage[], earlier: boolean): void {
    const last = messages.at(-1)?.number ?? 0;
    const newer = this.#sorted.filter(({ number }) => number > last);
    this.#byNumber.clear();
    this.#numbers.clear();
    this.#joined.clear();
    this.earlier = earlier;
    for (const message of [...newer, ...messages]) this.#put(message);
    this.#sort();
    this.#join(messages, earlier);
  }

  /** Takes one that was told of; of two states of it the later one. Whether it is new. */
  add(message: LoungeMessage): boolean {
    const fresh = !this.has(message.id);
    this.#put(message);
    this.#sort();
    return fresh;
  }

  /** Takes what came before a number, as it was asked for. */
  fill(before: number, messages: LoungeMessage[], earlier: boolean): void {
    const first = this.first;
    for (const message of messages) this.#put(message);
    this.#sort();
    this.#join(messages, earlier);
    if (this.#byNumber.has(before)) this.#joined.add(before);
    // What lies between lines that are there says nothing about what comes before all of them.
    const lowest = messages[0]?.number ?? before;
    if (first === null || lowest <= first) this.earlier = earlier;
  }

  /** A later state of one that is shown; nothing about others. */
  change(message: LoungeMessage): void {
    if (this.#byNumber.has(message.number)) this.add(message);
  }

  /** The number before which something is missing; the latest such one. */
  missing(): number | null {
    for (let at = this.#sorted.length - 1; at >= 0; at -= 1) {
      const number = this.#sorted[at]?.number ?? 0;
      const before = this.#sorted[at - 1]?.number ?? (this.earlier ? number - 1 : 0);
      if (number - before > 1 && !this.#joined.has(number)) return number;
    }
    return null;
  }

  /** There is nothing to be had before this number, however it looks. */
  settle(number: number): void {
    this.#joined.add(number);
  }

  /** Keeps the last ones: the others can be had again. */
  trim(kept: number): void {
    const dropped = this.#sorted.slice(0, Math.max(0, this.#sorted.length - kept));
    if (dropped.length === 0) return;
    for (const { id, number } of dropped) {
      this.#byNumber.delete(number);
      this.#numbers.delete(id);
      this.#joined.delete(number);
    }
    this.earlier = true;
    this.#sort();
  }

  #put(message: LoungeMessage): void {
    const known = this.#byNumber.get(message.number);
    if (known?.id === message.id && !later(message, known)) return;
    if (known) this.#numbers.delete(known.id);
    this.#byNumber.set(message.number, message);
    this.#numbers.set(message.id, message.number);
  }

  #sort(): void {
    this.#sorted = [...this.#byNumber.values()].sort((one, other) => one.number - other.number);
  }

  /** These were given as following one another. */
  #join(messages: LoungeMessage[], earlier: boolean): void {
    for (const { number } of earlier ? messages.slice(1) : messages) this.#joined.add(number);
  }
}
