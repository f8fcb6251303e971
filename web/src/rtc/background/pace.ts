// Whether this machine keeps up with its camera when each picture is worked on. Pure: times are arguments.

/** Pictures a second below which people look like slides. Less would show that as "working". */
const TOO_FEW = 6;
/** How long that has to go on: shorter would give up over another program's start. */
const FOR_MS = 6_000;
/** Share of the time that the work takes beyond which it is the work that is slow, not the camera: in the dark
 * cameras bring few pictures too. */
const BUSY = 0.75;

export class Pace {
  #since: number | null = null;
  #pictures = 0;
  #worked = 0;

  /** A picture is done. Says once per window whether it is too slow. */
  push(now: number, tookMs: number): 'fine' | 'slow' {
    this.#since ??= now - tookMs;
    this.#pictures += 1;
    this.#worked += tookMs;
    const passed = now - this.#since;
    if (passed < FOR_MS) return 'fine';
    const few = (this.#pictures * 1000) / passed < TOO_FEW;
    const busy = this.#worked / passed > BUSY;
    this.#since = now;
    this.#pictures = 0;
    this.#worked = 0;
    return few && busy ? 'slow' : 'fine';
  }
}
