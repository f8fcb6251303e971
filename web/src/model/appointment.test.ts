import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  ClientAppointment,
  Engagement,
  OwnAvailability,
  Reply,
  RingEnd,
  RingView,
} from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { LinkAnswer, LinkCode } from './api';
import { Appointment, isBroken } from './appointment.svelte';
import { FakeSession, settle } from '../room/fake-session';
import { attendance } from './remembered';

const { capture } = vi.hoisted(() => ({ capture: vi.fn<(kind: string) => Promise<unknown>>() }));
vi.mock('../rtc/capture', () => ({
  capture,
  listDevices: () => Promise.resolve({ microphones: [], cameras: [], speakers: [] }),
  watchPermission: () => undefined,
  CaptureFailed: class extends Error {},
}));
vi.mock('../rtc/level', async (original) => ({
  ...(await original<object>()),
  meterTrack: () => () => undefined,
}));

const MINUTE = 60_000;
const STARTS = 1_763_708_400_000;
const APPOINTMENT: ClientAppointment = {
  id: 'a_1',
  professional_name: 'Elif Yılmaz',
  professional_title: 'Lawyer',
  name: 'Cem',
  kind: 'client',
  about: 'Contract of sale',
  starts_at: STARTS,
  minutes: 30,
  opens_at: STARTS - 15 * MINUTE,
  closes_at: STARTS + 90 * MINUTE,
  phase: 'open',
  now: STARTS - 10 * MINUTE,
};
const EARLY: ClientAppointment = { ...APPOINTMENT, phase: 'early', now: STARTS - 16 * MINUTE };
const RING: RingView = {
  id: 'r_1',
  purpose: 'appointment',
  appointment: 'a_1',
  caller: { id: 'u_c', name: 'Cem' },
  callee: { id: 'u_e', name: 'Elif Yılmaz' },
  visitor: { id: 'u_c', name: 'Cem' },
  about: 'Contract of sale',
  started_at: 1,
  rings_until: 1,
  accepted_at: 1,
};
const JOINED: Reply = {
  type: 'joined',
  participant: 'p_1',
  continuation: 'seat',
  ice_servers: [],
  room: {
    name: 'call',
    call: 'c_1',
    participants: [
      {
        id: 'p_1',
        name: 'Cem',
        order: 1,
        epoch: 0,
        presence: 'connected',
        microphone: 'live',
        camera: 'on',
        screen: 'off',
        joined_at: 1,
      },
    ],
    route: 'peer_to_peer',
    host: null,
    generation: 0,
    settings: { route: 'auto', publishing: 'everybody', entry: 'open' },
    password: false,
    version: 1,
    messages: [],
    chat_version: 0,
    file_bytes: 0,
  },
};

const attending = (held = false): Engagement => ({ type: 'attending', appointment: 'a_1', since: 5, held });
const inCall: Engagement = { type: 'in_call', ring: RING };

function own(version: number, engagement?: Engagement): OwnAvailability {
  const rest = { online: false, chosen: 'available', status: 'available', missed: false } as const;
  return { ...rest, version, ...(engagement ? { engagement } : {}) };
}

const refused = (code: LinkCode, extra: object = {}): LinkAnswer => ({
  ok: false,
  code,
  retryAfter: null,
  owner: null,
  ...extra,
});

let answers: LinkAnswer[];
let tokens: string[];
let looks: number;
let sessions: FakeSession[];
let steady: number;
let page: Appointment;
let version: number;

const session = (): FakeSession => {
  const last = sessions.at(-1);
  if (!last) throw new Error('no session');
  return last;
};
const captured = (): string[] => capture.mock.calls.map(([kind]) => kind);
const told = (engagement?: Engagement): void =>
  session().event({ type: 'own_changed', own: own(++version, engagement) });
const ended = (end: RingEnd): void => session().event({ type: 'ring_ended', ring: 'r_1', end });

