import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command, Engagement, OwnAvailability, Reply, RingView, Topic } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session, SessionListener } from '../protocol/session';
import { Desk } from './desk.svelte';

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

/** A session that says what the test says. */
class FakeSession {
  readonly link = 'connected';
  readonly sent: Command[] = [];
  readonly connected = true;
  closed = false;
  #listeners = new Set<Partial<SessionListener>>();
  #waiting: { command: Command; resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];

  listen(listener: Partial<SessionListener>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  command(command: Command): Promise<Reply> {
    this.sent.push(command);
    return new Promise((resolve, reject) => this.#waiting.push({ command, resolve, reject }));
  }

  connect(): void {
    for (const listener of this.#listeners) listener.opened?.();
  }

  hide(): void {
    this.closed = true;
  }

  close(): void {
    this.closed = true;
  }

  event(event: Parameters<SessionListener['event']>[0], topic: Topic = 'direct', version?: number): void {
    for (const listener of [...this.#listeners]) listener.event?.(event, topic, version);
  }

  async answer(type: Command['type'], reply: Reply | CommandFailed): Promise<void> {
    const at = this.#waiting.findIndex(({ command }) => command.type === type);
    const [one] = this.#waiting.splice(at, 1);
    if (at < 0 || !one) throw new Error(`nobody asked for ${type}`);
    if (reply instanceof CommandFailed) one.reject(reply);
    else one.resolve(reply);
    await settle();
  }

  asked(type: Command['type']): Command | undefined {
    return this.sent.filter((command) => command.type === type).at(-1);
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const SAID = { name: 'Vera', about: 'windscreen' };
const RING: RingView = {
  id: 'r_1',
  purpose: 'desk',
  caller: { id: 'u_v', name: 'Vera' },
  callee: { id: 'u_1', name: 'Ana' },
  visitor: { id: 'u_v', name: 'Vera' },
  about: 'windscreen',
  started_at: 1,
  rings_until: 30_001,
};

function own(version: number, engagement?: Engagement): OwnAvailability {
  const rest = { online: false, chosen: 'available', status: 'available', missed: false } as const;
  return { ...rest, version, ...(engagement ? { engagement } : {}) };
}

const waiting = (position: number, queue_version: number): Engagement => ({
  type: 'waiting',
  desk: { id: 'd_1', slug: 'help', name: 'Help' },
  position,
  since: 1,
  queue_version,
});

function snapshot(engagement?: Engagement): Reply {
  return {
    type: 'desk',
    desk: {
      id: 'd_1',
      slug: 'help',
      name: 'Help',
      about: '',
      representatives: [{ id: 'u_1', name: 'Ana', title: '', status: 'available', version: 1 }],
      waiting: 0,
      openings: [],
    },
    own: own(0, engagement),
  };
}

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
        name: 'Vera',
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

let session: FakeSession;
let desk: Desk;

async function open(engagement?: Engagement): Promise<void> {
  session = new FakeSession();
  desk = new Desk('help', session as unknown as Session);
  desk.start();
  await session.answer('watch_desk', snapshot(engagement));
}

const captured = (): string[] => capture.mock.calls.map(([kind]) => kind);

beforeEach(async () => {
  sessionStorage.clear();
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
  await open();
});

describe('a visitor', () => {
  it('sees who is free, and opens no device for it', () => {
    expect(desk.view).toMatchObject({ kind: 'open' });
    expect([desk.status, desk.free]).toEqual(['free', 1]);
    expect(captured()).toEqual([]);
  });

  it('is ringing from the press on, with their own devices open', async () => {
    const pressed = desk.ring(RING.callee, SAID);
    expect(desk.view).toMatchObject({ kind: 'calling', ring: null, name: 'Ana' });
    // While it is asked for, not after the answer.
    await vi.waitFor(() => expect(captured()).toContain('camera'));
    expect(session.asked('call_desk')).toEqual({ type: 'call_desk', representative: 'u_1', ...SAID });
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    await pressed;
    expect(desk.view).toMatchObject({ kind: 'calling', ring: RING });
    expect(captured()).toEqual(['camera', 'microphone']);
  });

  it('goes on ringing, whatever is told late of the time before', async () => {
    void desk.ring(RING.callee, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'own_changed', own: own(2) });
    expect(desk.view).toMatchObject({ kind: 'calling', ring: RING });
    session.event({ type: 'own_changed', own: own(3, { type: 'calling', ring: RING }) });
    session.event({ type: 'own_changed', own: own(4, { type: 'in_call', ring: RING }) });
    expect(session.asked('join_call')).toMatchObject({ ring: 'r_1' });
  });

  it('is not ringing any more when a new session knows nothing of it', async () => {
    void desk.ring(RING.callee, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.connect();
    await session.answer('watch_desk', snapshot());
    expect(desk.view.kind).toBe('open');
  });

  it('opens no microphone for a call that was taken back while the camera opened', async () => {
    let open: (track: unknown) => void = () => undefined;
    capture.mockImplementation(() => new Promise((resolve) => (open = resolve)));
    const stop = vi.fn();
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    void desk.cancel();
    open({ stop });
    await settle();
    expect(stop).toHaveBeenCalled();
    expect(captured()).toEqual(['camera']);
  });

  it.each(['declined', 'missed', 'callee_lost', 'failed'] as const)(
    'is told when it is %s, and the devices are put away',
    async (end) => {
      void desk.ring(null, SAID);
      await session.answer('call_desk', { type: 'ringing', ring: RING });
      session.event({ type: 'ring_ended', ring: 'r_1', end });
      session.event({ type: 'own_changed', own: own(5) });
      expect(desk.view.kind).toBe('open');
      expect(desk.outcome).toEqual({ kind: 'ended', end, name: 'Ana' });
      expect(desk.devices).toBeNull();
    },
  );

  it('goes on ringing when older states of themselves come behind the answer', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    const { devices } = desk;
    session.event({ type: 'own_changed', own: own(3) });
    expect(desk.view).toMatchObject({ kind: 'calling', ring: RING });
    session.event({ type: 'own_changed', own: own(4, { type: 'calling', ring: RING }) });
    session.event({ type: 'own_changed', own: own(5, { type: 'in_call', ring: RING }) });
    expect(desk.call?.devices).toBe(devices);
  });

  it('is free again when the ring ended before it was told of', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'ring_ended', ring: 'r_1', end: 'failed' });
    session.event({ type: 'own_changed', own: own(3) });
    expect(desk.view.kind).toBe('open');
    expect(desk.devices).toBeNull();
  });

  it('is told why nobody is rung', async () => {
    void desk.ring(RING.callee, SAID);
    await session.answer('call_desk', new CommandFailed('busy'));
    expect(desk.view.kind).toBe('open');
    expect(desk.outcome).toEqual({ kind: 'refused', code: 'busy', name: 'Ana' });
    expect(desk.devices).toBeNull();
  });

  it('takes a ring back, also one that is not there yet', async () => {
    void desk.ring(null, SAID);
    await desk.cancel();
    expect(desk.view.kind).toBe('open');
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    expect(session.asked('cancel_ring')).toEqual({ type: 'cancel_ring', ring: 'r_1' });
    session.event({ type: 'own_changed', own: own(3, { type: 'calling', ring: RING }) });
    expect(desk.view.kind).toBe('open');
    expect(desk.outcome).toBeNull();
  });

  it('hangs up what was accepted in the moment it was taken back', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    void desk.cancel();
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    await session.answer('cancel_ring', new CommandFailed('ring_unknown'));
    expect(desk.view.kind).toBe('open');
    expect(session.asked('join_call')).toMatchObject({ ring: 'r_1', microphone: 'absent', camera: 'off' });
    await session.answer('join_call', { type: 'done' });
    expect(session.asked('leave')).toEqual({ type: 'leave' });
  });

  it('goes into the call when it is accepted, with the devices they have open', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    const { devices } = desk;
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    expect(desk.call?.devices).toBe(devices);
    expect(session.asked('join_call')).toMatchObject({ ring: 'r_1', media: 'fresh' });
    expect(captured()).toEqual(['camera', 'microphone']);
  });

  it.each(['before', 'after'])('hears how the call ended %s being out of its room', async (order) => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    await session.answer('join_call', JOINED);
    expect(desk.call?.phase).toEqual({ kind: 'in_call' });
    const ended = { type: 'ring_ended', ring: 'r_1', end: 'lost' } as const;
    const left = { type: 'participant_left', participant: 'p_1', reason: 'ended' } as const;
    if (order === 'before') session.event(ended);
    session.event(left, 'room', 2);
    if (order === 'after') session.event(ended);
    session.event({ type: 'own_changed', own: own(4) });
    expect(desk.call?.phase).toEqual({ kind: 'over', end: 'lost' });
    desk.back();
    expect(desk.view.kind).toBe('open');
  });

  it('who hangs up is not told that somebody did', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    await session.answer('join_call', JOINED);
    void desk.call?.leave();
    expect(session.asked('leave')).toBeDefined();
    session.event({ type: 'ring_ended', ring: 'r_1', end: 'hung_up' });
    expect(desk.call?.phase).toEqual({ kind: 'ended', reason: 'left' });
  });

