// What a peer does with sections: microphone and camera from the start, what is shared when there is something to share.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Signal, Source } from '../protocol/generated';
import { Peer } from './peer';
import type { PeerOptions } from './peer';

interface Section {
  mid: string | null;
  kind: string;
  direction: string;
  currentDirection: string | null;
  sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void> };
  receiver: { track: { kind: string } };
}

class FakeConnection {
  static latest: FakeConnection;
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: unknown = null;
  onnegotiationneeded: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  sections: Section[] = [];
  /** Given after it was made. */
  servers: unknown[] = [];

  constructor() {
    FakeConnection.latest = this;
  }

  addTransceiver(of: string | { kind: string }, init: { direction: string }): Section {
    const section = this.#section(typeof of === 'string' ? of : of.kind, init.direction, null);
    section.sender.track = typeof of === 'string' ? null : of;
    return section;
  }

  /** As an offer of the other side opens them. */
  theirs(kinds: Record<string, string>): void {
    for (const [mid, kind] of Object.entries(kinds)) this.#section(kind, 'recvonly', mid);
  }

  getTransceivers(): Section[] {
    return this.sections;
  }

  setLocalDescription(): Promise<void> {
    this.sections.forEach((section, index) => (section.mid ??= String(index)));
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    this.localDescription = { type, sdp: 'o=- 1 2 IN IP4 0.0.0.0\n' };
    return Promise.resolve();
  }

  setRemoteDescription({ type }: { type: string }): Promise<void> {
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    this.remoteDescription = {};
    return Promise.resolve();
  }

  getConfiguration(): object {
    return { bundlePolicy: 'max-bundle' };
  }

  setConfiguration(configuration: { iceServers: unknown }): void {
    this.servers.push(configuration.iceServers);
  }

  change(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  restartIce(): void {}

  close(): void {
    this.signalingState = 'closed';
  }

  #section(kind: string, direction: string, mid: string | null): Section {
    const sender = {
      track: null as unknown,
      replaceTrack: (track: unknown) => Promise.resolve(void (sender.track = track)),
      getParameters: () => ({ encodings: [] }),
    };
    const receiver = { track: { kind } };
    const section = { mid, kind, direction, currentDirection: null, sender, receiver };
    this.sections.push(section);
    return section;
  }
}

const SCREEN = { kind: 'video' } as MediaStreamTrack;
const NOTE = { kind: 'audio' } as MediaStreamTrack;
const FIRST = { '0': 'microphone', '1': 'camera' } as const;

