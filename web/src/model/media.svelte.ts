// The media of a call, as pages show it: its state is reactive.

import type { MediaRoute } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { RoomMedia } from '../room/media';
import type { AudioOnly } from '../room/media';
import type { Devices } from './devices.svelte';
import type { OwnScreen } from './screen.svelte';

export interface MediaOptions {
  session: Session;
  devices: Devices;
  screen: OwnScreen;
  /** Whether one may send anything. */
  maySend: () => boolean;
}

export class Media extends RoomMedia {
  route = $state<MediaRoute>('peer_to_peer');
  speaker = $state<string | null>(null);
  audioOnly = $state<AudioOnly>('no');
  audioBlocked = $state(false);

  constructor({ session, devices, screen, maySend }: MediaOptions) {
    super({
      session,
      // A switch for support: whether a network's trouble is the direct path.
      relayOnly: new URLSearchParams(location.search).has('relay'),
      speakerId: () => devices.speakerId,
      tracks: () => {
        if (!maySend()) return { microphone: null, camera: null, screen: null, screen_audio: null };
        return {
          microphone: devices.microphoneTrack,
          camera: devices.previewTrack,
          screen: screen.video,
          screen_audio: screen.audio,
        };
      },
    });
  }
}
