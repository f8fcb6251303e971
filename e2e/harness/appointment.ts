// People of an appointment: a professional with the dashboard, and those who come over a link. Appointments that are
// only the ground of a test are made over HTTP; how one is made by hand is a test of its own.

import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';
import type { PersonOptions } from './browsers';
import { consoleIsOpen, PASSWORD, reads, signIn } from './desk';
import { watchTiles } from './group';
import { eventually } from './measure';
import type { Server } from './server';

export const ANA = 'Ana Kaya';
export const BEN = 'Ben Lang';

/** What a test needs of an appointment, as the server tells it. */
export interface Made {
  id: string;
  client_name: string;
  sequence: number;
  starts_at: number;
  links: { id: string; kind: string; url: string }[];
}

/** What a clock in UTC shows, so many minutes from now. */
export function wallIn(minutes: number, now = Date.now()): string {
  return new Date(now + minutes * 60_000).toISOString().slice(0, 16);
}

/** Somebody of the staff, over HTTP. */
export class Hands {
  readonly #headers: Record<string, string>;

  private constructor(
    private readonly server: Server,
    cookie: string,
  ) {
    this.#headers = { origin: server.http, 'content-type': 'application/json', cookie };
  }

  static async of(server: Server, email = 'ana@demo'): Promise<Hands> {
    const answer = await fetch(`${server.http}/api/v1/sign-in`, {
      method: 'POST',
      headers: { origin: server.http, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`${email} could not sign in: ${answer.status}`);
    return new Hands(server, answer.headers.get('set-cookie')?.split(';')[0] ?? '');
  }

  /** One that has just begun, unless told otherwise. */
  make(name: string, change: Record<string, unknown> = {}): Promise<Made> {
    const body = { client_name: name, about: '', wall: wallIn(0), zone: 'UTC', minutes: 30, ...change };
    return this.ask('POST', '', body);
  }

  get(id: string): Promise<Made> {
    return this.ask('GET', `/${id}`);
  }

  /** Those of these days. */
  async all(): Promise<Made[]> {
    const day = 86_400_000;
    const list = await this.ask<{ appointments: Made[] }>(
      'GET',
      `?from=${Date.now() - day}&to=${Date.now() + day}`,
    );
    return list.appointments;
  }

  /** The desk of the demonstration. */
  async desk(): Promise<string> {
    const shared = (await this.all()).map((one) => (one as Made & { desk?: { id: string } }).desk?.id);
    const found = shared.find((id) => id !== undefined);
    if (found === undefined) throw new Error('nothing is shared with a desk');
    return found;
  }

  async ask<T = Made>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.server.http}/api/v1/appointments${path}`, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** The client's link. */
export function linkOf(one: Made): string {
  const link = one.links.find(({ kind }) => kind === 'client');
  if (!link) throw new Error(`${one.client_name} has no link`);
  return link.url;
}

/** Tiles are watched, for those tests that ask what they show. */
const watched = (options: PersonOptions): PersonOptions => ({
  ...options,
  before: [`(${watchTiles.toString()})()`, options.before ?? ''].join(';\n'),
});

/** Signed in, with the dashboard open. */
export async function professional(
  browser: Browser,
  base: string,
  name: string,
  email: string,
  options: PersonOptions = {},
): Promise<Person> {
  const person = await Person.create(browser, name, watched(options));
  await person.open(`${base}/staff/appointments`);
  await signIn(person, email);
  await dashboardIsOpen(person);
  return person;
}

export async function dashboardIsOpen(person: Person): Promise<void> {
  await person.find('button', 'New appointment');
  await consoleIsOpen(person);
}

/** Somebody who has opened their link and stands at the door. */
export async function client(
  browser: Browser,
  link: string,
  name: string,
  options: PersonOptions = {},
): Promise<Person> {
  const person = await Person.create(browser, name, watched(options));
  await person.open(link);
  await person.find('button', 'I am ready');
  return person;
}

/** Waits to be let in. @returns when they said so, by the clock of the page */
export async function waits(person: Person, whom = ANA): Promise<number> {
  const at = await person.press('I am ready');
  await isWaiting(person, whom);
  return at;
}

export async function isWaiting(person: Person, whom = ANA): Promise<void> {
  await person.find('status', `Waiting for ${whom}`);
}

/** For how long they have been waiting, as their page shows it, seconds. */
export function waitedFor(person: Person): Promise<number> {
  return person.page.evaluate(() => {
    const shown = document.querySelector('[role=timer]')?.textContent ?? '';
    return shown.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  });
}

/** Presses whichever of these buttons is there first: which one it is may change at this moment. */
export async function pressEither(person: Person, names: string[], within = 'body'): Promise<number> {
  const pressed = () =>
    person.page.evaluate(
      (names, within) => {
        for (const button of document.querySelectorAll<HTMLButtonElement>(`${within} button`)) {
          if (!names.includes(button.textContent.trim())) continue;
          if (button.matches(':disabled, [aria-disabled=true]')) continue;
          const at = Date.now();
          button.click();
          return at;
        }
        return null;
      },
      names,
      within,
    );
  const at = await eventually(
    pressed,
    (at) => at !== null,
    10_000,
    `${person.name} pressing ${names.join(' or ')}`,
  );
  return at ?? 0;
}

/** Waits until a button is there no more. @returns how long after the moment it went, ms */
export async function losesButton(
  person: Person,
  name: string,
  since: number,
  within: number,
): Promise<number> {
  const gone = `![...document.querySelectorAll('button')].some((one) => one.textContent.trim() === ${JSON.stringify(name)}) && Date.now()`;
  await person.until(`“${name}” gone`, gone, Math.max(0, since - Date.now()) + within + 2_000);
  const took = Date.now() - since;
  if (took > within) throw new Error(`“${name}” went after ${took} ms, not ${within}`);
  return took;
}

/** The devices that somebody's page has in use. */
export function devicesInUse(person: Person): Promise<number> {
  return person.page.evaluate(
    () => window.probe.captured.filter(({ readyState }) => readyState === 'live').length,
  );
}

/** Lines over which anything of theirs could flow. */
export function openPeers(person: Person): Promise<number> {
  return person.page.evaluate(
    () => window.probe.peers.filter(({ connectionState }) => connectionState !== 'closed').length,
  );
}

/** Back on the dashboard after a call, which says how it ended. */
export async function callIsOver(person: Person, name: string, end: string): Promise<void> {
  await person.find('button', 'New appointment');
  await reads(person, `The call with ${name} is over: ${end}`);
}

/** Types over what is in a field. */
export async function fill(person: Person, field: string, text: string): Promise<void> {
  const found = await person.find('textbox', field);
  await found.evaluate((element) => (element as HTMLInputElement).select());
  await found.type(text);
}
