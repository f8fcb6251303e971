// Dates, numbers and lists as the reader's language writes them. Drawn with, they change with the language.

import { language } from './language.svelte';

const made = new Map<string, unknown>();

/** Making a formatter is slow; each is made once. */
function once<T>(kind: string, options: object, make: (locale: string) => T): T {
  const { locale } = language;
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, make(locale));
  return made.get(key) as T;
}

export function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once('date', options, (locale) => new Intl.DateTimeFormat(locale, options));
}

export function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return once('number', options, (locale) => new Intl.NumberFormat(locale, options));
}

/**
 * The clock as it is written there: `06:03` where a day has 24 hours, `6:03 AM` where it has twice twelve. Formatters
 * leave the nought out of a time alone and put it into a span of time.
 */
export function clock(locale = language.locale): { hour: 'numeric' | '2-digit'; minute: '2-digit' } {
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions();
  return { hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit' };
}

/** Such as `Ana, Ben`. */
export function listed(names: readonly string[]): string {
  const style = { type: 'unit', style: 'short' } as const;
  return once('list', style, (locale) => new Intl.ListFormat(locale, style)).format(names);
}
