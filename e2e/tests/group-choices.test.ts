// What people decide about a group call: the host who may send, each for themselves whether they see pictures.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  comer,
  goesBy,
  GROUP_LAUNCH,
  hears,
  layersBeingSent,
  receiving,
  showsPictures,
  ways,
} from '../harness/group';
import { eventually } from '../harness/measure';
import { decide } from '../harness/rooms';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let people: Person[];
let ana: Person;
let ben: Person;
let room = 0;

beforeAll(async () => {
  server = await startServer({ VISAVIS_ROOMS__DEMOTE_AFTER_S: '2' });
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

beforeEach(async () => {
  room += 1;
  people = await Promise.all(['Ana', 'Ben', 'Cem'].map((name) => comer(chromium, name)));
  [ana, ben] = people as [Person, Person, Person];
});

afterEach(async () => {
  for (const person of people)
    if (person.page.url() !== 'about:blank') expect(await person.errors()).toEqual([]);
  await Promise.all(people.map((person) => person.close()));
});

async function choose(person: Person, name: string): Promise<void> {
  await person.press('More options');
  await person.press(name, 'menuitem');
}

const nothing = (names: string[]): boolean => names.length === 0;

describe('the host', () => {
  it('may be the only one to send, and lets the others send again', async () => {
    const two = [ana, ben];
    for (const person of two) await person.join(`${server.http}/r/host-${room}`);
    await Promise.all([showsPictures(ana, 'Ben'), showsPictures(ben, 'Ana')]);

    await decide(ana, 'Who may publish', 'Only me');
    await Promise.all(two.map((person) => goesBy(person, 'server')));
    await Promise.all([showsPictures(ben, 'Ana'), hears(ben, ['Ana'])]);
    expect(await ben.page.evaluate(() => document.body.innerText)).toContain('Only the host sends media');
    await ana.tileHas('Ben', 'data-muted', 'true');
    expect(await receiving(ana, 'video')).toEqual([]);
    expect(await receiving(ana, 'audio')).toEqual([]);
    const live = await ben.page.evaluate(
      () => window.probe.captured.filter((track) => track.readyState === 'live').length,
    );
    expect(live, 'devices in use by somebody who may not send').toBe(0);
    // What may not be pressed does nothing.
    const camera = await ben.find('button', 'Turn camera on');
    await camera.evaluate((element) => (element as HTMLElement).click());
    expect(await receiving(ana, 'video')).toEqual([]);

    await decide(ana, 'Who may publish', 'Everybody');
    await Promise.all(two.map((person) => goesBy(person, 'direct')));
    await ben.press('Turn camera on');
    await showsPictures(ana, 'Ben');
    await showsPictures(ben, 'Ana');
  });

  it('may have two people meet over the server, and directly again', async () => {
    for (const person of [ana, ben]) await person.join(`${server.http}/r/route-${room}`);
    await Promise.all([showsPictures(ana, 'Ben'), showsPictures(ben, 'Ana')]);
    await decide(ana, 'Media route', 'Server');
    await Promise.all([goesBy(ana, 'server'), goesBy(ben, 'server')]);
    await Promise.all([hears(ana, ['Ben']), hears(ben, ['Ana'])]);
    await decide(ana, 'Media route', 'Peer to peer');
    await Promise.all([goesBy(ana, 'direct'), goesBy(ben, 'direct')]);
    await Promise.all([showsPictures(ana, 'Ben'), showsPictures(ben, 'Ana')]);
    expect(await ways(ana)).toEqual({ direct: 1, server: 0 });
  });
});

describe('who wants sound alone', () => {
  it('receives no pictures, and has them back when they want', async () => {
    for (const person of people) await person.join(`${server.http}/r/sound-${room}`);
    await Promise.all(people.map((person) => goesBy(person, 'server')));
    await Promise.all(['Ana', 'Cem'].map((name) => showsPictures(ben, name)));

    await choose(ben, 'Audio only');
    await eventually(() => receiving(ben, 'video'), nothing, 5_000, 'no pictures any more');
    expect(await ben.page.$$('[data-tile] video')).toHaveLength(1);
    await hears(ben, ['Ana', 'Cem']);
    await showsPictures(ana, 'Ben');

    // When the other one does not look either, nothing leaves the camera.
    const cem = people[2] as Person;
    await choose(cem, 'Audio only');
    await eventually(() => layersBeingSent(ana), nothing, 10_000, 'a camera that nobody looks at rests');

    await choose(ben, 'Show video again');
    // 0.3 s where nothing else runs. Where much does, the estimate may have gone down so far that the server sends one
    // picture, and tries more every 16 s.
    const took = await Promise.all(['Ana', 'Cem'].map((name) => showsPictures(ben, name, 25_000)));
    console.log(`pictures back after ${Math.round(Math.max(...took))} ms`);
  });
});