  it('rates a call once, and hears when that did not work', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    session.event({ type: 'ring_ended', ring: 'r_1', end: 'hung_up' });
    void desk.rate(4, 'kind');
    expect(session.asked('rate_call')).toEqual({ type: 'rate_call', ring: 'r_1', stars: 4, comment: 'kind' });
    await session.answer('rate_call', new CommandFailed('try_again'));
    expect(desk.rated).toEqual({ failed: 'try_again' });
    void desk.rate(4, 'kind');
    await session.answer('rate_call', { type: 'done' });
    expect(desk.rated).toBe('yes');
  });
});

describe('in the queue', () => {
  beforeEach(async () => {
    void desk.queueUp(SAID);
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
  });

  it('the place is live, and the later word counts', () => {
    expect(desk.view).toMatchObject({ kind: 'waiting', position: 2 });
    session.event({ type: 'queue_moved', desk: 'd_1', position: 1, queue_version: 12 });
    expect(desk.view).toMatchObject({ position: 1 });
    session.event({ type: 'queue_moved', desk: 'd_1', position: 2, queue_version: 11 });
    expect(desk.view).toMatchObject({ position: 1 });
    session.event({ type: 'own_changed', own: own(6, waiting(2, 11)) });
    expect(desk.view).toMatchObject({ position: 1 });
  });

  it('the devices were opened by the press, and not by whoever is free', async () => {
    await settle();
    expect(captured()).toEqual(['camera', 'microphone']);
    session.event({ type: 'own_changed', own: own(6, { type: 'calling', ring: RING }) });
    expect(desk.view).toMatchObject({ kind: 'calling', name: 'Ana' });
    await settle();
    expect(captured()).toHaveLength(2);
  });

  it('whoever was called for in vain goes on waiting, and hears why', () => {
    session.event({ type: 'own_changed', own: own(6, { type: 'calling', ring: RING }) });
    session.event({ type: 'ring_ended', ring: 'r_1', end: 'missed' });
    session.event({ type: 'own_changed', own: own(7, waiting(1, 20)) });
    expect(desk.view).toMatchObject({ kind: 'waiting', position: 1 });
    expect(desk.outcome).toMatchObject({ end: 'missed', name: 'Ana' });
  });

  it('whoever leaves it is out at once', () => {
    void desk.leaveQueue();
    expect(desk.view.kind).toBe('open');
    expect(desk.devices).toBeNull();
    expect(session.asked('leave_queue')).toBeDefined();
  });
});

