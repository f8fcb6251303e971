// A screen that starts over when nobody has touched it for a while. By the clock, not by counting: a timer that is
// held up does not make it longer.

export class Countdown {
  /** Seconds that are left; null while it does not run. */
  left = $state<number | null>(null);
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly seconds: number,
    private readonly done: () => void,
  ) {}

  /** Begins, unless it runs already. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#until = Date.now() + this.seconds * 1000;
    this.left = this.seconds;
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  /** Somebody is there: it begins anew, if it runs. */
  touch(): void {
    if (this.#timer === undefined) return;
    this.stop();
    this.start();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.left = null;
  }

  #tick(): void {
    const left = Math.ceil((this.#until - Date.now()) / 1000);
    if (left > 0) {
      this.left = left;
      return;
    }
    this.stop();
    this.done();
  }
}
