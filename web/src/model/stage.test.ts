import { beforeEach, describe, expect, it } from 'vitest';
import { nextSpeaker, Stage } from './stage.svelte';

const HERE = ['a', 'b', 'c'];

describe('who is large', () => {
  it.each([
    ['whoever the server hears', 'a', 'b', ['a'], 'b'],
    ['not one who is gone, though the server heard them', 'a', 'x', [], 'a'],
    ['whoever speaks, where nobody says who it is', null, null, ['c'], 'c'],
    ['who is already, while they speak', 'b', null, ['a', 'b'], 'b'],
    ['who was, in the pause', 'b', null, [], 'b'],
    ['who speaks after the pause', 'b', null, ['c'], 'c'],
    ['nobody, when the one who was is gone', 'x', null, [], null],
    ['nobody before anybody has spoken', null, null, [], null],
  ] as const)('is %s', (_, current, heard, speaking, expected) => {
    expect(nextSpeaker(current, heard, [...speaking], HERE)).toBe(expected);
  });
});

describe('the stage', () => {
  beforeEach(() => localStorage.clear());

  it('remembers how one looks, but not at whom', () => {
    const first = new Stage();
    expect([first.view, first.hideSelf, first.mirrorSelf, first.corner]).toEqual([
      'grid',
      false,
      true,
      'bottom-right',
    ]);
    first.view = 'speaker';
    first.hideSelf = true;
    first.mirrorSelf = false;
    first.corner = 'top-left';
    first.pin('a');
    const next = new Stage();
    expect([next.view, next.hideSelf, next.mirrorSelf, next.corner]).toEqual([
      'speaker',
      true,
      false,
      'top-left',
    ]);
    expect(next.pins).toEqual([]);
    next.view = 'grid';
    next.hideSelf = false;
    next.mirrorSelf = true;
    expect(new Stage().view).toBe('grid');
    expect(new Stage().hideSelf).toBe(false);
    expect(new Stage().mirrorSelf).toBe(true);
  });

  it('has what makes no sense as nothing', () => {
    localStorage.setItem('visavis.view', 'sideways');
    localStorage.setItem('visavis.corner', 'middle');
    expect([new Stage().view, new Stage().corner]).toEqual(['grid', 'bottom-right']);
  });

  it('pins several, and of too many the latest', () => {
    const stage = new Stage();
    for (const id of ['a', 'b', 'a', 'c', 'd']) stage.pin(id);
    expect(stage.pins).toEqual(['a', 'b', 'c', 'd']);
    stage.pin('e');
    expect(stage.pins).toEqual(['b', 'c', 'd', 'e']);
    stage.unpin('c');
    expect(stage.pins).toEqual(['b', 'd', 'e']);
    stage.unpinAll();
    expect(stage.pinned('b')).toBe(false);
  });

  it('shows a camera that looks away as it is', () => {
    let away = false;
    const stage = new Stage(() => away);
    expect(stage.mirrored).toBe(true);
    away = true;
    expect(stage.mirrored).toBe(false);
    away = false;
    stage.mirrorSelf = false;
    expect(stage.mirrored).toBe(false);
  });
});
