// The desk's button on somebody else's website: what it knows, the call in the frame and in a window, what the page
// around it hears, and who may not have it.

import type { Browser, Frame } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import type { Engine } from '../harness/browsers';
import { accept, goOnline, representative, setDesk, startDemo } from '../harness/desk';
import { startSite } from '../harness/demo';
import type { Site } from '../harness/demo';
import { examine } from '../harness/examine';
import { expectFaults } from '../harness/faults';
import { GROUP_LAUNCH } from '../harness/group';
import { eventually, hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
const EVENTS = ['visavis:status', 'visavis:ringing', 'visavis:connected', 'visavis:ended'];

interface Heard {
  type: string;
  detail: Record<string, unknown>;
}

declare global {
  interface Window {
    /** What the element told its page. */
    heard: Heard[];
    /** Everything that was posted to the page, by the types it had. */
    posted: { origin: string; type: string }[];
  }
}

let server: Server;
let chromium: Browser;
let ana: Person;
let site: Site;
let stranger: Site;

/** What a website does with the one tag: everything that is told is kept. */
const page = (path: string) => `<!doctype html><html lang="en"><title>A website</title>
<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width">
<main><h1>A website of somebody else</h1>
<script>
  window.heard = [];
  window.posted = [];
  for (const type of ${JSON.stringify(EVENTS)})
    document.addEventListener(type, ({ detail }) => heard.push({ type, detail }));
  addEventListener('message', ({ origin, data }) => posted.push({ origin, type: data.type }));
</script>
<script src="${server.elsewhere}/embed.js" data-desk="help" data-mode="${path.slice(1)}" async></script></main>`;

beforeAll(async () => {
  server = await startDemo();
  [site, stranger] = await Promise.all([startSite(page), startSite(page)]);
  await setDesk(server, { sites: [site.origin] });
  chromium = await launch('chromium', GROUP_LAUNCH);
  ana = await representative(chromium, server.http, ANA, 'ana@demo');
});

afterAll(async () => {
  await chromium?.close();
  await Promise.all([site?.close(), stranger?.close()]);
  await server?.dispose();
});

/** The desk within the page, once it is there. */
async function deskIn(visitor: Person): Promise<Frame> {
  const find = () => visitor.page.frames().find((frame) => frame.url().includes('/embed/desk/help'));
  const found = await eventually(() => Promise.resolve(find()), Boolean, 5_000, 'the frame of the desk');
  if (!found) throw new Error('there is no frame');
  return found;
}

/** A person whose page is the frame: everything that can be found on a page can be found in it. */
function within(visitor: Person, frame: Frame): Person {
  return new Person(visitor.name, visitor.context, frame as unknown as Person['page']);
}

const heard = (visitor: Person): Promise<Heard[]> => visitor.page.evaluate(() => window.heard);

async function hears(visitor: Person, type: string, detail: Record<string, unknown>): Promise<void> {
  const told = (all: Heard[]) =>
    all.some((one) => one.type === type && Object.entries(detail).every(([k, v]) => one.detail[k] === v));
  await eventually(() => heard(visitor), told, 5_000, `${type} ${JSON.stringify(detail)}`);
}

/** Makes the representative's state known anew, whatever was before. */
async function anaIs(online: boolean): Promise<void> {
  await ana.open(`${server.http}/staff`);
  await ana.until('the console', () => document.querySelector('[role=switch]:enabled') !== null, 5_000);
  const now = await ana.page.$eval('[role=switch]', (one) => one.getAttribute('aria-checked') === 'true');
  if (now !== online) await ana.press('Online', 'switch');
}

describe('the button on a site that is allowed', () => {
  it('knows live whether somebody is free, and the page around it hears the call, in the frame', async () => {
    const vera = await Person.create(chromium, 'Vera');
    try {
      await vera.open(`${site.origin}/frame`);
      const desk = within(vera, await deskIn(vera));
      await hears(vera, 'visavis:status', { status: 'offline', available: 0 });
      await examine(vera, 'embed-offline');
      await goOnline(ana);
      await hears(vera, 'visavis:status', { status: 'available', available: 1 });
      await desk.until('the button', () => document.body.innerText.includes('1 available now'), 2_000);
      await examine(vera, 'embed-button');
      await (await desk.page.waitForSelector('button'))?.click();
      await desk.enterName();
      await examine(vera, 'embed-panel');
      await desk.press('Call first available');
      await hears(vera, 'visavis:ringing', { name: ANA });
      await accept(ana, 'Vera');
      await Promise.all([hearsAndSees(desk), hearsAndSees(ana)]);
      await hears(vera, 'visavis:connected', { name: ANA });
      await hears(vera, 'visavis:status', { status: 'busy' });
      await examine(vera, 'embed-call');
      await ana.press('Leave');
      await hears(vera, 'visavis:ended', { reason: 'hung_up' });
      await desk.find('heading', 'The call has ended');
      await examine(vera, 'embed-ended');
      const kinds = (await heard(vera)).map(({ type }) => type).filter((type) => type !== 'visavis:status');
      expect(kinds).toEqual(['visavis:ringing', 'visavis:connected', 'visavis:ended']);
      const origins = await vera.page.evaluate(() => [...new Set(window.posted.map(({ origin }) => origin))]);
      expect(origins).toEqual([server.elsewhere]);
      await desk.press('Close');
      await desk.until('the button again', () => document.body.innerText.includes('Talk to'), 2_000);
    } finally {
      await vera.close();
    }
  });

  it('opens a window of its own where that is wanted, and tells the page just the same', async () => {
    await anaIs(true);
    const vera = await Person.create(chromium, 'Vera');
    try {
      await vera.open(`${site.origin}/window`);
      const button = within(vera, await deskIn(vera));
      await hears(vera, 'visavis:status', { status: 'available' });
      const opened = new Promise<Person['page']>((resolve) => {
        vera.page.once('popup', (popup) => resolve(popup as Person['page']));
      });
      await (await button.page.waitForSelector('button'))?.click();
      const desk = new Person('Vera', vera.context, await opened);
      await desk.enterName();
      await desk.press('Call first available');
      await hears(vera, 'visavis:ringing', { name: ANA });
      await accept(ana, 'Vera');
      await hearsAndSees(ana);
      await hears(vera, 'visavis:connected', { name: ANA });
      await desk.press('Leave');
      await hears(vera, 'visavis:ended', { reason: 'hung_up' });
      // The button tells of the window as long as there is one, and of the desk again after it.
      const says = (words: string) =>
        button.until(words, `document.body.innerText.includes(${JSON.stringify(words)})`, 5_000);
      await says('Opened in a window of its own');
      await desk.page.close();
      await says('1 available now');
    } finally {
      await vera.close();
    }
  });

  it('hears nobody but its own frame', async () => {
    const vera = await Person.create(chromium, 'Vera');
    try {
      await vera.open(`${site.origin}/frame`);
      const desk = await deskIn(vera);
      await hears(vera, 'visavis:status', {});
      // The page itself, and a frame of another site, pretend to be the desk; a real change comes after both.
      await vera.page.evaluate((url) => {
        postMessage({ type: 'visavis:connected', name: 'Mallory' }, '*');
        postMessage({ type: 'visavis:size', size: 'call', title: 'Mallory' }, '*');
        const frame = document.createElement('iframe');
        frame.srcdoc = `<script>parent.postMessage({ type: 'visavis:ended', reason: 'Mallory' }, '*')</script>`;
        frame.id = url;
        document.body.append(frame);
      }, stranger.origin);
      await vera.until(
        'both lies',
        () =>
          window.posted.filter(({ origin }) => origin === 'null' || origin === location.origin).length >= 3,
        3_000,
      );
      expect((await heard(vera)).map(({ type }) => type)).not.toContain('visavis:connected');
      expect((await heard(vera)).map(({ type }) => type)).not.toContain('visavis:ended');
      const title = await vera.page.$eval(
        'visavis-desk',
        (one) => one.shadowRoot?.querySelector('iframe')?.title,
      );
      expect(title).toBe('Call Insurance help');
      expect(desk.detached).toBe(false);
    } finally {
      await vera.close();
    }
  });
});

describe.each(['chromium', 'firefox'] as Engine[])('a site that is not allowed, in %s', (engine) => {
  it('has no desk, and no page of the server in a frame', async () => {
    // That is how a browser says that it refuses, and that there is nobody to say hello to.
    expectFaults(/Content.Security.Policy|frame-ancestors|postMessage|Refused to frame|Framing/i);
    const browser = engine === 'chromium' ? chromium : await launch(engine);
    const eve = await Person.create(browser, 'Eve');
    try {
      // First what is allowed, so that a refusal is not just a page that never loads.
      await eve.open(`${site.origin}/frame`);
      await hears(eve, 'visavis:status', {});
      expect(await comesIn(eve, `${server.http}/embed/desk/help`)).toBe(true);
      for (const path of ['/desk/help', '/staff', '/admin', '/invitation', '/']) {
        expect(await comesIn(eve, `${server.http}${path}`), `${path} on an allowed site`).toBe(false);
      }
      await eve.open(`${stranger.origin}/frame`);
      await eve.until('the element', () => document.querySelector('visavis-desk') !== null, 3_000);
      expect(await comesIn(eve, `${server.http}/embed/desk/help`), 'the desk elsewhere').toBe(false);
      expect(await heard(eve)).toEqual([]);
    } finally {
      await eve.close();
      if (browser !== chromium) await browser.close();
    }
  });
});

/** Puts an address into a frame and says whether its document comes: a browser shows its own page for a refused one. */
async function comesIn(person: Person, url: string): Promise<boolean> {
  await person.page.evaluate(async (url) => {
    document.querySelector('iframe')?.remove();
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    frame.src = url;
    document.body.append(frame);
    await loaded;
  }, url);
  const frame = await (await person.page.$('iframe'))?.contentFrame();
  if (!frame) throw new Error('there is no frame');
  return frame.evaluate((server) => document.URL.startsWith(server), server.http);
}
