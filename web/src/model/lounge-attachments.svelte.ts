// Files that are to go with what is being written in one place: offered and sent up at once, so that they are there
// when it is sent. What is wrong with one is said before anything of it is sent, where that can be known.

import type { Place } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';
import { sendBytes } from './lounge-files';
import type { FileProblem, SendBytes, SentFile } from './lounge-files';

export interface Attachment {
  key: number;
  name: string;
  size: number;
  bytes: Blob;
  /** From 0 to 1. */
  progress: number;
  state: { kind: 'sending' } | { kind: 'ready'; file: SentFile } | { kind: 'failed'; problem: FileProblem };
}

/** What is chosen or dropped: a `File`, as far as it matters. */
export type Chosen = Blob & { name: string };

/** More at once are more than anybody looks at before sending. */
export const MAX_ATTACHMENTS = 10;
/** So many are sent up at a time: the server takes no more of one person. Others wait for these. */
const AT_ONCE = 2;

export class Attachments {
  list = $state.raw<Attachment[]>([]);
  /** So many of those chosen last were too many. */
  leftOut = $state(0);
  #next = 1;
  #aborts = new Map<number, AbortController>();
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly session: Pick<Session, 'command'>,
    private readonly place: Place,
    private readonly send: SendBytes = sendBytes,
  ) {}

  get sending(): boolean {
    return this.list.some(({ state }) => state.kind === 'sending');
  }

  get ready(): boolean {
    return this.list.some(({ state }) => state.kind === 'ready');
  }

  /** @param limit the largest file, in bytes */
  add(files: readonly Chosen[], limit: number): void {
    const room = MAX_ATTACHMENTS - this.list.length;
    this.leftOut = Math.max(0, files.length - room);
    for (const file of files.slice(0, room)) {
      const attachment: Attachment = {
        key: this.#next++,
        name: file.name,
        size: file.size,
        bytes: file,
        progress: 0,
        state: { kind: 'sending' },
      };
      const problem = file.size > limit ? 'too_large' : file.size === 0 ? 'empty' : null;
      this.list = [
        ...this.list,
        problem ? { ...attachment, state: { kind: 'failed', problem } } : attachment,
      ];
      if (!problem) void this.#send(attachment);
    }
  }

  /** Whether trying once more could help. */
  mayRetry({ state }: Attachment): boolean {
    return state.kind === 'failed' && state.problem !== 'too_large' && state.problem !== 'empty';
  }

  retry(key: number): void {
    const attachment = this.list.find((one) => one.key === key);
    if (!attachment || !this.mayRetry(attachment)) return;
    this.#change(key, { progress: 0, state: { kind: 'sending' } });
    void this.#send(attachment);
  }

  /** Takes one away, wherever it is on its way. */
  remove(key: number): void {
    this.#aborts.get(key)?.abort();
    this.#aborts.delete(key);
    this.list = this.list.filter((one) => one.key !== key);
    this.leftOut = 0;
  }

  /** Those that are there, for what is sent now. */
  take(): SentFile[] {
    const files = this.list.flatMap(({ state }) => (state.kind === 'ready' ? [state.file] : []));
    this.list = this.list.filter(({ state }) => state.kind !== 'ready');
    this.leftOut = 0;
    return files;
  }

  dispose(): void {
    for (const abort of this.#aborts.values()) abort.abort();
    this.#aborts.clear();
  }

  async #send({ key, name, size, bytes }: Attachment): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    if (this.#underWay === AT_ONCE) await new Promise<void>((turn) => this.#waiting.push(turn));
    else this.#underWay += 1;
    // Whoever waited has the place of one that is done.
    const state = abort.signal.aborted ? null : await this.#outcome(name, size, bytes, key, abort.signal);
    const next = this.#waiting.shift();
    if (next) next();
    else this.#underWay -= 1;
    if (abort.signal.aborted) return;
    this.#aborts.delete(key);
    if (state) this.#change(key, { state });
  }

  async #outcome(
    name: string,
    size: number,
    bytes: Blob,
    key: number,
    signal: AbortSignal,
  ): Promise<Attachment['state'] | null> {
    try {
      const offered = await this.session.command({ type: 'offer_file', place: this.place, name, size });
      if (offered.type !== 'upload' || signal.aborted) return null;
      const progress = (part: number): void => this.#change(key, { progress: part });
      const sent = await this.send({ token: offered.token, bytes, progress, signal });
      switch (sent.kind) {
        case 'sent':
          return { kind: 'ready', file: sent.file };
        case 'refused':
          return { kind: 'failed', problem: sent.problem };
        case 'aborted':
          return null;
      }
    } catch (error) {
      const problem = error instanceof CommandFailed ? error.code : 'unexpected';
      return { kind: 'failed', problem };
    }
  }

  #change(key: number, change: Partial<Attachment>): void {
    this.list = this.list.map((one) => (one.key === key ? { ...one, ...change } : one));
  }
}
