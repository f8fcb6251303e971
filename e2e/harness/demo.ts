// What the tests of screens share: an admin's browser, and a site of somebody else that shows a desk.
// The flows of the desk itself are in desk.ts.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';
import { signIn } from './desk';
import type { Server } from './server';

/** Signed in as the demonstration's admin, at the list of people. */
export async function admin(browser: Browser, server: Server): Promise<Person> {
  const person = await Person.create(browser, 'Admin');
  await person.open(`${server.http}/admin`);
  await signIn(person, 'admin@demo');
  await person.find('list', 'People');
  return person;
}

/** Chooses an entry of somebody's menu. It opens for a pointer, not for a click that a script makes. */
export async function chooses(person: Person, menu: string, entry: string): Promise<void> {
  await (await person.find('button', menu)).click();
  await person.press(entry, 'menuitem');
}

/** Types over what is in a field. */
export async function types(person: Person, field: string, text: string): Promise<void> {
  const found = await person.find('textbox', field);
  await found.evaluate((element) => {
    (element as HTMLInputElement).select();
  });
  await found.type(text);
}

/** Chooses in a list of the system, by what it shows. */
export async function selects(person: Person, list: string, option: string): Promise<void> {
  const found = await person.find('combobox', list);
  await found.evaluate((element, option) => {
    const select = element as unknown as HTMLSelectElement;
    const wanted = [...select.options].find(({ text }) => text === option);
    if (!wanted) throw new Error(`there is no ${option}`);
    select.value = wanted.value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, option);
}

export interface Site {
  origin: string;
  close(): Promise<void>;
}

/** A website of somebody else, on an origin of its own. */
export async function startSite(pageAt: (path: string) => string): Promise<Site> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(pageAt(request.url ?? '/'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
