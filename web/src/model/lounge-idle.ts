// Whether somebody is at the page: no touch for as long as the server says, and they are taken for away; the first
// touch after that brings them back. Tells changes only, and looks at the clock: a device that slept was not touched.

/** More often nothing is gained; less often, and somebody who has just moved counts as gone a little early. */
const HEED_EVERY = 1_000;

export interface IdleNeeds {
  /** It has changed. */
  tell(idle: boolean): void;
  now?: () => number;
}

export class Idleness {
  idle = false;
  #after = 0;
  #touched = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deaf: AbortController | null = null;
  #now: () => number;

  constructor(private readonly needs: IdleNeeds) {
    this.#now = needs.now ?? (() => Date.now());
  }

  /**
   * Watches the page from now on. If it does already, whoever has not heard of it is told that nobody is there.
   *
   * @param seconds how long without a touch; 0 for never
   */
  start(seconds: number): void {
    if (this.#deaf && this.#after === seconds * 1_000) {
      if (this.idle) this.needs.tell(true);
      return;
    }
    this.stop();
    this.idle = false;
    if (seconds <= 0) return;
    this.#after = seconds * 1_000;
    this.#touched = this.#now();
    this.#deaf = new AbortController();
    const options = { signal: this.#deaf.signal, passive: true, capture: true };
    for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'] as const) {
      addEventListener(kind, () => this.touch(), options);
    }
    this.#wait(this.#after);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#deaf?.abort();
    this.#deaf = null;
  }

  /** Somebody is there. */
  touch(): void {
    if (!this.#deaf) return;
    const now = this.#now();
    if (!this.idle && now - this.#touched < HEED_EVERY) return;
    this.#touched = now;
    if (!this.idle) return;
    this.idle = false;
    this.#wait(this.#after);
    this.needs.tell(false);
  }

  /** The timer is not set anew with every touch: it looks how long ago the latest was. */
  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const left = this.#touched + this.#after - this.#now();
      if (left > 0) {
        this.#wait(left);
        return;
      }
      this.idle = true;
      this.needs.tell(true);
    }, ms);
  }
}
