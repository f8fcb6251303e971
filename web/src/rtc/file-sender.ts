// Sends one file to one receiver, no faster than the channel takes it.

import type { FileSignal } from '../protocol/generated';
import { FileConnection } from './file-connection';
import type { FileWay } from './file-connection';
import { pieceSize } from './file-pieces';

/** What is read at once. */
const READ = 1024 * 1024;
/** The channel never has more before it than this, and gets more when it has less than the lower one. */
const MOST_BUFFERED = 1024 * 1024;
const LOW = 256 * 1024;
/** What the receiver says when all of it is there. */
export const RECEIVED = 'received';

/** `unreadable`: the file was changed or taken away since it was chosen. */
export type SendEnd = 'received' | 'failed' | 'unreadable';

export interface SendOptions extends FileWay {
  /** Bytes that are on their way or there. */
  onProgress(sent: number): void;
  /** Once. */
  onEnd(end: SendEnd): void;
}

export class FileSender {
  #way: FileConnection;
  #channel: RTCDataChannel;
  #file: Blob;
  #options: SendOptions;
  #ended = false;
  /** Has the sending go on: there is room, or nothing to wait for any more. */
  #wake: () => void = () => undefined;

  constructor(file: Blob, options: SendOptions) {
    this.#file = file;
    this.#options = options;
    this.#way = new FileConnection(options, () => this.#end('failed'));
    const channel = this.#way.connection.createDataChannel('file');
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW;
    channel.onbufferedamountlow = () => this.#wake();
    channel.onopen = () => {
      this.#way.opened();
      void this.#send();
    };
    channel.onmessage = ({ data }) => {
      if (data === RECEIVED) this.#end('received');
    };
    channel.onclose = () => this.#end('failed');
    this.#way.offer();
  }

  /** What the receiver says. */
  receive(signal: FileSignal): void {
    this.#way.receive(signal);
  }

  dispose(): void {
    this.#ended = true;
    this.#wake();
    this.#channel.onopen = this.#channel.onmessage = this.#channel.onclose = null;
    this.#way.dispose();
  }

  async #send(): Promise<void> {
    const { size } = this.#file;
    const piece = pieceSize(this.#way.connection.sctp?.maxMessageSize);
    for (let at = 0; at < size && !this.#ended; at += READ) {
      const read = await this.#file
        .slice(at, at + READ)
        .arrayBuffer()
        .catch(() => null);
      if (!read || read.byteLength !== Math.min(READ, size - at)) {
        this.#end('unreadable');
        return;
      }
      for (let from = 0; from < read.byteLength; from += piece) {
        if (this.#channel.bufferedAmount > MOST_BUFFERED) await this.#room();
        if (this.#closed()) return;
        this.#channel.send(read.slice(from, from + piece));
      }
      this.#options.onProgress(at + read.byteLength - this.#channel.bufferedAmount);
    }
  }

  #closed(): boolean {
    return this.#ended || this.#channel.readyState !== 'open';
  }

  #room(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #end(end: SendEnd): void {
    if (this.#ended) return;
    this.dispose();
    this.#options.onEnd(end);
  }
}
