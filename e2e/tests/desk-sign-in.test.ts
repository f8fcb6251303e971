// The door of the staff pages: who gets in, what is said to who does not, and signing out from elsewhere.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import {
  consoleIsOpen,
  goOnline,
  isFree,
  listIs,
  reads,
  representative,
  signIn,
  startDemo,
  visitor,
} from '../harness/desk';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
const REFUSED = 'That did not work. Check what you typed and try again.';
/** Wrong passwords of one account from one network, after which no more are taken. */
const TRIES = 10;

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('the door', () => {
  it('says the same to a wrong password and to nobody at all', async () => {
    const mallory = await Person.create(chromium, 'Mallory');
    try {
      for (const email of ['ben@demo', 'nobody@demo']) {
        await mallory.open(`${server.http}/staff`);
        await signIn(mallory, email, 'something else');
        await reads(mallory, REFUSED);
      }
    } finally {
      await mallory.close();
    }
  });

  it('takes no more tries after ten wrong ones, the right one neither', async () => {
    const mallory = await Person.create(chromium, 'Mallory');
    try {
      await mallory.open(`${server.http}/staff`);
      await signIn(mallory, 'cem@demo', 'something else');
      for (let tried = 1; tried <= TRIES; tried += 1) {
        await reads(mallory, REFUSED);
        const answered = mallory.page.waitForResponse((answer) => answer.url().endsWith('/api/v1/sign-in'));
        await mallory.until(
          'the button',
          () => document.querySelector('form button:enabled') !== null,
          3_000,
        );
        await mallory.press('Sign in');
        await answered;
      }
      await reads(mallory, 'Too many tries. Try again in');
      await mallory.open(`${server.http}/staff`);
      await signIn(mallory, 'cem@demo');
      await reads(mallory, 'Too many tries. Try again in');
    } finally {
      await mallory.close();
    }
  });

  it('is what a visitor finds at every page for staff', async () => {
    const vera = await visitor(chromium, server.http, 'Vera');
    try {
      for (const page of ['staff', 'staff/account', 'admin', 'admin/calls']) {
        await vera.open(`${server.http}/${page}`);
        await vera.find('textbox', 'Password');
        expect(await vera.page.evaluate(() => document.body.innerText)).not.toContain('Ana');
      }
      const refused = await vera.page.evaluate(
        async () => (await fetch('/api/v1/admin/people', { credentials: 'same-origin' })).status,
      );
      expect(refused).toBe(401);
    } finally {
      await vera.close();
    }
  });
});

describe('a representative', () => {
  it('finds no admin pages, and no list of people behind them', async () => {
    const ben = await representative(chromium, server.http, 'Ben Lang', 'ben@demo');
    try {
      await ben.open(`${server.http}/admin`);
      await reads(ben, 'These pages are for admins.');
      const refused = await ben.page.evaluate(async () => (await fetch('/api/v1/admin/people')).status);
      expect(refused).toBe(403);
    } finally {
      await ben.close();
    }
  });

  it('who is signed out from elsewhere is at the door within 1 s, and told why', async () => {
    const watcher = await visitor(chromium, server.http, 'Wanda');
    const there = await representative(chromium, server.http, ANA, 'ana@demo');
    const here = await representative(chromium, server.http, ANA, 'ana@demo');
    try {
      await listIs(watcher, 'Ana available', isFree(ANA), await goOnline(there), 1_000);
      const [cookie] = await there.context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, secure: true, path: '/' });
      expect(cookie?.name).toMatch(/^__Host-/);
      await here.open(`${server.http}/staff/account`);
      await here.find('list', 'Where you are signed in');
      const label = await here.page.waitForSelector('button[aria-label^="Sign out "]');
      const ended = await label?.evaluate((button) => {
        const now = Date.now();
        (button as HTMLElement).click();
        return now;
      });
      await there.find('textbox', 'Password', 1_000);
      await reads(there, 'You are no longer signed in.', 500);
      expect(Date.now() - (ended ?? 0), 'ms until the door').toBeLessThan(1_500);
      await here.open(`${server.http}/staff`);
      await consoleIsOpen(here);
    } finally {
      await Promise.all([watcher.close(), there.close(), here.close()]);
    }
  });
});
