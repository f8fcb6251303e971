// More than two: media goes over the media server, and nobody's picture stands still for others who come and go.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  comer,
  framesPerSecond,
  goesBy,
  GROUP_LAUNCH,
  hears,
  moment,
  others,
  showsPictures,
  stops,
} from '../harness/group';
import { hearsAndSees, pause } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Longer than this is seen. */
const STANDSTILL = 300;

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer({ VISAVIS_ROOMS__DEMOTE_AFTER_S: '2' });
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Everybody sees everybody. */
async function allSee(people: Person[]): Promise<void> {
  await Promise.all(
    people.flatMap((person) => others(people, person).map((name) => showsPictures(person, name))),
  );
}

/** Nobody's tile stood still at any of these since the moments given. */
async function expectNoStop(what: string, people: Person[], since: Map<Person, number>): Promise<void> {
  const found = await Promise.all(
    people.map(async (person) => ({
      at: person.name,
      longest: await stops(person, others(people, person), since.get(person) ?? 0),
    })),
  );
  const longest = Math.max(...found.flatMap(({ longest }) => Object.values(longest)));
  console.log(`${what}: the longest stop of a tile ${longest} ms`);
  expect(longest, `${what}: ${JSON.stringify(found)}`).toBeLessThanOrEqual(STANDSTILL);
}

async function moments(people: Person[]): Promise<Map<Person, number>> {
  return new Map(await Promise.all(people.map(async (one) => [one, await moment(one)] as const)));
}

describe('the third person', () => {
  it('moves everybody over to the media server, and back by leaving, and no tile stands still', async () => {
    const url = `${server.http}/r/third`;
    const people = await Promise.all(['Ana', 'Ben', 'Cem'].map((name) => comer(chromium, name)));
    const [ana, ben, cem] = people as [Person, Person, Person];
    try {
      await ana.join(url);
      await ben.join(url);
      await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
      await allSee([ana, ben]);
      await Promise.all([goesBy(ana, 'direct'), goesBy(ben, 'direct')]);

      let since = await moments([ana, ben]);
      await cem.join(url);
      await Promise.all(people.map((person) => goesBy(person, 'server')));
      await expectNoStop('from each other to the server', [ana, ben], since);

      await allSee(people);
      since = await moments(people);
      await Promise.all(people.map((person) => hears(person, others(people, person))));
      await pause(3_000);
      for (const person of people) {
        const fewest = await framesPerSecond(person, others(people, person), since.get(person) ?? 0);
        expect(Math.min(...Object.values(fewest)), `${person.name}: ${JSON.stringify(fewest)}`).toBeGreaterThan(5);
      }
      await expectNoStop('three over the server', people, since);

      since = await moments([ana, ben]);
      await cem.leave();
      await Promise.all([goesBy(ana, 'direct'), goesBy(ben, 'direct')]);
      await pause(1_000);
      await expectNoStop('back from the server to each other', [ana, ben], since);
      await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
      for (const person of people) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all(people.map((person) => person.close()));
    }
  });
});
