// What one brings to the room: the state of one's devices as others are told of it, and whether one may send.

import type { Participant } from '../protocol/generated';
import { SpeechDetector } from '../rtc/level';
import type { MediaOptions } from './media.svelte';
import type { Person } from './person.svelte';
import type { Seat } from './remembered';

export class OwnPart {
  /** One speaks, but is muted. */
  mutedWhileSpeaking = $state(false);
  #me: Person | null = null;
  #speech = new SpeechDetector();

  constructor(private readonly shared: MediaOptions) {
    shared.devices.onLevel((level) => this.#level(level));
  }

  get state(): { microphone: Participant['microphone']; camera: Participant['camera'] } {
    const { microphone, camera } = this.shared.devices;
    return {
      microphone: microphone.kind === 'on' ? 'live' : microphone.kind === 'muted' ? 'muted' : 'absent',
      camera: camera.kind === 'on' ? 'on' : camera.kind === 'problem' ? 'absent' : 'off',
    };
  }

  /** What brings this page back as it was. */
  seat(continuation: string, name: string): Seat {
    return { continuation, name, ...this.shared.devices.wanted };
  }

  async toggleMicrophone(): Promise<void> {
    if (this.shared.maySend()) await this.shared.devices.toggleMicrophone();
  }

  async toggleCamera(): Promise<void> {
    if (this.shared.maySend()) await this.shared.devices.toggleCamera();
  }

  /** Brings the others' picture of one's devices in line with the devices. */
  follow(me: Person | null): void {
    this.#me = me;
    if (!me) {
      this.mutedWhileSpeaking = false;
      return;
    }
    this.#keepSilence();
    const { microphone, camera } = this.state;
    if (me.microphone === microphone && me.camera === camera) return;
    // Shown at once; the server's word follows.
    me.microphone = microphone;
    me.camera = camera;
    this.shared.session.command({ type: 'set_media', microphone, camera }).catch(() => undefined);
  }

  /** Who may not send has devices that are off: no light. Nobody else turns them on again. */
  #keepSilence(): void {
    const { microphone, camera } = this.shared.devices;
    if (this.shared.maySend() || (microphone.kind === 'off' && camera.kind === 'off')) return;
    // Later: the device that says so is not done with it.
    queueMicrotask(() => {
      if (!this.shared.maySend()) this.shared.devices.stop();
    });
  }

  #level(level: number): void {
    const muted = this.shared.devices.microphone.kind === 'muted';
    this.#me?.hear(muted ? 0 : level);
    const speaking = this.#speech.push(level, performance.now());
    this.mutedWhileSpeaking = this.#me !== null && muted && speaking;
  }
}
