// A call in a room, from its door to its end, as far as the room decides about it.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Code, Door, Event as Happened, Participant, Reply, RoomSnapshot } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { Call } from './call.svelte';
import { FakeSession, settle } from '../room/fake-session';
import { SEAT_KEPT_FOR, seatOf } from './remembered';
import type { NoticeText } from './types';

vi.mock('../rtc/capture', () => ({
  capture: (kind: string) => Promise.resolve(fakeTrack(kind)),
  listDevices: () => Promise.resolve({ microphones: [], cameras: [], speakers: [] }),
  watchPermission: () => undefined,
  CaptureFailed: class extends Error {},
}));
vi.mock('../rtc/level', async (original) => ({
  ...(await original<object>()),
  meterTrack: () => () => undefined,
}));

// There is nobody at the other end: what becomes of the media is not looked at here.
vi.mock('./media.svelte', () => ({
  Media: class {
    ice = { set: () => undefined };
    constructor() {
      const nothing = (): void => undefined;
      return new Proxy(this, { get: (own, key) => (key === 'ice' ? own.ice : nothing) });
    }
  },
}));

function fakeTrack(kind: string): object {
  const track = { kind, enabled: true, readyState: 'live', getSettings: () => ({}), stop: () => undefined };
  return { ...track, clone: () => track };
}

const ME: Participant = {
  id: 'p_me',
  name: 'Ana',
  order: 2,
  epoch: 0,
  presence: 'connected',
  microphone: 'live',
  camera: 'on',
  screen: 'off',
  joined_at: 2,
};
const BEN: Participant = { ...ME, id: 'p_ben', name: 'Ben', order: 1, joined_at: 1 };

function joined(room: Partial<RoomSnapshot> = {}): Reply {
  return {
    type: 'joined',
    participant: ME.id,
    continuation: 'c_1',
    ice_servers: [],
    room: {
      name: 'café',
      call: 'c_1',
      participants: [ME],
      host: ME.id,
      route: 'peer_to_peer',
      generation: 0,
      settings: { route: 'auto', publishing: 'everybody', entry: 'open' },
      password: false,
      version: 1,
      messages: [],
      chat_version: 0,
      file_bytes: 0,
      ...room,
    },
  };
}

function summary(door: Door, password = false): Reply {
  return { type: 'summary', room: { present: ['Ben'], limit: 9, door, password } };
}

let fake: FakeSession;
let call: Call;

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  fake = new FakeSession();
  call = new Call({ kind: 'room', room: 'café', session: fake.session });
});

afterEach(() => call.dispose());

async function toTheDoor(door: Door, password = false): Promise<void> {
  void call.prepare();
  fake.connect();
  await fake.answer('look', summary(door, password));
}

async function inside(room: Partial<RoomSnapshot> = {}): Promise<void> {
  await toTheDoor('open');
  void call.join('Ana');
  await fake.answer('join', joined(room));
}

function happens(event: Happened, version: number): void {
  fake.event(event, 'room', version);
}

const notices = (): NoticeText[] =>
  call.notices.list.map((shown) => {
    const { id, ...notice } = shown;
    expect(id).toBeGreaterThan(0);
    return notice;
  });

describe('the door', () => {
  it.each<[Door, Code]>([
    ['locked', 'room_locked'],
    ['removed', 'removed'],
    ['closed', 'room_not_open'],
  ])('%s says so at once, with the devices put away', async (door, code) => {
    await toTheDoor(door);
    await settle();
    expect(call.phase).toEqual({ kind: 'refused', code });
    expect([call.devices.camera.kind, call.devices.microphone.kind]).toEqual(['off', 'off']);
    const back = call.back();
    await fake.answer('look', summary('open'));
    await back;
    expect(call.phase).toEqual({ kind: 'before' });
    expect(call.devices.camera.kind, 'the camera at a door that is open again').toBe('on');
  });

  it('asks for the password, keeps what was typed for the next session, and says when it is wrong', async () => {
    await toTheDoor('open', true);
    expect(call.door?.needsPassword).toBe(true);
    void call.join('Ana', 'wrong');
    expect(fake.asked('join')).toMatchObject({ password: 'wrong' });
    await fake.answer('join', new CommandFailed('password_wrong'));
    expect(call.phase).toEqual({ kind: 'before' });
    expect(call.door?.problem).toBe('wrong');
    void call.join('Ana', 'right');
    expect(call.door?.problem, 'while it is tried').toBeNull();
    fake.connect();
    expect(fake.asked('join')).toMatchObject({ password: 'right' });
    await fake.answer('join', joined());
    expect(call.phase.kind).toBe('in_call');
  });

  it('asks for a password that was set meanwhile', async () => {
    await toTheDoor('open');
    void call.join('Ana');
    expect(fake.asked('join')).not.toHaveProperty('password');
    await fake.answer('join', new CommandFailed('password_required'));
    expect([call.phase.kind, call.door?.needsPassword, call.door?.problem]).toEqual([
      'before',
      true,
      'missing',
    ]);
  });
});

