// The package `peerjs` as it is published, in pages of another site: data and calls between two browsers, a line that is
// cut, an id that belongs to its page; at one instance and at two.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer as PeerJs } from 'peerjs';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Balancer } from '../harness/balancer';
import { launch, Person } from '../harness/browsers';
import { startSite } from '../harness/demo';
import type { Site } from '../harness/demo';
import { expectFaults } from '../harness/faults';
import { GROUP_LAUNCH } from '../harness/group';
import { eventually, hearsAndSees, received } from '../harness/measure';
import { startInstallation } from '../harness/server';
import type { Server } from '../harness/server';

/** What a website loads, unmodified. */
const PACKAGE = readFileSync(join(import.meta.dirname, '../node_modules/peerjs/dist/peerjs.min.js'), 'utf8');

declare global {
  interface Window {
    Peer: typeof PeerJs;
    peer: PeerJs;
    /** What came over data connections. */
    got: unknown[];
    /** What the package said: events, and errors by their type. */
    said: string[];
  }
}

/** A page of somebody else's site. It echoes whatever comes over data connections, and takes every call. */
const page = `<!doctype html><html lang="en"><title>A site with PeerJS</title><link rel="icon" href="data:,">
<script src="/peerjs.min.js"></script>
<script>
  window.got = [];
  window.said = [];
  window.show = (stream) => {
    const video = document.querySelector('video') ?? document.body.appendChild(document.createElement('video'));
    video.autoplay = true;
    // It is told once for each track.
    if (video.srcObject !== stream) video.srcObject = stream;
  };
  window.camera = () => navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  window.begin = (id, options) => {
    window.peer = id ? new Peer(id, options) : new Peer(options);
    for (const event of ['open', 'disconnected', 'close']) peer.on(event, () => said.push(event));
    peer.on('error', ({ type }) => said.push('error ' + type));
    peer.on('connection', (connection) => connection.on('data', (data) => connection.send({ echo: data })));
    peer.on('call', async (call) => { call.on('stream', show); call.answer(await camera()); });
  };
  window.talk = (to) => {
    window.connection = peer.connect(to, { reliable: true });
    connection.on('data', (data) => got.push(data));
    connection.on('open', () => { said.push('connected'); connection.send('first'); });
  };
  window.call = async (to) => peer.call(to, await camera()).on('stream', show);
</script></html>`;

let chromium: Browser;
let site: Site;
let stranger: Site;
let server: Server | null = null;
let doors: Balancer[] = [];
const people: Person[] = [];

beforeAll(async () => {
  const at = (path: string) => (path === '/peerjs.min.js' ? PACKAGE : page);
  [site, stranger] = await Promise.all([startSite(at), startSite(at)]);
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await Promise.all([site?.close(), stranger?.close()]);
});

afterEach(async () => {
  await Promise.all(people.splice(0).map((one) => one.close().catch(() => undefined)));
  await Promise.all(doors.splice(0).map((door) => door.close()));
  await server?.dispose();
  server = null;
});

/** So many instances that this site may use, and two doors to them: each leads to one as long as it lives, then to others. */
async function serve(count: number, more: Record<string, string> = {}): Promise<Server> {
  const settings = { VISAVIS_PEERJS__ENABLED: 'true', VISAVIS_PEERJS__ORIGINS: site.origin, ...more };
  const made = await startInstallation(count, settings);
  server = made;
  const preferred = [made.instances[0], made.instances.at(-1)].flatMap((one) => one ?? []);
  doors = await Promise.all(preferred.map((one) => Balancer.before(made.instances, one)));
  return made;
}

/** What a page is told of a server: host and port, and nothing else but that nothing outside is asked for ways. */
const optionsFor = (address: string) => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port), config: { iceServers: [] } };
};

async function visits(name: string, origin: string): Promise<Person> {
  const person = await Person.create(chromium, name);
  people.push(person);
  await person.page.goto(origin, { waitUntil: 'load' });
  return person;
}

/** Opens the site and has the package connect to the instance of this number. @returns with its id */
async function comes(name: string, door: number, id: string | null): Promise<[Person, string]> {
  const person = await visits(name, site.origin);
  await begin(person, id, door);
  await opens(person);
  return [person, await person.page.evaluate(() => window.peer.id)];
}

const begin = (person: Person, id: string | null, door: number, more: object = {}): Promise<void> =>
  run(
    person,
    `begin(${JSON.stringify(id)}, ${JSON.stringify({ ...optionsFor(doors[door]?.http ?? ''), ...more })})`,
  );

const run = (person: Person, script: string): Promise<void> =>
  person.page.evaluate(`void (${script})`) as Promise<void>;

const said = (person: Person): Promise<string[]> => person.page.evaluate(() => window.said);

const says = (person: Person, words: string, timeout = 10_000): Promise<string[]> =>
  eventually(
    () => said(person),
    (all) => all.includes(words),
    timeout,
    `${person.name}: “${words}”`,
  );

const opens = (person: Person): Promise<number> => person.until('an open peer', 'window.peer?.open', 10_000);

const gets = (person: Person, ...expected: unknown[]): Promise<unknown[]> =>
  eventually(
    () => person.page.evaluate(() => window.got),
    (got) => JSON.stringify(got) === JSON.stringify(expected),
    10_000,
    `${person.name} gets ${JSON.stringify(expected)}`,
  );

