// Video that begins in a conversation: rung, taken or declined, one call although both rang, and a third who is asked.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { devicesInUse } from '../harness/appointment';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { startDemo } from '../harness/desk';
import { goesBy, GROUP_LAUNCH, hears, showsPictures, tiles } from '../harness/group';
import {
  capturesOf,
  choosesStatus,
  comes,
  isInside,
  jumps,
  peopleSeen,
  pressTogether,
  pressWithin,
  readsIn,
  regionSays,
  rowSays,
  says,
  talksTo,
  within,
  withPerson,
} from '../harness/lounge';
import { eventually, hearsAndSees, received } from '../harness/measure';
import type { Server } from '../harness/server';

const RUNS = Number(process.env['RUNS'] ?? 3);

let server: Server;
let chromium: Browser;
const present: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Everybody who was there is gone from the lounge too: names are free for the next test. */
afterEach(async () => {
  await Promise.all(present.splice(0).map(leavesLounge));
});

async function leavesLounge(person: Person): Promise<void> {
  await person.close().catch(() => undefined);
}

async function inLounge(...names: string[]): Promise<Person[]> {
  const people = await Promise.all(names.map((name) => comes(chromium, server, name)));
  present.push(...people);
  for (const one of people) {
    await eventually(
      () => peopleSeen(one),
      (seen) => names.every((name) => seen.includes(name)),
      5_000,
      `${one.name} seeing everybody`,
    );
  }
  return people;
}

/** One connection, straight to the other, and nothing over the server. */
async function isDirect(person: Person): Promise<void> {
  await goesBy(person, 'direct');
  const now = await received(person);
  expect([now.peers, now.pair], `${person.name}'s way to the other`).toEqual([
    1,
    expect.stringMatching(/^(host|prflx|srflx)\/(host|prflx|srflx)$/),
  ]);
}

async function hangsUp(one: Person, other: Person): Promise<void> {
  await one.press('Leave');
  for (const person of [one, other]) {
    await eventually(
      () => devicesInUse(person),
      (count) => count === 0,
      3_000,
      `devices that ${person.name} has in use`,
    );
    await within(person, withPerson(person === one ? other.name : one.name), 'button', 'Start video');
  }
}

