// The order of the tiles as it has come about, and the page that is looked at.

import { bringIn, clampPage, onPage, pageCount, settle } from './pages';

export class Gallery {
  page = $state(0);
  /** Everybody's place, also of those who are large for now: they come back to it. */
  #order = $state.raw<string[]>([]);
  #paged = $state.raw<ReadonlySet<string>>(new Set());
  #perPage = $state(1);
  #spokeAt = new Map<string, number>();
  #here = $derived(this.#order.filter((id) => this.#paged.has(id)));
  pages = $derived(pageCount(this.#here.length, this.#perPage));
  current = $derived(clampPage(this.page, this.pages));
  /** The others on the page. */
  seen = $derived(onPage(this.#here, this.current, this.#perPage));

  /**
   * @param present the others, in the order of joining
   * @param paged those of them who stand on pages
   * @param perPage how many of them are seen at once
   */
  take(present: string[], paged: string[], perPage: number): void {
    this.#perPage = perPage;
    this.#order = settle(this.#order, present);
    this.#paged = new Set(paged);
    this.page = this.current;
  }

  /** @param now ms; any clock that goes on */
  spoke(speaker: string | null, now: number): void {
    if (speaker === null) return;
    this.#spokeAt.set(speaker, now);
    const after = bringIn(this.#here, this.current, this.#perPage, speaker, this.#spokeAt);
    const places = after[Symbol.iterator]();
    this.#order = this.#order.map((id) => (this.#paged.has(id) ? (places.next().value ?? id) : id));
  }

  turn(by: 1 | -1): void {
    this.page = clampPage(this.current + by, this.pages);
  }
}
