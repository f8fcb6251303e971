// Times and lengths of time as they are shown.

import { dates } from '../../model/formats';

/** Such as 2:10 or 1:02:10. */
export function running(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const part = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${part(minutes)}:${part(seconds % 60)}` : `${minutes}:${part(seconds % 60)}`;
}

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
const WITH_DAY = { day: 'numeric', month: 'short', ...CLOCK } as const;
const WITH_YEAR = { dateStyle: 'medium', timeStyle: 'short' } as const;

/** The clock for today, the day as well for others. */
export function moment(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  if (then.toDateString() === today.toDateString()) return dates(CLOCK).format(then);
  return dates(then.getFullYear() === today.getFullYear() ? WITH_DAY : WITH_YEAR).format(then);
}

export function fullMoment(at: number): string {
  return dates(WITH_YEAR).format(at);
}

/** The clock, to the second. */
export function exactTime(at: number): string {
  return dates({ timeStyle: 'medium' }).format(at);
}
