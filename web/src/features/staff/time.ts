// Times and lengths of time as they are shown.

/** Such as 2:10 or 1:02:10. */
export function running(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const part = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${part(minutes)}:${part(seconds % 60)}` : `${minutes}:${part(seconds % 60)}`;
}

const withDay = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const withYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timeOnly = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** The clock for today, the day as well for others. */
export function moment(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  if (then.toDateString() === today.toDateString()) return timeOnly.format(then);
  return (then.getFullYear() === today.getFullYear() ? withDay : withYear).format(then);
}

export function fullMoment(at: number): string {
  return withYear.format(at);
}

const withSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** The clock, to the second. */
export function exactTime(at: number): string {
  return withSeconds.format(at);
}
