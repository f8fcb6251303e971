// What peers ask of the server when one of them does not come about. The peers themselves are not looked at here.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { PeerOptions } from '../rtc/peer';
import { FakeSession } from './fake-session';
import { IceServers } from './ice';
import { Peers } from './peers';
import type { RoomPerson } from './person';

const built = vi.hoisted((): PeerOptions[] => []);
vi.mock('../rtc/peer', () => ({
  Peer: class {
    constructor(options: PeerOptions) {
      built.push(options);
    }
    dispose(): void {}
  },
}));

function person(id: string, order: number): RoomPerson {
  const by = { peer_to_peer: { setState: () => undefined, clear: () => undefined } };
  return { id, order, epoch: 0, feed: null, by } as unknown as RoomPerson;
}

let fake: FakeSession;
let peers: Peers;
let me: RoomPerson;
let ben: RoomPerson;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  built.length = 0;
  fake = new FakeSession();
  peers = new Peers({
    session: fake.session,
    ice: new IceServers(fake.session),
    relayOnly: false,
    tracks: () => ({ microphone: null, camera: null, screen: null, screen_audio: null }),
    speakerId: () => null,
    audioBlocked: () => undefined,
  });
  [me, ben] = [person('p_me', 2), person('p_ben', 1)];
  peers.want(true);
  peers.reconcile(me, [ben]);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const latest = (): PeerOptions => {
  const options = built.at(-1);
  if (!options) throw new Error('no peer was built');
  return options;
};

async function refused(what: Command['type']): Promise<void> {
  const answered = fake.answer(what, new CommandFailed('try_again'));
  await vi.advanceTimersByTimeAsync(0);
  await answered;
  await vi.advanceTimersByTimeAsync(5_000);
}

/** As the server tells of it: the pair is of another generation. */
function anew(): void {
  me.epoch += 1;
  peers.reconcile(me, [ben]);
}

describe('a peer that does not come about', () => {
  it('is asked to be built anew until the server does it', async () => {
    latest().onBeyondRepair();
    await refused('renew_media');
    expect(fake.count('renew_media')).toBe(2);
    latest().onBeyondRepair();
    expect(fake.count('renew_media')).toBe(2);
    anew();
    await refused('renew_media');
    expect(fake.count('renew_media'), 'of a peer that is gone').toBe(2);
    latest().onBeyondRepair();
    expect(fake.count('renew_media')).toBe(3);
  });

  it('is waited for longer each time, and not longer than before once it has come about', () => {
    const patience = [latest().patience];
    for (let times = 0; times < 5; times += 1) {
      anew();
      patience.push(latest().patience);
    }
    expect(patience).toEqual([1, 2, 4, 8, 16, 16]);
    latest().onState('connected');
    anew();
    expect(latest().patience).toBe(1);
  });
});

it('what is said to the other side is said again where it was not passed on', async () => {
  latest().send({ type: 'description', kind: 'offer', sdp: 'v=0', tracks: [] });
  await refused('signal');
  expect(fake.count('signal')).toBeGreaterThan(1);
  expect(fake.asked('signal')).toMatchObject({ to: ben.id, generation: 0, signal: { sdp: 'v=0' } });
});
