// Times of an appointment, as each reads them on their own clock: zones, days on which clocks are changed, moves, and
// the calendar file.

import ICAL from 'ical.js';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ANA, client, fill, Hands, linkOf, professional, waits, wallIn } from '../harness/appointment';
import { launch, Person } from '../harness/browsers';
import { selects } from '../harness/demo';
import { reads, startDemo } from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import type { Server } from '../harness/server';

const BERLIN = 'Europe/Berlin';

let server: Server;
let chromium: Browser;
let hands: Hands;
const passing: Person[] = [];

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
  hands = await Hands.of(server);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

afterEach(async () => {
  await Promise.all(passing.splice(0).map((one) => one.close().catch(() => undefined)));
});

/** Somebody whose clock is that of a zone. */
async function inZone(zone: string, name: string): Promise<Person> {
  const person = await Person.create(chromium, name);
  passing.push(person);
  await person.page.emulateTimezone(zone);
  return person;
}

/** What a clock in a zone shows then. */
function clock(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' }).format(at);
}

/** A year whose changes of the clocks are still to come: the last Sunday of a month, in Europe. */
function lastSunday(month: number): string {
  const year = new Date().getUTCFullYear() + 1;
  const last = new Date(Date.UTC(year, month, 0));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}

describe('a page', () => {
  it.each(['Asia/Kolkata', 'America/New_York', 'Pacific/Chatham'])(
    'in %s shows its own clock',
    async (zone) => {
      const one = await hands.make('Vera Far', { wall: wallIn(180) });
      const vera = await inZone(zone, 'Vera Far');
      await vera.open(linkOf(one));
      await vera.find('heading', `Your appointment with ${ANA}`);
      // Some are known by an older name, too.
      const named = await vera.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
      await reads(vera, `Your time: ${named.replace('_', ' ')}`);
      const from = clock(one.starts_at, zone);
      const shown = await vera.page.evaluate(() => document.body.innerText.replace(/[\u202f\u2009]/g, ' '));
      // The half of the day is said once where both ends are in the same.
      expect(shown).toContain(from.replace(/[\u202f\u2009]/g, ' ').replace(/ [AP]M$/, ''));
      expect(shown).toContain(`You can come in from`);
    },
  );

  it('that is open hears of a move at once, and says what has become of it', async () => {
    const one = await hands.make('Vera Moved', { wall: wallIn(10) });
    const vera = await client(chromium, linkOf(one), 'Vera Moved');
    passing.push(vera);
    await waits(vera);
    const at = Date.now();
    const to = { wall: wallIn(14), zone: 'UTC', minutes: 45, sequence: one.sequence };
    const moved = await hands.ask('POST', `/${one.id}/move`, to);
    await reads(vera, `${ANA} has moved the appointment.`, 1_000);
    const took = Date.now() - at;
    expect(moved.sequence).toBe(one.sequence + 1);
    // The link is the one they have, and they wait on.
    await vera.find('status', `Waiting for ${ANA}`);
    // To another day: nobody waits today.
    await hands.ask('POST', `/${one.id}/move`, { ...to, wall: wallIn(1_440), sequence: moved.sequence });
    await reads(vera, 'You can come in from', 2_000);
    await vera.page.reload({ waitUntil: 'domcontentloaded' });
    await reads(vera, 'You can come in from');
    console.log(`a move is seen after ${took} ms`);
  });
});

describe('the form', () => {
  it('says of a skipped time that there is none, and asks which of two is meant', async () => {
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    await ana.press('New appointment');
    await fill(ana, 'Client name', 'Vera Spring');
    await selects(ana, 'Time zone', BERLIN);
    const spring = lastSunday(3);
    await fill(ana, 'Starts', `${spring} 02:30`);
    await ana.press('Create');
    await reads(ana, 'The clocks go forward past this time: there is no such moment.');
    await fill(ana, 'Starts', `${spring} 03:30`);
    await ana.press('Create');
    await ana.find('textbox', 'Link');
    await reads(ana, 'Appointment with Vera Spring created');

    const autumn = lastSunday(10);
    for (const [choice, instant] of [
      [/^The first time/, `${autumn}T00:30:00.000Z`],
      [/^The second time/, `${autumn}T01:30:00.000Z`],
    ] as const) {
      await ana.press('New appointment');
      const name = `Vera Autumn ${instant.slice(11, 13)}`;
      await fill(ana, 'Client name', name);
      await selects(ana, 'Time zone', BERLIN);
      await fill(ana, 'Starts', `${autumn} 02:30`);
      const which = await ana.find('combobox', 'The clocks go back, and show this time twice. Which one?');
      const option = await which.evaluate(
        (list, pattern) =>
          [...(list as HTMLSelectElement).options].find(({ text }) => new RegExp(pattern).test(text))?.text,
        choice.source,
      );
      await selects(ana, 'The clocks go back, and show this time twice. Which one?', option ?? '');
      await ana.press('Create');
      await reads(ana, `Appointment with ${name} created`);
      const from = Date.parse(instant) - 1;
      const made = await hands.ask<{ appointments: { client_name: string; starts_at: number }[] }>(
        'GET',
        `?from=${from}&to=${from + 2}`,
      );
      expect(made.appointments.map(({ client_name }) => client_name)).toEqual([name]);
    }
    expect(await ana.errors()).toEqual([]);
  });
});

describe('the calendar file', () => {
  it('opens in a parser of somebody else with the right instant, also after a move', async () => {
    const autumn = lastSunday(10);
    const zone = { zone: BERLIN, repeated: 'second' };
    const one = await hands.make('Vera Calendar', { wall: `${autumn}T02:30`, ...zone });
    const vera = await inZone('America/New_York', 'Vera Calendar');
    await vera.open(linkOf(one));
    const before = await download(vera, 'Add to calendar');
    expect(before.startDate.toJSDate().toISOString()).toBe(`${autumn}T01:30:00.000Z`);
    expect(before.duration.toSeconds()).toBe(30 * 60);
    expect(before.sequence).toBe(0);

    const to = { wall: `${autumn}T09:00`, zone: BERLIN, minutes: 60, sequence: one.sequence };
    await hands.ask('POST', `/${one.id}/move`, to);
    const after = await download(vera, 'Add to calendar');
    expect(after.startDate.toJSDate().toISOString()).toBe(`${autumn}T08:00:00.000Z`);
    expect(after.duration.toSeconds()).toBe(60 * 60);
    expect([after.uid, after.sequence]).toEqual([before.uid, before.sequence + 1]);

    // The professional's file is of the same appointment.
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    await ana.open(`${server.http}/staff/appointments?day=${autumn}`);
    await ana.press('Details of Vera Calendar');
    const theirs = await download(ana, 'Calendar file');
    expect(theirs.startDate.toJSDate().toISOString()).toBe(`${autumn}T08:00:00.000Z`);
    expect(theirs.sequence).toBe(after.sequence);
  });

  /** What the link leads to, as the page would fetch it. */
  async function download(person: Person, name: string): Promise<ICAL.Event> {
    const link = await person.find('link', name);
    const file = await link.evaluate(async (element) => {
      const answer = await fetch((element as HTMLAnchorElement).href);
      return { type: answer.headers.get('content-type') ?? '', text: await answer.text() };
    });
    expect(file.type).toContain('text/calendar');
    const calendar = new ICAL.Component(ICAL.parse(file.text) as unknown[]);
    const [event, ...more] = calendar.getAllSubcomponents('vevent');
    if (!event || more.length > 0) throw new Error(`not one event: ${file.text}`);
    return new ICAL.Event(event);
  }
});
