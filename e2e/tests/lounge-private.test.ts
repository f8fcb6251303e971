// What two people write to each other is theirs: nothing of it reaches anybody else, on no way that a browser has.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { chooses } from '../harness/demo';
import { startDemo } from '../harness/desk';
import {
  comes,
  enters,
  GENERAL,
  isInside,
  newcomer,
  pressWithin,
  readsIn,
  regionSays,
  rowSays,
  says,
  seesPeople,
  talksTo,
  withPerson,
  writes,
} from '../harness/lounge';
import { Wire } from '../harness/lounge-wire';
import type { Frame } from '../harness/lounge-wire';
import { eventually } from '../harness/measure';
import type { Server } from '../harness/server';

/** Made so that no name, id or public text holds them. */
const SECRETS = ['Kirschkuchen-7391', 'Zwetschgendatschi-4408', 'halb geschriebenes-5520', 'geändertes-6617'];
/** What anybody in a room may hear of it. */
const PUBLIC = ['member_joined', 'member_changed', 'member_left', 'room_counted', 'posted'];

let server: Server;
let chromium: Browser;
let ana: Person;
let ben: Person;
let cem: Person;
let dora: Person;
/** Those besides Ana. */
let present: Person[];
const wires = new Map<Person, Wire>();

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium');
  [ana, ben] = await Promise.all([comes(chromium, server, 'Ana'), comes(chromium, server, 'Ben')]);
  [cem, dora] = (await Promise.all(
    ['Cem', 'Dora'].map(async (name) => {
      const person = await newcomer(chromium, name);
      wires.set(person, await Wire.of(person));
      await enters(person, server);
      return person;
    }),
  )) as [Person, Person];
  present = [ben, cem, dora];
  for (const one of [ana, ...present]) await seesPeople(one, ['Ana', 'Ben', 'Cem', 'Dora']);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Everybody has a public line: what was sent before it has been delivered, or never will be. */
async function marker(text: string): Promise<void> {
  await says(ana, GENERAL, text);
  for (const one of [ana, ...present]) await readsIn(one, GENERAL, text);
}

/** Ids of what the two have written to each other, as their own pages were told. */
async function privateIds(person: Person): Promise<string[]> {
  const frames = await person.page.evaluate(() => window.probe.sockets);
  return frames
    .map((frame) => JSON.parse(frame) as Frame)
    .flatMap(({ event }) =>
      event?.place?.type === 'conversation' && event.message ? [event.message.id] : [],
    );
}