describe('a page that is opened anew', () => {
  it('goes on waiting, with the devices as they were', async () => {
    void desk.queueUp(SAID);
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
    await settle();
    capture.mockClear();
    await open(waiting(2, 10));
    expect(desk.view).toMatchObject({ kind: 'waiting', position: 2 });
    await settle();
    expect(captured()).toEqual(['camera', 'microphone']);
  });

  it('goes on ringing', async () => {
    void desk.ring(null, SAID);
    await open({ type: 'calling', ring: RING });
    expect(desk.view).toMatchObject({ kind: 'calling', ring: RING });
  });

  it('does not take part in what another page of the same person does', async () => {
    capture.mockClear();
    await open({ type: 'in_call', ring: RING });
    expect(desk.view.kind).toBe('open');
    expect(desk.call).toBeNull();
    await settle();
    expect(captured()).toEqual([]);
  });

  it('waits again where a server that has started anew knows of no queue', async () => {
    void desk.queueUp(SAID);
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
    session.connect();
    await session.answer('watch_desk', snapshot());
    await session.answer('queue_up', { type: 'own', own: own(6, waiting(1, 11)) });
    expect(desk.view).toMatchObject({ kind: 'waiting', position: 1 });
    expect(desk.setBack, 'there is nothing to be told').toBe(false);
  });

  it('tells whoever got a place further back for one that was lost', async () => {
    void desk.queueUp(SAID);
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
    session.connect();
    await session.answer('watch_desk', snapshot());
    await session.answer('queue_up', { type: 'own', own: own(6, waiting(4, 11)) });
    expect(desk.view).toMatchObject({ kind: 'waiting', position: 4 });
    expect(desk.setBack).toBe(true);
    void desk.leaveQueue();
    void desk.queueUp(SAID);
    expect(desk.setBack).toBe(false);
  });

  describe('whose place is lost with the session', () => {
    const nobody = new CommandFailed('nobody_online');
    const count = (): number => session.sent.filter(({ type }) => type === 'queue_up').length;

    beforeEach(async () => {
      void desk.queueUp(SAID);
      await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
      vi.useFakeTimers({ toFake: ['setTimeout', 'Date'], shouldAdvanceTime: true });
      session.connect();
      await session.answer('watch_desk', snapshot());
    });
    afterEach(() => vi.useRealTimers());

    it('goes on waiting until the representatives are back as well', async () => {
      for (const answer of [nobody, new CommandFailed('try_again'), nobody]) {
        await session.answer('queue_up', answer);
        expect(desk.view).toMatchObject({ kind: 'waiting', position: 2 });
        expect(desk.outcome).toBeNull();
        const asked = count();
        await vi.advanceTimersByTimeAsync(2_100);
        expect(count()).toBe(asked + 1);
      }
      await session.answer('queue_up', { type: 'own', own: own(6, waiting(1, 11)) });
      expect(desk.view).toMatchObject({ kind: 'waiting', position: 1 });
    });

    it('is told that nobody is there when that lasts', async () => {
      await session.answer('queue_up', nobody);
      await vi.advanceTimersByTimeAsync(11_000);
      await session.answer('queue_up', nobody);
      expect(desk.outcome).toMatchObject({ kind: 'refused', code: 'nobody_online' });
      expect(desk.view.kind).toBe('open');
      expect(desk.devices).toBeNull();
    });

    it('asks no more once they have left the queue', async () => {
      await session.answer('queue_up', nobody);
      void desk.leaveQueue();
      expect(desk.view.kind).toBe('open');
      const asked = count();
      await vi.advanceTimersByTimeAsync(11_000);
      expect(count()).toBe(asked);
      expect(desk.outcome).toBeNull();
    });

    it('asks in the next session too, and once at a time', async () => {
      await session.answer('queue_up', nobody);
      session.connect();
      await session.answer('watch_desk', snapshot());
      expect(count()).toBe(2);
      await vi.advanceTimersByTimeAsync(600);
      expect(count()).toBe(3);
      await session.answer('queue_up', { type: 'own', own: own(6, waiting(1, 11)) });
      expect(desk.view).toMatchObject({ kind: 'waiting', position: 1 });
    });
  });

  it('says so where a server that has started anew knows of no ring', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.connect();
    await session.answer('watch_desk', snapshot());
    expect(desk.outcome).toMatchObject({ kind: 'ended', end: 'interrupted' });
    expect(desk.view.kind).toBe('open');
  });

  it('knows nothing of a visitor who is forgotten', async () => {
    void desk.ring(null, SAID);
    desk.forget();
    await open();
    expect(desk.said).toBeNull();
    expect(sessionStorage).toHaveLength(0);
  });
});

