// What a page loads before it can be used, and from where.

import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { hearsAndSees } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const KIB = 1024;
/** Of script, as gzip. */
const DOOR_AT_MOST = 120 * KIB;
const CALL_AT_MOST = 200 * KIB;

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Bytes on the line for a browser that takes gzip. */
function gzipped(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(parts);
        if (answer.headers['content-encoding'] === 'gzip') gunzipSync(body);
        resolve(body.length);
      });
    }).on('error', reject);
  });
}

/** The scripts without which a page shows nothing: those that its document names. */
function named(html: string, base: string): string[] {
  const paths = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = '']) => path);
  return paths.map((path) => new URL(path, base).href);
}

async function together(urls: Iterable<string>): Promise<number> {
  const sizes = await Promise.all([...new Set(urls)].map(gzipped));
  return sizes.reduce((sum, size) => sum + size, 0);
}

it('names those whose work is shipped, with their licences, one press away from the start', async () => {
  const ana = await Person.create(chromium, 'Ana');
  const asked: string[] = [];
  ana.page.on('request', (request) => asked.push(request.url()));
  try {
    await ana.open(server.http);
    await ana.press('Open-source licences', 'link');
    await ana.until('the list', () => document.body.innerText.includes('@twilio/video-processors'), 5_000);
    const text = await ana.page.evaluate(() => document.body.innerText);
    const named = [...text.matchAll(/^={78}\n(.+)$/gm)].map(([, name = '']) => name);
    for (const [what, licence] of [
      ['svelte ', 'MIT'],
      ['bits-ui ', 'MIT'],
      ['@lucide/svelte ', 'ISC'],
      ['@twilio/video-processors ', 'BSD-3-Clause'],
      ['MediaPipe Selfie Segmentation', 'Apache-2.0'],
      ['TensorFlow Lite', 'Apache-2.0'],
    ] as const) {
      expect(
        named.find((one) => one.startsWith(what)),
        what,
      ).toContain(`(${licence})`);
    }
    // What the licences ask for: their words, not their names alone.
    for (const words of [
      'Permission is hereby granted, free of charge',
      'Redistributions in binary form must reproduce the above copyright',
      'Neither the name of Twilio',
      'TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION',
    ]) {
      expect(text).toContain(words);
    }
    expect(new Set(asked.map((one) => new URL(one).origin))).toEqual(new Set([new URL(server.http).origin]));
  } finally {
    await ana.close();
  }
});

it('the door and the call are small, load nothing for backgrounds, and nothing from elsewhere', async () => {
  const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => Person.create(chromium, name)));
  if (!ana || !ben) throw new Error('nobody came');
  const asked: string[] = [];
  ana.page.on('request', (request) => asked.push(request.url()));
  try {
    const url = `${server.http}/r/small`;
    const html = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    const door = await together(named(html, url));
    await ana.join(url);
    await ben.join(url);
    await hearsAndSees(ana);
    const call = await together(asked.filter((one) => new URL(one).pathname.endsWith('.js')));
    console.log(`script as gzip: door ${Math.round(door / KIB)} KiB, call ${Math.round(call / KIB)} KiB`);
    expect(door).toBeGreaterThan(20 * KIB);
    expect(door).toBeLessThanOrEqual(DOOR_AT_MOST);
    expect(call).toBeGreaterThan(door);
    expect(call).toBeLessThanOrEqual(CALL_AT_MOST);
    expect(asked.filter((one) => /\.(wasm|tflite)|worker|exchange/.test(one))).toEqual([]);
    const origins = asked.map((one) => new URL(one)).filter(({ protocol }) => /^http/.test(protocol));
    expect(new Set(origins.map(({ origin }) => origin))).toEqual(new Set([new URL(server.http).origin]));
  } finally {
    await Promise.all([ana.close(), ben.close()]);
  }
});
