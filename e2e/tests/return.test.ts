// Coming back into a room: by Rejoin, from another window, through the history, the next morning. And where the reader
// stands when a page has changed under them.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { hearsAndSees } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let ana: Person;
let room = 0;
let url: string;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

beforeEach(async () => {
  room += 1;
  url = `${server.http}/r/return-${room}`;
  ana = await Person.create(chromium, 'Ana');
});

afterEach(() => ana.close());

const SEAT = 'visavis.seat.return-';

/** What the heading of the page is, once the reader stands there. */
async function standsAt(person: Person, heading: string): Promise<void> {
  await person.until(
    `the reader at “${heading}”`,
    `document.activeElement?.tagName === 'H1' && document.activeElement.textContent === ${JSON.stringify(heading)}`,
    5_000,
  );
}

/** The same tab once more, as browsers duplicate it: with what is kept for the tab. */
async function duplicated(person: Person): Promise<Person> {
  const kept = await person.page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  const before = `if (sessionStorage.length === 0) Object.assign(sessionStorage, ${kept})`;
  return Person.tab(person.context, `${person.name}'s other tab`, { before });
}

describe('a call that went on in another window', () => {
  it(
    'is brought back by Rejoin, as it was, and the others hear of nothing',
    { tags: ['apart'] },
    async () => {
      const ben = await Person.create(chromium, 'Ben');
      try {
        await ana.join(url);
        await ben.join(url);
        await hearsAndSees(ben, 15_000);
        await ana.press('Turn camera off');
        await ben.tileHas('Ana', 'data-muted', 'false');
        const from = await ben.page.evaluate(() => window.probe.sockets.length);
        const other = await duplicated(ana);
        await other.open(url);
        await other.find('toolbar', 'Call controls');
        const replaced = 'You continued in another window';
        await ana.page.bringToFront();
        await ana.find('heading', replaced);
        await ana.press('Rejoin');
        await ana.find('toolbar', 'Call controls');
        await ana.find('button', 'Turn camera on');
        await ana.find('button', 'Mute microphone');
        await other.page.bringToFront();
        await other.find('heading', replaced);
        const frames = await ben.page.evaluate((from) => window.probe.sockets.slice(from), from);
        expect(frames.filter((frame) => /participant_(joined|left)/.test(frame))).toEqual([]);
        expect(await ana.errors()).toEqual([]);
      } finally {
        await ben.close();
      }
    },
  );
});

describe('a call that was left', () => {
  it('is come into again with the devices as they were', async () => {
    await ana.join(url);
    await ana.press('Turn camera off');
    await ana.press('Mute microphone');
    await ana.find('button', 'Unmute microphone');
    await ana.leave();
    const captured = await ana.page.evaluate(() => window.probe.captured.length);
    await ana.press('Rejoin');
    await ana.find('toolbar', 'Call controls');
    await ana.find('button', 'Turn camera on');
    await ana.find('button', 'Unmute microphone');
    const kinds = (from: number): string[] => window.probe.captured.slice(from).map(({ kind }) => kind);
    expect(await ana.page.evaluate(kinds, captured)).toEqual(['audio']);
  });

  it('by the way back of the browser is at its door again, unless it was a moment ago', async () => {
    await ana.open(server.http);
    const field = await ana.find('textbox', 'Room name');
    await field.type(`return-${room}`);
    await ana.press('Join room');
    await ana.enterName();
    await ana.press('Join now');
    await ana.find('toolbar', 'Call controls');
    await ana.page.goBack();
    await ana.find('heading', 'Talk face to face');
    await ana.page.goForward();
    await ana.find('toolbar', 'Call controls');

    await ana.page.goBack();
    await ana.find('heading', 'Talk face to face');
    // As if the night had passed.
    const aged = await ana.page.evaluate((seat) => {
      const seats = Object.keys(sessionStorage).filter((key) => key.startsWith(seat));
      for (const key of seats) {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as { at: number };
        sessionStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - 60_000 }));
      }
      return seats.length;
    }, SEAT);
    expect(aged).toBe(1);
    await ana.page.goForward();
    await ana.find('button', 'Join now');
    expect(await ana.page.$('[role=toolbar][aria-label="Call controls"]')).toBeNull();
  });
});

describe('the reader', () => {
  it('stands at the heading of each page that one comes to, and nowhere on the first one', async () => {
    await ana.open(server.http);
    const first = await ana.page.evaluate(() => document.activeElement?.tagName);
    expect(first).toBe('BODY');
    const field = await ana.find('textbox', 'Room name');
    await field.type(`return-${room}`);
    await ana.press('Join room');
    await standsAt(ana, `Join return-${room}`);
    await ana.enterName();
    await ana.press('Join now');
    await standsAt(ana, `return-${room}`);
    await ana.leave();
    await standsAt(ana, 'You left the call');
    await ana.press('To the start page');
    await standsAt(ana, 'Talk face to face');
    // Nobody has an address like this one.
    await ana.page.evaluate(() => {
      history.pushState(null, '', '/nowhere');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await standsAt(ana, 'There is no such page');
  });
});
