import { describe, expect, it } from 'vitest';
import { bringIn, clampPage, onPage, pageCount, settle, tilesPerPage } from './pages';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index + 1}`);

describe('a page', () => {
  it.each([
    [25, { width: 1280, height: 640 }],
    [25, { width: 768, height: 900 }],
    [9, { width: 320, height: 480 }],
    [9, { width: 800, height: 300 }],
    [9, { width: 390, height: 700 }],
  ])('takes %i tiles on the stage %o', (expected, stage) => {
    expect(tilesPerPage(stage)).toBe(expected);
  });

  it.each([
    [0, 24, 1],
    [1, 24, 1],
    [24, 24, 1],
    [25, 24, 2],
    [48, 24, 2],
    [49, 24, 3],
    [8, 8, 1],
    [9, 8, 2],
  ])('%i others at %i a page make %i', (others, perPage, expected) => {
    expect(pageCount(others, perPage)).toBe(expected);
  });

  it('never holds more than fit, and together they hold everybody once', () => {
    const order = ids(60);
    const count = pageCount(order.length, 24);
    const pages = Array.from({ length: count }, (_, page) => onPage(order, page, 24));
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(24);
    expect(pages.flat()).toEqual(order);
  });

  it.each([
    [2, 3, 2],
    [2, 1, 0],
    [-1, 3, 0],
  ])('%i of %i pages is page %i', (page, count, expected) => {
    expect(clampPage(page, count)).toBe(expected);
  });
});

describe('places', () => {
  it.each([
    ['stay when somebody comes', ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['close up when somebody leaves', ['a', 'b', 'c'], ['a', 'c'], ['a', 'c']],
    ['stay after a change, whatever the order of joining', ['c', 'b', 'a'], ['a', 'b', 'c'], ['c', 'b', 'a']],
    ['begin with the order of joining', [], ['a', 'b', 'c'], ['a', 'b', 'c']],
  ])('%s', (_, order, present, expected) => {
    expect(settle(order, present)).toEqual(expected);
  });

  const spoke = new Map([
    ['p1', 100],
    ['p2', 50],
    ['p3', 70],
  ]);

  it.each([
    ['nobody speaks', null, 0, ids(6)],
    ['the speaker is seen', 'p2', 0, ids(6)],
    ['the speaker is oneself, or gone', 'me', 0, ids(6)],
    ['the speaker is on another page', 'p5', 0, ['p1', 'p5', 'p3', 'p4', 'p2', 'p6']],
    ['one looks at the second page', 'p1', 1, ['p6', 'p2', 'p3', 'p4', 'p5', 'p1']],
  ])('when %s', (_, speaker, page, expected) => {
    expect(bringIn(ids(6), page, 3, speaker, spoke)).toEqual(expected);
  });

  it('are given up by the last of those who never spoke', () => {
    expect(bringIn(ids(5), 0, 3, 'p5', new Map([['p3', 10]]))).toEqual(['p1', 'p5', 'p3', 'p4', 'p2']);
  });
});
