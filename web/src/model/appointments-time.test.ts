import { describe, expect, it } from 'vitest';
import {
  addDays,
  ageOf,
  dayOf,
  momentsOf,
  rangeOf,
  readDay,
  readMinutes,
  readWall,
  startOf,
  wallAt,
  weekOf,
} from './appointments-time';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe('a clock in a zone', () => {
  it('shows what people there see', () => {
    expect(wallAt(at('2026-07-01T12:05:59Z'), 'Europe/Berlin')).toBe('2026-07-01T14:05');
    expect(wallAt(at('2026-07-01T22:30:00Z'), 'Asia/Kathmandu')).toBe('2026-07-02T04:15');
    expect(dayOf(at('2026-01-01T04:59:00Z'), 'America/New_York')).toBe('2025-12-31');
  });

  it('stands for one moment on most days', () => {
    expect(momentsOf('2026-07-01T14:05', 'Europe/Berlin')).toEqual([at('2026-07-01T12:05Z')]);
    expect(momentsOf('2026-07-01T14:05', 'UTC')).toEqual([at('2026-07-01T14:05Z')]);
  });

  it('never shows what it is put forward past', () => {
    expect(momentsOf('2026-03-29T02:30', 'Europe/Berlin')).toEqual([]);
    expect(momentsOf('2026-03-29T03:00', 'Europe/Berlin')).toEqual([at('2026-03-29T01:00Z')]);
    expect(momentsOf('2026-03-08T02:00', 'America/New_York')).toEqual([]);
  });

  it('shows twice what it is put back to, the earlier first', () => {
    expect(momentsOf('2026-10-25T02:30', 'Europe/Berlin')).toEqual([
      at('2026-10-25T00:30Z'),
      at('2026-10-25T01:30Z'),
    ]);
    // Half an hour is enough.
    expect(momentsOf('2026-04-05T01:45', 'Australia/Lord_Howe')).toHaveLength(2);
  });
});

describe('a day', () => {
  it('is as long as its clock makes it', () => {
    const length = (day: string, zone: string): number => {
      const { from, to } = rangeOf(day, day, zone);
      return (to - from) / HOUR;
    };
    expect(length('2026-07-01', 'Europe/Berlin')).toBe(24);
    expect(length('2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(length('2026-10-25', 'Europe/Berlin')).toBe(25);
  });

  it('begins when the clock is put forward where that is at midnight', () => {
    // Cairo: from midnight to one o'clock.
    expect(startOf('2026-04-24', 'Africa/Cairo')).toBe(at('2026-04-23T22:00Z'));
    expect(dayOf(startOf('2026-04-24', 'Africa/Cairo'), 'Africa/Cairo')).toBe('2026-04-24');
    expect(dayOf(startOf('2026-04-24', 'Africa/Cairo') - 1, 'Africa/Cairo')).toBe('2026-04-23');
  });

  it('is counted on across months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  });

  it('is one of a week that begins on Monday', () => {
    const week = [
      '2026-10-19',
      '2026-10-20',
      '2026-10-21',
      '2026-10-22',
      '2026-10-23',
      '2026-10-24',
      '2026-10-25',
    ];
    expect(weekOf('2026-10-19')).toEqual(week);
    expect(weekOf('2026-10-25')).toEqual(week);
    const { from, to } = rangeOf('2026-10-19', '2026-10-25', 'Europe/Berlin');
    expect((to - from) / HOUR).toBe(7 * 24 + 1);
  });

  it('is read from an address only if there is such a day', () => {
    expect(readDay('2026-02-28')).toBe('2026-02-28');
    for (const text of [null, '', '2026-02-30', '2026-2-3', 'today', '2026-13-01'])
      expect(readDay(text)).toBeNull();
  });
});

describe('what is typed', () => {
  it('is a date and a time, with a space or a T between', () => {
    expect(readWall('2026-11-21 9:05')).toBe('2026-11-21T09:05');
    expect(readWall(' 2026-11-21T14:30 ')).toBe('2026-11-21T14:30');
    for (const text of [
      '',
      '2026-11-21',
      '14:30',
      '2026-11-31 10:00',
      '2026-11-21 24:00',
      '21.11.2026 10:00',
    ]) {
      expect(readWall(text)).toBeNull();
    }
  });

  it('is a number of minutes, with or without the word', () => {
    expect(readMinutes('45')).toBe(45);
    expect(readMinutes(' 45 min')).toBe(45);
    expect(readMinutes('45 minutes')).toBe(45);
    for (const text of ['', 'an hour', '-5', '1.5', '45x']) expect(readMinutes(text)).toBeNull();
  });
});

it('waiting grows old after 5 minutes, and very old after 15', () => {
  expect(ageOf(0)).toBe('fresh');
  expect(ageOf(5 * 60_000 - 1)).toBe('fresh');
  expect(ageOf(5 * 60_000)).toBe('long');
  expect(ageOf(15 * 60_000 - 1)).toBe('long');
  expect(ageOf(15 * 60_000)).toBe('very_long');
});
