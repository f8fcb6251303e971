// Rooms of the lounge and what is written in them: one jump is one going and one coming, a reload is nothing, and every
// message stands once and in one order with everybody, also after the server was started again.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { framesSoFar, startDemo } from '../harness/desk';
import {
  comes,
  GENERAL,
  inserts,
  isIn,
  isInside,
  jumps,
  linesOf,
  missesPerson,
  movesHeard,
  noticesSince,
  noticesSoFar,
  pressWithin,
  readsIn,
  regionSays,
  says,
  seesPeople,
  SPORTS,
  talksTo,
  within,
  withPerson,
} from '../harness/lounge';
import { Guests, post } from '../harness/lounge-wire';
import { eventually } from '../harness/measure';
import type { Server } from '../harness/server';

const HARD = [
  'merhaba dünya, ğüşiöç İı',
  'שלום לכולם‏ — مرحبا',
  '日本語 한국어 中文',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽',
  '<b>bold?</b> & &amp; "quotes" \'single\'',
  'a\u0301 e\u0308 ﷽ ﬁ Ω',
  '\\n \\u0000 %00 ${x} {{y}}',
  '   spaces   inside   ',
  'https://example.org/path?q=1&r=2#there',
  'x'.repeat(400),
];
/** A picture of one red pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

let server: Server;
let chromium: Browser;
let files: string;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium');
  files = mkdtempSync(join(tmpdir(), 'visavis-files-'));
  writeFileSync(join(files, 'red & blue <1>.png'), PICTURE);
  writeFileSync(join(files, 'page.html'), '<script>parent.ran = true</script>');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('a jump', () => {
  it(
    'leaves one room and joins the other, once each, and keeps what one writes with others',
    { tags: ['apart'] },
    async () => {
      const [ana, ben, cem] = await Promise.all([
        comes(chromium, server, 'Ana'),
        comes(chromium, server, 'Ben'),
        comes(chromium, server, 'Cem', { room: 'sports' }),
      ]);
      await isIn(cem, SPORTS);
      await seesPeople(ben, ['Ana', 'Ben']);
      await seesPeople(cem, ['Cem']);
      await talksTo(ana, 'Ben');
      await says(ana, withPerson('Ben'), 'I go over to the others');
      await talksTo(ben, 'Ana');
      await readsIn(ben, withPerson('Ana'), 'I go over to the others');

      const at = new Map<Person, { frames: number; notices: number }>();
      for (const one of [ben, cem]) {
        at.set(one, { frames: await framesSoFar(one), notices: await noticesSoFar(one) });
      }
      await jumps(ana, 'Sports');
      await seesPeople(ana, ['Ana', 'Cem']);
      await seesPeople(cem, ['Ana', 'Cem']);
      await seesPeople(ben, ['Ben']);
      expect(await ana.page.evaluate(() => location.pathname)).toBe('/lounge/sports');
      await regionSays(ana, withPerson('Ben'), 'I go over to the others');
      await says(ben, withPerson('Ana'), 'all right');
      await readsIn(ana, withPerson('Ben'), 'all right');
      await says(cem, SPORTS, 'welcome');
      await readsIn(ana, SPORTS, 'welcome');
      for (const [one, move] of [
        [ben, 'member_left'],
        [cem, 'member_joined'],
      ] as const) {
        const before = at.get(one);
        expect(await movesHeard(one, before?.frames ?? 0), `what ${one.name} was told`).toEqual([move]);
        await eventually(
          () => noticesSince(one, before?.notices ?? 0),
          (lines) => lines.length === 1 && /Ana/.test(lines[0] ?? ''),
          3_000,
          `one line about Ana with ${one.name}`,
        );
      }
      await Promise.all([ana, ben, cem].map((one) => one.close()));
    },
  );
});

describe('a reload', () => {
  it('is heard of by nobody, and the page is where it was', async () => {
    const ben = await comes(chromium, server, 'Ben R', { room: 'games' });
    const ana = await comes(chromium, server, 'Ana R', { room: 'games' });
    await eventually(
      () => noticesSince(ben, 0),
      (lines) => lines.some((line) => line.includes('Ana R')),
      5_000,
      'the line about her coming',
    );
    await seesPeople(ben, ['Ana R', 'Ben R']);
    await talksTo(ana, 'Ben R');
    await says(ana, withPerson('Ben R'), 'before the reload');
    await talksTo(ben, 'Ana R');
    await readsIn(ben, withPerson('Ana R'), 'before the reload');
    const [frames, notices] = [await framesSoFar(ben), await noticesSoFar(ben)];
    const shown = await ben.page.evaluate(() => window.lounge.people.length);
    for (let times = 1; times <= 3; times += 1) {
      await ana.page.reload({ waitUntil: 'domcontentloaded' });
      await isInside(ana);
      await isIn(ana, 'Room Games');
      await readsIn(ana, withPerson('Ben R'), 'before the reload');
      await says(ana, 'Room Games', `back for the ${times}. time`);
      await readsIn(ben, 'Room Games', `back for the ${times}. time`);
    }
    expect(await movesHeard(ben, frames), 'what Ben was told').toEqual([]);
    expect(await noticesSince(ben, notices), 'lines in his log').toEqual([]);
    const lists = await ben.page.evaluate((shown) => window.lounge.people.slice(shown), shown);
    expect(
      lists.filter(({ names }) => !names.includes('Ana R')),
      'lists without her',
    ).toEqual([]);
    // Who says goodbye and does not come back is gone after a moment: what was counted above can be counted.
    await ana.page.goto('about:blank');
    await missesPerson(ben, 'Ana R', 10_000);
    expect(await movesHeard(ben, frames)).toEqual(['member_left', 'member_gone']);
    await Promise.all([ana, ben].map((one) => one.close()));
  });
});

describe('what is written in a room', () => {
  it('is any text, exactly once, in the same order for everybody, and after the server was killed', async () => {
    const own = await startDemo();
    try {
      const people = await Promise.all(['Ana W', 'Ben W', 'Cem W'].map((name) => comes(chromium, own, name)));
      for (const one of people) await seesPeople(one, ['Ana W', 'Ben W', 'Cem W']);
      // All three at once, so that the orders could differ.
      await Promise.all(
        people.map(async (one, mine) => {
          for (const [index, text] of HARD.entries()) {
            if (index % people.length === mine) await says(one, GENERAL, text);
          }
        }),
      );
      const expected = HARD.map((text) => text.trim()).sort();
      const logs = await Promise.all(
        people.map((one) =>
          eventually(
            () => linesOf(one, GENERAL),
            (lines) => lines.length === HARD.length,
            10_000,
            `${one.name} reading everything once`,
          ),
        ),
      );
      for (const lines of logs) expect(lines).toEqual(logs[0]);
      expect([...(logs[0] ?? [])].sort()).toEqual(expected);
      const link = await within(
        people[0] as Person,
        GENERAL,
        'link',
        'https://example.org/path?q=1&r=2#there',
      );
      expect(await link.evaluate((a) => [a.getAttribute('rel'), a.getAttribute('href')])).toEqual([
        expect.stringContaining('noopener'),
        'https://example.org/path?q=1&r=2#there',
      ]);

      await own.kill();
      await own.start();
      for (const one of people) {
        await isInside(one, 20_000);
        await eventually(
          () => linesOf(one, GENERAL),
          (lines) => JSON.stringify(lines) === JSON.stringify(logs[0]),
          20_000,
          `${one.name} reading the same after the restart`,
        );
      }
      await says(people[0] as Person, GENERAL, 'after the restart');
      for (const one of people) await readsIn(one, GENERAL, 'after the restart', 20_000);
      const late = await comes(chromium, own, 'Late');
      const all = await eventually(
        () => linesOf(late, GENERAL),
        (lines) => lines.length > HARD.length,
        5_000,
        'history for who comes late',
      );
      expect(all).toEqual([...(logs[0] ?? []), 'after the restart']);
      for (const one of people) expect(await one.errors()).toEqual([]);
      await Promise.all([...people, late].map((one) => one.close()));
    } finally {
      await own.dispose();
    }
  });

  it('can be changed and deleted by its author, and everybody sees it', async () => {
    const [ana, ben] = await Promise.all([
      comes(chromium, server, 'Ana E'),
      comes(chromium, server, 'Ben E'),
    ]);
    await says(ana, GENERAL, 'first word');
    await readsIn(ben, GENERAL, 'first word');
    await pressWithin(ana, GENERAL, 'Edit message');
    const field = await within(ana, GENERAL, 'textbox', 'Edit message');
    await field.evaluate((one) => (one as HTMLTextAreaElement).select());
    await inserts(field, 'second <i>word</i>');
    await ana.page.keyboard.press('Enter');
    for (const one of [ana, ben]) {
      await readsIn(one, GENERAL, 'second <i>word</i>');
      expect((await linesOf(one, GENERAL)).join()).not.toContain('first word');
      await regionSays(one, GENERAL, '(edited)');
    }
    expect(await ben.page.evaluate(() => document.querySelector('[role=log] i'))).toBeNull();
    await pressWithin(ana, GENERAL, 'Delete message');
    await ana.press('Delete');
    for (const one of [ana, ben]) {
      await eventually(
        async () => (await linesOf(one, GENERAL)).join(),
        (lines) => !lines.includes('second'),
        5_000,
        `${one.name} seeing it deleted`,
      );
      await regionSays(one, GENERAL, 'Message deleted');
    }
    await Promise.all([ana, ben].map((one) => one.close()));
  });

  it('can be a picture, which is shown, or another file, which is offered for saving', async () => {
    const [ana, ben] = await Promise.all([
      comes(chromium, server, 'Ana P'),
      comes(chromium, server, 'Ben P'),
    ]);
    await sends(ana, 'red & blue <1>.png');
    await sends(ana, 'page.html');
    for (const one of [ana, ben]) {
      await one.until(
        'the picture',
        () =>
          [...document.querySelectorAll<HTMLImageElement>('[role=log] img')].some(
            (img) => img.naturalWidth > 0,
          ),
        10_000,
      );
      const links = await eventually(
        () =>
          one.page.evaluate(() =>
            [...document.querySelectorAll<HTMLAnchorElement>('[role=log] a[href*="/files/"]')].map(
              (a) => a.href,
            ),
          ),
        (links) => links.some((link) => link.endsWith('page.html')),
        5_000,
        `the file with ${one.name}`,
      );
      const page = links.find((link) => link.endsWith('page.html')) ?? '';
      const answer = await fetch(page);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-type')).not.toMatch(/html|svg|xml|script/);
      expect(answer.headers.get('content-security-policy')).toMatch(/sandbox|default-src 'none'/);
      expect(await answer.text()).toContain('parent.ran');
    }
    await Promise.all([ana, ben].map((one) => one.close()));
  });

  it('goes back as far as one scrolls, and what one reads stays where it is', async () => {
    const guests = await Guests.at(chromium, server);
    const COUNT = 130;
    // Each may write so many at once.
    const EACH = 19;
    let room = '';
    for (let number = 1; number <= COUNT; number += 1) {
      const name = `Chronicler ${Math.ceil(number / EACH)}`;
      if (number % EACH === 1) {
        const entered = await guests.enter(name, 'games');
        room = (entered.reply as { lounge: { room: { room: string } } }).lounge.room.room;
      }
      const answer = await guests.command(name, post(room, `line ${number} of the chronicle`));
      expect(answer.type, JSON.stringify(answer)).toBe('reply');
    }
    const dora = await comes(chromium, server, 'Dora', { room: 'games' });
    await readsIn(dora, 'Room Games', `line ${COUNT} of`);
    expect((await linesOf(dora, 'Room Games')).some((line) => line.startsWith('line 1 of'))).toBe(false);
    const log = await within(dora, 'Room Games', 'log', 'Messages');
    for (let first = await reading(log); first.earliest > 1;) {
      const now = await eventually(
        () => reading(log, first.line),
        ({ earliest }) => earliest < first.earliest,
        5_000,
        'earlier lines',
      );
      expect(Math.abs(now.top - first.top), 'pixels by which what one reads moved').toBeLessThan(30);
      first = await reading(log);
    }
    const chronicle = (await linesOf(dora, 'Room Games')).filter((line) => line.includes('of the chronicle'));
    expect(chronicle).toEqual(
      Array.from({ length: COUNT }, (_, index) => `line ${index + 1} of the chronicle`),
    );
    await dora.close();
    await guests.close();
  });
});

/** Where a line stands in a log; without one, scrolls near to its beginning and tells of the first that is seen. */
function reading(
  log: ElementHandle,
  line?: number,
): Promise<{ line: number; top: number; earliest: number }> {
  return log.evaluate((log, line) => {
    if (line === undefined) log.scrollTop = 60;
    const lines = [...log.querySelectorAll<HTMLElement>('article[data-number]')];
    const above = log.getBoundingClientRect().top;
    const top = (one: HTMLElement): number => one.getBoundingClientRect().top - above;
    const number = (one: HTMLElement | undefined): number => Number(one?.dataset['number'] ?? 0);
    const found = lines.find((one) => (line === undefined ? top(one) >= 0 : number(one) === line));
    return { line: number(found), top: found ? top(found) : NaN, earliest: number(lines[0]) };
  }, line);
}

/** Chooses a file, as with the button beside the field, and sends it. */
async function sends(person: Person, name: string): Promise<void> {
  const input = await person.page.waitForSelector('input[type=file]');
  await (input as ElementHandle<HTMLInputElement> | null)?.uploadFile(join(files, name));
  await pressWithin(person, GENERAL, 'Send');
}
