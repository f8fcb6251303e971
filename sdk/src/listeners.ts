// Who listens to what.

export class Listeners<Events extends object> {
  #all = new Map<keyof Events, Set<(detail: never) => void>>();

  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void {
    const listeners = this.#all.get(event) ?? new Set();
    this.#all.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  tell<E extends keyof Events>(event: E, detail: Events[E]): void {
    for (const listener of [...(this.#all.get(event) ?? [])]) {
      try {
        (listener as (detail: Events[E]) => void)(detail);
      } catch (error) {
        // The page's own; the room goes on.
        reportError(error);
      }
    }
  }
}
