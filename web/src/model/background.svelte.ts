// What is to be seen behind oneself, and the track that shows it so. Whoever has chosen a background is never shown
// without it: until it is there no picture is, and when it fails the camera goes off.

import {
  backgroundsPossible,
  forgetPicture,
  keepPicture,
  LOOKS,
  ownPicture,
  sceneOf,
  startExchange,
} from '../rtc/background';
import type { Exchange, Look } from '../rtc/background';
import { remembered } from './remembered';

export type { Look } from '../rtc/background';
export { BUILT_IN } from '../rtc/background/images';

export interface BackgroundListener {
  /** What is to be sent is another track, or none for now. */
  shown(track: MediaStreamTrack | null): void;
  /** It does not work here; it is off now. `hidden`: one was not seen without it, and may not be unasked. */
  stopped(why: 'slow' | 'failed', hidden: boolean): void;
}

export class Background {
  readonly possible = backgroundsPossible;
  look = $state<Look>(rememberedLook());
  /** Why it does not work, until something else is chosen. */
  problem = $state<'slow' | 'failed' | null>(null);
  /** One's own picture, once it was asked for; null when there is none. */
  picture = $state.raw<Blob | null>(null);
  #listener: BackgroundListener;
  #camera: MediaStreamTrack | null = null;
  #shown: MediaStreamTrack | null = null;
  #exchange: Exchange | null = null;
  /** Of what is being begun. */
  #beginning: AbortController | null = null;

  constructor(listener: BackgroundListener) {
    this.#listener = listener;
  }

  /** The camera's picture is this one from now on, or none. */
  setCamera(track: MediaStreamTrack | null): void {
    this.#camera = track;
    if (!track) {
      this.#end();
      this.#show(null);
    } else if (this.look === 'none') {
      this.#show(track);
    } else if (this.#exchange) {
      this.#exchange.setInput(track);
      this.#show(this.#exchange.track);
    } else {
      // Until it has begun nothing is shown.
      this.#show(null);
      void this.#begin(this.look, track);
    }
  }

  async choose(look: Look): Promise<void> {
    if (look === this.look && look !== 'own') return;
    this.look = look;
    this.problem = null;
    remembered.background.set(look === 'none' ? null : look);
    const camera = this.#camera;
    if (!camera) return;
    if (look === 'none') {
      this.#show(camera);
      this.#end();
    } else if (this.#exchange) {
      await this.#redraw(this.#exchange, look);
    } else {
      // It was seen as it is until now: that may go on until the other picture is there.
      await this.#begin(look, camera);
    }
  }

  /** Looks for one's own picture on this device. */
  async findPicture(): Promise<void> {
    this.picture = await ownPicture();
  }

  /** Takes a picture for one's own, and puts it behind oneself. Returns whether it is one. */
  async takePicture(file: Blob): Promise<boolean> {
    const kept = await keepPicture(file);
    if (!kept) return false;
    this.picture = kept;
    await this.choose('own');
    return true;
  }

  async removePicture(): Promise<void> {
    if (this.look === 'own') await this.choose('none');
    this.picture = null;
    await forgetPicture();
  }

  async #redraw(exchange: Exchange, look: Exclude<Look, 'none'>): Promise<void> {
    try {
      const scene = await sceneOf(look);
      if (this.#exchange === exchange && this.look === look) exchange.setScene(scene);
    } catch (error) {
      this.#fail('failed', error);
    }
  }

  async #begin(look: Exclude<Look, 'none'>, camera: MediaStreamTrack): Promise<void> {
    this.#beginning?.abort();
    const beginning = (this.#beginning = new AbortController());
    const failed = (why: 'slow' | 'failed', error?: unknown): void => {
      if (!beginning.signal.aborted) this.#fail(why, error);
    };
    const listener = { slow: () => failed('slow'), failed: (why: string) => failed('failed', why) };
    try {
      const exchange = await startExchange(camera, look, listener, beginning.signal);
      // Another camera, or another wish, while it began.
      if (beginning.signal.aborted) {
        exchange.dispose();
        return;
      }
      this.#exchange = exchange;
      if (this.#camera && this.#camera !== camera) exchange.setInput(this.#camera);
      this.#show(exchange.track);
      if (this.look !== look && this.look !== 'none') await this.#redraw(exchange, this.look);
    } catch (error) {
      failed('failed', error);
    }
  }

  #fail(why: 'slow' | 'failed', error?: unknown): void {
    if (this.look === 'none') return;
    console.warn('no background', why, error);
    this.look = 'none';
    this.problem = why;
    remembered.background.set(null);
    const hidden = this.#shown !== this.#camera;
    this.#end();
    this.#listener.stopped(why, hidden);
  }

  #show(track: MediaStreamTrack | null): void {
    this.#shown = track;
    this.#listener.shown(track);
  }

  #end(): void {
    this.#beginning?.abort();
    this.#beginning = null;
    this.#exchange?.dispose();
    this.#exchange = null;
  }
}

function rememberedLook(): Look {
  const kept = remembered.background.get();
  return (backgroundsPossible && LOOKS.find((look) => look === kept)) || 'none';
}
