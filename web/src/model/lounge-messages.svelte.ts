// What is written in one place of the lounge, a room or a conversation: in the server's order, one's own lines at once
// and exactly once. Holes are filled by asking. Which snapshot and which events it hears of is for whoever has it.

import { MAX_MESSAGE_CHARS } from '../protocol/generated';
import type { Code, Event, LoungeMessage, Place, Reply, SentFile } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';
import { Attachments } from './lounge-attachments.svelte';
import type { SendBytes } from './lounge-files';
import { StoredLines } from './lounge-lines';
import { ServerTime } from './server-time.svelte';

export { MAX_MESSAGE_CHARS };

/** Why something was not done. */
export type Problem = Code | 'session_lost' | 'unanswered';

export interface LoungeLine {
  id: string;
  /** Its place in the order; null until the server has told of it. */
  number: number | null;
  fromId: string;
  name: string;
  mine: boolean;
  text: string;
  file: SentFile | null;
  /** Milliseconds since 1970; the server's for what it has taken. */
  at: number;
  edited: boolean;
  deleted: boolean;
  state: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  problem: Problem | null;
}

/** As others see oneself. */
export interface Self {
  id: string;
  name: string;
}

/** A line that could not be sent for this long is marked, and can be sent again. */
const FAILED_AFTER = 10_000;
/** Events come in another order than they happened, by this much at most; then something is missing. */
const MISSING_AFTER = 2_000;
/** For how long one may change what one wrote. The server decides: a little less saves vain tries. */
export const MAY_CHANGE_FOR = 5 * 60_000 - 2_000;
/** So many lines a log grows to while one looks at its end, and is cut back to. */
const MOST_LINES = 600;
const KEPT_LINES = 300;
/** Before this number: the last ones. */
const END = Number.MAX_SAFE_INTEGER;
const PASSING: readonly Problem[] = ['try_again', 'rate_limited', 'internal'];

/** The server's time, as lines that have just come show it. One for the page. */
export const loungeTime = new ServerTime();

export class PlaceMessages {
  lines = $state.raw<LoungeLine[]>([]);
  /** Whether what is shown is what has been written; before that there is nothing to say about it. */
  known = $state(false);
  earlier = $state(false);
  /** What one asks for by scrolling up. */
  loading = $state<'idle' | 'loading' | 'failed'>('idle');
  /** Of others, that have come while one did not look. */
  unread = $state(0);
  /** What one is about to write; kept while it is not shown. */
  draft = $state('');
  /** The line that is being changed. */
  editing = $state<string | null>(null);
  readonly attachments: Attachments;
  /** Is told when everything that is there has been looked at, and when something new of others has come. */
  onseen: () => void = () => undefined;

  #stored = new StoredLines();
  #shown = new WeakMap<LoungeMessage, LoungeLine>();
  #unsent = new Map<string, LoungeLine>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #missing: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #disposed = false;

  constructor(
    private readonly session: Pick<Session, 'command'>,
    readonly place: Place,
    private readonly me: () => Self,
    private readonly time: ServerTime = loungeTime,
    send?: SendBytes,
  ) {
    this.attachments = new Attachments(session, place, send);
  }

  /** The number of the last one; 0 without any. */
  get last(): number {
    return this.#stored.last;
  }

  /** The number of the last one of others; 0 without any. */
  get lastOfOthers(): number {
    return this.#stored.all.findLast(({ from }) => from !== this.me().id)?.number ?? 0;
  }

  /** Whether one looks at the end of the log right now. */
  get looking(): boolean {
    return this.#looking;
  }

