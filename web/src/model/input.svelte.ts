// One input of this machine, its microphone or its camera: opened, exchanged for another one, lost, put away. One
// thing after another; of several wishes the newest counts. Knows nothing of what becomes of the track.

import { capture, CaptureFailed, process } from '../rtc/capture';
import type { CaptureKind, DeviceChoice, DeviceProblem, SoundProcessing, Wish } from '../rtc/capture';
import { consequence, find } from './device-list';
import { Newest } from './newest';
import type { Slot } from './remembered';

export type DeviceState =
  | { kind: 'off' }
  | { kind: 'starting' }
  | { kind: 'on' }
  | { kind: 'muted' }
  | { kind: 'problem'; problem: DeviceProblem };

export interface InputOptions {
  kind: CaptureKind;
  /** Which one is preferred. */
  chosen: Slot<DeviceChoice | null>;
  processing: () => SoundProcessing;
  trackChanged: (track: MediaStreamTrack | null) => void;
  stateChanged: () => void;
  /** Whatever else is made of the track has to end: the device itself is to be let go. */
  letGo: () => void;
  /** It went away by itself; another one took its place, or none. */
  lost: (replaced: boolean) => void;
  /** What was chosen cannot be used; the one before goes on. */
  kept: () => void;
}

/** `anew`: the one in use is let go first. Browsers give what is open already with the processing it has. */
type Opening = Wish & { anew?: true };

export class Input {
  state = $state<DeviceState>({ kind: 'off' });
  list = $state.raw<DeviceChoice[]>([]);
  /** The one in use, or that will be. */
  id = $state<string | null>(null);
  /** One that would be wanted has been plugged in. */
  offer = $state.raw<DeviceChoice | null>(null);
  /** Live, muted or not. */
  track: MediaStreamTrack | null = null;
  #muted = false;
  #options: InputOptions;
  #turns = new Newest();
  /** Of the newest wish; what an older one brings is put away. */
  #wish = 0;
  /** Set for as long as one is pulled out and no other is open yet. */
  #losing = false;

  constructor(options: InputOptions) {
    this.#options = options;
    this.id = options.chosen.get()?.id ?? null;
  }

  get open(): boolean {
    return this.state.kind === 'on' || this.state.kind === 'muted';
  }

