// Pages that are loaded anew at a desk go on where they were, and nobody hears of it; and a person with two of them.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  accept,
  anotherTab,
  consoleIsOpen,
  endsHeard,
  framesSoFar,
  goOnline,
  reads,
  representative,
  startDemo,
  visitor,
} from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';

let server: Server;
let chromium: Browser;
let ana: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
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

async function part(vera: Person): Promise<void> {
  await vera.press('Leave');
  await consoleIsOpen(ana);
}

/** @returns how long it took until the call is back, ms */
async function reloads(person: Person, other: Person): Promise<number> {
  const from = await framesSoFar(other);
  const started = performance.now();
  await person.page.reload({ waitUntil: 'domcontentloaded' });
  await person.find('toolbar', 'Call controls');
  await hearsAndSees(person);
  const took = performance.now() - started;
  await hearsAndSees(other);
  expect(await endsHeard(other, from)).toEqual([]);
  return took;
}

describe('a reload', () => {
  it('of the visitor while it rings, and in the call', async () => {
    const vera = await comes('Vera');
    await vera.press(`Call ${ANA}`);
    await ana.find('dialog', 'Incoming call from Vera');
    const from = await framesSoFar(ana);
    await vera.page.reload({ waitUntil: 'domcontentloaded' });
    await vera.find('dialog', `Calling ${ANA}`);
    expect(await endsHeard(ana, from)).toEqual([]);
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    const took = await reloads(vera, ana);
    expect(took, 'ms until the call is back').toBeLessThan(5_000);
    await part(vera);
    console.log(`the visitor is back in the call ${Math.round(took)} ms after a reload`);
  });

  it('of the representative in the call', { tags: ['apart'] }, async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const took = await reloads(ana, vera);
    expect(took, 'ms until the call is back').toBeLessThan(5_000);
    await part(vera);
    console.log(`the representative is back in the call ${Math.round(took)} ms after a reload`);
  });

  it('of whoever waits keeps the place', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const [wim, xenia] = [await comes('Wim'), await comes('Xenia')];
    for (const [index, one] of [wim, xenia].entries()) {
      await one.press('Wait in the queue');
      await reads(one, `You are number ${index + 1}`);
    }
    await wim.page.reload({ waitUntil: 'domcontentloaded' });
    await reads(wim, 'You are number 1');
    await reads(xenia, 'You are number 2');
    await vera.press('Leave');
    await accept(ana, 'Wim');
    await Promise.all([hearsAndSees(wim), hearsAndSees(ana)]);
    await xenia.press('Leave the queue');
    await part(wim);
  });
});

describe('a representative with two tabs', () => {
  it('is rung in both, and in neither once it was answered in one', async () => {
    const second = await anotherTab(ana);
    await second.open(`${server.http}/staff`);
    await consoleIsOpen(second);
    const vera = await comes('Vera');
    await vera.press(`Call ${ANA}`);
    const rings = '[role=dialog]';
    for (const tab of [ana, second]) {
      await tab.until('the ring', `document.querySelector('${rings}') !== null`, 1_000);
    }
    await accept(second, 'Vera');
    await ana.until('no ring', `document.querySelector('${rings}') === null`, 1_000);
    await ana.until('no ring in the title', () => !document.title.includes('Incoming'), 1_000);
    await Promise.all([hearsAndSees(vera), hearsAndSees(second)]);
    await reads(ana, 'You are in a call with Vera on another page or device.');

    // The first takes the call over; the visitor hears of no end.
    const from = await framesSoFar(vera);
    await ana.page.bringToFront();
    await ana.press('Continue here');
    await Promise.all([hearsAndSees(ana), hearsAndSees(vera)]);
    expect((await endsHeard(vera, from)).filter((frame) => frame.includes('ring_ended'))).toEqual([]);
    await second.page.close();
    await part(vera);
  });
});
