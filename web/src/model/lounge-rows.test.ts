import { describe, expect, it } from 'vitest';
import type { LoungeLine } from './lounge-messages.svelte';
import { logRows } from './lounge-rows';

const NOON = new Date(2026, 10, 21, 12).getTime();
const MINUTE = 60_000;

const line = (number: number, fromId: string, at: number): LoungeLine => ({
  id: `m_${number}`,
  number,
  fromId,
  name: fromId,
  mine: false,
  text: '',
  file: null,
  at,
  edited: false,
  deleted: false,
  state: 'sent',
  problem: null,
});
const show = (lines: LoungeLine[], after: number[] = [], hidden = ''): string[] =>
  logRows(
    lines,
    after.map((number) => ({ id: `note ${number}`, after: number, text: '' })),
    ({ fromId }) => fromId === hidden,
  ).map((row) => (row.kind === 'line' ? `${row.line.id}${row.follows ? ' follows' : ''}` : row.kind));

describe('the rows of a log', () => {
  it('put lines of one author shortly after one another together', () => {
    const lines = [
      line(1, 'a', NOON),
      line(2, 'a', NOON + 3 * MINUTE),
      line(3, 'a', NOON + 7 * MINUTE),
      line(4, 'b', NOON + 7 * MINUTE),
    ];
    expect(show(lines)).toEqual(['day', 'm_1', 'm_2 follows', 'm_3', 'm_4']);
  });

  it('say where a day begins', () => {
    expect(show([line(1, 'a', NOON - 12 * 60 * MINUTE - 1), line(2, 'a', NOON - 12 * 60 * MINUTE)])).toEqual([
      'day',
      'm_1',
      'day',
      'm_2',
    ]);
  });

  it('stand notes where they happened, and the names after them again', () => {
    const lines = [line(1, 'a', NOON), line(2, 'a', NOON)];
    expect(show(lines, [1])).toEqual(['day', 'm_1', 'note', 'm_2']);
    expect(show(lines, [0, 2])).toEqual(['day', 'm_1', 'm_2 follows', 'note']);
  });

  it('hide lines of some', () => {
    expect(show([line(1, 'a', NOON), line(2, 'b', NOON), line(3, 'a', NOON)], [], 'b')).toEqual([
      'day',
      'm_1',
      'hidden',
      'm_3',
    ]);
  });
});
