// A camera in three sizes: each gets the one that fits their tile, and what nobody looks at is not sent.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  arrivesWide,
  comer,
  goesBy,
  GROUP_LAUNCH,
  layersBeingSent,
  sentLayers,
  showsPictures,
} from '../harness/group';
import { eventually } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Pages on which a tile of three is larger than a small layer, and not. */
const LARGE = { width: 1920, height: 1080 };
const SMALL = { width: 320, height: 480 };

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

async function sends(person: Person, rids: string, what: string): Promise<void> {
  await eventually(
    () => layersBeingSent(person),
    (sent) => sent.join() === rids,
    10_000,
    what,
  );
}

describe('a large camera', () => {
  it('is sent in the layers that tiles have room for', async () => {
    const url = `${server.http}/r/layers`;
    const people = await Promise.all([
      comer(chromium, 'Ana', { camera: { width: 1280, height: 720 } }),
      comer(chromium, 'Ben', { viewport: LARGE }),
      comer(chromium, 'Cem', { viewport: SMALL }),
    ]);
    const [ana, ben, cem] = people as [Person, Person, Person];
    try {
      for (const person of people) await person.join(url);
      await Promise.all(people.map((person) => goesBy(person, 'server')));
      await Promise.all([showsPictures(ben, 'Ana'), showsPictures(cem, 'Ana')]);
      await eventually(
        () => sentLayers(ana),
        (layers) => ['q', 'h', 'f'].every((rid) => (layers[rid]?.packets ?? 0) > 0),
        10_000,
        'three layers sent',
      );
      await Promise.all([arrivesWide(ben, 'Ana', 1280, 15_000), arrivesWide(cem, 'Ana', 320)]);

      const lowered: number[] = [];
      const raised: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        await ben.page.setViewport(SMALL);
        lowered.push(await arrivesWide(ben, 'Ana', 320));
        await sends(ana, 'q', 'what nobody looks at is not sent');
        await ben.page.setViewport(LARGE);
        raised.push(await arrivesWide(ben, 'Ana', 1280));
      }
      await sends(ana, 'f,q', 'the layer between, which nobody looks at, is not sent');
      console.log(`tiles shrunk: a smaller layer after ${lowered.map(Math.round).join(', ')} ms`);
      console.log(
        `tiles enlarged: the large layer after ${raised.map(Math.round).join(', ')} ms (goal < 1000)`,
      );
      expect(Math.min(...raised)).toBeLessThan(1_500);
      for (const person of people) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all(people.map((person) => person.close()));
    }
  });
});
