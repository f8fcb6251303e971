import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Idleness } from './lounge-idle';

let told: boolean[];
let idleness: Idleness;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  idleness = new Idleness({ tell: (idle) => told.push(idle) });
});
afterEach(() => {
  idleness.stop();
  vi.useRealTimers();
});

describe('whether somebody is at the page', () => {
  it('is told once when nobody touches it, and once when somebody does again', () => {
    idleness.start(60);
    vi.advanceTimersByTime(59_000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual([true]);
    dispatchEvent(new Event('pointermove'));
    dispatchEvent(new Event('pointermove'));
    expect(told).toEqual([true, false]);
  });

  it('counts from the latest touch', () => {
    idleness.start(60);
    vi.advanceTimersByTime(40_000);
    dispatchEvent(new Event('keydown'));
    vi.advanceTimersByTime(59_000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([true]);
  });

  it('is not watched where the server does not want to know', () => {
    idleness.start(0);
    vi.advanceTimersByTime(10_000_000);
    expect(told).toEqual([]);
  });

  it('is told anew to a server that has not heard of it', () => {
    idleness.start(60);
    vi.advanceTimersByTime(61_000);
    idleness.start(60);
    expect(told).toEqual([true, true]);
  });

  it('is nobody’s business after it has stopped', () => {
    idleness.start(60);
    idleness.stop();
    vi.advanceTimersByTime(61_000);
    dispatchEvent(new Event('keydown'));
    expect(told).toEqual([]);
  });
});
