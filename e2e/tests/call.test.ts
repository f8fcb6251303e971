// Two people type the same room name and see and hear each other.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { hearsAndSees, received } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const RUNS = Number(process.env['RUNS'] ?? 2);
const ROOM = encodeURIComponent('Café 42/é');

let server: Server;
let chromium: Browser;
let firefox: Browser;

beforeAll(async () => {
  server = await startServer();
  [chromium, firefox] = await Promise.all([launch('chromium'), launch('firefox')]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.dispose();
});

type Start = 'first' | 'second' | 'both at once';

async function meet(one: Browser, other: Browser, start: Start): Promise<number> {
  const url = `${server.http}/r/${ROOM}`;
  const [ana, ben] = [await Person.create(one, 'Ana'), await Person.create(other, 'Ben')];
  try {
    if (start === 'both at once') {
      await Promise.all([ana.open(url), ben.open(url)]);
      await Promise.all([ana.enterName(), ben.enterName()]);
      await Promise.all([ana.press('Join now'), ben.press('Join now')]);
    } else {
      const [before, after] = start === 'first' ? [ana, ben] : [ben, ana];
      await before.join(url);
      await after.join(url);
    }
    const took = await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
    await Promise.all([ana.seesTile('Ben'), ben.seesTile('Ana')]);
    expect([...(await ana.errors()), ...(await ben.errors())]).toEqual([]);
    await ana.leave();
    await ben.losesTile('Ana', 2_000);
    const live = await ana.page.evaluate(
      () => window.probe.captured.filter((t) => t.readyState === 'live').length,
    );
    expect(live, 'devices in use after leaving').toBe(0);
    return Math.max(...took);
  } finally {
    await Promise.all([ana.close(), ben.close()]);
  }
}

describe.each([
  ['Chromium', 'Chromium'],
  ['Chromium', 'Firefox'],
] as const)('%s and %s', (one, other) => {
  it.each(['first', 'second', 'both at once'] as Start[])(
    'meet, coming %s',
    async (start) => {
      const browsers = { Chromium: chromium, Firefox: firefox };
      const took: number[] = [];
      for (let run = 0; run < RUNS; run += 1) took.push(await meet(browsers[one], browsers[other], start));
      console.log(
        `${one}–${other}, ${start}: ${RUNS} of ${RUNS}, slowest ${Math.round(Math.max(...took))} ms`,
      );
    },
    RUNS * 40_000,
  );
});

describe('rooms', () => {
  it('keep to themselves', { tags: ['apart'] }, async () => {
    const [ana, ben, cem] = [
      await Person.create(chromium, 'Ana'),
      await Person.create(chromium, 'Ben'),
      await Person.create(chromium, 'Cem'),
    ];
    try {
      await cem.join(`${server.http}/r/elsewhere`);
      const before = await cem.page.evaluate(() => window.probe.sockets.length);
      await ana.join(`${server.http}/r/${ROOM}`);
      await ben.join(`${server.http}/r/%20CAF%C3%89%2042%2F%C3%89%20`);
      await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
      await ana.press('Chat');
      const box = await ana.find('textbox', 'Message');
      await box.type('only for this room\n');
      await ben.until(
        'the message',
        () => window.probe.sockets.some((frame) => frame.includes('only for this')),
        3_000,
      );
      const frames = await cem.page.evaluate((from) => window.probe.sockets.slice(from), before);
      expect(frames.filter((frame) => frame !== '{"type":"pong"}')).toEqual([]);
      expect((await received(cem)).peers).toBe(0);
    } finally {
      await Promise.all([ana.close(), ben.close(), cem.close()]);
    }
  });

  it('say when they are full', async () => {
    const small = await startServer({ VISAVIS_ROOMS__MAX_PEOPLE: '1' });
    const [ana, ben] = [await Person.create(chromium, 'Ana'), await Person.create(chromium, 'Ben')];
    try {
      await ana.join(`${small.http}/r/small`);
      await ben.open(`${small.http}/r/small`);
      await ben.enterName();
      await ben.press('Join now');
      await ben.find('heading', 'The room is full');
      await ana.leave();
      await ben.press('Try again');
      await ben.press('Join now');
      await ben.find('toolbar', 'Call controls');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
      await small.dispose();
    }
  });
});
