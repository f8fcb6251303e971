// The way to the media server when the room's media moves from one server to another: what is shown meanwhile.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlotLabel } from '../protocol/generated';
import type { Slot } from './handover';
import type { PeerState } from './peer';
import { OfferRefused, ServerPath } from './server-path';

class FakeReceiver {
  packets = 0;
  constructor(readonly track: { kind: string }) {}
  getStats(): Promise<Map<string, unknown>> {
    const entry = { type: 'inbound-rtp', packetsReceived: this.packets, framesDecoded: this.packets };
    return Promise.resolve(new Map(this.packets > 0 ? [['1', entry]] : []));
  }
}

class FakeConnection {
  static all: FakeConnection[] = [];
  connectionState = 'new';
  signalingState = 'stable';
  onconnectionstatechange: (() => void) | null = null;
  localDescription = { sdp: 'offer' };
  sections: { mid: string; receiver: FakeReceiver; sender: { track: unknown } }[] = [];

  constructor() {
    FakeConnection.all.push(this);
  }

  addTransceiver(of: string | { kind: string }): unknown {
    const kind = typeof of === 'string' ? of : of.kind;
    const sender = {
      track: typeof of === 'string' ? null : (of as unknown),
      replaceTrack: (track: unknown) => Promise.resolve(void (sender.track = track)),
      getParameters: () => ({ encodings: [] }),
      setParameters: () => Promise.resolve(),
    };
    const section = { mid: String(this.sections.length), receiver: new FakeReceiver({ kind }), sender };
    this.sections.push(section);
    return section;
  }

  getTransceivers(): unknown[] {
    return this.sections;
  }

  getReceivers(): unknown[] {
    return this.sections.map(({ receiver }) => receiver);
  }

  createOffer(): Promise<unknown> {
    return Promise.resolve({});
  }

  setLocalDescription(): Promise<void> {
    return Promise.resolve();
  }

  setRemoteDescription(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.signalingState = this.connectionState = 'closed';
  }

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  receiver(mid: string): FakeReceiver {
    const section = this.sections.find((one) => one.mid === mid);
    if (!section) throw new Error(`no section ${mid}`);
    return section.receiver;
  }
}

interface Offered {
  fresh: boolean;
  resolve: (sdp: string) => void;
  reject: (error: Error) => void;
}

// Of every connection: 0 is the own microphone, 1 to 3 are voices, 4 and 5 pictures.
const ANA: SlotLabel = { mid: '4', participant: 'p_ana', source: 'camera' };
const BEN: SlotLabel = { mid: '5', participant: 'p_ben', source: 'camera' };
const ANAS_VOICE: SlotLabel = { mid: '1', participant: 'p_ana', source: 'microphone' };

