import { describe, expect, it } from 'vitest';
import { problemOf } from './capture';
import { SpeechDetector } from './level';
import type { Reading } from './statistics';
import { judge, read } from './statistics';

const before: Reading = {
  at: 0,
  packetsReceived: 0,
  packetsLost: 0,
  framesDecoded: 0,
  freezes: 0,
  roundTrip: null,
};

describe('a reading', () => {
  it('counts the packets of a shared screen, but not that it stands still', async () => {
    const of = (trackIdentifier: string, freezeCount: number) => ({
      type: 'inbound-rtp',
      trackIdentifier,
      packetsReceived: 10,
      framesDecoded: 5,
      freezeCount,
    });
    const report = new Map([
      ['1', of('face', 1)],
      ['2', of('screen', 7)],
    ]) as unknown as RTCStatsReport;
    const from = { getStats: () => Promise.resolve(report) };
    const counted = await read(from, 0, new Set(['screen']));
    expect([counted.packetsReceived, counted.framesDecoded, counted.freezes]).toEqual([20, 5, 1]);
  });
});

describe('the quality', () => {
  it.each([
    ['good', { packetsReceived: 400, framesDecoded: 60, roundTrip: 0.03 }, true, 'video'],
    ['good', { packetsReceived: 100 }, true, 'packets'],
    ['fair', { packetsReceived: 400, packetsLost: 20, framesDecoded: 60 }, true, 'video'],
    ['fair', { packetsReceived: 400, framesDecoded: 60, roundTrip: 0.5 }, true, 'video'],
    ['fair', { packetsReceived: 400, framesDecoded: 60, freezes: 1 }, true, 'video'],
    ['poor', { packetsReceived: 400, packetsLost: 80, framesDecoded: 60 }, true, 'video'],
    ['poor', { packetsReceived: 100, framesDecoded: 0 }, true, 'video'],
    ['poor', {}, true, 'video'],
    ['lost', {}, false, 'video'],
    ['good', {}, true, 'nothing'],
    ['poor', { packetsLost: 50, packetsReceived: 100 }, true, 'nothing'],
  ] as const)('is %s for %o', (expected, now, connected, wanted) => {
    expect(judge(before, { ...before, at: 2_000, ...now }, connected, wanted)).toBe(expected);
  });
});

describe('speech', () => {
  it('begins at once and ends after a pause between words', () => {
    const speech = new SpeechDetector();
    expect(speech.push(0.5, 0)).toBe(true);
    expect(speech.push(0.05, 100)).toBe(true);
    expect(speech.push(0.5, 500)).toBe(true);
    expect(speech.push(0.05, 600)).toBe(true);
    expect(speech.push(0.05, 1_199)).toBe(true);
    expect(speech.push(0.05, 1_200)).toBe(false);
  });
});

describe('what browsers say is wrong with a device', () => {
  it.each([
    ['NotAllowedError', 'Permission denied', 'denied'],
    ['NotAllowedError', 'Permission denied by system', 'blocked_by_system'],
    ['NotFoundError', '', 'not_found'],
    ['OverconstrainedError', '', 'not_found'],
    ['NotReadableError', '', 'in_use'],
    ['AbortError', '', 'in_use'],
    ['TypeError', '', 'insecure'],
    ['SomethingElse', '', 'unknown'],
  ])('%s %s', (name, message, problem) => {
    expect(problemOf(Object.assign(new Error(message), { name }))).toBe(problem);
  });
});
