// Microphone and camera: what the other side hears and sees is what the buttons say.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { eventually, hearsAndSees, loudness, pause, received } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Below this nothing is heard: what a muted track sends is exact silence. */
const SILENCE = 1e-7;

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

async function couple(room: string): Promise<[Person, Person]> {
  const [ana, ben] = [await Person.create(chromium, 'Ana'), await Person.create(chromium, 'Ben')];
  await ana.join(`${server.http}/r/${room}`);
  await ben.join(`${server.http}/r/${room}`);
  await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
  return [ana, ben];
}

describe('the microphone', () => {
  it('is silent when muted, still after a change of device, and heard again when not', async () => {
    const [ana, ben] = await couple('mute');
    try {
      expect(await loudness(ben)).toBeGreaterThan(SILENCE);
      await ana.press('Mute microphone');
      await ben.tileHas('Ana', 'data-muted', 'true');
      await eventually(
        () => loudness(ben, 500),
        (level) => level < SILENCE,
        5_000,
        'silence',
      );
      await ana.press('Microphone and speaker options');
      await ana.press('Fake Audio Input 2', 'menuitemradio');
      await ana.until(
        'another device',
        () =>
          window.probe.captured.filter((track) => track.kind === 'audio' && track.readyState === 'live')
            .length >= 1,
        5_000,
      );
      expect(await loudness(ben, 3_000)).toBeLessThan(SILENCE);
      await ana.press('Unmute microphone');
      await ben.tileHas('Ana', 'data-muted', 'false');
      await eventually(
        () => loudness(ben, 500),
        (level) => level > SILENCE,
        5_000,
        'sound',
      );
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('the camera', () => {
  it('is released when off: no frames, no capture, initials instead', async () => {
    const [ana, ben] = await couple('camera');
    try {
      await ana.press('Turn camera off');
      await ben.until('initials', () => document.querySelector('[aria-label="Ana"] video') === null, 3_000);
      const live = await ana.page.evaluate(
        () =>
          window.probe.captured.filter((track) => track.kind === 'video' && track.readyState === 'live')
            .length,
      );
      expect(live).toBe(0);
      // What was on its way may still arrive.
      await pause(500);
      const before = await received(ben);
      await pause(2_000);
      expect((await received(ben)).frames - before.frames).toBe(0);
      expect(await loudness(ben)).toBeGreaterThan(SILENCE);
      await ana.press('Turn camera on');
      await hearsAndSees(ben);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('is switched in the call without a new negotiation', async () => {
    const [ana, ben] = await couple('switch');
    try {
      const sdp = () => ana.page.evaluate(() => window.probe.peers.at(-1)?.localDescription?.sdp);
      const before = await sdp();
      await ana.press('Camera options');
      await ana.press('fake_device_2', 'menuitemradio');
      await ana.until(
        'the other camera',
        () =>
          window.probe.captured.at(-1)?.label === 'fake_device_2' &&
          window.probe.captured.at(-1)?.readyState === 'live',
        5_000,
      );
      await hearsAndSees(ben);
      expect(await sdp()).toBe(before);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

/** Makes getUserMedia fail as browsers do. */
function failing(name: string): string {
  return `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', ${JSON.stringify(name)}))`;
}

describe('without devices', () => {
  it.each([
    ['refused', failing('NotAllowedError'), /may not use the camera/],
    ['in use', failing('NotReadableError'), /Another program uses the camera/],
    ['missing', failing('NotFoundError'), /No camera was found/],
  ])('%s: there is help, and one watches, listens and chats', async (what, before, help) => {
    const room = `${server.http}/r/${encodeURIComponent(what)}`;
    const ana = await Person.create(chromium, 'Ana', { before });
    const ben = await Person.create(chromium, 'Ben');
    try {
      await ben.join(room);
      await ana.open(room);
      await ana.until('help', `${help}.test(document.body.innerText)`, 5_000);
      await ana.enterName();
      await ana.press('Join now');
      await hearsAndSees(ana);
      await ben.tileHas('Ana', 'data-muted', 'true');
      await ana.press('Chat');
      await (await ana.find('textbox', 'Message')).type('hello\n');
      await ben.press('Chat');
      await ben.until('the message', () => document.body.innerText.includes('hello'), 3_000);
      expect(await ana.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('with no camera in the machine the microphone still works', async () => {
    const before = `{
      const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (constraints) => constraints.video
        ? Promise.reject(new DOMException('no', 'NotFoundError')) : capture(constraints);
    }`;
    const ana = await Person.create(chromium, 'Ana', { before });
    const ben = await Person.create(chromium, 'Ben');
    try {
      await ana.join(`${server.http}/r/microphone-only`);
      await ben.join(`${server.http}/r/microphone-only`);
      await hearsAndSees(ana);
      await eventually(
        () => loudness(ben, 500),
        (level) => level > SILENCE,
        5_000,
        'sound',
      );
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});
