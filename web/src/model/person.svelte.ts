// Somebody in the room, oneself included, and the media that comes from them, by whichever way.

import type { MediaRoute, Participant } from '../protocol/generated';
import type { LevelListener } from '../rtc/level';
import { SpeechDetector } from '../rtc/level';
import type { PeerState } from '../rtc/peer';
import type { Quality } from '../rtc/statistics';
import { Incoming } from './incoming';
import { choose, reached } from './switching';

const WAYS: MediaRoute[] = ['peer_to_peer', 'server'];

export class Person {
  readonly id: string;
  readonly self: boolean;
  name = $state('');
  microphone = $state<Participant['microphone']>('absent');
  camera = $state<Participant['camera']>('absent');
  presence = $state<Participant['presence']>('connected');
  media = $state<PeerState>('connecting');
  quality = $state<Quality>('good');
  speaking = $state(false);
  videoTrack = $state.raw<MediaStreamTrack | null>(null);
  order = 0;
  epoch = 0;

  /** What comes from them; of oneself nothing does. */
  readonly by: Record<MediaRoute, Incoming>;
  #wanted: MediaRoute = 'peer_to_peer';
  #video: MediaRoute | null = null;
  #voice: MediaRoute | null = null;
  #levels = new Set<LevelListener>();
  #speech = new SpeechDetector();

  constructor(participant: Participant, self: boolean) {
    this.id = participant.id;
    this.self = self;
    const changed = (): void => this.#choose();
    this.by = { peer_to_peer: new Incoming(changed), server: new Incoming(changed) };
    if (self) this.media = 'connected';
    this.update(participant);
  }

  update(participant: Participant): void {
    this.name = participant.name;
    this.microphone = participant.microphone;
    this.camera = participant.camera;
    this.presence = participant.presence;
    this.order = participant.order;
    this.epoch = participant.epoch;
  }

  /** The way by which the voice is heard. */
  get voiceBy(): MediaRoute | null {
    return this.#voice;
  }

  /** The way by which the picture comes. */
  get videoBy(): MediaRoute | null {
    return this.#video;
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
    this.#chooseVideo();
    this.#chooseVoice();
  }

  #chooseVideo(): void {
    const { peer_to_peer: direct, server } = this.by;
    this.#video = choose(this.#wanted, this.#video, {
      peer_to_peer: direct.videoOffered,
      server: server.videoOffered,
    });
    const from = this.#video && this.by[this.#video];
    // A slot that does not deliver yet may still show whoever was in it before.
    const shown = from === server && server.videoOffered !== 'delivers' ? null : (from?.video ?? null);
    this.videoTrack = shown?.track ?? null;
  }

  #chooseVoice(): void {
    const { peer_to_peer: direct, server } = this.by;
    const before = this.#voice;
    this.#voice = choose(this.#wanted, before, {
      peer_to_peer: direct.voiceOffered,
      server: server.voiceOffered,
    });
    for (const way of WAYS) {
      const { voice } = this.by[way];
      if (!voice) continue;
      voice.muted = way !== this.#voice;
      voice.onLevel = way === this.#voice ? (level) => this.hear(level) : null;
    }
    if (before !== null && this.#voice === null) {
      // Who has no slot is silent; no measurement will say so.
      this.#speech = new SpeechDetector();
      this.speaking = false;
      for (const listener of this.#levels) listener(0);
    }
  }
}
