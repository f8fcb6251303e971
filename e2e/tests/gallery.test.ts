// States of the call that are hard to come by in a real one, each found without fault in every size: the gallery, from
// the development server of the web client.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { eventually } from '../harness/measure';

const WEB = join(import.meta.dirname, '../../web');
const SIZES = [
  { width: 320, height: 640 },
  { width: 740, height: 360 },
  { width: 1440, height: 900 },
];

let vite: ChildProcess;
let chromium: Browser;
let person: Person;
let gallery: string;

beforeAll(async () => {
  const port = await freePort();
  gallery = `http://127.0.0.1:${port}/gallery/`;
  vite = spawn(
    process.execPath,
    [
      join(WEB, 'node_modules/vite/bin/vite.js'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--strictPort',
    ],
    {
      cwd: WEB,
      stdio: 'ignore',
    },
  );
  chromium = await launch('chromium');
  person = await Person.create(chromium, 'Ana');
  await eventually(
    () =>
      fetch(gallery).then(
        ({ ok }) => ok,
        () => false,
      ),
    (answers) => answers,
    30_000,
    'the development server',
  );
  await person.page.goto(gallery);
  // It brings in what it finds to be needed, and loads the page anew.
  await person.find('link', 'alone', 60_000);
}, 120_000);

afterAll(async () => {
  await chromium?.close();
  if (vite?.exitCode === null && vite.kill()) await once(vite, 'exit');
});

it.each([
  'alone',
  'ten',
  'fifty',
  'chat',
  'people',
  'reactions',
  'reacting',
  'knocks',
  'many-knocks',
  'hands',
  'notices',
  'reconnecting',
  'limited',
  'lost',
  'audio-only',
  'slow-line',
  'qualities',
  'no-sound',
])('%s', async (state) => {
  await person.page.goto(`${gallery}?${state}#${state}`);
  await person.until('the state', () => document.querySelector('[data-ready=true]') !== null, 20_000);
  await examine(person, `gallery-${state}`, SIZES);
});

it('cuts long notices between lines, not through one', async () => {
  await person.page.goto(`${gallery}?cut#notices`);
  await person.until('the state', () => document.querySelector('[data-ready=true]') !== null, 20_000);
  for (const width of [320, 360, 768]) {
    await person.page.setViewport({ width, height: 640 });
    const cut = await person.page.evaluate(() =>
      [...document.querySelectorAll('[aria-label=Notices] li span')].flatMap((text) => {
        const box = text.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(text);
        return [...range.getClientRects()]
          .filter(({ top, bottom }) => top < box.bottom - 1 && bottom > box.bottom + 1)
          .map(({ top, bottom }) => `${text.textContent.slice(0, 20)}: ${top}–${bottom} of ${box.bottom}`);
      }),
    );
    expect(cut.join('\n'), `at ${width}`).toBe('');
  }
});

it.each([
  [320, 640],
  [740, 360],
  [1440, 900],
])('keeps notices off the bar at %i×%i', async (width, height) => {
  await person.page.goto(`${gallery}?off#notices`);
  await person.until('the state', () => document.querySelector('[data-ready=true]') !== null, 20_000);
  await person.page.setViewport({ width, height });
  const room = await person.page.evaluate(() => {
    const [last, bar] = ['[aria-label=Notices] li:last-child', '[role=toolbar]'].map((one) =>
      document.querySelector(one)?.getBoundingClientRect(),
    );
    return last && bar ? bar.top - last.bottom : null;
  });
  expect(room).toBeGreaterThanOrEqual(0);
});

it('shows how many knock beside how many are here, however many', async () => {
  await person.page.goto(`${gallery}?badge#many-knocks`);
  await person.until('the state', () => document.querySelector('[data-ready=true]') !== null, 20_000);
  await person.page.setViewport({ width: 1440, height: 900 });
  const gap = await person.page.evaluate(() => {
    const [count, badge] = ['count', 'badge'].map((name) =>
      document.querySelector(`[data-control=people] .${name}`)?.getBoundingClientRect(),
    );
    return count && badge ? count.left - badge.right : null;
  });
  expect(gap).toBeGreaterThanOrEqual(0);
});

it('moves nothing for whoever wants it still', async () => {
  const moving = (): Promise<string[]> =>
    person.page.evaluate(() =>
      [...document.querySelectorAll('body *')].flatMap((element) => {
        const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
        const lasts = (durations: string): boolean => durations.split(',').some((one) => parseFloat(one) > 0);
        const moves = lasts(transitionDuration) || (animationName !== 'none' && lasts(animationDuration));
        return moves ? [`${element.tagName} ${element.className.toString()}`] : [];
      }),
    );
  const wish = (value: string) =>
    person.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value }]);
  for (const state of ['reacting', 'people', 'reactions', 'notices']) {
    await wish('no-preference');
    await person.page.goto(`${gallery}?still#${state}`);
    await person.until('the state', () => document.querySelector('[data-ready=true]') !== null, 20_000);
    const lively = await moving();
    if (state === 'reacting') expect(lively.join()).toContain('SPAN applause');
    expect(lively, `${state}: what moves is found`).not.toEqual([]);
    await wish('reduce');
    expect(await moving(), state).toEqual([]);
  }
});

it('has a list of all of them', async () => {
  await person.page.goto(`${gallery}?list`);
  await person.find('link', 'alone');
  expect(await person.page.$$eval('li a', (all) => all.length)).toBeGreaterThan(15);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
