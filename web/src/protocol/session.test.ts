import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientFrame, Command, ServerFrame } from './generated';
import { appointmentSurroundings, CommandFailed, Session } from './session';
import type { LinkState } from './session';

/** A socket that does what the test says. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  closed: number | undefined | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(code?: number): void {
    this.closed = code;
  }

  open(): void {
    this.onopen?.();
  }

  receive(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  break(code = 1006): void {
    this.onclose?.({ code });
  }
}

const LEAVE: Command = { type: 'leave' };
const WELCOME: ServerFrame = { type: 'welcome', session: 's_1', secret: 'hush', grace_ms: 15_000 };

let sockets: FakeSocket[];
let timers: { run: () => void; ms: number; id: number }[];
let links: LinkState[];
let opened: number;
let replaced: number;
let session: Session;

beforeEach(() => {
  sockets = [];
  timers = [];
  links = [];
  opened = 0;
  replaced = 0;
  let id = 0;
  session = new Session(
    {
      ticket: () => Promise.resolve('ticket'),
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      setTimer: (run, ms) => {
        id += 1;
        timers.push({ run, ms, id });
        return id;
      },
      clearTimer: (timer) => {
        timers = timers.filter((one) => one.id !== timer);
      },
      random: () => 0.5,
    },
    {
      event: () => undefined,
      opened: () => (opened += 1),
      replaced: () => (replaced += 1),
      link: (state) => links.push(state),
    },
  );
});

const last = (): FakeSocket => {
  const socket = sockets.at(-1);
  if (!socket) throw new Error('no socket');
  return socket;
};

/** Lets the longest-waiting timer of this length fire. */
function fire(ms: number): void {
  const timer = timers.find((one) => one.ms === ms);
  if (!timer) throw new Error(`no timer of ${ms} ms among ${timers.map((one) => one.ms).join(', ')}`);
  timers = timers.filter((one) => one !== timer);
  timer.run();
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

async function establish(): Promise<FakeSocket> {
  session.connect();
  await settle();
  last().open();
  last().receive(WELCOME);
  return last();
}

describe('a session', () => {
  it('says hello with a ticket and then is connected', async () => {
    const socket = await establish();
    expect(socket.sent).toEqual([{ type: 'hello', protocol: 1, ticket: 'ticket' }]);
    expect(links).toEqual(['connecting', 'connected']);
    expect(opened).toBe(1);
  });

  it('answers each command with its own reply', async () => {
    const socket = await establish();
    const first = session.command(LEAVE);
    const second = session.command(LEAVE);
    socket.receive({ type: 'rejection', id: 2, code: 'room_full' });
    socket.receive({ type: 'reply', id: 1, reply: { type: 'done' } });
    await expect(first).resolves.toEqual({ type: 'done' });
    await expect(second).rejects.toEqual(new CommandFailed('room_full'));
  });

  it('resumes with the number of frames that arrived, and sends again only what was not carried out', async () => {
    const socket = await establish();
    const replies = [session.command(LEAVE), session.command(LEAVE), session.command(LEAVE)];
    socket.receive({ type: 'reply', id: 1, reply: { type: 'done' } });
    socket.receive({ type: 'pong' });
    socket.break();
    expect(links.at(-1)).toBe('reconnecting');
    fire(250);
    last().open();
    expect(last().sent).toEqual([{ type: 'resume', session: 's_1', secret: 'hush', received: 1 }]);
    last().receive({ type: 'resumed', executed: 2 });
    expect(last().sent.slice(1)).toEqual([{ type: 'command', id: 3, command: LEAVE }]);
    last().receive({ type: 'reply', id: 2, reply: { type: 'done' } });
    last().receive({ type: 'reply', id: 3, reply: { type: 'done' } });
    await expect(Promise.all(replies)).resolves.toHaveLength(3);
    expect(opened).toBe(1);
  });

  it('keeps commands while it is down', async () => {
    const socket = await establish();
    socket.break();
    const reply = session.command(LEAVE);
    fire(250);
    last().open();
    last().receive({ type: 'resumed', executed: 0 });
    expect(last().sent.at(-1)).toEqual({ type: 'command', id: 1, command: LEAVE });
    last().receive({ type: 'reply', id: 1, reply: { type: 'done' } });
    await expect(reply).resolves.toEqual({ type: 'done' });
  });

  it('starts over where the server does not know it any more', async () => {
    const socket = await establish();
    const lost = session.command(LEAVE);
    socket.break();
    fire(250);
    last().open();
    last().receive({ type: 'refused', code: 'session_unknown' });
    await settle();
    last().open();
    expect(last().sent[0]?.type).toBe('hello');
    last().receive(WELCOME);
    await expect(lost).rejects.toEqual(new CommandFailed('session_lost'));
    expect(opened).toBe(2);
    void session.command(LEAVE);
    expect(last().sent.at(-1)).toEqual({ type: 'command', id: 1, command: LEAVE });
  });

  it.each([
    ['is refused', (socket: FakeSocket) => socket.receive({ type: 'refused', code: 'session_unknown' })],
    ['is told to start over', (socket: FakeSocket) => socket.break(4004)],
    ['fails at its handshake', (socket: FakeSocket) => socket.break(4001)],
  ])('says which session it follows when it %s, until it is let in', async (_, end) => {
    const socket = await establish();
    socket.break();
    fire(250);
    last().open();
    end(last());
    if (timers.some((one) => one.ms === 500)) fire(500);
    await settle();
    last().open();
    const earlier = { session: 's_1', secret: 'hush' };
    const hello = { type: 'hello', protocol: 1, ticket: 'ticket', earlier };
    expect(last().sent).toEqual([hello]);
    // Live state is away: the same again.
    last().receive({ type: 'refused', code: 'try_again' });
    last().break(4001);
    fire(timers.find((one) => one.ms >= 250 && one.ms <= 1_200)?.ms ?? 0);
    await settle();
    last().open();
    expect(last().sent).toEqual([hello]);
    last().receive({ ...WELCOME, session: 's_2' });
    last().break(4004);
    fire(250);
    await settle();
    last().open();
    expect(last().sent[0]).toEqual({ ...hello, earlier: { session: 's_2', secret: 'hush' } });
  });

  it('says that the server cannot do everything until it can, or another session begins', async () => {
    const says = (service: 'limited' | 'whole'): void =>
      last().receive({ type: 'event', topic: 'direct', event: { type: 'service_changed', service } });
    const socket = await establish();
    says('limited');
    expect(session.link).toBe('limited');
    expect(session.connected).toBe(true);
    // What was told holds in the same session, over another socket too.
    socket.break();
    expect(session.link).toBe('reconnecting');
    fire(250);
    last().open();
    last().receive({ type: 'resumed', executed: 0 });
    expect(session.link).toBe('limited');
    says('whole');
    expect(session.link).toBe('connected');
    says('limited');
    last().break(4004);
    fire(250);
    await settle();
    last().open();
    last().receive(WELCOME);
    expect(session.link).toBe('connected');
  });

  it('tries to resume again where the server asks for that', async () => {
    const socket = await establish();
    socket.break();
    fire(250);
    last().open();
    last().receive({ type: 'refused', code: 'try_again' });
    fire(500);
    last().open();
    expect(last().sent[0]?.type).toBe('resume');
    expect(opened).toBe(1);
  });

  it('goes to another server at once when this one is about to stop', async () => {
    const socket = await establish();
    socket.break(1001);
    expect(links.at(-1)).toBe('reconnecting');
    fire(125);
    // What has just begun does not move on without a pause.
    last().break(1001);
    fire(250);
    last().open();
    expect(last().sent[0]?.type).toBe('resume');
  });

  it('does not come back once another one has taken its place', async () => {
    const socket = await establish();
    const lost = session.command(LEAVE);
    socket.break(4005);
    expect(replaced).toBe(1);
    await expect(lost).rejects.toEqual(new CommandFailed('session_lost'));
    session.connect();
    await settle();
    expect(sockets).toHaveLength(1);
  });

  it('notices a dead line by a ping without an answer', async () => {
    await establish();
    fire(5_000);
    expect(last().sent.at(-1)).toEqual({ type: 'ping', received: 0 });
    // Two timers of 5 s now: the next ping and the answer to this one.
    const socket = last();
    for (const timer of timers.filter((one) => one.ms === 5_000)) timer.run();
    expect(socket.closed).toBeUndefined();
    expect(links.at(-1)).toBe('reconnecting');
  });

  it('waits longer between tries, and says when it has been down for long', async () => {
    const socket = await establish();
    socket.break();
    for (const wait of [250, 500, 1_000, 1_200, 1_200]) {
      fire(wait);
      last().break();
    }
    fire(30_000);
    expect(links.at(-1)).toBe('lost');
  });

  it('says goodbye when the page is hidden, and resumes when it is back', async () => {
    const socket = await establish();
    session.hide();
    expect(socket.closed).toBe(4000);
    session.connect();
    last().open();
    expect(last().sent[0]?.type).toBe('resume');
  });

  it('is over when its link holds no longer, and says so', async () => {
    let ended = 0;
    session.listen({ linkEnded: () => (ended += 1) });
    const socket = await establish();
    const pending = session.command(LEAVE);
    socket.break(4008);
    await expect(pending).rejects.toThrow('session_lost');
    session.connect();
    expect([ended, replaced, sockets.length]).toEqual([1, 0, 1]);
  });

  it('is over when a moderator has removed whose it is, and says so', async () => {
    let removed = 0;
    session.listen({ removed: () => (removed += 1) });
    const socket = await establish();
    socket.break(4009);
    session.connect();
    expect([removed, replaced, sockets.length]).toEqual([1, 0, 1]);
  });

  it('tells everybody who listens, in the order of coming, until they stop', async () => {
    const told: string[] = [];
    const deaf = session.listen({ event: () => told.push('first') });
    session.listen({ event: () => told.push('second'), opened: () => told.push('opened') });
    const socket = await establish();
    const event: ServerFrame = { type: 'event', topic: 'direct', event: { type: 'media_lost' } };
    socket.receive(event);
    deaf();
    socket.receive(event);
    expect(told).toEqual(['opened', 'first', 'second', 'second']);
    expect(session.link).toBe('connected');
  });
});

describe('a ticket for an appointment', () => {
  const { fetch } = globalThis;
  afterEach(() => (globalThis.fetch = fetch));

  it.each([
    [200, 0],
    [401, 1],
    [403, 1],
    [429, 0],
    [503, 0],
  ])('answered with %i is refused %i times', async (status, times) => {
    const asked: unknown[] = [];
    globalThis.fetch = (_, init) => {
      asked.push(JSON.parse(init?.body as string));
      return Promise.resolve(new Response('{"ticket":"t","expires_in":60}', { status }));
    };
    let refused = 0;
    const surroundings = appointmentSurroundings('a_1', () => (refused += 1));
    const answer = surroundings.ticket(new AbortController().signal);
    if (status === 200) expect(await answer).toBe('t');
    else await expect(answer).rejects.toThrow('no ticket');
    expect(asked).toEqual([{ appointment: 'a_1' }]);
    expect(refused).toBe(times);
  });
});
