// The page at /api/docs: every operation of the document is on it, it works by keyboard, looks right everywhere, and asks
// nobody but the server.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

let server: Server;
let chromium: Browser;
let ana: Person;
/** What the page asked for. */
const asked: string[] = [];

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
  ana = await Person.create(chromium, 'Ana');
  ana.page.on('request', (request) => asked.push(request.url()));
  await ana.page.goto(`${server.http}/api/docs`);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('the page of the interface', () => {
  it('has every operation of the document, and asks nobody else for anything', async () => {
    const answer = await fetch(`${server.http}/api/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const told = Object.entries(paths).flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) => `${method} ${path}`),
    );
    const shown = await ana.page.$$eval('[data-operation]', (all) =>
      all.map((one) => one.getAttribute('data-operation') ?? ''),
    );
    expect(told.length).toBeGreaterThan(50);
    expect(shown.toSorted()).toEqual(told.toSorted());
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter((url) => new URL(url).origin !== new URL(server.http).origin)).toEqual([]);
    const styled = await ana.page.evaluate(() => getComputedStyle(document.querySelector('pre')!).whiteSpace);
    expect(styled).toBe('pre-wrap');
  });

  it('has no link that leads nowhere', async () => {
    const broken = await ana.page.$$eval('a[href^="#"]', (all) =>
      all
        .map((one) => one.getAttribute('href')!.slice(1))
        .filter((id) => document.getElementById(id) === null),
    );
    expect(broken).toEqual([]);
  });

  it('is used by keyboard', async () => {
    const summary = '#people_create > summary';
    await ana.page.focus(summary);
    await ana.page.keyboard.press('Enter');
    const body = await ana.page.$eval('#people_create', (one) => (one as HTMLElement).innerText);
    for (const words of ['staff:write', 'email_taken', 'Idempotency-Key', 'curl', 'optional']) {
      expect(body).toContain(words);
    }
    const outline = await ana.page.$eval(summary, (one) => getComputedStyle(one).outlineStyle);
    expect(outline).toBe('solid');
  });

  it('looks right in every size, light and dark, closed and open', async () => {
    await ana.page.$eval('#people_create', (one) => one.removeAttribute('open'));
    await examine(ana, 'interface-docs');
    await ana.page.$$eval('#people_create, #calls_all', (all) => {
      for (const one of all) one.setAttribute('open', '');
    });
    await ana.page.$eval('#people_create', (one) => {
      one.scrollIntoView();
    });
    await examine(ana, 'interface-docs-open');
  });
});
