// The first start, without a demonstration: the printed link makes the first admin, once.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { reads } from '../harness/desk';
import { types } from '../harness/demo';
import { examine } from '../harness/examine';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const PASSWORD = 'four words make one';

let server: Server;
let chromium: Browser;
let link: string;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
  // Each start without an admin prints another one, and the last one counts.
  link = /https?:\/\/\S+\/invitation#\S+/.exec(server.instances.at(-1)?.out() ?? '')?.[0] ?? '';
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('the link of the first start', () => {
  it('is printed, and nowhere in the log', () => {
    expect(link).toMatch(/\/invitation#[\w-]{20,}$/);
    expect(server.log()).not.toContain(link.split('#')[1]);
  });

  it('makes the first admin, and is gone from the address at once', async () => {
    const ada = await Person.create(chromium, 'Ada Admin');
    try {
      await ada.open(here(link));
      await ada.find('heading', 'Set up this Visavis');
      expect(await ada.page.evaluate(() => location.href)).not.toContain('#');
      await examine(ada, 'invitation-first');
      await types(ada, 'E-mail', 'ada@example.org');
      await types(ada, 'Name', ada.name);
      await types(ada, 'Password', 'short');
      await ada.press('Set password');
      await reads(ada, 'Passwords have 10 to 200 characters.');
      await types(ada, 'Password', PASSWORD);
      await ada.press('Set password');
      await ada.find('switch', 'Online');
      await ada.open(`${server.http}/admin`);
      await ada.find('list', 'People');
      await reads(ada, 'ada@example.org');
      expect(await ada.errors()).toEqual([]);
    } finally {
      await ada.close();
    }
  });

  it('works once', async () => {
    const eve = await Person.create(chromium, 'Eve');
    try {
      await eve.open(here(link));
      await eve.find('heading', 'This link does not work');
      await examine(eve, 'invitation-invalid');
      await eve.press('Sign in');
      await eve.find('textbox', 'Password');
    } finally {
      await eve.close();
    }
  });

  it('is not printed again once there is an admin', async () => {
    await server.stop();
    await server.start();
    expect(server.out()).not.toContain('/invitation#');
  });
});

/** The same link on plain HTTP, which this machine trusts without a certificate. */
function here(printed: string): string {
  return `${server.http}/invitation${new URL(printed).hash}`;
}
