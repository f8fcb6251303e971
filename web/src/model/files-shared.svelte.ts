// Files that one offers in the room: they stay with this page, which sends them to whoever asks, a few at a time.

import type { FileSignal } from '../protocol/generated';
import { FileSender } from '../rtc/file-sender';
import type { SendEnd, SendOptions } from '../rtc/file-sender';
import type { FilePorts } from './call-files.svelte';

/** Somebody who wants a file, or has it. */
export interface Recipient {
  id: string;
  name: string;
  state: { kind: 'waiting' | 'done' } | { kind: 'sending'; sent: number };
}

/** So many are sent to at once; the others wait in order. More share the same line, and none is done sooner. */
const AT_ONCE = 4;
/** Over TURN, of which a session may use only so much. */
const AT_ONCE_RELAYED = 2;

/** So many who have not asked for a file hear that it is gone; others hear it when they ask. More is a rush of signals. */
const TELL_AT_MOST = 20;

type Sender = Pick<FileSender, 'receive' | 'dispose'>;
export type MakeSender = (file: Blob, options: SendOptions) => Sender;

interface Delivery {
  file: SharedFile;
  to: string;
  attempt: number;
  sender: Sender | null;
  started: boolean;
}

/** What one sees of a file of one's own. */
export class SharedFile {
  recipients = $state.raw<Recipient[]>([]);
  stopped = $state(false);

  constructor(
    readonly id: string,
    readonly name: string,
    readonly bytes: Blob,
  ) {}
}

export class SharedFiles {
  #files = new Map<string, SharedFile>();
  /** In the order in which they were asked for. */
  #deliveries: Delivery[] = [];

  constructor(
    private readonly ports: FilePorts,
    private readonly make: MakeSender = (file, options) => new FileSender(file, options),
  ) {}

  add(id: string, name: string, bytes: Blob): void {
    this.#files.set(id, new SharedFile(id, name, bytes));
  }

  /** None after this page was loaded anew. */
  find(id: string): SharedFile | null {
    return this.#files.get(id) ?? null;
  }

  /** Nobody gets it from now on. */
  stop(id: string): void {
    const file = this.#files.get(id);
    if (!file || file.stopped) return;
    file.stopped = true;
    const deliveries = this.#deliveries.filter((one) => one.file === file);
    const waiting = deliveries.map(({ to }) => to);
    const others = this.ports.others().filter((one) => !waiting.includes(one));
    // Said before the lines are cut: so it is no failure. Those who have not asked for it need not either.
    for (const to of [...waiting, ...others.slice(0, TELL_AT_MOST)]) this.#say(to, id, 0, { type: 'gone' });
    for (const delivery of deliveries) this.#drop(delivery);
    this.#next();
  }

  signalled(from: string, id: string, attempt: number, signal: FileSignal): void {
    const delivery = this.#deliveries.find((one) => one.to === from && one.file.id === id);
    if (signal.type === 'wanted') {
      if (delivery?.attempt === attempt) return;
      if (delivery) this.#drop(delivery);
      const file = this.#files.get(id);
      if (!file || file.stopped) this.#say(from, id, attempt, { type: 'gone' });
      else this.#queue(file, from, attempt);
    } else if (delivery?.attempt === attempt) {
      if (signal.type === 'gone') this.#drop(delivery);
      else delivery.sender?.receive(signal);
    }
    this.#next();
  }

  /** Whoever is not there any more needs nothing. */
  reconcile(present: readonly string[]): void {
    for (const delivery of [...this.#deliveries]) if (!present.includes(delivery.to)) this.#drop(delivery);
    this.#next();
  }

  /** This page goes: those who wait for something of it hear so. */
  leave(): void {
    for (const { to, file, attempt } of this.#deliveries) this.#say(to, file.id, attempt, { type: 'gone' });
    this.clear();
  }

  clear(): void {
    for (const delivery of [...this.#deliveries]) this.#drop(delivery);
    this.#files.clear();
  }

  #queue(file: SharedFile, to: string, attempt: number): void {
    this.#deliveries.push({ file, to, attempt, sender: null, started: false });
    this.#show(file, to, { kind: 'waiting' });
  }

  #next(): void {
    const most = this.ports.relayed() ? AT_ONCE_RELAYED : AT_ONCE;
    for (const delivery of this.#deliveries) {
      if (this.#deliveries.filter(({ started }) => started).length >= most) return;
      if (!delivery.started) void this.#start(delivery);
    }
  }

  async #start(delivery: Delivery): Promise<void> {
    const { file, to, attempt } = delivery;
    delivery.started = true;
    this.#show(file, to, { kind: 'sending', sent: 0 });
    this.ports.tell({ what: 'sending', file: file.name, who: this.ports.nameOf(to) });
    const iceServers = await this.ports.iceServers();
    if (!this.#deliveries.includes(delivery)) return;
    delivery.sender = this.make(file.bytes, {
      iceServers,
      relayOnly: this.ports.relayed(),
      send: (signal) => this.#say(to, file.id, attempt, signal),
      onProgress: (sent) => this.#progress(delivery, sent),
      onEnd: (end) => this.#ended(delivery, end),
    });
  }

  #progress({ file, to }: Delivery, sent: number): void {
    const before = file.recipients.find(({ id }) => id === to)?.state;
    const percent = (bytes: number): number => Math.floor((bytes / file.bytes.size) * 100);
    if (before?.kind === 'sending' && percent(sent) > percent(before.sent)) {
      this.#show(file, to, { kind: 'sending', sent });
    }
  }

  #ended(delivery: Delivery, end: SendEnd): void {
    const { file, to } = delivery;
    if (!this.#deliveries.includes(delivery)) return;
    if (end === 'unreadable') {
      this.stop(file.id);
      return;
    }
    this.#drop(delivery);
    if (end === 'received') {
      this.#show(file, to, { kind: 'done' });
      this.ports.tell({ what: 'sent', file: file.name, who: this.ports.nameOf(to) });
    }
    this.#next();
  }

  #drop(delivery: Delivery): void {
    this.#deliveries = this.#deliveries.filter((one) => one !== delivery);
    delivery.sender?.dispose();
    const { file, to } = delivery;
    file.recipients = file.recipients.filter(({ id, state }) => id !== to || state.kind === 'done');
  }

  #show(file: SharedFile, id: string, state: Recipient['state']): void {
    const known = file.recipients.find((one) => one.id === id);
    const shown = { id, name: known?.name ?? this.ports.nameOf(id), state };
    file.recipients = known
      ? file.recipients.map((one) => (one === known ? shown : one))
      : [...file.recipients, shown];
  }

  #say(to: string, file: string, attempt: number, signal: FileSignal): void {
    // Whoever still wants it asks again.
    this.ports.signal(to, file, attempt, signal).catch(() => undefined);
  }
}
