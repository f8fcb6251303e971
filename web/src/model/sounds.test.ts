import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallSettings } from './call-settings.svelte';
import type { Switch } from './call-settings.svelte';
import { Sounds } from './sounds';

let played: number;
let off: Set<Switch>;
let sounds: Sounds;

beforeEach(() => {
  vi.useFakeTimers();
  played = 0;
  off = new Set();
  vi.stubGlobal(
    'AudioContext',
    class {
      state = 'running';
      sampleRate = 8_000;
      destination = {};
      createBuffer = (_: number, length: number) => ({ getChannelData: () => new Float32Array(length) });
    },
  );
  vi.stubGlobal(
    'AudioBufferSourceNode',
    class {
      connect = () => undefined;
      start = () => (played += 1);
    },
  );
  sounds = new Sounds((name) => !off.has(name));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  localStorage.clear();
});

it.each<[Switch | null, number]>([
  [null, 2],
  ['sounds', 0],
  ['sound_join', 1],
  ['sound_hand', 2],
])('with %s off, of a join and a message %i are heard', (name, count) => {
  if (name) off.add(name);
  sounds.play('join');
  sounds.play('message');
  expect(played).toBe(count);
});

it('plays one of several of a kind at once, and the next one later', () => {
  for (let n = 0; n < 5; n += 1) sounds.play('join');
  expect(played).toBe(1);
  vi.advanceTimersByTime(1_000);
  sounds.play('join');
  expect(played).toBe(2);
});

it('is silent where there is no sound device', () => {
  vi.stubGlobal(
    'AudioBufferSourceNode',
    vi.fn(() => {
      throw new Error('no device');
    }),
  );
  expect(() => sounds.play('knock')).not.toThrow();
});

it('remembers what was switched off', () => {
  const first = new CallSettings();
  expect(first.on('sound_join')).toBe(true);
  first.turn('sound_join', false);
  first.turn('push_to_talk', false);
  first.turn('push_to_talk', true);
  const next = new CallSettings();
  expect(next.on('sound_join')).toBe(false);
  expect(next.on('push_to_talk')).toBe(true);
  next.turn('sound_join', true);
  expect(localStorage.length).toBe(0);
});