  /** Opens the one that is preferred, or any. */
  async start(): Promise<void> {
    this.id = find(this.list, this.#options.chosen.get())?.id ?? this.id;
    await this.#open({ by: 'remembered', id: this.id });
  }

  /** Names are known only once it was allowed: if the preferred one has another id now, it is taken after all. */
  async settle(): Promise<void> {
    const chosen = this.#options.chosen.get();
    const found = find(this.list, chosen);
    if (!this.open || !found || found.id === this.id || found.id === chosen?.id) return;
    await this.#open({ by: 'remembered', id: found.id });
  }

  /** Puts it away: no light. */
  stop(): void {
    this.#wish += 1;
    this.#turns.forget();
    this.offer = null;
    this.#replace(null);
    this.#set({ kind: 'off' });
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Silent or not, whatever device there is or will be. */
  set muted(muted: boolean) {
    this.#muted = muted;
    if (this.track) this.track.enabled = !muted;
    if (this.open) this.#set({ kind: muted ? 'muted' : 'on' });
  }

  /** Another one from now on. While it is off that is a choice for later. */
  async choose(id: string): Promise<void> {
    const label = this.list.find((one) => one.id === id)?.label ?? '';
    this.#options.chosen.set({ id, label });
    this.id = id;
    this.offer = null;
    if (this.state.kind !== 'off') await this.#open({ by: 'chosen', id });
  }

  /** A camera that looks the other way. */
  async turnTo(facing: 'user' | 'environment'): Promise<void> {
    await this.#open({ by: 'chosen', id: null, facing });
  }

  /** What is to be done to the sound has changed. */
  async reprocess(): Promise<void> {
    const { track } = this;
    if (!track || (await process(track, this.#options.processing())) || track !== this.track) return;
    const id = track.getSettings().deviceId ?? this.id;
    await this.#open({ by: id ? 'chosen' : 'remembered', id, anew: true });
  }

  /** What is plugged in now. */
  take(list: DeviceChoice[]): void {
    this.list = list;
    if (this.offer && !find(list, this.offer)) this.offer = null;
  }

  /** What is plugged in has changed. */
  async follow(list: DeviceChoice[]): Promise<void> {
    const missing = this.state.kind === 'problem' && this.state.problem === 'not_found';
    const now = consequence({
      before: this.list,
      now: list,
      used: this.open ? this.id : null,
      chosen: this.#options.chosen.get(),
      missing,
    });
    this.take(list);
    switch (now.kind) {
      case 'gone':
        if (this.track) await this.#lose(this.track);
        return;
      case 'default_moved':
        await this.#open({ by: 'chosen', id: this.id });
        return;
      case 'offer':
        if (this.state.kind !== 'off') this.offer = now.device;
        return;
      case 'none':
        return;
      default:
        now satisfies never;
    }
  }

  #open(wish: Opening): Promise<void> {
    const asked = ++this.#wish;
    // While another one opens the old one goes on; without one there is something to wait for.
    if (!this.track) this.#set({ kind: 'starting' });
    return this.#turns.run(() => this.#exchange(wish, asked));
  }

  async #exchange(wish: Opening, asked: number): Promise<void> {
    if (asked !== this.#wish) return;
    const before = this.track;
    try {
      const track = await this.#capture(wish, before);
      if (asked === this.#wish) this.#accept(track);
      else track.stop();
    } catch (error) {
      if (asked !== this.#wish) return;
      if (before && !this.#losing) await this.#keep(before, asked);
      else this.#fail(error);
    }
  }

  async #capture(wish: Opening, before: MediaStreamTrack | null): Promise<MediaStreamTrack> {
    const { kind, processing, letGo } = this.#options;
    if (wish.anew) {
      before?.stop();
      letGo();
    }
    try {
      return await capture(kind, wish, processing());
    } catch (error) {
      // Some systems let a page have only one of a kind: then the one in use makes room.
      if (!before || !(error instanceof CaptureFailed) || error.problem !== 'in_use') throw error;
      before.stop();
      return capture(kind, wish, processing());
    }
  }

  #accept(track: MediaStreamTrack): void {
    track.enabled = !this.#muted;
    track.onended = () => void this.#lose(track);
    this.offer = null;
    this.id = track.getSettings().deviceId ?? null;
    this.#replace(track);
    this.#set({ kind: this.#muted ? 'muted' : 'on' });
  }

  /** The other one cannot be had: on with what there was. */
  async #keep(before: MediaStreamTrack, asked: number): Promise<void> {
    this.id = before.getSettings().deviceId ?? null;
    if (before.readyState === 'ended') {
      const { kind, processing } = this.#options;
      try {
        const again = await capture(kind, { by: 'remembered', id: this.id }, processing());
        if (asked !== this.#wish) {
          again.stop();
          return;
        }
        this.#accept(again);
      } catch (error) {
        if (asked === this.#wish) this.#fail(error);
        return;
      }
    }
    this.#options.kept();
  }

  #fail(error: unknown): void {
    this.#replace(null);
    const problem = error instanceof CaptureFailed ? error.problem : 'unknown';
    this.#set({ kind: 'problem', problem });
  }

  /** Pulled out: another one in its place. Told twice, by the track and by the list, it happens once. */
  async #lose(track: MediaStreamTrack): Promise<void> {
    // Another one is being opened in its place already.
    if (track !== this.track || this.#turns.busy) return;
    this.#losing = true;
    try {
      // Not the one that is gone: the list may not know yet.
      const chosen = find(this.list, this.#options.chosen.get())?.id ?? null;
      await this.#open({ by: 'remembered', id: chosen === this.id ? null : chosen });
    } finally {
      this.#losing = false;
    }
    if (this.track !== track && this.state.kind !== 'off') this.#options.lost(this.open);
  }

  #replace(track: MediaStreamTrack | null): void {
    const before = this.track;
    this.track = track;
    if (before && before !== track) {
      before.onended = null;
      before.stop();
    }
    this.#options.trackChanged(track);
  }

  #set(state: DeviceState): void {
    this.state = state;
    this.#options.stateChanged();
  }
}
