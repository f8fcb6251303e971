// Somebody in the room, oneself included, and the media that comes from them, by whichever way. Where what is known of
// them is kept, and who is told when it changes, is for those who extend it.

import type { MediaRoute, Participant } from '../protocol/generated';
import type { LevelListener } from '../rtc/level';
import { SpeechDetector } from '../rtc/level';
import type { PeerState } from '../rtc/peer';
import type { Quality } from '../rtc/statistics';
import { Incoming, PICTURES, SOUNDS } from './incoming';
import type { Picture, Sound } from './incoming';
import { choose, reached } from './switching';

const WAYS: MediaRoute[] = ['peer_to_peer', 'server'];

export abstract class RoomPerson {
  readonly id: string;
  readonly self: boolean;
  abstract name: string;
  abstract microphone: Participant['microphone'];
  abstract camera: Participant['camera'];
  abstract screen: Participant['screen'];
  abstract presence: Participant['presence'];
  abstract media: PeerState;
  abstract quality: Quality;
  abstract speaking: boolean;
  /** Since when their hand is up, ms since 1970. */
  abstract hand: number | null;
  /** Which of the raised hands theirs is, from 1. */
  abstract handPlace: number | null;
  abstract videoTrack: MediaStreamTrack | null;
  abstract screenTrack: MediaStreamTrack | null;
  /** How loud they are here, from 0 to 1. */
  protected abstract volumes: Record<Sound, number>;
  /** What a program does here; null for people. */
  feed: Participant['feed'] | null = null;
  order = 0;
  epoch = 0;

  /** What comes from them; of oneself nothing does. */
  readonly by: Record<MediaRoute, Incoming>;
  #wanted: MediaRoute = 'peer_to_peer';
  /** The way by which each is taken. */
  #taken: Record<Picture | Sound, MediaRoute | null> = {
    camera: null,
    screen: null,
    microphone: null,
    screen_audio: null,
  };
  #levels = new Set<LevelListener>();
  #speech = new SpeechDetector();

  constructor(id: string, self: boolean) {
    this.id = id;
    this.self = self;
    const changed = (): void => this.#choose();
    this.by = { peer_to_peer: new Incoming(changed), server: new Incoming(changed) };
  }

  update(participant: Participant): void {
    if (this.self) this.media = 'connected';
    this.name = participant.name;
    this.microphone = participant.microphone;
    this.camera = participant.camera;
    this.screen = participant.screen;
    this.presence = participant.presence;
    this.hand = participant.hand ?? null;
    this.feed = participant.feed ?? null;
    this.order = participant.order;
    this.epoch = participant.epoch;
  }

  /** The way by which the voice is heard. */
  get voiceBy(): MediaRoute | null {
    return this.#taken.microphone;
  }

  /** The way by which the picture comes. */
  get videoBy(): MediaRoute | null {
    return this.#taken.camera;
  }

  volume(of: Sound): number {
    return this.volumes[of];
  }

  /** On this device alone. */
  setVolume(of: Sound, volume: number): void {
    this.volumes[of] = volume;
    this.#chooseSound(of);
  }

  /** From now on rather this way. What is shown and heard changes over when it delivers. */
  prefer(route: MediaRoute): void {
    if (this.self || this.#wanted === route) return;
    this.#wanted = route;
    this.#choose();
  }

  /** How loud they are. Not reactive: it changes twenty times a second. */
  onLevel(listener: LevelListener): () => void {
    this.#levels.add(listener);
    return () => this.#levels.delete(listener);
  }

  hear(level: number): void {
    const audible = this.microphone === 'live' ? level : 0;
    for (const listener of this.#levels) listener(audible);
    this.speaking = this.#speech.push(audible, performance.now());
  }

  /** Nothing of them comes any more. */
  clear(): void {
    for (const way of WAYS) this.by[way].clear();
  }
  #choose(): void {
    const { peer_to_peer: direct, server } = this.by;
    this.media = reached(this.#wanted, { peer_to_peer: direct.state, server: server.state });
    for (const source of PICTURES) this.#choosePicture(source);
    for (const source of SOUNDS) this.#chooseSound(source);
  }

  #take(source: Picture | Sound): MediaRoute | null {
    const { peer_to_peer: direct, server } = this.by;
    this.#taken[source] = choose(this.#wanted, this.#taken[source], {
      peer_to_peer: direct[source].offered,
      server: server[source].offered,
    });
    return this.#taken[source];
  }

  #choosePicture(source: Picture): void {
    const way = this.#take(source);
    const from = way && this.by[way][source];
    // A slot that does not deliver yet may still show whoever was in it before.
    const shown = way === 'server' && !from?.delivers ? null : (from?.it ?? null);
    if (source === 'camera') this.videoTrack = shown?.track ?? null;
    else this.screenTrack = shown?.track ?? null;
  }

  #chooseSound(source: Sound): void {
    const before = this.#taken[source];
    const taken = this.#take(source);
    for (const way of WAYS) {
      const voice = this.by[way][source].it;
      if (!voice) continue;
      voice.muted = way !== taken;
      voice.volume = this.volumes[source];
      voice.onLevel = source === 'microphone' && way === taken ? (level) => this.hear(level) : null;
    }
    if (source === 'microphone' && before !== null && taken === null) {
      // Who has no slot is silent; no measurement will say so.
      this.#speech = new SpeechDetector();
      this.speaking = false;
      for (const listener of this.#levels) listener(0);
    }
  }
}
