// Programs watch a room by WHEP: one made of aiortc, and the page of docs/whip.md on a site of somebody else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { startSite } from '../harness/demo';
import type { Site } from '../harness/demo';
import { startDemo } from '../harness/desk';
import { AiortcFeed, makeKey } from '../harness/feeds';
import { comer, GROUP_LAUNCH } from '../harness/group';
import { eventually, received } from '../harness/measure';
import type { Server } from '../harness/server';

const DOCUMENTED = readFileSync(join(import.meta.dirname, '../../docs/whip.md'), 'utf8');
const PAGE = /```html\n([\s\S]*?)```/.exec(DOCUMENTED)?.[1] ?? '';

let server: Server;
let chromium: Browser;
let site: Site;
let publishing: string;
let watching: string;
let people: Person[] = [];
const pages: Page[] = [];
const feeds: AiortcFeed[] = [];
let room = 0;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  site = await startSite(() => PAGE);
  publishing = await makeKey(server, 'media:publish');
  watching = await makeKey(server, 'media:watch');
});

afterAll(async () => {
  await chromium?.close();
  await site?.close();
  await server?.dispose();
});

beforeEach(() => {
  room += 1;
});

afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.kill()));
  await Promise.all(pages.splice(0).map((page) => page.close()));
  for (const person of people) expect(await person.errors()).toEqual([]);
  await Promise.all(people.splice(0).map((person) => person.close()));
});

function feed(kind: 'whip' | 'whep', query = ''): AiortcFeed {
  const key = kind === 'whip' ? publishing : watching;
  const made = new AiortcFeed(kind, `${server.http}/${kind}/whep-${room}${query}`, key);
  feeds.push(made);
  return made;
}

async function come(cameras: Record<string, { width: number; height: number }>): Promise<Person[]> {
  const all = Object.entries(cameras);
  people = await Promise.all(
    all.map(([name, camera]) => comer(chromium, name, { camera, viewport: { width: 1280, height: 720 } })),
  );
  for (const person of people) await person.join(`${server.http}/r/whep-${room}`);
  return people;
}

/** The id of somebody as a page knows it. */
async function idOf(person: Person, name: string): Promise<string> {
  await person.until(
    `${name} there`,
    `!!document.querySelector('[data-tile][aria-label=${JSON.stringify(name)}]')`,
    15_000,
  );
  return person.page.$eval(
    `[data-tile][aria-label=${JSON.stringify(name)}]`,
    (tile) => tile.getAttribute('data-participant') ?? '',
  );
}

/** Runs in the page that watches: of the picture there is, the brightest point; less than 0 while there is none. */
function brightest(): number {
  const video = document.querySelector('video');
  if (!video || video.videoWidth === 0) return -1;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [64, 36];
  const context = canvas.getContext('2d');
  context?.drawImage(video, 0, 0, 64, 36);
  const points = context?.getImageData(0, 0, 64, 36).data ?? [];
  return Math.max(...[...points].filter((_, index) => index % 4 !== 3));
}

