// What breaks, and what people notice of it.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { eventually, framesRise, hearsAndSees, pause, received } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';
import { UdpGate } from '../harness/gate';

let server: Server;
let chromium: Browser;
let ana: Person;
let ben: Person;
let room = 0;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

beforeEach(async () => {
  room += 1;
  ana = await Person.create(chromium, 'Ana');
  ben = await Person.create(chromium, 'Ben');
});

afterEach(() => Promise.all([ana.close(), ben.close()]));

async function meet(query = ''): Promise<void> {
  const url = `${server.http}/r/resilience-${room}${query}`;
  await ana.join(url);
  await ben.join(url);
  await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
}

/** Frames of the wire since `from` that tell of a coming or going. */
async function comingsAndGoings(person: Person, from: number): Promise<string[]> {
  const frames = await person.page.evaluate((from) => window.probe.sockets.slice(from), from);
  return frames.filter((frame) => /participant_(joined|left)/.test(frame));
}

const framesSoFar = (person: Person) => person.page.evaluate(() => window.probe.sockets.length);

describe('a reload', () => {
  it('is back in the call, and nobody hears of it', { tags: ['apart'] }, async () => {
    await meet();
    const from = await framesSoFar(ben);
    const started = performance.now();
    await ana.page.reload({ waitUntil: 'domcontentloaded' });
    await ana.find('toolbar', 'Call controls');
    await hearsAndSees(ana);
    const took = performance.now() - started;
    await hearsAndSees(ben);
    expect(took).toBeLessThan(5_000);
    expect(await comingsAndGoings(ben, from)).toEqual([]);
    console.log(`back after a reload in ${Math.round(took)} ms`);
  });
});

describe('a closed tab', () => {
  it('is seen within 3 s', async () => {
    await meet();
    const started = performance.now();
    await ana.page.close();
    await ben.losesTile('Ana', 3_000);
    console.log(`a closed tab is seen after ${Math.round(performance.now() - started)} ms`);
  });
});

describe('a server that is killed', () => {
  it('takes no frame from the call, and signalling finds itself again', async () => {
    await meet();
    const ids = (person: Person) =>
      person.page.evaluate(() =>
        [...document.querySelectorAll('[data-tile]')]
          .map((tile) => tile.getAttribute('data-participant'))
          .sort(),
      );
    const before = await ids(ben);
    const from = await framesSoFar(ben);
    const outage = (async () => {
      await server.kill();
      await ben.until('the banner', () => document.body.innerText.includes('is interrupted'), 5_000);
      await pause(2_000);
      await server.start();
      const up = performance.now();
      await Promise.all(
        [ana, ben].map((person) =>
          person.until('signalling back', () => document.querySelector('.link.connected') !== null, 3_000),
        ),
      );
      console.log(`signalling back ${Math.round(performance.now() - up)} ms after the port`);
      await pause(1_000);
    })();
    const [anaFewest, benFewest] = await Promise.all([
      framesRise(ana, 500, outage),
      framesRise(ben, 500, outage),
    ]);
    console.log(`fewest frames in 500 ms: ${Math.min(anaFewest, benFewest)}`);
    expect(await ids(ben)).toEqual(before);
    expect((await received(ana)).peers).toBe(1);
    // Everybody came back as who they were: nothing to announce.
    expect(await ben.page.evaluate(() => document.body.innerText)).not.toMatch(/Ana (joined|left)/);
    await ana.press('Chat');
    await (await ana.find('textbox', 'Message')).type('still here\n');
    await ben.until(
      'the message',
      () => window.probe.sockets.some((frame) => frame.includes('still here')),
      3_000,
    );
    expect((await comingsAndGoings(ben, from)).filter((frame) => frame.includes('participant_left'))).toEqual(
      [],
    );
  });
});

describe('a network that is cut for 10 s', () => {
  it('has media again by itself', async () => {
    const gate = await UdpGate.open(server.httpsPort);
    try {
      // Both relay through the gate, which can be shut: nothing else connects them.
      const before = gate.redirect(server.httpsPort);
      await Promise.all([ana.close(), ben.close()]);
      ana = await Person.create(chromium, 'Ana', { before });
      ben = await Person.create(chromium, 'Ben', { before });
      await meet('?relay');
      gate.shut();
      await eventually(
        async () => {
          const first = await received(ben);
          await pause(1_000);
          return (await received(ben)).frames - first.frames;
        },
        (frames) => frames === 0,
        10_000,
        'media stops',
      );
      await pause(10_000);
      gate.reopen();
      const started = performance.now();
      await Promise.all([hearsAndSees(ana, 20_000), hearsAndSees(ben, 20_000)]);
      console.log(`media back ${Math.round(performance.now() - started)} ms after the network`);
      expect(await ben.page.evaluate(() => document.body.innerText)).not.toMatch(/Ana (joined|left)/);
    } finally {
      gate.close();
    }
  });
});
