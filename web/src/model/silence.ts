// A microphone that is on, and of which nothing comes: switched off on the device itself, or the wrong one. Pure: time
// is an argument.

/** Less, and a headset that is just waking up is called broken. */
const NOTHING_FOR = 10_000;

export class SilenceDetector {
  #since: number | null = null;

  /** @param nothing exact silence, as no working microphone gives in the quietest room */
  push(nothing: boolean, now: number): boolean {
    if (!nothing) {
      this.#since = null;
      return false;
    }
    this.#since ??= now;
    return now - this.#since >= NOTHING_FOR;
  }
}
