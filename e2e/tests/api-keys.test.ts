// Keys of programs: an admin makes one, a program does what it may, the admin revokes it.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { admin, types } from '../harness/demo';
import { reads, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let boss: Person;
let secret: string;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  boss = await admin(chromium, server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** What a program asks for with the key, as the documentation has it. */
function asks(path: string): Promise<Response> {
  return fetch(`${server.http}/api/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } });
}

describe('a key of a program', () => {
  it('is made, and shown this once', async () => {
    await boss.press('API keys', 'link');
    await reads(boss, 'No keys yet.');
    await examine(boss, 'admin-keys-none');
    await boss.press('New key');
    await boss.find('dialog', 'New key');
    await types(boss, 'What it is for', 'Booking system');
    await boss.press('Create');
    await reads(boss, 'Choose at least one thing that it may do.');
    await boss.press('See desks desks:read', 'checkbox');
    await boss.press('See calls history:read', 'checkbox');
    const told = await boss.page.evaluate(() => document.body.innerText);
    expect(told).not.toContain('Choose at least one thing');
    await examine(boss, 'admin-key-form');
    await boss.press('Create');
    const field = await boss.find('textbox', 'Key');
    secret = await field.evaluate((one) => (one as HTMLInputElement).value);
    expect(secret).toMatch(/^vvk_[0-9a-f]{32}_[\w-]{43}$/);
    await reads(boss, 'Never used');
    await examine(boss, 'admin-key-made');
  });

  it('is good for what it may do, and nothing else', async () => {
    const desks = await asks('admin/desks');
    expect(desks.status).toBe(200);
    expect(Number(desks.headers.get('ratelimit-remaining'))).toBeGreaterThan(0);
    expect(await desks.json()).toHaveLength(1);
    const people = await asks('admin/people');
    expect([people.status, ((await people.json()) as { code: string }).code]).toEqual([403, 'scope_missing']);
    await boss.page.reload();
    await reads(boss, 'Last used');
    expect(await boss.page.evaluate(() => document.body.innerText)).not.toContain(secret.slice(37));
  });

  it('is worth nothing once revoked', async () => {
    await boss.press('Revoke Booking system');
    await boss.find('alertdialog', 'Revoke Booking system?');
    await examine(boss, 'admin-key-revoke');
    await boss.press('Revoke');
    await reads(boss, 'No keys yet.');
    const refused = await asks('admin/desks');
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([401, 'key_invalid']);
    expect(await boss.errors()).toEqual([]);
  });
});
