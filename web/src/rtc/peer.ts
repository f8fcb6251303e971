// One pair's RTCPeerConnection: perfect negotiation with roles from the server, queued candidates, ICE restart.
// Knows neither rooms nor sessions; signals go in and out as values.
//
// Microphone and camera have a section each, which both sides send in, from the start. What is shared has a section of
// each side's own, opened when there is something to send for the first time, and kept: it is quiet in between.

import type { Signal, Source, TrackLabel } from '../protocol/generated';
import { fromWire, toWire } from './candidates';
import { SCREEN_BITRATE } from './simulcast';

export type PeerState = 'connecting' | 'connected' | 'reconnecting' | 'failed';

export interface PeerOptions {
  /** The polite one yields when both offer at once, and makes the first offer. */
  polite: boolean;
  iceServers: RTCIceServer[];
  /** All media over TURN. */
  relayOnly: boolean;
  send(signal: Signal): void;
  onReceiver(source: Source, receiver: RTCRtpReceiver): void;
  onState(state: PeerState): void;
  /**
   * The other side has put its twin away and built another one, as may happen when the room's media has gone
   * another way in between: this one is of no use any more. An offer begins the next one's negotiation.
   */
  onNewTwin(offer: Signal | null): void;
  /** How long the polite one's first offer may take, ms. Without: as long as it likes. */
  offerWithin?: number;
  /** ICE is about to start, or to restart: servers with fresh credentials, if these are old. */
  freshIceServers(): Promise<RTCIceServer[] | null>;
  /** It does not come about, or restarting did not help; told again and again while it is so. */
  onBeyondRepair(): void;
  /** How much longer than at first it is hoped for, as a factor. */
  patience?: number;
}

const KINDS = { microphone: 'audio', camera: 'video', screen: 'video', screen_audio: 'audio' } as const;
/** In the order in which they stand in the first offer. */
const FROM_THE_START = ['microphone', 'camera'] as const satisfies Source[];
/** In sections of one's own, from their first track on. */
const SHARED = ['screen', 'screen_audio'] as const satisfies Source[];
const BITRATES: Partial<Record<Source, number>> = { camera: 2_500_000, screen: SCREEN_BITRATE };
/** From `disconnected` to a restart: most of these mend themselves at once. */
const RESTART_AFTER = 1_000;
const RESTART_AGAIN_AFTER = 5_000;
/** From the beginning, or the first failure, to peers built anew. The polite one goes first, so that it happens once. */
const GIVE_UP_AFTER = { polite: 20_000, impolite: 30_000 };

export class Peer {
  readonly connection: RTCPeerConnection;
  #options: PeerOptions;
  #sources = new Map<RTCRtpTransceiver, Source>();
  /** Those of the sections that the other side alone sends in. */
  #theirs = new Set<RTCRtpTransceiver>();
  #announced = new Set<RTCRtpTransceiver>();
  #tracks: Partial<Record<Source, MediaStreamTrack | null>> = {};
  #makingOffer = false;
  #ignoringOffer = false;
  #early: RTCIceCandidateInit[] = [];
  /** Whoever has waited for the other one for long has credentials that TURN takes no more: new ones come first. */
  #ready: Promise<void>;
  /** Signals one after another: each step waits for the browser. */
  #queue: Promise<void>;
  #everConnected = false;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #giveUpTimer: ReturnType<typeof setTimeout> | undefined;
  #offerTimer: ReturnType<typeof setTimeout> | undefined;
  /** The other side's RTCPeerConnection, by the session id of its descriptions. */
  #twin: string | null = null;
  #receivesVideo = true;
  #closed = false;

