// Somebody in the room: the same as in the web client, kept in plain fields whose changes are told.

import type { Participant as WireParticipant } from '../../web/src/protocol/generated';
import type { Sound } from '../../web/src/room/incoming';
import { RoomPerson } from '../../web/src/room/person';
import type { PeerState } from '../../web/src/rtc/peer';
import type { Quality } from '../../web/src/rtc/statistics';
import type { Shown } from '../../web/src/room/view';
import type { Participant, ParticipantChange, PictureSource } from './types';

/** What a person needs of the room. */
export interface Surrounding {
  changed(person: Person, what: ParticipantChange): void;
  /** A picture is shown here, in this size; or no more. */
  shown(by: object, tile: Shown | null): void;
}

interface State {
  name: string;
  microphone: WireParticipant['microphone'];
  camera: WireParticipant['camera'];
  screen: WireParticipant['screen'];
  media: PeerState;
  quality: Quality;
  speaking: boolean;
  hand: number | null;
  videoTrack: MediaStreamTrack | null;
  screenTrack: MediaStreamTrack | null;
}

const TOLD: Record<keyof State, ParticipantChange> = {
  name: 'name',
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  media: 'connection',
  quality: 'quality',
  speaking: 'speaking',
  hand: 'hand',
  videoTrack: 'track',
  screenTrack: 'track',
};

export class Person extends RoomPerson implements Participant {
  presence: WireParticipant['presence'] = 'connected';
  handPlace: number | null = null;
  protected volumes: Record<Sound, number> = { microphone: 1, screen_audio: 1 };
  #surrounding: Surrounding;
  #attached = new Set<() => void>();
  #begun = false;
  #state: State = {
    name: '',
    microphone: 'absent',
    camera: 'absent',
    screen: 'off',
    media: 'connecting',
    quality: 'good',
    speaking: false,
    hand: null,
    videoTrack: null,
    screenTrack: null,
  };

  constructor(participant: WireParticipant, self: boolean, surrounding: Surrounding) {
    super(participant.id, self);
    this.#surrounding = surrounding;
    this.update(participant);
    this.#begun = true;
  }

  get name(): string {
    return this.#state.name;
  }
  set name(name) {
    this.#set('name', name);
  }
  get microphone(): WireParticipant['microphone'] {
    return this.#state.microphone;
  }
  set microphone(microphone) {
    this.#set('microphone', microphone);
  }
  get camera(): WireParticipant['camera'] {
    return this.#state.camera;
  }
  set camera(camera) {
    this.#set('camera', camera);
  }
  get screen(): WireParticipant['screen'] {
    return this.#state.screen;
  }
  set screen(screen) {
    this.#set('screen', screen);
  }
  get media(): PeerState {
    return this.#state.media;
  }
  set media(media) {
    this.#set('media', media);
  }
  get connection(): PeerState {
    return this.#state.media;
  }
  get quality(): Quality {
    return this.#state.quality;
  }
  set quality(quality) {
    this.#set('quality', quality);
  }
  get speaking(): boolean {
    return this.#state.speaking;
  }
  set speaking(speaking) {
    this.#set('speaking', speaking);
  }
  get hand(): number | null {
    return this.#state.hand;
  }
  set hand(hand) {
    this.#set('hand', hand);
  }
  get videoTrack(): MediaStreamTrack | null {
    return this.#state.videoTrack;
  }
  set videoTrack(track) {
    this.#set('videoTrack', track);
  }
  get screenTrack(): MediaStreamTrack | null {
    return this.#state.screenTrack;
  }
  set screenTrack(track) {
    this.#set('screenTrack', track);
  }

  track(source: PictureSource = 'camera'): MediaStreamTrack | null {
    return source === 'camera' ? this.videoTrack : this.screenTrack;
  }

  override setVolume(volume: number): void;
  override setVolume(of: Sound, volume: number): void;
  override setVolume(of: Sound | number, volume = 1): void {
    if (typeof of === 'string') {
      super.setVolume(of, volume);
      return;
    }
    const bounded = Math.min(1, Math.max(0, of));
    super.setVolume('microphone', bounded);
    super.setVolume('screen_audio', bounded);
  }

  attach(element: HTMLVideoElement, source: PictureSource = 'camera'): () => void {
    const by = {};
    // Sound comes by itself: who is not seen is heard, too.
    Object.assign(element, { autoplay: true, playsInline: true, muted: true });
    let shown: MediaStreamTrack | null = null;
    const show = (): void => {
      const track = this.track(source);
      if (track === shown) return;
      shown = track;
      element.srcObject = track && new MediaStream([track]);
    };
    const measure = (): void => {
      const { clientWidth, clientHeight } = element;
      const width = clientWidth * devicePixelRatio;
      const height = clientHeight * devicePixelRatio;
      this.#surrounding.shown(by, { participant: this.id, source, width, height });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    this.#attached.add(show);
    show();
    measure();
    return () => {
      observer.disconnect();
      this.#attached.delete(show);
      this.#surrounding.shown(by, null);
      if (shown) element.srcObject = null;
    };
  }

  #set<K extends keyof State>(key: K, value: State[K]): void {
    if (this.#state[key] === value) return;
    this.#state[key] = value;
    if (!this.#begun) return;
    if (TOLD[key] === 'track') for (const show of this.#attached) show();
    this.#surrounding.changed(this, TOLD[key]);
  }
}
