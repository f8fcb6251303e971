// Times of an appointment as its reader understands them: in their own language, and in their own zone, which is named.

import { clock } from '../../model/formats';
import { language } from '../../model/language.svelte';

/** Such as `Friday, 21 November 2025`. */
export function dayOf(at: number, locale = language.locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(at);
}

/** Such as `14:30 – 15:00`. */
export function hoursOf(at: number, minutes: number, locale = language.locale): string {
  const hours = new Intl.DateTimeFormat(locale, clock(locale));
  return hours.formatRange(at, at + minutes * 60_000);
}

/** Such as `14:15`; with its day where that is not the day of `now`. */
export function momentOf(at: number, now: number, locale = language.locale): string {
  const time = clock(locale);
  const same = new Date(at).toDateString() === new Date(now).toDateString();
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  return new Intl.DateTimeFormat(locale, same ? time : { ...day, ...time }).format(at);
}

/** The reader's zone, and how far it is from Greenwich at that moment: `Europe/Istanbul, GMT+3`. */
export function zoneOf(at: number, locale = language.locale): string {
  const format = new Intl.DateTimeFormat(locale, { timeZoneName: 'shortOffset' });
  const offset = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
  return [format.resolvedOptions().timeZone.replaceAll('_', ' '), offset].filter(Boolean).join(', ');
}

/** Such as `1 hour 30 minutes`. */
export function lengthOf(minutes: number, locale = language.locale): string {
  const parts = [
    ['hour', Math.floor(minutes / 60)],
    ['minute', minutes % 60],
  ] as const;
  const words = parts.map(([unit, count]) => {
    const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
    return count > 0 ? format.format(count) : '';
  });
  return words.filter(Boolean).join(' ');
}

/** How long until then: the clock for what is near, days for what is far. */
export function left(ms: number, locale = language.locale): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const days = Math.round(seconds / 86_400);
  if (seconds >= 2 * 86_400) {
    return new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days);
  }
  const part = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const short = `${part(minutes)}:${part(seconds % 60)}`;
  return hours > 0 ? `${hours}:${short}` : short;
}