async function open(token: string | null, answer: LinkAnswer): Promise<void> {
  answers = [answer];
  const next = (): Promise<LinkAnswer> => {
    const [first] = answers;
    if (!first) throw new Error('no answer');
    if (answers.length > 1) answers.shift();
    return Promise.resolve(first);
  };
  page = new Appointment(token, {
    enter: (given) => {
      tokens.push(given);
      return next();
    },
    look: () => {
      looks += 1;
      return next();
    },
    session: () => {
      sessions.push(new FakeSession());
      return session().session;
    },
    steady: () => steady,
  });
  page.start();
  // Whatever the clock of the test does.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  expect(page.link.state.kind).not.toBe('loading');
}

function room(engagement?: Engagement): Reply {
  const chat = { messages: [], version: 0 };
  const waiting_room = { person: 'u_c', own: own(++version, engagement), reach: 'here' as const, chat };
  return { type: 'waiting_room', waiting_room };
}

/** The page as it opens by its cookie, in the middle of what is given. */
async function atDoor(engagement?: Engagement): Promise<void> {
  await open(null, { ok: true, value: APPOINTMENT });
  await session().answer('open_waiting_room', room(engagement));
  await settle();
}

async function wait(): Promise<void> {
  await atDoor();
  void page.ready();
  await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
}

async function talk(): Promise<void> {
  await wait();
  told(inCall);
  await session().answer('join_call', JOINED);
}

beforeEach(() => {
  sessionStorage.clear();
  tokens = [];
  looks = 0;
  sessions = [];
  steady = 0;
  version = 0;
  capture.mockReset();
  capture.mockImplementation((kind) =>
    Promise.resolve({
      kind,
      id: kind,
      enabled: true,
      stop: () => undefined,
      getSettings: () => ({}),
      clone: () => ({ stop: () => undefined }),
    }),
  );
});

afterEach(() => {
  page.dispose();
  vi.useRealTimers();
});

describe('a link', () => {
  it('is exchanged once; after that the cookie is asked about', async () => {
    await open('the-token', { ok: true, value: EARLY });
    expect(tokens).toEqual(['the-token']);
    await page.link.ask();
    expect([tokens.length, looks]).toEqual([1, 1]);
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain('the-token');
  });

  it('is tried again with its token where the server could not be reached', async () => {
    await open('the-token', refused('link_invalid', { code: 'unreachable' }));
    expect(page.view.kind).toBe('unreachable');
    answers = [{ ok: true, value: EARLY }];
    dispatchEvent(new Event('online'));
    await settle();
    expect(tokens).toEqual(['the-token', 'the-token']);
    expect(page.view.kind).toBe('early');
  });

  it.each([
    ['link_invalid', { kind: 'invalid' }],
    ['link_needed', { kind: 'needed' }],
    ['link_replaced', { kind: 'ended', end: 'link_replaced' }],
    ['appointment_cancelled', { kind: 'ended', end: 'appointment_cancelled' }],
    ['appointment_over', { kind: 'ended', end: 'appointment_over' }],
  ] as const)('%s has its page, and opens neither session nor device', async (code, view) => {
    await open(null, refused(code));
    expect(page.view).toMatchObject(view);
    expect(sessions).toEqual([]);
    expect(captured()).toEqual([]);
  });

  it('that was tried too often is tried again when the server says so', async () => {
    vi.useFakeTimers();
    await open(null, refused('link_invalid', { code: 'rate_limited', retryAfter: 40 }));
    expect(page.view).toMatchObject({ kind: 'limited', until: Date.now() + 40_000 });
    answers = [{ ok: true, value: EARLY }];
    await vi.advanceTimersByTimeAsync(39_000);
    expect(page.view.kind).toBe('limited');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(page.view.kind).toBe('early');
  });
});

describe('who comes early', () => {
  it('waits by the clock of the server, and is let to the door when it says so', async () => {
    vi.useFakeTimers();
    await open(null, { ok: true, value: EARLY });
    expect(page.view.kind).toBe('early');
    steady = 20_000;
    expect(page.link.time.read()).toBe(EARLY.now + 20_000);
    expect(sessions).toEqual([]);
    await vi.advanceTimersByTimeAsync(MINUTE - 1_000);
    expect(looks).toBe(1);
    answers = [{ ok: true, value: APPOINTMENT }];
    await vi.advanceTimersByTimeAsync(1_500);
    expect(looks).toBe(2);
    expect(sessions).toHaveLength(1);
  });

  it('is told that it was moved', async () => {
    await open(null, { ok: true, value: EARLY });
    answers = [{ ok: true, value: { ...EARLY, starts_at: STARTS + MINUTE } }];
    await page.link.ask();
    expect(page.link.movedFrom).toBe(STARTS);
    page.link.seen();
    expect(page.link.movedFrom).toBeNull();
  });
});

