// Receives one file from whoever offers it.

import type { FileSignal } from '../protocol/generated';
import { FileConnection } from './file-connection';
import type { FileWay } from './file-connection';
import { Gathering } from './file-pieces';
import { RECEIVED } from './file-sender';

/** Who has sent it closes when they hear that it is there; this is for those who do not, ms. */
const CLOSE_AFTER = 5_000;

export interface ReceiveOptions extends FileWay {
  /** Bytes, as announced. */
  size: number;
  onProgress(received: number): void;
  /** Once: with the file, all of it, or without. */
  onEnd(file: Blob | null): void;
}

export class FileReceiver {
  #way: FileConnection;
  #channel: RTCDataChannel | null = null;
  #gathering: Gathering;
  #options: ReceiveOptions;
  #ended = false;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#gathering = new Gathering(options.size);
    this.#way = new FileConnection(options, () => this.#end(null));
    this.#way.connection.ondatachannel = ({ channel }) => this.#listen(channel);
  }

  /** What the sender says. */
  receive(signal: FileSignal): void {
    this.#way.receive(signal);
  }

  dispose(): void {
    this.#ended = true;
    this.#gathering.drop();
    this.#way.connection.ondatachannel = null;
    if (this.#channel) this.#channel.onmessage = this.#channel.onclose = null;
    this.#way.dispose();
  }

  #listen(channel: RTCDataChannel): void {
    if (this.#channel) return;
    this.#channel = channel;
    this.#way.opened();
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#take(data);
    };
    channel.onclose = () => this.#end(null);
  }

  #take(piece: ArrayBuffer): void {
    if (this.#ended) return;
    switch (this.#gathering.take(piece)) {
      case 'more':
        this.#options.onProgress(this.#gathering.received);
        return;
      case 'too_much':
        this.#end(null);
        return;
      case 'whole':
        this.#whole();
    }
  }

  #whole(): void {
    const file = this.#gathering.whole();
    this.#ended = true;
    this.#channel?.send(RECEIVED);
    const close = (): void => {
      clearTimeout(timer);
      this.dispose();
    };
    const timer = setTimeout(close, CLOSE_AFTER);
    if (this.#channel) this.#channel.onclose = close;
    this.#options.onEnd(file);
  }

  #end(file: Blob | null): void {
    if (this.#ended) return;
    this.dispose();
    this.#options.onEnd(file);
  }
}
