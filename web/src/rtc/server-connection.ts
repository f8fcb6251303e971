// One RTCPeerConnection with the media server: own tracks in sections that send, slots in sections that receive.
// Makes offers and takes answers; when to make them, and what to do when they fail, is the server path's business.

import type { Source, TrackLabel } from '../protocol/generated';
import { encodingsFor, labelsFor, layerCount, refit, SCREEN_BITRATE } from './simulcast';
import type { Size } from './simulcast';

export type OwnTracks = Partial<Record<Source, MediaStreamTrack | null>>;

export const AUDIO_SLOTS = 3;
export const MOST_VIDEO_SLOTS = 25;

const KINDS = { microphone: 'audio', camera: 'video', screen: 'video', screen_audio: 'audio' } as const;
const SOURCES: Source[] = ['microphone', 'camera', 'screen', 'screen_audio'];
/** Parameters that a browser refuses: when they are tried again, and how often. */
const TRY_AGAIN_AFTER = 200;
const MOST_TRIES = 20;
/** Of a camera that does not say, as some do until their first picture: what was asked for. */
const UNKNOWN_SIZE: Size = { width: 1280, height: 720 };
/**
 * All that every participant understands. A section that names everything a browser can is 6 kB long, and a
 * description with 25 of them does not fit into a frame.
 */
const CODECS = { audio: ['audio/opus'], video: ['video/vp8', 'video/rtx'] };
/** What programs send besides: one form of it, by which browsers decode all that are sent. */
const TAKEN = ['video/h264'];
const FORM = /packetization-mode=1.*profile-level-id=42e0|profile-level-id=42e0.*packetization-mode=1/;

export class ServerConnection {
  readonly connection: RTCPeerConnection;
  #own = new Map<Source, RTCRtpTransceiver>();
  #videoSlots = 0;
  /** Which rids of a source are looked at; not named: nobody has said yet. */
  #wanted = new Map<Source, string[]>();
  /** Of the camera's latest track: while it is off nothing else is told. */
  #size = UNKNOWN_SIZE;
  #fitting = new Map<Source, Promise<void>>();
  /** How often in a row a source's parameters were refused. */
  #refused = new Map<Source, number>();
  /** What a section was opened with. */
  #rids = new Map<Source, (string | undefined)[]>();

  constructor(configuration: RTCConfiguration) {
    this.connection = new RTCPeerConnection({ ...configuration, bundlePolicy: 'max-bundle' });
    this.#open('microphone', null);
    for (let slot = 0; slot < AUDIO_SLOTS; slot += 1) this.#slot('audio');
  }

  /** Whether the section that there is for the camera cannot carry this track as it should be. */
  outgrownBy(source: Source, track: MediaStreamTrack | null): boolean {
    const rids = this.#rids.get(source);
    return source === 'camera' && !!track && !!rids && layerCount(sizeOf(track)) > rids.length;
  }

  /** Sends this track for the source, or nothing. Returns whether an offer has to tell of it. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<boolean> {
    const transceiver = this.#own.get(source);
    if (!transceiver) {
      // A section begins with the first track that there is for it.
      if (track) this.#open(source, track);
      return track !== null;
    }
    if (transceiver.sender.track === track) return false;
    const before = this.#label(source);
    if (source === 'camera' && track) this.#size = sizeOf(track);
    await transceiver.sender.replaceTrack(track);
    await this.#fit(source);
    return JSON.stringify(before) !== JSON.stringify(this.#label(source));
  }

  /** As many slots for video as are shown. They do not become fewer. Returns whether an offer is due. */
  setVideoSlots(count: number): boolean {
    const wanted = Math.min(count, MOST_VIDEO_SLOTS);
    if (wanted <= this.#videoSlots) return false;
    for (; this.#videoSlots < wanted; this.#videoSlots += 1) this.#slot('video');
    return true;
  }

  /** The layers of an own track that anybody looks at. */
  async setLayers(source: Source, rids: string[]): Promise<void> {
    this.#wanted.set(source, rids);
    await this.#fit(source);
  }

  /** The receiver behind a slot. */
  receiver(mid: string): RTCRtpReceiver | null {
    return this.connection.getTransceivers().find((one) => one.mid === mid)?.receiver ?? null;
  }

  async offer(restart: boolean): Promise<{ sdp: string; tracks: TrackLabel[] }> {
    const { connection } = this;
    // An offer that was never answered is taken back by the next one.
    if (connection.signalingState === 'have-local-offer') {
      await connection.setLocalDescription({ type: 'rollback' });
    }
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: restart }));
    const tracks = SOURCES.flatMap((source) => this.#label(source) ?? []);
    return { sdp: connection.localDescription?.sdp ?? '', tracks };
  }

