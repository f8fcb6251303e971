// What one side of a pair has to say to the other: in order, and again if the server could not pass it on in that
// moment. Nothing waits for what was said before it; only when something was refused everything from there on is said once
// more, one after the other. Who hears something twice makes nothing of it.

import type { Signal } from '../protocol/generated';
import { isPassing, untilAnswered } from './again';
import { codeOf } from './membership';

interface Saying {
  signal: Signal;
  /** Of no more concern by itself; it stays as long as something before it is not. */
  done: boolean;
}

export class Signals {
  #sayings: Saying[] = [];
  #repeating = false;
  #over = false;

  /** @param pass rejects with CommandFailed if it was not passed on */
  constructor(private readonly pass: (signal: Signal) => Promise<unknown>) {}

  say(signal: Signal): void {
    const saying = { signal, done: false };
    this.#sayings.push(saying);
    if (!this.#repeating) void this.#first(saying);
  }

  dispose(): void {
    this.#over = true;
    this.#sayings = [];
  }

  async #first(saying: Saying): Promise<void> {
    try {
      await this.pass(saying.signal);
    } catch (error) {
      if (isPassing(codeOf(error))) {
        await this.#repeat();
        return;
      }
      // Stale by now, or the session is gone: a new peer or a restart takes care of it.
    }
    saying.done = true;
    while (this.#sayings[0]?.done) this.#sayings.shift();
  }

  /** From the first one that is not known to have been passed on: what has got ahead of it may have been of no use. */
  async #repeat(): Promise<void> {
    if (this.#repeating) return;
    this.#repeating = true;
    for (let [saying] = this.#sayings; saying; [saying] = this.#sayings) {
      const { signal } = saying;
      await untilAnswered(() => this.pass(signal), { still: () => !this.#over }).catch(() => undefined);
      if (this.#sayings[0] === saying) this.#sayings.shift();
    }
    this.#repeating = false;
  }
}
