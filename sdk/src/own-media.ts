// One's own microphone, camera and screen: opened when they are wanted, exchanged, lost, put away. One thing after
// another.

import { capture } from '../../web/src/rtc/capture';
import type { CaptureKind, DeviceProblem } from '../../web/src/rtc/capture';
import { captureScreen } from '../../web/src/rtc/screen';
import type { Captured } from '../../web/src/rtc/screen';
import type { OwnTracks } from '../../web/src/rtc/server-connection';
import type { Announced } from './announced';
import { errorOf } from './errors';

const PROCESSING = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export interface OwnMediaTurns {
  /** What is sent is another thing now. */
  changed(): void;
  /** A device went away by itself. */
  lost(device: CaptureKind, problem: DeviceProblem): void;
}

export class OwnMedia {
  #turns: OwnMediaTurns;
  #tracks: Record<CaptureKind, MediaStreamTrack | null> = { microphone: null, camera: null };
  /** Which one was chosen. */
  #ids: Record<CaptureKind, string | null> = { microphone: null, camera: null };
  #screen: Captured | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #away = false;

  constructor(turns: OwnMediaTurns) {
    this.#turns = turns;
  }

  get tracks(): OwnTracks {
    const { microphone, camera } = this.#tracks;
    return {
      microphone,
      camera,
      screen: this.#screen?.video ?? null,
      screen_audio: this.#screen?.audio ?? null,
    };
  }

  get announced(): Announced {
    const { microphone, camera } = this.#tracks;
    return {
      microphone: !microphone ? 'absent' : microphone.enabled ? 'live' : 'muted',
      camera: camera ? 'on' : 'off',
      screen: this.#screen ? 'shared' : 'off',
    };
  }

  /** On, or silent; silent without a device is nothing. */
  setMicrophone(on: boolean): Promise<void> {
    return this.#next(async () => {
      const track = this.#tracks.microphone;
      if (track) track.enabled = on;
      else if (on) await this.#open('microphone');
      this.#turns.changed();
    });
  }

  setCamera(on: boolean): Promise<void> {
    return this.#next(async () => {
      if (on && !this.#tracks.camera) await this.#open('camera');
      else if (!on) this.#replace('camera', null);
      this.#turns.changed();
    });
  }

  /** Another device; what is off stays off. */
  use(kind: CaptureKind, id: string): Promise<void> {
    return this.#next(async () => {
      this.#ids[kind] = id;
      if (!this.#tracks[kind]) return;
      await this.#open(kind);
      this.#turns.changed();
    });
  }

  /** Chosen before it is opened. */
  choose(kind: CaptureKind, id: string): void {
    this.#ids[kind] = id;
  }

  shareScreen(on: boolean): Promise<void> {
    // Not in turn: browsers ask only within a gesture.
    if (!on) {
      this.#stopScreen();
      return Promise.resolve();
    }
    if (this.#screen) return Promise.resolve();
    return captureScreen('sharp').then(
      (captured) => {
        if (this.#away) {
          for (const track of [captured.video, captured.audio]) track?.stop();
          return;
        }
        this.#stopScreen();
        this.#screen = captured;
        captured.video.onended = () => this.#stopScreen();
        this.#turns.changed();
      },
      (error: unknown) => {
        throw errorOf(error);
      },
    );
  }

  /** Lights out. */
  stop(): void {
    this.#replace('microphone', null);
    this.#replace('camera', null);
    this.#stopScreen();
    this.#turns.changed();
  }

  /** For good: what is still being opened is put away as it comes. */
  dispose(): void {
    this.#away = true;
    this.stop();
  }

  async #open(kind: CaptureKind): Promise<void> {
    const id = this.#ids[kind];
    const before = this.#tracks[kind];
    const track = await capture(kind, { by: id === null ? 'remembered' : 'chosen', id }, PROCESSING);
    if (this.#away) {
      track.stop();
      return;
    }
    if (kind === 'microphone' && before) track.enabled = before.enabled;
    this.#replace(kind, track);
  }

  #replace(kind: CaptureKind, track: MediaStreamTrack | null): void {
    const before = this.#tracks[kind];
    if (before) {
      before.onended = null;
      before.stop();
    }
    this.#tracks[kind] = track;
    if (!track) return;
    track.onended = () => {
      this.#tracks[kind] = null;
      this.#turns.lost(kind, 'not_found');
      this.#turns.changed();
    };
  }

  #stopScreen(): void {
    const shared = this.#screen;
    this.#screen = null;
    if (!shared) return;
    for (const track of [shared.video, shared.audio]) {
      if (!track) continue;
      track.onended = null;
      track.stop();
    }
    this.#turns.changed();
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work).catch((error: unknown) => {
      throw errorOf(error);
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
