// The direct way: one peer for each other participant. Which peers there should be follows from the room, and is
// reconciled with those there are.

import type { Signal, Source } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { Peer } from '../rtc/peer';
import type { OwnTracks } from '../rtc/server-connection';
import { Voice } from '../rtc/voice';
import { untilAnswered } from './again';
import type { IceServers } from './ice';
import type { Sound } from './incoming';
import type { RoomPerson } from './person';
import { Signals } from './signals';

/** Kept in mind while a signal may be for a peer that is being built. */
const MAX_EARLY_SIGNALS = 200;
/** Older ones are of a time when media went another way. */
const EARLY_FOR = 15_000;
/** The way back from the server begins for both sides at once: then an offer does not take longer. */
const OFFER_WITHIN = 8_000;
/**
 * So much longer at most is somebody waited for with whom it does not come about: each time the peers with all others are
 * built anew, too.
 */
const MOST_PATIENCE = 16;

interface EarlySignal {
  from: string;
  generation: number;
  signal: Signal;
  at: number;
}

interface Pair {
  person: RoomPerson;
  peer: Peer;
  generation: number;
  signals: Signals;
  voices: Partial<Record<Sound, Voice>>;
}

export interface PeersOptions {
  session: Session;
  ice: IceServers;
  relayOnly: boolean;
  tracks: () => OwnTracks;
  speakerId: () => string | null;
  audioBlocked: () => void;
}

