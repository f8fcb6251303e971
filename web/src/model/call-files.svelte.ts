// Files that people in a call send each other, from browser to browser: those one offers, those of others, and how large
// they may be.

import type { FileSignal, IceServer, MediaRoute, OfferedFile } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { saveFile } from '../rtc/save-file';
import { makeReceiver, ReceivedFile } from './files-received.svelte';
import type { MakeReceiver } from './files-received.svelte';
import { SharedFiles } from './files-shared.svelte';
import type { MakeSender, SharedFile } from './files-shared.svelte';
import type { IceServers } from '../room/ice';
import { randomId } from '../room/random-id';
import type { ChatLine } from './types';

export type { Receiving, ReceivedFile } from './files-received.svelte';
export type { Recipient, SharedFile } from './files-shared.svelte';

/** What is worth saying aloud. `who` is at the other end. */
export interface FileEvent {
  what: 'begins' | 'saved' | 'failed' | 'gone' | 'sending' | 'sent';
  file: string;
  who: string;
}

/** A file that was chosen and is not offered. */
export interface FileProblem {
  kind: 'too_large' | 'empty';
  name: string;
}

/** What files need of the call. */
export interface FilePorts {
  signal(to: string, file: string, attempt: number, signal: FileSignal): Promise<unknown>;
  iceServers(): Promise<IceServer[]>;
  /** Neither side may learn where the other one is. */
  relayed(): boolean;
  nameOf(participant: string): string;
  others(): string[];
  save(file: Blob, name: string): void;
  tell(event: FileEvent): void;
  /** A number for one try, drawn at random: nobody takes what belongs to an earlier one for it. */
  draw(): number;
}

export interface FilesOptions {
  session: Pick<Session, 'command'>;
  ice: Pick<IceServers, 'servers' | 'fresh'>;
  /** All media over TURN. */
  relayOnly: boolean;
  route: () => MediaRoute;
  people: () => readonly { id: string; name: string; self: boolean }[];
  say: (file: OfferedFile) => void;
  save?: (file: Blob, name: string) => void;
  makers?: { sender: MakeSender; receiver: MakeReceiver };
}

/** What is chosen, dropped or pasted: a `File`, as far as it matters. */
export type Chosen = Blob & { name: string };

export class CallFiles {
  /** The largest that may be offered, bytes; 0 takes none. */
  limit = $state(0);
  /** What was chosen last and cannot be offered. */
  problem = $state.raw<FileProblem | null>(null);
  /** The last that was worth saying. */
  told = $state.raw<FileEvent | null>(null);
  #options: FilesOptions;
  #ports: FilePorts;
  #shared: SharedFiles;
  #received = new Map<string, ReceivedFile>();

  constructor(options: FilesOptions) {
    this.#options = options;
    const { session, ice, people } = options;
    this.#ports = {
      signal: (to, file, attempt, signal) =>
        session.command({ type: 'signal_file', to, file, attempt, signal }),
      iceServers: async () => (await ice.fresh().catch(() => null)) ?? ice.servers,
      // Whose media goes over the media server does not learn where the others are.
      relayed: () => options.relayOnly || options.route() === 'server',
      nameOf: (id) => people().find((person) => person.id === id)?.name ?? '',
      others: () => people().flatMap(({ id, self }) => (self ? [] : [id])),
      save: options.save ?? saveFile,
      tell: (event) => (this.told = event),
      draw: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    };
    this.#shared = new SharedFiles(this.#ports, options.makers?.sender);
  }

  /** Whether any may be sent, and could reach anybody. */
  get possible(): boolean {
    const { ice } = this.#options;
    const relays = ice.servers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
    return this.limit > 0 && (relays || !this.#ports.relayed());
  }

  /** Offers files to everybody in the room; what cannot be offered is said. */
  offer(files: readonly Chosen[]): void {
    this.problem = null;
    for (const file of files) {
      const problem = this.#problemOf(file);
      if (problem) {
        this.problem = { kind: problem, name: file.name };
        continue;
      }
      const id = randomId('f');
      this.#shared.add(id, file.name, file);
      this.#options.say({ id, name: file.name, size: file.size });
    }
  }

  /** One's own. None if this page has it no longer. */
  shared(id: string): SharedFile | null {
    return this.#shared.find(id);
  }

  /** Of a line of somebody else's. */
  received({ fromId, name, file }: ChatLine): ReceivedFile | null {
    if (!file) return null;
    const known = this.#received.get(file.id);
    if (known) return known;
    const make = this.#options.makers?.receiver ?? makeReceiver;
    const received = new ReceivedFile(file, { id: fromId, name }, this.#ports, make);
    this.#received.set(file.id, received);
    if (!this.#ports.others().includes(fromId)) received.lost();
    return received;
  }

  /** Nobody gets it from oneself any more. */
  stop(id: string): void {
    this.#shared.stop(id);
  }

  signalled(from: string, file: string, attempt: number, signal: FileSignal): void {
    const received = this.#received.get(file);
    if (received?.from.id === from) received.signalled(attempt, signal);
    else this.#shared.signalled(from, file, attempt, signal);
  }

  /** Brings everything in line with who is there. */
  reconcile(): void {
    const others = this.#ports.others();
    this.#shared.reconcile(others);
    for (const received of this.#received.values()) if (!others.includes(received.from.id)) received.lost();
  }

  /** This page goes. */
  leave(): void {
    this.#shared.leave();
  }

  clear(): void {
    this.#shared.clear();
    for (const received of this.#received.values()) received.dispose();
    this.#received.clear();
    this.problem = null;
    this.told = null;
    this.limit = 0;
  }

  #problemOf({ size }: Chosen): FileProblem['kind'] | null {
    if (size > this.limit) return 'too_large';
    return size === 0 ? 'empty' : null;
  }
}
