// A session with the server: survives its socket. Counts frames, repeats what was not carried out, and says when
// it had to start over. Knows sockets and time only through what it is given, so that tests need neither.

import { CloseCode, PROTOCOL_VERSION } from './generated';
import type {
  ClientFrame,
  Code,
  Command,
  Earlier,
  Event,
  Reply,
  ServerFrame,
  Service,
  Ticket,
  TicketRequest,
  Topic,
} from './generated';

/**
 * Whether signalling is up. `limited`: it is, but the server can reach nobody else; `lost` has been down for long; it is
 * still being tried.
 */
export type LinkState = 'connecting' | 'connected' | 'limited' | 'reconnecting' | 'lost';

/** A command was refused by the server, or went down with its session. */
export class CommandFailed extends Error {
  constructor(readonly code: Code | 'session_lost') {
    super(code);
  }
}

/** What a session tells. Several may listen, each to what concerns it: a desk and the call that comes of it. */
export interface SessionListener {
  /** Something happened in the room, the chat, at a desk, or to oneself. */
  event(event: Event, topic: Topic, version: number | undefined): void;
  /** A new session, the first one included: whoever was in a room has to continue in it. */
  opened(): void;
  /** Somebody else continues as oneself; this session does not come back. */
  replaced(): void;
  /** The link by which one came holds no longer; this session does not come back. */
  linkEnded(): void;
  /** A moderator has removed one from the lounge; this session does not come back. */
  removed(): void;
  link(state: LinkState): void;
}

/** What a session needs of the world. */
export interface Surroundings {
  ticket(signal: AbortSignal): Promise<string>;
  socket(): WebSocket;
  setTimer: (run: () => void, ms: number) => unknown;
  clearTimer: (timer: unknown) => void;
  random: () => number;
}

const PING_EVERY = 5_000;
/** No frame for this long after a ping: the socket is dead, whatever the browser thinks. */
const PONG_WITHIN = 5_000;
const FIRST_RETRY = 250;
/** While an outage is short: a server that restarts is found again within 3 s. */
const LAST_RETRY = 1_200;
/** While it is long. */
const LOST_RETRY = 5_000;
const LOST_AFTER = 30_000;
/** A server that is about to stop says so to one after the other: there is another one to go to at once. */
const MOVE_WITHIN = 250;
const CONNECT_WITHIN = 8_000;

interface Pending {
  command: Command;
  resolve(reply: Reply): void;
  reject(error: CommandFailed): void;
}

export class Session {
  #identity: Earlier | null = null;
  /** The session that could not be resumed: the next one follows it. */
  #earlier: Earlier | null = null;
  #received = 0;
  #nextId = 1;
  #pending = new Map<number, Pending>();
  #socket: WebSocket | null = null;
  #established = false;
  #everConnected = false;
  #ended = false;
  /** Down for long. */
  #lost = false;
  /** The server has said that it cannot do everything now. */
  #limited = false;
  #attempts = 0;
  #abort: AbortController | null = null;
  #link: LinkState = 'connecting';
  #listeners = new Set<Partial<SessionListener>>();
  #timers = new Map<'ping' | 'pong' | 'retry' | 'lost' | 'connect', unknown>();

  constructor(
    private readonly surroundings: Surroundings,
    listener?: Partial<SessionListener>,
  ) {
    if (listener) this.listen(listener);
  }

  /** Tells one more from now on, in the order of coming, until the returned function is called. */
  listen(listener: Partial<SessionListener>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether signalling is up, as those who listen were told last. */
  get link(): LinkState {
    return this.#link;
  }

  /** Whether commands reach the server at once. */
  get connected(): boolean {
    return this.#established;
  }

  /** Opens the session, or tries at once where it would have waited. */
  connect(): void {
    if (this.#ended || this.#socket || this.#abort) return;
    this.#clear('retry');
    if (!this.#everConnected) this.#changeLink('connecting');
    this.#watchForLoss();
    if (this.#identity) this.#open({ type: 'resume', ...this.#identity, received: this.#received });
    else void this.#hello();
  }

  /** Answers when it has been carried out, after outages too. */
  command(command: Command): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new CommandFailed('session_lost'));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { command, resolve, reject });
      if (this.#established) this.#send({ type: 'command', id, command });
    });
  }

  /** The page goes away, perhaps to come back. */
  hide(): void {
    this.#drop(CloseCode.pageHidden);
  }

