// The desk as visitors, a representative and somebody who watches the list live it: who can be called, what a ring
// touches, the call, and everything that ends it.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  accept,
  goOnline,
  isFree,
  isIn,
  isNotFree,
  listIs,
  reads,
  representative,
  startDemo,
  visitor,
} from '../harness/desk';
import { TcpGate } from '../harness/gate';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
/** Kept after a broken line, and what the test allows for noticing and telling. */
const GRACE = 2_000;
const NOTICED = 1_500;

let server: Server;
let chromium: Browser;
let ana: Person;
let watcher: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo({ VISAVIS_SESSION__GRACE_MS: String(GRACE) });
  chromium = await launch('chromium', GROUP_LAUNCH);
  watcher = await visitor(chromium, server.http, 'Wanda');
  ana = await representative(chromium, server.http, ANA, 'ana@demo');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
});

async function comes(name: string, base = server.http, browser = chromium): Promise<Person> {
  const person = await visitor(browser, base, name);
  passing.push(person);
  return person;
}

/** From the list into the call; both hear and see each other. @returns how long that took from Accept, ms */
async function talk(vera: Person, callee = ana): Promise<number> {
  await vera.press(`Call ${ANA}`);
  const at = await accept(callee, vera.name);
  await Promise.all([hearsAndSees(vera), hearsAndSees(callee)]);
  return Date.now() - at;
}

const errorsOf = async (...people: Person[]): Promise<string[]> =>
  (await Promise.all(people.map((one) => one.errors()))).flat();

describe('a visitor and a representative', () => {
  it(
    'find each other, ring, talk and part, and the list is right all the while',
    { tags: ['apart'] },
    async () => {
      await reads(watcher, 'Nobody is online');
      const vera = await comes('Vera');
      const online = await goOnline(ana);
      const listed = await listIs(watcher, 'Ana available', isFree(ANA), online, 1_000);
      await (await vera.find('textbox', 'What is it about?')).type('windscreen claim');
      await ana.page.evaluate(() => (window.touched = { opened: 0, asked: 0, sent: [] }));

      const called = await vera.press(`Call ${ANA}`);
      const taken = await listIs(watcher, 'Ana taken', isIn(ANA, 'being called'), called, 1_000);
      await vera.find('dialog', `Calling ${ANA}`);
      const rung = (await ana.find('dialog', 'Incoming call from Vera')).evaluate(() => Date.now());
      expect((await rung) - called, 'ms from Call to the ring').toBeLessThan(1_000);
      await reads(ana, 'windscreen claim');
      expect(await ana.page.title()).toContain('Incoming call from Vera');

      // Nothing of the one who is rung has been opened, asked for or sent; nothing of either has gone out.
      const touched = await ana.page.evaluate(() => ({
        ...window.touched,
        peers: window.probe.peers.length,
      }));
      expect(touched).toMatchObject({ opened: 0, asked: 0, peers: 0 });
      expect(touched.sent.filter((frame) => !frame.includes('"ping"'))).toEqual([]);
      expect(await vera.page.evaluate(() => window.probe.peers.length)).toBe(0);

      const accepted = await accept(ana, 'Vera');
      await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
      const talking = Date.now() - accepted;
      expect(talking, 'ms from Accept to sound and pictures').toBeLessThan(3_000);
      await Promise.all([vera.seesTile(ANA), ana.seesTile('Vera')]);
      await listIs(watcher, 'Ana in a call', isIn(ANA, 'in a call'), accepted, 1_000);

      const parted = await vera.press('Leave');
      await vera.find('heading', 'You ended the call');
      const again = await listIs(watcher, 'Ana available again', isFree(ANA), parted, 1_000);
      await ana.find('heading', 'Your call with Vera');
      for (const person of [ana, vera]) {
        const live = () =>
          person.page.evaluate(() => window.probe.captured.filter((t) => t.readyState === 'live').length);
        expect(await live(), `devices of ${person.name} in use after the call`).toBe(0);
      }
      expect(await errorsOf(ana, vera, watcher)).toEqual([]);
      console.log(
        `listed after ${listed} ms, taken ${taken} ms, talking ${talking} ms, listed again ${again} ms`,
      );
    },
  );

  it('part when the representative hangs up, and the visitor is told and may judge', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const parted = await ana.press('Leave');
    await vera.find('heading', 'The call has ended');
    await listIs(watcher, 'Ana available again', isFree(ANA), parted, 1_000);
    await vera.press('4 stars', 'radio');
    await vera.press('Send rating');
    await reads(vera, 'Thank you for telling us.');
    await vera.press('Back to the desk');
    await vera.find('button', `Call ${ANA}`);
  });
});

