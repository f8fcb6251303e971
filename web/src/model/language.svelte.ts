// The language of the page. Texts ask here each time they are drawn, so another one is chosen without a reload, in the
// middle of a call too. English is always there: it stands in for what cannot be loaded.

import { catalogues } from 'virtual:languages';
import { BASE, directionOf, filledIn, firstOffered, NAMES, withRegion } from './languages';
import { remembered } from './remembered';

type Catalogue = readonly (string | null)[];

export class Language {
  #tag = $state(BASE);
  #words = $state.raw<Catalogue | null>(null);
  #browser = $state.raw<readonly string[]>([]);
  #wanted = BASE;
  /** What the page comes back to when somebody has passed. */
  #home = $state(BASE);

  /** @param load how each language but English is loaded */
  constructor(private readonly load: Record<string, () => Promise<{ default: Catalogue }>> = catalogues) {}

  get tag(): string {
    return this.#tag;
  }

  get offered(): { id: string; label: string }[] {
    return this.#tags().map((id) => ({ id, label: NAMES[id] ?? id }));
  }

  /** For what the browser writes: dates, numbers, lists. */
  get locale(): string {
    return withRegion(this.#tag, this.#browser);
  }

  get direction(): 'ltr' | 'rtl' {
    return directionOf(this.#tag);
  }

  /**
   * @param asked what the address says (`?lang=`): it holds in this tab, whatever was chosen on the device
   * @param browser the languages of the browser, most wanted first
   */
  async begin(asked: string | null, browser: readonly string[]): Promise<void> {
    this.#browser = browser;
    if (asked !== null) remembered.languageOfTab.set(asked);
    const chosen = [remembered.languageOfTab.get(), remembered.language.get()];
    this.#home = firstOffered([...chosen, ...browser], this.#tags());
    await this.#use(this.#home);
  }

  /** Somebody chose it: it is remembered on this device. */
  async choose(tag: string): Promise<void> {
    remembered.languageOfTab.set(null);
    remembered.language.set(tag);
    this.#home = tag;
    await this.#use(tag);
  }

  /** Somebody chose it at a screen of many: it holds until they have passed. */
  async pass(tag: string): Promise<void> {
    await this.#use(tag);
  }

  passed(): void {
    void this.#use(this.#home);
  }

  /** Whether the language is that of a passer-by. */
  get passing(): boolean {
    return this.#tag !== this.#home;
  }

  /** @returns null where English is to be said */
  say(text: number, inputs: Record<string, unknown>): string | null {
    const words = this.#words?.[text];
    return words == null ? null : filledIn(words, inputs);
  }

  #tags(): string[] {
    return [BASE, ...Object.keys(this.load)];
  }

  async #use(tag: string): Promise<void> {
    this.#wanted = tag;
    let words: Catalogue | null = null;
    if (tag !== BASE) {
      try {
        words = (await this.load[tag]?.())?.default ?? null;
      } catch {
        // It could not be loaded: what is shown stays as it is, and the next visit tries again.
        return;
      }
    }
    // Somebody who chooses quickly gets what they chose last.
    if (this.#wanted !== tag) return;
    this.#words = words;
    this.#tag = tag;
  }
}

export const language = new Language();

/** What the compiled texts ask: see vite.languages.ts. */
export function said(text: number, inputs: Record<string, unknown> = {}): string | null {
  return language.say(text, inputs);
}