  /** Ends it for good. */
  close(): void {
    this.#ended = true;
    this.#drop(CloseCode.pageHidden);
    for (const timer of [...this.#timers.keys()]) this.#clear(timer);
    this.#fail();
  }

  async #hello(): Promise<void> {
    const abort = (this.#abort = new AbortController());
    this.#after('connect', CONNECT_WITHIN, () => abort.abort());
    try {
      const ticket = await this.surroundings.ticket(abort.signal);
      if (this.#abort !== abort) return;
      this.#abort = null;
      const earlier = this.#earlier;
      this.#open({ type: 'hello', protocol: PROTOCOL_VERSION, ticket, ...(earlier && { earlier }) });
    } catch {
      if (this.#abort !== abort) return;
      this.#abort = null;
      this.#retryLater();
    }
  }

  #open(first: ClientFrame): void {
    const socket = (this.#socket = this.surroundings.socket());
    this.#after('connect', CONNECT_WITHIN, () => this.#lose(socket));
    socket.onopen = () => socket.send(JSON.stringify(first));
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#receive(JSON.parse(String(message.data)) as ServerFrame);
    };
    socket.onclose = (close) => this.#lose(socket, close.code);
  }

  #receive(frame: ServerFrame): void {
    this.#clear('pong');
    switch (frame.type) {
      case 'welcome':
        this.#identity = { session: frame.session, secret: frame.secret };
        this.#earlier = null;
        this.#received = 0;
        this.#limited = false;
        // Commands of the session before belong to it: what they were about has to be said anew.
        this.#fail();
        this.#nextId = 1;
        this.#establish();
        this.#tell((listener) => listener.opened?.());
        return;
      case 'resumed':
        this.#establish();
        for (const [id, { command }] of this.#pending) {
          if (id > frame.executed) this.#send({ type: 'command', id, command });
        }
        return;
      case 'refused':
        if (this.#identity && frame.code === 'try_again') {
          // The session is there, but cannot be taken up in this moment.
          this.#drop();
          this.#retryLater();
        } else if (this.#identity) {
          // The server is there, but not the one that knew the session: a new one at once.
          this.#startOver();
          this.#drop();
          this.connect();
        }
        return;
      case 'fault':
      case 'pong':
        return;
      case 'reply':
        this.#received += 1;
        this.#take(frame.id)?.resolve(frame.reply);
        return;
      case 'rejection':
        this.#received += 1;
        this.#take(frame.id)?.reject(new CommandFailed(frame.code));
        return;
      case 'event':
        this.#received += 1;
        if (frame.event.type === 'service_changed') this.#serviceChanged(frame.event.service);
        this.#tell((listener) => listener.event?.(frame.event, frame.topic, frame.version));
        return;
      default:
        frame satisfies never;
    }
  }

  #establish(): void {
    this.#established = true;
    this.#everConnected = true;
    this.#attempts = 0;
    this.#lost = false;
    this.#clear('connect');
    this.#clear('lost');
    this.#schedulePing();
    this.#changeLink(this.#limited ? 'limited' : 'connected');
  }

  #serviceChanged(service: Service): void {
    this.#limited = service === 'limited';
    this.#changeLink(this.#limited ? 'limited' : 'connected');
  }

