// One's own microphone and camera: choosing, switching, muting, and what is wrong with them. What is sent is
// always the track held here, so that "muted" is true of what leaves the machine.

import { capture, CaptureFailed, listDevices } from '../rtc/capture';
import type { CaptureKind, DeviceChoice, DeviceProblem } from '../rtc/capture';
import { audioContext, meterTrack, wakeAudio } from '../rtc/level';
import type { LevelListener } from '../rtc/level';
import { remembered } from './remembered';

export type DeviceState =
  | { kind: 'off' }
  | { kind: 'starting' }
  | { kind: 'on' }
  | { kind: 'muted' }
  | { kind: 'problem'; problem: DeviceProblem };

/** Told when what is sent has changed, by whatever cause. */
export interface DeviceListener {
  trackChanged(kind: CaptureKind, track: MediaStreamTrack | null): void;
  stateChanged(): void;
  /** A device went away by itself; another took its place, or none. */
  deviceLost(kind: CaptureKind, replaced: boolean): void;
  speakerChanged(id: string | null): void;
}

export class Devices {
  microphone = $state<DeviceState>({ kind: 'off' });
  camera = $state<DeviceState>({ kind: 'off' });
  microphones = $state.raw<DeviceChoice[]>([]);
  cameras = $state.raw<DeviceChoice[]>([]);
  speakers = $state.raw<DeviceChoice[]>([]);
  microphoneId = $state<string | null>(remembered.microphone.get());
  cameraId = $state<string | null>(remembered.camera.get());
  speakerId = $state<string | null>(remembered.speaker.get());
  /** The camera's live track. */
  previewTrack = $state.raw<MediaStreamTrack | null>(null);
  /** The microphone's live track, muted or not. */
  microphoneTrack: MediaStreamTrack | null = null;

  #listener: DeviceListener | null = null;
  #levels = new Set<LevelListener>();
  #stopMeter: (() => void) | null = null;
  #disposed = new AbortController();
  /** The newest wish for each kind; what an older one brings is put away. */
  #wish: Record<CaptureKind, number> = { microphone: 0, camera: 0 };
  /** How often everything was put away. */
  #stops = 0;

  constructor() {
    const signal = this.#disposed.signal;
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    devices?.addEventListener('devicechange', () => void this.#list(), { signal });
    // Browsers let audio run after a gesture; the first one is as good as any.
    for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, wakeAudio, { signal });
  }

  listen(listener: DeviceListener | null): void {
    this.#listener = listener;
  }

  /** Asks for both; each may fail on its own. What was off or muted last time stays so. */
  async start(wanted: { microphone: 'on' | 'muted' | 'off'; camera: 'on' | 'off' }): Promise<void> {
    // One after the other: browsers ask one question at a time.
    const stops = this.#stops;
    if (wanted.camera === 'on') await this.#start('camera', false);
    // Put away while the camera opened: then no microphone either.
    if (stops !== this.#stops) return;
    if (wanted.microphone !== 'off') await this.#start('microphone', wanted.microphone === 'muted');
    await this.#list();
  }

  /** What to start with, to be as now. */
  get wanted(): { microphone: 'on' | 'muted' | 'off'; camera: 'on' | 'off' } {
    const microphone = this.microphone.kind === 'starting' ? 'on' : this.microphone.kind;
    return {
      microphone: microphone === 'on' || microphone === 'muted' ? microphone : 'off',
      camera: this.camera.kind === 'on' || this.camera.kind === 'starting' ? 'on' : 'off',
    };
  }

  async toggleMicrophone(): Promise<void> {
    if (this.microphone.kind === 'on' || this.microphone.kind === 'muted') {
      const muted = this.microphone.kind === 'on';
      if (this.microphoneTrack) this.microphoneTrack.enabled = !muted;
      this.#set('microphone', { kind: muted ? 'muted' : 'on' });
    } else if (this.microphone.kind !== 'starting') {
      await this.#start('microphone', false);
      await this.#list();
    }
  }

  /** Off means stopped: the device's light goes out. */
  async toggleCamera(): Promise<void> {
    if (this.camera.kind === 'on' || this.camera.kind === 'starting') {
      this.#wish.camera += 1;
      this.#replace('camera', null);
      this.#set('camera', { kind: 'off' });
    } else {
      await this.#start('camera', false);
      await this.#list();
    }
  }

  async chooseMicrophone(id: string): Promise<void> {
    this.microphoneId = id;
    remembered.microphone.set(id);
    await this.#start('microphone', this.microphone.kind === 'muted', 'chosen');
  }

  async chooseCamera(id: string): Promise<void> {
    this.cameraId = id;
    remembered.camera.set(id);
    // Choosing a camera while it is off is a choice for later.
    if (this.camera.kind !== 'off') await this.#start('camera', false, 'chosen');
  }

  chooseSpeaker(id: string): void {
    this.speakerId = id;
    remembered.speaker.set(id);
    this.#listener?.speakerChanged(id);
  }

  /** Tries again what has a problem. */
  async retry(): Promise<void> {
    if (this.camera.kind === 'problem') await this.#start('camera', false);
    if (this.microphone.kind === 'problem') await this.#start('microphone', false);
    await this.#list();
  }

  /** How loud the microphone is, muted or not. */
  onLevel(listener: LevelListener): () => void {
    this.#levels.add(listener);
    this.#meter();
    return () => {
      this.#levels.delete(listener);
      this.#meter();
    };
  }

  /** Two short notes through the chosen speaker. */
  async playTestSound(): Promise<void> {
    wakeAudio();
    const audio = audioContext();
    const output = audio.createMediaStreamDestination();
    const element = new Audio();
    element.srcObject = output.stream;
    if (this.speakerId && 'setSinkId' in element) {
      await element.setSinkId(this.speakerId).catch(() => undefined);
    }
    await element.play();
    for (const [index, pitch] of [523, 784].entries()) {
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      const from = audio.currentTime + index * 0.25;
      oscillator.frequency.value = pitch;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.2, from + 0.02);
      gain.gain.linearRampToValueAtTime(0, from + 0.3);
      oscillator.connect(gain).connect(output);
      oscillator.start(from);
      oscillator.stop(from + 0.3);
    }
  }

