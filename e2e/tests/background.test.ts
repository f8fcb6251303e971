// What is behind somebody: blurred or another picture, as the other side really sees it.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import type { Engine } from '../harness/browsers';
import { examine } from '../harness/examine';
import { eventually, framesRise, hearsAndSees, received } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** The model and what runs it come over the network once, and are compiled. */
const LOADED_WITHIN = 30_000;
const SIZES = [
  { width: 360, height: 740 },
  { width: 740, height: 360 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];

let server: Server;
const browsers = new Map<Engine, Browser>();

beforeAll(async () => {
  server = await startServer();
  browsers.set('chromium', await launch('chromium'));
});

afterAll(async () => {
  for (const browser of browsers.values()) await browser.close();
  await server?.dispose();
});

async function browser(engine: Engine): Promise<Browser> {
  const known = browsers.get(engine) ?? (await launch(engine));
  browsers.set(engine, known);
  return known;
}

async function couple(room: string): Promise<[Person, Person]> {
  const ana = await Person.create(await browser('chromium'), 'Ana');
  const ben = await Person.create(await browser('chromium'), 'Ben');
  await ana.join(`${server.http}/r/${room}`);
  await ben.join(`${server.http}/r/${room}`);
  await hearsAndSees(ben, 10_000);
  return [ana, ben];
}

interface Look {
  red: number;
  green: number;
  blue: number;
  /** How much neighbouring points differ: what is blurred has little of it. */
  detail: number;
}

/** Ana's picture as the other side sees it, on average. */
function look(person: Person): Promise<Look> {
  return person.page.evaluate(() => {
    const size = { width: 320, height: 180 };
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext('2d');
    const video = document.querySelector<HTMLVideoElement>('[aria-label="Ana"] video:not(.next)');
    const sum = { red: 0, green: 0, blue: 0, detail: 0 };
    if (!context || !video) return sum;
    context.drawImage(video, 0, 0, size.width, size.height);
    const { data } = context.getImageData(0, 0, size.width, size.height);
    const points = size.width * size.height;
    for (let at = 0; at < points; at += 1) {
      sum.red += data[at * 4] ?? 0;
      sum.green += data[at * 4 + 1] ?? 0;
      sum.blue += data[at * 4 + 2] ?? 0;
      if ((at + 1) % size.width === 0) continue;
      sum.detail += Math.abs((data[at * 4 + 1] ?? 0) - (data[at * 4 + 5] ?? 0));
    }
    return {
      red: sum.red / points,
      green: sum.green / points,
      blue: sum.blue / points,
      detail: sum.detail / points,
    };
  });
}

/** How many frames are waited for: enough to tell a rate by, and few enough for slow browsers. */
const FRAMES = 20;

/** Frames that arrive in a second. */
async function framesPerSecond(person: Person): Promise<number> {
  const before = await received(person);
  const after = await eventually(
    () => received(person),
    ({ frames }) => frames >= before.frames + FRAMES,
    LOADED_WITHIN,
    `${FRAMES} frames`,
  );
  return ((after.frames - before.frames) * 1000) / (after.at - before.at);
}

/** How Ana looks while so many frames come in. */
async function looksDuring(person: Person, frames: number): Promise<Look[]> {
  const seen: Look[] = [];
  const { frames: before } = await received(person);
  await eventually(
    async () => {
      seen.push(await look(person));
      return (await received(person)).frames - before;
    },
    (more) => more >= frames,
    10_000,
    `${frames} frames`,
  );
  return seen;
}

async function openSettings(person: Person): Promise<void> {
  await person.press('Camera options');
  await person.press('Audio and video settings', 'menuitem');
  await person.find('radio', 'Blur');
}

/** Chromium's fake camera is green and nothing else; the built-in picture is a dark teal with blue in it. */
const isVeil = ({ green, blue }: Look): boolean => blue > 30 && Math.abs(green - blue) < 40;
const isCamera = ({ green, blue }: Look): boolean => green > 100 && blue < 25;

describe('a background', () => {
  it('is what the other side sees, with frames coming all the while, also from another camera, until it is off', async () => {
    const [ana, ben] = await couple('background');
    const loaded: string[] = [];
    ana.page.on('request', (request) => loaded.push(request.url()));
    const workers = () => ana.page.workers().length;
    try {
      expect(await look(ben)).toSatisfy(isCamera);
      expect(workers()).toBe(0);
      const plain = await framesPerSecond(ben);
      await openSettings(ana);
      await examine(ana, 'call-background', SIZES);
      const changing = (async () => {
        await ana.press('Soft light', 'radio');
        await eventually(() => look(ben), isVeil, LOADED_WITHIN, 'the other picture');
        expect(workers()).toBe(1);
        const backed = await framesPerSecond(ben);
        console.log(`frames a second: ${plain.toFixed(1)} without, ${backed.toFixed(1)} with a background`);
        await ana.page.keyboard.press('Escape');
        await ana.press('Camera options');
        await ana.press('fake_device_2', 'menuitemradio');
        await ana.until(
          'the other camera',
          () =>
            window.probe.captured.some((one) => one.label === 'fake_device_2' && one.readyState === 'live'),
          5_000,
        );
        const seen = await looksDuring(ben, FRAMES);
        expect(seen.filter((one) => !isVeil(one))).toEqual([]);
        await openSettings(ana);
        await ana.press('None', 'radio');
        await eventually(() => look(ben), isCamera, 5_000, 'the camera');
      })();
      await framesRise(ben, 3_000, changing);
      await eventually(
        () => Promise.resolve(workers()),
        (count) => count === 0,
        5_000,
        'no work left',
      );
      const origin = new URL(server.http).origin;
      const outside = loaded.filter((url) => !url.startsWith(origin) && !/^(data|blob):/.test(url));
      expect(outside).toEqual([]);
      // The worker's own requests are among them.
      expect(loaded.some((url) => url.endsWith('.tflite'))).toBe(true);
      expect(loaded.some((url) => url.endsWith('.wasm'))).toBe(true);
      expect([...(await ana.errors()), ...(await ben.errors())]).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('that is blurred has hardly any detail left', async () => {
    const [ana, ben] = await couple('blur');
    try {
      const sharp = await look(ben);
      await openSettings(ana);
      await ana.press('Blur', 'radio');
      const blurred = ({ detail }: Look): boolean => detail < sharp.detail / 2;
      const soft = await eventually(() => look(ben), blurred, LOADED_WITHIN, 'a blurred picture');
      // It is the same picture all the same.
      expect(soft.green).toBeGreaterThan(60);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('is there before anything is seen when the camera goes on again', async () => {
    const [ana, ben] = await couple('again');
    try {
      await openSettings(ana);
      await ana.press('Soft light', 'radio');
      await eventually(() => look(ben), isVeil, LOADED_WITHIN, 'the other picture');
      await ana.page.keyboard.press('Escape');
      await ana.press('Turn camera off');
      await ben.until('initials', () => document.querySelector('[aria-label="Ana"] video') === null, 5_000);
      await ana.press('Turn camera on');
      await ben.until(
        'a picture',
        () => (document.querySelector<HTMLVideoElement>('[aria-label="Ana"] video')?.videoWidth ?? 0) > 0,
        LOADED_WITHIN,
      );
      const seen = await looksDuring(ben, FRAMES);
      expect(seen.filter(isCamera)).toEqual([]);
      expect(seen.at(-1)).toSatisfy(isVeil);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('that cannot be loaded shows nobody unasked: the camera is off, and the page says why', async () => {
    const before = `
      localStorage.setItem('visavis.background', 'blur');
      window.Worker = class extends EventTarget {
        constructor() { super(); setTimeout(() => this.onerror?.(new ErrorEvent('error', { message: 'no', cancelable: true }))); }
        postMessage() {}
        terminate() {}
      };`;
    const ana = await Person.create(await browser('chromium'), 'Ana', { before });
    try {
      await ana.open(`${server.http}/r/unloaded`);
      await ana.until(
        'why',
        () => document.body.innerText.includes('The background could not be loaded'),
        10_000,
      );
      expect(await ana.page.$('video')).toBe(null);
      const live = () =>
        window.probe.captured.filter((one) => one.kind === 'video' && one.readyState === 'live').length;
      expect(await ana.page.evaluate(live)).toBe(0);
      await ana.press('Turn camera on');
      await ana.until('the picture', () => document.querySelector('video') !== null, 5_000);
      expect(await ana.errors()).toEqual([]);
    } finally {
      await ana.close();
    }
  });

  it('may be one’s own picture, kept on the device and removed from it', async () => {
    const [ana, ben] = await couple('own');
    try {
      await openSettings(ana);
      // All red, made in the page.
      await ana.page.evaluate(async () => {
        const canvas = new OffscreenCanvas(1600, 900);
        const context = canvas.getContext('2d');
        if (!context) return;
        context.fillStyle = '#c00000';
        context.fillRect(0, 0, 1600, 900);
        const files = new DataTransfer();
        files.items.add(new File([await canvas.convertToBlob()], 'red.png', { type: 'image/png' }));
        const input = document.querySelector<HTMLInputElement>('input[type=file]');
        if (!input) return;
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      });
      await ana.find('radio', 'Your picture');
      await eventually(
        () => look(ben),
        ({ red, green }) => red > 120 && green < 90,
        LOADED_WITHIN,
        'red',
      );
      await ana.press('Remove your picture');
      await eventually(() => look(ben), isCamera, 5_000, 'the camera');
      expect(await ana.page.$('input[value=own]')).toBe(null);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('leaves the picture of a camera that looks away as it is', async () => {
    // As the camera at the back of a phone says of itself; what has a background says nothing.
    const before = `{
      const settings = MediaStreamTrack.prototype.getSettings;
      MediaStreamTrack.prototype.getSettings = function () {
        const facingMode = this.label === 'fake_device_2' ? 'environment' : 'user';
        return { ...settings.call(this), ...(this.label.startsWith('fake_device') ? { facingMode } : {}) };
      };
      if (location.protocol === 'http:') localStorage.setItem('visavis.background', 'veil');
    }`;
    const ana = await Person.create(await browser('chromium'), 'Ana', { before });
    const shows = (mirrored: boolean) =>
      ana.until(
        mirrored ? 'a mirrored picture' : 'a picture as it is',
        `document.querySelector('[data-tile] video') !== null
          && (document.querySelector('[data-tile] video.mirrored') !== null) === ${mirrored}`,
        LOADED_WITHIN,
      );
    const camera = async (name: string): Promise<void> => {
      await ana.press('Camera options');
      await ana.press(name, 'menuitemradio');
      await ana.until(name, `window.probe.captured.at(-1)?.label === '${name}'`, 5_000);
    };
    try {
      await ana.join(`${server.http}/r/away`);
      await shows(true);
      await camera('fake_device_2');
      await shows(false);
      expect(ana.page.workers().length, 'the background is still there').toBe(1);
      await camera('fake_device_0');
      await shows(true);
      expect(await ana.errors()).toEqual([]);
    } finally {
      await ana.close();
    }
  });

  it('works where frames have to pass through the page, too', async () => {
    const before = `if (location.protocol === 'http:') localStorage.setItem('visavis.background', 'veil')`;
    const ana = await Person.create(await browser('firefox'), 'Ana', { before });
    const ben = await Person.create(await browser('chromium'), 'Ben');
    try {
      await ana.join(`${server.http}/r/firefox`);
      await ben.join(`${server.http}/r/firefox`);
      await eventually(() => look(ben), isVeil, LOADED_WITHIN, 'the other picture');
      const backed = await framesPerSecond(ben);
      console.log(`frames a second of Firefox with a background: ${backed.toFixed(1)}`);
      expect(backed).toBeGreaterThan(1);
      expect(await ana.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});
