import { describe, expect, it } from 'vitest';
import { screenOf } from '../../model/stage.svelte';
import { arrange, compose, othersAtOnce } from './arrangement';
import type { TileRef, Wish } from './arrangement';
import type { Rectangle, Size } from './layout';

const ME = 'me';

function tiles(others: number, screens: string[] = []): TileRef[] {
  const cameras = Array.from({ length: others }, (_, index): TileRef => {
    return { id: `p${index + 1}`, kind: 'camera', self: false };
  });
  const shared = screens.map((id): TileRef => ({ id: screenOf(id), kind: 'screen', self: false }));
  return [...cameras, ...shared, { id: ME, kind: 'camera', self: true }];
}

function wish(part: Partial<Wish> = {}): Wish {
  return { view: 'grid', pins: [], speaker: null, hideSelf: false, ...part };
}

const focus = (
  large: string[],
  others: string[],
  rest: { shared?: string[]; self?: string | null } = {},
) => ({
  shape: 'focus',
  large,
  shared: rest.shared ?? [],
  others,
  self: rest.self === undefined ? ME : rest.self,
});
const ana = screenOf('p1');
const ben = screenOf('p2');

describe('what the tiles make up', () => {
  it.each([
    ['oneself alone', 0, [], {}, { shape: 'grid', others: [], self: ME }],
    ['two, face to face', 1, [], {}, { shape: 'facing', other: 'p1', self: ME }],
    ['two, whoever speaks', 1, [], { view: 'speaker' }, { shape: 'facing', other: 'p1', self: ME }],
    ['two, the other pinned', 1, [], { pins: ['p1'] }, { shape: 'facing', other: 'p1', self: ME }],
    ['two, oneself hidden', 1, [], { hideSelf: true }, { shape: 'facing', other: 'p1', self: null }],
    ['two, oneself pinned', 1, [], { pins: [ME] }, focus([ME], ['p1'], { self: null })],
    ['two, a screen', 1, ['p1'], {}, focus([ana], ['p1'])],
    ['three', 2, [], {}, { shape: 'grid', others: ['p1', 'p2'], self: ME }],
    ['three, oneself hidden', 2, [], { hideSelf: true }, { shape: 'grid', others: ['p1', 'p2'], self: null }],
    [
      'hidden is hidden, though pinned',
      2,
      [],
      { hideSelf: true, pins: [ME] },
      { shape: 'grid', others: ['p1', 'p2'], self: null },
    ],
    ['whoever speaks', 3, [], { view: 'speaker', speaker: 'p2' }, focus(['p2'], ['p1', 'p3'])],
    ['nobody has spoken yet', 2, [], { view: 'speaker' }, focus(['p1'], ['p2'])],
    ['oneself speaks', 2, [], { view: 'speaker', speaker: ME }, focus(['p1'], ['p2'])],
    ['the speaker is gone', 2, [], { view: 'speaker', speaker: 'p9' }, focus(['p1'], ['p2'])],
    [
      'a screen rather than whoever speaks',
      2,
      ['p1'],
      { view: 'speaker', speaker: 'p2' },
      focus([ana], ['p1', 'p2']),
    ],
    ['two screens', 2, ['p1', 'p2'], {}, focus([ana, ben], ['p1', 'p2'])],
    ['somebody pinned', 3, [], { pins: ['p3'] }, focus(['p3'], ['p1', 'p2'])],
    ['several pinned', 3, [], { pins: ['p3', 'p1'] }, focus(['p3', 'p1'], ['p2'])],
    ['pinned rather than shared', 2, ['p1'], { pins: ['p2'] }, focus(['p2'], ['p1'], { shared: [ana] })],
    [
      'one of two screens pinned',
      2,
      ['p1', 'p2'],
      { pins: [ben] },
      focus([ben], ['p1', 'p2'], { shared: [ana] }),
    ],
    [
      'who was pinned is gone',
      2,
      [],
      { pins: ['p9', ana] },
      { shape: 'grid', others: ['p1', 'p2'], self: ME },
    ],
  ] as const)('%s', (_, others, screens, part, expected) => {
    expect(compose(tiles(others, [...screens]), wish(part as Partial<Wish>))).toEqual(expected);
  });
});