export class Peers {
  #options: PeersOptions;
  #pairs = new Map<string, Pair>();
  #early: EarlySignal[] = [];
  #me: RoomPerson | null = null;
  #people: RoomPerson[] = [];
  #wanted: boolean | null = null;
  #returning = false;
  #receivesVideo = true;
  /** How often a peer was built for somebody since the last one that came about. */
  #attempts = new WeakMap<RoomPerson, number>();
  #renewing = false;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#pairs.size;
  }

  has(person: RoomPerson): boolean {
    return this.#pairs.has(person.id);
  }

  connection(person: RoomPerson): RTCPeerConnection | null {
    return this.#pairs.get(person.id)?.peer.connection ?? null;
  }

  /** Whether media is to go this way. If it is not, what there is may live on, but nothing is built. */
  want(wanted: boolean): void {
    if (this.#wanted === wanted) return;
    this.#returning = wanted && this.#wanted === false;
    this.#wanted = wanted;
    if (wanted) return;
    this.#early = [];
    // What had not come about yet has nobody who would miss it.
    for (const { person } of this.#unconnected()) this.#drop(person.id);
  }

  /** Brings the peers in line with the room. */
  reconcile(me: RoomPerson | null, others: RoomPerson[]): void {
    this.#me = me;
    this.#people = others;
    for (const [id, pair] of this.#pairs) {
      const stays = others.includes(pair.person) && pair.generation === this.#generation(pair.person);
      if (!stays) this.#drop(id);
    }
    if (!this.#wanted || !me) return;
    // Programs speak with the media server alone.
    for (const person of others) if (!person.feed && !this.#pairs.has(person.id)) this.#build(person);
    this.#returning = false;
  }

  signalled(from: string, generation: number, signal: Signal): void {
    const person = this.#people.find((one) => one.id === from);
    const pair = this.#pairs.get(from);
    if (pair?.generation === generation) {
      void pair.peer.receive(signal);
    } else if (!person || !pair || generation > this.#generation(person)) {
      // Ahead of the event that will tell of its generation.
      this.#early.push({ from, generation, signal, at: performance.now() });
      if (this.#early.length > MAX_EARLY_SIGNALS) this.#early.shift();
    }
  }

  setTrack(source: Source, track: MediaStreamTrack | null): void {
    for (const { peer } of this.#pairs.values()) void peer.setTrack(source, track);
  }

  receiveVideo(wanted: boolean): void {
    this.#receivesVideo = wanted;
    for (const { peer } of this.#pairs.values()) peer.receiveVideo(wanted);
  }

  restartIfBroken(): void {
    if (this.#wanted) for (const { peer } of this.#pairs.values()) void peer.restartIfBroken();
  }

  restart(): void {
    if (this.#wanted) for (const { peer } of this.#pairs.values()) void peer.restart();
  }

  useSpeaker(id: string | null): void {
    for (const voice of this.#voices()) void voice.useSpeaker(id);
  }

  async resumeAudio(): Promise<void> {
    await Promise.all(this.#voices().map((voice) => voice.resume()));
  }

  /** The old way may go. */
  dropAll(): void {
    for (const id of [...this.#pairs.keys()]) this.#drop(id);
    this.#early = [];
  }

  #voices(): Voice[] {
    return [...this.#pairs.values()].flatMap(({ voices }) => Object.values(voices));
  }

  #unconnected(): Pair[] {
    return [...this.#pairs.values()].filter(({ person }) => person.by.peer_to_peer.state !== 'connected');
  }

  #generation(person: RoomPerson): number {
    return (this.#me?.epoch ?? 0) + person.epoch;
  }

  #drop(id: string): void {
    const pair = this.#pairs.get(id);
    if (!pair) return;
    this.#pairs.delete(id);
    pair.person.by.peer_to_peer.clear();
    for (const voice of Object.values(pair.voices)) voice.dispose();
    pair.peer.dispose();
    pair.signals.dispose();
    this.#early = this.#early.filter((early) => early.from !== id || early.generation > pair.generation);
  }

  #build(person: RoomPerson): void {
    const generation = this.#generation(person);
    const { session, ice, relayOnly } = this.#options;
    const incoming = person.by.peer_to_peer;
    const own = (): boolean => this.#pairs.get(person.id)?.peer === peer;
    const signals = new Signals((signal) =>
      session.command({ type: 'signal', to: person.id, generation, signal }),
    );
    const attempts = this.#attempts.get(person) ?? 0;
    this.#attempts.set(person, attempts + 1);
    const peer = new Peer(
      {
        polite: (this.#me?.order ?? 0) > person.order,
        iceServers: ice.servers,
        relayOnly,
        ...(this.#returning ? { offerWithin: OFFER_WITHIN } : {}),
        patience: Math.min(MOST_PATIENCE, 2 ** attempts),
        send: (signal) => signals.say(signal),
        onReceiver: (source, receiver) => {
          if (source === 'camera' || source === 'screen') incoming[source].set(receiver);
          else this.#hear(person, source, receiver);
        },
        onState: (state) => {
          incoming.setState(state);
          if (state === 'connected') this.#attempts.delete(person);
          // Nobody mends what nobody wants: most likely the other side has let go of it.
          const broken = state === 'reconnecting' || state === 'failed';
          if (broken && !this.#wanted && own()) this.#drop(person.id);
        },
        onNewTwin: (offer) => {
          if (!own()) return;
          this.#drop(person.id);
          this.reconcile(this.#me, this.#people);
          if (offer) this.signalled(person.id, generation, offer);
        },
        freshIceServers: () => ice.fresh(),
        onBeyondRepair: () => void this.#renew(own),
      },
      this.#options.tracks(),
    );
    if (!this.#receivesVideo) peer.receiveVideo(false);
    this.#pairs.set(person.id, { person, peer, generation, signals, voices: {} });
    const from = performance.now() - EARLY_FOR;
    const early = this.#early.filter((one) => one.from === person.id);
    this.#early = this.#early.filter((one) => one.from !== person.id || one.generation > generation);
    for (const one of early)
      if (one.generation === generation && one.at >= from) void peer.receive(one.signal);
  }

  /** Asks for peers built anew, for as long as it is this one that does not come about. */
  async #renew(own: () => boolean): Promise<void> {
    const still = (): boolean => this.#wanted === true && own();
    if (this.#renewing || !still()) return;
    this.#renewing = true;
    const { session } = this.#options;
    // What does not pass, the next word of its being broken takes up.
    await untilAnswered(() => session.command({ type: 'renew_media' }), { still }).catch(() => undefined);
    this.#renewing = false;
  }

  #hear(person: RoomPerson, source: Sound, receiver: RTCRtpReceiver): void {
    const pair = this.#pairs.get(person.id);
    if (!pair) return;
    const { speakerId, audioBlocked } = this.#options;
    pair.voices[source]?.dispose();
    // While the same comes another way already this one waits.
    const waits = person.by.server[source].delivers;
    const voice = new Voice(receiver, speakerId(), waits, audioBlocked);
    pair.voices[source] = voice;
    person.by.peer_to_peer[source].set(voice);
  }
}
