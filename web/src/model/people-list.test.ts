import { describe, expect, it } from 'vitest';
import { handPlaces } from '../room/hands';
import { actionsOn, listed } from './people-list';
import type { Listed } from './people-list';

function person(name: string, order: number, rest: Partial<Listed> = {}): Listed {
  return { id: name, name, order, self: false, microphone: 'live', handPlace: null, ...rest };
}

const names = (people: Listed[]): string[] => people.map(({ name }) => name);

describe('raised hands', () => {
  it('count from the one that is up longest; of two at once from who came first', () => {
    const places = handPlaces([
      { id: 'a', hand: 300, order: 1 },
      { id: 'b', hand: null, order: 2 },
      { id: 'c', hand: 100, order: 9 },
      { id: 'd', hand: 100, order: 4 },
    ]);
    expect([...places]).toEqual([
      ['d', 1],
      ['c', 2],
      ['a', 3],
    ]);
  });
});

describe('the list of people', () => {
  const ana = person('Ana', 1);
  const ben = person('Ben', 2, { self: true });
  const cem = person('Çağla Yılmaz', 3, { handPlace: 2 });
  const dan = person('Dan', 4, { handPlace: 1 });

  it('begins with raised hands, then oneself, then the others as they came', () => {
    expect(names(listed([ana, ben, cem, dan], ''))).toEqual(['Dan', 'Çağla Yılmaz', 'Ben', 'Ana']);
  });

  it.each([
    ['yil', []],
    ['yılmaz', ['Çağla Yılmaz']],
    ['CAGLA', ['Çağla Yılmaz']],
    [' an ', ['Dan', 'Ana']],
    ['nobody', []],
  ])('finds by a part of the name, whatever the case and accents: %s', (wanted, found) => {
    expect(names(listed([ana, ben, cem, dan], wanted))).toEqual(found);
  });
});

describe('what can be done with somebody', () => {
  it.each([
    ['by somebody who is not the host', person('Ana', 1), false, []],
    ['with oneself', person('Ana', 1, { self: true }), true, []],
    ['with somebody who speaks', person('Ana', 1), true, ['mute', 'make_host', 'remove']],
    ['with a program that sends', person('Stage', 1, { feed: 'publisher' }), true, ['mute', 'remove']],
    ['with one that watches', person('Hall', 1, { feed: 'watcher', microphone: 'absent' }), true, ['remove']],
    ['with somebody muted', person('Ana', 1, { microphone: 'muted' }), true, ['make_host', 'remove']],
    [
      'with a raised hand',
      person('Ana', 1, { microphone: 'absent', handPlace: 1 }),
      true,
      ['lower_hand', 'make_host', 'remove'],
    ],
  ] as const)('%s', (_, whom, host, actions) => {
    expect(actionsOn(whom, host)).toEqual(actions);
  });
});