describe('a peer', () => {
  let sent: Signal[];
  let received: Source[];
  let beyondRepair: number;

  const build = (polite: boolean, tracks = {}, more: Partial<PeerOptions> = {}): Peer =>
    new Peer(
      {
        polite,
        iceServers: [],
        relayOnly: false,
        send: (signal) => sent.push(signal),
        onReceiver: (source) => received.push(source),
        onState: () => undefined,
        onNewTwin: () => undefined,
        freshIceServers: () => Promise.resolve(null),
        onBeyondRepair: () => (beyondRepair += 1),
        ...more,
      },
      tracks,
    );
  const description = (kind: 'offer' | 'answer', sources: Record<string, Source>): Signal => ({
    type: 'description',
    kind,
    sdp: 'o=- 7 2 IN IP4 0.0.0.0\n',
    tracks: Object.entries(sources).map(([mid, source]) => ({ mid, source })),
  });
  const sections = (): string[] =>
    FakeConnection.latest.sections.map(({ kind, direction, sender }) => {
      return `${kind} ${direction}${sender.track ? ' sends' : ''}`;
    });
  const negotiate = async (): Promise<void> => {
    FakeConnection.latest.onnegotiationneeded?.();
    await vi.waitFor(() => expect(FakeConnection.latest.signalingState).toBe('have-local-offer'));
  };

  beforeEach(() => {
    [sent, received, beyondRepair] = [[], [], 0];
    vi.stubGlobal('RTCPeerConnection', FakeConnection);
  });

  it('opens a section of its own for a screen, once', async () => {
    const peer = build(true);
    await negotiate();
    await peer.receive(description('answer', FIRST));
    await peer.setTrack('screen', SCREEN);
    await peer.setTrack('screen_audio', NOTE);
    const shared = ['video sendonly sends', 'audio sendonly sends'];
    expect(sections()).toEqual(['audio sendrecv', 'video sendrecv', ...shared]);
    await peer.setTrack('screen', null);
    await peer.setTrack('screen_audio', null);
    expect(sections().slice(2)).toEqual(['video sendonly', 'audio sendonly']);
    await peer.setTrack('screen', SCREEN);
    expect(sections().slice(2)).toEqual(['video sendonly sends', 'audio sendonly']);
  });

  it('has what is shared already in the first offer, and after the first answer', async () => {
    build(true, { screen: SCREEN });
    expect(sections()).toHaveLength(3);
    const other = build(false, { screen: SCREEN });
    expect(sections()).toEqual([]);
    FakeConnection.latest.theirs({ '0': 'audio', '1': 'video' });
    await other.receive(description('offer', FIRST));
    expect(sections()).toEqual(['audio sendrecv', 'video sendrecv', 'video sendonly sends']);
    expect(sent.at(-1)).toMatchObject({ kind: 'answer', tracks: [{ mid: '0' }, { mid: '1' }] });
  });

  it("receives the other's screen, and sends its own beside it", async () => {
    const peer = build(false);
    FakeConnection.latest.theirs({ '0': 'audio', '1': 'video', '2': 'video' });
    await peer.receive(description('offer', { ...FIRST, '2': 'screen' }));
    expect(received).toEqual(['microphone', 'camera', 'screen']);
    await peer.setTrack('screen', SCREEN);
    expect(sections()).toEqual([
      'audio sendrecv',
      'video sendrecv',
      'video recvonly',
      'video sendonly sends',
    ]);
    await negotiate();
    await peer.receive(description('answer', { ...FIRST, '2': 'screen', '3': 'screen' }));
    expect(received, "nothing comes in what is one's own").toEqual(['microphone', 'camera', 'screen']);
  });

  it('wants no pictures, and goes on sending its own', async () => {
    const peer = build(false, { screen: SCREEN });
    FakeConnection.latest.theirs({ '0': 'audio', '1': 'video', '2': 'video' });
    await peer.receive(description('offer', { ...FIRST, '2': 'screen' }));
    for (const section of FakeConnection.latest.sections) section.currentDirection = section.direction;
    peer.receiveVideo(false);
    expect(sections()).toEqual([
      'audio sendrecv',
      'video sendonly',
      'video inactive',
      'video sendonly sends',
    ]);
    peer.receiveVideo(true);
    expect(sections()[2]).toBe('video recvonly');
  });

  it.each([
    ['offers', true],
    ['answers', false],
  ] as const)('%s with fresh servers, if those at hand are old', async (_does, polite) => {
    let bring: (servers: RTCIceServer[]) => void = () => undefined;
    const peer = build(polite, {}, { freshIceServers: () => new Promise((resolve) => (bring = resolve)) });
    const connection = FakeConnection.latest;
    if (polite) connection.onnegotiationneeded?.();
    else void peer.receive(description('offer', FIRST));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent, 'before they are there').toEqual([]);
    bring([{ urls: 'turn:fresh' }]);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(connection.servers).toEqual([[{ urls: 'turn:fresh' }]]);
  });

  it.each([
    ['polite', true, 20_000],
    ['impolite', false, 30_000],
  ] as const)('that is %s and never comes about says so, and again', (_who, polite, after) => {
    vi.useFakeTimers();
    const peer = build(polite, {}, { patience: 2 });
    vi.advanceTimersByTime(2 * after - 1);
    expect(beyondRepair).toBe(0);
    vi.advanceTimersByTime(1);
    expect(beyondRepair).toBe(1);
    vi.advanceTimersByTime(2 * after);
    expect(beyondRepair).toBe(2);
    FakeConnection.latest.change('connected');
    vi.advanceTimersByTime(10 * after);
    expect(beyondRepair).toBe(2);
    FakeConnection.latest.change('failed');
    vi.advanceTimersByTime(2 * after);
    expect(beyondRepair, 'broken later').toBe(3);
    peer.dispose();
    vi.advanceTimersByTime(10 * after);
    expect(beyondRepair, 'of what is gone').toBe(3);
    vi.useRealTimers();
  });
});
