// Which language somebody reads, and what follows from it. Pure.

/** Each by its own name: whoever looks for it may read no other. */
export const NAMES: Record<string, string> = {
  en: 'English',
  de: 'Deutsch',
  tr: 'Türkçe',
  'en-XB': 'Pseudo',
};

export const BASE = 'en';

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi', 'en-xb']);

/**
 * The language to begin with.
 *
 * @param wanted in the order in which they count; what is not offered, or is not a language, is passed over
 * @param offered such as `['en', 'tr']`
 */
export function firstOffered(wanted: readonly (string | null)[], offered: readonly string[]): string {
  for (const tag of wanted) {
    const found = tag === null ? undefined : match(tag, offered);
    if (found !== undefined) return found;
  }
  return BASE;
}

function match(tag: string, offered: readonly string[]): string | undefined {
  const asked = tag.toLowerCase().replaceAll('_', '-');
  const same = offered.find((one) => one.toLowerCase() === asked);
  return same ?? offered.find((one) => one === asked.split('-')[0]);
}

/**
 * The language with the region the reader lives in, as their browser says it: the date of an American is another one
 * than that of somebody in London.
 */
export function withRegion(tag: string, browser: readonly string[]): string {
  return browser.find((one) => one.split('-')[0] === tag && isLocale(one)) ?? tag;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export function directionOf(tag: string): 'ltr' | 'rtl' {
  const small = tag.toLowerCase();
  return RIGHT_TO_LEFT.has(small) || RIGHT_TO_LEFT.has(small.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/** Puts what a text is about in the place of `{name}`. */
export function filledIn(text: string, inputs: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(inputs, name) ? String(inputs[name]) : whole,
  );
}
