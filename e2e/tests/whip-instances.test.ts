// Programs at several instances of one installation: what is asked at one is done where the room's media is.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { PASSWORD } from '../harness/desk';
import { AiortcFeed, makeKey, occupied } from '../harness/feeds';
import { comer, GROUP_LAUNCH, showsPictures } from '../harness/group';
import { eventually } from '../harness/measure';
import { startInstallation } from '../harness/server';
import type { Instance, Server } from '../harness/server';

let chromium: Browser;
let server: Server;
let key: string;
const people: Person[] = [];
const feeds: AiortcFeed[] = [];

beforeAll(async () => {
  chromium = await launch('chromium', GROUP_LAUNCH);
  server = await startInstallation(2, { VISAVIS_DEMO_PASSWORD: PASSWORD }, ['--demo']);
  key = await makeKey(server, 'media:publish', 'rooms:read');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.kill()));
  await Promise.all(people.splice(0).map((person) => person.close()));
});

const at = (instance: Instance, path: string): string => `http://localhost:${instance.httpPort}${path}`;

async function publishes(instance: Instance, path: string): Promise<AiortcFeed> {
  const feed = new AiortcFeed('whip', at(instance, path), key);
  feeds.push(feed);
  expect((await feed.does('open')).status).toBe(201);
  return feed;
}

const gone = (person: Person, name: string, timeout: number): Promise<number> =>
  person.until(`${name} gone`, `!document.querySelector('[data-tile][aria-label="${name}"]')`, timeout);

describe('programs of two instances', () => {
  it('publish, change and end at the one what is at the other, and go with it', async () => {
    const [here, there] = server.instances as [Instance, Instance];
    // Whoever comes first has the media of the room.
    await publishes(there, '/whip/apart?name=There');
    const crossing = await publishes(here, '/whip/apart?name=Crossing');
    const ana = await comer(chromium, 'Ana');
    people.push(ana);
    await ana.open(at(here, '/r/apart'));
    await ana.enterName();
    await ana.press('Join now');
    for (const name of ['There', 'Crossing']) await showsPictures(ana, name, 20_000);
    // Asked at the one, meant for the other: both ways.
    expect((await crossing.does('trickle')).status).toBe(204);
    crossing.goTo(here.httpPort, there.httpPort);
    expect((await crossing.does('trickle')).status).toBe(204);
    expect((await crossing.does('delete')).status).toBe(200);
    await gone(ana, 'Crossing', 3_000);
    await there.kill();
    const took = await gone(ana, 'There', 20_000);
    console.log(`what an instance had that died was gone after ${Math.round(took)} ms`);
    await eventually(
      () => occupied(at(here, ''), key),
      (rooms) => rooms['apart'] === 1,
      5_000,
      'Ana alone',
    );
    // It comes back by another offer.
    await publishes(here, '/whip/apart?name=Again');
    await showsPictures(ana, 'Again', 20_000);
  });
});
