// Tells the other tabs of this browser that one of them goes on as somebody, so that only one does. Other devices
// hear of it from the server, when a seat is taken over.

export class OtherTabs {
  #channel: BroadcastChannel | null = null;

  /** @param taken another tab goes on as the one named so here */
  constructor(
    name: string,
    private readonly who: () => string,
    taken: () => void,
  ) {
    // Where it is absent each tab goes on, and the last one to take the seat has it.
    if (!('BroadcastChannel' in globalThis)) return;
    this.#channel = new BroadcastChannel(`visavis.${name}`);
    this.#channel.onmessage = (message: MessageEvent<unknown>) => {
      if (message.data === who()) taken();
    };
  }

  /** From now on this tab goes on. */
  take(): void {
    this.#channel?.postMessage(this.who());
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
