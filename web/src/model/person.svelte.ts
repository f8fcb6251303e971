// Somebody in the room, oneself included, as pages show them: what is known of them is reactive.

import type { Participant, Reaction } from '../protocol/generated';
import { RoomPerson } from '../room/person';
import type { Sound } from '../room/incoming';
import type { PeerState } from '../rtc/peer';
import type { Quality } from '../rtc/statistics';

export class Person extends RoomPerson {
  name = $state('');
  microphone = $state<Participant['microphone']>('absent');
  camera = $state<Participant['camera']>('absent');
  screen = $state<Participant['screen']>('off');
  presence = $state<Participant['presence']>('connected');
  media = $state<PeerState>('connecting');
  quality = $state<Quality>('good');
  speaking = $state(false);
  hand = $state<number | null>(null);
  handPlace = $state<number | null>(null);
  /** What floats over their picture right now. */
  reactions = $state.raw<{ id: number; reaction: Reaction }[]>([]);
  videoTrack = $state.raw<MediaStreamTrack | null>(null);
  screenTrack = $state.raw<MediaStreamTrack | null>(null);
  protected volumes = $state<Record<Sound, number>>({ microphone: 1, screen_audio: 1 });

  constructor(participant: Participant, self: boolean) {
    super(participant.id, self);
    this.update(participant);
  }
}
