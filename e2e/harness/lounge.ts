// People in the lounge, as they see and use it: the door, the rooms, who is there, what is written, and the video inside
// a conversation. What the wire carries is in lounge-wire.ts.

import type { Browser, ElementHandle } from 'puppeteer-core';
import { Person } from './browsers';
import type { PersonOptions } from './browsers';
import { signIn } from './desk';
import { watchTiles } from './group';
import { eventually } from './measure';
import type { Server } from './server';

/** Rooms of the demonstration. */
export const GENERAL = 'Room General';
export const SPORTS = 'Room Sports';

declare global {
  interface Window {
    lounge: LoungeProbe;
  }
}

/** What a page of the lounge showed and asked for, from its first moment on. */
interface LoungeProbe {
  /** Every small line about somebody's coming or going, once for each time it was put up. */
  notices: string[];
  /** Every set of people that the list showed, by name. */
  people: { at: number; names: string[] }[];
  /** How often a camera or microphone was asked for. */
  captures: number;
}

/** Runs in the page before anything of the product. */
function watchLounge(): void {
  const probe: LoungeProbe = { notices: [], people: [], captures: 0 };
  window.lounge = probe;
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) {
    const capture = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wish) => {
      probe.captures += 1;
      return capture(wish);
    };
  }
  const known = new WeakMap<Element, string>();
  let last = '';
  new MutationObserver(() => {
    for (const line of document.querySelectorAll('[role=log] .note')) {
      const text = line.textContent.trim().replace(/\s+/g, ' ');
      if (!/ (joined|left)\b/.test(text) || known.get(line) === text) continue;
      known.set(line, text);
      probe.notices.push(text);
    }
    const list = document.querySelector('ul[aria-label=People]');
    if (!list) return;
    const names = [...list.querySelectorAll('[data-person]')].map(
      (row) => row.querySelector('[data-name]')?.textContent.trim() ?? '',
    );
    const now = names.join('\n');
    if (now !== last) probe.people.push({ at: Date.now(), names });
    last = now;
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

const BEFORE = `(${watchLounge.toString()})();\n(${watchTiles.toString()})()`;

export interface Coming extends PersonOptions {
  /** The part of its address; none is the first room. */
  room?: string;
}

/** Somebody who has not opened anything yet. */
export function newcomer(browser: Browser, name: string, options: PersonOptions = {}): Promise<Person> {
  return Person.create(browser, name, {
    ...options,
    before: [BEFORE, options.before ?? ''].join(';\n'),
  });
}

/** Another tab of the same browser, with nothing open. */
export function anotherTab(person: Person): Promise<Person> {
  return Person.tab(person.context, person.name, { before: BEFORE });
}

/** At the door, with their name typed. */
export async function atDoor(person: Person, server: Server, room?: string): Promise<void> {
  await person.open(`${server.http}/lounge${room === undefined ? '' : `/${room}`}`);
  await person.enterName();
}

/** Inside the lounge, in one of its rooms. */
export async function comes(
  browser: Browser,
  server: Server,
  name: string,
  options: Coming = {},
): Promise<Person> {
  const person = await newcomer(browser, name, options);
  await enters(person, server, options.room);
  return person;
}

export async function enters(person: Person, server: Server, room?: string): Promise<void> {
  await atDoor(person, server, room);
  await person.press('Enter');
  await isInside(person);
}

/** With an account: signed in, then through the same door. */
export async function comesAs(
  browser: Browser,
  server: Server,
  name: string,
  email: string,
): Promise<Person> {
  const person = await newcomer(browser, name);
  await person.open(`${server.http}/staff`);
  await signIn(person, email);
  await person.until(
    'signed in',
    () =>
      document.querySelector('input[type=password]') === null && document.querySelector('header') !== null,
    10_000,
  );
  await enters(person, server);
  return person;
}

export async function isInside(person: Person, timeout = 10_000): Promise<void> {
  await person.find('navigation', 'Rooms', timeout);
  await person.find('button', 'Your status', timeout);
}

/** Waits until somebody is in this room. */
export async function isIn(person: Person, room: string): Promise<void> {
  await person.find('region', room);
}

/** Goes over to another room. */
export async function jumps(person: Person, room: string): Promise<void> {
  const rooms = await person.find('navigation', 'Rooms');
  const pressed = await rooms.evaluate((nav, room) => {
    const controls = [...nav.querySelectorAll<HTMLElement>('a, button')];
    const control = controls.find((one) => one.textContent.includes(room));
    control?.click();
    return control !== undefined;
  }, room);
  if (!pressed) throw new Error(`${person.name} sees no room ${room}`);
  await isIn(person, `Room ${room}`);
}

/** A control inside one of the regions of the page, by role and accessible name. */
export async function within(
  person: Person,
  region: string,
  role: string,
  name: string,
  timeout = 10_000,
): Promise<ElementHandle> {
  const find = async (): Promise<ElementHandle | null> => {
    const around = await person.page.$(`aria/${region}[role="region"]`);
    return (await around?.$(`aria/${name}[role="${role}"]`)) ?? null;
  };
  try {
    const found = await eventually(find, (one) => one !== null, timeout, `${role} “${name}” in ${region}`);
    if (found) return found;
  } catch {
    // Said below, with what there is to see.
  }
  const shown = await person.page.evaluate(() => document.body.innerText);
  throw new Error(`${person.name} sees no ${role} “${name}” in ${region}, but: ${shown}`);
}

/** Presses what is inside a region, as soon as it can be pressed. */
export async function pressWithin(
  person: Person,
  region: string,
  name: string,
  role = 'button',
): Promise<void> {
  await eventually(
    async () => {
      const control = await within(person, region, role, name);
      return control.evaluate((element) => {
        const usable = element.isConnected && !element.matches(':disabled, [aria-disabled=true]');
        if (usable) (element as HTMLElement).click();
        return usable;
      });
    },
    (pressed) => pressed,
    10_000,
    `${person.name} pressing “${name}” in ${region}`,
  );
}

/** Everybody presses theirs at the same moment, whatever takes the way to each browser. */
export async function pressTogether(
  presses: { person: Person; region: string; name: string }[],
): Promise<void> {
  const controls = await Promise.all(
    presses.map(({ person, region, name }) => within(person, region, 'button', name)),
  );
  const at = Date.now() + 500;
  await Promise.all(
    controls.map((control) =>
      control.evaluate(
        (element, at) =>
          new Promise<void>((resolve) => {
            setTimeout(() => {
              (element as HTMLElement).click();
              resolve();
            }, at - Date.now());
          }),
        at,
      ),
    ),
  );
}

/** The region of what is written with somebody. */
export const withPerson = (name: string): string => `Conversation with ${name}`;

/** Opens a conversation from the list of people. */
export async function talksTo(person: Person, name: string): Promise<void> {
  await person.press(`Message ${name}`);
  await within(person, withPerson(name), 'textbox', 'Message');
}

/** Writes into the field of a room or conversation, without sending it. */
export async function writes(person: Person, where: string, text: string): Promise<void> {
  const field = await within(person, where, 'textbox', 'Message');
  await inserts(field, text);
}

/** As pasted, or from an input method, in place of what is selected: keys know few characters. */
export async function inserts(field: ElementHandle, text: string): Promise<void> {
  await field.evaluate((field, text) => {
    (field as HTMLElement).focus();
    document.execCommand('insertText', false, text);
  }, text);
}

/** Writes and sends. */
export async function says(person: Person, where: string, text: string): Promise<void> {
  await writes(person, where, text);
  await pressWithin(person, where, 'Send');
}

/** The texts that stand in the log of a room or conversation, from top to bottom. */
export async function linesOf(person: Person, where: string): Promise<string[]> {
  const log = await within(person, where, 'log', 'Messages');
  return log.evaluate((log) =>
    [...log.querySelectorAll('article .text')].map((line) => {
      const text = line.cloneNode(true) as HTMLElement;
      // Whether it was edited is said behind it.
      for (const mark of text.querySelectorAll('.small')) mark.remove();
      return text.textContent.trim();
    }),
  );
}

/** Waits until a line stands in a log. @returns how long that took, ms */
export async function readsIn(person: Person, where: string, text: string, timeout = 5_000): Promise<number> {
  const started = performance.now();
  await eventually(
    () => linesOf(person, where),
    (lines) => lines.some((line) => line.includes(text)),
    timeout,
    `${person.name} reading “${text}” in ${where}`,
  );
  return performance.now() - started;
}

/** Waits until a region says something, anywhere in it. */
export async function regionSays(
  person: Person,
  where: string,
  text: string | RegExp,
  timeout = 5_000,
): Promise<void> {
  const region = await person.find('region', where);
  await eventually(
    () => region.evaluate((region) => (region as HTMLElement).innerText),
    (shown) => (typeof text === 'string' ? shown.includes(text) : text.test(shown)),
    timeout,
    `${where} of ${person.name} saying “${String(text)}”`,
  );
}

/** The names in the list of people now. */
export function peopleSeen(person: Person): Promise<string[]> {
  return person.page.evaluate(() =>
    [...document.querySelectorAll('[aria-label=People] [data-person] [data-name]')].map((name) =>
      name.textContent.trim(),
    ),
  );
}

/** Waits until somebody's row in the list of people is like this. @returns when, by the clock of the test */
export async function rowSays(
  person: Person,
  name: string,
  text: string | RegExp,
  timeout = 5_000,
): Promise<number> {
  await eventually(
    () => rowOf(person, name),
    (row) => row !== null && (typeof text === 'string' ? row.includes(text) : text.test(row)),
    timeout,
    `${person.name} seeing ${name} ${String(text)}`,
  );
  return Date.now();
}

/** What the list of people says of somebody. */
export function rowOf(person: Person, name: string): Promise<string | null> {
  return person.page.evaluate((name) => {
    const rows = [...document.querySelectorAll<HTMLElement>('[aria-label=People] [data-person]')];
    const row = rows.find((one) => one.querySelector('[data-name]')?.textContent.trim() === name);
    return row?.innerText ?? null;
  }, name);
}

/** Waits until the list names exactly these, in any order. */
export async function seesPeople(person: Person, names: string[], timeout = 5_000): Promise<void> {
  const wanted = [...names].sort().join();
  await eventually(
    async () => (await peopleSeen(person)).sort().join(),
    (shown) => shown === wanted,
    timeout,
    `${person.name} seeing ${wanted}`,
  );
}

/** Waits until somebody is in the list no more. @returns when it was seen, ms since 1970 */
export async function missesPerson(person: Person, name: string, timeout: number): Promise<number> {
  await eventually(
    () => peopleSeen(person),
    (names) => !names.includes(name),
    timeout,
    `${name} gone for ${person.name}`,
  );
  return person.page.evaluate((name) => {
    const states = window.lounge.people;
    const last = states.findLastIndex(({ names }) => names.includes(name));
    return states[last + 1]?.at ?? Date.now();
  }, name);
}

/** Chooses one's status. @returns when, by the clock of the page */
export async function choosesStatus(person: Person, status: string): Promise<number> {
  await (await person.find('button', 'Your status')).click();
  return person.press(status, 'menuitem');
}

/** Lines about comings and goings that were ever shown, from a moment counted in lines. */
export function noticesSince(person: Person, from: number): Promise<string[]> {
  return person.page.evaluate((from) => window.lounge.notices.slice(from), from);
}

export const noticesSoFar = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.lounge.notices.length);

/** How often the page has asked for a camera or microphone. */
export const capturesOf = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.lounge.captures);

/** Says something of one's status. */
export async function saysOfStatus(person: Person, text: string): Promise<void> {
  await (await person.find('button', 'Your status')).click();
  await person.press('Say something about it…', 'menuitem');
  await (await person.find('textbox', 'What you say about it')).type(text);
  await person.press('Save');
}

/** What the server told a page of comings and goings, of one person or of all, from a moment counted in frames. */
export async function movesHeard(person: Person, from: number, who = ''): Promise<string[]> {
  const frames = await person.page.evaluate((from) => window.probe.sockets.slice(from), from);
  return frames
    .filter((frame) => frame.includes(who))
    .flatMap((frame) => /"type":"(member_joined|member_left|member_gone)"/.exec(frame)?.[1] ?? []);
}

/** The id of somebody in the list of people. */
export async function idOf(person: Person, name: string): Promise<string> {
  const id = await person.page.evaluate((name) => {
    const rows = [...document.querySelectorAll<HTMLElement>('[aria-label=People] [data-person]')];
    const row = rows.find((one) => one.querySelector('[data-name]')?.textContent.trim() === name);
    return row?.dataset['person'];
  }, name);
  if (id === undefined) throw new Error(`${person.name} does not see ${name}`);
  return id;
}
