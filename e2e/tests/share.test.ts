// Screens shared in calls of two and of more: seen beside the camera, ended by whichever button, carried along when
// media changes its way.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { comer, goesBy, GROUP_LAUNCH, moment, showsPictures, tiles } from '../harness/group';
import { eventually, hearsAndSees } from '../harness/measure';
import { screenGiver, seesScreen, stopByBrowser } from '../harness/share';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Wide enough for a bar that has everything. */
const PAGE = { width: 800, height: 600 };

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

function people(names: string[], sound = false): Promise<Person[]> {
  return Promise.all(
    names.map((name) => comer(chromium, name, { before: screenGiver({ sound }), viewport: PAGE })),
  );
}

/** All sections of the peers that are open. */
function sections(person: Person): Promise<number> {
  return person.page.evaluate(() => {
    const open = window.probe.peers.filter(({ connectionState }) => connectionState !== 'closed');
    return open.reduce((sum, peer) => sum + peer.getTransceivers().length, 0);
  });
}

/** What sounds here, by how loud it is meant to be. */
function volumes(person: Person): Promise<number[]> {
  return person.page.evaluate(() =>
    [...document.querySelectorAll('audio')].filter(({ muted }) => !muted).map(({ volume }) => volume),
  );
}

/** The longest a tile stood still since then, ms. */
function longestStop(person: Person, tile: string, since: number): Promise<number> {
  return person.page.evaluate(
    (tile, since) => {
      const times = [since, ...(window.shownAt[tile] ?? []).filter((at) => at > since), performance.now()];
      return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
    },
    tile,
    since,
  );
}

/** Waits until a tile has shown so many more pictures. */
async function showsMore(person: Person, tile: string, pictures: number): Promise<void> {
  const since = await moment(person);
  await eventually(
    () =>
      person.page.evaluate(
        (tile, since) => (window.shownAt[tile] ?? []).filter((at) => at > since).length,
        tile,
        since,
      ),
    (shown) => shown >= pictures,
    5_000,
    `${pictures} pictures of ${tile}`,
  );
}

describe('two people', () => {
  it('share their screens in turn, and both', async () => {
    const [ana, ben] = (await people(['Ana', 'Ben'])) as [Person, Person];
    try {
      for (const person of [ana, ben]) await person.join(`${server.http}/r/share-two`);
      await Promise.all([showsPictures(ana, 'Ben'), showsPictures(ben, 'Ana')]);

      await ana.press('Share screen');
      console.log(`a screen is seen after ${Math.round(await seesScreen(ben, 'Ana'))} ms`);
      await showsPictures(ben, 'Ana');
      expect(await tiles(ana), 'one does not see oneself in oneself').toEqual(['Ben', 'Ana (you)']);
      expect(await ana.page.evaluate(() => document.body.innerText)).toContain('You are sharing your screen');
      await stopByBrowser(ana);
      await ben.losesTile('Ana, screen', 3_000);
      await ana.find('button', 'Share screen');
      await Promise.all([showsPictures(ben, 'Ana'), showsPictures(ana, 'Ben')]);

      await ben.press('Share screen');
      await seesScreen(ana, 'Ben');
      await ana.press('Share screen');
      await Promise.all([seesScreen(ana, 'Ben'), seesScreen(ben, 'Ana')]);
      const before = await sections(ana);
      for (let round = 0; round < 3; round += 1) {
        await ana.press('Stop sharing');
        await ben.losesTile('Ana, screen', 3_000);
        await ana.press('Share screen');
        await seesScreen(ben, 'Ana');
      }
      expect(await sections(ana), 'sharing again takes no further section').toBe(before);
      await Promise.all([ana.press('Stop sharing'), ben.press('Stop sharing')]);
      await Promise.all([ana.losesTile('Ben, screen', 3_000), ben.losesTile('Ana, screen', 3_000)]);
      expect(await tiles(ana)).toEqual(['Ben', 'Ana (you)']);
      await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
      for (const person of [ana, ben]) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('hear what is shared, each thing as loud as they like', async () => {
    const [ana, ben] = (await people(['Ana', 'Ben'], true)) as [Person, Person];
    try {
      for (const person of [ana, ben]) await person.join(`${server.http}/r/share-sound`);
      await showsPictures(ben, 'Ana');
      await ana.press('Share screen');
      await seesScreen(ben, 'Ana');
      const loud = (wanted: number[]) =>
        eventually(
          () => volumes(ben),
          (now) => now.sort().join() === wanted.join(),
          5_000,
          `volumes ${wanted.join()}`,
        );
      await loud([1, 1]);
      for (const [label, keys] of [
        ['Ana, screen', ['Home']],
        ['Ana', ['Home', 'ArrowRight', 'PageUp', 'PageUp']],
      ] as const) {
        await ben.press(`Options for ${label} (tile)`);
        const slider = await ben.find('slider', `Volume of ${label}`);
        await slider.focus();
        for (const key of keys) await ben.page.keyboard.press(key);
        await ben.page.keyboard.press('Escape');
      }
      const [silent, some] = await eventually(
        () => volumes(ben),
        (now) => Math.min(...now) === 0 && Math.max(...now) < 1,
        5_000,
        'two volumes',
      ).then((now) => now.sort());
      expect(silent).toBe(0);
      expect(some).toBeGreaterThan(0);
      await ana.press('Stop sharing');
      await ben.losesTile('Ana, screen', 3_000);
      for (const person of [ana, ben]) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('three people', () => {
  it('see a screen over the server, also who comes later, and when they are two again', async () => {
    const all = await people(['Ana', 'Ben', 'Cem'], true);
    const [ana, ben, cem] = all as [Person, Person, Person];
    const url = `${server.http}/r/share-three`;
    try {
      for (const person of [ana, ben]) await person.join(url);
      await ana.press('Share screen');
      await seesScreen(ben, 'Ana');
      const since = await moment(ben);
      await cem.join(url);
      await Promise.all([seesScreen(cem, 'Ana'), ...all.map((person) => goesBy(person, 'server'))]);
      await seesScreen(ben, 'Ana');
      console.log(
        `to the server: a screen stood still for ${await longestStop(ben, 'Ana, screen', since)} ms`,
      );
      expect(await longestStop(ben, 'Ana, screen', since)).toBeLessThan(1_500);

      await cem.press('Share screen');
      await Promise.all([seesScreen(ana, 'Cem'), seesScreen(ben, 'Cem')]);
      await stopByBrowser(cem);
      await Promise.all([ana.losesTile('Cem, screen', 3_000), ben.losesTile('Cem, screen', 3_000)]);
      await cem.press('Share screen');
      await seesScreen(ben, 'Cem');
      await Promise.all([showsPictures(ben, 'Cem'), showsPictures(ben, 'Ana')]);

      const back = await moment(ben);
      await cem.leave();
      await ben.losesTile('Cem, screen', 3_000);
      await Promise.all([goesBy(ana, 'direct'), goesBy(ben, 'direct')]);
      // By then whatever stood still goes on.
      await showsMore(ben, 'Ana, screen', 5);
      console.log(`and back: a screen stood still for ${await longestStop(ben, 'Ana, screen', back)} ms`);
      expect(await longestStop(ben, 'Ana, screen', back)).toBeLessThan(1_500);
      await seesScreen(ben, 'Ana');
      await ana.press('Stop sharing');
      await ben.losesTile('Ana, screen', 3_000);
      for (const person of all) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all(all.map((person) => person.close()));
    }
  });
});
