// Lines of a conversation in the server's order: one's own are shown at once and marked until they are taken. Which
// conversation, and how its events reach it, is for those who extend it.

import { MAX_MESSAGE_CHARS } from '../protocol/generated';
import type { OfferedFile } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { randomId } from '../room/random-id';
import type { ChatLine } from './types';

export { MAX_MESSAGE_CHARS };

/** A line that could not be sent for this long is marked, and can be sent again. */
const FAILED_AFTER = 10_000;

/** A line as the server tells it, in whichever conversation. */
export interface SaidLine {
  id: string;
  from: string;
  name: string;
  text: string;
  file?: OfferedFile;
  at: number;
}

export abstract class ChatLines {
  lines = $state.raw<ChatLine[]>([]);
  unread = $state(0);
  version = 0;

  #selfId = '';
  #name = '';
  #open = false;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Has the server take a line; the same one twice is stored once. */
  protected abstract send(line: ChatLine): Promise<unknown>;

  /** One takes part under this id and name. */
  enter(selfId: string, name: string): void {
    this.#selfId = selfId;
    this.#name = name;
  }

  /** The recent lines as the server has them; what one wrote oneself and the server lacks stays behind them. */
  protected takeLines(messages: SaidLine[], version: number): void {
    this.version = version;
    const taken = new Set(messages.map((message) => message.id));
    for (const id of taken) this.#stopWaiting(id);
    const kept = this.lines.filter((line) => !taken.has(line.id));
    // After a restart the server may know fewer messages than this page.
    const earlier = kept.filter((line) => line.state === 'sent');
    const waiting = kept.filter((line) => line.state !== 'sent');
    this.lines = [...earlier, ...messages.map((message) => this.#line(message)), ...waiting];
    for (const line of waiting) if (line.state === 'sending') void this.#send(line);
  }

  said(message: SaidLine, version: number): void {
    this.version = version;
    const waiting = this.lines.filter((line) => line.state !== 'sent' && line.id !== message.id);
    const sent = this.lines.filter((line) => line.state === 'sent' && line.id !== message.id);
    this.lines = [...sent, this.#line(message), ...waiting];
    this.#stopWaiting(message.id);
    this.missed([message]);
  }

  /** These are new: those of others count as unread until one looks. */
  protected missed(messages: SaidLine[]): void {
    if (this.#open) return;
    this.unread += messages.filter((message) => message.from !== this.#selfId).length;
  }

  /** @param file what is offered with it, where that can be */
  say(text: string, file?: OfferedFile): void {
    const line: ChatLine = {
      id: randomId('m'),
      fromId: this.#selfId,
      name: this.#name,
      mine: true,
      text,
      ...(file ? { file } : {}),
      at: Date.now(),
      state: 'sending',
    };
    this.lines = [...this.lines, line];
    void this.#send(line);
  }

  /** Sends a failed line again under its id: the server stores it once. */
  retry(id: string): void {
    const line = this.lines.find((one) => one.id === id && one.state === 'failed');
    if (!line) return;
    this.#mark(id, 'sending');
    void this.#send(line);
  }

  setOpen(open: boolean): void {
    this.#open = open;
    if (open) this.unread = 0;
  }

  clear(): void {
    this.dispose();
    this.lines = [];
    this.unread = 0;
    this.version = 0;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async #send(line: ChatLine): Promise<void> {
    this.#stopWaiting(line.id);
    this.#timers.set(
      line.id,
      setTimeout(() => this.#mark(line.id, 'failed'), FAILED_AFTER),
    );
    try {
      await this.send(line);
      this.#stopWaiting(line.id);
      this.#mark(line.id, 'sent');
    } catch (error) {
      // With a new session the whole is taken anew, and what still waits is sent again then.
      if (error instanceof CommandFailed && error.code === 'session_lost') return;
      this.#stopWaiting(line.id);
      this.#mark(line.id, 'failed');
    }
  }

  #line(message: SaidLine): ChatLine {
    return {
      id: message.id,
      fromId: message.from,
      name: message.name,
      mine: message.from === this.#selfId,
      text: message.text,
      ...(message.file ? { file: message.file } : {}),
      at: message.at,
      state: 'sent',
    };
  }

  #mark(id: string, state: ChatLine['state']): void {
    this.lines = this.lines.map((line) =>
      line.id === id && line.state !== 'sent' ? { ...line, state } : line,
    );
  }

  #stopWaiting(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
