// The RTCPeerConnection that one file takes to one receiver: a data channel and nothing else, apart from the media of the
// call. Who sends offers, once; who receives answers. Knows neither rooms nor what goes through it.

import type { FileSignal, IceServer } from '../protocol/generated';
import { fromWire, toWire } from './candidates';

export interface FileWay {
  iceServers: IceServer[];
  /** Only over TURN: neither learns where the other one is. */
  relayOnly: boolean;
  send(signal: FileSignal): void;
}

/** A channel that is not open by then does not open any more, ms. */
const OPEN_WITHIN = 20_000;
/** Candidates ahead of their description: more than any browser has. */
const MOST_EARLY = 100;
/** A path that is away for so long does not come back by itself, ms. */
const AWAY_FOR = 10_000;

export class FileConnection {
  readonly connection: RTCPeerConnection;
  #way: FileWay;
  #early: RTCIceCandidateInit[] = [];
  /** Signals one after another: each step waits for the browser. */
  #queue: Promise<void> = Promise.resolve();
  #opening: ReturnType<typeof setTimeout>;
  #away: ReturnType<typeof setTimeout> | undefined;
  #failed: () => void;
  #closed = false;

  constructor(way: FileWay, failed: () => void) {
    this.#way = way;
    this.#failed = failed;
    this.connection = new RTCPeerConnection({
      iceServers: fewServers(way.iceServers),
      iceTransportPolicy: way.relayOnly ? 'relay' : 'all',
    });
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) way.send({ type: 'candidate', candidate: toWire(candidate) });
    };
    this.connection.onconnectionstatechange = () => this.#follow();
    this.#opening = setTimeout(failed, OPEN_WITHIN);
  }

  /** The channel is open: it is not waited for any more. */
  opened(): void {
    clearTimeout(this.#opening);
  }

  offer(): void {
    this.#then(() => this.#describe());
  }

  receive(signal: FileSignal): void {
    if (signal.type === 'candidate') this.#then(() => this.#candidate(fromWire(signal.candidate)));
    else if (signal.type === 'description') this.#then(() => this.#description(signal));
  }

  dispose(): void {
    this.#closed = true;
    clearTimeout(this.#opening);
    clearTimeout(this.#away);
    this.connection.onicecandidate = this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  #then(step: () => Promise<void>): void {
    this.#queue = this.#queue
      .then(() => (this.#closed ? undefined : step()))
      .catch((error: unknown) => {
        if (this.#closed) return;
        console.debug('a file finds no way', error);
        this.#failed();
      });
  }

  async #describe(): Promise<void> {
    await this.connection.setLocalDescription();
    const description = this.connection.localDescription;
    if (!description || (description.type !== 'offer' && description.type !== 'answer')) return;
    this.#way.send({ type: 'description', kind: description.type, sdp: description.sdp });
  }

  async #description({ kind, sdp }: Extract<FileSignal, { type: 'description' }>): Promise<void> {
    await this.connection.setRemoteDescription({ type: kind, sdp });
    for (const candidate of this.#early.splice(0)) await this.#candidate(candidate);
    if (kind === 'offer') await this.#describe();
  }

  async #candidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.connection.remoteDescription) this.#early = [...this.#early, candidate].slice(-MOST_EARLY);
    // One that is of no use leaves the others.
    else await this.connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #follow(): void {
    clearTimeout(this.#away);
    const state = this.connection.connectionState;
    if (state === 'failed') this.#failed();
    else if (state === 'disconnected') this.#away = setTimeout(this.#failed, AWAY_FOR);
  }
}

/**
 * Each address of TURN is an allocation, of which a session has few: one over UDP, and one for where there is none, the
 * last being the one that most networks let through.
 */
export function fewServers(servers: readonly IceServer[]): IceServer[] {
  const relays = servers.flatMap(({ urls }) => urls).filter((url) => /^turns?:/.test(url));
  const udp = relays.find((url) => url.endsWith('transport=udp'));
  const other = relays.findLast((url) => !url.endsWith('transport=udp'));
  const kept = (url: string): boolean => !relays.includes(url) || url === udp || url === other;
  return servers
    .map((server) => ({ ...server, urls: server.urls.filter(kept) }))
    .filter(({ urls }) => urls.length > 0);
}
