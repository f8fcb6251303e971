// The README's walk-throughs of the desk, of an appointment and of the lounge lead where they say.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, it } from 'vitest';
import { launch } from '../harness/browsers';
import { startDemo } from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { follow } from '../harness/readme';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

it('the steps to a call at the desk, and out of it', async () => {
  const { first, second } = await follow('Try the desk', 4, /^Accept$/, chromium, server);
  await second.find('button', 'Call Ana Kaya');
  await Promise.all([first.close(), second.close()]);
});

it('the steps to an appointment, and out of the waiting room once more', async () => {
  const { first, second } = await follow('Try an appointment', 4, /^Admit /, chromium, server);
  await first.find('button', 'Hold Vera Toprak');
  await second.find('toolbar', 'Call controls');
  await Promise.all([first.close(), second.close()]);
});

it('the steps into the lounge, to a private word and a call in it', async () => {
  const { first, second } = await follow('Try the lounge', 5, /^Accept$/, chromium, server);
  await first.find('region', 'Conversation with Ben');
  await second.find('region', 'Conversation with Ana');
  await Promise.all([first.close(), second.close()]);
});
