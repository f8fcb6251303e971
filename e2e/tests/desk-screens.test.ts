// Every screen of the desk, for visitors, staff and admins: found without fault by axe in every size, light and dark,
// and photographed on demand.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { accept, consoleIsOpen, goOnline, reads, representative, startDemo, visitor } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('each screen', () => {
  it('of a visitor and a representative, from the list to the end of a call', async () => {
    const vera = await visitor(chromium, server.http, 'Vera');
    await examine(vera, 'desk-nobody');
    const ana = await representative(chromium, server.http, ANA, 'ana@demo');
    await goOnline(ana);
    await vera.find('button', `Call ${ANA}`);
    await examine(vera, 'desk-free');
    await vera.press(`Call ${ANA}`);
    await ana.find('dialog', 'Incoming call from Vera');
    await Promise.all([examine(vera, 'desk-calling'), examine(ana, 'staff-incoming')]);
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    await examine(ana, 'staff-call');
    const wim = await visitor(chromium, server.http, 'Wim');
    await wim.press('Wait in the queue');
    await reads(wim, 'You are number 1');
    await examine(wim, 'desk-waiting');
    await wim.press('Leave the queue');
    await vera.press('Leave');
    await vera.find('heading', 'You ended the call');
    await examine(vera, 'desk-ended');
    await consoleIsOpen(ana);
    await examine(ana, 'staff-console');
    await ana.open(`${server.http}/staff/account`);
    await ana.find('list', 'Where you are signed in');
    await examine(ana, 'staff-account');
  });

  it('of an admin, and the door', async () => {
    const door = await Person.create(chromium, 'Admin');
    await door.open(`${server.http}/staff`);
    await door.find('button', 'Sign in');
    await examine(door, 'staff-door');
    const admin = await representative(chromium, server.http, 'Admin', 'admin@demo');
    for (const page of ['people', 'desks', 'calls', 'history', 'audit']) {
      await admin.open(`${server.http}/admin/${page}`);
      await consoleIsOpen(admin);
      await admin.page.waitForNetworkIdle({ idleTime: 200 });
      await examine(admin, `admin-${page}`);
    }
  });
});
