// Several instances of one installation, and what people notice when one of them goes away, or what they share. Everybody
// comes over a balancer of their own, so that it is known where they are; nobody touches anything.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Balancer } from '../harness/balancer';
import { launch, Person } from '../harness/browsers';
import {
  accept,
  framesSoFar,
  goOnline,
  isFree,
  listIs,
  PASSWORD,
  reads,
  representative,
  visitor,
} from '../harness/desk';
import { examine } from '../harness/examine';
import {
  comer,
  goesBy,
  GROUP_LAUNCH,
  hears,
  moment,
  others,
  serverPort,
  showsPictures,
  stops,
} from '../harness/group';
import { eventually, framesRise, hearsAndSees, pause } from '../harness/measure';
import { startInstallation } from '../harness/server';
import type { Instance, Server } from '../harness/server';

const ANA = 'Ana Kaya';
/** As in production, in less time: after a moment people are sent to the others, one by one, and it goes when all have. */
const DRAINING = {
  VISAVIS_DRAIN__AFTER_S: '1',
  VISAVIS_DRAIN__OVER_S: '3',
  VISAVIS_DRAIN__AT_MOST_S: '15',
};
/** How often whoever forwards a call is killed. */
const RUNS = Number(process.env['RUNS'] ?? 2);

let chromium: Browser;
let server: Server | null = null;
/** One for each instance, which it prefers. */
let doors: Balancer[] = [];
const people: Person[] = [];

