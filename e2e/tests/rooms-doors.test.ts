// Doors of rooms: who comes in, who asks first, who does not, and what each of them reads.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { answers, does, inUse, knocks, letIn, listener, setPassword } from '../harness/rooms';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

declare global {
  interface Window {
    /** How many sounds the page has made. */
    played: number;
  }
}

let server: Server;
let chromium: Browser;
let ana: Person;
let ben: Person;
let url: string;
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
  url = `${server.http}/r/${encodeURIComponent(`Tür ${room}`)}`;
  ana = await listener(chromium, 'Ana');
  ben = await Person.create(chromium, 'Ben');
  await ana.join(url);
});

afterEach(async () => {
  for (const person of [ana, ben]) {
    if (person.page.url() !== 'about:blank') expect(await person.errors()).toEqual([]);
    await person.close();
  }
});

describe('a locked room', () => {
  it('says so without asking for a camera, and lets in again when it is open', async () => {
    await letIn(ana, 'Nobody new');
    await ben.open(url);
    await ben.find('heading', 'The room is locked');
    await ben.until(
      'no device in use',
      () => window.probe.captured.every((one) => one.readyState === 'ended'),
      5_000,
    );
    await examine(ben, 'door-locked');
    await letIn(ana, 'Everybody with the link');
    await ben.press('Try again');
    await ben.enterName();
    await ben.press('Join now');
    await ben.find('toolbar', 'Call controls');
  });

  it('keeps who is inside, over a reload too', async () => {
    await ben.join(url);
    await letIn(ana, 'Nobody new');
    await ben.page.reload();
    await ben.find('toolbar', 'Call controls');
    await ben.seesTile('Ana');
  });
});

describe('a lobby', () => {
  it('has the host told within a second, by sound and title, wherever they look', async () => {
    await letIn(ana, 'Whoever you let in');
    const played = await ana.page.evaluate(() => window.played);
    await ben.open(url);
    await ben.enterName();
    await ben.find('button', 'Ask to join');
    await examine(ben, 'door-lobby');
    const asked = Date.now();
    await ben.press('Ask to join');
    await ana.find('button', 'Admit Ben', 1_000);
    await ana.until('the title', () => document.title.includes('Ben asks to come in'), 1_000);
    await ana.until('the sound', `window.played > ${played}`, 1_000);
    expect(Date.now() - asked, 'ms until the host was told').toBeLessThan(1_000);
    // It flashes: what does not change is not noticed among other tabs.
    await ana.until('the room in the title', () => document.title.startsWith('Tür'), 3_000);
    await ana.until('the knock in it again', () => document.title.includes('Ben asks to come in'), 3_000);
    await ben.find('heading', 'Asking to be let in…');
    await examine(ben, 'knocking');
    await examine(ana, 'knock');
    await ana.press('Admit Ben');
    await ben.find('toolbar', 'Call controls');
    await ana.seesTile('Ben');
    // Admitted once, one need not ask again.
    await ben.leave();
    await ben.press('Rejoin');
    await ben.find('toolbar', 'Call controls');
  });

  it('has the host answer on a phone, too, with the chat over the call', async () => {
    await ana.page.setViewport({ width: 360, height: 740 });
    await ana.find('toolbar', 'Call controls');
    await letIn(ana, 'Whoever you let in');
    await ana.press('Chat');
    await ana.find('log', 'Messages');
    await knocks(ben, url);
    const admit = await ana.find('button', 'Admit Ben', 1_000);
    const seen = await admit.evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    });
    expect(seen, 'nothing lies over it').toBe(true);
    expect(await ana.page.$$('aria/Admit Ben[role="button"]'), 'the one below is not there').toHaveLength(1);
    await examine(ana, 'knock-in-chat', [
      { width: 360, height: 740 },
      { width: 740, height: 360 },
      { width: 1440, height: 900 },
    ]);
    await ana.page.setViewport({ width: 360, height: 740 });
    await ana.press('Admit Ben');
    await ben.find('toolbar', 'Call controls');
    await ana.find('textbox', 'Message');
    await ana.until('no knock', () => document.querySelector('[data-knocks]') === null, 3_000);
  });

  it('refuses whom the host refuses, who may ask again', async () => {
    await letIn(ana, 'Whoever you let in');
    await knocks(ben, url);
    await ana.press('Refuse Ben');
    await ben.find('heading', 'You were not let in');
    expect(await inUse(ben)).toBe(0);
    await examine(ben, 'turned-away');
    await ben.press('Ask again');
    await ben.enterName();
    await ben.press('Ask to join');
    await ana.press('Admit Ben');
    await ben.find('toolbar', 'Call controls');
  });

  it('lists those who wait, and lets them all in', async () => {
    const cem = await Person.create(chromium, 'Cem');
    try {
      await letIn(ana, 'Whoever you let in');
      await ana.press('People');
      await knocks(ben, url);
      await knocks(cem, url);
      await ana.until(
        'both on the list',
        () => document.querySelectorAll('ul[aria-label=Waiting] li').length === 2,
        3_000,
      );
      await examine(ana, 'people-waiting');
      await ana.press('Admit all');
      await Promise.all([ben, cem].map((person) => person.find('toolbar', 'Call controls')));
    } finally {
      await cem.close();
    }
  });

  it('forgets whoever thinks better of it', async () => {
    await letIn(ana, 'Whoever you let in');
    await knocks(ben, url);
    await ana.find('button', 'Admit Ben');
    await ben.press('Cancel');
    await ben.find('button', 'Ask to join');
    await ana.until('no knock', () => document.querySelector('[data-knocks]') === null, 3_000);
  });

  it('stays on when the room empties and fills again', async () => {
    await letIn(ana, 'Whoever you let in');
    await ana.leave();
    await knocks(ben, url);
    await ana.press('Rejoin');
    await ana.find('toolbar', 'Call controls');
    await ana.press('Admit Ben');
    await ben.find('toolbar', 'Call controls');
  });
});

