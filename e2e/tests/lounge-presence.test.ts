// Who is there and how they are: statuses, idleness, a browser that dies, a second window, names that look alike, and
// who may put somebody out.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { chooses } from '../harness/demo';
import { framesSoFar, PASSWORD, reads, startDemo } from '../harness/desk';
import {
  anotherTab,
  atDoor,
  choosesStatus,
  comes,
  comesAs,
  enters,
  GENERAL,
  idOf,
  isInside,
  linesOf,
  missesPerson,
  movesHeard,
  newcomer,
  noticesSince,
  noticesSoFar,
  peopleSeen,
  pressWithin,
  readsIn,
  regionSays,
  rowSays,
  says,
  saysOfStatus,
  talksTo,
  withPerson,
} from '../harness/lounge';
import { eventually } from '../harness/measure';
import type { Server } from '../harness/server';

const GRACE = 15_000;
const LATEST = 20_000;

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo({ VISAVIS_LOUNGE__AWAY_AFTER_S: '3' });
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

async function seesAll(person: Person, names: string[]): Promise<void> {
  await eventually(
    () => peopleSeen(person),
    (seen) => names.every((name) => seen.includes(name)),
    5_000,
    `${person.name} seeing ${names.join(', ')}`,
  );
}

/** Somebody who touches the page all the time: nobody is away by the clock who is here. */
function stirs(person: Person): () => void {
  const timer = setInterval(() => {
    void person.page
      .evaluate(() => document.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true })))
      .catch(() => undefined);
  }, 500);
  return () => clearInterval(timer);
}

describe('a status', () => {
  it('is seen by everybody within 1 s, with what one says of it', async () => {
    const [ana, ben] = await Promise.all([comes(chromium, server, 'Ana'), comes(chromium, server, 'Ben')]);
    await seesAll(ben, ['Ana', 'Ben']);
    const still = stirs(ana);
    for (const status of ['Unavailable', 'Away', 'Available']) {
      const at = await choosesStatus(ana, status);
      const seen = await rowSays(ben, 'Ana', new RegExp(status, 'i'));
      expect(seen - at, `ms until ${status} was seen`).toBeLessThan(1_000);
    }
    await saysOfStatus(ana, 'back at three');
    await rowSays(ben, 'Ana', 'back at three');
    still();
    await Promise.all([ana, ben].map((one) => one.close()));
  });

  it('is away by itself for who touches nothing, and back with the first touch', async () => {
    const [ana, ben] = await Promise.all([
      comes(chromium, server, 'Ana I'),
      comes(chromium, server, 'Ben I'),
    ]);
    const still = stirs(ben);
    await seesAll(ben, ['Ana I', 'Ben I']);
    await rowSays(ben, 'Ana I', /away/i, 10_000);
    await ana.page.mouse.move(200, 200);
    await ana.page.mouse.move(220, 220);
    await rowSays(ben, 'Ana I', /^(?!.*away).*available/is, 1_500);
    still();
    await Promise.all([ana, ben].map((one) => one.close()));
  });
});

/** All processes of a browser at once: one that is left would still say goodbye. */
function killAll(browser: Browser): void {
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error('a browser without a process');
  // It leads a group of its own.
  process.kill(-pid, 'SIGKILL');
}

describe('a browser that dies', () => {
  it('frees presence and name by the lease: not before the grace, and not after 20 s', async () => {
    const dying = await launch('chromium');
    const ben = await comes(chromium, server, 'Ben K');
    await comes(dying, server, 'Ana K');
    await seesAll(ben, ['Ana K', 'Ben K']);
    const notices = await noticesSoFar(ben);
    const died = Date.now();
    killAll(dying);
    // While the grace runs the name is hers.
    const thief = await newcomer(chromium, 'ana k');
    await atDoor(thief, server);
    await thief.press('Enter');
    await reads(thief, 'taken');
    expect(Date.now() - died).toBeLessThan(GRACE - 2_000);
    const gone = (await missesPerson(ben, 'Ana K', LATEST + 5_000)) - died;
    expect(gone, 'ms until she is gone').toBeGreaterThan(GRACE - 100);
    expect(gone, 'ms until she is gone').toBeLessThan(LATEST);
    await thief.press('Enter');
    await isInside(thief);
    await seesAll(ben, ['ana k', 'Ben K']);
    const lines = await eventually(
      () => noticesSince(ben, notices),
      (lines) => lines.some((line) => line.includes('ana k')),
      3_000,
      'lines of her going and of the other coming',
    );
    expect(lines.filter((line) => /Ana K.* left/.test(line))).toHaveLength(1);
    console.log(`gone ${gone} ms after its browser was killed`);
    await Promise.all([thief, ben].map((one) => one.close()));
  });
});

