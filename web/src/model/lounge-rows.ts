// How lines of the lounge stand below one another: days between them, names only where somebody begins, what is hidden
// for now, and small notes about who came and went. Pure.

import type { LoungeLine } from './lounge-messages.svelte';

/** Something that happened, between lines. */
export interface LogNote {
  id: string;
  /** It happened when this was the number of the last message. */
  after: number;
  text: string;
}

export type LogRow =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'note'; key: string; text: string }
  | { kind: 'hidden'; key: string; line: LoungeLine }
  /** `follows`: by the same one as the line before, shortly after it. */
  | { kind: 'line'; key: string; line: LoungeLine; follows: boolean };

/** Lines of one author within this time stand together. */
const TOGETHER_FOR = 3 * 60_000;

const dayOf = (at: number): string => new Date(at).toDateString();

/**
 * @param lines in their order, those that are not taken yet behind
 * @param notes in the order in which they happened
 * @param hides whether a line is not to be shown as it is
 */
export function logRows(
  lines: readonly LoungeLine[],
  notes: readonly LogNote[],
  hides: (line: LoungeLine) => boolean,
): LogRow[] {
  const rows: LogRow[] = [];
  const waiting = [...notes];
  let before: LoungeLine | null = null;
  let day = '';
  for (const line of lines) {
    while (waiting[0] && line.number !== null && waiting[0].after < line.number) {
      const note = waiting.shift();
      // Of what happened before the first line that is shown, nothing is said.
      if (note && before) rows.push({ kind: 'note', key: note.id, text: note.text });
      if (note) before = before && { ...before, fromId: '' };
    }
    if (dayOf(line.at) !== day) {
      day = dayOf(line.at);
      rows.push({ kind: 'day', key: `day ${day} ${line.id}`, at: line.at });
      before = null;
    }
    if (hides(line)) {
      rows.push({ kind: 'hidden', key: line.id, line });
      before = null;
      continue;
    }
    const follows = before?.fromId === line.fromId && line.at - before.at <= TOGETHER_FOR;
    rows.push({ kind: 'line', key: line.id, line, follows });
    before = line;
  }
  for (const note of waiting) rows.push({ kind: 'note', key: note.id, text: note.text });
  return rows;
}
