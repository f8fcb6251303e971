// What comes from one person by one way, and whether it really does.

import type { Source } from '../protocol/generated';
import { watchDelivery } from '../rtc/delivery';
import type { PeerState } from '../rtc/peer';
import { Voice } from '../rtc/voice';
import type { Arrival, Offered } from './switching';

/** Of a receiver: nothing came over it yet; it carried somebody else before; or it brings what it should already. */
export type Known = 'new' | 'used' | 'delivers';

export const PICTURES = ['camera', 'screen'] as const satisfies Source[];
export const SOUNDS = ['microphone', 'screen_audio'] as const satisfies Source[];
export type Picture = (typeof PICTURES)[number];
export type Sound = (typeof SOUNDS)[number];

/** One picture or sound. */
export class Arriving<T extends RTCRtpReceiver | Voice> {
  it: T | null = null;
  delivers = false;
  /** Something of the kind has come, since the way came up. */
  came = false;
  #end: (() => void) | null = null;

  constructor(private readonly changed: () => void) {}

  get offered(): Offered {
    return !this.it ? 'absent' : this.delivers ? 'delivers' : 'waiting';
  }

  set(it: T | null, known: Known = 'new'): void {
    if (it === this.it) return;
    this.#end?.();
    this.#end = null;
    this.it = it;
    this.delivers = it !== null && known === 'delivers';
    this.came ||= this.delivers;
    if (it && known !== 'delivers') {
      this.#end = watchDelivery(receiverOf(it), known === 'used', () => {
        this.delivers = this.came = true;
        this.changed();
      });
    }
    this.changed();
  }

  /** A sound is put away by whoever made it. */
  clear(): void {
    this.#end?.();
    this.#end = null;
    this.it = null;
    this.delivers = this.came = false;
  }
}

export class Incoming {
  state: PeerState | null = null;
  readonly camera: Arriving<RTCRtpReceiver>;
  readonly screen: Arriving<RTCRtpReceiver>;
  readonly microphone: Arriving<Voice>;
  readonly screen_audio: Arriving<Voice>;
  #connectedAt: number | null = null;

  constructor(private readonly changed: () => void) {
    this.camera = new Arriving(changed);
    this.screen = new Arriving(changed);
    this.microphone = new Arriving(changed);
    this.screen_audio = new Arriving(changed);
  }

  setState(state: PeerState | null): void {
    if (state === this.state) return;
    this.state = state;
    this.#connectedAt = state === 'connected' ? performance.now() : null;
    this.changed();
  }

  /** @param due the pictures that are on, and to be seen here */
  arrival(due: Picture[]): Arrival {
    return {
      connected: this.state === 'connected',
      connectedAt: this.#connectedAt,
      videoDue: due.length > 0,
      videoDelivers: due.every((source) => this[source].delivers),
      heard: this.microphone.came,
    };
  }

  /** The way is gone. */
  clear(): void {
    for (const source of [...PICTURES, ...SOUNDS]) this[source].clear();
    this.state = null;
    this.#connectedAt = null;
    this.changed();
  }
}

function receiverOf(it: RTCRtpReceiver | Voice): RTCRtpReceiver {
  return it instanceof Voice ? it.receiver : it;
}
