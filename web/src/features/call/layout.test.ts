import { describe, expect, it } from 'vitest';
import type { Rectangle, Size } from './layout';
import {
  besides,
  cornerBy,
  grid,
  nearestCorner,
  nextCorner,
  oneToOne,
  stripTakes,
  withStrip,
} from './layout';

const stages: Size[] = [
  { width: 320, height: 480 },
  { width: 568, height: 260 },
  { width: 768, height: 900 },
  { width: 1440, height: 800 },
  { width: 3840, height: 2000 },
];

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function expectOn(stage: Size, tile: Rectangle): void {
  expect(tile.x).toBeGreaterThanOrEqual(-0.01);
  expect(tile.y).toBeGreaterThanOrEqual(-0.01);
  expect(tile.x + tile.width).toBeLessThanOrEqual(stage.width + 0.01);
  expect(tile.y + tile.height).toBeLessThanOrEqual(stage.height + 0.01);
}

describe('the grid', () => {
  it.each(stages.flatMap((stage) => [1, 2, 3, 4, 7, 12].map((count) => ({ stage, count }))))(
    'keeps $count tiles apart and on the stage $stage',
    ({ stage, count }) => {
      const tiles = grid(count, stage);
      expect(tiles).toHaveLength(count);
      for (const [index, tile] of tiles.entries()) {
        expectOn(stage, tile);
        expect(tiles.slice(index + 1).some((other) => overlap(tile, other))).toBe(false);
      }
    },
  );

  it('puts two beside each other where it is wide and on top of each other where it is high', () => {
    const [a, b] = grid(2, { width: 1440, height: 700 });
    expect(a?.y).toBe(b?.y);
    const [c, d] = grid(2, { width: 360, height: 640 });
    expect(c?.x).toBe(d?.x);
  });

  it.each([3, 4, 7])('cuts nobody of %i down to a stripe on a wide stage', (count) => {
    for (const tile of grid(count, { width: 1440, height: 760 })) {
      expect(tile.width / tile.height).toBeGreaterThanOrEqual(1);
    }
  });

  it('centres the last row when it is not full', () => {
    const [a, b, c] = grid(3, { width: 1440, height: 760 });
    if (!a || !b || !c) throw new Error('three tiles');
    expect(a.y).toBe(b.y);
    expect(c.y).toBeGreaterThan(a.y);
    expect(c.x + c.width / 2).toBeCloseTo(720);
  });

  it('has nothing to show without people or room', () => {
    expect(grid(0, { width: 100, height: 100 })).toEqual([]);
    expect(grid(3, { width: 0, height: 100 })).toEqual([]);
  });
});

describe('face to face', () => {
  it.each(stages)('keeps the small picture on the stage %o', (stage) => {
    for (const corner of ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const) {
      const { large, small } = oneToOne(stage, corner);
      expect(large).toEqual({ x: 0, y: 0, ...stage });
      expect(small.x).toBeGreaterThan(0);
      expect(small.y).toBeGreaterThan(0);
      expect(small.x + small.width).toBeLessThan(stage.width);
      expect(small.y + small.height).toBeLessThan(stage.height);
      expect(small.width * small.height).toBeLessThan(stage.width * stage.height * 0.25);
    }
  });

  it('snaps to the nearest corner and goes round them by keyboard', () => {
    expect(nearestCorner({ x: 10, y: 10 }, { width: 100, height: 100 })).toBe('top-left');
    expect(nearestCorner({ x: 90, y: 60 }, { width: 100, height: 100 })).toBe('bottom-right');
    expect(nextCorner('top-left')).toBe('top-right');
    expect(nextCorner(nextCorner(nextCorner(nextCorner('bottom-left'))))).toBe('bottom-left');
  });

  it.each([
    ['ArrowLeft', 'bottom-right', 'bottom-left'],
    ['ArrowLeft', 'bottom-left', 'bottom-left'],
    ['ArrowRight', 'top-left', 'top-right'],
    ['ArrowUp', 'bottom-right', 'top-right'],
    ['ArrowDown', 'top-left', 'bottom-left'],
    ['Enter', 'top-left', null],
  ] as const)('goes by %s from %s to %s', (key, from, to) => {
    expect(cornerBy(key, from)).toBe(to);
  });
});

describe('what stands on a large tile', () => {
  it.each([
    [null, 'ltr', 'start', 'end'],
    ['top-left', 'ltr', 'start', 'end'],
    ['top-right', 'ltr', 'start', 'start'],
    ['bottom-left', 'ltr', 'end', 'end'],
    ['bottom-right', 'rtl', 'end', 'end'],
    ['top-left', 'rtl', 'start', 'start'],
  ] as const)('is not under a picture %s (%s)', (corner, direction, tag, actions) => {
    expect(besides(corner, direction)).toEqual({ tag, actions });
  });
});

describe('what is large, with a strip', () => {
  const cases = stages.flatMap((stage) =>
    [1, 2, 4].flatMap((large) => [0, 1, 2, stripTakes(stage)].map((rest) => ({ stage, large, rest }))),
  );

  it.each(cases)('has $large large and $rest in the strip apart on the stage $stage', (given) => {
    const { large, strip } = withStrip(given.large, given.rest, given.stage);
    expect([large.length, strip.length]).toEqual([given.large, given.rest]);
    const all = [...large, ...strip];
    for (const [index, tile] of all.entries()) {
      expectOn(given.stage, tile);
      expect(all.slice(index + 1).some((other) => overlap(tile, other))).toBe(false);
    }
  });

  it.each(stages)('leaves most of the stage %o to a single large tile', (stage) => {
    const [large] = withStrip(1, 2, stage).large;
    if (!large) throw new Error('a large tile');
    expect(large.width * large.height).toBeGreaterThan(stage.width * stage.height * 0.65);
  });

  it('puts the strip at the end of a wide stage and at the foot of a high one', () => {
    const [beside] = withStrip(1, 1, { width: 1440, height: 800 }).strip;
    expect((beside?.x ?? 0) + (beside?.width ?? 0)).toBe(1440);
    const [below] = withStrip(1, 1, { width: 360, height: 600 }).strip;
    expect((below?.y ?? 0) + (below?.height ?? 0)).toBe(600);
  });

  it('takes three on the smallest phone and more on a large screen', () => {
    expect(stripTakes({ width: 304, height: 480 })).toBe(3);
    expect(stripTakes({ width: 1440, height: 800 })).toBeGreaterThan(4);
    expect(stripTakes({ width: 200, height: 100 })).toBe(2);
  });

  it('has smaller tiles where the stage is too short for them', () => {
    const stage = { width: 500, height: 90 };
    for (const tile of withStrip(1, 2, stage).strip) expectOn(stage, tile);
  });

  it('needs room', () => {
    expect(withStrip(1, 2, { width: 0, height: 90 })).toEqual({ large: [], strip: [] });
  });
});
