// Plays what one receiver receives, and measures how loud it is. The sound of one person may come two ways for a
// moment: then one of the voices is muted.

import { meterReceiver } from './level';
import type { LevelListener } from './level';

export class Voice {
  readonly receiver: RTCRtpReceiver;
  /** Whoever it is that is heard, told about twenty times a second. */
  onLevel: LevelListener | null = null;
  #audio: HTMLAudioElement;
  #stopMeter: () => void;

  /** @param blocked the browser wants a gesture first */
  constructor(receiver: RTCRtpReceiver, speakerId: string | null, muted: boolean, blocked: () => void) {
    this.receiver = receiver;
    this.#audio = document.body.appendChild(new Audio());
    this.#audio.muted = muted;
    this.#audio.srcObject = new MediaStream([receiver.track]);
    this.#stopMeter = meterReceiver(receiver, (level) => this.onLevel?.(level));
    void this.#start(speakerId, blocked);
  }

  set muted(muted: boolean) {
    if (this.#audio.muted !== muted) this.#audio.muted = muted;
  }

  /** From 0 to 1. Some phones know the volume of the whole device alone. */
  set volume(volume: number) {
    if (this.#audio.volume !== volume) this.#audio.volume = volume;
  }

  async resume(): Promise<void> {
    await this.#audio.play();
  }

  async useSpeaker(id: string | null): Promise<void> {
    if ('setSinkId' in this.#audio) await this.#audio.setSinkId(id ?? '').catch(() => undefined);
  }

  dispose(): void {
    this.#stopMeter();
    this.onLevel = null;
    this.#audio.remove();
    this.#audio.srcObject = null;
  }

  async #start(speakerId: string | null, blocked: () => void): Promise<void> {
    await this.useSpeaker(speakerId);
    // Anything else: it was put away before it began.
    await this.resume().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') blocked();
    });
  }
}
