// One conversation of the lounge from one's own side: what is written, how far each has come with it, whether the other
// is writing. Which there are, and which of them are shown, is for those who hold them.

import type { Conversation, LoungeMessage, Place } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { PlaceMessages } from './lounge-messages.svelte';
import type { Problem, Self } from './lounge-messages.svelte';
import type { LastWritten } from './lounge-presence';

/** For so long somebody is shown as writing after each time they say so. */
const TYPING_FOR = 5_000;
/** So often one says it at most. */
const TYPE_EVERY = 3_000;

export class OpenConversation {
  name = $state('');
  /** Whether its card is large, or only its name and what is unread. */
  expanded = $state(false);
  /** One has come to it to write, rather than found it as it was. */
  writing = false;
  /** The other has closed it, and has not written since. */
  closed = $state(false);
  /** The other is writing. */
  typing = $state(false);
  /** Up to which number messages have reached the other, and up to which they have read them. */
  delivered = $state(0);
  read = $state(0);
  /** Why it could not be opened. */
  problem = $state<Problem | null>(null);
  readonly messages: PlaceMessages;
  readonly place: Place;

  /** Unread, of those from before this page heard of them. */
  #missed = $state(0);
  /** How far one has told the other to have come. */
  #told = { delivered: 0, read: 0 };
  #typing: ReturnType<typeof setTimeout> | undefined;
  #typedAt = -Infinity;

  constructor(
    private readonly session: Pick<Session, 'command'>,
    readonly person: string,
    name: string,
    me: () => Self,
  ) {
    this.name = name;
    this.place = { type: 'conversation', person };
    this.messages = new PlaceMessages(session, this.place, me);
    this.messages.onseen = () => this.#seen();
  }

  get unread(): number {
    return this.#missed + this.messages.unread;
  }

  /** How it stands with the server, in a session that may be a new one. */
  stands(conversation: Conversation): void {
    this.name = conversation.name;
    this.closed = conversation.closed;
    this.delivered = Math.max(this.delivered, conversation.delivered);
    this.read = Math.max(this.read, conversation.read);
    this.problem = null;
    this.messages.unread = 0;
    this.#missed = this.messages.looking ? 0 : conversation.unread;
    // What is read needs not be said again.
    this.#told = { delivered: 0, read: conversation.unread === 0 ? conversation.last : 0 };
  }

  /** With its last messages. */
  take(conversation: Conversation, messages: LoungeMessage[], earlier: boolean): void {
    this.stands(conversation);
    this.messages.take(messages, earlier);
    this.#seen();
  }

  /** Asks for its last messages. */
  async load(): Promise<void> {
    await this.messages.load();
    this.#seen();
  }

  /** The other wrote. */
  heard(message: LoungeMessage): void {
    if (message.from !== this.person) return;
    this.name = message.name;
    this.closed = false;
    this.#stopTyping();
  }

  closedByOther(closed: boolean): void {
    this.closed = closed;
    if (closed) this.#stopTyping();
  }

  marked(delivered: number, read: number): void {
    this.delivered = Math.max(this.delivered, delivered, read);
    this.read = Math.max(this.read, read);
  }

  typed(): void {
    this.typing = true;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => (this.typing = false), TYPING_FOR);
  }

  /** Says that one is writing, not more often than anybody has to know. */
  type(): void {
    const now = performance.now();
    if (now - this.#typedAt < TYPE_EVERY) return;
    this.#typedAt = now;
    this.session.command({ type: 'type', person: this.person }).catch(() => undefined);
  }

  /** When each of the two wrote last. */
  get lastWritten(): LastWritten {
    const stored = this.messages.lines.filter(({ number }) => number !== null);
    const mine = stored.findLast((line) => line.mine)?.at ?? null;
    const theirs = stored.findLast((line) => !line.mine)?.at ?? null;
    return { mine, theirs };
  }

  dispose(): void {
    clearTimeout(this.#typing);
    this.messages.dispose();
  }

  /** Something has come, or was looked at: the other is told how far one is. */
  #seen(): void {
    const { looking, known, lastOfOthers: last } = this.messages;
    if (!known) return;
    if (looking) this.#missed = 0;
    const delivered = Math.max(this.#told.delivered, last);
    const read = looking ? Math.max(this.#told.read, last) : this.#told.read;
    if (delivered <= Math.max(this.#told.delivered, this.#told.read) && read <= this.#told.read) return;
    const before = this.#told;
    const told = (this.#told = { delivered: Math.max(delivered, read), read });
    this.session
      .command({ type: 'mark_conversation', person: this.person, delivered: told.delivered, read })
      .catch(() => {
        // Then it is said with what comes next.
        if (this.#told === told) this.#told = before;
      });
  }

  #stopTyping(): void {
    clearTimeout(this.#typing);
    this.typing = false;
  }
}
