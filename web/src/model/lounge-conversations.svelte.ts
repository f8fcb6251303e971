// The conversations of the lounge that one has open, which of them are shown large, and whom one does not want to hear
// from. What each of them is, is its own.

import type { BlockedPerson, Event, LoungeMember, LoungeSnapshot } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';
import { OpenConversation } from './lounge-conversation.svelte';
import type { Problem, Self } from './lounge-messages.svelte';
import { standingOf, talksWithMe } from './lounge-presence';
import type { Standing } from './lounge-presence';
import { loungeCards } from './remembered';

/** Those in the lounge whom one hears of. */
export interface Members {
  find(person: string): LoungeMember | undefined;
  /** Told with something else than an event. */
  take(member: LoungeMember): void;
  gone(person: string): void;
}

export class Conversations {
  list = $state.raw<OpenConversation[]>([]);
  blocked = $state.raw<BlockedPerson[]>([]);
  /** The largest file, in bytes; 0 takes none. */
  fileBytes = $state(0);
  /** Why the last wish to block somebody, or to hear from them again, failed. */
  blockProblem = $state<Problem | null>(null);
  unreadTotal = $derived(this.list.reduce((sum, { unread }) => sum + unread, 0));
  /** Those shown large, that opened last behind. */
  expanded = $state.raw<string[]>([]);
  /** How many can be large at once. */
  #fit = Infinity;
  /** Opened with the server in this session. */
  #opened = new Set<string>();
  #entered = 0;

  constructor(
    private readonly session: Pick<Session, 'command'>,
    private readonly me: () => Self,
    private readonly people: Members,
  ) {
    this.expanded = loungeCards.get() ?? [];
  }

  of(person: string): OpenConversation | undefined {
    return this.list.find((one) => one.person === person);
  }

  isBlocked(person: string): boolean {
    return this.blocked.some(({ id }) => id === person);
  }

  /** How the other one stands towards oneself. */
  standing(conversation: OpenConversation, now: number): Standing {
    const withMe = !conversation.closed && talksWithMe(conversation.lastWritten, now);
    return standingOf(this.people.find(conversation.person), withMe);
  }

  /** In the lounge, perhaps again after an outage: what is there is there, in its place what is shown. */
  entered(snapshot: LoungeSnapshot): void {
    this.blocked = snapshot.blocked;
    this.fileBytes = snapshot.file_bytes;
    this.#opened.clear();
    const wanted = snapshot.conversations;
    for (const conversation of wanted) {
      if (conversation.open) this.#opened.add(conversation.person);
      this.#member(conversation.person, conversation.member);
      this.#at(conversation.person, conversation.name).stands(conversation);
    }
    this.#expand(this.expanded);
    void this.#load(++this.#entered);
  }

  event(event: Event): void {
    switch (event.type) {
      case 'posted':
        if (event.place.type === 'conversation') this.#posted(event.place.person, event);
        return;
      case 'message_changed':
        if (event.place.type === 'conversation') this.of(event.place.person)?.messages.event(event);
        return;
      case 'conversation_marked':
        this.of(event.person)?.marked(event.delivered, event.read);
        return;
      case 'conversation_changed':
        this.of(event.person)?.closedByOther(event.closed);
        return;
      case 'typed':
        this.of(event.person)?.typed();
        return;
      default:
        return;
    }
  }

  /** Shows a conversation large, a new one too. */
  open(person: string): void {
    const known = this.of(person);
    const conversation = known ?? this.#at(person, this.people.find(person)?.name ?? '');
    conversation.writing = true;
    this.#expand([...this.expanded.filter((one) => one !== person), person]);
    if (!this.#opened.has(person)) void this.#open(conversation);
  }

  minimise(person: string): void {
    this.#expand(this.expanded.filter((one) => one !== person));
  }

  close(person: string): void {
    const conversation = this.of(person);
    if (!conversation) return;
    conversation.dispose();
    this.list = this.list.filter((one) => one !== conversation);
    this.#opened.delete(person);
    this.minimise(person);
    this.session.command({ type: 'close_conversation', person }).catch(() => undefined);
  }

  /** How many can be large at once; those opened longest ago give way. */
  fit(count: number): void {
    this.#fit = Math.max(1, count);
    this.#expand(this.expanded);
  }

  async block(person: string, name: string): Promise<void> {
    if (!(await this.#setBlocked(person, true))) return;
    this.blocked = [...this.blocked.filter(({ id }) => id !== person), { id: person, name }];
  }

  async unblock(person: string): Promise<void> {
    if (!(await this.#setBlocked(person, false))) return;
    this.blocked = this.blocked.filter(({ id }) => id !== person);
  }

  /** Out of the lounge for good. */
  left(): void {
    for (const conversation of this.list) conversation.dispose();
    this.list = [];
    this.#opened.clear();
    this.#entered += 1;
    this.expanded = [];
  }

  dispose(): void {
    this.left();
  }

  #posted(person: string, event: Extract<Event, { type: 'posted' }>): void {
    const { message } = event;
    const known = this.of(person);
    // One's own of a conversation that was closed meanwhile does not bring it back.
    if (!known && message.from !== person) return;
    const conversation = known ?? this.#at(person, message.name);
    conversation.heard(message);
    conversation.messages.event(event);
    if (!known) void conversation.load();
  }

  #at(person: string, name: string): OpenConversation {
    const known = this.of(person);
    if (known) return known;
    const conversation = new OpenConversation(this.session, person, name, this.me);
    this.list = [...this.list, conversation];
    return conversation;
  }

  async #open(conversation: OpenConversation): Promise<void> {
    const { person } = conversation;
    this.#opened.add(person);
    conversation.problem = null;
    try {
      const reply = await this.session.command({ type: 'open_conversation', person });
      if (reply.type !== 'conversation' || this.of(person) !== conversation) return;
      this.#member(person, reply.conversation.member);
      conversation.take(reply.conversation, reply.messages, reply.earlier);
    } catch (error) {
      this.#opened.delete(person);
      const problem = error instanceof CommandFailed ? error.code : 'unanswered';
      // With a new session it is opened anew.
      if (problem !== 'session_lost') conversation.problem = problem;
    }
  }

  /** One after another: nobody is in a hurry for what is not shown, and those that are shown come first. */
  async #load(round: number): Promise<void> {
    const shown = this.list.toSorted((one, other) => Number(other.expanded) - Number(one.expanded));
    for (const conversation of shown) {
      if (round !== this.#entered) return;
      if (this.of(conversation.person) !== conversation) continue;
      // What is large is open, and what this page had open and the server does not know of is opened again.
      const opened = this.#opened.has(conversation.person);
      const wanted = conversation.expanded || (!opened && conversation.unread === 0);
      if (!opened && wanted) await this.#open(conversation);
      else await conversation.load();
    }
  }

  #expand(people: string[]): void {
    const there = people.filter((person) => this.of(person)).slice(-this.#fit);
    // Before one is in, nothing is there yet: what was remembered is for then.
    if (this.list.length === 0 && this.#entered === 0) return;
    this.expanded = there;
    for (const conversation of this.list) conversation.expanded = there.includes(conversation.person);
    loungeCards.set(there);
  }

  #member(person: string, member: LoungeMember | undefined): void {
    if (member) this.people.take(member);
    else this.people.gone(person);
  }

  async #setBlocked(person: string, blocked: boolean): Promise<boolean> {
    this.blockProblem = null;
    try {
      await this.session.command({ type: 'set_blocked', person, blocked });
      return true;
    } catch (error) {
      this.blockProblem = error instanceof CommandFailed ? error.code : 'unanswered';
      return false;
    }
  }
}
