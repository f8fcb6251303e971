// The lounge on the wire: what reaches a browser, recorded below the page, and guests without a screen, who live many
// to a page and speak the protocol themselves.

import type { Browser, Page } from 'puppeteer-core';
import type { Person } from './browsers';
import { ownAddress } from './instances';
import type { Server } from './server';

/** Everything that goes over the WebSockets of a page, and every request of it, as the network sees them. */
export class Wire {
  readonly received: string[] = [];
  readonly sent: string[] = [];
  readonly requests: string[] = [];

  /** Before the page opens anything. */
  static async of(person: Person): Promise<Wire> {
    const wire = new Wire();
    const session = await person.page.createCDPSession();
    await session.send('Network.enable');
    session.on('Network.webSocketFrameReceived', ({ response }) => wire.received.push(response.payloadData));
    session.on('Network.webSocketFrameSent', ({ response }) => wire.sent.push(response.payloadData));
    session.on('Network.requestWillBeSent', ({ request }) => wire.requests.push(request.url));
    return wire;
  }
}

/** A frame as far as these tests look into it. */
export interface Frame {
  type: string;
  id?: number;
  code?: string;
  topic?: string;
  reply?: Record<string, unknown>;
  event?: { type: string; place?: { type: string }; message?: { id: string; number: number; text: string } };
}

interface Guest {
  frames: Frame[];
  command(command: Record<string, unknown>): Promise<Frame>;
  close(): void;
}

declare global {
  interface Window {
    guests: Map<string, Guest>;
    enterGuest(name: string, slug?: string): Promise<Frame>;
  }
}

/** Runs in a page of the server's origin. */
function guestsInPage(): void {
  window.guests = new Map();
  window.enterGuest = async (name, slug) => {
    const body = JSON.stringify({ guest: '' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/v1/tickets', { method: 'POST', headers, body });
    const { ticket } = (await answer.json()) as { ticket: string };
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
    const frames: Frame[] = [];
    const waiting = new Map<number, (frame: Frame) => void>();
    let counted = 0;
    let commands = 0;
    const welcomed = new Promise<void>((resolve, reject) => {
      socket.onclose = ({ code }) => reject(new Error(`the socket closed with ${code}`));
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data)) as Frame;
        frames.push(frame);
        if (['reply', 'rejection', 'event'].includes(frame.type)) counted += 1;
        if (frame.type === 'welcome') resolve();
        if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
      };
    });
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', protocol: 1, ticket }));
    await welcomed;
    setInterval(() => socket.send(JSON.stringify({ type: 'ping', received: counted })), 4_000);
    const command = (command: Record<string, unknown>): Promise<Frame> => {
      const id = (commands += 1);
      const answered = new Promise<Frame>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ type: 'command', id, command }));
      return answered;
    };
    window.guests.set(name, { frames, command, close: () => socket.close() });
    const door = (await command({ type: 'open_lounge' })).reply as {
      door: { rooms: { id: string; slug: string }[] };
    };
    const room = door.door.rooms.find((one) => one.slug === slug)?.id;
    const where = room === undefined ? {} : { room };
    return command({ type: 'enter_lounge', name, use_here: false, ...where });
  };
}

/** Guests without a screen. */
export class Guests {
  private constructor(private readonly page: Page) {}

  static async at(browser: Browser, server: Server): Promise<Guests> {
    const page = await (await browser.createBrowserContext()).newPage();
    const url = ownAddress(page.browserContext(), `${server.http}/`);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.evaluate(guestsInPage);
    return new Guests(page);
  }

  /** Goes into the room of that address, or the first. @returns the answer to `enter_lounge` */
  enter(name: string, slug?: string): Promise<Frame> {
    return this.page.evaluate((name, slug) => window.enterGuest(name, slug), name, slug);
  }

  command(name: string, command: Record<string, unknown>): Promise<Frame> {
    return this.page.evaluate(
      (name, command) => {
        const guest = window.guests.get(name);
        if (!guest) throw new Error(`${name} is not there`);
        return guest.command(command);
      },
      name,
      command,
    );
  }

  /** Everything that reached one of them. */
  frames(name: string): Promise<Frame[]> {
    return this.page.evaluate((name) => window.guests.get(name)?.frames ?? [], name);
  }

  close(): Promise<void> {
    return this.page.browserContext().close();
  }
}

/** An id for a message, as a page draws it. */
export const messageId = (): string => `m_${crypto.randomUUID().replaceAll('-', '')}`;

/** Something a guest says in a room. */
export const post = (room: string, text: string): Record<string, unknown> => ({
  type: 'post',
  place: { type: 'lounge_room', room },
  message: messageId(),
  text,
});
