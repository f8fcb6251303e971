// Whoever works the dashboard with a keyboard, or hears it, goes on at the appointment they have just changed: what
// they pressed is gone by then.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, fill, Hands, professional, wallIn } from '../harness/appointment';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let ana: Person;

beforeAll(async () => {
  server = await startDemo();
  const hands = await Hands.of(server);
  await hands.make('Vera Toprak');
  await hands.make('Wim Peeters');
  chromium = await launch('chromium');
  ana = await professional(chromium, server.http, ANA, 'ana@demo');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Presses a button of somebody's appointment, by the keyboard as far as pages can tell. */
async function press(client: string, name: string): Promise<void> {
  const button = await ana.page.waitForSelector(
    `::-p-xpath(//li[.//h3[text()="${client}"]]//button[normalize-space()="${name}"])`,
  );
  await button?.evaluate((one) => {
    (one as HTMLElement).focus();
    (one as HTMLElement).click();
  });
}

const standsAt = (what: string, is: string): Promise<number> =>
  ana.until(
    `the reader at ${what}`,
    `(() => { const one = document.activeElement; return ${is}; })()`,
    5_000,
  );

const atCard = (client: string): Promise<number> =>
  standsAt(
    `the card of ${client}`,
    `one.tagName === 'LI' && one.querySelector('h3')?.textContent === ${JSON.stringify(client)}`,
  );

const isSaid = (words: string): Promise<number> =>
  ana.until(
    `hearing “${words}”`,
    `document.querySelector('[aria-live=polite].visually-hidden')?.textContent.includes(${JSON.stringify(words)})`,
    2_000,
  );

describe('the reader of the dashboard', () => {
  it('goes on at the appointment that was settled, opened again, cancelled and removed, and hears so', async () => {
    await press('Vera Toprak', 'No-show');
    await atCard('Vera Toprak');
    await isSaid('Vera Toprak: No-show');
    await press('Vera Toprak', 'Reopen');
    await atCard('Vera Toprak');
    await isSaid('Vera Toprak: Vera Toprak has not come yet');
    await press('Vera Toprak', 'Cancel appointment');
    await ana.press('Cancel it');
    await atCard('Vera Toprak');
    await isSaid('Vera Toprak: Cancelled');
    // And for good.
    await press('Vera Toprak', 'Details');
    await press('Vera Toprak', 'Remove for good');
    await ana.find('alertdialog', 'Remove the appointment with Vera Toprak for good?');
    await examine(ana, 'appointment-remove');
    await ana.press('Remove it');
    await isSaid('The appointment with Vera Toprak is removed.');
    await standsAt('the day', `one.tagName === 'H2'`);
    await ana.open(`${server.http}/staff/appointments`);
    await ana.find('heading', 'Wim Peeters');
    // The demonstration has one of that name, too.
    const names = await ana.page.$$eval('h3', (all) => all.map((one) => one.textContent));
    expect(names.filter((name) => name === 'Vera Toprak')).toHaveLength(1);
  });

  it('goes back to what opened the form, or on at the appointment that was moved', async () => {
    await press('Wim Peeters', 'Reschedule');
    await press('Wim Peeters', 'Cancel');
    await standsAt('the button', `one.textContent.trim() === 'Reschedule'`);
    await press('Wim Peeters', 'Reschedule');
    await fill(ana, 'Duration', '45');
    await press('Wim Peeters', 'Save new time');
    await atCard('Wim Peeters');
    // To a day that is not looked at: the card is gone.
    await press('Wim Peeters', 'Reschedule');
    await fill(ana, 'Starts', wallIn(72 * 60).replace('T', ' '));
    await press('Wim Peeters', 'Save new time');
    await standsAt('the day', `one.tagName === 'H2'`);
    expect(await ana.errors()).toEqual([]);
  });
});
