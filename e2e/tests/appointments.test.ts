// An appointment as the two who have it live it: made by hand, waited for, gone into, put on hold, taken up again and
// ended; in every order, through reloads, closed tabs and crashes.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ANA,
  callIsOver,
  client,
  dashboardIsOpen,
  devicesInUse,
  fill,
  Hands,
  isWaiting,
  linkOf,
  losesButton,
  openPeers,
  pressEither,
  professional,
  waitedFor,
  waits,
  wallIn,
} from '../harness/appointment';
import { launch, Person } from '../harness/browsers';
import { endsHeard, framesSoFar, reads, startDemo } from '../harness/desk';
import { GROUP_LAUNCH, tiles } from '../harness/group';
import { eventually, hearsAndSees, loudness } from '../harness/measure';
import type { Server } from '../harness/server';

/** Kept after a broken line, and what the test allows for noticing and telling. */
const GRACE = 2_000;
const NOTICED = 1_500;
const RUNS = Number(process.env['RUNS'] ?? 3);

let server: Server;
let chromium: Browser;
let hands: Hands;
let ana: Person;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo({ VISAVIS_SESSION__GRACE_MS: String(GRACE) });
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

/** Somebody with an appointment of their own, at the door. */
async function comes(name: string, browser = chromium): Promise<Person> {
  const person = await client(browser, linkOf(await hands.make(name)), name);
  passing.push(person);
  return person;
}

/** Both hear and see each other. @returns how long that took since they were let in, ms */
async function talk(vera: Person, since: number, host = ana): Promise<number> {
  await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(host, 10_000)]);
  return Date.now() - since;
}

async function errorsOf(...people: Person[]): Promise<string[]> {
  return (await Promise.all(people.map((one) => one.errors()))).flat();
}

