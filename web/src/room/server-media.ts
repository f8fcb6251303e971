// The way over the media server: says what is to be seen, and gives what the slots carry to whom it belongs.

import type { Code, SlotLabel, Source, Viewed } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';
import type { Slot } from '../rtc/handover';
import type { PeerState } from '../rtc/peer';
import { MOST_VIDEO_SLOTS } from '../rtc/server-connection';
import type { OwnTracks } from '../rtc/server-connection';
import { OfferRefused, ServerPath } from '../rtc/server-path';
import { Voice } from '../rtc/voice';
import type { IceServers } from './ice';
import { PICTURES, SOUNDS } from './incoming';
import type { Known } from './incoming';
import type { RoomPerson } from './person';

/** From one word about what is seen to the next: of a layout that is moving not every step is told. */
const VIEW_EVERY = 150;
/** After a refusal that is none of ours. */
const VIEW_AGAIN_AFTER = 1_000;

export interface ServerMediaOptions {
  session: Session;
  ice: IceServers;
  relayOnly: boolean;
  tracks: () => OwnTracks;
  speakerId: () => string | null;
  audioBlocked: () => void;
  /** Whether a slot that is nobody's may sound: not while the same voices may come another way. */
  alone: () => boolean;
}

export class ServerMedia {
  #options: ServerMediaOptions;
  #path: ServerPath | null = null;
  #people: RoomPerson[] = [];
  #slots: Slot[] = [];
  #used = new WeakSet<RTCRtpReceiver>();
  #voices = new Map<RTCRtpReceiver, Voice>();
  #view: Viewed[] = [];
  #told: string | null = null;
  #toldAt = -VIEW_EVERY;
  #ready = false;
  #viewTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ServerMediaOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#path !== null;
  }

  get connection(): RTCPeerConnection | null {
    return this.#path?.connection ?? null;
  }

  /** @param likely how many pictures will be shown, as far as that is known */
  start(likely: number): void {
    if (this.#path) return;
    const { session, ice, relayOnly } = this.#options;
    this.#ready = false;
    this.#path = new ServerPath(
      {
        iceServers: () => ice.servers,
        relayOnly,
        freshIceServers: () => ice.fresh(),
        offer: async (fresh, sdp, tracks) => {
          try {
            const reply = await session.command({ type: 'media_offer', fresh, sdp, tracks });
            if (reply.type === 'media_answer') return reply.sdp;
          } catch (error) {
            throw new OfferRefused(refusalOf(error));
          }
          throw new OfferRefused('other');
        },
        onState: (state) => this.#tellState(state),
        onFresh: () => {
          this.#ready = true;
          this.#told = null;
          this.#sendView();
        },
        onSlots: (slots) => {
          this.#slots = slots;
          this.#assign();
        },
      },
      this.#options.tracks(),
      Math.max(this.#view.length, Math.min(likely, MOST_VIDEO_SLOTS)),
    );
  }

  /** The way is not needed any more. */
  stop(): void {
    if (!this.#path) return;
    this.dispose();
    this.#options.session.command({ type: 'media_close' }).catch(() => undefined);
  }

  dispose(): void {
    clearTimeout(this.#viewTimer);
    this.#path?.dispose();
    this.#path = null;
    this.#ready = false;
    this.#told = null;
    this.#slots = [];
    for (const person of this.#people) person.by.server.clear();
    for (const voice of this.#voices.values()) voice.dispose();
    this.#voices.clear();
  }

  reconcile(others: RoomPerson[]): void {
    for (const person of this.#people) if (!others.includes(person)) person.by.server.clear();
    this.#people = others;
    if (this.#path) this.#tellState(this.#path.state);
    this.#assign();
  }

  setTrack(source: Source, track: MediaStreamTrack | null): void {
    this.#path?.setTrack(source, track);
  }

  /** What is to be seen from now on. */
  show(view: Viewed[]): void {
    this.#view = view.slice(0, MOST_VIDEO_SLOTS);
    this.#sendViewIn(Math.max(0, this.#toldAt + VIEW_EVERY - performance.now()));
  }

  slotsAssigned(slots: SlotLabel[]): void {
    this.#path?.assign(slots);
  }

  layersWanted(source: Source, rids: string[]): void {
    this.#path?.setLayers(source, rids);
  }

  lost(): void {
    this.#path?.lost();
  }

  /** The room's media is forwarded elsewhere. */
  moved(): void {
    this.#path?.moved();
  }

  /** In the room by another session: whether the server still knows this connection is seen by its answer. */
  sessionBack(): void {
    this.#path?.sessionBack();
    this.#told = null;
    this.#sendView();
  }

  restart(): void {
    this.#path?.restart();
  }

  restartIfBroken(): void {
    this.#path?.restartIfBroken();
  }

  useSpeaker(id: string | null): void {
    for (const voice of this.#voices.values()) void voice.useSpeaker(id);
  }

  async resumeAudio(): Promise<void> {
    await Promise.all([...this.#voices.values()].map((voice) => voice.resume()));
  }

  /** Slots that are nobody's sound, or not. */
  settleVoices(): void {
    const heard = new Set(this.#people.flatMap(({ by }) => SOUNDS.map((source) => by.server[source].it)));
    const alone = this.#options.alone();
    for (const voice of this.#voices.values()) {
      // What an earlier connection still brings is heard over the current one, too.
      if (!heard.has(voice)) voice.muted = !alone || !this.#path?.has(voice.receiver);
    }
  }

  #sendViewIn(ms: number): void {
    clearTimeout(this.#viewTimer);
    this.#viewTimer = setTimeout(() => this.#sendView(), ms);
  }

  #sendView(): void {
    const path = this.#path;
    if (!path || !this.#ready) return;
    const videos = this.#view;
    const text = JSON.stringify(videos);
    if (text === this.#told) return;
    this.#told = text;
    this.#toldAt = performance.now();
    path.setVideoSlots(videos.length);
    this.#options.session.command({ type: 'view', videos }).catch((error: unknown) => {
      if (path !== this.#path || this.#told !== text) return;
      const refusal = refusalOf(error);
      if (refusal === 'media_unknown') path.lost();
      if (refusal !== 'other') return;
      this.#told = null;
      this.#sendViewIn(VIEW_AGAIN_AFTER);
    });
  }

  #tellState(state: PeerState): void {
    for (const person of this.#people) person.by.server.setState(state);
  }

  /** Gives each slot to its person, and takes away what is no longer theirs. */
  #assign(): void {
    const slotOf = (person: RoomPerson, source: Source): Slot | undefined =>
      this.#slots.findLast(({ label }) => label.source === source && label.participant === person.id);
    // Taken away everywhere before it is given to anybody.
    for (const person of this.#people) {
      for (const source of PICTURES) {
        const slot = slotOf(person, source);
        const arriving = person.by.server[source];
        // What brings the same already takes its place without a moment of nothing.
        if (arriving.it !== (slot?.receiver ?? null) && !slot?.delivers) arriving.set(null);
      }
      for (const source of SOUNDS) {
        const slot = slotOf(person, source);
        const arriving = person.by.server[source];
        if ((arriving.it?.receiver ?? null) !== (slot?.receiver ?? null) && !slot?.delivers)
          arriving.set(null);
      }
    }
    for (const voice of [...this.#voices.values()]) this.#forgetUnlessAlive(voice);
    for (const person of this.#people) {
      for (const source of PICTURES) {
        const slot = slotOf(person, source);
        const arriving = person.by.server[source];
        if (slot && arriving.it !== slot.receiver) arriving.set(slot.receiver, this.#use(slot));
      }
      for (const source of SOUNDS) {
        const slot = slotOf(person, source);
        if (slot) person.by.server[source].set(this.#voiceOf(slot.receiver), this.#use(slot));
      }
    }
    this.settleVoices();
  }

  /** What is known of the receiver; from now on it has carried something. */
  #use({ receiver, delivers }: Slot): Known {
    const used = this.#used.has(receiver);
    this.#used.add(receiver);
    return delivers ? 'delivers' : used ? 'used' : 'new';
  }

  #voiceOf(receiver: RTCRtpReceiver): Voice {
    let voice = this.#voices.get(receiver);
    if (!voice) {
      const { speakerId, audioBlocked, alone } = this.#options;
      voice = new Voice(receiver, speakerId(), !alone(), audioBlocked);
      this.#voices.set(receiver, voice);
    }
    return voice;
  }

  /** Slots of a connection that has been closed are silent for ever. */
  #forgetUnlessAlive(voice: Voice): void {
    if (voice.receiver.track.readyState === 'live') return;
    this.#voices.delete(voice.receiver);
    voice.dispose();
  }
}

function refusalOf(error: unknown): 'media_unknown' | 'session_lost' | 'other' {
  const code: Code | 'session_lost' = error instanceof CommandFailed ? error.code : 'internal';
  if (code === 'media_unknown') return 'media_unknown';
  // Without a seat there is nothing to offer to; the join that follows says when there is.
  return code === 'session_lost' || code === 'not_in_room' ? 'session_lost' : 'other';
}
