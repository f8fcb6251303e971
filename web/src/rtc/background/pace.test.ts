import { expect, it } from 'vitest';
import { Pace } from './pace';

it.each([
  ['keeps up at thirty pictures a second', { every: 33, took: 12 }, false],
  ['keeps up with a camera that brings few in the dark', { every: 200, took: 20 }, false],
  ['does not keep up where the work on each takes all the time', { every: 200, took: 190 }, true],
  ['keeps up, barely, at seven', { every: 140, took: 138 }, false],
])('a machine %s', (_, { every, took }, slow) => {
  const pace = new Pace();
  const said = new Set<string>();
  for (let now = 0; now < 20_000; now += every) said.add(pace.push(now, took));
  expect(said.has('slow')).toBe(slow);
});

it('a short stop is no reason to give up', () => {
  const pace = new Pace();
  const said = new Set<string>();
  for (let now = 0; now < 5_000; now += 33) said.add(pace.push(now, 10));
  said.add(pace.push(8_000, 3_000));
  for (let now = 8_033; now < 20_000; now += 33) said.add(pace.push(now, 10));
  expect(said).toEqual(new Set(['fine']));
});
