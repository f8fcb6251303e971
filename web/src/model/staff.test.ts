import { beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  ClientFrame,
  Command,
  ConsoleSnapshot,
  Event,
  OwnAvailability,
  Reply,
  Representative,
  RingView,
  ServerFrame,
  VisitView,
} from '../protocol/generated';
import { seatOfRing } from './remembered';
import { Staff } from './staff.svelte';

/** The server's end of a socket, as the test plays it. */
class FakeServer {
  sockets: FakeServer.Socket[] = [];
  commands: { id: number; command: Command }[] = [];

  get socket(): FakeServer.Socket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no socket');
    return last;
  }

  open(): WebSocket {
    const socket: FakeServer.Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text) => {
        const frame = JSON.parse(text) as ClientFrame;
        if (frame.type === 'command') this.commands.push(frame);
      },
      close: () => undefined,
    };
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  say(frame: ServerFrame): void {
    this.socket.onmessage?.({ data: JSON.stringify(frame) });
  }

  event(event: Event): void {
    this.say({ type: 'event', topic: 'direct', event });
  }

  /** The oldest command of this kind that has not been answered. */
  async take(type: Command['type']): Promise<{ id: number; command: Command }> {
    await vi.waitFor(() => expect(this.commands.map((one) => one.command.type)).toContain(type));
    const at = this.commands.findIndex((one) => one.command.type === type);
    const [taken] = this.commands.splice(at, 1);
    if (!taken) throw new Error(`no ${type}`);
    return taken;
  }

  async answer(type: Command['type'], reply: Reply): Promise<Command> {
    const { id, command } = await this.take(type);
    this.say({ type: 'reply', id, reply });
    await settled();
    return command;
  }
}

