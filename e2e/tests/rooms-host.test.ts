// What hosts may do in their rooms, and everybody with hands and reactions.

import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../harness/browsers';
import { launch } from '../harness/browsers';
import { examine } from '../harness/examine';
import { comer, GROUP_LAUNCH, hears } from '../harness/group';
import { answers, closeSettings, does, microphones, openSettings } from '../harness/rooms';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;
let people: Person[];
let ana: Person;
let ben: Person;
let cem: Person;
let url: string;
let room = 0;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

beforeEach(async () => {
  room += 1;
  url = `${server.http}/r/host-${room}`;
  people = await Promise.all(
    ['Ana', 'Ben', 'Cem'].map((name) => comer(chromium, name, { viewport: { width: 1280, height: 720 } })),
  );
  [ana, ben, cem] = people as [Person, Person, Person];
  // One after the other: Ana is the host, and Ben the next.
  for (const person of people) await person.join(url);
  await Promise.all(
    people.map((person) =>
      person.until('three tiles', () => document.querySelectorAll('[data-tile]').length === 3, 10_000),
    ),
  );
});

afterEach(async () => {
  for (const person of people) expect(await person.errors()).toEqual([]);
  await Promise.all(people.map((person) => person.close()));
});

const says = (person: Person, text: string, timeout = 3_000): Promise<number> =>
  person.until(text, `document.body.innerText.includes(${JSON.stringify(text)})`, timeout);

describe('muting', () => {
  it('all mutes everybody but the host, and each unmutes themselves', async () => {
    await ana.press('People');
    await ana.press('Mute all');
    for (const person of [ben, cem]) {
      await person.find('button', 'Unmute microphone', 3_000);
      await says(person, 'The host has muted you');
      expect(await microphones(person), `${person.name}'s microphone`).toEqual([false]);
      await ana.tileHas(person.name, 'data-muted', 'true');
    }
    expect(await microphones(ana)).toEqual([true]);
    await hears(ben, ['Ana']);
    await ben.press('Unmute microphone');
    await ana.tileHas('Ben', 'data-muted', 'false');
    expect(await microphones(ben)).toEqual([true]);
    expect(await microphones(cem), 'somebody who has not unmuted themselves').toEqual([false]);
    await hears(ana, ['Ben']);
  });

  it('one leaves the others alone', async () => {
    await does(ana, 'Ben', 'Mute');
    await ben.find('button', 'Unmute microphone', 3_000);
    expect(await microphones(cem)).toEqual([true]);
  });
});

describe('the host', () => {
  it('ends it for all within a second', async () => {
    await ana.press('Leave');
    await ana.find('dialog', 'Leave the call?');
    await examine(ana, 'leave');
    await ana.press('End for all');
    const title = 'The call has ended for everybody';
    await Promise.all(people.map((person) => person.find('heading', title, 1_000)));
    await examine(ben, 'ended-for-all');
  });

  it('hands the room over, and has no say any more', async () => {
    await does(ana, 'Cem', 'Make host');
    await answers(ana, 'Make host');
    await says(cem, 'You are the host now');
    await says(ben, 'Cem is the host now');
    await cem.press('People');
    await cem.find('button', 'Mute all');
    expect(await ana.page.$('aria/Mute all[role="button"]')).toBeNull();
  });

  it('who leaves is followed by whoever was there longest', async () => {
    await ana.leave();
    await says(ben, 'You are the host now');
    await says(cem, 'Ben is the host now');
  });

  it('stays host over a reload', async () => {
    await ana.page.reload();
    await ana.find('toolbar', 'Call controls');
    await ana.press('People');
    await ana.find('button', 'Mute all');
  });

  it('decides in one dialog', async () => {
    await ana.press('People');
    await examine(ana, 'people');
    await openSettings(ana);
    await examine(ana, 'room-settings');
    await closeSettings(ana);
    await ana.press('Options for Ben');
    await ana.find('menuitem', 'Remove');
    await examine(ana, 'person-options');
    await ana.press('Remove', 'menuitem');
    await ana.find('alertdialog', 'Remove Ben?');
    await examine(ana, 'remove');
    await answers(ana, 'Cancel');
    await ana.seesTile('Ben');
  });
});

describe('hands', () => {
  it('stand in the order in which they were raised, until they are lowered', async () => {
    await cem.press('Raise hand');
    await says(ana, 'Cem has raised a hand');
    await ben.press('Raise hand');
    await ana.press('People');
    const order = (): string =>
      [...document.querySelectorAll('ul[aria-label=Participants] .name')]
        .map((one) => one.textContent)
        .join();
    await ana.until('Cem before Ben', `(${order.toString()})() === 'Cem,Ben,Ana (you)'`, 3_000);
    await does(ana, 'Cem', 'Lower hand');
    await cem.find('button', 'Raise hand', 3_000);
    await ben.press('Lower hand');
    await ana.until('nobody', () => document.querySelector('[aria-label^="Hand raised"]') === null, 3_000);
  });
});

describe('reactions', () => {
  it('float over whoever shows them, and are read out', async () => {
    await ben.press('Reactions');
    await ben.press('Applause');
    await ana.until(
      'the reaction on the tile',
      () => document.querySelector('[data-tile][aria-label=Ben] [data-reactions="1"]') !== null,
      2_000,
    );
    await ana.until(
      'it read out',
      () =>
        [...document.querySelectorAll('[aria-live]')].some((one) =>
          one.textContent.includes('Ben: Applause'),
        ),
      3_000,
    );
    await examine(ben, 'reactions');
    await ana.until('it gone', () => document.querySelector('[data-reactions="1"]') === null, 6_000);
  });
});