/** Stages on the screens that people have, without what stands round them. */
const STAGES: Size[] = [
  { width: 304, height: 500 },
  { width: 344, height: 600 },
  { width: 724, height: 230 },
  { width: 752, height: 880 },
  { width: 1424, height: 770 },
  { width: 3824, height: 2020 },
];

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('an arrangement', () => {
  const wishes: [string, Partial<Wish>, string[]][] = [
    ['in a grid', {}, []],
    ['by who speaks', { view: 'speaker', speaker: 'p2' }, []],
    ['with a screen', {}, ['p1']],
    ['with two pinned, and a screen', { pins: ['p1', ME] }, ['p2']],
    ['without oneself', { hideSelf: true }, []],
  ];
  const cases = STAGES.flatMap((stage) =>
    wishes.flatMap(([how, part, screens]) =>
      [2, 3, 4, 5, 6, 7, 8, 24, 60].map((others) => ({ stage, how, part, screens, others })),
    ),
  );

  it.each(cases)('of $others others $how keeps tiles apart on the stage $stage', (given) => {
    const composition = compose(tiles(given.others, given.screens), wish(given.part));
    if (composition.shape === 'facing') throw new Error('there are more');
    const seen = composition.others.slice(0, othersAtOnce(composition, given.stage));
    const places = arrange(composition, seen, given.stage, 'bottom-right');
    const large = composition.shape === 'focus' ? composition.large.length + composition.shared.length : 0;
    expect(places).toHaveLength(seen.length + large + (composition.self === null ? 0 : 1));
    expect(new Set(places.map(({ id }) => id)).size).toBe(places.length);
    for (const [index, { at }] of places.entries()) {
      expect(at.x).toBeGreaterThanOrEqual(-0.01);
      expect(at.y).toBeGreaterThanOrEqual(-0.01);
      expect(at.x + at.width).toBeLessThanOrEqual(given.stage.width + 0.01);
      expect(at.y + at.height).toBeLessThanOrEqual(given.stage.height + 0.01);
      // Room for what is pressed on it.
      expect(Math.min(at.width, at.height)).toBeGreaterThanOrEqual(44);
      expect(places.slice(index + 1).some((other) => overlap(at, other.at))).toBe(false);
    }
  });

  it.each(STAGES)('shows everybody in turn on the stage %o', (stage) => {
    for (const part of [{}, { view: 'speaker' } as const]) {
      const composition = compose(tiles(60), wish(part));
      const atOnce = othersAtOnce(composition, stage);
      expect(atOnce).toBeGreaterThanOrEqual(1);
      expect(atOnce).toBeLessThanOrEqual(24);
    }
  });

  it('turns no pages for one who would fit without the bar that turns them', () => {
    const stage = { width: 1440, height: 800 };
    const composition = (others: number) => compose(tiles(others), wish({ view: 'speaker' }));
    const most = othersAtOnce(composition(2), stage);
    expect(othersAtOnce(composition(most + 1), stage)).toBe(most);
    expect(othersAtOnce(composition(most + 2), stage)).toBeLessThanOrEqual(most);
  });

  it('lays oneself over the only other one, in the corner that was chosen', () => {
    const stage = { width: 1440, height: 800 };
    const places = arrange(compose(tiles(1), wish()), ['p1'], stage, 'top-left');
    expect(places.map(({ id, as }) => [id, as])).toEqual([
      ['p1', 'large'],
      [ME, 'corner'],
    ]);
    expect(places[1]?.at).toMatchObject({ x: 12, y: 12 });
  });

  it('shows another screen first in the strip, and oneself last', () => {
    const composition = compose(tiles(3, ['p1', 'p2']), wish({ pins: ['p3'] }));
    const places = arrange(composition, ['p1', 'p2'], { width: 1440, height: 800 }, 'top-left');
    expect(places.map(({ id }) => id)).toEqual(['p3', ana, ben, 'p1', 'p2', ME]);
  });

  it('has nobody twice when the page is behind who is large', () => {
    const composition = compose(tiles(3), wish({ pins: ['p2'] }));
    const places = arrange(composition, ['p1', 'p2', 'p9'], { width: 1440, height: 800 }, 'top-left');
    expect(places.map(({ id }) => id)).toEqual(['p2', 'p1', ME]);
  });

  it('needs a stage', () => {
    expect(arrange(compose(tiles(3), wish()), ['p1'], { width: 0, height: 0 }, 'top-left')).toEqual([]);
  });
});