  async answer(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    // Before the first answer browsers take no parameters.
    for (const source of this.#own.keys()) await this.#fit(source);
  }

  close(): void {
    this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  #open(source: Source, track: MediaStreamTrack | null): void {
    const init: RTCRtpTransceiverInit = { direction: 'sendonly' };
    if (source === 'camera' && track) {
      this.#size = sizeOf(track);
      init.sendEncodings = encodingsFor(this.#size);
    }
    if (source === 'screen') init.sendEncodings = [{ maxBitrate: SCREEN_BITRATE }];
    const transceiver = this.connection.addTransceiver(track ?? KINDS[source], init);
    preferCodecs(transceiver, KINDS[source]);
    this.#own.set(source, transceiver);
    this.#rids.set(
      source,
      (init.sendEncodings ?? [{}]).map(({ rid }) => rid),
    );
  }

  #slot(kind: 'audio' | 'video'): void {
    preferCodecs(this.connection.addTransceiver(kind, { direction: 'recvonly' }), kind, TAKEN);
  }

  /** What the server is told of an own track; null if there is nothing to tell. */
  #label(source: Source): TrackLabel | null {
    const transceiver = this.#own.get(source);
    const mid = transceiver?.mid ?? null;
    // A camera that is off comes back in a moment. What is shared no more is gone, and with it its place in the ears.
    const gone = (source === 'screen' || source === 'screen_audio') && !transceiver?.sender.track;
    if (mid === null || gone) return null;
    const rids = this.#rids.get(source);
    const layers = source === 'camera' && rids ? labelsFor(this.#size, rids) : [];
    return { mid, source, ...(layers.length > 0 ? { layers } : {}) };
  }

  /**
   * Brings the encodings in line with the size of the picture and with what is looked at. One after the other:
   * browsers refuse parameters while earlier ones are still being set.
   */
  #fit(source: Source): Promise<void> {
    const turn = (this.#fitting.get(source) ?? Promise.resolve()).then(() => this.#setParameters(source));
    this.#fitting.set(source, turn);
    return turn;
  }

  async #setParameters(source: Source): Promise<void> {
    const sender = this.#own.get(source)?.sender;
    if (!sender || KINDS[source] === 'audio' || this.connection.signalingState === 'closed') return;
    const parameters = sender.getParameters();
    const { encodings } = parameters;
    const wanted = this.#wanted.get(source);
    const layers = source === 'camera' ? refit(this.#size, encodings.length).layers : null;
    for (const [index, encoding] of encodings.entries()) {
      const layer = layers?.[index];
      if (layer) {
        encoding.scaleResolutionDownBy = layer.scale;
        encoding.maxBitrate = layer.maxBitrate;
      }
      const rests = layers !== null && !layer;
      encoding.active = !rests && (wanted === undefined || wanted.includes(encoding.rid ?? ''));
    }
    try {
      await sender.setParameters(parameters);
      this.#refused.delete(source);
    } catch (error) {
      // While a negotiation is on its way browsers refuse; what was wanted is wanted still.
      console.debug('layers not set', error);
      const times = (this.#refused.get(source) ?? 0) + 1;
      this.#refused.set(source, times);
      if (times <= MOST_TRIES) setTimeout(() => void this.#fit(source), TRY_AGAIN_AFTER);
    }
  }
}

export function sizeOf(track: MediaStreamTrack): Size {
  const { width, height } = track.getSettings();
  return width && height ? { width, height } : UNKNOWN_SIZE;
}

function preferCodecs(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video', besides: string[] = []): void {
  const capabilities = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const codecs = capabilities.filter(({ mimeType, sdpFmtpLine }) => {
    const name = mimeType.toLowerCase();
    return CODECS[kind].includes(name) || (besides.includes(name) && FORM.test(sdpFmtpLine ?? ''));
  });
  // Older browsers name everything.
  if (codecs.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(codecs);
}
