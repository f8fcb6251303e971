// What one notices of a call without looking for it: notices, sounds, the title and the icon of the page, and hints on
// one's own microphone and network.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { eventually, hearsAndSees } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** Counts the sounds of the page, told apart by how long they are. */
const LISTENING = `
  window.heard = [];
  const play = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    window.heard.push(Math.round(this.buffer.duration * 100));
    return play.apply(this, when);
  };
`;
/** A line on which, as the browser counts, every second packet is lost. */
const LOSSY = `
  const read = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (...of) {
    const report = await read.apply(this, of);
    if (!window.lossy) return report;
    return new Map([...report].map(([id, entry]) => [id, { ...entry, packetsLost: entry.packetsReceived }]));
  };
`;
const JOIN = 36;
const LEAVE = 36;
const MESSAGE = 22;

const heard = (person: Person): Promise<number[]> =>
  person.page.evaluate(() => (window as unknown as { heard: number[] }).heard);

/** As many people in a room, the first of whom listens. */
async function company(room: string, names: string[], before = ''): Promise<Person[]> {
  const people: Person[] = [];
  for (const name of names) {
    const options = people.length === 0 ? { before: LISTENING + before } : {};
    const person = await Person.create(chromium, name, options);
    people.push(person);
    await person.join(`${server.http}/r/${room}`);
  }
  return people;
}

async function say(person: Person, text: string): Promise<void> {
  await person.press('Chat');
  await (await person.find('textbox', 'Message')).type(`${text}\n`);
  await person.press('Close');
}

const sees = (person: Person, text: string): Promise<number> =>
  person.until(
    `the notice "${text}"`,
    `[...document.querySelectorAll('[aria-label=Notices] li')].some((one) => one.innerText.includes(${JSON.stringify(text)}))`,
    10_000,
  );

describe('notices', () => {
  it('of several who come are one, stay while one points at them, and can be sent away', async () => {
    const [ana] = await company('coming', ['Ana']);
    const [ben, cem] = [await Person.create(chromium, 'Ben'), await Person.create(chromium, 'Cem')];
    if (!ana) throw new Error('nobody came');
    try {
      await ben.join(`${server.http}/r/coming`);
      await sees(ana, 'Ben joined');
      await (await ana.page.waitForSelector('[aria-label=Notices] li'))?.hover();
      await cem.join(`${server.http}/r/coming`);
      await sees(ana, 'Ben and Cem joined');
      expect(await ana.page.$$eval('[aria-label=Notices] li', (all) => all.length)).toBe(1);
      await ana.press('Dismiss: Ben and Cem joined');
      await ana.until('none', () => document.querySelector('[aria-label=Notices] li') === null, 1_000);
      expect(await heard(ana)).toContain(JOIN);
      await cem.leave();
      await sees(ana, 'Cem left');
      await ana.page.mouse.move(600, 600);
      await ana.until('none', () => document.querySelector('[aria-label=Notices] li') === null, 8_000);
      expect((await heard(ana)).filter((one) => one === LEAVE).length).toBeGreaterThanOrEqual(2);
    } finally {
      await Promise.all([ana.close(), ben.close(), cem.close()]);
    }
  });

  it('of messages are shown, heard and counted until one looks, and silent when switched off', async () => {
    const [ana, ben] = await company('messages', ['Ana', 'Ben']);
    if (!ana || !ben) throw new Error('nobody came');
    const icon = () => ana.page.$eval('link[rel=icon]', (link) => link.getAttribute('href'));
    try {
      await say(ben, 'good morning');
      await sees(ana, 'Ben: good morning');
      await ana.until('the title', () => document.title.startsWith('(1) '), 2_000);
      expect(await icon()).toBe('/icon-marked.svg');
      expect((await heard(ana)).filter((one) => one === MESSAGE)).toHaveLength(1);
      await ana.press('Chat');
      await ana.until('the title again', () => document.title.startsWith('messages'), 2_000);
      expect(await icon()).toBe('/icon.svg');
      await ana.press('Close');

      await ana.press('More options');
      await ana.press('Settings', 'menuitem');
      await ana.press('A message arrives', 'switch');
      await ana.page.keyboard.press('Escape');
      await say(ben, 'anybody there?');
      await sees(ana, 'Ben: anybody there?');
      expect((await heard(ana)).filter((one) => one === MESSAGE)).toHaveLength(1);

      // It is remembered.
      await ana.page.reload();
      await ana.find('toolbar', 'Call controls');
      await say(ben, 'still there?');
      await sees(ana, 'Ben: still there?');
      expect((await heard(ana)).filter((one) => one === MESSAGE)).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('hints', () => {
  it('say that a microphone gives nothing at all, and only then', async () => {
    const silent = `
      const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (!wanted.audio) return capture(wanted);
        return new AudioContext().createMediaStreamDestination().stream;
      };
    `;
    const [ana, ben] = await company('silent', ['Ana', 'Ben'], silent);
    if (!ana || !ben) throw new Error('nobody came');
    const hint = 'Your microphone gives no sound at all.';
    try {
      await ana.until(
        'the hint',
        `document.querySelector('main').innerText.includes(${JSON.stringify(hint)})`,
        20_000,
      );
      expect(await ben.page.evaluate(() => document.body.innerText)).not.toContain(hint);
      await ana.press('Mute microphone');
      await ana.until(
        'no hint',
        `!document.querySelector('main').innerText.includes(${JSON.stringify(hint)})`,
        2_000,
      );
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  // Peer to peer for two, over the server for three.
  it.each([
    ['straight from the other', ['Ana', 'Ben']],
    ['over the server', ['Ana', 'Ben', 'Cem']],
  ])('pictures are left out on a bad line %s, with a way back', async (way, names) => {
    const people = await company(encodeURIComponent(way), names, LOSSY);
    const ana = people[0];
    if (!ana) throw new Error('nobody came');
    const lossy = (on: boolean) =>
      ana.page.evaluate((now) => ((window as unknown as { lossy: boolean }).lossy = now), on);
    const pictures = () => ana.page.$$eval('[data-tile] video', (all) => all.length);
    try {
      await hearsAndSees(ana, 15_000);
      await lossy(true);
      await ana.until(
        'the banner',
        () => document.querySelector('main')?.innerText.includes('videos are not shown'),
        30_000,
      );
      await lossy(false);
      expect(await pictures()).toBe(1);
      await ana.press('Show video again');
      await eventually(pictures, (count) => count === names.length, 15_000, 'the pictures of the others');
      await hearsAndSees(ana, 15_000);
    } finally {
      await Promise.all(people.map((person) => person.close()));
    }
  });
});
