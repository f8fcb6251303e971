// What becomes of a link: too early, over, cancelled, replaced, not genuine, on a second device; and that its token is
// nowhere but in the link itself and in the one request that exchanges it.

import type { Browser, HTTPRequest } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ANA,
  client,
  dashboardIsOpen,
  devicesInUse,
  Hands,
  isWaiting,
  linkOf,
  openPeers,
  professional,
  waits,
  wallIn,
} from '../harness/appointment';
import type { Made } from '../harness/appointment';
import { launch, Person } from '../harness/browsers';
import { reads, startDemo } from '../harness/desk';
import { GROUP_LAUNCH, tiles } from '../harness/group';
import { eventually, hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

/** By this much clocks may be apart. */
const SKEW = 60_000;
const NOT_GENUINE = 'This link cannot be used';

let server: Server;
let chromium: Browser;
let hands: Hands;
/** Its link expires by itself while the other tests run. */
let short: Made;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo({ VISAVIS_LOG__FILTER: 'debug', VISAVIS_APPOINTMENTS__CLOSE_AFTER_S: '0' });
  chromium = await launch('chromium', GROUP_LAUNCH);
  hands = await Hands.of(server);
  short = await hands.make('Vera Short', { wall: wallIn(-4), minutes: 5 });
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
});

async function opens(link: string, name = 'somebody'): Promise<Person> {
  const person = await Person.create(chromium, name);
  passing.push(person);
  await person.open(link);
  return person;
}

async function waiting(name: string): Promise<{ vera: Person; one: Made }> {
  const one = await hands.make(name);
  const vera = await client(chromium, linkOf(one), name);
  passing.push(vera);
  await waits(vera);
  return { vera, one };
}

/** Nothing of the link stands in the address, and nothing of the page is in use. */
async function isShut(person: Person): Promise<void> {
  expect(await person.page.evaluate(() => location.href)).toBe(person.at(`${server.http}/a`));
  await eventually(
    () => devicesInUse(person),
    (count) => count === 0,
    2_000,
    'devices in use',
  );
  expect(await openPeers(person)).toBe(0);
  expect(await person.errors()).toEqual([]);
}

describe('a genuine link of no use', () => {
  it('too early: says from when on, and lets in by itself', async () => {
    const one = await hands.make('Vera Early', { wall: wallIn(120) });
    const vera = await opens(linkOf(one));
    await vera.find('heading', `Your appointment with ${ANA}`);
    await vera.find('timer', 'Time left until then');
    await reads(vera, 'You can come in from');
    await reads(vera, 'it lets you in by itself');
    await isShut(vera);
    const moved = Date.now();
    await hands.ask('POST', `/${one.id}/move`, { wall: wallIn(0), zone: 'UTC', minutes: 30, sequence: 0 });
    // Pages without a session ask once a minute, and when somebody comes back to them.
    await vera.page.evaluate(() => dispatchEvent(new Event('online')));
    await vera.find('button', 'I am ready');
    expect(Date.now() - moved, 'ms until the page lets in').toBeLessThan(2_000);
    await reads(vera, `${ANA} has moved the appointment.`);
  });

  it('cancelled: told on the open page at once, and to whoever opens it later', async () => {
    const { vera, one } = await waiting('Vera Cancelled');
    const at = Date.now();
    await hands.ask('POST', `/${one.id}/state`, { state: 'cancelled' });
    await vera.find('heading', 'This appointment was cancelled');
    const took = Date.now() - at;
    expect(took, 'ms until the open page says so').toBeLessThan(1_000);
    const later = await opens(linkOf(one));
    for (const person of [vera, later]) {
      await person.find('heading', 'This appointment was cancelled');
      await reads(person, `ask ${ANA} for another time`);
      await isShut(person);
    }
  });

  it('replaced: told on the open page within 1 s, and the new one works', async () => {
    const { vera, one } = await waiting('Vera Replaced');
    const old = one.links[0];
    if (!old) throw new Error('no link');
    const at = Date.now();
    const now = await hands.ask('POST', `/${one.id}/links/${old.id}/reissue`);
    await vera.find('heading', 'This link has been replaced');
    const took = Date.now() - at;
    expect(took, 'ms until the open page says so').toBeLessThan(1_000);
    const later = await opens(old.url);
    for (const person of [vera, later]) {
      await person.find('heading', 'This link has been replaced');
      await reads(person, 'look for the latest message');
      await isShut(person);
    }
    // In the same browser, over the address of the page that is open.
    await vera.page.evaluate((link) => location.assign(link), linkOf(now));
    await vera.find('button', 'I am ready');
    console.log(`replaced: said after ${took} ms`);
  });

  it('replaced in the middle of a call: it ends', async () => {
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    const { vera, one } = await waiting('Vera Thrown');
    await ana.press('Admit Vera Thrown');
    await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(ana, 10_000)]);
    const at = Date.now();
    await hands.ask('DELETE', `/${one.id}/links/${one.links[0]?.id}`);
    await vera.find('heading', 'This link has been replaced');
    expect(Date.now() - at, 'ms until the call is over').toBeLessThan(1_000);
    await isShut(vera);
  });

  it('done: says that it is over, and with whom it was', async () => {
    const { vera, one } = await waiting('Vera Done');
    await hands.ask('POST', `/${one.id}/state`, { state: 'done' });
    await vera.find('heading', 'This appointment is over');
    await reads(vera, `get in touch with ${ANA}`);
    await isShut(vera);
  });
});

