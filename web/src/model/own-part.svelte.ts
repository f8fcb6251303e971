// What one brings to the room: the state of one's devices as others are told of it, and whether one may send.

import type { Participant } from '../protocol/generated';
import { audioContext, SpeechDetector } from '../rtc/level';
import type { MediaOptions } from './media.svelte';
import type { Person } from './person.svelte';
import type { Seat } from './remembered';
import { SilenceDetector } from './silence';

export class OwnPart {
  /** One speaks, but is muted. */
  mutedWhileSpeaking = $state(false);
  /** The microphone is on, and nothing comes of it. */
  noSignal = $state(false);
  #me: Person | null = null;
  #speech = new SpeechDetector();
  #silence = new SilenceDetector();

  constructor(private readonly shared: MediaOptions) {
    shared.devices.onLevel((level, nothing) => this.#level(level, nothing === true));
  }

  get state(): { microphone: Participant['microphone']; camera: Participant['camera'] } {
    const { microphone, camera } = this.shared.devices;
    return {
      microphone: microphone.kind === 'on' ? 'live' : microphone.kind === 'muted' ? 'muted' : 'absent',
      camera: camera.kind === 'on' ? 'on' : camera.kind === 'problem' ? 'absent' : 'off',
    };
  }

  /** As it is told to the others. */
  get #announced(): OwnPart['state'] & { screen: Participant['screen'] } {
    return { ...this.state, screen: this.shared.screen.state === 'shared' ? 'shared' : 'off' };
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

  async toggleScreen(): Promise<void> {
    if (this.shared.maySend()) await this.shared.screen.toggle();
  }

  /** Brings the others' picture of one's devices in line with the devices. */
  follow(me: Person | null): void {
    this.#me = me;
    if (!me) {
      this.mutedWhileSpeaking = false;
      this.noSignal = false;
      return;
    }
    this.#keepSilence();
    const own = this.#announced;
    if (me.microphone === own.microphone && me.camera === own.camera && me.screen === own.screen) return;
    // Shown at once; the server's word follows.
    Object.assign(me, own);
    this.shared.session.command({ type: 'set_media', ...own }).catch(() => undefined);
  }

  /** Who may not send has devices that are off: no light. Nobody else turns them on again. */
  #keepSilence(): void {
    const { screen, devices } = this.shared;
    const { microphone, camera } = devices;
    const silent = microphone.kind === 'off' && camera.kind === 'off' && screen.state === 'off';
    if (this.shared.maySend() || silent) return;
    // Later: the device that says so is not done with it.
    queueMicrotask(() => {
      if (this.shared.maySend()) return;
      devices.stop();
      screen.stop();
    });
  }

  #level(level: number, nothing: boolean): void {
    const muted = this.shared.devices.microphone.kind === 'muted';
    this.#me?.hear(muted ? 0 : level);
    const speaking = this.#speech.push(level, performance.now());
    this.mutedWhileSpeaking = this.#me !== null && muted && speaking;
    // Sound that the browser does not measure yet is no sound that does not come.
    const measured = audioContext().state === 'running';
    this.noSignal = this.#silence.push(this.#me !== null && !muted && nothing && measured, performance.now());
  }
}
