// Every screen: found without fault by axe, used by keyboard alone, and photographed on demand.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { hearsAndSees } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('each screen', () => {
  it('the start, also with a mistake and with rooms of before', async () => {
    const ana = await Person.create(chromium, 'Ana');
    try {
      await ana.open(server.http);
      await ana.find('button', 'Join room');
      await examine(ana, 'home');
      await ana.press('Join room');
      await ana.until('the mistake', () => document.querySelector('[role=alert]')?.textContent !== '', 2_000);
      await examine(ana, 'home-mistake');
      await ana.open(`${server.http}/nowhere`);
      await ana.find('heading', 'There is no such page');
      await examine(ana, 'not-found');
    } finally {
      await ana.close();
    }
  });

  it('the door, the call alone, for two, with chat, for three, and its end', async () => {
    const people = ['Ana', 'Ben', 'Cem'];
    const [ana, ben, cem] = await Promise.all(people.map((name) => Person.create(chromium, name)));
    if (!ana || !ben || !cem) throw new Error('nobody came');
    const url = `${server.http}/r/${encodeURIComponent('Café 42')}`;
    try {
      await ana.open(url);
      await ana.enterName();
      await ana.until('the preview', () => document.querySelector('video') !== null, 5_000);
      await examine(ana, 'prejoin');
      await ana.press('Turn camera off');
      await examine(ana, 'prejoin-camera-off');
      await ana.press('Turn camera on');
      await ana.press('Join now');
      await ana.find('toolbar', 'Call controls');
      await examine(ana, 'alone');
      await ben.join(url);
      await hearsAndSees(ana);
      await examine(ana, 'call');
      await ben.press('Turn camera off');
      await ben.press('Mute microphone');
      await ana.tileHas('Ben', 'data-muted', 'true');
      await examine(ana, 'call-camera-off');
      await ana.press('Chat');
      await (await ana.find('textbox', 'Message')).type('Hello, see https://example.org\n');
      await ben.press('Chat');
      await (await ben.find('textbox', 'Message')).type('Merhaba! שלום\n');
      await ana.until('both', () => document.querySelectorAll('[role=log] article').length === 2, 3_000);
      await examine(ana, 'chat');
      await ana.press('Close');
      await cem.join(url);
      await hearsAndSees(cem);
      await examine(ana, 'three');
      await ana.page.keyboard.press('?');
      await ana.find('dialog', 'Keyboard shortcuts');
      await examine(ana, 'shortcuts');
      await ana.page.keyboard.press('Escape');
      await ana.leave();
      await examine(ana, 'ended');
    } finally {
      await Promise.all([ana.close(), ben.close(), cem.close()]);
    }
  });

  it('the door when devices are refused', async () => {
    const before = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`;
    const ana = await Person.create(chromium, 'Ana', { before });
    try {
      await ana.open(`${server.http}/r/refused`);
      await ana.until('help', () => document.body.innerText.includes('may not use the camera'), 5_000);
      await examine(ana, 'prejoin-refused');
    } finally {
      await ana.close();
    }
  });

  it('a room that is full', async () => {
    const small = await startServer({ VISAVIS_ROOMS__MAX_PEOPLE: '1' });
    const [ana, ben] = [await Person.create(chromium, 'Ana'), await Person.create(chromium, 'Ben')];
    try {
      await ana.join(`${small.http}/r/small`);
      await ben.open(`${small.http}/r/small`);
      await ben.enterName();
      await ben.press('Join now');
      await ben.find('heading', 'The room is full');
      await examine(ben, 'full');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
      await small.dispose();
    }
  });

  it('the call while the server is away', async () => {
    const own = await startServer();
    const ana = await Person.create(chromium, 'Ana');
    try {
      await ana.join(`${own.http}/r/away`);
      await own.kill();
      await ana.until('the banner', () => document.body.innerText.includes('is interrupted'), 10_000);
      await examine(ana, 'reconnecting');
    } finally {
      await ana.close();
      await own.dispose();
    }
  });
});

describe('by keyboard alone', () => {
  it('from the start through a call to its end', async () => {
    const ben = await Person.create(chromium, 'Ben');
    const ana = await Person.create(chromium, 'Ana');
    try {
      await ben.join(`${server.http}/r/keys`);
      const keys = ana.page.keyboard;
      const focused = () =>
        ana.page.evaluate(
          () =>
            document.activeElement?.getAttribute('aria-label') ??
            document.activeElement?.textContent?.trim() ??
            '',
        );
      const tabTo = async (name: string) => {
        for (let presses = 0; presses < 40; presses += 1) {
          if ((await focused()) === name) return;
          await keys.press('Tab');
        }
        throw new Error(`tab does not lead to ${name}`);
      };
      await ana.open(server.http);
      await ana.find('textbox', 'Room name');
      await keys.press('Tab');
      await keys.type('keys');
      await keys.press('Enter');
      await ana.find('textbox', 'Your name');
      await ana.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await tabTo('Turn camera off');
      await keys.press('Tab');
      await keys.type('Ana');
      await keys.press('Enter');
      await ana.find('toolbar', 'Call controls');
      await hearsAndSees(ana);
      await keys.press('m');
      await ben.tileHas('Ana', 'data-muted', 'true');
      await keys.press('c');
      await ana.until(
        'the message box focused',
        () => document.activeElement?.getAttribute('aria-label') === 'Message',
        2_000,
      );
      await keys.type('mvc?');
      await keys.press('Enter');
      await ana.until('the message', () => document.body.innerText.includes('mvc?'), 2_000);
      await ben.tileHas('Ana', 'data-muted', 'true');
      await ana.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await keys.press('c');
      await ana.until(
        'focus back on the button',
        () => document.activeElement?.getAttribute('aria-label') === 'Chat',
        2_000,
      );
      for (const name of ['People', 'Reactions', 'Raise hand', 'Share screen', 'Camera options']) {
        await keys.press('ArrowLeft');
        expect(await focused()).toBe(name);
      }
      await keys.press('Enter');
      await ana.find('menuitemradio', 'fake_device_1');
      await keys.press('Escape');
      // Everything one does to and with others, too.
      await tabTo('Raise hand');
      await keys.press('Space');
      await ana.find('button', 'Lower hand');
      await ben.until(
        'the hand',
        () => document.querySelector('[aria-label^="Hand raised"]') !== null,
        3_000,
      );
      await keys.press('ArrowRight');
      expect(await focused()).toBe('Reactions');
      await keys.press('Enter');
      await ana.until(
        'the first one focused',
        () => document.activeElement?.closest('[aria-label=Reactions]') !== null,
        2_000,
      );
      await keys.press('Enter');
      await ben.until('the reaction', () => document.querySelector('[data-reactions="1"]') !== null, 3_000);
      await keys.press('Escape');
      expect(await focused()).toBe('Reactions');
      await keys.press('ArrowRight');
      await keys.press('Enter');
      await ana.find('region', 'People');
      await tabTo('Options for Ben');
      await keys.press('Enter');
      await ana.find('menuitem', 'Pin');
      await keys.press('Enter');
      await ana.until(
        'Ben pinned',
        () => document.querySelector('[data-tile][aria-label=Ben] [aria-label^="Pinned"]') !== null,
        3_000,
      );
      await tabTo('People');
      await keys.press('Enter');
      await ana.until(
        'the list closed',
        () => document.querySelector('section[aria-label=People]') === null,
        2_000,
      );
      await tabTo('Leave');
      await keys.press('Enter');
      await ana.find('heading', 'You left the call');
      await tabTo('Rejoin');
      await keys.press('Enter');
      await ana.find('toolbar', 'Call controls');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('by touch', () => {
  it('a tap that brings the controls back presses none of them', async () => {
    const ana = await Person.create(chromium, 'Ana');
    const ben = await Person.create(chromium, 'Ben');
    try {
      await ana.page.setViewport({ width: 360, height: 720, hasTouch: true, isMobile: true });
      await ben.join(`${server.http}/r/touch`);
      await ana.join(`${server.http}/r/touch`);
      await hearsAndSees(ana);
      const leave = await ana.find('button', 'Leave');
      const box = await leave.boundingBox();
      if (!box) throw new Error('no button to leave');
      const tap = () => ana.page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
      // What the page has heard of the tap, after everything of the page's own has.
      await ana.page.evaluate(() => {
        const taps = window as unknown as { taps: number };
        taps.taps = 0;
        addEventListener('click', () => (taps.taps += 1), true);
      });
      const opacity = `getComputedStyle(document.querySelector('[role=toolbar]').parentElement).opacity`;
      await ana.until('the controls hidden', `${opacity} === '0'`, 8_000);
      await tap();
      await ana.until('the tap', 'window.taps === 1', 2_000);
      await ana.until('the controls back', `${opacity} === '1'`, 2_000);
      expect(await ana.page.$('[role=toolbar]')).not.toBeNull();
      await tap();
      await ana.find('heading', 'You left the call');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('privacy', () => {
  it('no page asks anybody else for anything, and the log names nobody', async () => {
    const own = await startServer();
    const ana = await Person.create(chromium, 'Anastasia');
    const ben = await Person.create(chromium, 'Benedikta');
    const foreign: string[] = [];
    for (const person of [ana, ben]) {
      person.page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== person.at(own.http))
          foreign.push(request.url());
      });
    }
    try {
      await ana.join(`${own.http}/r/confidential`);
      await ben.join(`${own.http}/r/confidential`);
      await hearsAndSees(ben);
      await ana.press('Chat');
      await (await ana.find('textbox', 'Message')).type('between us\n');
      await ben.until(
        'the message',
        () => window.probe.sockets.some((frame) => frame.includes('between us')),
        3_000,
      );
      await ana.leave();
      expect(foreign).toEqual([]);
      expect(await own.stop()).toBe(0);
      for (const word of [
        'Anastasia',
        'Benedikta',
        'confidential',
        'between us',
        'a=candidate',
        'ice-pwd',
        'eyJ',
        '192.',
      ]) {
        expect(own.log()).not.toContain(word);
      }
      expect(own.log()).toContain('stopping');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
      await own.dispose();
    }
  });
});
