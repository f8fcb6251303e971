// Webhooks: an admin makes one, a receiver that has been away is told what happened and finds it genuine, and has it
// repeated.

import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { admin, types } from '../harness/demo';
import { reads, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import type { Server } from '../harness/server';

interface Told {
  headers: IncomingHttpHeaders;
  body: Buffer;
}
type Verify = (secret: string, headers: IncomingHttpHeaders, body: Buffer, now?: number) => string | null;

let server: Server;
let chromium: Browser;
let boss: Person;
let receiver: HttpServer;
let status = 500;
let secret: string;
const told: Told[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (status === 204) told.push({ headers: request.headers, body: Buffer.concat(pieces) });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  server = await startDemo({
    VISAVIS_WEBHOOKS__ALLOW_ADDRESSES: '127.0.0.0/8',
    VISAVIS_WEBHOOKS__ALLOW_HTTP: 'true',
  });
  chromium = await launch('chromium', GROUP_LAUNCH);
  boss = await admin(chromium, server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
  receiver?.close();
});

/** What the documentation has receivers in Node do. */
async function documented(): Promise<Verify> {
  const document = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
  const script = document.split('```js\n')[1]?.split('```')[0] ?? '';
  const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as { verify: Verify };
  return module.verify;
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(what, { timeout: 20_000, interval: 50 }).toBe(true);
}

describe('a webhook', () => {
  it('is made, with a secret that is shown this once', async () => {
    await boss.press('Webhooks', 'link');
    await reads(boss, 'No webhooks yet.');
    await examine(boss, 'admin-webhooks-none');
    await boss.press('New webhook');
    await boss.find('dialog', 'New webhook');
    await types(boss, 'What it is for', 'Back office');
    await types(boss, 'Address', 'http://10.0.0.1/hook');
    await boss.press('Create');
    await reads(boss, 'private or special network');
    const { port } = receiver.address() as AddressInfo;
    await types(boss, 'Address', `http://127.0.0.1:${port}/hook`);
    await boss.press('Create');
    await reads(boss, 'Choose at least one thing that it is told of.');
    await boss.press('All: Rooms', 'checkbox');
    await boss.press('call.ended', 'checkbox');
    await examine(boss, 'admin-webhook-form');
    await boss.press('Create');
    const field = await boss.find('textbox', 'Secret');
    secret = await field.evaluate((one) => (one as HTMLInputElement).value);
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    await examine(boss, 'admin-webhook-made');
    await boss.press('Done');
    expect(await boss.page.evaluate(() => document.body.innerText)).not.toContain(secret);
  });

  it('is shown to fail, and to be told everything once its receiver is back', async () => {
    const guest = await Person.create(chromium, 'Gil');
    await guest.join(`${server.http}/r/tea`);
    await boss.press('Deliveries');
    await reads(boss, 'it does not take it');
    await reads(boss, 'Answer: 500');
    await examine(boss, 'admin-webhook-away');
    status = 204;
    await until(() => told.length >= 2);
    await reads(boss, 'Everything has arrived.', 15_000);
    const kinds = told.map(({ body }) => (JSON.parse(body.toString()) as { type: string }).type);
    expect(kinds).toEqual(['room.opened', 'room.participant_joined']);
    await guest.close();
    const verify = await documented();
    for (const { headers, body } of told) {
      expect(verify(secret, headers, body)).toBe(headers['webhook-id']);
      expect(verify(secret, headers, Buffer.concat([body, Buffer.from(' ')]))).toBeNull();
      expect(verify(secret, headers, body, Date.now() / 1000 + 301)).toBeNull();
      expect(verify(`whsec_${Buffer.alloc(32).toString('base64')}`, headers, body)).toBeNull();
    }
  });

  it('is tried out, repeated to, and told nothing while it is off', async () => {
    await boss.press('Try it out');
    await reads(boss, 'webhook.test');
    const isTest = ({ body }: Told): boolean => body.toString().includes('webhook.test');
    await until(() => told.some(isTest));
    const before = told.filter(isTest).length;
    const replays = await boss.page.$$('ul button[aria-label^="Again: webhook.test"]');
    await replays[0]?.click();
    await until(() => told.filter(isTest).length > before);
    const ids = new Set(told.filter(isTest).map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(1);
    await boss.press('Switch off');
    await reads(boss, 'Switched off: it is told nothing.');
    await examine(boss, 'admin-webhook-off');
    await boss.press('Switch on');
    await boss.find('button', 'Switch off');
  });

  it('gets another secret, and is removed', async () => {
    await boss.press('New secret for Back office');
    await boss.find('alertdialog', 'New secret for Back office?');
    await boss.press('New secret');
    await reads(boss, 'The one before signs too until');
    await boss.press('Remove Back office');
    await boss.find('alertdialog', 'Remove Back office?');
    await examine(boss, 'admin-webhook-remove');
    await boss.press('Remove');
    await reads(boss, 'No webhooks yet.');
    expect(await boss.errors()).toEqual([]);
  });
});
