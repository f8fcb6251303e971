// What people write arrives as they wrote it, once, in order, and as text.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let ana: Person;
let ben: Person;
let room = 0;

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
  [ana, ben] = [await Person.create(chromium, 'Ana'), await Person.create(chromium, 'Ben')];
  await ana.join(`${server.http}/r/chat-${room}`);
  await ben.join(`${server.http}/r/chat-${room}`);
  for (const person of [ana, ben]) await person.press('Chat');
});

afterEach(() => Promise.all([ana.close(), ben.close()]));

const texts = (person: Person): Promise<string[]> =>
  person.page.evaluate(() =>
    [...document.querySelectorAll('[role=log] .text')].map((text) => text.textContent ?? ''),
  );

async function say(person: Person, text: string): Promise<void> {
  const box = await person.find('textbox', 'Message');
  // Typed by value: 4,000 key presses prove nothing more.
  await box.evaluate((element, text) => {
    (element as HTMLTextAreaElement).value = text;
    element.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await person.press('Send');
}

const shows = (person: Person, count: number, timeout = 5_000) =>
  person.until(
    `${count} messages`,
    `document.querySelectorAll('[role=log] .text').length === ${count}`,
    timeout,
  );

describe('messages', () => {
  it('keep every character, in order, and are never markup', { tags: ['apart'] }, async () => {
    const lines = [
      'plain',
      '<b>bold</b><img src=x onerror="window.injected=true">',
      'a:b|c&amp;d "quoted" \'quoted\'',
      '👩‍👩‍👧 🇹🇷 é',
      'שלום עולם \u202Eabc',
      'two\nlines',
      'é'.repeat(4_000),
    ];
    for (const line of lines) await say(ana, line);
    await shows(ben, lines.length);
    expect(await texts(ben)).toEqual(lines);
    expect(await texts(ana)).toEqual(lines);
    expect(
      await ben.page.evaluate(() => 'injected' in window || document.querySelector('[role=log] b') !== null),
    ).toBe(false);
  });

  it('longer than 4,000 characters are not sent, and say so', async () => {
    const box = await ana.find('textbox', 'Message');
    await box.evaluate((element) => {
      (element as HTMLTextAreaElement).value = 'x'.repeat(4_001);
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await ana.until(
      'the button off',
      () => document.querySelector('button[aria-label=Send]:disabled') !== null,
      2_000,
    );
    expect(await ana.page.evaluate(() => document.body.innerText)).toContain('-1 characters left');
  });

  it('are there for those who come later', async () => {
    await say(ana, 'before');
    await shows(ben, 1);
    const cem = await Person.create(chromium, 'Cem');
    try {
      await cem.join(`${server.http}/r/chat-${room}`);
      await cem.press('Chat');
      await shows(cem, 1);
      expect(await texts(cem)).toEqual(['before']);
    } finally {
      await cem.close();
    }
  });

  it('count as unread while the chat is closed', async () => {
    await ben.press('Close');
    await say(ana, 'one');
    await say(ana, 'two');
    await ben.until(
      'the badge',
      () => document.querySelector<HTMLElement>('[data-control=chat] .badge')?.dataset['text'] === '2',
      3_000,
    );
    await ben.until('the title', () => document.title.startsWith('(2) '), 3_000);
    await ben.press('Chat');
    await ben.until(
      'the badge gone',
      () => document.querySelector('[data-control=chat] .badge') === null,
      3_000,
    );
  });
});

describe('a server that goes away', () => {
  it('makes a message fail visibly; it is sent again once, when asked', async () => {
    await server.kill();
    await say(ana, 'into the void');
    await ana.until('the mark', () => document.querySelector('[data-state=failed]') !== null, 15_000);
    await server.start();
    await ana.until('signalling back', () => document.querySelector('.link.connected') !== null, 10_000);
    await ana.press('Try again');
    await shows(ben, 1, 10_000);
    expect(await texts(ben)).toEqual(['into the void']);
  });

  it('takes no message twice when the socket breaks in between', async () => {
    // Every socket is cut as soon as it has sent something: the page cannot know whether it arrived.
    await ana.page.evaluate(() => {
      const send = WebSocket.prototype.send;
      let cuts = 0;
      WebSocket.prototype.send = function (data) {
        send.call(this, data);
        if (String(data).includes('"say"') && cuts < 3) {
          cuts += 1;
          // Not a goodbye: as a broken line looks to the page.
          setTimeout(() => {
            const closed = new CloseEvent('close', { code: 1006 });
            this.onclose?.call(this, closed);
          }, 0);
        }
      };
    });
    for (const text of ['one', 'two', 'three']) await say(ana, text);
    await shows(ben, 3, 15_000);
    await ana.until('all taken', () => document.querySelectorAll('[data-state=sent]').length === 3, 10_000);
    expect(await texts(ben)).toEqual(['one', 'two', 'three']);
    expect(await texts(ana)).toEqual(['one', 'two', 'three']);
  });
});
