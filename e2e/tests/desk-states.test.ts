// The screens of the desk on both sides, in their states: for visitors from nobody there to the rating, for
// representatives from the door to the note.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import {
  accept,
  consoleIsOpen,
  goOnline,
  reads,
  representative,
  setDesk,
  signIn,
  startDemo,
  visitor,
} from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const ANA = 'Ana Kaya';
const BEN = 'Ben Lang';
const HOURS = {
  zone: 'Europe/Berlin',
  weekly: [
    { weekday: 1, from: 540, to: 1020 },
    { weekday: 2, from: 540, to: 720 },
    { weekday: 2, from: 780, to: 1080 },
  ],
  closed: [],
};

let server: Server;
let chromium: Browser;
let ana: Person;
let vera: Person;

beforeAll(async () => {
  server = await startDemo();
  await setDesk(server, { hours: HOURS, ring_s: 60, wrap_up_s: 600 });
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

describe('the desk', () => {
  it('with nobody there', async () => {
    vera = await visitor(chromium, server.http, 'Vera');
    await vera.open(`${server.http}/desk/nowhere`);
    await vera.find('heading', 'There is no such desk');
    await examine(vera, 'desk-unknown');
    await vera.open(`${server.http}/desk/help`);
    await reads(vera, 'Opening hours');
    await examine(vera, 'desk-nobody');
    await vera.enterName();
  });

  it('the door for staff, and the console', async () => {
    ana = await Person.create(chromium, ANA);
    await ana.open(`${server.http}/staff`);
    await ana.find('button', 'Sign in');
    await examine(ana, 'staff-sign-in');
    await signIn(ana, 'ana@demo');
    await consoleIsOpen(ana);
    await examine(ana, 'staff-offline');
    await goOnline(ana);
    await examine(ana, 'staff-online');
    await ana.open(`${server.http}/staff/account`);
    await ana.find('list', 'Where you are signed in');
    await examine(ana, 'staff-account');
    await ana.open(`${server.http}/staff`);
    await consoleIsOpen(ana);
  });

  it('with somebody free, calling, and declined', async () => {
    await vera.find('button', `Call ${ANA}`);
    await examine(vera, 'desk-free');
    await (await vera.find('textbox', 'What is it about?')).type('windscreen claim');
    await vera.press(`Call ${ANA}`);
    await vera.find('dialog', `Calling ${ANA}`);
    await ana.find('dialog', 'Incoming call from Vera');
    await examine(vera, 'desk-calling');
    await examine(ana, 'staff-incoming');
    await ana.press('Decline');
    await reads(vera, `${ANA} cannot take the call now`);
    await examine(vera, 'desk-declined');
  });

  it('in a call, others waiting, and its end with rating and note', async () => {
    const ben = await representative(chromium, server.http, BEN, 'ben@demo');
    await goOnline(ben);
    await vera.press(`Call ${ANA}`);
    await accept(ana, 'Vera');
    await Promise.all([hearsAndSees(vera), hearsAndSees(ana)]);
    await examine(vera, 'desk-call');
    await examine(ana, 'staff-call');
    await ben.press('Online', 'switch');
    const wim = await visitor(chromium, server.http, 'Wim');
    await reads(wim, 'Everybody is in a call');
    await examine(wim, 'desk-busy');
    await wim.press('Wait in the queue');
    await reads(wim, 'You are number 1');
    await examine(wim, 'desk-waiting');
    await wim.press('Leave the queue');
    await vera.press('Leave');
    await vera.find('heading', 'You ended the call');
    await examine(vera, 'desk-ended');
    await vera.press('4 stars', 'radio');
    await vera.press('Send rating');
    await reads(vera, 'Thank you for telling us.');
    await examine(vera, 'desk-rated');
    await ana.find('heading', 'Your call with Vera');
    await examine(ana, 'staff-wrap-up');
    await ana.press('Ready now');
    await wim.find('button', `Call ${ANA}`);
    await wim.close();
  });
});

describe('a call that is not answered', () => {
  it('leaves the representative away', async () => {
    await setDesk(server, { ring_s: 5, wrap_up_s: 0 });
    await vera.press('Back to the desk');
    await vera.press(`Call ${ANA}`);
    await reads(vera, `${ANA} did not answer`, 10_000);
    await reads(ana, 'You are away, because a call was not answered.');
    await examine(ana, 'staff-missed');
    await examine(vera, 'desk-missed');
  });
});
