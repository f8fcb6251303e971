// People at a desk: visitors, representatives, and somebody who watches the list. Times are of the machine's clock,
// taken in the pages, so that no way between the test and a browser is counted.

import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';
import { watchTiles } from './group';
import { eventually } from './measure';
import { startServer } from './server';
import type { Server } from './server';

/** Of the demonstration's accounts, in these tests alone. */
export const PASSWORD = 'demonstration only';
const VISITORS = 'Insurance help';

/** What the list showed from a moment on. */
interface Shown {
  at: number;
  /** The text of each row, by the representative's name. */
  rows: Record<string, string>;
  /** Who has a button to be called. */
  callable: string[];
}

declare global {
  interface Window {
    /** Every state of the list of representatives. */
    lists: Shown[];
    touched: { opened: number; asked: number; sent: string[] };
  }
}

/** A server with the demonstration set: desk `help`, accounts admin, ana, ben and cem. */
export function startDemo(settings: Record<string, string> = {}): Promise<Server> {
  return startServer({ VISAVIS_DEMO_PASSWORD: PASSWORD, ...settings }, ['--demo']);
}

/** Runs in the page: notes every state of the list, and what the page asks of devices and sends. */
function observe(): void {
  const touched: Window['touched'] = { opened: 0, asked: 0, sent: [] };
  window.touched = touched;
  window.lists = [];
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) {
    const [open, ask] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
    devices.getUserMedia = (wish) => {
      touched.opened += 1;
      return open(wish);
    };
    devices.enumerateDevices = () => {
      touched.asked += 1;
      return ask();
    };
  }
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    touched.sent.push(String(data));
    send.call(this, data);
  };
  let last = '';
  new MutationObserver(() => {
    const list = document.querySelectorAll('[aria-label="Representatives"] > li');
    const rows: Record<string, string> = {};
    const callable: string[] = [];
    for (const row of list) {
      const name = row.querySelector('.name')?.textContent ?? '';
      rows[name] = row.textContent;
      if (row.querySelector('button')) callable.push(name);
    }
    const now = JSON.stringify([rows, callable]);
    if (now !== last) window.lists.push({ at: Date.now(), rows, callable });
    last = now;
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

const BEFORE = `(${observe.toString()})();\n(${watchTiles.toString()})()`;

function atDesk(browser: Browser, name: string): Promise<Person> {
  return Person.create(browser, name, { before: BEFORE });
}

/** Another tab of the same person, at the same address. */
export function anotherTab(person: Person): Promise<Person> {
  return Person.tab(person.context, person.name, { before: BEFORE });
}

/** Somebody on the page of the desk who has typed their name. */
export async function visitor(browser: Browser, base: string, name: string): Promise<Person> {
  const person = await atDesk(browser, name);
  await person.open(`${base}/desk/help`);
  await person.find('heading', VISITORS);
  await person.enterName();
  return person;
}

/** Signed in, with an open console. */
export async function representative(
  browser: Browser,
  base: string,
  name: string,
  email: string,
): Promise<Person> {
  const person = await atDesk(browser, name);
  await person.open(`${base}/staff`);
  await signIn(person, email);
  await consoleIsOpen(person);
  return person;
}

export async function signIn(person: Person, email: string, password = PASSWORD): Promise<void> {
  await (await person.find('textbox', 'E-mail')).type(email);
  await (await person.find('textbox', 'Password')).type(password);
  await person.press('Sign in');
}

/** The console has heard from the server. */
export async function consoleIsOpen(person: Person): Promise<void> {
  await person.find('switch', 'Online');
  await person.until(
    'the console',
    () => document.querySelector('[role=switch]:not(:disabled)') !== null,
    10_000,
  );
}

/** @returns when it was pressed */
export async function goOnline(person: Person): Promise<number> {
  const at = await person.press('Online', 'switch');
  await person.until(
    'online',
    () => document.querySelector('[role=switch][aria-checked=true]') !== null,
    10_000,
  );
  return at;
}

/** Waits until the list is like this. @returns how long after the moment it was, ms */
export async function listIs(
  watcher: Person,
  what: string,
  holds: (shown: Shown) => boolean,
  since: number,
  within: number,
): Promise<number> {
  const find = async (): Promise<number | null> => {
    const lists = await watcher.page.evaluate(() => window.lists);
    const before = lists.filter(({ at }) => at <= since).slice(-1);
    const found = [...before, ...lists.filter(({ at }) => at > since)].find(holds);
    return found ? Math.max(0, found.at - since) : null;
  };
  const took = await eventually(find, (at) => at !== null, within + 2_000, `${watcher.name} seeing ${what}`);
  if (took === null || took > within) throw new Error(`${what} was seen after ${took} ms, not ${within}`);
  return took;
}

export const isFree = (who: string) => (shown: Shown) => shown.callable.includes(who);
export const isNotFree = (who: string) => (shown: Shown) => !shown.callable.includes(who);
export const isIn = (who: string, state: string) => (shown: Shown) =>
  shown.rows[who]?.includes(state) === true && !shown.callable.includes(who);

/** Sets what is given about the desk of the demonstration, as an admin does. */
export async function setDesk(server: Server, change: Record<string, unknown>): Promise<void> {
  const api = `${server.http}/api/v1`;
  const headers: Record<string, string> = { origin: server.http, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'admin@demo', password: PASSWORD });
  const signedIn = await fetch(`${api}/sign-in`, { method: 'POST', headers, body });
  headers['cookie'] = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const desks = (await (await fetch(`${api}/admin/desks`, { headers })).json()) as {
    id: string;
    settings: Record<string, unknown>;
  }[];
  for (const { id, settings } of desks) {
    const changed = JSON.stringify({ ...settings, ...change });
    const answer = await fetch(`${api}/admin/desks/${id}`, { method: 'PUT', headers, body: changed });
    if (!answer.ok) throw new Error(`the desk was not changed: ${answer.status}`);
  }
}

/** Waits until a text is somewhere on the page. */
export function reads(person: Person, text: string, timeout = 5_000): Promise<number> {
  return person.until(
    `reading “${text}”`,
    `document.body.innerText.includes(${JSON.stringify(text)})`,
    timeout,
  );
}

/** What the server has told this page of comings, goings and ends since a moment counted in frames. */
export async function endsHeard(person: Person, from: number): Promise<string[]> {
  const frames = await person.page.evaluate((from) => window.probe.sockets.slice(from), from);
  return frames.filter((frame) => /"(participant_joined|participant_left|ring_ended)"/.test(frame));
}

export const framesSoFar = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.probe.sockets.length);

/** Answers the ring of somebody. @returns when */
export async function accept(person: Person, caller: string): Promise<number> {
  await person.find('dialog', `Incoming call from ${caller}`);
  return person.press('Accept');
}
