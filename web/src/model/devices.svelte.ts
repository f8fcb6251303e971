// One's own microphone, camera and speaker: choosing, switching, muting, and what is wrong with them. What is sent is
// always the track held here, so that "muted" is true of what leaves the machine. How one input is opened and lost is
// in input.svelte.ts, what becomes of the picture in background.svelte.ts.

import { listDevices, watchPermission } from '../rtc/capture';
import type { CaptureKind, DeviceChoice, SoundProcessing } from '../rtc/capture';
import { audioContext, meterTrack, wakeAudio } from '../rtc/level';
import type { LevelListener } from '../rtc/level';
import { Background } from './background.svelte';
import { facingOf, find } from './device-list';
import { Input } from './input.svelte';
import type { DeviceState } from './input.svelte';
import { remembered } from './remembered';
import { playTestSound } from './test-sound';

export type { DeviceState } from './input.svelte';

/** What has become of a device without one's doing. */
export type DeviceNotice =
  | 'microphone_changed'
  | 'microphone_lost'
  | 'microphone_kept'
  | 'camera_changed'
  | 'camera_lost'
  | 'camera_kept'
  | 'speaker_changed'
  | 'background_slow'
  | 'background_failed'
  | 'background_missing';

/** Told when what is sent has changed, by whatever cause. */
export interface DeviceListener {
  trackChanged(kind: CaptureKind, track: MediaStreamTrack | null): void;
  stateChanged(): void;
  noticed(notice: DeviceNotice): void;
  speakerChanged(id: string | null): void;
}

/** One that was chosen once, or the first there is, is there to be used. */
export interface DeviceOffer {
  kind: CaptureKind | 'speaker';
  device: DeviceChoice;
}

export class Devices {
  speakers = $state.raw<DeviceChoice[]>([]);
  speakerId = $state<string | null>(remembered.speaker.get()?.id ?? null);
  processing = $state.raw<SoundProcessing>(remembered.soundProcessing.get());
  /** The camera's picture as it is sent. */
  previewTrack = $state.raw<MediaStreamTrack | null>(null);
  /** What did not work when it was asked for, until it does or one has read it. */
  trouble = $state<CaptureKind | null>(null);
  /** The camera in use looks away from oneself: nothing to be mirrored. */
  looksAway = $state(false);

  #listener: DeviceListener | null = null;
  #speakerOffer = $state.raw<DeviceChoice | null>(null);
  #levels = new Set<LevelListener>();
  #stopMeter: (() => void) | null = null;
  #disposed = new AbortController();
  /** How often everything was put away. */
  #stops = 0;