  /** The most recent ones as the server has them, in place of what there was. What still waits is sent again. */
  take(messages: LoungeMessage[], earlier: boolean): void {
    this.#stored.replace(messages, earlier);
    this.known = true;
    this.loading = 'idle';
    for (const { id } of messages) this.#taken(id);
    this.#show();
    for (const line of this.#unsent.values()) if (line.state === 'sending') void this.#send(line);
    if (this.#looking) this.onseen();
  }

  /** Asks for the most recent ones, for whoever was not given them. */
  async load(): Promise<void> {
    if (this.loading === 'loading') return;
    this.loading = 'loading';
    const reply = await this.#earlier(END);
    if (this.#disposed) return;
    if (reply.ok) this.take(reply.value.messages, reply.value.earlier);
    else this.loading = 'failed';
  }

  event(event: Event): void {
    if (event.type !== 'posted' && event.type !== 'message_changed') return;
    if (!samePlace(event.place, this.place)) return;
    if (event.type === 'posted') this.#posted(event.message);
    else this.#changed(event.message);
  }

  /** Writes a line, or several: each file is one. */
  say(text: string, files: readonly SentFile[] = []): void {
    const [first, ...others] = files;
    if (text.trim() !== '' || first) this.#say(text.trim() === '' ? '' : text, first ?? null);
    for (const file of others) this.#say('', file);
  }

  /** Sends a failed line again under its id: the server stores it once. */
  retry(id: string): void {
    const line = this.#unsent.get(id);
    if (line?.state !== 'failed') return;
    const again = { ...line, state: 'sending', problem: null } as const;
    this.#unsent.set(id, again);
    this.#show();
    void this.#send(again);
  }

  /** Gives up a failed line. */
  discard(id: string): void {
    if (this.#unsent.get(id)?.state !== 'failed') return;
    this.#taken(id);
    this.#show();
  }

  /** What came before the first line that is shown. */
  async loadEarlier(): Promise<void> {
    const before = this.#stored.first;
    if (before === null || !this.earlier || this.loading === 'loading') return;
    this.loading = 'loading';
    const reply = await this.#earlier(before);
    if (this.#disposed) return;
    this.loading = reply.ok ? 'idle' : 'failed';
    if (reply.ok) this.#fill(before, reply.value);
  }

  /** Whether one may still change it. */
  mayChange(line: LoungeLine, now: number): boolean {
    return line.mine && line.number !== null && !line.deleted && now - line.at <= MAY_CHANGE_FOR;
  }

  /** Begins to change the last line that one wrote, if one may. */
  editLast(): void {
    const last = this.lines.findLast((line) => line.mine && line.number !== null && !line.deleted);
    if (last && this.mayChange(last, this.time.read())) this.editing = last.id;
  }

  /** What is wrong with it, if anything. */
  async edit(id: string, text: string): Promise<Problem | null> {
    const line = this.lines.find((one) => one.id === id);
    if (!line || line.text === text) return null;
    return this.#ask({ type: 'edit_message', message: id, text });
  }

  /** Deletes one's own, or as a moderator somebody's. What is wrong with it, if anything. */
  async remove(id: string): Promise<Problem | null> {
    return this.#ask({ type: 'delete_message', message: id });
  }

  /** Whether one sees the end of the log: then what comes is read. */
  look(looking: boolean): void {
    if (this.#looking === looking) return;
    this.#looking = looking;
    if (!looking) return;
    this.#trim();
    this.unread = 0;
    this.onseen();
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#missing);
    this.attachments.dispose();
  }

  #posted(message: LoungeMessage): void {
    // It has just been taken: so late it is, at least.
    if (message.at > this.time.read() || this.#unsent.has(message.id)) this.time.heard(message.at);
    this.#taken(message.id);
    const fresh = this.#stored.add(message);
    if (fresh && message.from !== this.me().id && !this.#looking) this.unread += 1;
    this.#trim();
    this.#show();
    if (fresh) this.onseen();
  }

  #changed(message: LoungeMessage): void {
    this.#stored.change(message);
    if (message.deleted && this.editing === message.id) this.editing = null;
    this.#show();
  }

  #say(text: string, file: SentFile | null): void {
    const { id, name } = this.me();
    const line: LoungeLine = {
      id: messageId(),
      number: null,
      fromId: id,
      name,
      mine: true,
      text,
      file,
      at: this.time.read(),
      edited: false,
      deleted: false,
      state: 'sending',
      problem: null,
    };
    this.#unsent.set(line.id, line);
    this.#show();
    void this.#send(line);
  }

  async #send(line: LoungeLine): Promise<void> {
    const { id, text, file } = line;
    this.#after(id, FAILED_AFTER, () => this.#failed(id, 'unanswered'));
    try {
      const place = this.place;
      await this.session.command({ type: 'post', place, message: id, text, ...(file && { file: file.id }) });
      // It is stored. Its number comes with the event; one that got lost is asked for.
      if (this.#unsent.has(id)) this.#after(id, MISSING_AFTER, () => void this.#askFor(END));
    } catch (error) {
      // With a new session the whole is taken anew, and what still waits is sent again then.
      if (error instanceof CommandFailed && error.code === 'session_lost') return;
      this.#failed(id, error instanceof CommandFailed ? error.code : 'unanswered');
    }
  }

  #failed(id: string, problem: Problem): void {
    this.#stopWaiting(id);
    const line = this.#unsent.get(id);
    if (!line || this.#disposed) return;
    this.#unsent.set(id, { ...line, state: 'failed', problem });
    this.#show();
  }

  #taken(id: string): void {
    this.#stopWaiting(id);
    this.#unsent.delete(id);
  }

  #show(): void {
    this.earlier = this.#stored.earlier;
    this.lines = [...this.#stored.all.map((message) => this.#line(message)), ...this.#unsent.values()];
    this.#watchForHoles();
  }

  #line(message: LoungeMessage): LoungeLine {
    const known = this.#shown.get(message);
    if (known) return known;
    const line: LoungeLine = {
      id: message.id,
      number: message.number,
      fromId: message.from,
      name: message.name,
      mine: message.from === this.me().id,
      text: message.text,
      file: message.file ?? null,
      at: message.at,
      edited: message.edited_at !== undefined && !message.deleted,
      deleted: message.deleted,
      state: 'sent',
      problem: null,
    };
    this.#shown.set(message, line);
    return line;
  }

  #watchForHoles(): void {
    if (!this.known || this.#stored.missing() === null) {
      clearTimeout(this.#missing);
      this.#missing = undefined;
      return;
    }
    this.#missing ??= setTimeout(() => {
      this.#missing = undefined;
      const before = this.#stored.missing();
      if (before !== null) void this.#askFor(before);
    }, MISSING_AFTER);
  }

  async #askFor(before: number): Promise<void> {
    const reply = await this.#earlier(before);
    if (this.#disposed) return;
    if (reply.ok) {
      this.#fill(before, reply.value);
      return;
    }
    // What cannot be had is not asked for again and again; a new session brings the whole.
    if (!PASSING.includes(reply.problem)) this.#stored.settle(before);
    this.#watchForHoles();
  }

  #fill(before: number, told: { messages: LoungeMessage[]; earlier: boolean }): void {
    for (const { id } of told.messages) this.#taken(id);
    this.#stored.fill(before, told.messages, told.earlier);
    this.#show();
  }

