import { expect, it } from 'vitest';
import { troubleOf } from './network';
import type { Reached, Trouble } from './network';

const other = (name: string, quality: Reached['quality'], media = 'connected'): Reached => ({
  name,
  media,
  quality,
});

it.each<[string, Reached[], Trouble | null]>([
  ['nobody there', [], null],
  ['all is well', [other('Ana', 'good'), other('Ben', 'fair')], null],
  ['of two', [other('Ana', 'poor')], { whose: 'between', name: 'Ana' }],
  ['one of three', [other('Ana', 'poor'), other('Ben', 'good')], null],
  ['most of them', [other('Ana', 'poor'), other('Ben', 'poor'), other('Cem', 'good')], { whose: 'own' }],
  ['who is not reached does not count', [other('Ana', 'poor', 'connecting'), other('Ben', 'good')], null],
])('%s', (_, others, trouble) => {
  expect(troubleOf(others)).toEqual(trouble);
});
