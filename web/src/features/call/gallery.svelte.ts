// The order of the tiles as it has come about, and the page that is looked at.

import { bringIn, clampPage, onPage, pageCount, settle } from './pages';

export class Gallery {
  page = $state(0);
  #order = $state.raw<string[]>([]);
  #perPage = $state(1);
  #spokeAt = new Map<string, number>();
  pages = $derived(pageCount(this.#order.length, Math.max(2, this.#perPage)));
  current = $derived(clampPage(this.page, this.pages));
  /** The others on the page. */
  seen = $derived(onPage(this.#order, this.current, Math.max(2, this.#perPage)));

  /** @param present the others, in the order of joining */
  take(present: string[], perPage: number): void {
    this.#perPage = perPage;
    this.#order = settle(this.#order, present);
    this.page = this.current;
  }

  /** @param now ms; any clock that goes on */
  spoke(speaker: string | null, now: number): void {
    if (speaker === null) return;
    this.#spokeAt.set(speaker, now);
    this.#order = bringIn(this.#order, this.current, Math.max(2, this.#perPage), speaker, this.#spokeAt);
  }

  turn(by: 1 | -1): void {
    this.page = clampPage(this.current + by, this.pages);
  }
}
