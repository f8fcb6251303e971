import { describe, expect, it } from 'vitest';
import { DeskSignals, statusSignal } from './desk-signals';
import type { Moment } from './desk-signals';

const IDLE: Moment = { kind: 'idle', end: null };
const RINGING: Moment = { kind: 'ringing', ring: 'r_1', name: 'Ana' };
const JOINING: Moment = { kind: 'call', ring: 'r_1', name: 'Ana', connected: false };
const TALKING: Moment = { kind: 'call', ring: 'r_1', name: 'Ana', connected: true };

function told(...moments: Moment[]): unknown[] {
  const signals = new DeskSignals();
  return moments.flatMap((moment) => signals.take(moment));
}

describe('a page outside', () => {
  it('hears of each step of a visit once', () => {
    const over: Moment = { kind: 'over', ring: 'r_1', end: 'hung_up' };
    expect(told(IDLE, RINGING, RINGING, JOINING, TALKING, JOINING, TALKING, over, over, IDLE)).toEqual([
      { type: 'visavis:ringing', name: 'Ana' },
      { type: 'visavis:connected', name: 'Ana' },
      { type: 'visavis:ended', reason: 'hung_up' },
    ]);
  });

  it('hears how a ring ended that nobody took', () => {
    expect(told(RINGING, { kind: 'idle', end: 'declined' }).at(-1)).toEqual({
      type: 'visavis:ended',
      reason: 'declined',
    });
    expect(told(RINGING, IDLE).at(-1)).toEqual({ type: 'visavis:ended', reason: 'cancelled' });
  });

  it('hears of the end of one ring before the beginning of the next', () => {
    expect(told(RINGING, { ...RINGING, ring: 'r_2', name: 'Ben' })).toEqual([
      { type: 'visavis:ringing', name: 'Ana' },
      { type: 'visavis:ended', reason: 'cancelled' },
      { type: 'visavis:ringing', name: 'Ben' },
    ]);
  });

  it('hears of a call that goes on after a reload', () => {
    expect(told(TALKING).map((signal) => (signal as { type: string }).type)).toEqual([
      'visavis:ringing',
      'visavis:connected',
    ]);
  });

  it('hears nothing where nothing happened', () => {
    expect(told(IDLE, { kind: 'idle', end: 'missed' }, IDLE)).toEqual([]);
  });

  it('knows whether somebody is free', () => {
    expect(statusSignal('free', 2, 0)).toMatchObject({ status: 'available', available: 2 });
    expect(statusSignal('busy', 0, 3)).toMatchObject({ status: 'busy', waiting: 3 });
    expect(statusSignal('away', 0, 0).status).toBe('offline');
    expect(statusSignal('nobody', 0, 0).status).toBe('offline');
  });
});