  async #earlier(
    before: number,
  ): Promise<{ ok: true; value: Extract<Reply, { type: 'messages' }> } | { ok: false; problem: Problem }> {
    try {
      const reply = await this.session.command({ type: 'earlier_messages', place: this.place, before });
      return reply.type === 'messages' ? { ok: true, value: reply } : { ok: false, problem: 'unanswered' };
    } catch (error) {
      return { ok: false, problem: error instanceof CommandFailed ? error.code : 'unanswered' };
    }
  }

  async #ask(command: Parameters<Session['command']>[0]): Promise<Problem | null> {
    try {
      await this.session.command(command);
      return null;
    } catch (error) {
      return error instanceof CommandFailed ? error.code : 'unanswered';
    }
  }

  /** A log that one reads from its end need not grow for ever. */
  #trim(): void {
    if (this.#looking && this.#stored.all.length > MOST_LINES) {
      this.#stored.trim(KEPT_LINES);
      this.#show();
    }
  }

  #after(id: string, ms: number, run: () => void): void {
    this.#stopWaiting(id);
    if (!this.#disposed) this.#timers.set(id, setTimeout(run, ms));
  }

  #stopWaiting(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}

export function samePlace(one: Place, other: Place): boolean {
  switch (one.type) {
    case 'lounge_room':
      return other.type === 'lounge_room' && other.room === one.room;
    case 'conversation':
      return other.type === 'conversation' && other.person === one.person;
  }
}

function messageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `m_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
