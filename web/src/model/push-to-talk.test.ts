import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState } from './devices.svelte';
import { PushToTalk } from './push-to-talk';
import { SilenceDetector } from './silence';

let microphone: DeviceState;
let talk: PushToTalk;

beforeEach(() => {
  microphone = { kind: 'muted' };
  talk = new PushToTalk({
    devices: {
      get microphone() {
        return microphone;
      },
    },
    toggleMicrophone: () => {
      microphone = { kind: microphone.kind === 'on' ? 'muted' : 'on' };
      return Promise.resolve();
    },
  });
});

describe('push to talk', () => {
  it('has one heard for as long as the key is held', () => {
    expect(talk.press()).toBe(true);
    expect(microphone.kind).toBe('on');
    expect(talk.press()).toBe(true);
    expect(microphone.kind).toBe('on');
    talk.release();
    expect(microphone.kind).toBe('muted');
    talk.release();
    expect(microphone.kind).toBe('muted');
  });

  it.each<DeviceState>([
    { kind: 'on' },
    { kind: 'off' },
    { kind: 'starting' },
    { kind: 'problem', problem: 'denied' },
  ])('leaves alone a microphone that is $kind', (state) => {
    microphone = state;
    expect(talk.press()).toBe(false);
    talk.release();
    expect(microphone).toBe(state);
  });

  it('does not unmute who was muted while they held it', () => {
    talk.press();
    microphone = { kind: 'muted' };
    talk.release();
    expect(microphone.kind).toBe('muted');
  });
});

describe('a microphone of which nothing comes', () => {
  it.each<[string, [boolean, number][], boolean]>([
    [
      'at first is only quiet',
      [
        [true, 0],
        [true, 9_999],
      ],
      false,
    ],
    [
      'for ten seconds is told of',
      [
        [true, 0],
        [true, 10_000],
      ],
      true,
    ],
    [
      'begins anew with every sound',
      [
        [true, 0],
        [false, 9_000],
        [true, 9_050],
        [true, 12_000],
      ],
      false,
    ],
    [
      'is fine as soon as something comes',
      [
        [true, 0],
        [true, 10_000],
        [false, 10_050],
      ],
      false,
    ],
  ])('%s', (_, pushes, told) => {
    const detector = new SilenceDetector();
    let now = false;
    for (const [nothing, at] of pushes) now = detector.push(nothing, at);
    expect(now).toBe(told);
  });
});
