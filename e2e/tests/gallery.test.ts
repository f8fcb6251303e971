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
  'knocks',
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
