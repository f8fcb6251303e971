// Programs send media into a room by WHIP, and people see and hear it as that of anybody.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../harness/browsers';
import { launch } from '../harness/browsers';
import { startSite } from '../harness/demo';
import type { Site } from '../harness/demo';
import { startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { AiortcFeed, makeKey, mediaConnections, occupied } from '../harness/feeds';
import { comer, goesBy, GROUP_LAUNCH, hears, receiving, showsPictures } from '../harness/group';
import { eventually, framesRise, pause } from '../harness/measure';
import { does } from '../harness/rooms';
import type { Server } from '../harness/server';
import { Studio } from '../harness/studio';

let server: Server;
let chromium: Browser;
let site: Site;
let key: string;
let people: Person[] = [];
const feeds: AiortcFeed[] = [];
let room = 0;

beforeAll(async () => {
  server = await startDemo();
  site = await startSite(() => '<!doctype html><title>Studio</title>');
  chromium = await launch('chromium', GROUP_LAUNCH);
  key = await makeKey(server, 'media:publish', 'rooms:read');
});

afterAll(async () => {
  await chromium?.close();
  await site?.close();
  await server?.dispose();
});

beforeEach(() => {
  room += 1;
});

afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.kill()));
  for (const person of people) expect(await person.errors()).toEqual([]);
  await Promise.all(people.splice(0).map((person) => person.close()));
});

function publisher(query = ''): AiortcFeed {
  const feed = new AiortcFeed('whip', `${server.http}/whip/whip-${room}${query}`, key);
  feeds.push(feed);
  return feed;
}

async function come(...names: string[]): Promise<Person[]> {
  const viewport = { width: 1280, height: 720 };
  people = await Promise.all(names.map((name) => comer(chromium, name, { viewport })));
  for (const person of people) await person.join(`${server.http}/r/whip-${room}`);
  return people;
}

const gone = (person: Person, name: string, timeout: number): Promise<number> =>
  person.until(
    `${name} gone`,
    `!document.querySelector('[data-tile][aria-label=${JSON.stringify(name)}]')`,
    timeout,
  );

describe('a program that publishes by WHIP', () => {
  it('is seen and heard by two people, and goes by DELETE', async () => {
    const [ana, ben] = (await come('Ana', 'Ben')) as [Person, Person];
    await goesBy(ana, 'direct');
    const feed = publisher('?name=Stage');
    const opened = await feed.does('open');
    expect(opened.status).toBe(201);
    expect(opened.links?.some((link) => link.includes('turn:') && link.includes('credential='))).toBe(true);
    expect((await feed.does('trickle')).status).toBe(204);
    for (const person of [ana, ben]) {
      await showsPictures(person, 'Stage', 15_000);
      await hears(person, ['Stage'], 15_000);
      await goesBy(person, 'server');
    }
    await ana.press('People');
    await examine(ana, 'whip-people');
    expect((await feed.does('counts')).state).toBe('connected');
    expect((await feed.does('delete')).status).toBe(200);
    for (const person of [ana, ben]) await gone(person, 'Stage', 3_000);
  });

  it('that vanishes is gone with all it had', async () => {
    const [ana] = (await come('Ana')) as [Person];
    const feed = publisher();
    expect((await feed.does('open')).status).toBe(201);
    // As the key is called.
    await showsPictures(ana, 'Studio', 15_000);
    await feed.kill();
    const took = await gone(ana, 'Studio', 45_000);
    console.log(`a program that vanished was gone after ${Math.round(took)} ms`);
    await ana.leave();
    await eventually(
      () => occupied(server.http, key),
      (rooms) => !(`whip-${room}` in rooms),
      5_000,
      'no room',
    );
    await eventually(
      () => mediaConnections(server),
      (count) => count === 0,
      5_000,
      'no connections',
    );
  });

  it('goes with the last of the people', async () => {
    const [ana] = (await come('Ana')) as [Person];
    const feed = publisher();
    expect((await feed.does('open')).status).toBe(201);
    await showsPictures(ana, 'Studio', 15_000);
    await ana.leave();
    await eventually(
      () => occupied(server.http, key),
      (rooms) => !(`whip-${room}` in rooms),
      5_000,
      'no room',
    );
    await eventually(
      () => mediaConnections(server),
      (count) => count === 0,
      5_000,
      'no connections',
    );
    expect((await feed.does('delete')).status).toBe(404);
  });

  it('is muted and removed by the host, and does not come back by the same key', async () => {
    const [ana, ben] = (await come('Ana', 'Ben')) as [Person, Person];
    const feed = publisher();
    await feed.does('open');
    await hears(ben, ['Studio'], 15_000);
    await does(ana, 'Studio', 'Mute');
    await ben.tileHas('Studio', 'data-muted', 'true');
    // It goes on sending; nothing of it arrives but the picture.
    const only = async (): Promise<string[]> => (await receiving(ben, 'audio')).sort();
    await eventually(only, (names) => !names.includes('Studio'), 5_000, 'silence');
    expect(await receiving(ben, 'video')).toContain('Studio');
    await does(ana, 'Studio', 'Remove');
    await ana.press('Remove');
    for (const person of [ana, ben]) await gone(person, 'Studio', 3_000);
    expect((await feed.does('delete')).status).toBe(404);
    const again = publisher();
    expect(await again.does('open')).toMatchObject({ status: 403, code: 'removed' });
  });

  it('goes on over another ICE session, in a page of another site', async () => {
    const [ana] = (await come('Ana')) as [Person];
    const page = await chromium.newPage();
    await page.goto(site.origin);
    await page.evaluate(publish, `${server.http}/whip/whip-${room}?name=Page`, key);
    await showsPictures(ana, 'Page', 15_000);
    await hears(ana, ['Page'], 15_000);
    const goesOn = async (): Promise<void> => {
      const { status, other, stale } = await page.evaluate(restart);
      expect([status, stale]).toEqual([200, 412]);
      expect(other, 'another session').toBe(true);
      const [before, now] = await page.evaluate(names, 15_000);
      expect(now, 'the way that is taken is of the new session').not.toBe(before);
      await pause(5_000);
    };
    await framesRise(ana, 2_000, goesOn());
    await page.close();
  });

  it('is seen and heard when it is made as OBS is, with H.264', async () => {
    const [ana, ben] = (await come('Ana', 'Ben')) as [Person, Person];
    const studio = new Studio(`${server.http}/whip/whip-${room}?name=OBS`, key);
    try {
      expect(await studio.open()).toBe(201);
      for (const person of [ana, ben]) {
        await showsPictures(person, 'OBS', 20_000);
        await hears(person, ['OBS'], 15_000);
      }
      const sent = await ana.page.evaluate(async () => {
        const reports = await Promise.all(window.probe.peers.map((peer) => peer.getStats()));
        const entries = reports.flatMap((report) => [...report.values()] as Record<string, unknown>[]);
        return entries.filter(({ type }) => type === 'codec').map(({ mimeType }) => mimeType);
      });
      expect(sent).toContain('video/H264');
      expect(await studio.delete()).toBe(200);
      for (const person of [ana, ben]) await gone(person, 'OBS', 3_000);
    } finally {
      await studio.close();
    }
  });
});

