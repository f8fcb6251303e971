import { describe, expect, it } from 'vitest';
import { dayOf, hoursOf, left, lengthOf, momentOf, zoneOf } from './times';

/** Of the zone the tests run in, whichever it is. */
const at = (day: number, hour: number, minute = 0): number => new Date(2025, 10, day, hour, minute).getTime();
/** Formatters write spaces that do not break. */
const plain = (text: string): string => text.replace(/[\u00a0\u2009\u202f]/g, ' ');

describe('the time of an appointment', () => {
  it('is said with its day, from when to when', () => {
    expect(dayOf(at(21, 14), 'en-GB')).toMatch(/^Friday,? 21 November 2025$/);
    expect(plain(hoursOf(at(21, 14, 30), 30, 'en-GB'))).toMatch(/^14:30 ?– ?15:00$/);
  });

  it('over midnight still says both ends', () => {
    expect(plain(hoursOf(at(21, 23, 45), 30, 'en-GB'))).toContain('23:45');
  });

  it('is said without the day where that is today', () => {
    expect(momentOf(at(21, 14, 15), at(21, 9), 'en-GB')).toBe('14:15');
    expect(plain(momentOf(at(22, 14, 15), at(21, 9), 'en-GB'))).toMatch(/Saturday.* 22 November.* 14:15/);
  });

  it.each([
    ['en-US', '6:03 AM'],
    ['en-GB', '06:03'],
    ['de', '06:03'],
    ['tr', '06:03'],
  ])('is written in %s the same alone and in a span', (locale, words) => {
    const half = at(21, 6, 3);
    expect(plain(momentOf(half, at(21, 1), locale))).toBe(words);
    expect(plain(hoursOf(half, 30, locale))).toContain(words.replace(' AM', ''));
  });

  it('names the zone of the reader', () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(zoneOf(at(21, 14), 'en')).toMatch(new RegExp(`^${timeZone.replaceAll('_', ' ')}, (GMT|UTC)`));
  });

  it.each([
    [5, '5 minutes'],
    [60, '1 hour'],
    [90, '1 hour 30 minutes'],
    [480, '8 hours'],
  ])('%i minutes are %s', (minutes, words) => {
    expect(lengthOf(minutes, 'en')).toBe(words);
  });

  it.each([
    [-5, '00:00'],
    [1, '00:01'],
    [59_000, '00:59'],
    [61_000, '01:01'],
    [3_600_000, '1:00:00'],
    [47 * 3_600_000, '47:00:00'],
    [3 * 86_400_000 - 1, '3 days'],
  ])('%i ms are left as %s', (ms, words) => {
    expect(left(ms, 'en')).toBe(words);
  });
});