describe('a knock', () => {
  async function knocking(): Promise<void> {
    await toTheDoor('lobby');
    void call.join('Ana');
    await fake.answer('join', new CommandFailed('knock_first'));
  }

  it('is made where one has to, and leads in when the host says so', async () => {
    await knocking();
    expect(call.phase.kind).toBe('knocking');
    expect(fake.asked('knock')).toEqual({ type: 'knock', room: 'café', name: 'Ana' });
    await fake.answer('knock', { type: 'done' });
    fake.event({ type: 'knock_answered', answer: 'admitted' });
    expect(call.phase.kind).toBe('joining');
    await fake.answer('join', joined());
    expect(call.phase.kind).toBe('in_call');
  });

  it('is made again by a new session, and goes on from an answer that comes before it', async () => {
    await knocking();
    await fake.answer('knock', { type: 'done' });
    fake.connect();
    expect(fake.count('knock')).toBe(2);
    fake.event({ type: 'knock_answered', answer: 'opened' });
    await fake.answer('join', joined());
    await fake.answer('knock', { type: 'done' });
    expect(call.phase.kind).toBe('in_call');
  });

  it.each([
    ['refused', { kind: 'turned_away' }],
    ['locked', { kind: 'refused', code: 'room_locked' }],
  ] as const)('that is %s ends, with the devices put away', async (answer, phase) => {
    await knocking();
    fake.event({ type: 'knock_answered', answer });
    expect(call.phase).toEqual(phase);
    expect(call.devices.camera.kind).toBe('off');
  });

  it('can be taken back, and what is said of it then changes nothing', async () => {
    await knocking();
    const stopped = call.stopKnocking();
    expect(call.phase.kind).toBe('before');
    await fake.answer('stop_knocking', { type: 'done' });
    await fake.answer('look', summary('lobby'));
    await stopped;
    fake.event({ type: 'knock_answered', answer: 'admitted' });
    expect(call.phase.kind).toBe('before');
  });

  it('at a lobby that is full is refused', async () => {
    await knocking();
    await fake.answer('knock', new CommandFailed('lobby_full'));
    expect(call.phase).toEqual({ kind: 'refused', code: 'lobby_full' });
  });
});

describe('inside', () => {
  it('the host is who the server says, and hears of knocks', async () => {
    await inside({ participants: [BEN, ME], host: BEN.id, knocks: [] });
    expect(call.roster.host).toBe(false);
    happens({ type: 'host_changed', host: ME.id }, 2);
    expect(call.roster.host).toBe(true);
    expect(notices()).toEqual([{ kind: 'room', what: { type: 'host', name: 'Ana', mine: true } }]);
    fake.event({ type: 'knocks_changed', knocks: [{ id: 'p_v', name: 'Vera', since: 5 }] });
    expect(call.host.told).toEqual(['Vera']);
    happens({ type: 'host_changed', host: BEN.id }, 3);
    expect(call.host.knocks).toEqual([]);
  });

  it('mutes itself when the host says so, and turns itself on again', async () => {
    await inside({ participants: [BEN, ME], host: BEN.id });
    expect(call.devices.microphone.kind).toBe('on');
    fake.event({ type: 'muted' });
    expect(call.devices.microphone.kind).toBe('muted');
    expect(call.devices.microphoneTrack?.enabled).toBe(false);
    expect(notices()).toEqual([{ kind: 'room', what: { type: 'muted_by_host' } }]);
    fake.event({ type: 'muted' });
    expect(call.devices.microphone.kind, 'muted a second time').toBe('muted');
    await call.own.toggleMicrophone();
    expect(call.devices.microphone.kind).toBe('on');
  });

  it('hands stand in order, and others are told of', async () => {
    await inside({ participants: [BEN, ME], host: BEN.id });
    void call.toggleHand();
    expect(fake.asked('set_hand')).toEqual({ type: 'set_hand', raised: true });
    happens({ type: 'participant_changed', participant: { ...ME, hand: 20 } }, 2);
    expect(notices()).toEqual([]);
    happens({ type: 'participant_changed', participant: { ...BEN, hand: 10 } }, 3);
    happens({ type: 'participant_changed', participant: { ...BEN, hand: 10, microphone: 'muted' } }, 4);
    expect(notices()).toEqual([{ kind: 'hand_raised', names: ['Ben'] }]);
    expect(call.roster.people.map(({ handPlace }) => handPlace)).toEqual([1, 2]);
    void call.toggleHand();
    expect(fake.asked('set_hand')).toEqual({ type: 'set_hand', raised: false });
  });

  it('a reaction has no version: nothing is missed by it', async () => {
    await inside({ participants: [BEN, ME], host: BEN.id });
    fake.event({ type: 'reacted', participant: BEN.id, reaction: 'heart' }, 'room');
    expect(call.others[0]?.reactions.map(({ reaction }) => reaction)).toEqual(['heart']);
    happens({ type: 'password_changed', password: true }, 2);
    expect(call.host.password).toBe(true);
    expect(fake.count('snapshot')).toBe(0);
  });

  it.each([
    ['removed', 'removed'],
    ['ended', 'ended'],
    ['lost', 'out'],
  ] as const)('whoever is %s is out', async (reason, why) => {
    await inside();
    happens({ type: 'participant_left', participant: ME.id, reason }, 2);
    expect(call.phase).toEqual({ kind: 'ended', reason: why });
    expect(call.devices.camera.kind).toBe('off');
  });

  it('ends for all, or goes alone where one is host no more', async () => {
    await inside({ participants: [BEN, ME] });
    const ended = call.endForAll();
    expect(call.phase).toEqual({ kind: 'ended', reason: 'ended' });
    await fake.answer('end_room', new CommandFailed('not_host'));
    await fake.answer('leave', { type: 'done' });
    await ended;
    expect(fake.sent.slice(-2).map(({ type }) => type)).toEqual(['end_room', 'leave']);
    expect(call.phase, 'nothing has ended for the others').toEqual({ kind: 'ended', reason: 'left' });
  });

  it('a word for all that is lost does not lead out who is in again', async () => {
    await inside({ participants: [BEN, ME] });
    const ended = call.endForAll();
    void call.rejoin();
    await settle();
    await settle();
    await fake.answer('join', joined({ participants: [BEN, ME] }));
    await ended;
    expect(call.phase.kind).toBe('in_call');
    expect(fake.count('leave')).toBe(0);
  });
});

