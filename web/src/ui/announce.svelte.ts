// What is said to those who do not see the screen: one polite voice and one that interrupts.

import { untrack } from 'svelte';

/** Effects give what makes the words: another language is no reason to say the same again. */
type Said = string | (() => string);

function inWords(text: Said): string {
  return typeof text === 'string' ? text : untrack(text);
}

class Announcer {
  polite = $state('');
  assertive = $state('');

  /** When there is a pause. */
  say(text: Said): void {
    this.polite = this.#fresh(
      inWords(text),
      untrack(() => this.polite),
    );
  }

  /** At once. */
  interrupt(text: Said): void {
    this.assertive = this.#fresh(
      inWords(text),
      untrack(() => this.assertive),
    );
  }

  /** The same words twice are read twice only if the text differs. */
  #fresh(text: string, before: string): string {
    return text === before ? `${text}\u00a0` : text;
  }
}

export const announcer = new Announcer();
