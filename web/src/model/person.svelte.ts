// Somebody in the room, oneself included, and the media that comes from them.

import type { Participant } from '../protocol/generated';
import type { LevelListener } from '../rtc/level';
import { meterReceiver, SpeechDetector } from '../rtc/level';
import type { Peer, PeerState } from '../rtc/peer';
import type { Quality, Reading } from '../rtc/statistics';

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

  /** Towards others; oneself has none. */
  peer: Peer | null = null;
  reading: Reading | null = null;
  #audio: HTMLAudioElement | null = null;
  #levels = new Set<LevelListener>();
  #speech = new SpeechDetector();
  #stopMeter: (() => void) | null = null;

  constructor(participant: Participant, self: boolean) {
    this.id = participant.id;
    this.self = self;
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

  /** Plays their voice. Rejects where the browser wants a gesture first. */
  async playAudio(track: MediaStreamTrack, speakerId: string | null): Promise<void> {
    this.#audio ??= document.body.appendChild(new Audio());
    this.#audio.srcObject = new MediaStream([track]);
    const receiver = this.peer?.connection.getReceivers().find((one) => one.track === track);
    this.#stopMeter?.();
    this.#stopMeter = receiver ? meterReceiver(receiver, (level) => this.hear(level)) : null;
    await this.useSpeaker(speakerId);
    await this.resumeAudio();
  }

  async resumeAudio(): Promise<void> {
    await this.#audio?.play();
  }

  async useSpeaker(id: string | null): Promise<void> {
    if (this.#audio && 'setSinkId' in this.#audio)
      await this.#audio.setSinkId(id ?? '').catch(() => undefined);
  }

  /** The peer is gone; the person may stay. */
  dropPeer(): void {
    this.#stopMeter?.();
    this.#stopMeter = null;
    this.peer?.dispose();
    this.peer = null;
    this.reading = null;
    this.videoTrack = null;
    this.speaking = false;
    this.#audio?.remove();
    if (this.#audio) this.#audio.srcObject = null;
    this.#audio = null;
  }
}