describe('whatever is not genuine', () => {
  it('gets one and the same page', async () => {
    const token = linkOf(await hands.make('Vera Genuine')).split('#')[1] ?? '';
    const [head = '', claims = '', signature = ''] = token.split('.');
    const turned = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const wrong = {
      'signature altered': [head, claims, turned(signature)].join('.'),
      'claims altered': [head, turned(claims), signature].join('.'),
      'without a signature': [none, claims, ''].join('.'),
      'cut off': token.slice(0, -8),
      random: 'Zm9v.YmFy.YmF6',
      'no token at all': 'hello',
      long: 'A'.repeat(64 * 1024),
    };
    const shown = new Map<string, string>();
    for (const [what, text] of Object.entries(wrong)) {
      const person = await opens(`${server.http}/a#${text}`);
      await person.find('heading', NOT_GENUINE);
      await reads(person, 'Check that you copied the whole link');
      await reads(person, 'ask the person you have the appointment with');
      await isShut(person);
      shown.set(what, await person.page.evaluate(() => document.body.innerText));
      await person.close();
    }
    expect([...new Set(shown.values())], [...shown.keys()].join()).toHaveLength(1);
  });

  it('an address without any says where the link is found', async () => {
    const person = await opens(`${server.http}/a`);
    await person.find('heading', 'Please open your personal link');
    await reads(person, 'Open the link in the message about your appointment');
    await isShut(person);
  });
});

describe('a second device', () => {
  it('opens the same link and is one and the same person: one of the two is in the call', async () => {
    const { vera, one } = await waiting('Vera Twice');
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    const phone = await opens(linkOf(one), 'Vera Twice');
    await phone.find('heading', 'You are waiting in another window');
    expect(await devicesInUse(phone)).toBe(0);
    await ana.press('Admit Vera Twice');
    await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(ana, 10_000)]);
    await phone.find('heading', 'You are in the call in another window');
    expect(await devicesInUse(phone)).toBe(0);

    // Taken over in the middle of the call, and nobody is there twice.
    await phone.press('Continue here');
    await Promise.all([hearsAndSees(phone, 10_000), hearsAndSees(ana, 10_000)]);
    await vera.find('button', 'Continue here');
    await eventually(
      () => devicesInUse(vera),
      (count) => count === 0,
      2_000,
      'devices in use',
    );
    expect((await tiles(ana)).sort()).toEqual([`${ANA} (you)`, 'Vera Twice']);
    await ana.press('Leave');
    await phone.find('heading', `${ANA} has ended the call`);
    await dashboardIsOpen(ana);
  });

  it('takes the place of who waits over: the call reaches one of them', async () => {
    const { vera, one } = await waiting('Vera Moves');
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    const phone = await opens(linkOf(one), 'Vera Moves');
    await phone.press('Continue here');
    await isWaiting(phone);
    await ana.press('Admit Vera Moves');
    await hearsAndSees(ana, 10_000);
    // Both would come; the seat is one's own once, and the other page says where one is.
    const inCall = 'document.querySelector("[role=toolbar]") !== null';
    const inside = async (): Promise<boolean[]> =>
      Promise.all([vera, phone].map(async (one) => (await one.page.evaluate(inCall)) as boolean));
    await eventually(inside, (both) => both.filter(Boolean).length === 1, 10_000, 'one device in the call');
    const [there, other] = (await inside())[0] ? [vera, phone] : [phone, vera];
    await other.find('button', 'Continue here');
    await eventually(
      () => devicesInUse(other),
      (count) => count === 0,
      2_000,
      'devices in use',
    );
    await Promise.all([hearsAndSees(there, 10_000), hearsAndSees(ana, 10_000)]);
    expect((await tiles(ana)).sort()).toEqual([`${ANA} (you)`, 'Vera Moves']);
    await ana.press('Leave');
    await there.find('heading', `${ANA} has ended the call`);
    await dashboardIsOpen(ana);
  });
});

