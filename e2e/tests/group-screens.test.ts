// The screens of a group call: a few people, what a host may choose, full pages, sound alone.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { Crowd } from '../harness/crowd';
import { examine } from '../harness/examine';
import { comer, GROUP_LAUNCH, showsPictures, tiles } from '../harness/group';
import { eventually } from '../harness/measure';
import { closeSettings, openSettings } from '../harness/rooms';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const CAMERA = { width: 640, height: 360 };

let server: Server;
let chromium: Browser;
let crowd: Crowd | undefined;
let ana: Person;
let ben: Person;
let cem: Person;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium', GROUP_LAUNCH);
  const names = ['Ana Kaya', 'Benedikta von Hohenlohe-Waldburg', 'Cem Yıldız'];
  const people = await Promise.all(names.map((name) => comer(chromium, name, { camera: CAMERA })));
  [ana, ben, cem] = people as [Person, Person, Person];
  for (const person of people) await person.join(`${server.http}/r/Spring%20planning`);
  await ben.press('Mute microphone');
  await Promise.all([showsPictures(ana, ben.name), showsPictures(ana, cem.name)]);
});

afterAll(async () => {
  await crowd?.dispose();
  await chromium?.close();
  await server?.dispose();
});

/** So many are there, with others whose cameras are absent. */
async function become(people: number): Promise<void> {
  await crowd?.dispose();
  await eventually(
    () => tiles(ana),
    (names) => names.length === 3,
    10_000,
    'the crowd gone',
  );
  crowd = await Crowd.fill(server, 'Spring planning', people - 3, 'absent');
  await eventually(
    () => tiles(ana),
    (names) => names.length === Math.min(people, 25),
    10_000,
    'everybody on the screen',
  );
}

describe('a group call', () => {
  it('of three', async () => {
    await examine(ana, 'group-3');
  });

  it('of seven, one of whom speaks', async () => {
    await become(7);
    await crowd?.order('speak 1');
    await ana.tileHas('Bot 1', 'data-speaking', 'true');
    await examine(ana, 'group-7');
  });

  it('with what its host may choose', async () => {
    await openSettings(ana);
    await examine(ana, 'group-host');
    await closeSettings(ana);
  });

  it('of thirty', async () => {
    await become(30);
    await examine(ana, 'group-30');
    await ana.press('Next page');
    await examine(ana, 'group-30-next');
    await ana.press('Previous page');
  });

  it('with sound alone', async () => {
    await ana.press('More options');
    await ana.press('Audio only', 'menuitem');
    await eventually(
      () => ana.page.$$('[data-tile] video'),
      (videos) => videos.length === 1,
      3_000,
      'pictures gone',
    );
    await examine(ana, 'group-audio-only');
  });

  it('of many says in a word who came', async () => {
    await become(20);
    const words = await eventually(
      () => notices(ana),
      (texts) => texts.some((text) => text.endsWith('others joined')),
      5_000,
      'many named in one notice',
    );
    // Of those that came before, some may still be named in it.
    expect(words.filter((text) => text.includes('joined'))).toHaveLength(1);
  });
});

/** What is told in passing over the pictures, at this moment. */
function notices(person: Person): Promise<string[]> {
  const read = (): string[] =>
    [...document.querySelectorAll('[aria-label=Notices] li span')].map((one) => one.textContent);
  return person.page.evaluate(read);
}
