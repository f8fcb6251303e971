// The way to the media server and back: keeps one connection with it up, whatever happens to it. What is wanted
// (tracks, slots, layers) is held here and survives the connections; offers go one at a time.

import type { SlotLabel, Source, TrackLabel } from '../protocol/generated';
import { Handover } from './handover';
import type { Slot } from './handover';
import type { PeerState } from './peer';
import { ServerConnection } from './server-connection';
import type { OwnTracks } from './server-connection';

/** What the server may say to an offer, other than an answer. */
export type Refusal = 'media_unknown' | 'session_lost' | 'other';

export class OfferRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}

export interface ServerPathOptions {
  iceServers(): RTCIceServer[];
  /** All media over TURN. */
  relayOnly: boolean;
  /** Resolves with the answer's SDP, rejects with `OfferRefused`. */
  offer(fresh: boolean, sdp: string, tracks: TrackLabel[]): Promise<string>;
  onState(state: PeerState): void;
  /** A fresh connection has been answered: the server knows nothing of what was said over an earlier one. */
  onFresh(): void;
  /** Which slot carries what; receivers of an earlier connection are worth nothing any more. */
  onSlots(slots: Slot[]): void;
  freshIceServers(): Promise<RTCIceServer[] | null>;
}

/** What the next offer is for; a greater need takes a smaller one along. */
type Need = 'change' | 'restart' | 'fresh';
const GREATNESS: Record<Need, number> = { change: 0, restart: 1, fresh: 2 };

/** From `disconnected` to a restart: most of these mend themselves at once. */
const RESTART_AFTER = 1_000;
const RESTART_AGAIN_AFTER = 5_000;
/** From the first trouble, or the offer, to a connection made anew. */
const GIVE_UP_AFTER = 15_000;
const FIRST_RETRY = 250;
const LAST_RETRY = 5_000;