describe('an appointment', () => {
  it('is made, waited for, gone into, held, taken up again and ended', { tags: ['apart'] }, async () => {
    await ana.context.overridePermissions(ana.at(server.http), [
      'camera',
      'microphone',
      'clipboard-read',
      'clipboard-sanitized-write',
    ]);
    await ana.press('New appointment');
    await fill(ana, 'Client name', 'Vera Arslan');
    await fill(ana, 'Starts', wallIn(2).replace('T', ' '));
    await fill(ana, 'Duration', '45');
    await ana.press('Create');
    const shown = await (
      await ana.find('textbox', 'Link')
    ).evaluate((one) => (one as HTMLInputElement).value);
    await ana.page.bringToFront();
    await ana.press('Copy link');
    await reads(ana, 'Copied');
    const link = await ana.page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(shown);
    expect(link).toMatch(/\/a#[\w.-]+$/);

    const vera = await client(chromium, link, 'Vera Arslan');
    passing.push(vera);
    await vera.find('heading', `Your appointment with ${ANA}`);
    expect(await vera.page.evaluate(() => location.href)).toBe(vera.at(`${server.http}/a`));
    const ready = await waits(vera);
    await ana.find('button', 'Admit Vera Arslan');
    const told = Date.now() - ready;
    await ana.find('timer', 'Vera Arslan has been waiting for');
    await eventually(
      () => waitedFor(vera),
      (seconds) => seconds >= 1,
      3_000,
      'the clock of who waits',
    );
    expect(await openPeers(vera), 'lines of who waits').toBe(0);

    const admitted = await ana.press('Admit Vera Arslan');
    const talking = await talk(vera, admitted);
    await Promise.all([vera.seesTile(ANA), ana.seesTile('Vera Arslan')]);
    expect(talking, 'ms from Admit to sound and pictures').toBeLessThan(3_000);

    const put = await ana.press('Hold Vera Arslan');
    await isWaiting(vera);
    await reads(vera, `${ANA} has put you on hold`);
    const held = Date.now() - put;
    await eventually(
      () => devicesInUse(vera),
      (count) => count === 0,
      1_000,
      'devices of who is on hold',
    );
    expect(await openPeers(vera), 'lines of who is on hold').toBe(0);

    const recalled = await ana.press('Admit Vera Arslan');
    const again = await talk(vera, recalled);
    expect(again, 'ms from Admit to sound and pictures').toBeLessThan(3_000);

    await ana.press('Leave');
    await vera.find('heading', `${ANA} has ended the call`);
    await callIsOver(ana, 'Vera Arslan', 'Talked, then hung up');
    expect([await devicesInUse(vera), await devicesInUse(ana)]).toEqual([0, 0]);

    await vera.press('Wait again');
    await isWaiting(vera);
    await talk(vera, await ana.press('Admit Vera Arslan'));
    await vera.press('Leave');
    await vera.find('heading', 'You have left the call');
    await callIsOver(ana, 'Vera Arslan', 'Talked, then hung up');
    expect([await devicesInUse(vera), await devicesInUse(ana)]).toEqual([0, 0]);
    expect(await errorsOf(ana, vera)).toEqual([]);
    console.log(
      `waiting seen after ${told} ms, talking ${talking} ms after Admit, held ${held} ms, again ${again} ms`,
    );
  });
});

describe('three clients at once', () => {
  it('are let in one by one, each and no other, also after the dashboard is loaded anew', async () => {
    const names = ['Wim Peeters', 'Xenia Roth', 'Yusuf Öz'];
    const people = await Promise.all(names.map((name) => comes(name)));
    for (const one of people) await waits(one);
    for (const name of names) await ana.find('button', `Admit ${name}`);
    const took: number[] = [];
    const letIn = new Set<Person>();
    // Neither in the order in which they came nor in that of the list.
    for (const index of [1, 0, 2]) {
      const one = people[index];
      if (!one) throw new Error('nobody came');
      if (index === 0) {
        await ana.page.reload({ waitUntil: 'domcontentloaded' });
        await dashboardIsOpen(ana);
      }
      const waiting = people.filter((other) => other !== one);
      const lines = await Promise.all(waiting.map(openPeers));
      took.push(await talk(one, await ana.press(`Admit ${one.name}`)));
      expect((await tiles(ana)).sort()).toEqual([`${ANA} (you)`, one.name].sort());
      expect((await tiles(one)).sort()).toEqual([`${one.name} (you)`, ANA].sort());
      // It is their voice: nothing is heard when it is they who say nothing.
      await one.press('Mute microphone');
      await eventually(
        () => loudness(ana, 500),
        (energy) => energy < 1e-6,
        5_000,
        `${one.name} silent`,
      );
      for (const [at, other] of waiting.entries()) {
        expect(await openPeers(other), `lines of ${other.name}`).toBe(lines[at]);
      }
      await ana.press('Leave');
      await one.find('heading', `${ANA} has ended the call`);
      await dashboardIsOpen(ana);
      letIn.add(one);
      for (const later of people) if (!letIn.has(later)) await isWaiting(later);
    }
    expect(Math.max(...took), 'ms from Admit to sound and pictures').toBeLessThan(3_000);
    expect(await errorsOf(ana, ...people)).toEqual([]);
    console.log(`talking ${took.join(', ')} ms after Admit`);
  });
});

describe('whoever comes first', () => {
  const orders = ['client first', 'professional first', 'both at once'] as const;
  it.each(orders)(
    '%s: they meet',
    async (order) => {
      const name = `Vera ${order}`;
      const vera = await comes(name);
      const took: number[] = [];
      for (let run = 0; run < RUNS; run += 1) took.push(await meets(vera, order));
      const slowest = Math.max(...took);
      expect(slowest, 'ms until both hear and see').toBeLessThan(3_000);
      expect(await errorsOf(ana, vera)).toEqual([]);
      console.log(`${order}: ${took.length} of ${RUNS}, slowest ${slowest} ms`);
    },
    RUNS * 40_000,
  );

  async function meets(vera: Person, order: (typeof orders)[number]): Promise<number> {
    const comeIn = ['I am ready', 'Wait again'];
    const card = `li:has(h3#${await cardOf(vera.name)})`;
    let since: number;
    if (order === 'client first') {
      await pressEither(vera, comeIn);
      await isWaiting(vera);
      since = await pressEither(ana, [`Admit ${vera.name}`], card);
    } else if (order === 'professional first') {
      await pressEither(ana, ['Go in first'], card);
      await ana.find('toolbar', 'Call controls');
      since = await pressEither(vera, comeIn);
    } else {
      const both = [pressEither(vera, comeIn), pressEither(ana, ['Go in first', `Admit ${vera.name}`], card)];
      since = Math.max(...(await Promise.all(both)));
    }
    const took = await talk(vera, since);
    await Promise.all([vera.seesTile(ANA), ana.seesTile(vera.name)]);
    await ana.press('Leave');
    await vera.find('heading', `${ANA} has ended the call`);
    await dashboardIsOpen(ana);
    return took;
  }

  /** The id of the heading of somebody's appointment. */
  async function cardOf(name: string): Promise<string> {
    const heading = await ana.find('heading', name);
    return heading.evaluate((element) => CSS.escape(element.id));
  }
});

describe('a reload', () => {
  it('of the client while they wait keeps their place and their time', async () => {
    const vera = await comes('Vera Reload');
    await waits(vera);
    await eventually(
      () => waitedFor(vera),
      (seconds) => seconds >= 2,
      5_000,
      'the clock of who waits',
    );
    await vera.page.reload({ waitUntil: 'domcontentloaded' });
    await isWaiting(vera);
    expect(await waitedFor(vera)).toBeGreaterThanOrEqual(2);
    await talk(vera, await ana.press('Admit Vera Reload'));
    await ana.press('Leave');
    await dashboardIsOpen(ana);
  });

  it.each(['client', 'professional'])('of the %s in the call leads back into it', async (who) => {
    const vera = await comes('Vera Again');
    await waits(vera);
    await talk(vera, await ana.press('Admit Vera Again'));
    const [one, other] = who === 'client' ? [vera, ana] : [ana, vera];
    const from = await framesSoFar(other);
    const started = Date.now();
    await one.page.reload({ waitUntil: 'domcontentloaded' });
    await one.find('toolbar', 'Call controls');
    const took = await talk(vera, started);
    expect(took, 'ms until the call is back').toBeLessThan(5_000);
    expect(await endsHeard(other, from)).toEqual([]);
    await ana.press('Leave');
    await vera.find('heading', `${ANA} has ended the call`);
    await dashboardIsOpen(ana);
    console.log(`the ${who} is back in the call ${took} ms after a reload`);
  });
});

describe('whoever is gone', () => {
  it('waits no longer: a closed tab within 3 s', async () => {
    const vera = await comes('Vera Closed');
    await waits(vera);
    await ana.find('button', 'Admit Vera Closed');
    const closed = Date.now();
    await vera.page.close();
    const took = await losesButton(ana, 'Admit Vera Closed', closed, 3_000);
    console.log(`no longer waiting ${took} ms after a closed tab`);
  });

  it('waits no longer: who says so, at once', async () => {
    const vera = await comes('Vera Stopped');
    await waits(vera);
    await ana.find('button', 'Admit Vera Stopped');
    await losesButton(ana, 'Admit Vera Stopped', await vera.press('Stop waiting'), 1_000);
    await vera.find('button', 'I am ready');
  });

  it('waits no longer: a browser that is killed, after the grace', async () => {
    const own = await launch('chromium');
    const vera = await comes('Vera Crashed', own);
    await waits(vera);
    await ana.find('button', 'Admit Vera Crashed');
    const killed = Date.now();
    own.process()?.kill('SIGKILL');
    const took = await losesButton(ana, 'Admit Vera Crashed', killed, GRACE + NOTICED);
    expect(took, 'not before the grace is over').toBeGreaterThan(GRACE - 100);
    console.log(`no longer waiting ${took} ms after a crash, the grace being ${GRACE}`);
  });
});
