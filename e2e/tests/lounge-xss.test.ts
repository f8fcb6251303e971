// Whatever people type is text wherever it is shown: forty payloads as names, messages, statuses, names of files and
// names of rooms. Nothing of it runs, the page's policy has nothing to report, and nobody else is asked for anything.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { PASSWORD, startDemo } from '../harness/desk';
import {
  comes,
  comesAs,
  GENERAL,
  isIn,
  isInside,
  linesOf,
  peopleSeen,
  readsIn,
  rowOf,
  says,
  talksTo,
  within,
  withPerson,
} from '../harness/lounge';
import { Guests, messageId, post } from '../harness/lounge-wire';
import type { Frame } from '../harness/lounge-wire';
import { expectFaults } from '../harness/faults';
import { eventually } from '../harness/measure';
import { PAYLOADS } from '../harness/payloads';
import type { Server } from '../harness/server';

/** Longer names are refused. */
const NAME_CHARS = 40;

let server: Server;
let chromium: Browser;
let guests: Guests;
const watched: { person: Person; happened: string[] }[] = [];

/** Runs in the page before anything of the product. */
function canary(): void {
  const happened: string[] = [];
  Object.defineProperty(window, 'happened', { value: happened });
  Object.defineProperty(window, 'pwned', { set: () => happened.push('something ran') });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    happened.push(`violation of ${violatedDirective} by ${blockedURI}`),
  );
}

const BEFORE = `(${canary.toString()})()`;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium');
  guests = await Guests.at(chromium, server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Notes all that must not happen in a page. */
async function watch(person: Person): Promise<Person> {
  const happened: string[] = [];
  person.page.on('dialog', (dialog) => {
    happened.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  person.page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (
      ['http:', 'https:', 'ws:', 'wss:'].includes(protocol) &&
      new URL(person.at(server.http)).host !== new URL(request.url()).host
    )
      happened.push(`a request to ${origin}`);
  });
  person.page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) happened.push(message.text());
  });
  person.page.on('popup', () => happened.push('a window'));
  watched.push({ person, happened });
  return person;
}

/** Nothing has happened, in none of the pages. */
async function nothingRan(): Promise<void> {
  for (const { person, happened } of watched) {
    const inside = await person.page.evaluate(() => (window as unknown as { happened: string[] }).happened);
    expect([...happened, ...inside], `what happened to ${person.name}`).toEqual([]);
    expect(await person.errors()).toEqual([]);
  }
}

/** Elements that only a payload would have made. */
function strangers(person: Person): Promise<string[]> {
  return person.page.evaluate(() =>
    [
      ...document.body.querySelectorAll(
        'script, iframe, object, embed, base, meta, link, math, noscript, marquee',
      ),
    ].map((element) => element.outerHTML),
  );
}