export class ServerPath {
  state: PeerState = 'connecting';
  #options: ServerPathOptions;
  #current: ServerConnection | null = null;
  /** From the connection before, if the current one takes over while that one still brings something. */
  #handover: Handover | null = null;
  /** The next fresh connection takes over from the one there is. */
  #moving = false;
  /** Gives up waiting for the answer to an offer. */
  #interrupt: (() => void) | null = null;
  #tracks: OwnTracks;
  #videoSlots: number;
  #slots: SlotLabel[] = [];
  #need: Need | null = 'fresh';
  #working = false;
  /** The offer under way is a fresh one. */
  #renewing = false;
  /** The session went down under an offer; the next one begins anew. */
  #waiting = false;
  #retries = 0;
  #everConnected = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: ServerPathOptions, tracks: OwnTracks, videoSlots: number) {
    this.#options = options;
    this.#tracks = { ...tracks };
    this.#videoSlots = videoSlots;
    options.onState('connecting');
    void this.#work();
  }

  get connection(): RTCPeerConnection | null {
    return this.#current?.connection ?? null;
  }

  setTrack(source: Source, track: MediaStreamTrack | null): void {
    this.#tracks[source] = track;
    this.#handover?.setTrack(source, track);
    void this.#carry(source);
  }

  setVideoSlots(count: number): void {
    this.#videoSlots = Math.max(this.#videoSlots, count);
    if (this.#current?.setVideoSlots(this.#videoSlots)) this.#ask('change');
  }

  setLayers(source: Source, rids: string[]): void {
    void this.#current?.setLayers(source, rids);
  }

  assign(slots: SlotLabel[]): void {
    this.#slots = slots;
    this.#tellSlots();
  }

  /** The server has lost its side. A connection that is being made is not what it speaks of. */
  lost(): void {
    if (this.#need !== 'fresh' && !this.#renewing && !this.#waiting) this.#again();
  }

  /**
   * The room's media is elsewhere: the connection leads nowhere, or soon will not. A fresh one at once, and this one
   * until that one brings media.
   */
  moved(): void {
    if (this.#closed) return;
    this.#moving = true;
    this.#retries = 0;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#interrupt?.();
    this.#ask('fresh');
  }

  /** Whether a receiver is of the connection that counts. */
  has(receiver: RTCRtpReceiver): boolean {
    return this.connection?.getReceivers().includes(receiver) ?? false;
  }

  /** Another network perhaps: looks for a new path at once. */
  restart(): void {
    if (this.#everConnected) this.#ask('restart');
  }

  restartIfBroken(): void {
    const state = this.connection?.connectionState;
    if (state === 'disconnected' || state === 'failed') this.restart();
  }

  /** There is a session again. */
  sessionBack(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#ask('fresh');
  }

  dispose(): void {
    this.#closed = true;
    for (const timer of [this.#retryTimer, this.#restartTimer, this.#giveUpTimer]) clearTimeout(timer);
    this.#interrupt?.();
    this.#handover?.dispose();
    this.#handover = null;
    this.#current?.close();
    this.#current = null;
    this.#slots = [];
  }

  #ask(need: Need): void {
    if (this.#closed) return;
    if (!this.#need || GREATNESS[need] > GREATNESS[this.#need]) this.#need = need;
    void this.#work();
  }

  /** A fresh connection, not too often. */
  #again(): void {
    if (this.#closed || this.#retryTimer !== undefined) return;
    this.#notYet();
    const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#retries);
    this.#retries += 1;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#ask('fresh');
    }, wait);
  }

  /** One offer after the other, until nothing is left to say. */
  async #work(): Promise<void> {
    if (this.#working || this.#waiting) return;
    this.#working = true;
    // What else is asked for in this turn goes along.
    await Promise.resolve();
    for (let need = this.#next(); need; need = this.#next()) {
      // While a fresh connection is awaited there is nothing to mend.
      if (need !== 'fresh' && (!this.#current || this.#retryTimer !== undefined)) continue;
      this.#renewing = need === 'fresh';
      try {
        await this.#negotiate(need);
      } catch (error) {
        this.#renewing = false;
        this.#failed(error);
      }
      this.#renewing = false;
    }
    this.#working = false;
  }

  #next(): Need | null {
    if (this.#closed || this.#waiting) return null;
    const need = this.#need;
    this.#need = null;
    return need;
  }

  async #negotiate(need: Need): Promise<void> {
    const fresh = need === 'fresh';
    if (fresh) await this.#begin();
    else if (need === 'restart') await this.#renewServers();
    const current = this.#current;
    if (!current || this.#closed) return;
    const { sdp, tracks } = await current.offer(need === 'restart');
    const answer = await this.#answered(this.#options.offer(fresh, sdp, tracks));
    if (answer === null || current !== this.#current) return;
    await current.answer(answer);
    if (fresh) this.#options.onFresh();
    this.#tellSlots();
    // Sections may have come into being, or tracks changed, while the answer was awaited.
    for (const source of Object.keys(this.#tracks) as Source[]) await this.#carry(source);
  }

  /** What the server says to an offer; null if that does not matter any more. */
  async #answered(offered: Promise<string>): Promise<string | null> {
    const interrupted = new Promise<null>((resolve) => (this.#interrupt = () => resolve(null)));
    try {
      return await Promise.race([offered, interrupted]);
    } finally {
      this.#interrupt = null;
    }
  }

  async #begin(): Promise<void> {
    const servers = await this.#options.freshIceServers().catch(() => null);
    if (this.#closed) return;
    this.#replace();
    this.#slots = [];
    this.#tellSlots();
    clearTimeout(this.#restartTimer);
    const current = (this.#current = new ServerConnection({
      iceServers: servers ?? this.#options.iceServers(),
      iceTransportPolicy: this.#options.relayOnly ? 'relay' : 'all',
    }));
    current.connection.onconnectionstatechange = () => this.#follow(current);
    this.#notYet();
    this.#giveUpLater();
    for (const [source, track] of Object.entries(this.#tracks) as [Source, MediaStreamTrack | null][]) {
      await current.setTrack(source, track);
    }
    current.setVideoSlots(this.#videoSlots);
  }

  /** Lets go of the connection there is, or keeps it until the next one has taken over. */
  #replace(): void {
    const before = this.#current;
    this.#current = null;
    const keeps = this.#moving && before?.connection.connectionState === 'connected';
    this.#moving = false;
    if (before && keeps) {
      const slots = this.#received(before);
      this.#handover?.dispose();
      this.#handover = new Handover(before, slots, {
        changed: () => this.#tellSlots(),
        over: () => this.#handedOver(),
      });
      return;
    }
    this.#handover?.restart();
    before?.close();
  }

  #handedOver(): void {
    if (!this.#handover) return;
    this.#handover.dispose();
    this.#handover = null;
    this.#tellSlots();
    if (this.#current?.connection.connectionState !== 'connected') this.#notYet();
  }

  async #renewServers(): Promise<void> {
    const servers = await this.#options.freshIceServers().catch(() => null);
    const connection = this.connection;
    if (!servers || !connection || connection.signalingState === 'closed') return;
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers: servers });
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    const refusal = error instanceof OfferRefused ? error.refusal : 'other';
    if (refusal === 'session_lost') {
      // The next session says when there is somebody to offer to.
      this.#waiting = true;
      return;
    }
    console.warn('the media server did not take an offer', error);
    this.#again();
  }

  async #carry(source: Source): Promise<void> {
    const current = this.#current;
    if (!current || this.#closed) return;
    const track = this.#tracks[source] ?? null;
    try {
      if (current.outgrownBy(source, track)) this.#ask('fresh');
      else if (await current.setTrack(source, track)) this.#ask('change');
    } catch (error) {
      // Closed meanwhile: the next connection begins with this track.
      if (current === this.#current) console.warn('a track is not sent', error);
    }
  }

  #received(connection: ServerConnection): Slot[] {
    return this.#slots.flatMap((label) => {
      const receiver = connection.receiver(label.mid);
      return receiver ? [{ label, receiver, delivers: false }] : [];
    });
  }

  #tellSlots(): void {
    const slots = this.#current ? this.#received(this.#current) : [];
    const handover = this.#handover;
    if (handover?.complete(slots)) {
      this.#options.onSlots(handover.merge(slots));
      this.#handover = null;
      handover.dispose();
      return;
    }
    this.#options.onSlots(handover?.merge(slots) ?? slots);
  }

  /** There is no connection, unless an earlier one still does. */
  #notYet(): void {
    if (!this.#handover) this.#setState(this.#everConnected ? 'reconnecting' : 'connecting');
  }

  #setState(state: PeerState): void {
    if (this.state === state) return;
    this.state = state;
    this.#options.onState(state);
  }

  #follow(current: ServerConnection): void {
    if (current !== this.#current) return;
    const state = current.connection.connectionState;
    switch (state) {
      case 'connected':
        this.#everConnected = true;
        this.#retries = 0;
        clearTimeout(this.#restartTimer);
        clearTimeout(this.#giveUpTimer);
        this.#giveUpTimer = undefined;
        this.#handover?.connected();
        this.#setState('connected');
        return;
      case 'disconnected':
      case 'failed':
        if (!this.#handover) this.#setState(this.#everConnected ? 'reconnecting' : 'failed');
        this.#restartSoon(current, state === 'failed' ? 0 : RESTART_AFTER);
        this.#giveUpLater();
        return;
      case 'new':
      case 'connecting':
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  #restartSoon(current: ServerConnection, after: number): void {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      if (current !== this.#current || current.connection.connectionState === 'connected') return;
      this.#ask('restart');
      this.#restartSoon(current, RESTART_AGAIN_AFTER);
    }, after);
  }

  #giveUpLater(): void {
    this.#giveUpTimer ??= setTimeout(() => {
      this.#giveUpTimer = undefined;
      this.#again();
    }, GIVE_UP_AFTER);
  }
}