describe('at the door', () => {
  it('one sees how far the professional is, and oneself', async () => {
    await atDoor();
    expect(page.view).toMatchObject({ kind: 'door', appointment: { id: 'a_1' } });
    expect(page.reach).toBe('here');
    expect(captured()).toEqual(['camera', 'microphone']);
    session().event({ type: 'reach_changed', reach: 'in_call' }, 'appointments');
    expect(page.reach).toBe('in_call');
  });

  it('one says that one is ready, and waits', async () => {
    await wait();
    expect(page.view).toMatchObject({ kind: 'waiting', since: 5, held: false });
    expect(attendance.get()).toMatchObject({ appointment: 'a_1', active: true });
  });

  it('whoever comes late is in the call at once', async () => {
    await atDoor();
    void page.ready();
    await session().answer('be_ready', { type: 'own', own: own(++version, inCall) });
    expect(page.view.kind).toBe('call');
    expect(session().asked('join_call')).toMatchObject({ ring: 'r_1', media: 'fresh' });
  });

  it.each(['engaged', 'try_again', 'internal'] as const)('hears why not: %s', async (code) => {
    await atDoor();
    void page.ready();
    await session().answer('be_ready', new CommandFailed(code));
    expect(page.view.kind).toBe('door');
    expect(page.problem).toBe(code);
    expect(attendance.get()?.active).toBe(false);
  });

  it.each(['too_early', 'appointment_over'] as const)('asks the link when it is %s', async (code) => {
    await atDoor();
    answers = [refused('appointment_over')];
    void page.ready();
    await session().answer('be_ready', new CommandFailed(code));
    expect(page.view).toMatchObject({ kind: 'ended', end: 'appointment_over' });
    expect(session().closed).toBe(true);
    expect(page.devices).toBeNull();
  });
});

describe('while one waits', () => {
  beforeEach(wait);

  it('the devices stay open; who stops is out at once, back at the door', () => {
    const { devices } = page;
    expect(devices).not.toBeNull();
    void page.stopWaiting();
    expect(page.view.kind).toBe('door');
    expect(session().asked('leave_waiting_room')).toBeDefined();
    expect(page.devices).toBe(devices);
    expect(attendance.get()?.active).toBe(false);
  });

  it('one is let in by oneself, with the devices one has open', () => {
    const { devices } = page;
    told(inCall);
    expect(page.view.kind).toBe('call');
    expect(page.call?.devices).toBe(devices);
    expect(captured()).toHaveLength(2);
  });

  it('who is let in at the moment they stop hangs up', async () => {
    void page.stopWaiting();
    told(inCall);
    expect(session().asked('join_call')).toMatchObject({ camera: 'off', microphone: 'absent' });
    await session().answer('join_call', JOINED);
    expect(session().asked('leave')).toEqual({ type: 'leave' });
    expect(page.view.kind).toBe('door');
  });

  it('a server that has started anew is told again that one is ready', async () => {
    session().connect();
    await session().answer('open_waiting_room', room());
    await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
    expect(page.view.kind).toBe('waiting');
  });

  it('says again that one is ready until a server that is busy hears it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    try {
      session().connect();
      await session().answer('open_waiting_room', room());
      await session().answer('be_ready', new CommandFailed('try_again'));
      expect(page.problem).toBeNull();
      expect(attendance.get()?.active).toBe(true);
      await vi.advanceTimersByTimeAsync(600);
      await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
      expect(page.view.kind).toBe('waiting');
    } finally {
      vi.useRealTimers();
    }
  });

  it('an outage in which nothing was forgotten changes nothing', async () => {
    session().connect();
    await session().answer('open_waiting_room', room(attending()));
    expect(session().count('be_ready')).toBe(1);
    expect(page.view).toMatchObject({ kind: 'waiting', since: 5 });
  });

  it('the link is taken back: nothing goes on, and the page says so', async () => {
    answers = [refused('link_replaced', { owner: { professional_name: 'Elif', starts_at: STARTS } })];
    session().linkEnded();
    expect(page.view.kind).toBe('loading');
    expect(session().closed).toBe(true);
    await settle();
    expect(page.view).toMatchObject({ kind: 'ended', end: 'link_replaced', owner: { starts_at: STARTS } });
    expect(page.devices).toBeNull();
  });

  it('the appointment is cancelled', async () => {
    answers = [refused('appointment_cancelled')];
    session().event({ type: 'appointment_changed', appointment: 'a_1' }, 'appointments');
    await settle();
    expect(page.view).toMatchObject({ kind: 'ended', end: 'appointment_cancelled' });
  });

  it.each([
    ['the same day: one waits on', APPOINTMENT, 'waiting'],
    ['another day: one comes again', EARLY, 'early'],
  ])('it is moved to %s', async (_, then, kind) => {
    answers = [{ ok: true, value: { ...then, starts_at: STARTS + MINUTE } }];
    session().event({ type: 'appointment_changed', appointment: 'a_1' }, 'appointments');
    await settle();
    expect(page.view.kind).toBe(kind);
    expect(page.link.movedFrom).toBe(STARTS);
    expect(session().closed).toBe(kind === 'early');
  });

  it('the chat is there, and survives an outage', async () => {
    page.chat?.say('On my way');
    const before = session().asked('say_waiting');
    session().connect();
    await settle();
    await session().answer('open_waiting_room', room(attending()));
    expect(session().asked('say_waiting')).toEqual(before);
    expect(session().count('say_waiting')).toBe(2);
  });
});