// eslint-disable-next-line @typescript-eslint/no-namespace
namespace FakeServer {
  export interface Socket {
    onopen: (() => void) | null;
    onmessage: ((message: { data: string }) => void) | null;
    onclose: ((close: { code: number }) => void) | null;
    send(text: string): void;
    close(): void;
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

const ANA = 'u_ana';
const DESK = { id: 'd_help', slug: 'help', name: 'Insurance help' };
const RING: RingView = {
  id: 'r_1',
  desk: DESK,
  purpose: 'desk',
  caller: { id: 'u_vera', name: 'Vera' },
  callee: { id: ANA, name: 'Ana' },
  visitor: { id: 'u_vera', name: 'Vera' },
  about: 'windscreen',
  started_at: 1,
  rings_until: 30_001,
};
const ACCEPTED: RingView = { ...RING, accepted_at: 5 };

function own(version: number, change: Partial<OwnAvailability> = {}): OwnAvailability {
  return { online: true, chosen: 'available', status: 'available', missed: false, version, ...change };
}

function colleague(version: number, status: Representative['status'], id = 'u_ben'): Representative {
  return { id, name: 'Ben', title: '', status, version };
}

function consoleWith(
  availability: OwnAvailability,
  representatives: Representative[] = [],
  queue_version = 1,
): ConsoleSnapshot {
  const desk = { ...DESK, about: '', representatives, waiting: 0, openings: [] };
  return { person: ANA, name: 'Ana', availability, desks: [{ desk, queue: [], queue_version }], visits: [] };
}

let server: FakeServer;
let staff: Staff;
let timers: (() => void)[];
let rings: string[];
let refused: number;
let now: number;

beforeEach(() => {
  server = new FakeServer();
  timers = [];
  rings = [];
  refused = 0;
  now = 1_000_000;
  staff = new Staff({
    ringer: { start: (ring) => rings.push(`start ${ring.id}`), stop: () => rings.push('stop') },
    refused: () => (refused += 1),
    now: () => now,
    surroundings: {
      ticket: () => Promise.resolve('ticket'),
      socket: () => server.open(),
      setTimer: (run, ms) => {
        // Pings and losses are none of this test's business.
        if (ms < 2_000) timers.push(run);
        return run;
      },
      clearTimer: () => undefined,
      random: () => 0.5,
    },
  });
});

async function welcome(): Promise<void> {
  await vi.waitFor(() => expect(server.sockets.length).toBeGreaterThan(0));
  server.say({ type: 'welcome', session: 's_1', secret: 'hush', grace_ms: 15_000 });
}

async function opened(snapshot = consoleWith(own(1))): Promise<void> {
  staff.start();
  await welcome();
  await server.answer('open_console', { type: 'console', console: snapshot });
}

/** The server is gone, and another one is there that knows no session. */
async function restarted(downFor: number): Promise<void> {
  server.socket.onclose?.({ code: 1006 });
  now += downFor;
  const sockets = server.sockets.length;
  timers.splice(0).forEach((run) => run());
  await vi.waitFor(() => expect(server.sockets.length).toBe(sockets + 1));
  server.say({ type: 'refused', code: 'session_unknown' });
  await vi.waitFor(() => expect(server.sockets.length).toBe(sockets + 2));
  server.commands = [];
  await welcome();
}

describe('a ring', () => {
  it('is there, heard and seen, from the event that tells of it to the one that ends it', async () => {
    await opened();
    server.event({ type: 'own_changed', own: own(2, { engagement: { type: 'called', ring: RING } }) });
    expect(staff.incoming?.caller.name).toBe('Vera');
    expect(rings.at(-1)).toBe('start r_1');
    server.event({ type: 'ring_ended', ring: 'r_1', end: 'cancelled' });
    server.event({ type: 'own_changed', own: own(3) });
    expect(staff.incoming).toBeNull();
    expect(rings.at(-1)).toBe('stop');
    expect(staff.unanswered).toMatchObject({ end: 'cancelled', ring: { id: 'r_1' } });
    expect(staff.ended).toEqual({ ring: 'r_1' });
  });

  it('is there when the page is opened while it rings', async () => {
    await opened(consoleWith(own(4, { engagement: { type: 'called', ring: RING } })));
    expect(staff.incoming?.id).toBe('r_1');
    expect(rings).toEqual(['start r_1']);
  });

  it('that was missed leaves one away, with a notice, until one is back', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    server.event({ type: 'ring_ended', ring: 'r_1', end: 'missed' });
    server.event({ type: 'own_changed', own: own(2, { chosen: 'away', status: 'away', missed: true }) });
    expect(staff.own).toMatchObject({ missed: true, status: 'away' });
    expect(staff.unanswered?.end).toBe('missed');
    void staff.choose('available');
    const said = await server.answer('set_availability', { type: 'own', own: own(3) });
    expect(said).toEqual({ type: 'set_availability', chosen: 'available' });
    expect(staff.own?.missed).toBe(false);
  });

  it('declined here asks for no notice', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    void staff.decline();
    await server.answer('decline_ring', { type: 'done' });
    server.event({ type: 'ring_ended', ring: 'r_1', end: 'declined' });
    expect(staff.unanswered).toBeNull();
  });

  it('that is accepted on another page stops here, and the call is told of', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    server.event({
      type: 'own_changed',
      own: own(2, { status: 'in_call', engagement: { type: 'in_call', ring: ACCEPTED } }),
    });
    expect(rings.at(-1)).toBe('stop');
    expect(staff.incoming).toBeNull();
    expect(staff.call).toBeNull();
    expect(staff.elsewhere?.id).toBe('r_1');
  });

