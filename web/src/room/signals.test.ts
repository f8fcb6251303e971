// What one side of a pair says to the other arrives in order, whatever the server could not do in between.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Code, Signal } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { Signals } from './signals';

const offer = (sdp: string): Signal => ({ type: 'description', kind: 'offer', sdp, tracks: [] });
const nameOf = (signal: Signal): string => (signal.type === 'description' ? signal.sdp : 'candidate');

let asked: string[];
/** What the server does with the next ones, in order; it takes what is not said here. */
let refusals: (Code | 'session_lost' | null)[];
let signals: Signals;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, refusals] = [[], []];
  signals = new Signals((signal) => {
    asked.push(nameOf(signal));
    const refusal = refusals.shift() ?? null;
    return refusal === null ? Promise.resolve() : Promise.reject(new CommandFailed(refusal));
  });
});

afterEach(() => vi.useRealTimers());

describe('signals', () => {
  it('do not wait for one another while nothing is refused', () => {
    for (const name of ['a', 'b', 'c']) signals.say(offer(name));
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('are said again from the one that was refused on, in order, with what was said meanwhile', async () => {
    refusals = [null, 'try_again', null, 'try_again', 'internal'];
    for (const name of ['a', 'b', 'c', 'd']) signals.say(offer(name));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'b']);
    signals.say(offer('e'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.slice(5)).toEqual(['b', 'c', 'd', 'e']);
    signals.say(offer('f'));
    expect(asked.at(-1)).toBe('f');
  });

  it('that are stale are not said again, and keep none of the others', async () => {
    refusals = ['try_again', 'session_lost', 'stale_generation'];
    for (const name of ['a', 'b']) signals.say(offer(name));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('of a peer that is gone are not said any more', async () => {
    refusals = Array<Code>(9).fill('try_again');
    signals.say(offer('a'));
    await vi.advanceTimersByTimeAsync(600);
    const before = asked.length;
    signals.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
  });
});
