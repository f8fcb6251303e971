// One thing after another, where only the newest wish counts: what waited meanwhile is left out.

export class Newest {
  #running: Promise<void> | null = null;
  #next: (() => Promise<void>) | null = null;

  get busy(): boolean {
    return this.#running !== null;
  }

  /** Resolves when nothing is left to be done, of this or of anything newer. A task deals with its own failure. */
  run(task: () => Promise<void>): Promise<void> {
    this.#next = task;
    return (this.#running ??= this.#work());
  }

  /** What waits is not wanted any more. What has begun goes on. */
  forget(): void {
    this.#next = null;
  }

  async #work(): Promise<void> {
    try {
      while (this.#next) {
        const task = this.#next;
        this.#next = null;
        await task();
      }
    } finally {
      this.#running = null;
    }
  }
}
