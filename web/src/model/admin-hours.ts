// Opening hours as they are edited: a row for each weekday with its openings as clock times. Pure.

import type { Hours, Opening } from '../protocol/generated';

export interface DayHours {
  /** 1 Monday to 7 Sunday. */
  weekday: number;
  openings: { from: string; to: string }[];
}

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const DAY_MINUTES = 24 * 60;

/** Rows for the editor, Monday first. */
export function daysOf(hours: Hours | undefined): DayHours[] {
  return DAYS.map((weekday) => ({
    weekday,
    openings: (hours?.weekly ?? [])
      .filter((opening) => opening.weekday === weekday)
      .sort((a, b) => a.from - b.from)
      .map(({ from, to }) => ({ from: clock(from), to: clock(to) })),
  }));
}

/** What was typed, or the weekday on which it makes no sense. */
export function openingsOf(
  days: DayHours[],
): { ok: true; weekly: Opening[] } | { ok: false; weekday: number } {
  const weekly: Opening[] = [];
  for (const { weekday, openings } of days) {
    for (const opening of openings) {
      const from = minutes(opening.from);
      const end = minutes(opening.to);
      // Midnight as an end is the one that comes, not the one that was.
      const to = end === 0 ? DAY_MINUTES : end;
      if (from === null || to === null || to <= from) return { ok: false, weekday };
      weekly.push({ weekday, from, to });
    }
  }
  return { ok: true, weekly };
}

/** Days on which it stays closed, one in a line or divided by commas; null if one of them is no day. */
export function closedDaysOf(text: string): string[] | null {
  const days = text.split(/[\s,]+/).filter((one) => one !== '');
  return days.every(isDay) ? [...new Set(days)].sort() : null;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function clock(minute: number): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(minute / 60) % 24)}:${part(minute % 60)}`;
}

function minutes(text: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const value = Number(hour) * 60 + Number(minute);
  return value < DAY_MINUTES ? value : null;
}
