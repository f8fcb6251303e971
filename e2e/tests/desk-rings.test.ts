// Rings that nobody takes, and the queue: what both sides are told, and who is next.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  accept,
  consoleIsOpen,
  goOnline,
  isFree,
  isIn,
  listIs,
  reads,
  representative,
  setDesk,
  startDemo,
  visitor,
} from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
const RING_S = 5;

let server: Server;
let chromium: Browser;
let ana: Person;
let watcher: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
  await setDesk(server, { ring_s: RING_S });
  chromium = await launch('chromium', GROUP_LAUNCH);
  watcher = await visitor(chromium, server.http, 'Wanda');
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

async function rings(vera: Person): Promise<number> {
  const at = await vera.press(`Call ${ANA}`);
  await ana.find('dialog', `Incoming call from ${vera.name}`);
  return at;
}

const noDialog = (person: Person): Promise<number> =>
  person.until('no dialog', () => document.querySelector('[role=dialog]') === null, 2_000);

/** The devices of a visitor whose call did not come about are put away. */
async function nothingIsOpen(person: Person): Promise<void> {
  await person.until(
    'devices put away',
    () => window.probe.captured.every(({ readyState }) => readyState === 'ended'),
    2_000,
  );
}

describe('a ring that is', () => {
  it('declined: the visitor is told, and the representative is free at once', async () => {
    const vera = await comes('Vera');
    await rings(vera);
    const declined = await ana.press('Decline');
    await reads(vera, `${ANA} cannot take the call now.`);
    await Promise.all([noDialog(vera), noDialog(ana), nothingIsOpen(vera)]);
    await listIs(watcher, 'Ana available again', isFree(ANA), declined, 1_000);
  });

  it('taken back: the representative is told', async () => {
    const vera = await comes('Vera');
    await rings(vera);
    const cancelled = await vera.press('Cancel');
    await Promise.all([noDialog(vera), noDialog(ana), nothingIsOpen(vera)]);
    await reads(ana, 'The call from Vera is over: The caller gave up');
    await listIs(watcher, 'Ana available again', isFree(ANA), cancelled, 1_000);
    await ana.press('Close');
  });

  it('not answered: the visitor is told, the representative is away until they say otherwise', async () => {
    const vera = await comes('Vera');
    const rung = await rings(vera);
    await listIs(watcher, 'Ana away', isIn(ANA, 'away'), rung, RING_S * 1_000 + 1_000);
    await reads(vera, `${ANA} did not answer.`);
    await reads(ana, 'You are away, because a call was not answered. Vera called.');
    await Promise.all([noDialog(vera), noDialog(ana), nothingIsOpen(vera)]);
    const missed = await ana.find('list', 'Missed calls');
    expect(await missed.evaluate((list) => list.textContent)).toContain('Vera');
    await reads(vera, 'Nobody can be called right now');
    const back = await ana.press("I'm back");
    await listIs(watcher, 'Ana available again', isFree(ANA), back, 1_000);
    await ana.until(
      'nothing to be back from',
      () => !document.body.innerText.includes('You are away'),
      1_000,
    );
  });
});

describe('when everybody is in a call', () => {
  it('visitors wait, see their place move, and the first is called for', { tags: ['apart'] }, async () => {
    const vera = await comes('Vera');
    await rings(vera);
    await accept(ana, 'Vera');
    await hearsAndSees(vera);
    const [wim, xenia, yann] = [await comes('Wim'), await comes('Xenia'), await comes('Yann')];
    for (const [index, one] of [wim, xenia, yann].entries()) {
      await reads(one, 'Everybody is in a call');
      await one.press('Wait in the queue');
      await reads(one, `You are number ${index + 1}`);
    }
    await reads(watcher, '3 people are waiting', 1_000);

    // Whoever closes the page leaves the queue, and the others move up.
    await xenia.page.close();
    await reads(yann, 'You are number 2', 3_000);

    // Whoever leaves it by the button has left.
    const zoe = await comes('Zoe');
    await zoe.press('Wait in the queue');
    await reads(zoe, 'You are number 3');
    await zoe.press('Leave the queue');
    await zoe.find('button', 'Wait in the queue');
    await reads(watcher, '2 people are waiting', 1_000);

    // The next who is free is rung for the first, who does nothing for it.
    const parted = await vera.press('Leave');
    await wim.find('dialog', `Calling ${ANA}`, 1_000);
    await reads(yann, 'You are number 1', 1_000);
    await ana.find('dialog', 'Incoming call from Wim', 1_000);
    console.log(`rung for whoever waits first ${Date.now() - parted} ms after the call before`);
    await accept(ana, 'Wim');
    await Promise.all([hearsAndSees(wim), hearsAndSees(ana)]);
    await wim.press('Leave');
    await accept(ana, 'Yann');
    await Promise.all([hearsAndSees(yann), hearsAndSees(ana)]);
    const last = await ana.press('Leave');
    await listIs(watcher, 'Ana available again', isFree(ANA), last, 1_000);
    await consoleIsOpen(ana);
  });
});
