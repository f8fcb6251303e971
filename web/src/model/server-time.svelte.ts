// The server's time on this page, as an answer told it: counted on by a clock that nobody sets, so that a device
// whose date is wrong opens no door too early.

/** Milliseconds of a clock that only goes forward. */
export type Steady = () => number;

export class ServerTime {
  /** Milliseconds since 1970, once a second while somebody looks. */
  now = $state(Date.now());
  #told: { now: number; at: number } | null = null;
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly steady: Steady = () => performance.now()) {}

  /** An answer that has just come said so. */
  heard(now: number): void {
    this.#told = { now, at: this.steady() };
    this.now = now;
  }

  read(): number {
    return this.#told ? this.#told.now + (this.steady() - this.#told.at) : Date.now();
  }

  /** The same moment, by the device's own clock, for what counts by that one. */
  byOwnClock(at: number): number {
    return at - this.read() + Date.now();
  }

  /** Ticks until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    this.now = this.read();
    this.#timer ??= setInterval(() => (this.now = this.read()), 1_000);
    return () => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}
