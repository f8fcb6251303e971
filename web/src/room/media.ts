// The media of a call: which way it takes, and how it gets from one way to the other without a gap. The new way is
// brought up first; each person's picture and voice change over when they really arrive; then the old way goes. Where
// its state is kept, and who is told when it changes, is for those who extend it.

import type { Event, MediaRoute, Signal, Source, Viewed } from '../protocol/generated';
import type { Session } from '../protocol/session';
import type { OwnTracks } from '../rtc/server-connection';
import { IceServers } from './ice';
import { PICTURES } from './incoming';
import type { Picture } from './incoming';
import { Peers } from './peers';
import type { RoomPerson } from './person';
import { Quality } from './quality';
import { ServerMedia } from './server-media';
import { arrived, Linger, otherWay } from './switching';
import { viewOf } from './view';
import type { Shown } from './view';

const SETTLE_EVERY = 250;
/** A page that nobody sees for a moment comes back with its pictures. */
const HIDDEN_FOR = 10_000;

/** Whether pictures are left out, and why: chosen, or because the line is slow. */
export type AudioOnly = 'no' | 'chosen' | 'slow';

export interface RoomMediaOptions {
  session: Session;
  /** What is sent, as it is now. */
  tracks: () => OwnTracks;
  /** By what others are heard; null for what the system takes. */
  speakerId: () => string | null;
  /** All media over TURN. */
  relayOnly: boolean;
}

export abstract class RoomMedia {
  abstract route: MediaRoute;
  /** Who speaks, as the server hears it. */
  abstract speaker: string | null;
  abstract audioOnly: AudioOnly;
  /** The browser plays no sound before a gesture. */
  abstract audioBlocked: boolean;