describe('the call', () => {
  beforeEach(talk);

  it.each(['told before', 'told after'])(
    'one is put on hold, %s what one is in: devices are let go',
    (order) => {
      if (order === 'told after') ended('held');
      told(attending(true));
      if (order === 'told before') ended('held');
      expect(page.view).toMatchObject({ kind: 'waiting', held: true });
      expect(page.cutOff).toBe(false);
      expect(page.devices).toBeNull();
    },
  );

  it('is on again after a hold, with the devices as they were in it', async () => {
    await page.call?.devices.toggleCamera();
    ended('held');
    told(attending(true));
    capture.mockClear();
    told({ type: 'in_call', ring: { ...RING, id: 'r_2' } });
    expect(session().asked('join_call')).toMatchObject({ ring: 'r_2' });
    await settle();
    expect(captured()).toEqual(['microphone']);
  });

  it.each(['told before', 'told after'])(
    'the line of the professional breaks, %s: one waits again',
    (order) => {
      if (order === 'told after') ended('lost');
      told(attending());
      if (order === 'told before') ended('lost');
      expect(page.view).toMatchObject({ kind: 'waiting', held: false });
      expect(page.cutOff).toBe(true);
      expect(page.devices).not.toBeNull();
    },
  );

  it.each(['told before', 'told after'])(
    "one's own seat is lost, %s: straight back into it",
    async (order) => {
      if (order === 'told after') ended('lost');
      told();
      if (order === 'told before') ended('lost');
      await session().answer('be_ready', { type: 'own', own: own(++version, inCall) });
      expect(page.view.kind).toBe('call');
      expect(session().count('join_call')).toBe(2);
      expect(page.cutOff).toBe(false);
    },
  );

  it('a seat that is unknown after an outage is asked for again', async () => {
    session().connect();
    await settle();
    await session().answer('join_call', new CommandFailed('ring_unknown'));
    await session().answer('open_waiting_room', room());
    const { call } = page;
    expect(call?.phase).toEqual({ kind: 'refused', code: 'ring_unknown' });
    if (call) page.callEnded(call);
    await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
    expect(page.view.kind).toBe('waiting');
    expect(page.cutOff).toBe(true);
  });

  it.each(['hung_up', 'interrupted', 'ended_by_admin'] as const)('is over: %s', async (end) => {
    ended(end);
    told();
    expect(page.view).toMatchObject({ kind: 'after', end });
    expect(page.host, 'who of the staff it was with').toBe('Elif Yılmaz');
    expect(page.devices).toBeNull();
    expect(attendance.get()?.active).toBe(false);
    void page.ready();
    await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
    expect(page.view.kind).toBe('waiting');
    expect(page.devices).not.toBeNull();
  });

  it('is closed with the appointment', async () => {
    answers = [refused('appointment_over')];
    ended('closed');
    told();
    await settle();
    expect(page.view).toMatchObject({ kind: 'ended', end: 'appointment_over' });
  });

  it('goes on when its time is over meanwhile; after it that is said', async () => {
    answers = [refused('appointment_over')];
    session().event({ type: 'appointment_changed', appointment: 'a_1' }, 'appointments');
    await settle();
    expect(page.view.kind).toBe('call');
    ended('hung_up');
    expect(page.view).toMatchObject({ kind: 'ended', end: 'appointment_over' });
  });

  it('who leaves it can wait again', async () => {
    const { call } = page;
    void call?.leave();
    if (call) page.callEnded(call);
    expect(page.view).toMatchObject({ kind: 'after', end: 'left' });
    told();
    void page.ready();
    await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
    expect(page.view.kind).toBe('waiting');
    expect(page.devices).not.toBeNull();
  });

  it('who left comes back into the same call while it goes on for others', async () => {
    const { call } = page;
    void call?.leave();
    if (call) page.callEnded(call);
    told();
    void page.ready();
    await session().answer('be_ready', { type: 'own', own: own(++version, inCall) });
    expect(page.view.kind).toBe('call');
  });

  it('is taken over by another device', () => {
    session().replaced();
    expect(page.view).toEqual({ kind: 'elsewhere', what: 'taken' });
    expect(page.call).toBeNull();
  });
});

