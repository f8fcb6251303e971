import { describe, expect, it } from 'vitest';
import { consequence, facingOf, find } from './device-list';
import type { Consequence, Plugged } from './device-list';

const desk = { id: 'a', label: 'Desk microphone' };
const headset = { id: 'b', label: 'Headset' };
const lamp = { id: 'c', label: 'Lamp' };
const standard = (label: string) => ({ id: 'default', label });

describe('the device that was chosen once', () => {
  it.each([
    ['is known by its id', [desk, headset], { id: 'b', label: 'renamed' }, headset],
    [
      'is known by its name when its id is another one',
      [desk, headset],
      { id: 'x', label: 'Headset' },
      headset,
    ],
    ['is none that has no name either', [{ id: 'q', label: '' }], { id: 'x', label: '' }, null],
    ['is not there', [desk], headset, null],
    ['was never chosen', [desk], null, null],
  ])('%s', (_, list, chosen, found) => {
    expect(find(list, chosen)).toEqual(found);
  });
});

describe('a change of what is plugged in', () => {
  const usual: Plugged = { before: [desk], now: [desk], used: 'a', chosen: desk, missing: false };
  const cases: [string, Partial<Plugged>, Consequence][] = [
    ['means nothing where the list is the same', {}, { kind: 'none' }],
    ['ends the use of what was pulled out', { before: [desk, headset], used: 'b' }, { kind: 'gone' }],
    ['leaves the one in use alone when another one goes', { before: [desk, headset] }, { kind: 'none' }],
    [
      'takes no new device by force, nor asks about one nobody chose',
      { now: [desk, lamp] },
      { kind: 'none' },
    ],
    [
      'asks about the chosen one that is back',
      { now: [desk, headset], chosen: headset },
      { kind: 'offer', device: headset },
    ],
    [
      'asks about the chosen one that is back under another id',
      { now: [desk, { ...headset, id: 'z' }], chosen: headset },
      { kind: 'offer', device: { ...headset, id: 'z' } },
    ],
    [
      'does not ask again about what has been there',
      { before: [desk, headset], now: [desk, headset], chosen: headset },
      { kind: 'none' },
    ],
    [
      'asks about any where there was none',
      { before: [], now: [lamp], used: null, missing: true },
      { kind: 'offer', device: lamp },
    ],
    [
      'asks about none where none is wanted',
      { before: [], now: [lamp], used: null, chosen: null },
      { kind: 'none' },
    ],
    [
      'follows the default of the system',
      { before: [standard('Desk')], now: [standard('Headset'), headset], used: 'default', chosen: headset },
      { kind: 'default_moved' },
    ],
    [
      'does not take the default for a device of its own',
      { before: [], now: [standard('Lamp'), lamp], used: null, missing: true },
      { kind: 'offer', device: lamp },
    ],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(consequence({ ...usual, ...change })).toEqual(expected);
  });
});

it.each([
  ['camera2 1, facing front', 'user'],
  ['camera2 0, facing back', 'environment'],
  ['Back Ultra Wide Camera', 'environment'],
  ['FaceTime HD Camera', 'user'],
  ['Integrated Webcam', null],
  ['Feedback monitor', null],
])('a camera called %s looks to %s', (label, facing) => {
  expect(facingOf({ id: 'x', label })).toBe(facing);
});
