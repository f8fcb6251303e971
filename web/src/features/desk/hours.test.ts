import { describe, expect, it } from 'vitest';
import { openingDays } from './hours';

const at = (day: number, hour: number): number => new Date(2026, 2, day, hour).getTime();
const now = new Date(2026, 2, 6, 12);

describe('openings', () => {
  it('are told by day, in the words of the reader', () => {
    const days = openingDays(
      [
        [at(6, 9), at(6, 17)],
        [at(7, 9), at(7, 12)],
        [at(7, 13), at(7, 17)],
        [at(10, 9), at(10, 17)],
      ],
      now,
      'en-GB',
    );
    expect(days.map(({ from, times }) => [from, times])).toEqual([
      [0, ['09:00–17:00']],
      [1, ['09:00–12:00', '13:00–17:00']],
      [4, ['09:00–17:00']],
    ]);
  });

  it('that are over are left out', () => {
    expect(openingDays([[at(6, 8), at(6, 12)]], now)).toEqual([]);
  });

  const told = (openings: [number, number][]): [number, string[]][] =>
    openingDays(openings, now, 'en-GB').map(({ from, times }) => [from, times]);

  it('past midnight, as they may be where the reader is, are told without dates', () => {
    expect(told([[at(7, 18), at(8, 2)]])).toEqual([[1, ['18:00 – 2:00']]]);
    expect(told([[at(7, 18), at(8, 0)]])).toEqual([[1, ['18:00 – 0:00']]]);
  });

  it('that have begun before today are of today', () => {
    expect(told([[at(5, 18), at(6, 14)]])).toEqual([[0, ['00:00–14:00']]]);
  });

  it('round the clock are told for each day', () => {
    expect(told([[at(4, 18), at(8, 12)]])).toEqual([
      [0, []],
      [1, []],
      [2, ['00:00–12:00']],
    ]);
    expect(told([[at(7, 0), at(8, 0)]])).toEqual([[1, []]]);
  });

  it('of tomorrow are tomorrow, on days of 23 hours too', () => {
    // Wherever the clock goes forward in March, one of these days is short.
    for (let day = 20; day < 31; day++) {
      const [tomorrow] = openingDays([[at(day + 1, 9), at(day + 1, 10)]], new Date(2026, 2, day, 23));
      expect(tomorrow?.from).toBe(1);
    }
  });
});