describe('whoever is gone', () => {
  it('frees the other one: a closed tab within 3 s', async () => {
    const vera = await comes('Vera');
    await talk(vera);
    const closed = Date.now();
    await vera.page.close();
    const took = await listIs(watcher, 'Ana available again', isFree(ANA), closed, 3_000);
    await ana.find('heading', 'Your call with Vera');
    await reads(ana, 'the connection was lost');
    console.log(`listed ${took} ms after a closed tab`);
  });

  it('frees the other one while it rings, too', async () => {
    const vera = await comes('Vera');
    await vera.press(`Call ${ANA}`);
    await ana.find('dialog', 'Incoming call from Vera');
    const closed = Date.now();
    await vera.page.close();
    await listIs(watcher, 'Ana available again', isFree(ANA), closed, 3_000);
    await ana.until('no ring', () => document.querySelector('[role=dialog]') === null, 1_000);
    await reads(ana, 'The call from Vera is over');
  });

  it('frees the other one: a browser that is killed, after the grace', async () => {
    const own = await launch('chromium');
    const vera = await visitor(own, server.http, 'Vera');
    await talk(vera);
    const killed = Date.now();
    own.process()?.kill('SIGKILL');
    const took = await listIs(watcher, 'Ana available again', isFree(ANA), killed, GRACE + NOTICED);
    expect(took, 'not before the grace is over').toBeGreaterThan(GRACE - 100);
    await ana.find('heading', 'Your call with Vera');
  });

  it('frees the other one: a cut network, after the grace', async () => {
    const gate = await TcpGate.open(Number(new URL(server.http).port));
    try {
      const vera = await comes('Vera', gate.http);
      await talk(vera);
      const cut = Date.now();
      gate.cut();
      const took = await listIs(watcher, 'Ana available again', isFree(ANA), cut, GRACE + NOTICED);
      expect(took, 'not before the grace is over').toBeGreaterThan(GRACE - 100);
      await ana.find('heading', 'Your call with Vera');
      // Whoever comes back hears that it is over.
      gate.mend();
      await vera.find('heading', 'The call is over already');
    } finally {
      gate.close();
    }
  });

  it('is off the list when it is the representative, and the visitor is told', async () => {
    const gate = await TcpGate.open(Number(new URL(server.http).port));
    const own = await launch('chromium', GROUP_LAUNCH);
    try {
      await ana.press('Online', 'switch');
      const elsewhere = await representative(own, gate.http, ANA, 'ana@demo');
      await goOnline(elsewhere);
      await ana.page.goto('about:blank');
      const vera = await comes('Vera');
      await talk(vera, elsewhere);
      const cut = Date.now();
      gate.cut();
      await vera.find('heading', 'The connection was lost');
      const told = Date.now() - cut;
      expect(told).toBeGreaterThan(GRACE - 100);
      expect(told).toBeLessThan(GRACE + NOTICED);
      await reads(watcher, 'Nobody is online');
      await listIs(watcher, 'Ana gone', isNotFree(ANA), cut, GRACE + NOTICED);
      // Back after the outage: online again by itself, as it was.
      const mended = Date.now();
      gate.mend();
      await listIs(watcher, 'Ana available again', isFree(ANA), mended, 4_000);
    } finally {
      gate.close();
      await own.close();
    }
  });
});

describe('a pair of other browsers', () => {
  it('Firefox calls, Chromium answers', async () => {
    const firefox = await launch('firefox');
    try {
      // Where she was before she is not any more: there is nothing to switch off.
      await reads(watcher, 'Nobody is online', 10_000);
      await ana.open(`${server.http}/staff`);
      await goOnline(ana);
      const vera = await comes('Vera', server.http, firefox);
      const took = await talk(vera);
      expect(took, 'ms from Accept to sound and pictures').toBeLessThan(3_000);
      const parted = await vera.press('Leave');
      await vera.find('heading', 'You ended the call');
      await listIs(watcher, 'Ana available again', isFree(ANA), parted, 1_000);
    } finally {
      await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
      await firefox.close();
    }
  });
});
