// Two browsers in a room with fifty others: they get what they see and hear, and no more.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { Crowd } from '../harness/crowd';
import { assigned, comer, GROUP_LAUNCH, receiving, tiles } from '../harness/group';
import { eventually } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const BOTS = 50;
const AUDIO_SLOTS = 3;
/** On a page of a desktop, oneself included. */
const TILES = 25;

let server: Server;
let chromium: Browser;
let crowd: Crowd;
let ana: Person;
let ben: Person;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium', GROUP_LAUNCH);
  const viewport = { width: 1280, height: 720 };
  [ana, ben] = await Promise.all([
    comer(chromium, 'Ana', { viewport, before: `(${watchSpeaking.toString()})()` }),
    comer(chromium, 'Ben', { viewport, before: `(${watchSpeaking.toString()})()` }),
  ]);
  await ana.join(`${server.http}/r/crowd`);
  crowd = await Crowd.fill(server, 'crowd', BOTS);
  await ben.join(`${server.http}/r/crowd`);
  // Cameras and microphones of test browsers beep; who speaks is for the crowd to say.
  await Promise.all([ana.press('Mute microphone'), ben.press('Mute microphone')]);
}, 120_000);

afterAll(async () => {
  await crowd?.dispose();
  await chromium?.close();
  await server?.dispose();
});

declare global {
  interface Window {
    /** When each tile first showed that its person speaks, and when tiles came, milliseconds since 1970. */
    spokeAt: Record<string, number>;
    tileAt: Record<string, number>;
  }
}

/** Runs in the page. */
function watchSpeaking(): void {
  window.spokeAt = {};
  window.tileAt = {};
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now();
    const shown = new Set<string>();
    for (const tile of document.querySelectorAll('[data-tile]')) {
      const name = tile.getAttribute('aria-label') ?? '';
      shown.add(name);
      window.tileAt[name] ??= now;
      if (tile.getAttribute('data-speaking') === 'true') window.spokeAt[name] ??= now;
    }
    for (const name of Object.keys(window.tileAt)) if (!shown.has(name)) delete window.tileAt[name];
  }).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['data-speaking'],
  });
}

const bots = (names: string[]): string[] => names.filter((name) => name.startsWith('Bot '));

describe('with fifty others', () => {
  it('each receives three voices and the pictures on their page, and no more', async () => {
    for (const person of [ana, ben]) {
      await eventually(
        () => tiles(person),
        (names) => names.length === TILES,
        10_000,
        'a full page',
      );
      // Who speaks may still come to the front, and their picture after them.
      await eventually(
        async () => ({ seen: await tiles(person), pictures: await receiving(person, 'video') }),
        ({ seen, pictures }) =>
          pictures.length === TILES - 1 && pictures.every((name) => seen.includes(name)),
        15_000,
        'pictures for everybody on the page, and for nobody else',
      );
      expect((await receiving(person, 'audio')).length).toBeLessThanOrEqual(AUDIO_SLOTS);
      const sources = [...(await assigned(person)).values()].map(({ source }) => source);
      expect(sources.filter((source) => source === 'microphone').length).toBeLessThanOrEqual(AUDIO_SLOTS);
      expect(sources.filter((source) => source === 'camera').length).toBeLessThanOrEqual(TILES - 1);
    }
  });

  it('who turns the page receives those on it', async () => {
    const before = await tiles(ben);
    await ben.press('Next page');
    const seen = await tiles(ben);
    expect(bots(seen).filter((name) => before.includes(name))).toEqual([]);
    const pictures = await eventually(
      () => receiving(ben, 'video'),
      (names) => names.length === seen.length - 1 && names.every((name) => seen.includes(name)),
      10_000,
      'the pictures of the next page, and no others',
    );
    expect(pictures.length).toBe(TILES - 1);
    await ben.press('Previous page');
  });

  it('who speaks is heard and shown at once', async () => {
    const heard: number[] = [];
    const visible = bots(await tiles(ana)).filter((name) => name !== 'Bot 0');
    for (const name of visible.slice(0, 3)) {
      const { at = 0 } = await crowd.order(`speak ${name.split(' ')[1]}`);
      await ana.until(`${name} heard`, `window.spokeAt[${JSON.stringify(name)}] !== undefined`, 5_000);
      heard.push((await ana.page.evaluate((name) => window.spokeAt[name] ?? 0, name)) - at);
    }
    console.log(`who speaks is heard after ${heard.map(Math.round).join(', ')} ms (goal < 300)`);

    const shown: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const seen = new Set(await tiles(ana));
      const unseen = Array.from({ length: BOTS }, (_, number) => `Bot ${number}`).filter(
        (name) => !seen.has(name),
      );
      const name = unseen[5] ?? '';
      const { at = 0 } = await crowd.order(`speak ${name.split(' ')[1]}`);
      await ana.seesTile(name, 5_000);
      shown.push((await ana.page.evaluate((name) => window.tileAt[name] ?? 0, name)) - at);
    }
    console.log(
      `who speaks on another page is shown after ${shown.map(Math.round).join(', ')} ms (goal < 1000)`,
    );
    expect(Math.min(...heard)).toBeLessThan(300);
    expect(Math.min(...shown)).toBeLessThan(1_000);
  });

  it('nobody is lost', async () => {
    const { people, ended } = await crowd.order('report');
    expect({ people, ended }).toEqual({ people: BOTS + 2, ended: 0 });
    for (const person of [ana, ben]) expect(await person.errors()).toEqual([]);
  });
});
