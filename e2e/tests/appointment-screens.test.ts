// Every screen of an appointment: found without fault by axe in every size, light and dark, and photographed on demand.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server as Listener } from 'node:net';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import {
  ANA,
  BEN,
  client,
  dashboardIsOpen,
  fill,
  Hands,
  isWaiting,
  linkOf,
  professional,
  waits,
  wallIn,
} from '../harness/appointment';
import { launch, Person } from '../harness/browsers';
import { reads, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let hands: Hands;
let post: Listener;
const passing: Person[] = [];

beforeAll(async () => {
  // Mail is looked at before it is sent, and none is: nobody has to take it.
  post = createServer((line) => line.destroy()).listen(0, '127.0.0.1');
  await once(post, 'listening');
  server = await startDemo({
    VISAVIS_SMTP__URL: `smtp+plain://localhost:${(post.address() as AddressInfo).port}`,
    VISAVIS_SMTP__FROM: 'Visavis <visavis@example.org>',
  });
  chromium = await launch('chromium', GROUP_LAUNCH);
  hands = await Hands.of(server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
  post?.close();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
});

async function opens(link: string, name = 'Vera Toprak'): Promise<Person> {
  const person = await Person.create(chromium, name);
  passing.push(person);
  await person.open(link);
  return person;
}

async function staff(name: string, email: string, before?: string): Promise<Person> {
  const person = await professional(
    chromium,
    server.http,
    name,
    email,
    before === undefined ? {} : { before },
  );
  passing.push(person);
  return person;
}

const ABOUT = 'The windscreen, and what the insurance pays of it';

describe("the client's page", () => {
  it('before the door opens, and when it was moved', async () => {
    const one = await hands.make('Vera Toprak', { about: ABOUT, wall: wallIn(95) });
    const vera = await opens(linkOf(one));
    await vera.find('timer', 'Time left until then');
    await examine(vera, 'appointment-early');
    const to = { wall: wallIn(200), zone: 'UTC', minutes: 45, sequence: 0 };
    await hands.ask('POST', `/${one.id}/move`, to);
    await vera.page.evaluate(() => dispatchEvent(new Event('online')));
    await reads(vera, 'has moved the appointment');
    await examine(vera, 'appointment-early-moved');
  });

  it('at the door, waiting for who is away, here and in a call, on hold, let in and after it', async () => {
    const [one, other] = [
      await hands.make('Vera Toprak', { about: ABOUT }),
      await hands.make('Wim Peeters', { about: 'A first talk' }),
    ];
    const vera = await client(chromium, linkOf(one), 'Vera Toprak');
    passing.push(vera);
    await vera.until('the picture', () => document.querySelector('video') !== null, 5_000);
    await reads(vera, 'is not here yet');
    await examine(vera, 'appointment-door');
    await waits(vera);
    await reads(vera, 'is not here yet');
    await examine(vera, 'appointment-waiting-away');
    const ana = await staff(ANA, 'ana@demo');
    await reads(vera, 'is here and knows that you wait');
    await (await vera.find('textbox', 'Message')).type('Good morning! I have the letter with me.\n');
    await ana.press('Chat with Vera Toprak, 1 new message');
    await (await ana.find('textbox', 'Message')).type('Good morning. Five minutes, please.\n');
    await reads(vera, 'Five minutes, please');
    await examine(vera, 'appointment-waiting-here');
    await examine(ana, 'appointments-chat');
    const wim = await client(chromium, linkOf(other), 'Wim Peeters');
    passing.push(wim);
    await waits(wim);
    await ana.press('Admit Wim Peeters');
    await reads(vera, 'is in a call and will be with you');
    await examine(vera, 'appointment-waiting-in-call');
    await ana.press('Hold Wim Peeters');
    await reads(wim, 'has put you on hold');
    await examine(wim, 'appointment-held');
    await dashboardIsOpen(ana);
    await ana.press('Admit Wim Peeters');
    await Promise.all([hearsAndSees(wim, 10_000), hearsAndSees(ana, 10_000)]);
    await examine(ana, 'appointments-call');
    await examine(wim, 'appointment-call');
    await ana.press('Leave');
    await wim.find('heading', `${ANA} has ended the call`);
    await examine(wim, 'appointment-ended');
    await dashboardIsOpen(ana);
    await examine(ana, 'appointments-after');
    const second = await opens(linkOf(one));
    await second.find('heading', 'You are waiting in another window');
    await examine(second, 'appointment-elsewhere');
  });

  it('when a link is of no use', async () => {
    const replaced = await hands.make('Vera Toprak');
    await hands.ask('POST', `/${replaced.id}/links/${replaced.links[0]?.id}/reissue`);
    const cancelled = await hands.make('Vera Toprak');
    await hands.ask('POST', `/${cancelled.id}/state`, { state: 'cancelled' });
    const over = await hands.make('Vera Toprak');
    await hands.ask('POST', `/${over.id}/state`, { state: 'done' });
    for (const [link, heading, screen] of [
      [linkOf(replaced), 'This link has been replaced', 'appointment-replaced'],
      [linkOf(cancelled), 'This appointment was cancelled', 'appointment-cancelled'],
      [linkOf(over), 'This appointment is over', 'appointment-over'],
      [`${server.http}/a#none.of.ours`, 'This link cannot be used', 'appointment-invalid'],
      [`${server.http}/a`, 'Please open your personal link', 'appointment-needed'],
    ] as const) {
      const vera = await opens(link);
      await vera.find('heading', heading);
      await examine(vera, screen);
      await vera.close();
    }
  });
});

describe('the dashboard', () => {
  it('of a day without appointments, the form and its mistakes', async () => {
    const ben = await staff(BEN, 'cem@demo');
    await reads(ben, 'No appointments today.').catch(() => undefined);
    await ben.press('Day after');
    await reads(ben, 'No appointments on this day.');
    await examine(ben, 'appointments-empty');
    await ben.press('New appointment');
    await fill(ben, 'E-mail', 'nobody');
    await fill(ben, 'Starts', 'tomorrow');
    await fill(ben, 'Duration', '1');
    await ben.press('Create');
    await reads(ben, 'That is not an e-mail address.');
    await examine(ben, 'appointments-mistakes');
  });

  it('when one was made, the mail about it, and another time for it', async () => {
    const ana = await staff(ANA, 'ana@demo');
    await ana.press('New appointment');
    await examine(ana, 'appointments-form');
    await fill(ana, 'Client name', 'Gül Aydın');
    await fill(ana, 'E-mail', 'guel@client.example');
    await fill(ana, 'Starts', wallIn(1).replace('T', ' '));
    await ana.press('Create');
    await ana.find('textbox', 'Link');
    await examine(ana, 'appointments-created');
    await ana.press('Send by mail');
    await fill(ana, 'A word to Gül Aydın', 'Please have the letter at hand.');
    await reads(ana, 'A calendar file goes with it.');
    await ana.find('region', 'What is sent');
    await ana.until(
      'the word in the preview',
      () => document.querySelector('[aria-label="What is sent"]')?.textContent.includes('at hand') === true,
      5_000,
    );
    await examine(ana, 'appointments-mail');
    await ana.press('Close');
    await ana.press('Details of Gül Aydın');
    await examine(ana, 'appointments-details');
  });

  it('of a day with all there is, somebody waiting for long, and the week', async () => {
    const [waiting, done, missed, cancelled] = [
      await hands.make('Xenia Roth', { about: 'A second opinion' }),
      await hands.make('Yusuf Öz', { wall: wallIn(-20) }),
      await hands.make('Zoë van der Berg-Maximilianowitsch', { wall: wallIn(-10), about: ABOUT }),
      await hands.make('Anders Holm', { wall: wallIn(120) }),
    ];
    await hands.make('Bao Nguyen', { wall: wallIn(180), about: 'Contract' });
    await hands.make('Chiara Rossi', { wall: wallIn(1_440 * 2) });
    await hands.ask('POST', `/${done.id}/state`, { state: 'done' });
    await hands.ask('POST', `/${missed.id}/state`, { state: 'no_show' });
    await hands.ask('POST', `/${cancelled.id}/state`, { state: 'cancelled' });
    const xenia = await client(chromium, linkOf(waiting), 'Xenia Roth');
    passing.push(xenia);
    await waits(xenia);
    const ana = await staff(ANA, 'ana@demo');
    await ana.find('button', 'Admit Xenia Roth');
    await examine(ana, 'appointments-day');
    await ana.press('Week');
    await examine(ana, 'appointments-week');

    // They came long ago, as this page is told.
    const long = `(() => { const parse = JSON.parse; JSON.parse = (text, reviver) =>
      parse(String(text).replace(/"since":(\\d+)/g, (_, at) => '"since":' + (at - 17 * 60_000)), reviver); })()`;
    const later = await staff(ANA, 'ana@demo', long);
    await reads(later, 'waiting for long');
    await examine(later, 'appointments-long');
    await isWaiting(xenia);
  });

  it('of a move', async () => {
    const ana = await staff(ANA, 'ana@demo');
    await ana.page.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find(({ textContent }) => textContent.trim() === 'Reschedule')?.click();
    });
    await ana.find('button', 'Save new time');
    await examine(ana, 'appointments-reschedule');
  });
});
