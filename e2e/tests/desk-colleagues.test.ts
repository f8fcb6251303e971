// Colleagues in a desk's call: one is brought in, another takes over. The visitor does nothing for it.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  accept,
  consoleIsOpen,
  endsHeard,
  framesSoFar,
  goOnline,
  isFree,
  isIn,
  listIs,
  reads,
  representative,
  startDemo,
  visitor,
} from '../harness/desk';
import { GROUP_LAUNCH, goesBy, hears, showsPictures, tiles } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const [ANA, BEN, CEM] = ['Ana Kaya', 'Ben Lang', 'Cem Yıldız'];

let server: Server;
let chromium: Browser;
let ana: Person;
let ben: Person;
let cem: Person;
let watcher: Person;
let vera: Person;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  watcher = await visitor(chromium, server.http, 'Wanda');
  [ana, ben, cem] = await Promise.all([
    representative(chromium, server.http, ANA, 'ana@demo'),
    representative(chromium, server.http, BEN, 'ben@demo'),
    representative(chromium, server.http, CEM, 'cem@demo'),
  ]);
  await Promise.all([ana, ben, cem].map(goOnline));
  vera = await visitor(chromium, server.http, 'Vera');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('a representative in a call', () => {
  it('brings a colleague in: three see and hear each other, and two go on when the colleague leaves', async () => {
    await (await vera.find('textbox', 'What is it about?')).type('windscreen claim');
    await vera.press(`Call ${ANA}`);
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);

    await ana.press(`Bring in ${BEN}`);
    await reads(ana, `Ringing ${BEN}…`);
    await ben.find('dialog', `Incoming call from ${ANA}`);
    await reads(ben, `${ANA} asks you to join the call with Vera.`);
    expect(await ben.page.evaluate(() => [window.touched.opened, window.probe.peers.length])).toEqual([0, 0]);
    await ben.press('Accept');
    const everybody = [vera, ana, ben];
    await Promise.all(everybody.map((one) => goesBy(one, 'server')));
    for (const one of everybody) {
      const others = everybody.filter((other) => other !== one).map(({ name }) => name);
      await Promise.all(others.map((name) => showsPictures(one, name)));
      await hears(one, others);
    }
    const from = await framesSoFar(vera);
    const left = await ben.press('Leave');
    await consoleIsOpen(ben);
    await listIs(watcher, 'Ben available again', isFree(BEN), left, 1_000);
    await vera.losesTile(BEN, 3_000);
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    expect((await endsHeard(vera, from)).filter((frame) => frame.includes('ring_ended'))).toEqual([]);
  });

  it('hands the call over, and is free', async () => {
    await ana.press(`Transfer to ${CEM}`);
    await cem.find('dialog', `Incoming call from ${ANA}`);
    await reads(cem, `${ANA} wants to hand the call with Vera over to you.`);
    const accepted = await cem.press('Accept');
    await ana.find('heading', 'Your call with Vera');
    await reads(ana, 'Handed over to a colleague');
    await consoleIsOpen(ana);
    await listIs(watcher, 'Ana available', isFree(ANA), accepted, 3_000);
    await listIs(watcher, 'Cem in a call', isIn(CEM, 'in a call'), accepted, 3_000);
    await Promise.all([showsPictures(vera, CEM), showsPictures(cem, 'Vera')]);
    await Promise.all([hearsAndSees(vera), hearsAndSees(cem)]);
    expect((await tiles(vera)).sort()).toEqual([CEM, 'Vera (you)']);
    const live = await ana.page.evaluate(
      () => window.probe.captured.filter((t) => t.readyState === 'live').length,
    );
    expect(live, 'devices that Ana has in use').toBe(0);

    const parted = await vera.press('Leave');
    await vera.find('heading', 'You ended the call');
    await listIs(watcher, 'Cem available again', isFree(CEM), parted, 1_000);
    await cem.find('heading', 'Your call with Vera');
    for (const one of [ana, ben, cem, vera]) expect(await one.errors()).toEqual([]);
  });

  it('is told when the colleague declines, and the call goes on', async () => {
    await vera.press('Back to the desk');
    await vera.press(`Call ${ANA}`);
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    await ana.press(`Transfer to ${BEN}`);
    await ben.find('dialog', `Incoming call from ${ANA}`);
    await ben.press('Decline');
    await reads(ana, `${BEN} did not come: Declined`);
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    await ana.press('Leave');
    await vera.find('heading', 'The call has ended');
  });
});