describe('a private conversation', () => {
  it('reaches nobody else on the wire', { tags: ['apart'] }, async () => {
    await marker('before it');
    const from = new Map([...wires].map(([one, wire]) => [one, wire.received.length]));
    const requests = new Map([...wires].map(([one, wire]) => [one, wire.requests.length]));

    await talksTo(ana, 'Ben');
    await says(ana, withPerson('Ben'), SECRETS[0] ?? '');
    await talksTo(ben, 'Ana');
    await readsIn(ben, withPerson('Ana'), SECRETS[0] ?? '');
    await writes(ben, withPerson('Ana'), SECRETS[2] ?? '');
    await regionSays(ana, withPerson('Ben'), 'Ben is writing');
    await pressWithin(ben, withPerson('Ana'), 'Send');
    await readsIn(ana, withPerson('Ben'), SECRETS[2] ?? '');
    await says(ana, withPerson('Ben'), SECRETS[1] ?? '');
    await regionSays(ana, withPerson('Ben'), /\bRead\b/);
    await says(ben, withPerson('Ana'), SECRETS[3] ?? '');
    await readsIn(ana, withPerson('Ben'), SECRETS[3] ?? '');
    await pressWithin(ben, withPerson('Ana'), 'Close conversation');
    await regionSays(ana, withPerson('Ben'), 'Ben has closed the conversation');
    await talksTo(ben, 'Ana');
    await says(ben, withPerson('Ana'), `${SECRETS[0]} once more`);
    await readsIn(ana, withPerson('Ben'), `${SECRETS[0]} once more`);
    await marker('after it');

    const ids = await privateIds(ana);
    expect(ids.length, 'private messages that Ana was told of').toBeGreaterThanOrEqual(5);
    for (const [one, wire] of wires) {
      const heard = wire.received.slice(from.get(one));
      expect(
        heard.filter((frame) => frame.includes('after it')),
        'the recorder works',
      ).toHaveLength(1);
      for (const frame of heard) {
        for (const secret of [...SECRETS, ...ids, '"conversation', '"typed"']) {
          expect(frame, `what ${one.name} heard`).not.toContain(secret);
        }
        const { type, topic, event } = JSON.parse(frame) as Frame;
        expect(['pong', 'event'], frame).toContain(type);
        if (type === 'event')
          expect([topic, PUBLIC.includes(event?.type ?? '')], frame).toEqual(['lounge', true]);
      }
      expect(wire.requests.slice(requests.get(one)), `requests of ${one.name}`).toEqual([]);
    }
    console.log(
      `${ids.length} private messages; frames of others: ${[...wires].map(([one, wire]) => wire.received.length - (from.get(one) ?? 0)).join(', ')}`,
    );
  });

  it('is no more than a busy notice, without a name, for who writes to one of the two', async () => {
    const wire = wires.get(cem);
    const from = wire?.received.length ?? 0;
    await talksTo(cem, 'Ana');
    await regionSays(cem, withPerson('Ana'), /talking with somebody else/i);
    const region = await cem.find('region', withPerson('Ana'));
    const shown = await region.evaluate((region) => region.textContent);
    expect(shown).not.toMatch(/Ben/);
    for (const frame of wire?.received.slice(from) ?? []) expect(frame).not.toContain('"Ben"');
    // Of the two themselves neither is told that of the other.
    for (const [one, other] of [
      [ana, 'Ben'],
      [ben, 'Ana'],
    ] as const) {
      const mine = await one.find('region', withPerson(other));
      expect(await mine.evaluate((region) => region.textContent)).not.toMatch(/somebody else/);
    }
    // Who writes all the same is heard.
    await says(cem, withPerson('Ana'), 'a word from Cem');
    await talksTo(ana, 'Cem');
    await readsIn(ana, withPerson('Cem'), 'a word from Cem');
  });

  it('waits for who is not there, and says so', async () => {
    await dora.close();
    wires.delete(dora);
    present = [ben, cem];
    await talksTo(ben, 'Cem');
    await says(ben, withPerson('Cem'), 'until tomorrow');
    await talksTo(cem, 'Ben');
    await readsIn(cem, withPerson('Ben'), 'until tomorrow');
    await cem.page.goto('about:blank');
    await regionSays(ben, withPerson('Cem'), 'Cem is not here', 10_000);
    await says(ben, withPerson('Cem'), 'for when you are back');
    // A tab that was inside goes back in by itself.
    await cem.open(`${server.http}/lounge`);
    await isInside(cem);
    await talksTo(cem, 'Ben');
    await eventually(
      () => cem.page.evaluate(() => document.body.innerText),
      (shown) => shown.includes('for when you are back'),
      10_000,
      'the message that waited',
    );
    await rowSays(ben, 'Cem', 'Cem');
  });

  it('is read out to who hears the page, where it is not on the screen to be read from there', async () => {
    const read = (): Promise<string> =>
      ana.page.evaluate(() => document.querySelector('[aria-live=polite]')?.textContent ?? '');
    await talksTo(ana, 'Ben');
    await talksTo(ben, 'Ana');
    await says(ben, withPerson('Ana'), 'on the screen');
    await readsIn(ana, withPerson('Ben'), 'on the screen');
    expect(await read()).not.toContain('on the screen');
    await pressWithin(ana, withPerson('Ben'), 'Minimise conversation');
    await says(ben, withPerson('Ana'), 'behind it');
    await eventually(read, (text) => text === 'Message from Ben: behind it', 3_000, 'read out');
  });

  it('with who was blocked ends: nothing of theirs arrives, and they are told', async () => {
    const from = await ana.page.evaluate(() => window.probe.sockets.length);
    await chooses(ana, 'Options for Cem', 'Block');
    await talksTo(cem, 'Ana');
    await says(cem, withPerson('Ana'), 'are you there?');
    await regionSays(cem, withPerson('Ana'), 'takes no messages from you');
    await marker('after the block');
    const heard = await ana.page.evaluate((from) => window.probe.sockets.slice(from), from);
    expect(heard.filter((frame) => frame.includes('are you there?'))).toEqual([]);
    for (const one of [ana, ben, cem]) expect(await one.errors()).toEqual([]);
  });
});
