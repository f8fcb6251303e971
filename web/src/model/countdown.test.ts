import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Countdown } from './countdown.svelte';

let done: number;
let countdown: Countdown;

beforeEach(() => {
  vi.useFakeTimers();
  done = 0;
  countdown = new Countdown(30, () => (done += 1));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a screen that starts over', () => {
  it('does so once, when its time is up', () => {
    countdown.start();
    vi.advanceTimersByTime(29_500);
    expect([countdown.left, done]).toEqual([1, 0]);
    vi.advanceTimersByTime(60_000);
    expect([countdown.left, done]).toEqual([null, 1]);
  });

  it('begins anew when it is touched', () => {
    countdown.start();
    vi.advanceTimersByTime(20_000);
    countdown.touch();
    vi.advanceTimersByTime(20_000);
    expect([countdown.left, done]).toEqual([10, 0]);
  });

  it('does not begin by a touch, nor go on after it was stopped', () => {
    countdown.touch();
    expect(countdown.left).toBeNull();
    countdown.start();
    countdown.stop();
    vi.advanceTimersByTime(60_000);
    expect(done).toBe(0);
  });

  it('goes by the clock, though the timers of a hidden page come late', () => {
    countdown.start();
    vi.setSystemTime(Date.now() + 45_000);
    vi.advanceTimersByTime(250);
    expect(done).toBe(1);
  });
});