beforeAll(async () => {
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(() => chromium?.close());

afterEach(async () => {
  await Promise.all(people.splice(0).map((one) => one.close().catch(() => undefined)));
  await Promise.all(doors.splice(0).map((door) => door.close()));
  await server?.dispose();
  server = null;
});

async function two(settings: Record<string, string> = {}, flags: string[] = []): Promise<Server> {
  const made = await startInstallation(2, settings, flags);
  server = made;
  doors = await Promise.all(made.instances.map((one) => Balancer.before(made.instances, one)));
  return made;
}

/** Where people come in who are to be at this instance as long as it lives. */
function door(index: number): string {
  const { http } = doors[index] ?? {};
  if (http === undefined) throw new Error(`there is no instance ${index}`);
  return http;
}

async function comes(name: string, index: number, room: string): Promise<Person> {
  const person = await comer(chromium, name);
  people.push(person);
  await person.join(`${door(index)}/r/${room}`);
  return person;
}

/** Ana at the first instance and Ben at the second, who hear and see each other. */
async function pair(room: string): Promise<[Person, Person]> {
  const [ana, ben] = [await comes('Ana', 0, room), await comes('Ben', 1, room)];
  await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
  await Promise.all([ana, ben].map((one) => goesBy(one, 'direct')));
  return [ana, ben];
}

/** Three in a call over the media server, two of them at the first instance. */
async function three(room: string): Promise<Person[]> {
  const all = [await comes('Ana', 0, room), await comes('Ben', 1, room), await comes('Cem', 0, room)];
  await Promise.all(all.map((one) => goesBy(one, 'server')));
  await allSeeAndHear(all);
  return all;
}

async function allSeeAndHear(all: Person[], timeout = 20_000): Promise<void> {
  await Promise.all([
    ...all.flatMap((one) => others(all, one).map((name) => showsPictures(one, name, timeout))),
    ...all.map((one) => hears(one, others(all, one), timeout)),
  ]);
}

/** Which instance forwards their media. */
async function forwards(all: Person[], instances: Instance[]): Promise<Instance> {
  const ports = await Promise.all(all.map(serverPort));
  expect(new Set(ports).size, `all over one: ${ports.join()}`).toBe(1);
  const found = instances.find(({ httpsPort }) => httpsPort === ports[0]);
  if (!found) throw new Error(`nobody has port ${ports[0]}`);
  return found;
}

/** Waits until the page has another session, and says that it is connected. @returns when, ms of this process */
async function isBack(person: Person, from: number, timeout = 10_000): Promise<number> {
  const back = `window.probe.sockets.slice(${from}).some((frame) => /"type":"(welcome|resumed)"/.test(frame))
    && document.querySelector('.link.connected') !== null`;
  await person.until('signalling back', back, timeout);
  return performance.now();
}

/** Every call that a page has heard of. */
async function calls(person: Person): Promise<string[]> {
  const frames = await person.page.evaluate(() => window.probe.sockets);
  return [...new Set(frames.flatMap((frame) => /"call":"(c_[^"]+)"/.exec(frame)?.[1] ?? []))];
}

/** What was told of somebody's leaving since a moment counted in frames. */
async function leavings(person: Person, from: number): Promise<string[]> {
  const frames = await person.page.evaluate((from) => window.probe.sockets.slice(from), from);
  return frames.filter((frame) => frame.includes('"participant_left"'));
}

const tileIds = (person: Person): Promise<string> =>
  person.page.evaluate(() =>
    [...document.querySelectorAll('[data-tile]')]
      .map((tile) => tile.getAttribute('data-participant'))
      .sort()
      .join(),
  );

async function says(from: Person, text: string): Promise<void> {
  const open = await from.page.$('aria/Message[role="textbox"]');
  if (!open) await from.press('Chat');
  await (await from.find('textbox', 'Message')).type(`${text}\n`);
}

const hasHeard = (person: Person, text: string, timeout: number): Promise<number> =>
  person.until(
    `“${text}”`,
    `window.probe.sockets.some((frame) => frame.includes(${JSON.stringify(text)}))`,
    timeout,
  );

/** The page says that others cannot be reached, at the top and in so many words. */
const LIMITED = `document.querySelector('.link.limited')?.textContent === 'Limited'
  && /messages, joining and ringing wait/.test(document.body.innerText)`;

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

/** The longest time that each tile stood still since the moments given, ms. */
async function gaps(since: Map<Person, number>): Promise<number[]> {
  return (await stops(since)).map(({ seen }) => seen);
}

const moments = async (all: Person[]): Promise<Map<Person, number>> =>
  new Map(await Promise.all(all.map(async (one) => [one, await moment(one)] as const)));

describe('an instance that is killed', () => {
  it('takes no picture and no sound from two who talk, and who was there is back within 3 s', async () => {
    const { instances } = await two();
    const [ana, ben] = await pair('killed');
    const before = await tileIds(ben);
    const [anaFrom, benFrom] = [await framesSoFar(ana), await framesSoFar(ben)];
    const outage = (async () => {
      const killed = performance.now();
      await instances[0]?.kill();
      const back = (await isBack(ana, anaFrom)) - killed;
      expect(back, 'ms until signalling is back').toBeLessThan(3_000);
      await says(ana, 'from the other one');
      await hasHeard(ben, 'from the other one', 3_000);
      await says(ben, 'read by who has moved');
      await hasHeard(ana, 'read by who has moved', 3_000);
      // Longer than what is left of the dead one, its lease and its people's grace.
      await pause(8_000);
      return back;
    })();
    const fewest = await Promise.all([ana, ben].map((one) => framesRise(one, 500, outage)));
    console.log(
      `signalling back ${Math.round(await outage)} ms after the kill; fewest frames in 500 ms: ${Math.min(...fewest)}`,
    );
    expect(await tileIds(ben)).toBe(before);
    expect(await tileIds(ana)).toBe(before);
    expect(await leavings(ben, benFrom)).toEqual([]);
    expect([...(await calls(ana)), ...(await calls(ben))]).toEqual(Array(2).fill((await calls(ana))[0]));
    expect([...(await ana.errors()), ...(await ben.errors())]).toEqual([]);
  });

  it(
    'and forwarded a call of three: pictures and sound are back within 5 s',
    async () => {
      const { instances } = await two();
      const all = await three('forwarded');
      const took: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const forwarding = await forwards(all, instances);
        const since = await moments(all);
        await forwarding.kill();
        await eventually(
          async () => (await Promise.all(all.map(serverPort))).filter((port) => port !== null),
          (ports) => ports.length === all.length && !ports.includes(forwarding.httpsPort),
          20_000,
          'media over the other one',
        );
        await allSeeAndHear(all);
        took.push(...(await gaps(since)));
        await forwarding.start();
      }
      console.log(`tiles stood still for ${took.join(', ')} ms, median ${median(took)}`);
      expect(median(took)).toBeLessThan(5_000);
      expect(await calls(all[1] as Person)).toHaveLength(1);
      for (const one of all) expect(await one.errors()).toEqual([]);
    },
    60_000 + RUNS * 60_000,
  );

  it('had a representative and who waits for them: both are right within 10 s', async () => {
    const { instances } = await two({ VISAVIS_DEMO_PASSWORD: PASSWORD }, ['--demo']);
    const watcher = await visitor(chromium, door(1), 'Wanda');
    const ana = await representative(chromium, door(0), ANA, 'ana@demo');
    const wim = await visitor(chromium, door(1), 'Wim');
    const vera = await visitor(chromium, door(0), 'Vera');
    people.push(watcher, ana, wim, vera);
    await goOnline(ana);
    await wim.press(`Call ${ANA}`);
    await accept(ana, 'Wim');
    await Promise.all([hearsAndSees(wim), hearsAndSees(ana)]);
    await vera.press('Wait in the queue');
    await reads(vera, 'You are number 1');

    const from = await framesSoFar(vera);
    const killed = performance.now();
    await instances[0]?.kill();
    const waited = async (): Promise<number> => {
      await vera.until(
        'another session',
        `window.probe.sockets.slice(${from}).some((frame) => frame.includes('"type":"welcome"'))`,
        10_000,
      );
      await reads(vera, 'You are number 1', 10_000);
      return performance.now() - killed;
    };
    const took = await waited();
    expect(took, 'ms until who waits is right').toBeLessThan(10_000);
    await pause(Math.max(0, 10_000 - (performance.now() - killed)));
    expect(await watcher.page.evaluate(() => document.body.innerText)).toContain('1 person is waiting');
    expect(await vera.page.evaluate(() => document.body.innerText)).toContain('You are number 1');
    await Promise.all([hearsAndSees(wim), hearsAndSees(ana)]);

    // Whoever waited at the one that died is called for, by somebody who was there too.
    await wim.press('Leave');
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    const parted = await vera.press('Leave');
    const listed = await listIs(watcher, 'Ana available', isFree(ANA), parted, 3_000);
    console.log(`who waits is right after ${Math.round(took)} ms; listed ${listed} ms after the call`);
  });

  it('had a representative who is free: they can be called within 10 s', async () => {
    const { instances } = await two({ VISAVIS_DEMO_PASSWORD: PASSWORD }, ['--demo']);
    const watcher = await visitor(chromium, door(1), 'Wanda');
    const ana = await representative(chromium, door(0), ANA, 'ana@demo');
    people.push(watcher, ana);
    await goOnline(ana);
    await watcher.find('button', `Call ${ANA}`);
    const from = await framesSoFar(ana);
    const killed = Date.now();
    await instances[0]?.kill();
    await ana.until(
      'another session',
      `window.probe.sockets.slice(${from}).some((frame) => frame.includes('"type":"console"'))`,
      10_000,
    );
    await eventually(
      async () => watcher.page.$(`aria/Call ${ANA}[role="button"]`),
      (button) => button !== null,
      10_000 - (Date.now() - killed),
      `${ANA} to be called`,
    );
    console.log(`${ANA} can be called ${Date.now() - killed} ms after the kill`);
    // And is still there when all that the dead one held has been freed.
    await pause(Math.max(0, 10_000 - (Date.now() - killed)));
    await watcher.press(`Call ${ANA}`);
    await accept(ana, 'Wanda');
    await Promise.all([hearsAndSees(watcher), hearsAndSees(ana)]);
  });
});

describe('an instance that is asked to stop', () => {
  it('hands over its calls: nobody is told of a leaving, and the call stays the same', async () => {
    const { instances } = await two(DRAINING);
    const all = await three('drained');
    const forwarding = await forwards(all, instances);
    const from = await Promise.all(all.map(framesSoFar));
    const since = await moments(all);
    const started = performance.now();
    const stopped = forwarding.stop();
    await eventually(
      async () => (await Promise.all(all.map(serverPort))).filter((port) => port !== null),
      (ports) => ports.length === all.length && !ports.includes(forwarding.httpsPort),
      30_000,
      'media over the other one',
    );
    expect(await stopped, 'exit code').toBe(0);
    console.log(`ended ${Math.round(performance.now() - started)} ms after SIGTERM`);
    await allSeeAndHear(all);
    const longest = await gaps(since);
    console.log(`tiles stood still for ${longest.join(', ')} ms, median ${median(longest)}`);
    expect(median(longest)).toBeLessThan(3_000);
    for (const [index, one] of all.entries()) {
      expect(await leavings(one, from[index] ?? 0), `told to ${one.name}`).toEqual([]);
      expect(await calls(one)).toEqual(await calls(all[0] as Person));
      expect(await one.errors()).toEqual([]);
    }
    expect(await calls(all[0] as Person)).toHaveLength(1);
  });

  it('lets two who talk go on, and nothing of it is heard or seen', async () => {
    const { instances } = await two(DRAINING);
    const [ana, ben] = await pair('stopped');
    const [anaFrom, benFrom] = [await framesSoFar(ana), await framesSoFar(ben)];
    const stopping = (async () => {
      expect(await instances[0]?.stop(), 'exit code').toBe(0);
      await isBack(ana, anaFrom);
      await says(ana, 'from the other one');
      await hasHeard(ben, 'from the other one', 3_000);
    })();
    await Promise.all([ana, ben].map((one) => framesRise(one, 500, stopping)));
    expect(await leavings(ben, benFrom)).toEqual([]);
    expect(await calls(ana)).toHaveLength(1);
  });
});

describe('a Redis that is killed', () => {
  it('leaves the call alone; what is written meanwhile is not lost silently, and it works again', async () => {
    const { redis } = await two();
    const [ana, ben] = await pair('redis');
    await says(ana, 'before');
    await hasHeard(ben, 'before', 3_000);
    const before = await tileIds(ben);
    const [anaFrom, benFrom] = [await framesSoFar(ana), await framesSoFar(ben)];
    const outage = (async () => {
      const killed = performance.now();
      await redis?.kill();
      await says(ana, 'meanwhile');
      const within = 5_000 - (performance.now() - killed);
      await Promise.all([ana, ben].map((one) => one.until('told that it is limited', LIMITED, within)));
      console.log(`told ${Math.round(performance.now() - killed)} ms after Redis was killed`);
      // The chat covers the call in a window as narrow as this one, which goes on below it.
      for (const one of [ana, ben]) expect(await one.page.$('[role=toolbar]')).not.toBeNull();
      await examine(ana, 'instances-without-redis');
      await redis?.resume();
      const resumed = performance.now();
      await eventually(
        async () => {
          if (await ana.page.$('[data-state=failed]')) await ana.press('Try again');
          return (await ben.page.evaluate(() => window.probe.sockets)).some((frame) =>
            frame.includes('meanwhile'),
          );
        },
        (heard) => heard,
        15_000,
        'what was written meanwhile',
      );
      console.log(`what was written meanwhile is there ${Math.round(performance.now() - resumed)} ms after`);
      // It came back with nothing in it: everybody's session starts over, and the room is who is in it.
      const rebuilt = await Promise.all([isBack(ana, anaFrom), isBack(ben, benFrom)]);
      console.log(`started over ${Math.round(Math.max(...rebuilt) - resumed)} ms after Redis`);
      for (const one of [ana, ben]) await one.until('not told so any more', `!(${LIMITED})`, 3_000);
      await says(ben, 'afterwards');
      await hasHeard(ana, 'afterwards', 3_000);
    })();
    await Promise.all([ana, ben].map((one) => framesRise(one, 500, outage)));
    expect([await tileIds(ana), await tileIds(ben)]).toEqual([before, before]);
    expect([...(await ana.errors()), ...(await ben.errors())]).toEqual([]);
  });
});
