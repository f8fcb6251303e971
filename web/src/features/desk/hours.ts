// Openings in the words and the time of whoever reads them. Pure.

export interface OpeningDay {
  /** Midnight of the day, where the reader is. */
  day: Date;
  /** Whole days from the reader's today: 0 today, 1 tomorrow. */
  from: number;
  /** Such as `9:00 – 17:00`. */
  times: string[];
}

/**
 * The openings by day, those that are over left out.
 *
 * @param openings from and to, milliseconds since 1970, earliest first
 */
export function openingDays(openings: [number, number][], now: Date, locale?: string): OpeningDay[] {
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const today = midnight(now);
  const days: OpeningDay[] = [];
  for (const [from, to] of openings) {
    if (to <= now.getTime()) continue;
    const day = midnight(new Date(from));
    const times = clock.formatRange(from, to);
    const last = days.at(-1);
    if (last?.day.getTime() === day.getTime()) last.times.push(times);
    // A day is not always 24 hours long.
    else days.push({ day, from: Math.round((day.getTime() - today.getTime()) / 86_400_000), times: [times] });
  }
  return days;
}

function midnight(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}