describe('video from a conversation', () => {
  it(
    'is one call although both started it at once',
    async () => {
      const [ana, ben] = (await inLounge('Ana', 'Ben')) as [Person, Person];
      await talksTo(ana, 'Ben');
      await talksTo(ben, 'Ana');
      for (let run = 0; run < RUNS; run += 1) {
        await pressTogether([
          { person: ana, region: withPerson('Ben'), name: 'Start video' },
          { person: ben, region: withPerson('Ana'), name: 'Start video' },
        ]);
        // Whose ring came second may find the other one's, and takes it: nobody has to press anything more.
        await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
        await Promise.all([isDirect(ana), isDirect(ben)]);
        expect((await tiles(ana)).sort()).toEqual(['Ana (you)', 'Ben']);
        expect((await tiles(ben)).sort()).toEqual(['Ana', 'Ben (you)']);
        await hangsUp(run % 2 === 0 ? ana : ben, run % 2 === 0 ? ben : ana);
      }
      for (const one of [ana, ben]) expect(await one.errors()).toEqual([]);
      console.log(`both at once: ${RUNS} of ${RUNS}`);
    },
    30_000 + RUNS * 30_000,
  );

  it('opens no camera of who is rung before they accept, and tells who rang when they do not', async () => {
    const [ana, ben] = (await inLounge('Ana D', 'Ben D')) as [Person, Person];
    await talksTo(ana, 'Ben D');
    await talksTo(ben, 'Ana D');
    await pressWithin(ana, withPerson('Ben D'), 'Start video');
    await ben.find('dialog', 'Ana D is calling');
    await ben.press('Decline');
    await regionSays(ana, withPerson('Ben D'), 'cannot take the call now');
    await eventually(
      () => devicesInUse(ana),
      (count) => count === 0,
      3_000,
      'devices in use after it was declined',
    );
    expect(await capturesOf(ben), 'times that Ben was asked for devices').toBe(0);

    await pressWithin(ana, withPerson('Ben D'), 'Start video');
    await ben.find('dialog', 'Ana D is calling');
    expect(await capturesOf(ben), 'before he accepts').toBe(0);
    await ben.press('Accept');
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    expect(await capturesOf(ben), 'after he accepted').toBeGreaterThan(0);
    await rowSays(ana, 'Ben D', /in a call/i);
    await hangsUp(ben, ana);
  });

  it('is taken back by who rang', async () => {
    const [ana, ben] = (await inLounge('Ana C', 'Ben C')) as [Person, Person];
    await talksTo(ana, 'Ben C');
    await talksTo(ben, 'Ana C');
    await pressWithin(ana, withPerson('Ben C'), 'Start video');
    await ben.find('dialog', 'Ana C is calling');
    await pressWithin(ana, withPerson('Ben C'), 'Cancel');
    await ben.until('no dialog', () => document.querySelector('[role=dialog]') === null, 3_000);
    expect(await capturesOf(ben)).toBe(0);
    await within(ana, withPerson('Ben C'), 'button', 'Start video');
  });

  it('cannot be asked of who is unavailable or away', async () => {
    const [ana, ben] = (await inLounge('Ana U', 'Ben U')) as [Person, Person];
    await talksTo(ana, 'Ben U');
    await talksTo(ben, 'Ana U');
    for (const status of ['Unavailable', 'Away']) {
      await choosesStatus(ben, status);
      await rowSays(ana, 'Ben U', new RegExp(status, 'i'));
      const start = await within(ana, withPerson('Ben U'), 'button', 'Start video');
      await eventually(
        () => start.evaluate((button) => button.matches(':disabled, [aria-disabled=true]')),
        (disabled) => disabled,
        2_000,
        `nobody to be rung who is ${status}`,
      );
      await start.evaluate((button) => (button as HTMLElement).click());
      // A message is no ring: it arrives, and no dialog came before it.
      await says(ana, withPerson('Ben U'), `now ${status}`);
      await readsIn(ben, withPerson('Ana U'), `now ${status}`);
      expect(await ben.page.$('[role=dialog]')).toBeNull();
    }
    await choosesStatus(ben, 'Available');
    await rowSays(ana, 'Ben U', /available/i);
    await pressWithin(ana, withPerson('Ben U'), 'Start video');
    await ben.find('dialog', 'Ana U is calling');
    await ben.press('Decline');
  });

  it(
    'goes on while one jumps to another room, and is taken up again after a reload',
    { tags: ['apart'] },
    async () => {
      const [ana, ben] = (await inLounge('Ana J', 'Ben J')) as [Person, Person];
      await talksTo(ana, 'Ben J');
      await talksTo(ben, 'Ana J');
      await pressWithin(ana, withPerson('Ben J'), 'Start video');
      await ben.find('dialog', 'Ana J is calling');
      await ben.press('Accept');
      await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
      const peers = await ana.page.evaluate(() => window.probe.peers.length);
      await jumps(ana, 'Sports');
      await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
      expect(await ana.page.evaluate(() => window.probe.peers.length), 'no new connection').toBe(peers);
      await says(ana, withPerson('Ben J'), 'still here');
      await readsIn(ben, withPerson('Ana J'), 'still here');

      await ana.page.evaluate(() => (window.onbeforeunload = null));
      ana.page.on('dialog', (dialog) => void dialog.accept());
      await ana.page.reload({ waitUntil: 'domcontentloaded' });
      await isInside(ana);
      await Promise.all([hearsAndSees(ana, 15_000), hearsAndSees(ben, 15_000)]);
      await hangsUp(ben, ana);
    },
  );

  it('keeps the screen awake and hears the keys of headsets, small and large', async () => {
    const before = `
      window.locks = 0;
      window.keys = {};
      Object.defineProperty(navigator, 'wakeLock', { value: {
        request: () => {
          window.locks += 1;
          return Promise.resolve({ release: () => Promise.resolve(void (window.locks -= 1)) });
        },
      } });
      navigator.mediaSession.setActionHandler = (action, run) => { window.keys[action] = run; };
    `;
    const [ana, ben] = await Promise.all([
      comes(chromium, server, 'Ana K', { before }),
      comes(chromium, server, 'Ben K'),
    ]);
    present.push(ana, ben);
    const locks = (): Promise<unknown> => ana.page.evaluate('window.locks');
    const key = (action: string): Promise<unknown> => ana.page.evaluate(`window.keys.${action}()`);
    const kept = async (): Promise<void> => {
      await eventually(locks, (count) => count === 1, 2_000, 'one lock');
      await key('togglemicrophone');
      await ana.find('button', 'Unmute microphone');
      await key('togglemicrophone');
      await ana.find('button', 'Mute microphone');
    };
    await talksTo(ana, 'Ben K');
    expect(await locks()).toBe(0);
    await pressWithin(ana, withPerson('Ben K'), 'Start video');
    await ben.find('dialog', 'Ana K is calling');
    await ben.press('Accept');
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    await kept();
    await ana.press('Show the whole call');
    await ana.find('button', 'Share screen');
    await kept();
    await ana.press('Back to the conversation');
    await within(ana, 'Call with Ben K', 'button', 'Mute microphone');
    await kept();
    await key('hangup');
    await within(ana, withPerson('Ben K'), 'button', 'Start video');
    await eventually(locks, (count) => count === 0, 2_000, 'no lock');
    expect(await ana.page.evaluate('window.keys.hangup')).toBeNull();
  });

  it('takes in a third who accepts: each sees the two others', async () => {
    const people = (await inLounge('Ana T', 'Ben T', 'Cem T')) as [Person, Person, Person];
    const [ana, ben, cem] = people;
    await talksTo(ana, 'Ben T');
    await talksTo(ben, 'Ana T');
    await pressWithin(ana, withPerson('Ben T'), 'Start video');
    await ben.find('dialog', 'Ana T is calling');
    await ben.press('Accept');
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    await ana.press('Invite');
    await ana.press('Invite Cem T');
    await cem.find('dialog', 'Ana T asks you into a call');
    expect(await capturesOf(cem), 'times that Cem was asked for devices').toBe(0);
    await cem.press('Accept');
    await Promise.all(people.map((one) => goesBy(one, 'server')));
    for (const one of people) {
      const others = people.filter((other) => other !== one).map(({ name }) => name);
      await Promise.all(others.map((name) => showsPictures(one, name)));
      await hears(one, others);
    }
    await cem.press('Leave');
    await ana.losesTile('Cem T', 3_000);
    await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
    await hangsUp(ana, ben);
    for (const one of people) expect(await one.errors()).toEqual([]);
  });
});

describe('with Firefox', () => {
  it('they see and hear each other', async () => {
    const firefox = await launch('firefox');
    try {
      const ana = await comes(chromium, server, 'Ana F');
      const fox = await comes(firefox, server, 'Fox');
      present.push(ana);
      await eventually(
        () => peopleSeen(ana),
        (seen) => seen.includes('Fox'),
        5_000,
        'Fox in the list',
      );
      await talksTo(fox, 'Ana F');
      await says(fox, withPerson('Ana F'), 'merhaba');
      await talksTo(ana, 'Fox');
      await readsIn(ana, withPerson('Fox'), 'merhaba');
      await pressWithin(ana, withPerson('Fox'), 'Start video');
      await fox.find('dialog', 'Ana F is calling');
      await fox.press('Accept');
      await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(fox, 10_000)]);
      await isDirect(ana);
      await hangsUp(fox, ana);
      expect(await fox.errors()).toEqual([]);
    } finally {
      await firefox.close();
    }
  });
});
