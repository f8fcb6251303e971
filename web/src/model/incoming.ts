// What comes from one person by one way, and whether it really does.

import type { PeerState } from '../rtc/peer';
import { watchDelivery } from '../rtc/delivery';
import type { Voice } from '../rtc/voice';
import type { Arrival, Offered } from './switching';

/** Of a receiver: nothing came over it yet; it carried somebody else before; or it brings what it should already. */
export type Known = 'new' | 'used' | 'delivers';

export class Incoming {
  state: PeerState | null = null;
  video: RTCRtpReceiver | null = null;
  voice: Voice | null = null;
  #videoDelivers = false;
  #voiceDelivers = false;
  #heard = false;
  #connectedAt: number | null = null;
  #endVideo: (() => void) | null = null;
  #endVoice: (() => void) | null = null;

  constructor(private readonly changed: () => void) {}

  get videoOffered(): Offered {
    return !this.video ? 'absent' : this.#videoDelivers ? 'delivers' : 'waiting';
  }

  get voiceOffered(): Offered {
    return !this.voice ? 'absent' : this.#voiceDelivers ? 'delivers' : 'waiting';
  }

  setState(state: PeerState | null): void {
    if (state === this.state) return;
    this.state = state;
    this.#connectedAt = state === 'connected' ? performance.now() : null;
    this.changed();
  }

  setVideo(receiver: RTCRtpReceiver | null, known: Known = 'new'): void {
    if (receiver === this.video) return;
    this.#endVideo?.();
    this.video = receiver;
    this.#videoDelivers = receiver !== null && known === 'delivers';
    this.#endVideo =
      receiver && known !== 'delivers'
        ? watchDelivery(receiver, known === 'used', () => {
            this.#videoDelivers = true;
            this.changed();
          })
        : null;
    this.changed();
  }

  setVoice(voice: Voice | null, known: Known = 'new'): void {
    if (voice === this.voice) return;
    this.#endVoice?.();
    this.voice = voice;
    this.#voiceDelivers = voice !== null && known === 'delivers';
    this.#heard ||= this.#voiceDelivers;
    this.#endVoice =
      voice && known !== 'delivers'
        ? watchDelivery(voice.receiver, known === 'used', () => {
            this.#voiceDelivers = true;
            this.#heard = true;
            this.changed();
          })
        : null;
    this.changed();
  }

  arrival(videoDue: boolean): Arrival {
    return {
      connected: this.state === 'connected',
      connectedAt: this.#connectedAt,
      videoDue,
      videoDelivers: this.#videoDelivers,
      heard: this.#heard,
    };
  }

  /** The way is gone. The voice is put away by whoever made it. */
  clear(): void {
    this.#endVideo?.();
    this.#endVoice?.();
    this.#endVideo = this.#endVoice = null;
    this.video = null;
    this.voice = null;
    this.state = null;
    this.#videoDelivers = this.#voiceDelivers = this.#heard = false;
    this.#connectedAt = null;
    this.changed();
  }
}
