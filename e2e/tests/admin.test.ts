// What admins do, seen from both sides: somebody is let in, given a desk, ended, shut out, and all of it is written
// down.

import { readFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import {
  accept,
  consoleIsOpen,
  goOnline,
  isFree,
  isNotFree,
  listIs,
  reads,
  startDemo,
  visitor,
} from '../harness/desk';
import { admin, chooses, types } from '../harness/demo';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { eventually, hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const DINA = 'Dina Öz';
const PASSWORD = 'four words make one';
/** What the server did by itself: four accounts and a desk. */
const DEMONSTRATION = [
  ...Array.from({ length: 4 }, () => 'Server: Account created'),
  'Server: Desk changed',
  ...Array.from({ length: 3 }, () => 'Server: Lounge room changed'),
  'Server: Appointment created',
];

let server: Server;
let chromium: Browser;
let boss: Person;
let dina: Person;
let link: string;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  boss = await admin(chromium, server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Somebody at the new desk. */
async function comesToContracts(name: string): Promise<Person> {
  const vera = await visitor(chromium, server.http, name);
  await vera.open(`${server.http}/desk/contracts`);
  await vera.find('heading', 'Contracts');
  await vera.enterName();
  return vera;
}

async function goes(part: string): Promise<void> {
  await boss.press(part, 'link');
}

describe('an admin', () => {
  it('lets somebody in by a link that is handed over', async () => {
    await examine(boss, 'admin-people');
    await boss.press('New person');
    await boss.find('dialog', 'New person');
    await types(boss, 'Name', DINA);
    await types(boss, 'E-mail', 'dina@example.org');
    await types(boss, 'Title', 'Contracts, Türkçe');
    await examine(boss, 'admin-new-person');
    await boss.press('Create');
    link = await (await boss.find('textbox', 'Link')).evaluate((one) => (one as HTMLInputElement).value);
    // Whoever does not see it hears of it, wherever the focus is.
    const said = `[...document.querySelectorAll('[role=status]')].some((one) => one.textContent.startsWith('Link for ${DINA}'))`;
    await boss.until('the link announced', said, 3_000);
    await examine(boss, 'admin-link');
    await boss.press('Done');

    dina = await Person.create(chromium, DINA);
    await dina.open(`${server.http}/invitation${new URL(link).hash}`);
    await dina.find('heading', 'Welcome to Visavis');
    await examine(dina, 'invitation-join');
    await types(dina, 'Password', PASSWORD);
    await dina.press('Set password');
    await consoleIsOpen(dina);
    await reads(dina, 'You are not at any desk yet.');
    await examine(dina, 'staff-no-desk');
  });

  it('gives them a desk with hours, and they are called there', async () => {
    await goes('Desks');
    await boss.press('New desk');
    await types(boss, 'Desk name', 'Contracts');
    await types(boss, 'Address, behind /desk/', 'contracts');
    await types(boss, 'What it is there for', 'Everything you sign');
    await boss.press(`${DINA} Contracts, Türkçe`, 'checkbox');
    await boss.press('Tell visitors opening hours', 'checkbox');
    await boss.press('Add hours on Monday');
    await examine(boss, 'admin-desk-editor');
    await boss.press('Create');
    await boss.find('button', 'Edit Contracts');
    await examine(boss, 'admin-desks');

    const watcher = await comesToContracts('Wanda');
    await reads(watcher, 'Opening hours');
    await dina.until('her desk', () => document.body.innerText.includes('Contracts'), 3_000);
    const online = await goOnline(dina);
    await listIs(watcher, 'Dina available', isFree(DINA), online, 1_000);
    await watcher.open(`${server.http}/desk`);
    await watcher.find('heading', 'Who would you like to talk to?');
    await examine(watcher, 'desk-list');
    await watcher.close();
  });

  it('sees a call that goes on, and ends it; both are told', async () => {
    const vera = await comesToContracts('Vera');
    try {
      await goes('Live calls');
      await reads(boss, 'No calls are going on.');
      await vera.press(`Call ${DINA}`);
      await accept(dina, 'Vera');
      await Promise.all([hearsAndSees(vera), hearsAndSees(dina)]);
      await boss.press('Refresh');
      await boss.find('button', 'End call of Vera');
      await examine(boss, 'admin-live');
      await boss.press('End call of Vera');
      await boss.find('alertdialog', `End the call of Vera and ${DINA}?`);
      await boss.press('End call');
      await vera.find('heading', 'The call was ended', 1_000);
      await dina.find('heading', 'Your call with Vera', 1_000);
      await reads(dina, 'Ended by an admin');
      await reads(boss, 'No calls are going on.');
    } finally {
      await vera.close();
    }
  });

  it('takes the history away as a file', async () => {
    await goes('Call history');
    await reads(boss, 'Vera');
    await examine(boss, 'admin-history');
    const folder = mkdtempSync(join(tmpdir(), 'visavis-csv-'));
    const devtools = await boss.page.createCDPSession();
    await devtools.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      browserContextId: boss.context.id ?? '',
      downloadPath: folder,
    });
    await boss.press('Download CSV', 'link');
    const files = () => Promise.resolve(readdirSync(folder).filter((name) => name.endsWith('.csv')));
    const [file] = await eventually(files, (names) => names.length === 1, 5_000, 'the file');
    const lines = readFileSync(join(folder, file ?? ''), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('Vera');
    expect(lines[1]).toContain(DINA);
    expect(lines[1]).toContain('ended_by_admin');
  });

  it('takes a call out of the history when its visitor asks for that', async () => {
    await boss.press('Remove call of Vera');
    await boss.find('alertdialog', 'Remove the call of Vera from the history?');
    await examine(boss, 'admin-history-remove');
    await boss.press('Remove');
    await reads(boss, 'No calls match.');
    const { status, text } = await boss.page.evaluate(async () => {
      const answer = await fetch('/api/v1/admin/calls');
      return { status: answer.status, text: await answer.text() };
    });
    expect([status, text.includes('Vera')]).toEqual([200, false]);
  });

  it('shuts them out: their console closes, and they are off the list, within 1 s', async () => {
    const watcher = await comesToContracts('Wanda');
    try {
      await goes('People');
      await listIs(watcher, 'Dina available', isFree(DINA), Date.now(), 1_000);
      await chooses(boss, `Options for ${DINA}`, 'Disable');
      await boss.find('alertdialog', `Disable ${DINA}?`);
      await boss.press('Disable');
      const at = Date.now();
      await dina.find('textbox', 'Password', 1_000);
      await listIs(watcher, 'Dina gone', isNotFree(DINA), at, 1_000);
      await reads(boss, 'Disabled');
      await examine(boss, 'admin-disabled');
      await types(dina, 'E-mail', 'dina@example.org');
      await types(dina, 'Password', PASSWORD);
      await dina.press('Sign in');
      await reads(dina, 'That did not work.');
    } finally {
      await watcher.close();
    }
  });

  it('finds all of that in the audit log, and nothing else', async () => {
    await goes('Audit');
    await boss.page.waitForSelector('tbody tr');
    const actions = await boss.page.$$eval('tbody tr', (rows) =>
      rows.map((row) => `${row.children[2]?.textContent}: ${row.children[3]?.textContent}`),
    );
    await examine(boss, 'admin-audit');
    // Each look at everybody's calls is a row of its own: two at live calls, one after the end, one at the history, one after the removal, and the test's own.
    expect(actions.reverse()).toEqual([
      ...DEMONSTRATION,
      'Admin: Signed in',
      'Admin: Account created',
      `${DINA}: Invitation accepted`,
      `${DINA}: Signed in`,
      'Admin: Desk changed',
      'Admin: History read',
      'Admin: History read',
      'Admin: Call ended',
      'Admin: History read',
      'Admin: History read',
      'Admin: History exported',
      'Admin: Call forgotten',
      'Admin: History read',
      'Admin: History read',
      'Admin: Account changed',
      'Admin: Audit read',
    ]);
    const details = await boss.page.$$eval('tbody tr', (rows) =>
      rows.map((row) => `${row.children[3]?.textContent} ${row.children[4]?.textContent?.trim()}`),
    );
    const toWhom = ['Account created Dina Öz', 'Desk changed Contracts', 'Account changed Dina Öz'];
    for (const what of toWhom)
      expect(
        details.some((one) => one.startsWith(what)),
        what,
      ).toBe(true);
    const text = await boss.page.evaluate(() => document.body.innerText);
    expect(text).not.toContain(new URL(link).hash.slice(1));
    expect(await boss.errors()).toEqual([]);
  });
});