describe('a way to the media server', () => {
  let offers: Offered[];
  let slots: Slot[];
  let states: PeerState[];
  let path: ServerPath;

  const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const connection = (at: number): FakeConnection => {
    const found = FakeConnection.all.at(at);
    if (!found) throw new Error(`no connection ${at}`);
    return found;
  };
  const shown = (): string[] =>
    slots.map(({ label, receiver }) => {
      const at = FakeConnection.all.findIndex((one) => one.getReceivers().includes(receiver));
      return `${label.participant} ${label.source} ${at}`;
    });
  const answer = async (): Promise<void> => {
    offers.shift()?.resolve('answer');
    await wait();
  };

  beforeEach(async () => {
    vi.useFakeTimers();
    FakeConnection.all = [];
    vi.stubGlobal('RTCPeerConnection', FakeConnection);
    vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    [offers, slots, states] = [[], [], []];
    path = new ServerPath(
      {
        iceServers: () => [],
        relayOnly: false,
        offer: (fresh) => new Promise((resolve, reject) => offers.push({ fresh, resolve, reject })),
        onState: (state) => states.push(state),
        onFresh: () => undefined,
        onSlots: (all) => (slots = all),
        freshIceServers: () => Promise.resolve(null),
      },
      { microphone: null },
      2,
    );
    await wait();
    await answer();
    connection(0).become('connected');
    path.assign([ANA, BEN, ANAS_VOICE]);
  });

  afterEach(() => {
    path.dispose();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** The second connection is up, and everybody has a slot in it. */
  const takeOver = async (): Promise<void> => {
    path.moved();
    await wait();
    await answer();
    connection(1).become('connected');
    path.assign([ANA, BEN, ANAS_VOICE]);
    await wait();
  };

  it('shows everybody by the earlier connection until the new one brings them, one by one', async () => {
    await takeOver();
    expect(shown()).toEqual(['p_ana camera 0', 'p_ben camera 0', 'p_ana microphone 0']);
    connection(1).receiver('4').packets = 5;
    await wait(100);
    expect(shown()).toEqual(['p_ana camera 1', 'p_ben camera 0', 'p_ana microphone 0']);
    expect(slots.every(({ delivers }) => delivers)).toBe(true);
    expect(connection(0).connectionState).toBe('connected');
    connection(1).receiver('5').packets = 5;
    connection(1).receiver('1').packets = 5;
    await wait(100);
    expect(shown()).toEqual(['p_ana camera 1', 'p_ben camera 1', 'p_ana microphone 1']);
    expect(connection(0).connectionState).toBe('closed');
    expect(states).toEqual(['connecting', 'connected']);
  });

  it('does not wait long for who does not come', async () => {
    await takeOver();
    connection(1).receiver('4').packets = 5;
    await wait(2_900);
    expect(connection(0).connectionState).toBe('connected');
    await wait(200);
    expect(connection(0).connectionState).toBe('closed');
    expect(shown()).toEqual(['p_ana camera 1', 'p_ben camera 1', 'p_ana microphone 1']);
  });

  it('waits for nothing of a connection that is dead', async () => {
    connection(0).become('disconnected');
    await takeOver();
    expect(connection(0).connectionState).toBe('closed');
    expect(shown()).toEqual(['p_ana camera 1', 'p_ben camera 1', 'p_ana microphone 1']);
  });

  it('lets go of a connection that dies meanwhile', async () => {
    await takeOver();
    connection(0).become('disconnected');
    expect(connection(0).connectionState).toBe('closed');
    expect(shown()).toEqual(['p_ana camera 1', 'p_ben camera 1', 'p_ana microphone 1']);
  });

  it('sends nothing over either that has been turned off', async () => {
    const track = { kind: 'audio', getSettings: () => ({}) } as unknown as MediaStreamTrack;
    path.setTrack('microphone', track);
    await wait();
    await takeOver();
    const sent = (): unknown[] => [0, 1].map((at) => connection(at).sections[0]?.sender.track);
    expect(sent()).toEqual([track, track]);
    path.setTrack('microphone', null);
    await wait();
    expect(sent()).toEqual([null, null]);
  });

  it('asks again soon when it is told to, and at once when the media has moved', async () => {
    path.moved();
    await wait();
    offers.shift()?.reject(new OfferRefused('other'));
    await wait(249);
    expect(offers).toHaveLength(0);
    await wait(1);
    expect(offers).toHaveLength(1);
    offers.shift()?.reject(new OfferRefused('other'));
    await wait(100);
    expect(offers).toHaveLength(0);
    path.moved();
    await wait();
    expect(offers.map(({ fresh }) => fresh)).toEqual([true]);
    // Whatever is tried, there is a picture.
    expect(shown()).toEqual(['p_ana camera 0', 'p_ben camera 0', 'p_ana microphone 0']);
    expect(states).toEqual(['connecting', 'connected']);
  });

  it('does not wait for the answer of a server that is gone', async () => {
    path.moved();
    await wait();
    expect(offers).toHaveLength(1);
    path.moved();
    await wait();
    expect(offers).toHaveLength(2);
    // The late answer is to nothing.
    await answer();
    expect(connection(-1).connectionState).toBe('new');
    await answer();
    connection(-1).become('connected');
    expect(path.state).toBe('connected');
  });
});
