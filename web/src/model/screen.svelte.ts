// One's own screen, shared or not. It goes its own way beside the camera, which it never replaces. The browser has a
// button of its own that ends it, and what is shared may be closed: then it is over just the same.

import { canCaptureScreen, captureScreen, hint, relook, ScreenNotCaptured } from '../rtc/screen';
import type { ScreenLook } from '../rtc/screen';
import { remembered } from './remembered';

export type { ScreenLook } from '../rtc/screen';

export interface ScreenListener {
  /** What is sent has changed. */
  changed(): void;
  /** It could not be shared, and not because whoever was asked did not want to. */
  failed(): void;
}

export class OwnScreen {
  state = $state<'off' | 'choosing' | 'shared'>('off');
  /** Whether there is anything to share with. */
  readonly possible = canCaptureScreen();
  #look = $state<ScreenLook>(remembered.screenLook.get() === 'smooth' ? 'smooth' : 'sharp');
  /** Never reactive: they are for peers alone. */
  video: MediaStreamTrack | null = null;
  audio: MediaStreamTrack | null = null;
  #listener: ScreenListener;
  /** The newest wish; what an older one brings is put away. */
  #wish = 0;

  constructor(listener: ScreenListener) {
    this.#listener = listener;
  }

  get look(): ScreenLook {
    return this.#look;
  }

  set look(look: ScreenLook) {
    this.#look = look;
    remembered.screenLook.set(look === 'sharp' ? null : look);
    if (this.video) void relook(this.video, look);
  }

  /** Has the browser ask what is to be shared. */
  async start(): Promise<void> {
    if (this.state !== 'off') return;
    const wish = ++this.#wish;
    this.state = 'choosing';
    try {
      const { video, audio } = await captureScreen(this.#look);
      if (wish !== this.#wish || video.readyState === 'ended') {
        for (const track of [video, audio]) track?.stop();
        if (wish === this.#wish) this.state = 'off';
        return;
      }
      // It may have been chosen anew while the browser asked.
      hint(video, this.#look);
      video.onended = () => this.stop();
      if (audio) audio.onended = () => this.#silent(audio);
      [this.video, this.audio] = [video, audio];
      this.state = 'shared';
      this.#listener.changed();
    } catch (error) {
      if (wish !== this.#wish) return;
      this.state = 'off';
      if (!(error instanceof ScreenNotCaptured) || error.why === 'failed') this.#listener.failed();
    }
  }

  stop(): void {
    this.#wish += 1;
    const was = this.state;
    this.state = 'off';
    for (const track of [this.video, this.audio]) {
      if (!track) continue;
      track.onended = null;
      track.stop();
    }
    this.video = this.audio = null;
    if (was === 'shared') this.#listener.changed();
  }

  async toggle(): Promise<void> {
    if (this.state === 'shared') this.stop();
    else await this.start();
  }

  /** Its sound alone may end, as when another tab is shown instead. */
  #silent(audio: MediaStreamTrack): void {
    if (audio !== this.audio) return;
    this.audio = null;
    this.#listener.changed();
  }
}
