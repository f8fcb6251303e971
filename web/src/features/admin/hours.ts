// What the editor of opening hours holds, and names of its days.

import type { DayHours } from '../../model/admin-hours';
import { dates } from '../../model/formats';

export interface HoursForm {
  /** Whether visitors are told any hours. */
  told: boolean;
  zone: string;
  days: DayHours[];
  /** One day in a line. */
  closed: string;
}

/** @param weekday 1 Monday to 7 Sunday */
export function weekdayName(weekday: number): string {
  // The first of January 2024 was a Monday.
  return dates({ weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, weekday));
}

export function zones(current: string): { id: string; label: string }[] {
  const known = Intl.supportedValuesOf('timeZone');
  const all = known.includes(current) ? known : [current, ...known];
  return (all.includes('UTC') ? all : ['UTC', ...all]).map((id) => ({ id, label: id.replaceAll('_', ' ') }));
}
