import { describe, expect, it } from 'vitest';
import { Gallery } from './gallery.svelte';

const FIVE = ['a', 'b', 'c', 'd', 'e'];

describe('the gallery', () => {
  it('gives who was large their place back', () => {
    const gallery = new Gallery();
    gallery.take(FIVE, FIVE, 5);
    gallery.take(FIVE, ['a', 'c', 'd', 'e'], 5);
    expect(gallery.seen).toEqual(['a', 'c', 'd', 'e']);
    gallery.take(FIVE, ['b', 'c', 'd', 'e'], 5);
    expect(gallery.seen).toEqual(['b', 'c', 'd', 'e']);
    gallery.take(FIVE, FIVE, 5);
    expect(gallery.seen).toEqual(FIVE);
  });

  it('brings in who speaks on another page, and leaves who is large alone', () => {
    const gallery = new Gallery();
    gallery.take(FIVE, ['b', 'c', 'd', 'e'], 2);
    gallery.spoke('b', 1);
    gallery.spoke('e', 2);
    expect(gallery.seen).toEqual(['b', 'e']);
    gallery.spoke('a', 3);
    expect(gallery.seen).toEqual(['b', 'e']);
    gallery.take(FIVE, FIVE, 5);
    expect(gallery.seen).toEqual(['a', 'b', 'e', 'd', 'c']);
  });

  it('stays on a page that there is', () => {
    const gallery = new Gallery();
    gallery.take(FIVE, FIVE, 2);
    gallery.turn(1);
    gallery.turn(1);
    expect([gallery.pages, gallery.seen]).toEqual([3, ['e']]);
    gallery.take(FIVE, FIVE, 3);
    expect([gallery.current, gallery.seen]).toEqual([1, ['d', 'e']]);
  });
});