describe('a password', () => {
  it('is asked for, and another one is not it', async () => {
    await setPassword(ana, 'open sesame');
    await ben.open(url);
    await ben.enterName();
    await (await ben.find('textbox', 'Password')).type('sesame');
    await ben.press('Join now');
    await ben.until(
      'the mistake',
      () => document.querySelector('[role=alert]')?.textContent === 'That is not the password of this room.',
      5_000,
    );
    const focused = await ben.page.evaluate(() => (document.activeElement as HTMLInputElement).type);
    expect(focused).toBe('password');
    await examine(ben, 'password-wrong');
    const field = await ben.find('textbox', 'Password');
    await field.evaluate((element) => (element as HTMLInputElement).select());
    await field.type('open sesame');
    await ben.press('Join now');
    await ben.find('toolbar', 'Call controls');
    await ben.page.reload();
    await ben.find('toolbar', 'Call controls');
  });
});

describe('somebody removed', () => {
  it('cannot come back by reload, new tab or the same link', async () => {
    await ben.join(url);
    await ana.seesTile('Ben');
    await does(ana, 'Ben', 'Remove');
    await answers(ana, 'Remove');
    await ben.find('heading', 'The host has removed you from the room');
    expect(await inUse(ben)).toBe(0);
    await examine(ben, 'removed');
    await ana.losesTile('Ben', 1_000);
    await ben.page.reload();
    await ben.find('heading', 'You were removed from this room');
    await examine(ben, 'door-removed');
    const tab = await Person.tab(ben.context, 'Ben again');
    await tab.open(url);
    await tab.find('heading', 'You were removed from this room');
    await tab.page.close();
    await ben.page.bringToFront();
    await ben.open(url);
    await ben.find('heading', 'You were removed from this room');
    // Others are let in.
    const cem = await Person.create(chromium, 'Cem');
    await cem.join(url);
    await cem.close();
  });
});

describe('a room that staff have to open', () => {
  it('says so to everybody else', async () => {
    const staffed = await startServer({ VISAVIS_ROOMS__OPENED_BY: 'staff' });
    try {
      await ben.open(`${staffed.http}/r/closed`);
      await ben.find('heading', 'The room is not open yet');
      await examine(ben, 'door-closed');
      await ben.press('Try again');
      await ben.find('heading', 'The room is not open yet');
    } finally {
      await staffed.dispose();
    }
  });
});