describe('a second window of the same person', () => {
  it('may take over, and the first says where one is', async () => {
    const ben = await comes(chromium, server, 'Ben S');
    const ana = await comes(chromium, server, 'Ana S');
    await seesAll(ben, ['Ana S', 'Ben S']);
    await talksTo(ana, 'Ben S');
    await says(ana, withPerson('Ben S'), 'from my first window');
    await talksTo(ben, 'Ana S');
    await readsIn(ben, withPerson('Ana S'), 'from my first window');
    const [id, frames] = [await idOf(ben, 'Ana S'), await framesSoFar(ben)];
    const other = await anotherTab(ana);
    await other.open(`${server.http}/lounge`);
    await other.press('Use here');
    await isInside(other);
    await reads(ana, 'You are in the lounge on another page');
    await talksTo(other, 'Ben S');
    await says(other, withPerson('Ben S'), 'from my second window');
    await readsIn(ben, withPerson('Ana S'), 'from my second window');
    expect((await peopleSeen(ben)).filter((name) => name === 'Ana S')).toHaveLength(1);
    expect(await movesHeard(ben, frames, id), 'what Ben was told of it').toEqual([]);
    // And back: nothing goes back and forth by itself.
    await ana.page.bringToFront();
    await ana.press('Use here');
    await isInside(ana);
    await other.page.bringToFront();
    await reads(other, 'You are in the lounge on another page');
    await Promise.all([ana, ben].map((one) => one.close()));
  });
});

describe('names', () => {
  it('are taken for all that look the same, as long as somebody has them', async () => {
    const ben = await comes(chromium, server, 'Ben Kaya');
    for (const same of ['ben kaya', 'BEN KAYA', 'Веn Kаyа', ' Ben  Kaya ', 'Ｂｅｎ Kaya', 'Be\u200bn Kaya']) {
      const other = await newcomer(chromium, same);
      await atDoor(other, server);
      await other.press('Enter');
      await reads(other, 'taken');
      expect(await other.page.$('nav[aria-label=Rooms]'), same).toBeNull();
      await other.close();
    }
    const free = await comes(chromium, server, 'Ben Kaya 2');
    await seesAll(free, ['Ben Kaya', 'Ben Kaya 2']);
    await Promise.all([ben, free].map((one) => one.close()));
  });
});

describe('a moderator', () => {
  it('removes a message and a person, who cannot come back, and all of it is written down', async () => {
    const boss = await comesAs(chromium, server, 'Admin', 'admin@demo');
    const troll = await comes(chromium, server, 'Troll');
    const ben = await comes(chromium, server, 'Ben M');
    const quiet = stirs(boss);
    await seesAll(boss, ['Troll', 'Ben M']);
    await says(troll, GENERAL, 'something rude');
    await readsIn(ben, GENERAL, 'something rude');
    await readsIn(boss, GENERAL, 'something rude');
    // Nobody else has the controls for it.
    expect(await ben.page.$('::-p-aria([name="Delete message of Troll"][role="button"])')).toBeNull();
    await pressWithin(boss, GENERAL, 'Delete message of Troll');
    await boss.press('Delete');
    for (const one of [ben, troll]) {
      await eventually(
        async () => (await linesOf(one, GENERAL)).join(),
        (lines) => !lines.includes('something rude'),
        5_000,
        `the message gone for ${one.name}`,
      );
      await regionSays(one, GENERAL, 'Message deleted');
    }
    await chooses(boss, 'Options for Troll', 'Remove');
    await boss.press('Remove');
    await reads(troll, 'You were removed');
    await missesPerson(ben, 'Troll', 3_000);
    await troll.open(`${server.http}/lounge`);
    await troll.enterName();
    await troll.press('Enter');
    await reads(troll, 'You were removed');
    expect(await troll.page.$('nav[aria-label=Rooms]')).toBeNull();

    const words = await audit();
    expect(words).toMatch(/message_deleted/);
    expect(words).toMatch(/member_removed/);
    expect(words).not.toContain('something rude');

    await boss.open(`${server.http}/admin/lounge`);
    await boss.press('Let back in: Troll');
    await reads(boss, 'Nobody');
    await enters(troll, server);
    quiet();
    await Promise.all([boss, troll, ben].map((one) => one.close()));
  });
});

/** What the audit log holds, as the server gives it to an admin. */
async function audit(): Promise<string> {
  const headers: Record<string, string> = { origin: server.http, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'admin@demo', password: PASSWORD });
  const signedIn = await fetch(`${server.http}/api/v1/sign-in`, { method: 'POST', headers, body });
  headers['cookie'] = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return (await fetch(`${server.http}/api/v1/admin/audit`, { headers })).text();
}
