// Days and clocks in a zone, as the dashboard of appointments needs them: which day a moment falls on, when a day
// begins, which moments a clock on the wall stands for. Pure; the rules of zones are the browser's.

/** A day on a calendar, `YYYY-MM-DD`. */
export type Day = string;

/** What a clock shows, `YYYY-MM-DDTHH:MM`. */
export type Wall = string;

/** Days as the server is asked for them: from the first moment on, and before the last. */
export interface Range {
  from: number;
  to: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Longer, and whoever waits begins to wonder. */
const LONG_AFTER = 5 * 60_000;
/** Longer, and they think of leaving. */
const VERY_LONG_AFTER = 15 * 60_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(zone, clock);
  return clock;
}

/** What a clock in `zone` shows then. */
export function wallAt(at: number, zone: string): Wall {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

export function dayOf(at: number, zone: string): Day {
  return wallAt(at, zone).slice(0, 10);
}

/** How far a clock in `zone` is ahead of that of UTC, milliseconds. */
function offsetAt(at: number, zone: string): number {
  const minute = Math.floor(at / 60_000) * 60_000;
  return Date.parse(`${wallAt(minute, zone)}Z`) - minute;
}

/** Those before and after a change of the clocks that may lie around there. */
function offsetsAround(wall: Wall, zone: string): [number, number] {
  const near = Date.parse(`${wall}Z`);
  return [offsetAt(near - DAY_MS, zone), offsetAt(near + DAY_MS, zone)];
}

/** When a clock in `zone` shows this: never where it is put forward past it, twice where it is put back. */
export function momentsOf(wall: Wall, zone: string): number[] {
  const near = Date.parse(`${wall}Z`);
  const moments = offsetsAround(wall, zone).map((offset) => near - offset);
  return [...new Set(moments)].filter((at) => wallAt(at, zone) === wall).sort((a, b) => a - b);
}

/** The first moment of a day. Some zones put their clocks forward at midnight: then it is the moment they do. */
export function startOf(day: Day, zone: string): number {
  const midnight = `${day}T00:00`;
  const [first] = momentsOf(midnight, zone);
  return first ?? Date.parse(`${midnight}Z`) - offsetsAround(midnight, zone)[0];
}

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The seven days, from Monday on, that a day is one of. */
export function weekOf(day: Day): Day[] {
  const sinceMonday = (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, n) => addDays(day, n - sinceMonday));
}

export function rangeOf(first: Day, last: Day, zone: string): Range {
  return { from: startOf(first, zone), to: startOf(addDays(last, 1), zone) };
}

/** A day as it stands in an address, if it is one. */
export function readDay(text: string | null): Day | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? null : text;
}

/** A date and a time as people write them, `2026-03-29 14:30` or with a T between. */
export function readWall(text: string): Wall | null {
  const found = /^\s*(\d{4}-\d{2}-\d{2})(?:T|,?\s+)(\d{1,2}):(\d{2})\s*$/i.exec(text);
  const [, date = '', hour = '', minute = ''] = found ?? [];
  const day = readDay(date);
  if (day === null || Number(hour) > 23 || Number(minute) > 59) return null;
  return `${day}T${hour.padStart(2, '0')}:${minute}`;
}

/** As it stands in the field. */
export function writtenWall(wall: Wall): string {
  return wall.replace('T', ' ');
}

/** Minutes as people write them, `45` or `45 min`. */
export function readMinutes(text: string): number | null {
  const found = /^\s*(\d{1,4})\s*(?:m|min|minutes?)?\.?\s*$/i.exec(text);
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** How long somebody has been waiting, as it is to be seen. */
export type Age = 'fresh' | 'long' | 'very_long';

export function ageOf(ms: number): Age {
  if (ms >= VERY_LONG_AFTER) return 'very_long';
  return ms >= LONG_AFTER ? 'long' : 'fresh';
}
