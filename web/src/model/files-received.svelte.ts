// Files that others in the room offer: each is asked for from the page of its sender, and comes from there to here.

import type { FileSignal, IceServer, OfferedFile } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FileReceiver } from '../rtc/file-receiver';
import type { ReceiveOptions } from '../rtc/file-receiver';
import type { FileEvent, FilePorts } from './call-files.svelte';

/** What one sees of a file that somebody else offers. `gone`: nobody has it here any more. */
export type Receiving =
  { kind: 'offered' | 'waiting' | 'saved' | 'failed' | 'gone' } | { kind: 'receiving'; received: number };

/** Who was asked and says nothing may not have heard it, ms. */
const ASK_AGAIN = 10_000;
/** A sender who stops says so, perhaps a moment after the line is cut, ms. */
const SAYS_SO_WITHIN = 1_000;

type Receiver = Pick<FileReceiver, 'receive' | 'dispose'>;
export type MakeReceiver = (options: ReceiveOptions) => Receiver;

/** One try to get it. */
interface Attempt {
  number: number;
  receiver: Receiver | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class ReceivedFile {
  state = $state.raw<Receiving>({ kind: 'offered' });
  #attempt: Attempt | null = null;

  constructor(
    readonly file: OfferedFile,
    readonly from: { id: string; name: string },
    private readonly ports: FilePorts,
    private readonly make: MakeReceiver,
  ) {}

  /** Asks for it, from its beginning. */
  save(): void {
    const { kind } = this.state;
    if (kind !== 'offered' && kind !== 'failed') return;
    this.#attempt = { number: this.ports.draw(), receiver: null, timer: undefined };
    this.state = { kind: 'waiting' };
    this.#ask();
  }

  cancel(): void {
    if (!this.#attempt) return;
    void this.#send(this.#attempt, { type: 'gone' }).catch(() => undefined);
    this.#stop({ kind: 'offered' });
  }

  /** The sender is not there any more, or shares it no more. */
  lost(): void {
    const { kind } = this.state;
    if (kind === 'saved' || kind === 'gone') return;
    const waited = this.#attempt !== null;
    this.#stop({ kind: 'gone' });
    if (waited) this.#tell('gone');
  }

  signalled(number: number, signal: FileSignal): void {
    if (signal.type === 'gone') {
      this.lost();
      return;
    }
    const attempt = this.#attempt;
    if (attempt?.number !== number) return;
    const begins = signal.type === 'description' && signal.kind === 'offer';
    if (begins && !attempt.receiver) void this.#begin(attempt, signal);
    else attempt.receiver?.receive(signal);
  }

  dispose(): void {
    this.#stop(this.state);
  }

  #ask(): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    clearTimeout(attempt.timer);
    attempt.timer = setTimeout(() => this.#ask(), ASK_AGAIN);
    this.#send(attempt, { type: 'wanted' }).catch((error: unknown) => {
      const gone = error instanceof CommandFailed && error.code === 'participant_unknown';
      if (gone && attempt === this.#attempt) this.lost();
    });
  }

  async #begin(attempt: Attempt, offer: FileSignal): Promise<void> {
    clearTimeout(attempt.timer);
    this.state = { kind: 'receiving', received: 0 };
    this.#tell('begins');
    // What comes while the servers are asked for waits.
    const early: FileSignal[] = [offer];
    attempt.receiver = { receive: (signal) => early.push(signal), dispose: () => undefined };
    const iceServers: IceServer[] = await this.ports.iceServers();
    if (attempt !== this.#attempt) return;
    const { size } = this.file;
    attempt.receiver = this.make({
      size,
      iceServers,
      relayOnly: this.ports.relayed(),
      send: (signal) => void this.#send(attempt, signal).catch(() => undefined),
      onProgress: (received) => {
        if (attempt === this.#attempt && this.#moves(received)) this.state = { kind: 'receiving', received };
      },
      onEnd: (file) => {
        if (attempt === this.#attempt) this.#ended(attempt, file);
      },
    });
    for (const signal of early) attempt.receiver.receive(signal);
  }

  /** Whether anybody would see it. */
  #moves(received: number): boolean {
    const before = this.state.kind === 'receiving' ? this.state.received : 0;
    return Math.floor((received / this.file.size) * 100) > Math.floor((before / this.file.size) * 100);
  }

  #ended(attempt: Attempt, file: Blob | null): void {
    if (file) {
      this.ports.save(file, this.file.name);
      // What is whole is not taken back: its sender closes the line.
      this.#attempt = null;
      this.state = { kind: 'saved' };
      this.#tell('saved');
      return;
    }
    attempt.receiver = null;
    attempt.timer = setTimeout(() => {
      this.#stop({ kind: 'failed' });
      this.#tell('failed');
    }, SAYS_SO_WITHIN);
  }

  #stop(state: Receiving): void {
    clearTimeout(this.#attempt?.timer);
    this.#attempt?.receiver?.dispose();
    this.#attempt = null;
    this.state = state;
  }

  #send({ number: attempt }: Attempt, signal: FileSignal): Promise<unknown> {
    return this.ports.signal(this.from.id, this.file.id, attempt, signal);
  }

  #tell(what: FileEvent['what']): void {
    this.ports.tell({ what, file: this.file.name, who: this.from.name });
  }
}

export const makeReceiver: MakeReceiver = (options) => new FileReceiver(options);
