// What the media server is asked for: which cameras are seen here and how large, the most important first. Pure.

import type { Viewed } from '../protocol/generated';

/** A tile on the screen. */
export interface Shown {
  participant: string;
  source: 'camera' | 'screen';
  /** Device pixels. */
  width: number;
  height: number;
}

/** What is known of whoever stands in a tile. */
export interface Watched {
  id: string;
  order: number;
  self: boolean;
  /** Which pictures there are to be had. */
  sends: Shown['source'][];
}

/** Sizes are told in steps: a tile that moves by a few pixels asks for nothing new. */
const STEP = 16;

export function viewOf(shown: Shown[], people: Watched[], speaker: string | null): Viewed[] {
  const known = new Map(people.map((person) => [person.id, person]));
  const wanted = shown.flatMap((tile) => {
    const person = known.get(tile.participant);
    return person && !person.self && person.sends.includes(tile.source) && tile.width > 0 && tile.height > 0
      ? [{ tile, order: person.order, speaks: person.id === speaker }]
      : [];
  });
  const area = ({ width, height }: Shown): number => width * height;
  wanted.sort(
    (a, b) =>
      // A screen that is shown is what everybody looks at.
      Number(b.tile.source === 'screen') - Number(a.tile.source === 'screen') ||
      Number(b.speaks) - Number(a.speaks) ||
      stepped(area(b.tile)) - stepped(area(a.tile)) ||
      a.order - b.order,
  );
  return wanted.map(({ tile: { participant, source, width, height } }) => ({
    participant,
    source,
    width: stepped(width),
    height: stepped(height),
  }));
}

function stepped(pixels: number): number {
  return Math.max(STEP, Math.round(pixels / STEP) * STEP);
}
