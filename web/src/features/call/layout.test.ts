import { describe, expect, it } from 'vitest';
import type { Rectangle, Stage } from './layout';
import { grid, nearestCorner, nextCorner, oneToOne } from './layout';

const stages: Stage[] = [
  { width: 320, height: 480 },
  { width: 568, height: 260 },
  { width: 768, height: 900 },
  { width: 1440, height: 800 },
];

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('the grid', () => {
  it.each(stages.flatMap((stage) => [1, 2, 3, 4, 7, 12].map((count) => ({ stage, count }))))(
    'keeps $count tiles apart and on the stage $stage',
    ({ stage, count }) => {
      const tiles = grid(count, stage);
      expect(tiles).toHaveLength(count);
      for (const [index, tile] of tiles.entries()) {
        expect(tile.x).toBeGreaterThanOrEqual(-0.01);
        expect(tile.y).toBeGreaterThanOrEqual(-0.01);
        expect(tile.x + tile.width).toBeLessThanOrEqual(stage.width + 0.01);
        expect(tile.y + tile.height).toBeLessThanOrEqual(stage.height + 0.01);
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
});