  #microphone = this.#input('microphone', () => {
    this.#meter();
    this.#listener?.trackChanged('microphone', this.microphoneTrack);
  });
  #camera = this.#input('camera', () => {
    this.#look();
    this.background.setCamera(this.#camera.track);
  });
  /** What is to be seen behind oneself. */
  readonly background = new Background({
    shown: (track) => {
      this.previewTrack = track;
      this.#listener?.trackChanged('camera', track);
      this.#listener?.stateChanged();
    },
    stopped: (why, hidden) => {
      if (hidden) this.#camera.stop();
      this.#listener?.noticed(hidden ? `background_${why}` : 'background_missing');
    },
  });

  constructor() {
    const signal = this.#disposed.signal;
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    devices?.addEventListener('devicechange', () => void this.#follow(), { signal });
    for (const kind of ['microphone', 'camera'] as const) {
      void watchPermission(kind, (state) => this.#permission(kind, state), signal);
    }
    // Browsers let audio run after a gesture; the first one is as good as any.
    for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, wakeAudio, { signal });
  }

  get microphone(): DeviceState {
    return this.#microphone.state;
  }

  /** Starting until there is a picture to be shown. */
  get camera(): DeviceState {
    const { state } = this.#camera;
    return state.kind === 'on' && !this.previewTrack ? { kind: 'starting' } : state;
  }

  get microphones(): DeviceChoice[] {
    return this.#microphone.list;
  }

  get cameras(): DeviceChoice[] {
    return this.#camera.list;
  }

  get microphoneId(): string | null {
    return this.#microphone.id;
  }

  get cameraId(): string | null {
    return this.#camera.id;
  }

  /** The microphone's live track, muted or not. */
  get microphoneTrack(): MediaStreamTrack | null {
    return this.#microphone.track;
  }

  /** What has been plugged in and would be wanted: asked about, one at a time. */
  get offer(): DeviceOffer | null {
    const { offer: microphone } = this.#microphone;
    const { offer: camera } = this.#camera;
    if (microphone) return { kind: 'microphone', device: microphone };
    if (this.#speakerOffer) return { kind: 'speaker', device: this.#speakerOffer };
    return camera && { kind: 'camera', device: camera };
  }

  listen(listener: DeviceListener | null): void {
    this.#listener = listener;
  }

  /** Asks for both; each may fail on its own. What was off or muted last time stays so. */
  async start(wanted: { microphone: 'on' | 'muted' | 'off'; camera: 'on' | 'off' }): Promise<void> {
    // One after the other: browsers ask one question at a time.
    const stops = this.#stops;
    // Where it is known already under which ids the chosen ones are.
    await this.#list();
    if (wanted.camera === 'on' && stops === this.#stops) await this.#camera.start();
    // Put away while the camera opened: then no microphone either.
    if (stops !== this.#stops) return;
    if (wanted.microphone !== 'off') {
      this.#microphone.muted = wanted.microphone === 'muted';
      await this.#microphone.start();
    }
    await this.#list();
    await Promise.all([this.#microphone.settle(), this.#camera.settle()]);
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
      this.#microphone.muted = this.microphone.kind === 'on';
    } else if (this.microphone.kind !== 'starting') {
      this.#microphone.muted = false;
      await this.#press('microphone', () => this.#microphone.start());
    }
  }

  /** Off means stopped: the device's light goes out. */
  async toggleCamera(): Promise<void> {
    if (this.camera.kind === 'on' || this.camera.kind === 'starting') this.#camera.stop();
    else await this.#press('camera', () => this.#camera.start());
  }

  async chooseMicrophone(id: string): Promise<void> {
    await this.#press('microphone', () => this.#microphone.choose(id));
  }

  async chooseCamera(id: string): Promise<void> {
    await this.#press('camera', () => this.#camera.choose(id));
  }

  chooseSpeaker(id: string): void {
    const label = this.speakers.find((one) => one.id === id)?.label ?? '';
    remembered.speaker.set({ id, label });
    this.#speakerOffer = null;
    this.#useSpeaker(id);
  }

  /** Whether there are a camera before one and one behind. */
  get canTurn(): boolean {
    if (this.camera.kind !== 'on' || this.cameras.length < 2) return false;
    const ways = new Set(this.cameras.map(facingOf));
    return (ways.has('user') && ways.has('environment')) || this.#facing() !== null;
  }

  /** From the camera that looks at oneself to the one that looks away, or back. */
  async turnCamera(): Promise<void> {
    await this.#press('camera', () => this.#camera.turnTo(this.looksAway ? 'user' : 'environment'));
  }

  async setProcessing(changed: Partial<SoundProcessing>): Promise<void> {
    this.processing = { ...this.processing, ...changed };
    remembered.soundProcessing.set(this.processing);
    await this.#microphone.reprocess();
  }

  async takeOffer(): Promise<void> {
    const { offer } = this;
    if (!offer) return;
    if (offer.kind === 'microphone') await this.chooseMicrophone(offer.device.id);
    else if (offer.kind === 'camera') await this.chooseCamera(offer.device.id);
    else this.chooseSpeaker(offer.device.id);
  }

  refuseOffer(): void {
    const { offer } = this;
    if (offer?.kind === 'microphone') this.#microphone.offer = null;
    else if (offer?.kind === 'camera') this.#camera.offer = null;
    else this.#speakerOffer = null;
  }

  /** One has read what did not work. */
  acceptTrouble(): void {
    this.trouble = null;
  }

  /** Tries again what has a problem. */
  async retry(): Promise<void> {
    if (this.camera.kind === 'problem') await this.#press('camera', () => this.#camera.start());
    if (this.microphone.kind === 'problem') await this.#press('microphone', () => this.#microphone.start());
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
    await playTestSound(audioContext(), this.speakerId);
  }

  /** Puts everything away: no light, no capture. */
  stop(): void {
    this.#stops += 1;
    this.trouble = null;
    this.#microphone.stop();
    this.#camera.stop();
  }

  dispose(): void {
    this.#listener = null;
    this.#levels.clear();
    this.stop();
    this.#disposed.abort();
  }

  #input(kind: CaptureKind, trackChanged: () => void): Input {
    return new Input({
      kind,
      chosen: remembered[kind],
      processing: () => this.processing,
      trackChanged,
      stateChanged: () => {
        const { state } = kind === 'camera' ? this.#camera : this.#microphone;
        if (this.trouble === kind && state.kind !== 'problem') this.trouble = null;
        this.#listener?.stateChanged();
      },
      letGo: () => {
        if (kind === 'microphone') this.#stopMeter?.();
      },
      lost: (replaced) => {
        if (!replaced) this.trouble = kind;
        this.#listener?.noticed(`${kind}_${replaced ? 'changed' : 'lost'}`);
      },
      kept: () => this.#listener?.noticed(`${kind}_kept`),
    });
  }

  /** Somebody has asked for it: they are told if it does not work. */
  async #press(kind: CaptureKind, then: () => Promise<void>): Promise<void> {
    await then();
    this.trouble = this[kind].kind === 'problem' ? kind : this.trouble;
    await this.#list();
  }

  /** Allowed now in the browser's settings: what was denied is tried again without a press. */
  #permission(kind: CaptureKind, state: PermissionState): void {
    const now = this[kind];
    const denied = now.kind === 'problem' && now.problem === 'denied';
    if (state !== 'granted' || !denied) return;
    const input = kind === 'camera' ? this.#camera : this.#microphone;
    void input.start().then(() => this.#list());
  }

  #facing(): string | null {
    const { track, id } = this.#camera;
    if (!track) return null;
    const named = this.cameras.find((one) => one.id === id);
    return track.getSettings().facingMode ?? (named ? facingOf(named) : null);
  }

  /** Of a camera that does not say so itself its name does, which is known once it has been opened. */
  #look(): void {
    this.looksAway = this.#facing() === 'environment';
  }

  #useSpeaker(id: string | null): void {
    this.speakerId = id;
    this.#listener?.speakerChanged(id);
  }

  /** A muted track measures nothing: a copy that is never sent is measured, for the "you are muted" hint too. */
  #meter(): void {
    this.#stopMeter?.();
    this.#stopMeter = null;
    if (!this.microphoneTrack || this.#levels.size === 0) return;
    const copy = this.microphoneTrack.clone();
    copy.enabled = true;
    const stop = meterTrack(copy, (level, nothing) => {
      for (const listener of this.#levels) listener(level, nothing);
    });
    this.#stopMeter = () => {
      stop();
      copy.stop();
    };
  }

  async #list(): Promise<void> {
    const { microphones, cameras, speakers } = await listDevices();
    this.#microphone.take(microphones);
    this.#camera.take(cameras);
    this.#look();
    this.#takeSpeakers(speakers);
  }

  /** Something was plugged in or pulled out. */
  async #follow(): Promise<void> {
    const { microphones, cameras, speakers } = await listDevices();
    const before = this.speakers;
    this.#takeSpeakers(speakers);
    const chosen = find(speakers, remembered.speaker.get());
    const back = chosen && chosen.id !== this.speakerId && !before.some((one) => one.id === chosen.id);
    if (back) this.#speakerOffer = chosen;
    await Promise.all([this.#microphone.follow(microphones), this.#camera.follow(cameras)]);
  }

  /** The system's own speaker takes the place of one that was pulled out. */
  #takeSpeakers(speakers: DeviceChoice[]): void {
    const used = this.speakerId;
    const before = this.speakers;
    this.speakers = speakers;
    if (this.#speakerOffer && !find(speakers, this.#speakerOffer)) this.#speakerOffer = null;
    if (used === null || speakers.length === 0 || speakers.some((one) => one.id === used)) return;
    const renamed = before.length === 0 ? find(speakers, remembered.speaker.get()) : null;
    this.#useSpeaker(renamed?.id ?? null);
    if (before.some((one) => one.id === used)) this.#listener?.noticed('speaker_changed');
  }
}