  it('that is accepted here is the call of this page, whichever news comes first', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    void staff.accept();
    const { id } = await server.take('accept_ring');
    server.event({
      type: 'own_changed',
      own: own(2, { status: 'in_call', engagement: { type: 'in_call', ring: ACCEPTED } }),
    });
    expect(staff.call?.accepted_at).toBe(5);
    expect(staff.elsewhere).toBeNull();
    server.say({ type: 'reply', id, reply: { type: 'done' } });
    await settled();
    expect(staff.call?.accepted_at).toBe(5);
    server.event({ type: 'ring_ended', ring: 'r_1', end: 'hung_up' });
    expect(staff.latest).toMatchObject({ end: 'hung_up', note: 'r_1' });
  });

  it('whose call this page was in before it was loaded anew leads straight back', async () => {
    const seat = seatOfRing(RING.id);
    seat.set({ continuation: 'c', name: 'Ana', microphone: 'on', camera: 'on' });
    await opened(consoleWith(own(1, { engagement: { type: 'in_call', ring: ACCEPTED } })));
    expect(staff.call?.id).toBe('r_1');
    seat.set(null);
    staff.callLeft();
    server.event({ type: 'own_changed', own: own(2, { engagement: { type: 'in_call', ring: ACCEPTED } }) });
    expect(staff.call).toBeNull();
    expect(staff.elsewhere).toBeNull();
  });

  it('is accepted once, however often Accept is pressed', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    void staff.accept();
    void staff.accept();
    await settled();
    expect(server.commands.filter((one) => one.command.type === 'accept_ring')).toHaveLength(1);
  });

  it('that somebody else was quicker with is no call here', async () => {
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: RING } })));
    void staff.accept();
    const { id } = await server.take('accept_ring');
    server.say({ type: 'rejection', id, code: 'ring_unknown' });
    await settled();
    expect(staff.call).toBeNull();
    expect(staff.problem).toBe('ring_unknown');
  });

  it('of a colleague leads into the call it is about, and notes go to the own ring', async () => {
    const asked: RingView = {
      ...RING,
      id: 'r_2',
      purpose: 'bring_in',
      into: 'r_1',
      caller: { id: 'u_ben', name: 'Ben' },
    };
    const call: RingView = { ...ACCEPTED, callee: { id: 'u_ben', name: 'Ben' } };
    await opened(consoleWith(own(1, { engagement: { type: 'called', ring: asked } })));
    void staff.accept();
    await server.answer('accept_ring', { type: 'done' });
    expect(staff.call).toBeNull();
    server.event({
      type: 'own_changed',
      own: own(2, { status: 'in_call', engagement: { type: 'in_call', ring: call } }),
    });
    expect(staff.call?.id).toBe('r_1');
    expect(staff.noteOf(call)).toBe('r_2');
  });
});

describe('what is known', () => {
  it('is never replaced by something older', async () => {
    await opened(consoleWith(own(5), [colleague(5, 'available')], 5));
    server.event({ type: 'own_changed', own: own(4, { online: false }) });
    expect(staff.own?.online).toBe(true);
    server.event({
      type: 'representative_changed',
      desk: DESK.id,
      representative: colleague(4, 'in_call'),
    });
    expect(staff.colleagues(null)[0]?.status).toBe('available');
    server.event({ type: 'representative_changed', desk: DESK.id, representative: colleague(6, 'away') });
    expect(staff.colleagues(null)[0]?.status).toBe('away');
    const wim = { id: 'u_wim', name: 'Wim', about: '', since: 1 };
    server.event({ type: 'queue_changed', desk: DESK.id, queue: [wim], queue_version: 4 });
    expect(staff.desks[0]?.queue).toEqual([]);
    server.event({ type: 'queue_changed', desk: DESK.id, queue: [wim], queue_version: 6 });
    expect(staff.desks[0]?.queue).toEqual([wim]);
  });

  it('by events ahead of the console is kept', async () => {
    staff.start();
    await welcome();
    server.event({ type: 'own_changed', own: own(7, { chosen: 'away' }) });
    await server.answer('open_console', { type: 'console', console: consoleWith(own(6)) });
    expect(staff.own?.chosen).toBe('away');
  });

  it('gives way to what a new session says, whatever its numbers', async () => {
    await opened(consoleWith(own(500), [colleague(500, 'available')], 500));
    await restarted(1_000);
    await server.answer('open_console', {
      type: 'console',
      console: consoleWith(own(1, { chosen: 'away' }), [colleague(1, 'away')], 1),
    });
    expect(staff.own?.chosen).toBe('away');
    expect(staff.colleagues(null)[0]?.status).toBe('away');
    expect(staff.desks[0]?.queue_version).toBe(1);
  });

  it('is asked for again when an admin changed the desk', async () => {
    await opened();
    server.event({ type: 'desk_changed', desk: DESK.id });
    const changed = consoleWith(own(1));
    await server.answer('open_console', { type: 'console', console: { ...changed, desks: [] } });
    expect(staff.desks).toEqual([]);
  });

  it('does not list oneself among the colleagues', async () => {
    await opened(consoleWith(own(1), [colleague(1, 'available', ANA), colleague(1, 'available')]));
    expect(staff.colleagues(DESK.id).map((one) => one.id)).toEqual(['u_ben']);
    expect(staff.colleagues('d_other')).toEqual([]);
  });
});

