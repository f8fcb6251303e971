// The chat of the room one is in. Its snapshots and events come by way of the call.

import type { ChatMessage } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { ChatLines } from './chat-lines.svelte';
import type { ChatLine } from './types';

export class Chat extends ChatLines {
  constructor(private readonly session: Pick<Session, 'command'>) {
    super();
  }

  take(messages: ChatMessage[], version: number): void {
    this.takeLines(messages, version);
  }

  protected send(line: ChatLine): Promise<unknown> {
    const { id: message, text, file } = line;
    return this.session.command({ type: 'say', message, text, ...(file ? { file } : {}) });
  }
}
