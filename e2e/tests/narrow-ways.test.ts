// Group calls from networks that let only some things through: media on a stream of its own, and over the relay.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import {
  comer,
  framesPerSecond,
  goesBy,
  GROUP_LAUNCH,
  hears,
  moment,
  others,
  showsPictures,
  transports,
} from '../harness/group';
import { onlyTurn, trusting } from '../harness/relay';
import { pause } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.dispose());

/** Three people see and hear each other, each of them by the way given. */
async function meet(url: string, people: Person[], ways: string[]): Promise<void> {
  for (const person of people) await person.join(url);
  await Promise.all(people.map((person) => goesBy(person, 'server')));
  const all = async (see: (person: Person, names: string[]) => Promise<unknown>): Promise<void> => {
    await Promise.all(people.map((person) => see(person, others(people, person))));
  };
  await all((person, names) => Promise.all(names.map((name) => showsPictures(person, name))));
  await all((person, names) => hears(person, names));
  const since = await Promise.all(people.map(moment));
  await pause(3_100);
  for (const [index, person] of people.entries()) {
    const fewest = await framesPerSecond(person, others(people, person), since[index] ?? 0);
    expect(Math.min(...Object.values(fewest)), JSON.stringify(fewest)).toBeGreaterThan(0);
  }
  expect((await Promise.all(people.map(transports))).flat()).toEqual(ways);
  for (const person of people) expect(await person.errors()).toEqual([]);
}

describe('three people', () => {
  it('without UDP have their media on TCP, straight to the server', async () => {
    const browser = await open('--webrtc-ip-handling-policy=disable_non_proxied_udp');
    try {
      const people = await Promise.all(['Ana', 'Ben', 'Cem'].map((name) => comer(browser, name)));
      await meet(`${server.http}/r/tcp`, people, ['tcp', 'tcp', 'tcp']);
    } finally {
      await browser.close();
    }
  });

  it('relay all they send: one over UDP, one over TCP, one over TLS', async () => {
    const browser = await open(await trusting(server));
    try {
      const people = await Promise.all([
        comer(browser, 'Ana', { before: onlyTurn('udp') }),
        comer(browser, 'Ben', { before: onlyTurn('tcp') }),
        comer(browser, 'Cem', { before: onlyTurn('tls') }),
      ]);
      const ways = ['relay over udp, udp', 'relay over tcp, udp', 'relay over tls, udp'];
      await meet(`${server.https}/r/relay?relay`, people, ways);
    } finally {
      await browser.close();
    }
  });
});

function open(flag: string): Promise<Browser> {
  return launch('chromium', { flags: [...(GROUP_LAUNCH.flags ?? []), flag] });
}
