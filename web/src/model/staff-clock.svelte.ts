// The server's time on this page, to the second: what is told with times of the server is counted by its clock,
// however wrong the own one is.

class Clock {
  /** Milliseconds since 1970, once a second while somebody looks. */
  now = $state(Date.now());
  #ahead = 0;
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** An answer of the server carried this `Date`. */
  heard(date: string | null): void {
    const then = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(then)) return;
    // The header is cut to the second and has been on its way: less than two say nothing.
    const ahead = then - Date.now();
    this.#ahead = Math.abs(ahead) < 2_000 ? 0 : ahead;
    this.now = this.read();
  }

  read(): number {
    return Date.now() + this.#ahead;
  }

  /** The same moment, by the device's own clock, for what counts by that one. */
  byOwnClock(at: number): number {
    return at - this.#ahead;
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

export const clock = new Clock();
