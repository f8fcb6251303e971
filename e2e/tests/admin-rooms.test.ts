// Admins and what others do at the same time: rooms that people are in, and forms that somebody else changes meanwhile.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../harness/browsers';
import { launch } from '../harness/browsers';
import { admin, types } from '../harness/demo';
import { reads, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { comer, GROUP_LAUNCH } from '../harness/group';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let boss: Person;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  boss = await admin(chromium, server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

const says = (person: Person, text: string): Promise<number> =>
  person.until(text, `document.body.innerText.includes(${JSON.stringify(text)})`, 10_000);

describe('an admin', () => {
  it('sees who is in a room, removes somebody, and ends it for the others', async () => {
    await boss.press('Rooms', 'link');
    await reads(boss, 'Nobody is in a room.');
    await examine(boss, 'admin-rooms-none');
    const people = await Promise.all(['Ana', 'Ben', 'Cem'].map((name) => comer(chromium, name)));
    const [ana, ben, cem] = people as [Person, Person, Person];
    for (const person of people) await person.join(`${server.http}/r/Tea`);
    await says(boss, 'People: 3');
    await boss.press('People in Tea');
    for (const name of ['Ana', 'Ben', 'Cem']) await boss.find('button', `Remove ${name}`);
    await examine(boss, 'admin-rooms');
    await boss.press('Remove Ben');
    await boss.find('alertdialog', 'Remove Ben from the room?');
    await boss.press('Remove');
    await says(ben, 'removed you from the room');
    await says(boss, 'People: 2');
    await boss.press('End Tea');
    await boss.find('alertdialog', 'End Tea for everybody?');
    await boss.press('End');
    await says(boss, 'Nobody is in a room.');
    for (const person of [ana, cem]) await says(person, 'The call has ended for everybody');
    for (const person of people) {
      expect(await person.errors()).toEqual([]);
      await person.close();
    }
  });

  /** As another admin does it, elsewhere. */
  async function sets(change: Record<string, string>): Promise<void> {
    const status = await boss.page.evaluate(async (change) => {
      const { people } = (await (await fetch('/api/v1/admin/people')).json()) as {
        people: { id: string; email: string }[];
      };
      const id = people.find(({ email }) => email === 'ben@demo')?.id ?? '';
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(change);
      return (await fetch(`/api/v1/admin/people/${id}`, { method: 'PATCH', headers, body })).status;
    }, change);
    expect(status).toBe(200);
  }

  const role = (): Promise<string> =>
    boss.page.evaluate(() => document.querySelector<HTMLSelectElement>('[role=dialog] select')?.value ?? '');

  it('changes nothing back that another admin has set', async () => {
    await sets({ role: 'admin' });
    await boss.press('People', 'link');
    await boss.press('Edit Ben Lang');
    await boss.find('dialog', 'Edit Ben Lang');
    expect(await role()).toBe('admin');
    await boss.page.keyboard.press('Escape');
    // Demoted while the list is open: the form does not begin with what the list says.
    await sets({ role: 'staff' });
    await boss.press('Edit Ben Lang');
    await boss.find('dialog', 'Edit Ben Lang');
    expect(await role()).toBe('staff');
    // And while the form is open: it is said, and what was typed is kept.
    await sets({ title: 'Contracts, English' });
    await types(boss, 'Name', 'Ben Lange');
    await boss.press('Save');
    await says(boss, 'Somebody changed this meanwhile.');
    const title = await boss.find('textbox', 'Title');
    expect(await title.evaluate((one) => (one as HTMLInputElement).value)).toBe('Contracts, English');
    await examine(boss, 'admin-changed-meanwhile');
    await boss.press('Save');
    await boss.find('button', 'Edit Ben Lange');
    await says(boss, 'Contracts, English');
  });
});
