import { describe, expect, it } from 'vitest';
import { viewOf } from './view';
import type { Shown, Watched } from './view';

const tile = (participant: string, source: Shown['source'], width: number): Shown => ({
  participant,
  source,
  width,
  height: width / 2,
});
const person = (id: string, order: number, sends: Watched['sends'], self = false): Watched => ({
  id,
  order,
  self,
  sends,
});

describe('what is asked for', () => {
  const people = [
    person('me', 0, ['camera', 'screen'], true),
    person('ana', 1, ['camera', 'screen']),
    person('ben', 2, ['camera']),
    person('cem', 3, []),
  ];
  const asked = (shown: Shown[], speaker: string | null = null): string[] =>
    viewOf(shown, people, speaker).map(({ participant, source }) => `${participant} ${source}`);

  it('is a screen before any face, whoever speaks and however small it is', () => {
    const shown = [tile('ben', 'camera', 640), tile('ana', 'camera', 160), tile('ana', 'screen', 320)];
    expect(asked(shown, 'ben')).toEqual(['ana screen', 'ben camera', 'ana camera']);
  });

  it('is what there is to be had, and nothing of oneself', () => {
    const all = ['me', 'ana', 'ben', 'cem'].flatMap((id) => [
      tile(id, 'camera', 320),
      tile(id, 'screen', 320),
    ]);
    expect(asked(all)).toEqual(['ana screen', 'ana camera', 'ben camera']);
  });

  it('is told in steps', () => {
    const [one] = viewOf([tile('ben', 'camera', 333)], people, null);
    expect(one).toEqual({ participant: 'ben', source: 'camera', width: 336, height: 160 });
  });
});
