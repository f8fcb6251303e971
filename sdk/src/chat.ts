// The chat of the room, in the server's order.

import type { ChatMessage } from '../../web/src/protocol/generated';
import type { Message } from './types';

/** As many as anybody scrolls through. */
const MOST = 1_000;

export class Chat {
  messages: Message[] = [];
  version = 0;

  /**
   * All of it as the server has it.
   *
   * @returns what is new
   */
  take(messages: ChatMessage[], version: number, selfId: string): Message[] {
    const known = new Set(this.messages.map(({ id }) => id));
    const added = messages.filter(({ id }) => !known.has(id)).map((one) => line(one, selfId));
    // After a restart the server may know fewer than this page.
    this.messages = [...this.messages, ...added].slice(-MOST);
    this.version = version;
    return added;
  }

  said(message: ChatMessage, version: number, selfId: string): Message | null {
    this.version = version;
    if (this.messages.some(({ id }) => id === message.id)) return null;
    const added = line(message, selfId);
    this.messages = [...this.messages, added].slice(-MOST);
    return added;
  }
}

function line({ id, from, name, text, at }: ChatMessage, selfId: string): Message {
  return { id, from, name, text, at, self: from === selfId };
}