declare global {
  interface Window {
    studio: { connection: RTCPeerConnection; location: string; etag: string; answer: string; key: string };
  }
}

/** Runs in a page: its camera goes into a room. */
async function publish(address: string, key: string): Promise<void> {
  const connection = new RTCPeerConnection();
  const media = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 180 },
  });
  for (const track of media.getTracks()) connection.addTransceiver(track, { direction: 'sendonly' });
  await connection.setLocalDescription();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' };
  const body = connection.localDescription?.sdp ?? '';
  const made = await fetch(address, { method: 'POST', headers, body });
  const answer = await made.text();
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  const location = new URL(made.headers.get('location') ?? '', address).href;
  window.studio = { connection, location, etag: made.headers.get('etag') ?? '', answer, key };
}

/** Runs in that page: by which names the connection's checks went at first, and go now. */
async function names(timeout: number): Promise<[string, string]> {
  const { connection, answer } = window.studio;
  const first = /^a=ice-ufrag:(.*)$/m.exec(answer)?.[1]?.trim() ?? '';
  for (const end = performance.now() + timeout; performance.now() < end;) {
    for (const entry of [...(await connection.getStats()).values()] as Record<string, unknown>[]) {
      const name = entry['type'] === 'remote-candidate' ? String(entry['usernameFragment']) : '';
      if (name && name !== first && connection.iceConnectionState === 'connected') return [first, name];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [first, first];
}

/** Runs in that page: begins another ICE session, as RFC 9725 §4.3.3 has it. */
async function restart(): Promise<{ status: number; other: boolean; stale: number }> {
  const { connection, location, etag, answer, key } = window.studio;
  await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
  const line = (text: string, name: string): string =>
    new RegExp(`^a=${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const own = connection.localDescription?.sdp ?? '';
  const fragment = ['ice-ufrag', 'ice-pwd'].map((name) => `a=${name}:${line(own, name)}\r\n`).join('');
  const ask = (match: string): Promise<Response> =>
    fetch(location, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/trickle-ice-sdpfrag',
        'if-match': match,
      },
      body: fragment,
    });
  const begun = await ask('*');
  const theirs = await begun.text();
  let sdp = answer;
  for (const name of ['ice-ufrag', 'ice-pwd']) {
    sdp = sdp.replaceAll(new RegExp(`^a=${name}:.*$`, 'gm'), `a=${name}:${line(theirs, name)}`);
  }
  await connection.setRemoteDescription({ type: 'answer', sdp });
  const stale = await ask(etag);
  return { status: begun.status, other: begun.headers.get('etag') !== etag, stale: stale.status };
}