  /** Puts everything away: no light, no capture. */
  stop(): void {
    this.#stops += 1;
    for (const kind of ['microphone', 'camera'] as const) {
      this.#wish[kind] += 1;
      this.#replace(kind, null);
      this.#set(kind, { kind: 'off' });
    }
  }

  dispose(): void {
    this.#listener = null;
    this.#levels.clear();
    this.stop();
    this.#disposed.abort();
  }

  async #start(kind: CaptureKind, muted: boolean, by: 'remembered' | 'chosen' = 'remembered'): Promise<void> {
    const wish = ++this.#wish[kind];
    const before = kind === 'camera' ? this.previewTrack : this.microphoneTrack;
    // While another one opens the old one goes on; without one there is something to wait for.
    if (!before) this.#set(kind, { kind: 'starting' });
    // Some systems let only one program have a camera, this one included.
    if (kind === 'camera') before?.stop();
    try {
      const track = await capture(kind, kind === 'camera' ? this.cameraId : this.microphoneId, by);
      if (wish !== this.#wish[kind]) {
        track.stop();
        return;
      }
      track.enabled = !muted;
      track.onended = () => void this.#lost(kind, track);
      this.#replace(kind, track);
      const id = track.getSettings().deviceId ?? null;
      if (kind === 'camera') this.cameraId = id;
      else this.microphoneId = id;
      this.#set(kind, { kind: muted ? 'muted' : 'on' });
    } catch (error) {
      if (wish !== this.#wish[kind]) return;
      this.#replace(kind, null);
      const problem = error instanceof CaptureFailed ? error.problem : 'unknown';
      this.#set(kind, { kind: 'problem', problem });
    }
  }

  async #lost(kind: CaptureKind, track: MediaStreamTrack): Promise<void> {
    if (track !== (kind === 'camera' ? this.previewTrack : this.microphoneTrack)) return;
    const muted = this.microphone.kind === 'muted';
    await this.#start(kind, kind === 'microphone' && muted);
    await this.#list();
    this.#listener?.deviceLost(kind, this[kind].kind !== 'problem');
  }

  #replace(kind: CaptureKind, track: MediaStreamTrack | null): void {
    const before = kind === 'camera' ? this.previewTrack : this.microphoneTrack;
    if (kind === 'camera') {
      this.previewTrack = track;
    } else {
      this.microphoneTrack = track;
      this.#meter();
    }
    if (before && before !== track) {
      before.onended = null;
      before.stop();
    }
    this.#listener?.trackChanged(kind, track);
  }

  #set(kind: CaptureKind, state: DeviceState): void {
    this[kind] = state;
    this.#listener?.stateChanged();
  }

  /** A muted track measures nothing: a copy that is never sent is measured, for the "you are muted" hint too. */
  #meter(): void {
    this.#stopMeter?.();
    this.#stopMeter = null;
    if (!this.microphoneTrack || this.#levels.size === 0) return;
    const copy = this.microphoneTrack.clone();
    copy.enabled = true;
    const stop = meterTrack(copy, (level) => {
      for (const listener of this.#levels) listener(level);
    });
    this.#stopMeter = () => {
      stop();
      copy.stop();
    };
  }

  async #list(): Promise<void> {
    const { microphones, cameras, speakers } = await listDevices();
    this.microphones = microphones;
    this.cameras = cameras;
    this.speakers = speakers;
    if (this.speakerId && !speakers.some((one) => one.id === this.speakerId)) {
      this.speakerId = null;
      this.#listener?.speakerChanged(null);
    }
  }
}
