// What a page that shows a desk in a frame is told of it: the steps of a visit, each once. Pure.

import type { RingEnd } from '../protocol/generated';
import type { DeskStatus } from './desk-status';

/** A visit as it is in one moment. */
export type Moment =
  | { kind: 'idle'; end: RingEnd | null }
  | { kind: 'ringing'; ring: string; name: string }
  | { kind: 'call'; ring: string; name: string; connected: boolean }
  | { kind: 'over'; ring: string; end: RingEnd };

export type Signal =
  | { type: 'visavis:ringing'; name: string }
  | { type: 'visavis:connected'; name: string }
  | { type: 'visavis:ended'; reason: RingEnd };

export interface StatusSignal {
  type: 'visavis:status';
  status: 'available' | 'busy' | 'offline';
  /** How many can be called. */
  available: number;
  /** How many wait. */
  waiting: number;
}

export function statusSignal(status: DeskStatus, available: number, waiting: number): StatusSignal {
  const words = { free: 'available', busy: 'busy', away: 'offline', nobody: 'offline' } as const;
  return { type: 'visavis:status', status: words[status], available, waiting };
}

export class DeskSignals {
  #ring: string | null = null;
  #connected = false;

  /** What has to be told now that the visit is as given. */
  take(moment: Moment): Signal[] {
    switch (moment.kind) {
      case 'idle':
        return this.#end(moment.end ?? (this.#connected ? 'hung_up' : 'cancelled'));
      case 'ringing':
        return this.#begin(moment.ring, moment.name);
      case 'call': {
        const signals = this.#begin(moment.ring, moment.name);
        if (!moment.connected || this.#connected) return signals;
        this.#connected = true;
        return [...signals, { type: 'visavis:connected', name: moment.name }];
      }
      case 'over':
        return this.#end(moment.end);
    }
  }

  #begin(ring: string, name: string): Signal[] {
    if (this.#ring === ring) return [];
    const before = this.#ring === null ? [] : this.#end('cancelled');
    this.#ring = ring;
    return [...before, { type: 'visavis:ringing', name }];
  }

  #end(reason: RingEnd): Signal[] {
    if (this.#ring === null) return [];
    this.#ring = null;
    this.#connected = false;
    return [{ type: 'visavis:ended', reason }];
  }
}