describe('being online', () => {
  const OFFLINE = own(1, { online: false, status: 'offline' });

  it('comes back by itself after a restart of the server, as it was chosen', async () => {
    await opened(consoleWith(own(9, { chosen: 'away', status: 'away' })));
    await restarted(4_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    const said = await server.take('set_availability');
    expect(said.command).toEqual({ type: 'set_availability', online: true, chosen: 'away' });
  });

  it('comes back through a second outage on the way', async () => {
    await opened();
    await restarted(4_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    await server.take('set_availability');
    await restarted(4_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    const said = await server.take('set_availability');
    expect(said.command).toEqual({ type: 'set_availability', online: true, chosen: 'available' });
  });

  it('comes back when the server can do that again, and is told nothing meanwhile', async () => {
    await opened();
    await restarted(4_000);
    const refuse = async (type: Command['type']): Promise<void> => {
      const { id } = await server.take(type);
      server.say({ type: 'rejection', id, code: 'try_again' });
    };
    await refuse('open_console');
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    await refuse('set_availability');
    expect((await server.take('set_availability')).command).toMatchObject({ online: true });
    expect(staff.problem).toBeNull();
  });

  it('does not begin with a page that is opened', async () => {
    await opened(consoleWith(OFFLINE));
    expect(server.commands).toEqual([]);
    expect(staff.own?.online).toBe(false);
  });

  it('does not come back after an outage in which one may have gone home', async () => {
    await opened();
    await restarted(11 * 60_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    expect(server.commands).toEqual([]);
  });

  it('does not come back for who was offline', async () => {
    await opened(consoleWith(own(9, { online: false, status: 'offline' })));
    await restarted(1_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(OFFLINE) });
    expect(server.commands).toEqual([]);
  });

  it('is said no second time when the server remembers it', async () => {
    await opened();
    await restarted(1_000);
    await server.answer('open_console', { type: 'console', console: consoleWith(own(1)) });
    expect(server.commands).toEqual([]);
  });

  it('is not for somebody who is not signed in', async () => {
    staff.start();
    await welcome();
    const { id } = await server.take('open_console');
    server.say({ type: 'rejection', id, code: 'forbidden' });
    await settled();
    expect(refused).toBe(1);
    expect(staff.open).toBe(false);
  });
});

describe('a colleague who is asked into the call', () => {
  const asked: RingView = {
    ...RING,
    id: 'r_2',
    purpose: 'transfer',
    into: 'r_1',
    callee: { id: 'u_ben', name: 'Ben' },
  };

  async function ask(): Promise<void> {
    const ben = colleague(1, 'available');
    await opened(consoleWith(own(1), [ben]));
    void staff.ask(ben, 'transfer');
    await server.answer('ring_colleague', { type: 'ringing', ring: asked });
  }

  it('rings, and is said to come when they have accepted', async () => {
    await ask();
    expect(staff.asked).toMatchObject({ kind: 'ringing', name: 'Ben', purpose: 'transfer' });
    server.event({ type: 'representative_changed', desk: DESK.id, representative: colleague(2, 'in_call') });
    expect(staff.asked?.kind).toBe('accepted');
  });

  it('may not want to, and that is told', async () => {
    await ask();
    server.event({ type: 'ring_ended', ring: 'r_2', end: 'declined' });
    expect(staff.asked).toMatchObject({ kind: 'ended', end: 'declined' });
    expect(staff.latest).toBeNull();
    expect(staff.unanswered).toBeNull();
  });

  it('may be busy by then', async () => {
    const ben = colleague(1, 'available');
    await opened(consoleWith(own(1), [ben]));
    void staff.ask(ben, 'bring_in');
    const { id } = await server.take('ring_colleague');
    server.say({ type: 'rejection', id, code: 'busy' });
    await settled();
    expect(staff.asked).toMatchObject({ kind: 'refused', code: 'busy' });
  });
});

describe('an appointment', () => {
  const VISIT: VisitView = {
    appointment: 'a_1',
    client: 'Cem',
    attendees: [{ id: 'u_cem', name: 'Cem', since: 1, held: false }],
    version: 1,
  };
  const CEM = { id: 'u_cem', name: 'Cem' };
  const ADMITTED: RingView = {
    id: 'r_a',
    purpose: 'appointment',
    appointment: 'a_1',
    caller: CEM,
    callee: { id: ANA, name: 'Ana' },
    visitor: CEM,
    about: '',
    started_at: 1,
    rings_until: 1,
    accepted_at: 1,
  };
  const inCall = (version: number): OwnAvailability =>
    own(version, { status: 'in_call', engagement: { type: 'in_call', ring: ADMITTED } });

  beforeEach(async () => {
    await opened({ ...consoleWith(own(1)), visits: [VISIT] });
  });

  it('whose client waits is known from the console, and followed', () => {
    expect(staff.visits.waiting).toHaveLength(1);
    server.event({ type: 'visit_changed', visit: { ...VISIT, attendees: [], version: 2 } });
    expect(staff.visits.waiting).toHaveLength(0);
  });

  it('that is let in to here is the call of this page, whichever news comes first', async () => {
    const admitted = staff.admit('a_1');
    server.event({ type: 'own_changed', own: inCall(2) });
    expect(staff.call?.id).toBe('r_a');
    await server.answer('admit', { type: 'own', own: inCall(2) });
    expect(await admitted).toBeNull();
    expect(staff.call?.id).toBe('r_a');
    expect(staff.elsewhere).toBeNull();
  });

  it('that is let in to on another page is told of here', () => {
    server.event({ type: 'own_changed', own: inCall(2) });
    expect(staff.call).toBeNull();
    expect(staff.elsewhere?.appointment).toBe('a_1');
  });

  it('that a colleague has let in to already says so, and another can be let in to', async () => {
    const admitted = staff.admit('a_1');
    const { id } = await server.take('admit');
    server.say({ type: 'rejection', id, code: 'admitted' });
    expect(await admitted).toBe('admitted');
    expect(staff.admitting).toBe('');
  });

  it('is come back to after its call, with what became of that', async () => {
    const admitted = staff.admit('a_1');
    await server.answer('admit', { type: 'own', own: inCall(2) });
    await admitted;
    server.event({ type: 'ring_ended', ring: 'r_a', end: 'held' });
    staff.callLeft();
    expect(staff.attended).toEqual({ appointment: 'a_1', end: 'held' });
    // It is the appointment that has a note, not the call.
    expect(staff.latest).toBeNull();
  });

  it('whose call one leaves oneself is come back to at once', async () => {
    const admitted = staff.admit('a_1');
    await server.answer('admit', { type: 'own', own: inCall(2) });
    await admitted;
    staff.callLeft();
    expect(staff.attended).toEqual({ appointment: 'a_1', end: null });
    server.event({ type: 'ring_ended', ring: 'r_a', end: 'hung_up' });
    expect(staff.attended).toEqual({ appointment: 'a_1', end: 'hung_up' });
  });
});