/** Everything two pages do with the package. */
async function talkAndCall(ana: Person, ben: Person, to: string): Promise<void> {
  await run(ana, `talk(${JSON.stringify(to)})`);
  await gets(ana, { echo: 'first' });
  await run(ana, `connection.send({ text: 'ä'.repeat(50_000), bytes: new Uint8Array([1, 2, 3]).buffer })`);
  await eventually(
    () =>
      ana.page.evaluate(() => {
        const { echo } = (window.got[1] ?? {}) as { echo?: { text: string; bytes: ArrayBuffer } };
        return echo ? [echo.text.length, [...new Uint8Array(echo.bytes)].join()] : null;
      }),
    (echo) => JSON.stringify(echo) === '[50000,"1,2,3"]',
    10_000,
    'an echo in parts',
  );
  await run(ana, `call(${JSON.stringify(to)})`);
  await Promise.all([ana, ben].map((one) => hearsAndSees(one, 15_000)));
  for (const one of [ana, ben]) {
    const width = await one.page.evaluate(() => document.querySelector('video')?.videoWidth);
    expect(width, `width of what ${one.name} sees`).toBeGreaterThan(0);
  }
}

describe('the package as it is published', () => {
  it('connects two pages: data both ways, and a call that is seen and heard', async () => {
    await serve(1);
    const [ana] = await comes('Ana', 0, null);
    const [ben, id] = await comes('Ben', 0, null);
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await talkAndCall(ana, ben, id);
  });

  it('does so with pages at two instances, and goes on when one of these dies', async () => {
    const { instances } = await serve(2);
    const [ana] = await comes('Ana', 0, 'ana');
    const [ben] = await comes('Ben', 1, 'ben');
    await talkAndCall(ana, ben, 'ben');
    await instances[1]?.kill();
    await says(ben, 'disconnected');
    await run(ben, 'peer.reconnect()');
    await opens(ben);
    // The media goes on, and who asks for Ben finds him at the other instance.
    const { frames } = await received(ana);
    await run(ana, `got.length = 0, talk('ben')`);
    await gets(ana, { echo: 'first' });
    await eventually(
      () => received(ana),
      (now) => now.frames > frames,
      5_000,
      'pictures that go on',
    );
  });

  it('comes back under its id when its line was cut, and nobody else gets the id meanwhile', async () => {
    await serve(1);
    const [ana] = await comes('Ana', 0, 'ana');
    const [ben] = await comes('Ben', 1, 'ben');
    doors[1]?.cut();
    await says(ben, 'disconnected');
    const eve = await visits('Eve', site.origin);
    await begin(eve, 'ben', 0);
    expect(await says(eve, 'error unavailable-id')).not.toContain('open');
    // Asked for while he is away, he gets it when he is back.
    await run(ana, `talk('ben')`);
    await run(ben, 'peer.reconnect()');
    await opens(ben);
    expect(await ben.page.evaluate(() => window.peer.id)).toBe('ben');
    await gets(ana, { echo: 'first' });
    expect(await said(ana)).toEqual(['open', 'connected']);
  });

  it('is told who cannot be reached, who may not ask, and that ids are not listed', async () => {
    await serve(1);
    const [ana] = await comes('Ana', 0, 'ana');
    await run(ana, `talk('nobody')`);
    await says(ana, 'error peer-unavailable');
    expect(await said(ana)).toEqual(['open', 'error peer-unavailable']);
    const status = await ana.page.evaluate(
      (base) => fetch(`${base}/peerjs/peers`).then((answer) => answer.status),
      doors[0]?.http ?? '',
    );
    expect(status).toBe(401);

    const eve = await visits('Eve', stranger.origin);
    await begin(eve, 'eve', 0);
    expect(await says(eve, 'error network')).not.toContain('open');
    // What the browser says of an answer that it may not read.
    expectFaults(/blocked by CORS policy|Error retrieving ID|Could not get an ID/);
    await begin(eve, null, 0);
    expect(await says(eve, 'error server-error')).not.toContain('open');
  });

  it('goes over the relay of this server with what that tells a page', async () => {
    await serve(1);
    const pair: Person[] = [];
    for (const name of ['Ana', 'Ben']) {
      const person = await visits(name, site.origin);
      const told = await person.page.evaluate(
        (base) => fetch(`${base}/peerjs/ice`).then((answer) => answer.json() as Promise<RTCConfiguration>),
        doors[0]?.http ?? '',
      );
      await begin(person, name, 0, { config: { ...told, iceTransportPolicy: 'relay' } });
      await opens(person);
      pair.push(person);
    }
    const [ana, ben] = pair as [Person, Person];
    await talkAndCall(ana, ben, 'Ben');
    expect((await received(ana)).pair).toBe('relay/relay');
  });

  it('keeps an id over a reload where the page has kept its token, until it is given up', async () => {
    const { log } = await serve(1, { VISAVIS_LOG__FILTER: 'debug' });
    const ben = await visits('Ben', site.origin);
    await begin(ben, 'ben', 0, { token: 'kept by the page' });
    await opens(ben);
    await ben.page.reload({ waitUntil: 'load' });
    await begin(ben, 'ben', 0, { token: 'kept by the page' });
    await opens(ben);
    expect(await said(ben)).toEqual(['open']);
    await run(ben, `peer.socket.send({ type: 'LEAVE' }), peer.destroy()`);
    const eve = await visits('Eve', site.origin);
    await begin(eve, 'ben', 0);
    await opens(eve);
    // Neither who they are nor what they show for it is in any log.
    expect(log()).toContain('/peerjs');
    expect(log()).not.toMatch(/kept.{1,3}by|id=ben|ben\b/);
  });
});