describe('a page that is opened anew', () => {
  async function again(engagement?: Engagement): Promise<void> {
    dispatchEvent(new Event('pagehide'));
    page.link.dispose();
    capture.mockClear();
    await atDoor(engagement);
  }

  it('waits on, with the devices as they were', async () => {
    await wait();
    await page.devices?.toggleMicrophone();
    await again(attending());
    expect(page.view).toMatchObject({ kind: 'waiting', since: 5 });
    expect(session().count('be_ready')).toBe(0);
    await settle();
    expect(page.devices?.microphone.kind).toBe('muted');
  });

  it('waits again where the server has let go of the place', async () => {
    await wait();
    await again();
    await session().answer('be_ready', { type: 'own', own: own(++version, attending()) });
    expect(page.view.kind).toBe('waiting');
  });

  it('stays at the door when it was left long ago', async () => {
    await wait();
    dispatchEvent(new Event('pagehide'));
    const kept = attendance.get();
    if (kept) attendance.set({ ...kept, leftAt: Date.now() - 61_000 });
    await atDoor();
    expect(page.view.kind).toBe('door');
    expect(session().count('be_ready')).toBe(0);
  });

  it('goes back into the call, with the seat it had', async () => {
    await talk();
    await again(inCall);
    expect(session().asked('join_call')).toMatchObject({ ring: 'r_1', continuation: 'seat' });
  });

  it.each([
    ['waiting', attending()],
    ['call', inCall],
  ] as const)('in another tab says where it goes on: %s', async (what, engagement) => {
    await atDoor(engagement);
    expect(page.view).toEqual({ kind: 'elsewhere', what });
    expect(captured()).toEqual([]);
    void page.continueHere();
    if (what === 'waiting') {
      await session().answer('be_ready', { type: 'own', own: own(++version, engagement) });
    }
    expect(page.view.kind).toBe(what);
  });
});

describe('the end of a call', () => {
  it.each([
    ['interrupted', true],
    ['not_joined', true],
    ['callee_lost', true],
    ['failed', true],
    ['left', false],
    ['hung_up', false],
    ['closed', false],
    ['ended_by_admin', false],
  ] as const)("%s is nobody's doing: %s", (end, broken) => {
    expect(isBroken(end)).toBe(broken);
  });
});