describe('the desk', () => {
  it('that does not exist is said not to', async () => {
    session = new FakeSession();
    desk = new Desk('nowhere', session as unknown as Session);
    desk.start();
    await session.answer('watch_desk', new CommandFailed('desk_unknown'));
    expect(desk.view.kind).toBe('unknown');
  });

  const renamed = async (): Promise<void> => {
    session.event({ type: 'desk_changed', desk: 'd_1' });
    await session.answer('watch_desk', new CommandFailed('desk_unknown'));
  };
  const asked = (): number => session.sent.filter(({ type }) => type === 'watch_desk').length;

  it('that is renamed or removed cuts off no call', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    session.event({ type: 'own_changed', own: own(3, { type: 'in_call', ring: RING }) });
    await session.answer('join_call', JOINED);
    await renamed();
    expect(desk.view).toMatchObject({ kind: 'call', call: { phase: { kind: 'in_call' } } });
    expect(session.asked('leave')).toBeUndefined();
    session.event({ type: 'ring_ended', ring: 'r_1', end: 'hung_up' });
    session.event({ type: 'participant_left', participant: 'p_1', reason: 'ended' }, 'room', 2);
    session.event({ type: 'own_changed', own: own(4) });
    expect(desk.view).toMatchObject({ kind: 'call', call: { phase: { kind: 'over' } } });
    // It can be rated, and there is nobody here to be called again.
    const calls = session.sent.filter(({ type }) => type === 'call_desk').length;
    await desk.again();
    expect(desk.view.kind).toBe('unknown');
    expect(session.sent.filter(({ type }) => type === 'call_desk')).toHaveLength(calls);
  });

  it('whoever waits at one that is renamed or removed waits no longer, and no camera is open', async () => {
    void desk.queueUp(SAID);
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
    await settle();
    expect(desk.devices).not.toBeNull();
    await renamed();
    expect(desk.view.kind).toBe('unknown');
    expect(session.asked('leave_queue')).toBeDefined();
    expect(desk.devices).toBeNull();
  });

  it('whoever asks for a place while it is removed gives it back', async () => {
    void desk.queueUp(SAID);
    await renamed();
    await session.answer('queue_up', { type: 'own', own: own(5, waiting(2, 10)) });
    expect(session.asked('leave_queue')).toBeDefined();
    expect(desk.view.kind).toBe('unknown');
    expect(desk.devices).toBeNull();
  });

  it.each(['before', 'after'])('whoever rings there takes it back, %s the server has it', async (when) => {
    void desk.ring(null, SAID);
    const ringing = { type: 'ringing', ring: RING } as const;
    if (when === 'after') await session.answer('call_desk', ringing);
    await renamed();
    if (when === 'before') await session.answer('call_desk', ringing);
    expect(session.asked('cancel_ring')).toEqual({ type: 'cancel_ring', ring: 'r_1' });
    expect(desk.view.kind).toBe('unknown');
    expect(desk.devices).toBeNull();
  });

  it('is back once there is one at this address again', async () => {
    await renamed();
    session.event({ type: 'desk_changed', desk: 'd_1' });
    await session.answer('watch_desk', snapshot());
    expect(desk.view.kind).toBe('open');
  });

  it('is asked for again on another day, unless one is in the middle of something', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], shouldAdvanceTime: true });
    try {
      vi.setSystemTime(new Date(2026, 4, 4, 23, 58, 30));
      await open();
      await vi.advanceTimersByTimeAsync(61_000);
      expect(asked(), 'the same day').toBe(1);
      void desk.queueUp(SAID);
      await session.answer('queue_up', { type: 'own', own: own(5, waiting(1, 10)) });
      await vi.advanceTimersByTimeAsync(61_000);
      expect(asked(), 'in the queue').toBe(1);
      void desk.leaveQueue();
      await vi.advanceTimersByTimeAsync(61_000);
      expect(asked(), 'another day').toBe(2);
      await session.answer('watch_desk', snapshot());
      await vi.advanceTimersByTimeAsync(61_000);
      expect(asked(), 'once').toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is asked for again when an admin has changed it, and in a new session', () => {
    session.event({ type: 'desk_changed', desk: 'd_1' });
    expect(asked()).toBe(2);
    session.connect();
    expect(asked()).toBe(3);
  });

  it('is asked for until the server can say, as long as the session lives', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    try {
      session.connect();
      const before = asked();
      await session.answer('watch_desk', new CommandFailed('try_again'));
      expect(desk.outcome).toBeNull();
      await vi.advanceTimersByTimeAsync(600);
      expect(asked()).toBe(before + 1);
      await session.answer('watch_desk', new CommandFailed('try_again'));
      // The next session asks for itself, and for nothing twice.
      session.connect();
      await session.answer('watch_desk', snapshot());
      await vi.advanceTimersByTimeAsync(6_000);
      expect(asked()).toBe(before + 2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets go of everything when its page goes', async () => {
    void desk.ring(null, SAID);
    await session.answer('call_desk', { type: 'ringing', ring: RING });
    desk.dispose();
    expect(session.asked('cancel_ring')).toBeDefined();
    expect(session.closed).toBe(true);
    expect(desk.devices).toBeNull();
  });
});