describe('coming in again', () => {
  const devices = (): string[] => [call.devices.camera.kind, call.devices.microphone.kind];
  const seat = { continuation: 'c_0', name: 'Ana', microphone: 'muted', camera: 'off' } as const;

  function opensAgain(): void {
    call.dispose();
    fake = new FakeSession();
    call = new Call({ kind: 'room', room: 'café', session: fake.session });
    void call.prepare();
    fake.connect();
  }

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('from the end page turns on what was on, and nothing else', async () => {
    await inside();
    await call.devices.toggleCamera();
    await call.devices.toggleMicrophone();
    void call.leave();
    expect(devices()).toEqual(['off', 'off']);
    const again = call.rejoin();
    await settle();
    await fake.answer('join', joined());
    await again;
    expect(fake.asked('join')).toMatchObject({ camera: 'off', microphone: 'muted' });
    expect(devices()).toEqual(['off', 'muted']);
  });

  it('after a room that was ended for nobody does so, too', async () => {
    await inside({ participants: [BEN, ME] });
    await call.devices.toggleCamera();
    const ended = call.endForAll();
    await fake.answer('end_room', new CommandFailed('not_host'));
    await fake.answer('leave', { type: 'done' });
    await ended;
    void call.rejoin();
    await settle();
    await fake.answer('join', joined());
    expect(devices()).toEqual(['off', 'on']);
  });

  it('within a moment leads back as who one was, past the door', async () => {
    await inside();
    await call.devices.toggleMicrophone();
    opensAgain();
    expect(call.phase.kind).toBe('joining');
    expect(fake.asked('join')).toMatchObject({ continuation: 'c_1' });
    await settle();
    expect(devices()).toEqual(['on', 'muted']);
  });

  it('after that leads to the door, and nobody is inside unasked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await inside();
    call.dispose();
    vi.setSystemTime(Date.now() + SEAT_KEPT_FOR);
    opensAgain();
    expect(call.phase.kind).toBe('before');
    expect(fake.count('join')).toBe(0);
    void call.join('Ana');
    expect(fake.asked('join')).not.toHaveProperty('continuation');
  });

  it('finds a seat that was said to be taken a moment before a crash, and not one of long ago', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    call.dispose();
    fake = new FakeSession();
    call = new Call({ kind: 'room', room: 'café', session: fake.session });
    await inside();
    vi.advanceTimersByTime(SEAT_KEPT_FOR * 3);
    expect(seatOf('café').get()).toMatchObject({ continuation: 'c_1' });
    void call.leave();
    vi.advanceTimersByTime(SEAT_KEPT_FOR);
    expect(seatOf('café').get(), 'of who has left').toBeNull();
    seatOf('café').set(seat);
    vi.setSystemTime(Date.now() - SEAT_KEPT_FOR);
    expect(seatOf('café').get(), 'by a clock that was set back').toBeNull();
  });

  it('is kept by the page that is left, on its way back into the call, too', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    seatOf('café').set(seat);
    void call.prepare();
    vi.setSystemTime(Date.now() + SEAT_KEPT_FOR - 1);
    dispatchEvent(new Event('pagehide'));
    vi.setSystemTime(Date.now() + SEAT_KEPT_FOR - 1);
    expect(seatOf('café').get()).toEqual(expect.objectContaining(seat));
    await settle();
  });

  it('from another window brings the call back here, whenever one asks for it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
    await inside();
    await call.devices.toggleCamera();
    fake.replaced();
    expect(call.phase).toEqual({ kind: 'ended', reason: 'replaced' });
    expect(seatOf('café').get(), 'of a page that only says so').toBeNull();
    vi.setSystemTime(Date.now() + SEAT_KEPT_FOR);
    await call.rejoin();
    expect(reload).toHaveBeenCalledOnce();
    expect(seatOf('café').get()).toMatchObject({ continuation: 'c_1', camera: 'off', microphone: 'on' });
  });
});
