import { expect, it } from 'vitest';
import { pictured } from './pictured';
import type { Pictured } from './pictured';

const person = (id: string, more: Partial<Pictured> = {}): Pictured => ({
  id,
  self: false,
  speaking: false,
  camera: 'off',
  ...more,
});
const me = person('me', { self: true, speaking: true, camera: 'on' });

it.each<[string, Pictured[], string | null, string | null]>([
  ['nobody, where there is nobody', [], null, null],
  ['oneself, alone', [me], null, 'me'],
  ['another one before oneself', [me, person('a')], null, 'a'],
  ['whoever can be seen', [me, person('a'), person('b', { camera: 'on' })], null, 'b'],
  ['whoever speaks', [me, person('a', { camera: 'on' }), person('b', { speaking: true })], 'a', 'b'],
  ['whoever spoke last, in a pause', [me, person('a', { camera: 'on' }), person('b')], 'b', 'b'],
  ['the same of two who speak', [person('a', { speaking: true }), person('b', { speaking: true })], 'b', 'b'],
  ['somebody else when they have gone', [me, person('a')], 'b', 'a'],
])('%s', (_, people, before, shown) => {
  expect(pictured(people, before)?.id ?? null).toBe(shown);
});
