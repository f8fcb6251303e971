// Muted, and heard for as long as a key is held.

import type { Devices } from './devices.svelte';

/** What it needs of one's own part in a call. */
export interface Talking {
  devices: Pick<Devices, 'microphone'>;
  toggleMicrophone: () => Promise<void>;
}

export class PushToTalk {
  #held = false;

  constructor(private readonly talking: Talking) {}

  /** Whether it is the key that has one heard. */
  get held(): boolean {
    return this.#held;
  }

  /** @returns whether the key does anything: to one who is heard anyway it does not */
  press(): boolean {
    if (this.#held) return true;
    if (this.talking.devices.microphone.kind !== 'muted') return false;
    this.#held = true;
    void this.talking.toggleMicrophone();
    return true;
  }

  /** Let go, or the page has lost sight of the key: silent again, unless one is so already. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    if (this.talking.devices.microphone.kind === 'on') void this.talking.toggleMicrophone();
  }
}
