// What is written around an appointment, between those who wait and the staff: both sides use it. Follows the
// session by itself; a hole in what it hears asks for the whole again.

import type { Code, Event, WaitingChat as WaitingChatSnapshot } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { isPassing, untilAnswered } from '../room/again';
import { ChatLines } from './chat-lines.svelte';
import type { ChatLine } from './types';

/** Who writes here. */
export interface Writer {
  id: string;
  name: string;
}

export class WaitingChat extends ChatLines {
  /** Whether what is shown is what has been written; before that there is nothing to say about it. */
  known = $state(false);
  #asking = false;
  #over = false;
  /** The latest one that has been told of in this session, heard or missed. */
  #heard = 0;
  #deaf: () => void;

  /** @param self oneself, as the server will tell of what one writes */
  constructor(
    readonly appointment: string,
    self: Writer,
    private readonly session: Pick<Session, 'command' | 'listen'>,
  ) {
    super();
    this.enter(self.id, self.name);
    this.#deaf = session.listen({
      event: (event) => this.#event(event),
      // A server that has started anew counts anew.
      opened: () => (this.#heard = 0),
    });
  }

  /**
   * Asks for all of it: at the beginning, and in each new session, where what has not been taken is sent once more.
   * Whoever is given it with something else takes that instead.
   */
  async open(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const again = {
      still: () => !this.#over,
      // The next session asks for it too, and finds that it is being asked for.
      passes: (code: Code | 'session_lost') => !this.#over && (isPassing(code) || code === 'session_lost'),
    };
    try {
      await untilAnswered(() => this.#ask(), again);
      // Something was said between the look at it and its coming here.
      if (this.version < this.#heard) await untilAnswered(() => this.#ask(), again);
    } catch (error) {
      console.debug('no waiting chat', error);
    } finally {
      this.#asking = false;
    }
  }

  /** All of it, as the server has it. */
  take(chat: WaitingChatSnapshot): void {
    const before = new Set(this.lines.map((line) => line.id));
    const first = !this.known;
    this.known = true;
    this.takeLines(chat.messages, chat.version);
    // What was missed is as new as what is heard.
    if (!first) this.missed(chat.messages.filter((one) => !before.has(one.id)));
  }

  override dispose(): void {
    this.#over = true;
    this.#deaf();
    super.dispose();
  }

  protected send(line: ChatLine): Promise<unknown> {
    const { appointment } = this;
    return this.session.command({ type: 'say_waiting', appointment, message: line.id, text: line.text });
  }

  async #ask(): Promise<void> {
    const reply = await this.session.command({ type: 'open_waiting_chat', appointment: this.appointment });
    if (reply.type === 'waiting_chat') this.take(reply.chat);
  }

  #event(event: Event): void {
    if (event.type !== 'waiting_message_said' || event.appointment !== this.appointment) return;
    this.#heard = Math.max(this.#heard, event.chat_version);
    // What is told before the whole is known is in it.
    if (!this.known || event.chat_version <= this.version) return;
    if (event.chat_version > this.version + 1) void this.open();
    else this.said(event.message, event.chat_version);
  }
}
