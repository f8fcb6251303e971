// The page outside: the one that holds this frame, or the frame that opened this window. It introduces itself first;
// what comes from elsewhere is not heard, and nothing is told before it is known who would hear it. Only pages whose
// site is allowed for the desk can hold the frame at all: the browser sees to that.

import { saidSoFar, typeOf } from './hello';

export interface ToOutside {
  type: `visavis:${string}`;
}

export class Outside {
  #origin: string | null = null;
  /** What holds until something newer of the same type does; told to whoever introduces themselves. */
  #standing = new Map<string, ToOutside>();
  #early: ToOutside[] = [];

  /** @param origin where it is known beforehand whose page it is */
  constructor(
    private readonly page: Window,
    signal: AbortSignal,
    origin: string | null = null,
  ) {
    this.#origin = origin;
    addEventListener('message', (message) => this.#hear(message), { signal });
    for (const message of saidSoFar()) this.#hear(message);
  }

  /** Something that is so from now on. */
  holds(message: ToOutside): void {
    this.#standing.set(message.type, message);
    this.#send(message);
  }

  /** Something that has happened. */
  happened(message: ToOutside): void {
    if (this.#origin === null) this.#early.push(message);
    else this.#send(message);
  }

  #hear(message: MessageEvent<unknown>): void {
    if (message.source !== this.page || typeOf(message.data) !== 'visavis:hello') return;
    // A page without an origin of its own, such as one in a sandbox, cannot be addressed.
    if (message.origin === 'null' || (this.#origin !== null && this.#origin !== message.origin)) return;
    this.#origin = message.origin;
    for (const one of [...this.#standing.values(), ...this.#early.splice(0)]) this.#send(one);
  }

  #send(message: ToOutside): void {
    if (this.#origin !== null) this.page.postMessage(message, this.#origin);
  }
}
