// What is said to those who do not see the screen: one polite voice and one that interrupts.

import { untrack } from 'svelte';

class Announcer {
  polite = $state('');
  assertive = $state('');

  /** When there is a pause. */
  say(text: string): void {
    this.polite = this.#fresh(
      text,
      untrack(() => this.polite),
    );
  }

  /** At once. */
  interrupt(text: string): void {
    this.assertive = this.#fresh(
      text,
      untrack(() => this.assertive),
    );
  }

  /** The same words twice are read twice only if the text differs. */
  #fresh(text: string, before: string): string {
    return text === before ? `${text}\u00a0` : text;
  }
}

export const announcer = new Announcer();
