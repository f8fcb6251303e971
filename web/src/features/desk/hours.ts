// Openings in the words and the time of whoever reads them. Pure.

export interface OpeningDay {
  /** Midnight of the day, where the reader is. */
  day: Date;
  /** Whole days from the reader's today: 0 today, 1 tomorrow. */
  from: number;
  /** Such as `9:00 – 17:00`; none where it is open from midnight to midnight. */
  times: string[];
}

const A_DAY = 86_400_000;

/**
 * The openings by day, what is over left out. One that goes on past midnight, as it may where the reader is, stands at
 * the day on which it begins; one of more than a day at each of its days.
 *
 * @param openings from and to, milliseconds since 1970, earliest first
 */
export function openingDays(openings: [number, number][], now: Date, locale?: string): OpeningDay[] {
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const today = midnight(now);
  const days: OpeningDay[] = [];
  for (const [from, to] of openings.filter(([, to]) => to > now.getTime())) {
    const long = to - from > A_DAY;
    let start = Math.max(from, today.getTime());
    while (start < to) {
      const day = midnight(new Date(start));
      const next = midnight(new Date(start), 1).getTime();
      const end = long ? Math.min(to, next) : to;
      const times = start === day.getTime() && end === next ? [] : [between(clock, start, end)];
      const last = days.at(-1);
      if (last?.day.getTime() === day.getTime()) last.times.push(...times);
      // A day is not always 24 hours long.
      else days.push({ day, from: Math.round((day.getTime() - today.getTime()) / A_DAY), times });
      start = end;
    }
  }
  return days;
}

/** Times of two days would be written with their dates: the day is said already. */
function between(clock: Intl.DateTimeFormat, from: number, to: number): string {
  const sameDay = midnight(new Date(from)).getTime() === midnight(new Date(to)).getTime();
  return sameDay ? clock.formatRange(from, to) : `${clock.format(from)} – ${clock.format(to)}`;
}

function midnight(date: Date, later = 0): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + later);
}
