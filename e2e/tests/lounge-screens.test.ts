// Every state of the lounge in every size, light and dark: axe finds no fault, nothing scrolls sideways, and whatever is
// pressed is large enough. `make screenshots` keeps the pictures.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { chooses } from '../harness/demo';
import { reads, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import {
  anotherTab,
  atDoor,
  comes,
  comesAs,
  GENERAL,
  isInside,
  newcomer,
  pressWithin,
  readsIn,
  says,
  seesPeople,
  talksTo,
  withPerson,
} from '../harness/lounge';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo({ VISAVIS_LOUNGE__ROOM_PEOPLE: '3' });
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Looked at in every size; at the smallest one also for whether fingers can hit what there is. */
async function look(person: Person, screen: string): Promise<void> {
  // Another tab of theirs may be in front, and what lies behind it is not drawn.
  await person.page.bringToFront();
  await examine(person, screen);
  await person.page.setViewport({ width: 360, height: 720 });
  const small = await person.page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'button, a, input, textarea, select, [role=menuitem], [role=tab]',
      ),
    ]
      // What labels something is pressed for it.
      .map((one) => ({ box: (one.closest('label') ?? one).getBoundingClientRect(), one }))
      // Links in a line of text are as high as the line; nothing that is not shown can be missed.
      .filter(({ box, one }) => box.width > 1 && box.height > 1 && getComputedStyle(one).display !== 'inline')
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ box, one }) => `${one.outerHTML.slice(0, 120)} is ${box.width}×${box.height}`),
  );
  await person.page.setViewport({ width: 1280, height: 720 });
  expect(small, `${screen}: too small to hit`).toEqual([]);
}

describe('each state of the lounge', () => {
  it('the door, with a mistake and with a name that is taken', async () => {
    const ana = await newcomer(chromium, 'Ana');
    await ana.open(`${server.http}/lounge`);
    await ana.find('button', 'Enter');
    await look(ana, 'lounge-door');
    // Not in the room that the next ones come into: whoever leaves keeps their place for a moment, and rooms hold three.
    const ben = await comes(chromium, server, 'Ben', { room: 'sports' });
    await ana.page.reload({ waitUntil: 'domcontentloaded' });
    const twin = await newcomer(chromium, 'Ben');
    await atDoor(twin, server);
    await twin.press('Enter');
    await reads(twin, 'taken');
    await look(twin, 'lounge-door-taken');
    await look(ben, 'lounge-alone');
    await Promise.all([ana, twin, ben].map((one) => one.close()));
    const gone = await newcomer(chromium, 'Ana');
    await atDoor(gone, server, 'no-such-room');
    await gone.press('Enter');
    await isInside(gone);
    await look(gone, 'lounge-room-unknown');
    await gone.close();
  });

  it('a room with people and messages, a menu, conversations and a call in one', async () => {
    const ana = await comes(chromium, server, 'Ana Kaya');
    const ben = await comes(chromium, server, 'Ben Lang');
    await seesPeople(ana, ['Ana Kaya', 'Ben Lang']);
    await says(ana, GENERAL, 'Good morning! Has anybody seen https://example.org/news?');
    await says(
      ben,
      GENERAL,
      'Günaydın — not yet. A longer answer, so that a line has to break on a telephone somewhere.',
    );
    await readsIn(ana, GENERAL, 'not yet');
    await look(ana, 'lounge-room');
    await (await ana.find('button', 'Your status')).click();
    await ana.find('menuitem', 'Unavailable');
    await look(ana, 'lounge-status');
    await ana.page.keyboard.press('Escape');

    await talksTo(ana, 'Ben Lang');
    await look(ana, 'lounge-conversation-empty');
    await says(ana, withPerson('Ben Lang'), 'Do you have a minute?');
    await talksTo(ben, 'Ana Kaya');
    await readsIn(ben, withPerson('Ana Kaya'), 'a minute?');
    await says(ben, withPerson('Ana Kaya'), 'Sure, call me.');
    await readsIn(ana, withPerson('Ben Lang'), 'call me');
    await look(ana, 'lounge-conversation');
    await pressWithin(ana, withPerson('Ben Lang'), 'Start video');
    await ben.find('dialog', 'Ana Kaya is calling');
    await look(ana, 'lounge-ringing');
    await look(ben, 'lounge-called');
    await ben.press('Accept');
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    await look(ana, 'lounge-call');
    await ana.press('Show the whole call');
    await look(ana, 'lounge-call-whole');
    await ana.press('Back to the conversation');
    await ben.press('Leave');
    await Promise.all([ana, ben].map((one) => one.close()));
  });

  it('a room that is full, another window, and being put out', async () => {
    const people = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => comes(chromium, server, name, { room: 'games' })),
    );
    const late = await newcomer(chromium, 'Late');
    await atDoor(late, server, 'games');
    await late.press('Enter');
    await reads(late, 'full');
    await look(late, 'lounge-full');
    const [one] = people as [Person, Person, Person];
    const other = await anotherTab(one);
    await other.open(`${server.http}/lounge/games`);
    await other.find('button', 'Use here');
    await look(other, 'lounge-in-use');
    await other.press('Use here');
    await reads(one, 'on another page');
    await look(one, 'lounge-replaced');

    const boss = await comesAs(chromium, server, 'Admin', 'admin@demo');
    const troll = await comes(chromium, server, 'Troll');
    await chooses(boss, 'Options for Troll', 'Remove');
    await boss.find('button', 'Remove');
    await look(boss, 'lounge-remove');
    await boss.press('Remove');
    await reads(troll, 'removed');
    await look(troll, 'lounge-removed');
    await boss.open(`${server.http}/admin/lounge`);
    await reads(boss, 'General');
    await look(boss, 'admin-lounge');
    await Promise.all([...people, late, boss, troll].map((one) => one.close()));
  });

  it('while the server is away', async () => {
    const own = await startDemo();
    try {
      const ana = await comes(chromium, own, 'Ana');
      await own.kill();
      await ana.until(
        'the notice',
        () => /reconnect|interrupted|connection/i.test(document.body.innerText),
        10_000,
      );
      await look(ana, 'lounge-reconnecting');
      await ana.close();
    } finally {
      await own.dispose();
    }
  });
});