  #schedulePing(): void {
    this.#after('ping', PING_EVERY, () => {
      const socket = this.#socket;
      if (!socket) return;
      this.#send({ type: 'ping', received: this.#received });
      this.#after('pong', PONG_WITHIN, () => this.#lose(socket));
      this.#schedulePing();
    });
  }

  #lose(socket: WebSocket, code?: number): void {
    if (socket !== this.#socket) return;
    const moves = this.#established && code === CloseCode.goingAway;
    this.#drop();
    const end = endBy(code);
    if (end) {
      this.#ended = true;
      this.#fail();
      this.#tell((listener) => listener[end]?.());
      return;
    }
    if (code === CloseCode.resync || code === CloseCode.handshakeFailed) this.#startOver();
    if (moves) this.#move();
    else this.#retryLater();
  }

  /** The session is lost; what it still holds is for the next one. */
  #startOver(): void {
    this.#earlier = this.#identity ?? this.#earlier;
    this.#identity = null;
  }

  /** Goes to another server, spread: many are told in the same moment. */
  #move(): void {
    this.#changeLink('reconnecting');
    this.#watchForLoss();
    this.#after('retry', MOVE_WITHIN * this.surroundings.random(), () => this.connect());
  }

  /** Lets go of the socket without waiting for it. */
  #drop(code?: number): void {
    this.#abort?.abort();
    this.#abort = null;
    for (const timer of ['ping', 'pong', 'connect', 'retry'] as const) this.#clear(timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#established = false;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    if (code === undefined) socket.close();
    else socket.close(code);
  }

  #retryLater(): void {
    if (this.#ended) return;
    if (this.#everConnected && this.#attempts === 0) this.#changeLink('reconnecting');
    this.#watchForLoss();
    const longest = this.#lost ? LOST_RETRY : LAST_RETRY;
    const wait = Math.min(longest, FIRST_RETRY * 2 ** this.#attempts);
    this.#attempts += 1;
    // Spread, so that everybody does not come back in the same moment.
    this.#after('retry', wait * (0.5 + this.surroundings.random()), () => this.connect());
  }

  #watchForLoss(): void {
    if (this.#lost || this.#timers.has('lost')) return;
    this.#after('lost', LOST_AFTER, () => {
      this.#lost = true;
      this.#changeLink('lost');
    });
  }

  #changeLink(link: LinkState): void {
    this.#link = link;
    this.#tell((listener) => listener.link?.(link));
  }

  /** Whoever comes or goes while it is told does not disturb the others. */
  #tell(told: (listener: Partial<SessionListener>) => void): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) told(listener);
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #fail(): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of lost) pending.reject(new CommandFailed('session_lost'));
  }

  #after(name: 'ping' | 'pong' | 'retry' | 'lost' | 'connect', ms: number, run: () => void): void {
    this.#clear(name);
    const timer = this.surroundings.setTimer(() => {
      this.#timers.delete(name);
      run();
    }, ms);
    this.#timers.set(name, timer);
  }

  #clear(name: 'ping' | 'pong' | 'retry' | 'lost' | 'connect'): void {
    const timer = this.#timers.get(name);
    if (timer === undefined) return;
    this.surroundings.clearTimer(timer);
    this.#timers.delete(name);
  }
}

/** After which of the ways a socket closes there is no coming back by oneself. */
function endBy(code: number | undefined): 'replaced' | 'linkEnded' | 'removed' | null {
  switch (code) {
    case CloseCode.replaced:
      return 'replaced';
    case CloseCode.linkEnded:
      return 'linkEnded';
    case CloseCode.removed:
      return 'removed';
    default:
      return null;
  }
}

/** What makes this page the same guest again after a reload. */
export interface GuestKey {
  get(): string | null;
  set(key: string | null): void;
}

/** An answer of the server has just come: its `Date`. */
export type DateHeard = (date: string | null) => void;

async function askForTicket(signal: AbortSignal, request?: TicketRequest): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const body = request && { headers, body: JSON.stringify(request) };
  return fetch('/api/v1/tickets', { method: 'POST', signal, ...body });
}

async function ticketIn(response: Response): Promise<Ticket> {
  if (!response.ok) throw new Error(`no ticket: ${response.status}`);
  return (await response.json()) as Ticket;
}

async function guestTicket(signal: AbortSignal, guest: GuestKey, heard?: DateHeard): Promise<string> {
  const known = guest.get();
  const response = await askForTicket(signal, known === null ? undefined : { guest: known });
  heard?.(response.headers.get('date'));
  // Whatever is wrong with a key, without it one is let in as somebody new.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) guest.set(null);
  const body = await ticketIn(response);
  if (body.guest !== undefined) guest.set(body.guest);
  return body.ticket;
}

/** The browser, and the server that served this page. */
export const browserSurroundings: Surroundings = {
  ticket: async (signal) => (await ticketIn(await askForTicket(signal))).ticket,
  socket: () => {
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return new WebSocket(url);
  },
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
};

/** The same, as a guest who stays the same one for as long as the key is kept. */
export function guestSurroundings(guest: GuestKey, heard?: DateHeard): Surroundings {
  return { ...browserSurroundings, ticket: (signal) => guestTicket(signal, guest, heard) };
}

/**
 * The same, as who came over a link to an appointment, by its cookie.
 * @param refused the link is of no use any more, or not yet; it is tried on until the session is closed
 */
export function appointmentSurroundings(appointment: string, refused: () => void): Surroundings {
  return {
    ...browserSurroundings,
    ticket: async (signal) => {
      const response = await askForTicket(signal, { appointment });
      if (response.status === 401 || response.status === 403 || response.status === 404) refused();
      return (await ticketIn(response)).ticket;
    },
  };
}