describe('a program that watches by WHEP', () => {
  it('gets the picture and the sound of one participant, in aiortc', async () => {
    const [ana] = (await come({ Ana: { width: 640, height: 360 } })) as [Person];
    await feed('whip', '?name=Stage').does('open');
    const stage = await idOf(ana, 'Stage');
    const watcher = feed('whep', `?participant=${stage}`);
    expect((await watcher.does('open')).status).toBe(201);
    const seen = await eventually(
      () => watcher.does('counts'),
      ({ frames = 0, sounds = 0 }) => frames > 10 && sounds > 25,
      20_000,
      'pictures and sound',
    );
    expect(seen.state).toBe('connected');
    for (const [index, value] of [120, 60, 190].entries()) {
      expect(Math.abs((seen.colour?.[index] ?? 0) - value)).toBeLessThan(4);
    }
    expect(Math.abs((seen.hertz ?? 0) - 440)).toBeLessThan(15);
    // It is in the list, so that everybody knows, and has no tile.
    await ana.press('People');
    await ana.until(
      'somebody watching',
      `!!document.querySelector('[aria-label="A program watches"]')`,
      3_000,
    );
    expect(await ana.page.$$eval('[data-tile]', (tiles) => tiles.length)).toBe(2);
    expect((await watcher.does('delete')).status).toBe(200);
    await ana.until('nobody watching', `!document.querySelector('[aria-label="A program watches"]')`, 3_000);
  });

  it('follows whoever speaks without another offer', async () => {
    const sizes = { Ana: { width: 320, height: 180 }, Ben: { width: 320, height: 240 } };
    const [ana, ben] = (await come(sizes)) as [Person, Person];
    await ben.press('Mute microphone');
    const watcher = feed('whep');
    expect((await watcher.does('open')).status).toBe(201);
    // The cameras differ in shape.
    const shows = async (wide: boolean): Promise<void> => {
      await eventually(
        () => watcher.does('counts'),
        ({ size: [width = 0, height = 0] = [] }) => width > 0 && (width * 9 === height * 16) === wide,
        20_000,
        wide ? 'Ana' : 'Ben',
      );
    };
    await shows(true);
    await ana.press('Mute microphone');
    await ben.press('Unmute microphone');
    await shows(false);
    const before = (await watcher.does('counts')).frames ?? 0;
    await eventually(
      () => watcher.does('counts'),
      ({ frames = 0 }) => frames > before + 20,
      10_000,
      'pictures',
    );
  });

  it('plays in the page of the documentation, on another site', async () => {
    await come({ Ana: { width: 640, height: 360 } });
    const page = await chromium.newPage();
    pages.push(page);
    await page.goto(`${site.origin}/?from=${server.http}/whep/whep-${room}#${watching}`);
    await page.waitForFunction(
      () => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 20,
      { timeout: 20_000 },
    );
    expect(await page.$eval('video', (video) => video.videoWidth)).toBeGreaterThan(0);
    const [ana] = people as [Person];
    await ana.press('People');
    await ana.until(
      'somebody watching',
      `!!document.querySelector('[aria-label="A program watches"]')`,
      3_000,
    );
    // What the page does when it goes.
    await page.goto('about:blank');
    await ana.until('nobody watching', `!document.querySelector('[aria-label="A program watches"]')`, 5_000);
  });

  /** The page of the documentation. */
  async function player(query = ''): Promise<Page> {
    const page = await chromium.newPage();
    pages.push(page);
    await page.goto(`${site.origin}/?from=${server.http}/whep/whep-${room}${query}#${watching}`);
    return page;
  }

  /** Until what is watched, in aiortc and in a page, is black, or is not. */
  async function both(watcher: AiortcFeed, page: Page, black: boolean): Promise<void> {
    const what = black ? 'black' : 'a picture';
    await eventually(
      () => watcher.does('counts'),
      ({ colour: [light = 0] = [] }) => (black ? light > 0 && light <= 16 : light > 24),
      20_000,
      `${what} in aiortc`,
    );
    await eventually(
      () => page.evaluate(brightest),
      (light) => (black ? light >= 0 && light < 4 : light > 24),
      20_000,
      `${what} in Chromium`,
    );
  }

  it('is black where the camera is off, and a picture again', async () => {
    const [ana] = (await come({ Ana: { width: 640, height: 360 } })) as [Person];
    const [watcher, page] = [feed('whep'), await player()];
    expect((await watcher.does('open')).status).toBe(201);
    await both(watcher, page, false);
    await ana.press('Turn camera off');
    await both(watcher, page, true);
    await ana.press('Turn camera on');
    await both(watcher, page, false);
  });

  it('is black where a program sends no pictures any more, in H.264 too', async () => {
    const [ana] = (await come({ Ana: { width: 640, height: 360 } })) as [Person];
    const program = feed('whip', '?name=Stage');
    program.tell('h264');
    await program.does('open');
    const query = `?participant=${await idOf(ana, 'Stage')}`;
    const [watcher, page] = [feed('whep', query), await player(query)];
    expect((await watcher.does('open')).status).toBe(201);
    await both(watcher, page, false);
    program.tell('pause');
    await both(watcher, page, true);
    program.tell('resume');
    await both(watcher, page, false);
  });

  it('plays in Firefox', async () => {
    await come({ Ana: { width: 640, height: 360 } });
    const firefox = await launch('firefox');
    try {
      const player = await Person.create(firefox, 'Player');
      await player.page.goto(`${site.origin}/?from=${server.http}/whep/whep-${room}#${watching}`);
      await eventually(
        () => received(player),
        ({ frames, audioPackets }) => frames > 20 && audioPackets > 50,
        30_000,
        'pictures',
      );
      await player.close();
    } finally {
      await firefox.close();
    }
  });
});