describe('the token', () => {
  it('is in no request line, no header and no log of a whole flow', async () => {
    const one = await hands.make('Vera Private');
    const link = linkOf(one);
    const token = link.split('#')[1] ?? '';
    const parts = token.split('.').filter((part) => part.length > 16);
    expect(parts.length).toBeGreaterThanOrEqual(2);
    const lines: string[] = [];
    const bodies: string[] = [];
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    const vera = await Person.create(chromium, 'Vera Private');
    passing.push(ana, vera);
    await Promise.all([ana, vera].map((person) => listen(person, lines, bodies)));

    await vera.open(link);
    await vera.press('I am ready');
    await isWaiting(vera);
    expect(await vera.page.evaluate(() => [location.href, document.referrer])).toEqual([
      vera.at(`${server.http}/a`),
      '',
    ]);
    await (await vera.find('textbox', 'Message')).type('good morning\n');
    await vera.page.reload({ waitUntil: 'domcontentloaded' });
    await isWaiting(vera);
    await ana.press('Admit Vera Private');
    await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(ana, 10_000)]);
    await ana.press('Hold Vera Private');
    await isWaiting(vera);
    await ana.press('Admit Vera Private');
    await Promise.all([hearsAndSees(vera, 10_000), hearsAndSees(ana, 10_000)]);
    await vera.press('Leave');
    await vera.find('heading', 'You have left the call');
    // Away from the page and back: nothing of where one was goes along.
    await vera.open(`${server.http}/`);
    await vera.page.goBack();
    // The browser may have kept the page as it was.
    await vera.until('a way in again', () => /Wait again|I am ready/.test(document.body.innerText), 10_000);
    const kept = await vera.page.$('::-p-aria([name="Wait again"][role="button"])');
    await vera.press(kept ? 'Wait again' : 'I am ready');
    await isWaiting(vera);
    expect(await vera.page.evaluate(() => [location.href, history.state as unknown])).toEqual([
      vera.at(`${server.http}/a`),
      null,
    ]);

    expect(lines.length, 'lines and headers that were read').toBeGreaterThan(100);
    expect(lines.some((line) => line.startsWith('GET /a '))).toBe(true);
    // It was there to be seen, in the one place where it belongs.
    expect(bodies.filter((body) => body.includes(token))).toEqual([JSON.stringify({ token })]);
    const log = server.log();
    expect(log).toMatch(/debug/i);
    for (const secret of [token, ...parts.slice(1)]) {
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
      expect(log.includes(secret), 'in the log').toBe(false);
      expect(await vera.page.content()).not.toContain(secret);
      const stored = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
      expect(await vera.page.evaluate(stored)).not.toContain(secret);
    }
    const referrers = lines.filter((line) => /^referer:/i.test(line));
    expect(referrers.filter((line) => /#|\/a$/.test(line))).toEqual([]);
    console.log(`${lines.length} lines and headers and ${log.length} characters of the log read`);
  });

  /** Every request line and header that a page sends and gets, as they go over the wire. */
  async function listen(person: Person, lines: string[], bodies: string[]): Promise<void> {
    const headers = (all: Record<string, string>): void => {
      lines.push(...Object.entries(all).map(([name, value]) => `${name}: ${value}`));
    };
    person.page.on('request', (request: HTTPRequest) => {
      const { pathname, search } = new URL(request.url());
      lines.push(`${request.method()} ${pathname}${search} HTTP/1.1`);
      headers(request.headers());
      const body = request.postData();
      if (body !== undefined) bodies.push(body);
    });
    const wire = await person.page.createCDPSession();
    await wire.send('Network.enable');
    wire.on('Network.requestWillBeSentExtraInfo', (sent) => headers(sent.headers));
    wire.on('Network.responseReceivedExtraInfo', (got) => headers(got.headers));
    wire.on('Network.webSocketCreated', ({ url }) => lines.push(`GET ${url}`));
    wire.on('Network.webSocketWillSendHandshakeRequest', ({ request }) => headers(request.headers));
    wire.on('Network.webSocketHandshakeResponseReceived', ({ response }) => headers(response.headers));
  }
});

describe('a link that expires', () => {
  it('says that it is over, on the open page too', async () => {
    const { starts_at } = await hands.get(short.id);
    const over = starts_at + 5 * 60_000;
    const vera = await opens(linkOf(short));
    await vera.find('heading', 'This appointment is over', Math.max(0, over + SKEW - Date.now()) + 10_000);
    const late = Date.now() - over;
    expect(late, 'ms after the end').toBeLessThan(SKEW + 10_000);
    const later = await opens(linkOf(short));
    for (const person of [vera, later]) {
      await person.find('heading', 'This appointment is over');
      await reads(person, 'If you missed it, or need another one');
      await isShut(person);
    }
    console.log(`expired: said ${late} ms after the end, ${SKEW} of which are for clocks`);
  }, 150_000);
});
