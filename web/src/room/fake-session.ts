// For tests: a session that says what the test says, and remembers what was asked of it.

import type { Command, Reply, Topic } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { LinkState, Session, SessionListener } from '../protocol/session';

/** Until everything that waits for nothing but its turn has had it. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

interface Asked {
  command: Command;
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

export class FakeSession {
  link: LinkState = 'connected';
  readonly sent: Command[] = [];
  readonly connected = true;
  closed = false;
  #listeners = new Set<Partial<SessionListener>>();
  #waiting: Asked[] = [];

  /** As what is given to those who are tested. */
  get session(): Session {
    return this as unknown as Session;
  }

  listen(listener: Partial<SessionListener>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  command(command: Command): Promise<Reply> {
    this.sent.push(command);
    return new Promise((resolve, reject) => this.#waiting.push({ command, resolve, reject }));
  }

  /** A new session: what was asked in the one before is not answered any more. */
  connect(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new CommandFailed('session_lost'));
    this.#tell((listener) => listener.opened?.());
  }

  hide(): void {
    this.closed = true;
  }

  close(): void {
    this.closed = true;
  }

  event(event: Parameters<SessionListener['event']>[0], topic: Topic = 'direct', version?: number): void {
    this.#tell((listener) => listener.event?.(event, topic, version));
  }

  changeLink(link: LinkState): void {
    this.link = link;
    this.#tell((listener) => listener.link?.(link));
  }

  replaced(): void {
    this.#tell((listener) => listener.replaced?.());
  }

  linkEnded(): void {
    this.#tell((listener) => listener.linkEnded?.());
  }

  removed(): void {
    this.#tell((listener) => listener.removed?.());
  }

  async answer(type: Command['type'], reply: Reply | CommandFailed): Promise<void> {
    const at = this.#waiting.findIndex(({ command }) => command.type === type);
    const [one] = this.#waiting.splice(at, 1);
    if (at < 0 || !one) throw new Error(`nobody asked for ${type}`);
    if (reply instanceof CommandFailed) one.reject(reply);
    else one.resolve(reply);
    await settle();
  }

  /** The latest one of this kind. */
  asked(type: Command['type']): Command | undefined {
    return this.sent.findLast((command) => command.type === type);
  }

  count(type: Command['type']): number {
    return this.sent.filter((command) => command.type === type).length;
  }

  #tell(told: (listener: Partial<SessionListener>) => void): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) told(listener);
  }
}
