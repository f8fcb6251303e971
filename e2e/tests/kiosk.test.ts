// A desk on a smart screen: one touch calls, and 30 seconds after the call nothing of the visitor is left.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { accept, goOnline, reads, representative, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const SCREEN = 'Branch Bonn';
const ANA = 'Ana Kaya';
const PORTRAIT = { width: 1080, height: 1920 };

declare global {
  interface Window {
    /** Moves the clock of this page on; its timers go on as they do. */
    later(ms: number): void;
  }
}

let server: Server;
let chromium: Browser;
let ana: Person;
let screen: Person;

/** Runs in the page: a clock that can be moved on. What counts down goes by the clock, not by its timers. */
function movableClock(): void {
  const now = Date.now.bind(Date);
  let ahead = 0;
  Date.now = () => now() + ahead;
  window.later = (ms) => (ahead += ms);
}

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  ana = await representative(chromium, server.http, ANA, 'ana@demo');
  screen = await Person.create(chromium, SCREEN, {
    before: `(${movableClock.toString()})()`,
    viewport: PORTRAIT,
  });
  await screen.open(`${server.http}/desk/help?kiosk&name=${encodeURIComponent(SCREEN)}`);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Touches something as a finger does. */
async function touch(name: string): Promise<void> {
  await (await screen.find('button', name)).tap();
}

const secondsLeft = (): Promise<number> =>
  screen.page.$eval('[role=timer]', (one) => Number(/\d+/.exec(one.textContent)?.[0]));

async function look(state: string): Promise<void> {
  await examine(screen, `kiosk-${state}`, [PORTRAIT, { width: 1920, height: 1080 }]);
  await screen.page.setViewport(PORTRAIT);
}

describe('a smart screen', () => {
  it('invites, and says when nobody is there', async () => {
    await reads(screen, 'Nobody is online');
    await look('nobody');
    await goOnline(ana);
    await screen.find('button', 'Call first available');
    expect(await screen.page.$$('input')).toEqual([]);
    await look('idle');
  });

  it('calls at one touch, under the name of the screen', async () => {
    await touch('Call first available');
    await screen.find('dialog', `Calling ${ANA}`);
    await look('calling');
    await accept(ana, SCREEN);
    await Promise.all([hearsAndSees(screen), hearsAndSees(ana)]);
    await look('call');
    await screen.press('Chat');
    await (await screen.find('textbox', 'Message')).type('my number is 4711');
    await screen.press('Send');
    await reads(ana, '4711');
    await screen.press('Leave');
    await screen.find('heading', 'You ended the call');
  });

  it('waits 30 seconds, anew after each touch, and forgets the visitor', async () => {
    await screen.until('the countdown', () => document.querySelector('[role=timer]') !== null, 2_000);
    expect(await secondsLeft()).toBeGreaterThan(20);
    await look('ended');
    await screen.page.evaluate(() => window.later(20_000));
    await screen.until(
      'the countdown going on',
      () => Number(/\d+/.exec(document.querySelector('[role=timer]')?.textContent ?? '')?.[0]) <= 10,
      2_000,
    );
    await screen.page.touchscreen.tap(5, 5);
    await screen.until(
      'the countdown anew',
      () => Number(/\d+/.exec(document.querySelector('[role=timer]')?.textContent ?? '')?.[0]) > 28,
      1_000,
    );
    await screen.page.evaluate(() => window.later(29_000));
    await screen.find('button', 'Call first available', 3_000);

    const left = await screen.page.evaluate(() => ({
      text: document.documentElement.outerHTML,
      stored: JSON.stringify([{ ...sessionStorage }, { ...localStorage }]),
      live: window.probe.captured.filter(({ readyState }) => readyState === 'live').length,
      timer: document.querySelector('[role=timer]') !== null,
    }));
    expect(left.timer).toBe(false);
    expect(left.live, 'devices in use').toBe(0);
    for (const trace of ['4711', 'You ended', SCREEN]) {
      expect(left.text, `the page tells “${trace}”`).not.toContain(trace);
      expect(left.stored, `the browser keeps “${trace}”`).not.toContain(trace);
    }
    expect(await screen.errors()).toEqual([]);
  });

  it('forgets them at once where they say so, and takes the next call', async () => {
    await touch('Call first available');
    await accept(ana, SCREEN);
    await hearsAndSees(screen);
    expect(await screen.page.evaluate(() => document.body.innerText)).not.toContain('4711');
    await ana.press('Leave');
    await screen.find('heading', 'The call has ended');
    await touch('Start over');
    await screen.find('button', 'Call first available');
  });
});