it('names, messages, statuses and names of files', async () => {
  const first = await guests.enter('Somebody');
  const lounge = (first.reply as { lounge: { person: string; room: { room: string } } } | undefined)?.lounge;
  const room = lounge?.room.room ?? '';
  const victim = await watch(await comes(chromium, server, 'Victim', { before: BEFORE }));
  const short = PAYLOADS.filter((payload) => [...payload].length <= NAME_CHARS);
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(40);
  const names: string[] = [];
  for (const name of short) {
    const answer = await guests.enter(name);
    if (answer.type === 'reply') names.push(name);
    else expect(answer.code, name).toMatch(/name_(taken|invalid)/);
  }
  expect(names.length, 'names that were let in').toBeGreaterThan(20);

  // In turns, so that nobody writes too often.
  const speakers = ['Somebody', ...names];
  for (const [index, payload] of PAYLOADS.entries()) {
    const speaker = speakers[index % speakers.length] ?? 'Somebody';
    await done(guests.command(speaker, post(room, payload)));
    await done(guests.command(speaker, { type: 'set_status', chosen: 'away', text: payload.slice(0, 60) }));
    const file = await sendsFile(speaker, room, payload);
    if (file) await done(guests.command(speaker, file));
  }
  await done(guests.command('Somebody', post(room, 'that was all')));
  await readsIn(victim, GENERAL, 'that was all', 10_000);

  // It was there to be seen, as text.
  const lines = await linesOf(victim, GENERAL);
  for (const payload of PAYLOADS.slice(-10)) expect(lines).toContain(payload);
  const seen = await peopleSeen(victim);
  for (const name of names) expect(seen).toContain(name);
  expect(await rowOf(victim, names[0] ?? '')).toMatch(/[<"'`{]/);
  expect(await strangers(victim)).toEqual([]);
  // Written to directly: in the name of the conversation, its tab and what announces it.
  for (const name of names.slice(0, 3)) {
    await talksTo(victim, name);
    await says(victim, withPerson(name), PAYLOADS[5] ?? '');
    await readsIn(victim, withPerson(name), PAYLOADS[5] ?? '');
  }
  // Whatever can be pressed in the log leads nowhere bad.
  const log = await within(victim, GENERAL, 'log', 'Messages');
  const links = await log.evaluate((log) => [...log.querySelectorAll('a')].map((a) => a.href));
  for (const link of links) expect(link).toMatch(/^https?:\/\//);
  await victim.page.reload({ waitUntil: 'domcontentloaded' });
  await isInside(victim);
  await readsIn(victim, GENERAL, 'that was all', 10_000);
  await nothingRan();
  expect(await strangers(victim)).toEqual([]);
});

it('names of rooms and what is said of them', async () => {
  const headers = await asAdmin();
  for (const [index, payload] of PAYLOADS.entries()) {
    const body = JSON.stringify({
      slug: `room-${index}`,
      name: [...payload].slice(0, 64).join(''),
      about: payload,
      place: 10 + index,
      moderators: [],
    });
    const made = await fetch(`${server.http}/api/v1/admin/lounge/rooms`, { method: 'POST', headers, body });
    expect([200, 201, 422], `${payload}: ${await made.text()}`).toContain(made.status);
  }
  const victim = watched[0]?.person;
  if (!victim) throw new Error('nobody to look at it');
  await victim.open(`${server.http}/lounge/room-1`);
  await isInside(victim);
  const rooms = await victim.find('navigation', 'Rooms');
  await eventually(
    () => rooms.evaluate((nav) => (nav as HTMLElement).innerText),
    (text) => text.includes('onerror') && text.includes('<svg'),
    5_000,
    'the rooms as text',
  );
  const boss = await watch(await comesAs(chromium, server, 'Admin', 'admin@demo'));
  await boss.page.evaluateOnNewDocument(BEFORE);
  await boss.open(`${server.http}/admin/lounge`);
  await boss.until('the rooms', () => document.body.innerText.includes('onerror'), 10_000);
  await victim.open(`${server.http}/lounge/general`);
  await isIn(victim, GENERAL);
  await nothingRan();
  expect([...(await strangers(victim)), ...(await strangers(boss))]).toEqual([]);
});

it('would have been noticed', async () => {
  expectFaults(/Content.Security.Policy/i);
  const { person, happened } = watched[0] ?? {};
  if (!person || !happened) throw new Error('nobody was watched');
  await person.page.evaluate(() => {
    (window as unknown as { pwned: number }).pwned = 1;
    document.body.insertAdjacentHTML('beforeend', '<img src=//evil.example/p.png onerror=alert(1)>');
  });
  await eventually(
    async () => [
      ...happened,
      ...(await person.page.evaluate(() => (window as unknown as { happened: string[] }).happened)),
    ],
    (all) =>
      ['something ran', 'img-src', 'script-src'].every((word) => all.some((one) => one.includes(word))),
    5_000,
    'a payload that was let through',
  );
});

/** Sends a file of that name up. @returns the message that shows it; nothing if such a name is refused */
async function sendsFile(
  name: string,
  room: string,
  called: string,
): Promise<Record<string, unknown> | null> {
  const place = { type: 'lounge_room', room };
  const offered = await guests.command(name, { type: 'offer_file', place, name: `${called}.png`, size: 4 });
  if (offered.type !== 'reply') return null;
  const { file, token } = offered.reply as { file: string; token: string };
  const sent = await fetch(`${server.http}/api/v1/files`, {
    method: 'POST',
    headers: {
      origin: server.http,
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
    },
    body: Buffer.from('text'),
  });
  expect(sent.ok, `${sent.status} for ${called}`).toBe(true);
  return { type: 'post', place, message: messageId(), text: '', file };
}

async function done(answered: Promise<Frame>): Promise<void> {
  const answer = await answered;
  expect(answer.type, JSON.stringify(answer)).toBe('reply');
}

async function asAdmin(): Promise<Record<string, string>> {
  const headers: Record<string, string> = { origin: server.http, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'admin@demo', password: PASSWORD });
  const signedIn = await fetch(`${server.http}/api/v1/sign-in`, { method: 'POST', headers, body });
  headers['cookie'] = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return headers;
}
