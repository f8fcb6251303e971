// An appointment and everybody around it: colleagues who share the waiting room, guests, the desk that has to know
// that somebody is taken, what is written meanwhile, and another browser.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ANA,
  BEN,
  client,
  dashboardIsOpen,
  fill,
  Hands,
  isWaiting,
  linkOf,
  professional,
  waits,
} from '../harness/appointment';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { goOnline, isFree, isIn, listIs, reads, startDemo, visitor } from '../harness/desk';
import { goesBy, GROUP_LAUNCH, hears, others, showsPictures, tiles } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const RUNS = Number(process.env['RUNS'] ?? 3);

let server: Server;
let chromium: Browser;
let hands: Hands;
let ana: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  hands = await Hands.of(server);
  ana = await professional(chromium, server.http, ANA, 'ana@demo');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
});

async function comes(
  name: string,
  change: Record<string, unknown> = {},
  browser = chromium,
): Promise<Person> {
  const person = await client(browser, linkOf(await hands.make(name, change)), name);
  passing.push(person);
  return person;
}

async function talk(vera: Person, since: number, host = ana): Promise<number> {
  await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(host, 10_000)]);
  return Date.now() - since;
}

describe('two professionals who share a waiting room', () => {
  it(
    'let one client in at the same moment: one has them, the other is told',
    async () => {
      const ben = await professional(chromium, server.http, BEN, 'ben@demo');
      passing.push(ben);
      const vera = await comes('Vera Shared', { desk: await hands.desk() });
      const won = new Map<string, number>();
      for (let run = 0; run < RUNS; run += 1) {
        if (run === 0) await waits(vera);
        else await vera.press('Wait again');
        await isWaiting(vera);
        // Whoever is asked to press first is a moment ahead: in turns.
        const order = run % 2 === 0 ? [ana, ben] : [ben, ana];
        const doors = await Promise.all(order.map((one) => one.find('button', 'Admit Vera Shared')));
        await Promise.all(doors.map((one) => one.evaluate((button) => (button as HTMLElement).click())));
        const inCall = 'document.querySelector("[role=toolbar]") !== null';
        const host = await Promise.any(
          [ana, ben].map((one) => one.until('the call', inCall, 10_000).then(() => one)),
        );
        const other = host === ana ? ben : ana;
        await talk(vera, Date.now(), host);
        await reads(other, `${host.name} has let them in already.`);
        expect((await tiles(vera)).sort()).toEqual(['Vera Shared (you)', host.name].sort());
        expect((await tiles(host)).sort()).toEqual(['Vera Shared', `${host.name} (you)`].sort());
        await reads(other, `Vera Shared is in the call with ${host.name}`);
        expect(await other.page.$('[role=toolbar]')).toBeNull();
        won.set(host.name, (won.get(host.name) ?? 0) + 1);
        await reads(vera, `${host.name} lets you in`);
        await host.press('Leave');
        await vera.find('heading', `${host.name} has ended the call`);
        await dashboardIsOpen(host);
      }
      console.log('let in by', Object.fromEntries(won));
    },
    30_000 + RUNS * 20_000,
  );
});

describe('the desk', () => {
  it('knows that somebody is in an appointment, and that they are free again', async () => {
    const watcher = await visitor(chromium, server.http, 'Wanda');
    passing.push(watcher);
    await listIs(watcher, 'Ana available', isFree(ANA), await goOnline(ana), 1_000);
    const vera = await comes('Vera Taken');
    await waits(vera);
    await listIs(watcher, 'Ana still available', isFree(ANA), Date.now(), 1_000);
    const admitted = await ana.press('Admit Vera Taken');
    const taken = await listIs(watcher, 'Ana in a call', isIn(ANA, 'in a call'), admitted, 1_000);
    await talk(vera, admitted);
    const put = await ana.press('Hold Vera Taken');
    await listIs(watcher, 'Ana available again', isFree(ANA), put, 1_000);
    const recalled = await ana.press('Admit Vera Taken');
    await listIs(watcher, 'Ana in a call again', isIn(ANA, 'in a call'), recalled, 1_000);
    await talk(vera, recalled);
    const parted = await vera.press('Leave');
    const free = await listIs(watcher, 'Ana available at last', isFree(ANA), parted, 1_000);
    await dashboardIsOpen(ana);
    await ana.press('Online', 'switch');
    console.log(`taken ${taken} ms after Admit, free ${free} ms after Leave`);
  });
});

describe('what is written in the waiting room', () => {
  it('reaches the other side, both ways', async () => {
    const vera = await comes('Vera Writes');
    await waits(vera);
    await (await vera.find('textbox', 'Message')).type('I have the letter with me\n');
    await ana.press('Chat with Vera Writes, 1 new message');
    await reads(ana, 'I have the letter with me', 1_000);
    await (await ana.find('textbox', 'Message')).type('Five minutes, please\n');
    await reads(vera, 'Five minutes, please', 1_000);
    await vera.page.reload({ waitUntil: 'domcontentloaded' });
    await isWaiting(vera);
    await reads(vera, 'Five minutes, please');
    await reads(vera, 'I have the letter with me');
  });
});

describe('a guest', () => {
  it('comes over a link of their own and is let in together with the client', async () => {
    const vera = await comes('Vera Brings');
    await ana.press('Details of Vera Brings');
    await fill(ana, 'Their name', 'Gül Aydın');
    await ana.press('Make link');
    const field = await ana.find('textbox', 'Link for Gül Aydın');
    const link = await field.evaluate((element) => (element as HTMLInputElement).value);
    const guest = await client(chromium, link, 'Gül Aydın');
    passing.push(guest);
    await reads(guest, 'You take part as Gül Aydın');
    await Promise.all([waits(vera), waits(guest)]);
    await ana.press('Admit Vera Brings');
    const people = [ana, vera, guest];
    await Promise.all(people.map((one) => goesBy(one, 'server')));
    for (const one of people) {
      await Promise.all(others(people, one).map((name) => showsPictures(one, name)));
      await hears(one, others(people, one));
    }
    // The client goes on with the professional when the guest has left.
    await guest.press('Leave');
    await guest.find('heading', 'You have left the call');
    await Promise.all([ana, vera].map((one) => one.losesTile('Gül Aydın', 3_000)));
    await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(ana, 10_000)]);
    await ana.press('Leave');
    await vera.find('heading', `${ANA} has ended the call`);
    await dashboardIsOpen(ana);
  });
});

describe('a pair of other browsers', () => {
  it('the client with Firefox, the professional with Chromium', async () => {
    const firefox = await launch('firefox');
    try {
      const vera = await comes('Vera Fox', {}, firefox);
      await waits(vera);
      const took = await talk(vera, await ana.press('Admit Vera Fox'));
      expect(took, 'ms from Admit to sound and pictures').toBeLessThan(3_000);
      await Promise.all([vera.seesTile(ANA), ana.seesTile('Vera Fox')]);
      await ana.press('Hold Vera Fox');
      await reads(vera, `${ANA} has put you on hold`);
      const again = await talk(vera, await ana.press('Admit Vera Fox'));
      await vera.press('Leave');
      await vera.find('heading', 'You have left the call');
      await dashboardIsOpen(ana);
      console.log(`Firefox talks ${took} ms after Admit, ${again} ms after having been held`);
    } finally {
      await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
      await firefox.close();
    }
  });
});
