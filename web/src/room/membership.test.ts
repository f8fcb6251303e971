// Being in a room: coming in as who one was, and hearing everything once and in order.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command, Event, MediaPath, Reply, RoomSnapshot } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession, settle } from './fake-session';
import { Membership } from './membership';
import type { Coming } from './membership';

const EVENT: Event = { type: 'password_changed', password: true };

function room(version: number, call = 'c_1'): RoomSnapshot {
  return {
    name: 'café',
    call,
    participants: [],
    host: null,
    route: 'peer_to_peer',
    generation: 0,
    settings: { route: 'auto', publishing: 'everybody', entry: 'open' },
    password: false,
    version,
    messages: [],
    chat_version: 0,
    file_bytes: 0,
  };
}

const joined = (continuation: string): Reply => ({
  type: 'joined',
  participant: 'p_me',
  continuation,
  room: room(1),
  ice_servers: [],
});

const command = (continuation: string | null, media: MediaPath): Command => ({
  type: 'join',
  room: 'café',
  name: 'Ana',
  microphone: 'live',
  camera: 'on',
  media,
  ...(continuation === null ? {} : { continuation }),
});

const coming = (more: Partial<Coming> = {}): Coming => ({
  command,
  media: 'kept',
  still: () => true,
  inside: false,
  ...more,
});

let fake: FakeSession;
let taken: [number, boolean][];
let happened: Event[];
let said: number[];
let membership: Membership;

beforeEach(() => {
  fake = new FakeSession();
  taken = [];
  happened = [];
  said = [];
  membership = new Membership(fake.session, {
    take: ({ version }, sameCall) => taken.push([version, sameCall]),
    happened: (event) => happened.push(event),
    said: (_, version) => said.push(version),
    chatVersion: () => said.at(-1) ?? 0,
  });
});

describe('coming in', () => {
  it('is as who one was, and keeps what proves it for the next time', async () => {
    membership.continuation = 'earlier';
    const came = membership.join(coming(), vi.fn());
    expect(fake.asked('join')).toMatchObject({ continuation: 'earlier', media: 'kept' });
    await fake.answer('join', joined('later'));
    expect((await came)?.participant).toBe('p_me');
    expect([membership.continuation, membership.selfId]).toEqual(['later', 'p_me']);
  });

  it('is as somebody new where what proved it is worth nothing any more', async () => {
    membership.continuation = 'earlier';
    const forgotten = vi.fn();
    const came = membership.join(coming(), forgotten);
    await fake.answer('join', new CommandFailed('continuation_invalid'));
    expect(forgotten).toHaveBeenCalledOnce();
    expect(fake.asked('join')).toMatchObject({ media: 'fresh' });
    expect(fake.asked('join')).not.toHaveProperty('continuation');
    await fake.answer('join', joined('later'));
    expect(await came).not.toBeNull();
  });

  it.each([
    ['room_full', false],
    ['removed', true],
    ['rate_limited', false],
  ] as const)('is refused with %s, and not tried again', async (code, inside) => {
    const came = membership.join(coming({ inside }), vi.fn());
    const refused = expect(came).rejects.toMatchObject({ code });
    await fake.answer('join', new CommandFailed(code));
    await refused;
    expect(fake.count('join')).toBe(1);
  });

  it('waits for a server that is busy, for who is inside already', async () => {
    vi.useFakeTimers();
    try {
      const came = membership.join(coming({ inside: true }), vi.fn());
      const answered = fake.answer('join', new CommandFailed('rate_limited'));
      await vi.advanceTimersByTimeAsync(1_000);
      await answered;
      expect(fake.count('join')).toBe(2);
      const second = fake.answer('join', joined('later'));
      await vi.advanceTimersByTimeAsync(1);
      await second;
      expect(await came).not.toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what happens', () => {
  beforeEach(() => membership.take(room(3)));

  it('happens once, in order', () => {
    for (const version of [2, 3, 4, 4, 5]) membership.event(EVENT, 'room', version);
    expect(happened).toHaveLength(2);
    expect(fake.sent).toEqual([]);
  });

  it('is asked for as a whole where something is missing, once', async () => {
    for (const version of [5, 6, 7]) membership.event(EVENT, 'room', version);
    expect(happened).toEqual([]);
    expect(fake.count('snapshot')).toBe(1);
    await fake.answer('snapshot', { type: 'snapshot', room: room(7) });
    membership.event(EVENT, 'room', 8);
    expect(happened).toHaveLength(1);
    expect(taken).toEqual([
      [3, false],
      [7, true],
    ]);
  });

  it('is asked for again where the answer did not come', async () => {
    membership.event(EVENT, 'room', 5);
    await fake.answer('snapshot', new CommandFailed('session_lost'));
    await settle();
    membership.event(EVENT, 'room', 6);
    expect(fake.count('snapshot')).toBe(2);
  });

  it('of the chat has an order of its own', () => {
    const message = { id: 'm_1', from: 'p_b', name: 'Ben', text: 'hi', at: 1 };
    for (const version of [1, 1, 2]) membership.event({ type: 'message_said', message }, 'chat', version);
    expect(said).toEqual([1, 2]);
    membership.event({ type: 'message_said', message }, 'chat', 4);
    expect(fake.count('snapshot')).toBe(1);
  });

  it('in another call of the room is another one', () => {
    membership.take(room(4, 'c_2'));
    membership.take(room(5, 'c_2'));
    membership.forget();
    membership.take(room(6, 'c_2'));
    expect(taken.map(([, same]) => same)).toEqual([false, false, true, false]);
    expect(membership.continuation).toBeNull();
  });
});