  readonly ice: IceServers;
  readonly relayOnly: boolean;
  #options: RoomMediaOptions;
  #peers: Peers;
  #server: ServerMedia;
  #quality: Quality;
  #linger = new Linger();
  #settling: ReturnType<typeof setInterval> | undefined;
  /** Of the connections with the media server that count; null outside of a room. */
  #generation: number | null = null;
  #others: RoomPerson[] = [];
  #shown: Shown[] = [];
  #hidden = false;
  #elsewhere = false;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = new AbortController();

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    this.relayOnly = options.relayOnly;
    this.ice = new IceServers(options.session);
    const shared = {
      session: options.session,
      ice: this.ice,
      relayOnly: this.relayOnly,
      tracks: options.tracks,
      speakerId: options.speakerId,
      audioBlocked: () => (this.audioBlocked = true),
    };
    this.#peers = new Peers(shared);
    this.#server = new ServerMedia({ ...shared, alone: () => this.#peers.size === 0 });
    this.#quality = new Quality({
      direct: (person) => this.#peers.connection(person),
      server: () => this.#server.connection,
      watches: (person) => this.#watched(person).includes('camera'),
      slow: () => this.#slow(),
    });
    document.addEventListener('visibilitychange', () => this.#visibility(), {
      signal: this.#disposed.signal,
    });
  }

  /** The way from the room as it is. Follow with `reconcile`. */
  setRoute(route: MediaRoute, generation: number): void {
    if (route !== this.route) this.#linger.reset();
    this.route = route;
    const moved = this.#generation !== null && this.#generation !== generation;
    this.#generation = generation;
    // Of a way that is not taken any more nothing is worth a new connection.
    if (moved && route === 'server') this.#server.moved();
    this.#peers.want(route === 'peer_to_peer');
  }

  /** Brings everything in line with who is there. */
  reconcile(me: RoomPerson | null, others: RoomPerson[]): void {
    this.#others = others;
    if (!me) return;
    if (this.route === 'server' && !this.#server.open) {
      this.#server.start(others.flatMap(sent).length);
    }
    this.#peers.reconcile(me, others);
    this.#server.reconcile(others);
    for (const person of others) person.prefer(this.route);
    this.#quality.start(others);
    this.#look();
    this.#settleSoon();
  }

  /** What the server says to oneself alone. */
  direct(event: Event): void {
    switch (event.type) {
      case 'slots_assigned':
        this.#server.slotsAssigned(event.slots);
        return;
      case 'layers_wanted':
        this.#server.layersWanted(event.source, event.rids);
        return;
      case 'active_speaker':
        this.speaker = event.participant;
        this.#look();
        return;
      case 'media_lost':
        this.#server.lost();
        return;
      default:
        return;
    }
  }

  signalled(from: string, generation: number, signal: Signal): void {
    this.#peers.signalled(from, generation, signal);
  }

  /** What is sent has changed. */
  tracksChanged(): void {
    for (const [source, track] of Object.entries(this.#options.tracks()) as [
      Source,
      MediaStreamTrack | null,
    ][]) {
      for (const way of [this.#peers, this.#server]) way.setTrack(source, track);
    }
  }

  /** The tiles on the screen. */
  show(shown: Shown[]): void {
    this.#shown = shown;
    this.#look();
  }

  /** The pictures are seen in a window of their own, whether the page is or not. */
  seenElsewhere(seen: boolean): void {
    this.#elsewhere = seen;
    this.#visibility();
  }

  setAudioOnly(audioOnly: AudioOnly): void {
    this.audioOnly = audioOnly;
    this.#quality.rest();
    this.#peers.receiveVideo(audioOnly === 'no');
    this.#look();
  }

  sessionBack(): void {
    this.#server.sessionBack();
  }

  restartIfBroken(): void {
    this.#peers.restartIfBroken();
    this.#server.restartIfBroken();
  }

  /** On a network again, perhaps another one. */
  restart(): void {
    this.#peers.restart();
    this.#server.restart();
  }

  useSpeaker(id: string | null): void {
    this.#peers.useSpeaker(id);
    this.#server.useSpeaker(id);
  }

  async unblockAudio(): Promise<void> {
    await Promise.all([this.#peers.resumeAudio(), this.#server.resumeAudio()]);
    this.audioBlocked = false;
  }

  /** Out of the room: nothing is left. */
  end(): void {
    clearInterval(this.#settling);
    this.#settling = undefined;
    this.#quality.stop();
    this.#peers.dropAll();
    this.#server.dispose();
    this.#others = [];
    this.#shown = [];
    this.#generation = null;
    this.#linger.reset();
    this.speaker = null;
    this.audioOnly = 'no';
  }

  dispose(): void {
    this.end();
    clearTimeout(this.#hiddenTimer);
    this.#disposed.abort();
  }

  #view(): Viewed[] {
    if (this.#hidden || this.audioOnly !== 'no') return [];
    const people = this.#others.map((person) => {
      const { id, order, self } = person;
      return { id, order, self, sends: sent(person) };
    });
    return viewOf(this.#shown, people, this.speaker);
  }

  #look(): void {
    this.#server.show(this.#view());
  }

  /** Which of somebody's pictures are on and to be seen here. */
  #watched(person: RoomPerson): Picture[] {
    if (this.audioOnly !== 'no') return [];
    // Peers send to whoever is there; slots are for what is seen.
    if (this.route === 'peer_to_peer') return sent(person);
    const seen = this.#view().filter((one) => one.participant === person.id);
    return sent(person).filter((source) => seen.some((one) => one.source === source));
  }

  #settleSoon(): void {
    const both = this.#server.open && (this.#peers.size > 0 || this.route === 'peer_to_peer');
    if (both && this.#settling === undefined) {
      this.#settling = setInterval(() => this.#settle(), SETTLE_EVERY);
    }
    if (!both) {
      clearInterval(this.#settling);
      this.#settling = undefined;
    }
  }

  /** While both ways are up: lets go of the old one when nobody needs it any more. */
  #settle(): void {
    const now = performance.now();
    // Those who never had the old way lose nothing with it.
    const moving = this.#others.filter((person) => person.by[otherWay(this.route)].state !== null);
    const all = moving.every((person) => {
      const arrival = person.by[this.route].arrival(this.#watched(person));
      return arrived(arrival, now);
    });
    if (this.#linger.push(all, now)) {
      this.#linger.reset();
      if (this.route === 'server') this.#peers.dropAll();
      else this.#server.stop();
    }
    this.#server.settleVoices();
    this.#settleSoon();
  }

  #slow(): void {
    if (this.audioOnly === 'no' && this.#others.some((person) => this.#watched(person).length > 0)) {
      this.setAudioOnly('slow');
    }
  }

  #visibility(): void {
    clearTimeout(this.#hiddenTimer);
    const set = (hidden: boolean): void => {
      this.#hidden = hidden;
      this.#look();
    };
    if (document.hidden && !this.#elsewhere) this.#hiddenTimer = setTimeout(() => set(true), HIDDEN_FOR);
    else if (this.#hidden) set(false);
  }
}

/** The pictures that somebody sends. */
function sent({ camera, screen }: RoomPerson): Picture[] {
  return PICTURES.filter((source) => (source === 'camera' ? camera === 'on' : screen === 'shared'));
}
