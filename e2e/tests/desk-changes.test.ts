// What visitors of a desk are told while something changes under them: the desk itself, the line, who is online, and
// what the clock of their device makes of it.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import {
  accept,
  consoleIsOpen,
  goOnline,
  reads,
  representative,
  setDesk,
  startDemo,
  visitor,
} from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
const HOURS = {
  zone: 'Europe/Berlin',
  weekly: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 })),
  closed: [],
};

let server: Server;
let chromium: Browser;
let ana: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
  await setDesk(server, { hours: HOURS });
  chromium = await launch('chromium', GROUP_LAUNCH);
  ana = await representative(chromium, server.http, ANA, 'ana@demo');
  await goOnline(ana);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
  await setDesk(server, { slug: 'help' });
});

async function comes(name: string): Promise<Person> {
  const person = await visitor(chromium, server.http, name);
  passing.push(person);
  return person;
}

async function talk(vera: Person): Promise<void> {
  await vera.press(`Call ${ANA}`);
  await accept(ana, vera.name);
  await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
}

/** Runs in the page: what is focused, in words. */
const focused = (person: Person): Promise<string> =>
  person.page.evaluate(() => document.activeElement?.textContent.trim() ?? '');

const live = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.probe.captured.filter(({ readyState }) => readyState === 'live').length);

describe('a desk whose address an admin changes', () => {
  it('leaves a call that goes on alone', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    await setDesk(server, { slug: 'elsewhere' });
    const wim = await Person.create(chromium, 'Wim');
    passing.push(wim);
    await wim.open(`${server.http}/desk/help`);
    await wim.find('heading', 'There is no such desk');
    await vera.find('toolbar', 'Call controls');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    await vera.press('Leave');
    await vera.find('heading', 'You ended the call');
    const texts = await vera.page.$$eval('button', (all) => all.map((one) => one.textContent.trim()));
    expect(texts).not.toContain('Call again');
    await vera.press('Back to the desk');
    await vera.find('heading', 'There is no such desk');
    expect(await live(vera), 'devices in use').toBe(0);
    await consoleIsOpen(ana);
  });

  it('keeps nobody waiting behind a page that says there is none', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const wim = await comes('Wim');
    await wim.press('Wait in the queue');
    await reads(wim, 'You are number 1');
    await setDesk(server, { slug: 'elsewhere' });
    await wim.find('heading', 'There is no such desk');
    await wim.until(
      'no device in use',
      () => window.probe.captured.every(({ readyState }) => readyState !== 'live'),
      2_000,
    );
    await vera.press('Leave');
    await consoleIsOpen(ana);
    await ana.until('nobody rings', `document.querySelector('[role=dialog]') === null`, 1_000);
  });

  it('is found again by a smart screen', async () => {
    const screen = await Person.create(chromium, 'Screen', {
      before: `{
        const now = Date.now.bind(Date);
        let ahead = 0;
        Date.now = () => now() + ahead;
        window.later = (ms) => (ahead += ms);
      }`,
    });
    passing.push(screen);
    await screen.open(`${server.http}/desk/help?kiosk`);
    await screen.find('button', 'Call first available');
    await setDesk(server, { slug: 'elsewhere' });
    await screen.find('heading', 'There is no such desk');
    await screen.until('the countdown', () => document.querySelector('[role=timer]') !== null, 2_000);
    await examine(screen, 'kiosk-unknown', [{ width: 1080, height: 1920 }]);
    await setDesk(server, { slug: 'help' });
    await screen.page.evaluate(() => window.later(31_000));
    await screen.find('button', 'Call first available');
  });
});

describe('in the queue', () => {
  it('one is told when nobody is online any more, and when the line is down', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const wim = await comes('Wim');
    await wim.press('Wait in the queue');
    await reads(wim, 'You are number 1');
    expect(await wim.page.evaluate(() => document.body.innerText)).not.toContain('Nobody is online');
    await server.kill();
    await reads(wim, 'Your place is kept for a moment');
    await examine(wim, 'desk-queue-reconnecting');
    await server.start();
    await wim.until('no banner', () => document.querySelector('.banner') === null, 30_000);
    await reads(wim, 'You are number 1', 20_000);
    await Promise.all([hearsAndSees(vera, 20_000), hearsAndSees(ana, 20_000)]);
    await vera.press('Leave');
    // Her line may still be down: then she is gone after her grace alone.
    await ana.find('dialog', 'Incoming call from Wim', 30_000);
    await accept(ana, 'Wim');
    await Promise.all([hearsAndSees(wim), hearsAndSees(ana)]);
    const xenia = await comes('Xenia');
    await xenia.press('Wait in the queue');
    await reads(xenia, 'You are number 1');
    await ana.page.close();
    await reads(xenia, 'Nobody is online any more', 20_000);
    await reads(xenia, 'Opening hours');
    await examine(xenia, 'desk-queue-nobody');
    ana = await representative(chromium, server.http, ANA, 'ana@demo');
    await goOnline(ana);
  });

  it('one has waited for a moment, whatever the clock of the device says', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    for (const [name, ahead] of [
      ['Fast', 600_000],
      ['Slow', -600_000],
    ] as const) {
      const late = await Person.create(chromium, name, {
        before: `{ const now = Date.now.bind(Date); Date.now = () => now() + ${ahead}; }`,
      });
      passing.push(late);
      await late.open(`${server.http}/desk/help`);
      await late.enterName();
      await late.press('Wait in the queue');
      await reads(late, 'You are number');
      await late.until(
        'seconds',
        () => document.querySelector('[role=timer]')?.textContent !== '0:00',
        5_000,
      );
      expect(await late.page.$eval('[role=timer]', (one) => one.textContent)).toMatch(/^0:0\d$/);
      // What was pressed is gone: the reader stands at the beginning of the list.
      await late.press('Leave the queue');
      await late.find('button', 'Wait in the queue');
      expect(await focused(late)).toBe('Insurance help');
    }
    await vera.press('Leave');
    await consoleIsOpen(ana);
  });
});