  constructor(options: PeerOptions, tracks: Partial<Record<Source, MediaStreamTrack | null>>) {
    this.#options = options;
    this.#tracks = { ...tracks };
    this.connection = new RTCPeerConnection({
      iceServers: options.iceServers,
      bundlePolicy: 'max-bundle',
      iceTransportPolicy: options.relayOnly ? 'relay' : 'all',
    });
    this.#ready = this.#renewServers();
    this.#queue = this.#ready;
    this.connection.onnegotiationneeded = () => void this.#offer();
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) options.send({ type: 'candidate', candidate: toWire(candidate) });
    };
    this.connection.onconnectionstatechange = () => this.#follow();
    if (options.polite) {
      for (const source of FROM_THE_START) this.#addTransceiver(source);
      this.#share();
    } else if (options.offerWithin !== undefined) {
      this.#offerTimer = setTimeout(() => options.onBeyondRepair(), options.offerWithin);
    }
    this.#giveUpLater();
    options.onState('connecting');
  }

  /** Sends this track for the source from now on, or nothing. Negotiates what is shared for the first time alone. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[source] = track;
    // What has no section yet begins with the first description of the other side.
    if (this.#options.polite || this.#twin !== null) this.#share();
    for (const [transceiver, of] of this.#sources) {
      const own = of === source && !this.#theirs.has(transceiver);
      if (own && transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track);
    }
  }

  /** Whether the other side's pictures are wanted. It stops sending what is not. */
  receiveVideo(wanted: boolean): void {
    this.#receivesVideo = wanted;
    for (const transceiver of this.#sources.keys()) {
      const direction = this.#direction(transceiver);
      if (transceiver.currentDirection !== null && transceiver.direction !== direction) {
        transceiver.direction = direction;
      }
    }
  }

  /** A signal of this generation from the other side. */
  receive(signal: Signal): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      if (signal.type === 'candidate') await this.#candidate(fromWire(signal.candidate));
      else await this.#description({ type: signal.kind, sdp: signal.sdp }, signal.tracks);
    });
    // One bad signal must not keep the next ones out.
    this.#queue = this.#queue.catch((error: unknown) => {
      if (!this.#closed) console.warn('a signal could not be used', error);
    });
    return this.#queue;
  }

  /** Looks for a new path. */
  async restart(): Promise<void> {
    if (this.#closed) return;
    await this.#renewServers();
    // Closed while it waited for the servers.
    if (this.connection.signalingState !== 'closed') this.connection.restartIce();
  }

  /** Restarts if the path is in doubt, as after a change of network. */
  async restartIfBroken(): Promise<void> {
    const state = this.connection.connectionState;
    if (state === 'disconnected' || state === 'failed') await this.restart();
  }

  dispose(): void {
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#giveUpTimer);
    clearTimeout(this.#offerTimer);
    const connection = this.connection;
    connection.onnegotiationneeded = connection.onicecandidate = connection.onconnectionstatechange = null;
    connection.close();
  }

  #direction(transceiver: RTCRtpTransceiver): RTCRtpTransceiverDirection {
    const source = this.#sources.get(transceiver) ?? 'microphone';
    const receives = KINDS[source] === 'audio' || this.#receivesVideo;
    if (this.#theirs.has(transceiver)) return receives ? 'recvonly' : 'inactive';
    return receives && !isShared(source) ? 'sendrecv' : 'sendonly';
  }

  #addTransceiver(source: Source): void {
    const track = this.#tracks[source] ?? null;
    const maxBitrate = BITRATES[source];
    const transceiver = this.connection.addTransceiver(track ?? KINDS[source], {
      direction:
        isShared(source) || (KINDS[source] === 'video' && !this.#receivesVideo) ? 'sendonly' : 'sendrecv',
      ...(maxBitrate === undefined ? {} : { sendEncodings: [{ maxBitrate }] }),
    });
    this.#sources.set(transceiver, source);
  }

  /** Opens the sections for what is shared that are not there yet. */
  #share(): void {
    if (this.#closed) return;
    for (const source of SHARED) {
      const open = [...this.#sources].some(([one, of]) => of === source && !this.#theirs.has(one));
      if (!open && this.#tracks[source]) this.#addTransceiver(source);
    }
  }

  async #renewServers(): Promise<void> {
    const servers = await this.#options.freshIceServers().catch(() => null);
    if (!servers || this.connection.signalingState === 'closed') return;
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers: servers });
  }

  async #offer(): Promise<void> {
    await this.#ready;
    if (this.connection.signalingState === 'closed') return;
    try {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      if (!this.#closed) console.warn('no offer could be made', error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #description(description: RTCSessionDescriptionInit, tracks: TrackLabel[]): Promise<void> {
    const connection = this.connection;
    const offer = description.type === 'offer';
    const twin = sessionOf(description.sdp ?? '');
    if (this.#twin !== null && twin !== null && twin !== this.#twin) {
      const { sdp = '' } = description;
      this.#options.onNewTwin(offer ? { type: 'description', kind: 'offer', sdp, tracks } : null);
      return;
    }
    clearTimeout(this.#offerTimer);
    const collision = offer && (this.#makingOffer || connection.signalingState !== 'stable');
    this.#ignoringOffer = collision && !this.#options.polite;
    if (this.#ignoringOffer) return;
    // An answer to an offer that has been taken back meanwhile.
    if (!offer && connection.signalingState !== 'have-local-offer') return;
    await connection.setRemoteDescription(description);
    this.#twin = twin;
    this.#label(tracks);
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (!offer) return;
    await this.#fill();
    await connection.setLocalDescription();
    this.#sendDescription();
    this.#share();
  }

  /** Learns what the other side's sections carry, and shows their tracks. */
  #label(tracks: TrackLabel[]): void {
    for (const { mid, source } of tracks) {
      const transceiver = this.connection.getTransceivers().find((one) => one.mid === mid);
      if (!transceiver) continue;
      if (isShared(source)) {
        if (!this.#sources.has(transceiver)) this.#theirs.add(transceiver);
        // They name what is one's own as well; nothing comes in it.
        else if (!this.#theirs.has(transceiver)) continue;
      }
      this.#sources.set(transceiver, source);
      if (this.#announced.has(transceiver)) continue;
      this.#announced.add(transceiver);
      this.#options.onReceiver(source, transceiver.receiver);
    }
  }

  /** Sends in the sections that the other side has opened. */
  async #fill(): Promise<void> {
    for (const [transceiver, source] of this.#sources) {
      const direction = this.#direction(transceiver);
      if (transceiver.direction === direction) continue;
      transceiver.direction = direction;
      if (isShared(source)) continue;
      await transceiver.sender.replaceTrack(this.#tracks[source] ?? null);
      await limitBitrate(transceiver.sender, BITRATES[source]);
    }
  }

  async #candidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.connection.remoteDescription) await this.#addCandidate(candidate);
    else this.#early.push(candidate);
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      // Candidates of an ignored offer, or of the ICE before a restart, have nowhere to go.
      if (!this.#ignoringOffer && !this.#closed) console.debug('a candidate was of no use', error);
    }
  }

  #sendDescription(): void {
    const description = this.connection.localDescription;
    if (!description || (description.type !== 'offer' && description.type !== 'answer')) return;
    const tracks: TrackLabel[] = [];
    for (const [transceiver, source] of this.#sources) {
      if (transceiver.mid !== null) tracks.push({ mid: transceiver.mid, source });
    }
    this.#options.send({ type: 'description', kind: description.type, sdp: description.sdp, tracks });
  }

  #follow(): void {
    const state = this.connection.connectionState;
    switch (state) {
      case 'connected':
        this.#everConnected = true;
        clearTimeout(this.#restartTimer);
        clearTimeout(this.#giveUpTimer);
        this.#giveUpTimer = undefined;
        this.#options.onState('connected');
        return;
      case 'disconnected':
      case 'failed':
        this.#options.onState(this.#everConnected ? 'reconnecting' : 'failed');
        this.#restartSoon(state === 'failed' ? 0 : RESTART_AFTER);
        this.#giveUpLater();
        return;
      case 'new':
      case 'connecting':
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  /** Until there is a connection: what was said of it may have been lost on its way. */
  #giveUpLater(): void {
    const { polite, patience = 1 } = this.#options;
    this.#giveUpTimer ??= setTimeout(
      () => {
        this.#giveUpTimer = undefined;
        this.#giveUpLater();
        this.#options.onBeyondRepair();
      },
      patience * (polite ? GIVE_UP_AFTER.polite : GIVE_UP_AFTER.impolite),
    );
  }

  #restartSoon(after: number): void {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      if (this.connection.connectionState === 'connected') return;
      void this.restart();
      this.#restartSoon(RESTART_AGAIN_AFTER);
    }, after);
  }
}

/** The session id of a description (RFC 8866, 5.2): the same for as long as its RTCPeerConnection lives. */
export function sessionOf(sdp: string): string | null {
  return /^o=\S+ (\d+) /m.exec(sdp)?.[1] ?? null;
}

function isShared(source: Source): boolean {
  return source === 'screen' || source === 'screen_audio';
}

async function limitBitrate(sender: RTCRtpSender, maxBitrate: number | undefined): Promise<void> {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding || maxBitrate === undefined) return;
  encoding.maxBitrate = maxBitrate;
  // Before the first negotiation is through some browsers refuse; the default is a good one.
  await sender.setParameters(parameters).catch(() => undefined);
}
