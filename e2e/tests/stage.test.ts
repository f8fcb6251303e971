// Where tiles are on screens of every size, with few people and many, with and without somebody's screen: nothing lies
// over anything else, nothing scrolls, everything can be pressed. And how one chooses to see the others.

import type { Browser, CDPSession } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { Crowd } from '../harness/crowd';
import { examine } from '../harness/examine';
import { comer, GROUP_LAUNCH, showsPictures, tiles } from '../harness/group';
import { eventually } from '../harness/measure';
import { screenGiver, seesScreen } from '../harness/share';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const SIZES = [
  { width: 320, height: 640, fingers: true },
  { width: 360, height: 740, fingers: true },
  { width: 740, height: 360, fingers: true },
  { width: 768, height: 1024, fingers: true },
  { width: 1440, height: 900, fingers: false },
  { width: 3840, height: 2160, fingers: false },
];
/** Drawing the largest by hand takes so long that the pictures are given up. */
const LOOKED_AT = SIZES.slice(1, -1).map(({ width, height }) => ({ width, height }));

/** Wide enough for a bar that has everything. */
const PAGE = { width: 1280, height: 720 };

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** What is wrong with where things are, in words. */
function faults(person: Person, least: number, page: 'fixed' | 'long'): Promise<string[]> {
  return person.page.evaluate(
    (least, page) => {
      const found: string[] = [];
      const name = (element: Element): string => element.getAttribute('aria-label') ?? element.className;
      const over = (a: DOMRect, b: DOMRect): boolean =>
        a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
      const things = [
        ...document.querySelectorAll('[data-tile], [role=toolbar], main > header, nav, .sharing'),
      ].map((element) => ({ element, at: element.getBoundingClientRect() }));
      for (const [index, { element, at }] of things.entries()) {
        if (at.left < -0.5 || at.top < -0.5 || at.right > innerWidth + 0.5 || at.bottom > innerHeight + 0.5)
          found.push(`${name(element)} leaves the screen`);
        // One's own picture lies over the only other one: that is what it is for.
        if (element.closest('.corner')) continue;
        for (const other of things.slice(index + 1)) {
          if (!other.element.closest('.corner') && over(at, other.at))
            found.push(`${name(element)} over ${name(other.element)}`);
        }
      }
      const root = document.scrollingElement;
      const scrolls = root && page === 'fixed' && root.scrollHeight > innerHeight;
      if (scrolls || (root && root.scrollWidth > innerWidth)) found.push('it scrolls');
      for (const button of document.querySelectorAll('main button')) {
        // What lies between two pixels is as large as it is meant to be.
        const at = button.getBoundingClientRect();
        const [width, height] = [Math.round(at.width), Math.round(at.height)];
        const gone = width === 0 || height === 0;
        if (!gone && (width < least || height < least)) found.push(`${name(button)} is ${width}×${height}`);
      }
      return found;
    },
    least,
    page,
  );
}

const fingers = new Map<Person, CDPSession>();

/** Another screen, without the reload that puppeteer makes of it. */
async function become(person: Person, size: (typeof SIZES)[number]): Promise<void> {
  const { width, height } = size;
  const devtools = fingers.get(person) ?? (await person.page.createCDPSession());
  fingers.set(person, devtools);
  await person.page.setViewport({ width, height });
  await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: size.fingers });
  const is = `innerWidth === ${width} && matchMedia('(pointer: coarse)').matches === ${size.fingers}`;
  await person.until(`a screen of ${width}×${height}`, is, 2_000);
}

/** Looks at it in every size. */
async function check(person: Person, what: string, page: 'fixed' | 'long' = 'fixed'): Promise<void> {
  const found: string[] = [];
  for (const size of SIZES) {
    await become(person, size);
    const least = size.fingers ? 44 : 24;
    const now = await eventually(
      () => faults(person, least, page),
      (faults) => faults.length === 0,
      3_000,
      'nothing wrong',
    ).catch(() => faults(person, least, page));
    found.push(...now.map((fault) => `${what}, ${size.width}×${size.height}: ${fault}`));
  }
  expect(found.join('\n')).toBe('');
}

describe('tiles', () => {
  it('are apart, whole and large enough on every screen', async () => {
    const [ana, ben] = (await Promise.all(
      ['Ana', 'Ben'].map((name) => comer(chromium, name, { before: screenGiver(), viewport: PAGE })),
    )) as [Person, Person];
    let crowd: Crowd | undefined;
    try {
      await ana.join(`${server.http}/r/stage`);
      await check(ana, 'alone');
      await ben.join(`${server.http}/r/stage`);
      await showsPictures(ana, 'Ben');
      for (let people = 2; people <= 9; people += 1) {
        await crowd?.dispose();
        crowd = people > 2 ? await Crowd.fill(server, 'stage', people - 2, 'absent') : undefined;
        await ana.page.setViewport(PAGE);
        await eventually(
          () => tiles(ana),
          (names) => names.length === people,
          10_000,
          `${people} people`,
        );
        await check(ana, `${people} people`);
        await ben.press('Share screen');
        await ana.seesTile('Ben, screen');
        await check(ana, `${people} people and a screen`);
        await check(ben, `${people} people, one's own screen shared`);
        await ben.page.setViewport(PAGE);
        await ben.press('Stop sharing');
        await ana.losesTile('Ben, screen', 3_000);
      }
      for (const person of [ana, ben]) expect(await person.errors()).toEqual([]);
    } finally {
      await crowd?.dispose();
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('what is beside the tiles', () => {
  it('is whole, and large enough for a finger, on every screen', async () => {
    const [ana, ben] = (await Promise.all(
      ['Ana', 'Ben'].map((name) => comer(chromium, name, { viewport: PAGE })),
    )) as [Person, Person];
    const url = `${server.http}/r/beside`;
    try {
      await ana.open(url);
      await ana.enterName();
      await ana.until('the preview', () => document.querySelector('video') !== null, 5_000);
      // A page of its own, which is read downwards: it may be longer than the screen, and never wider.
      await check(ana, 'the door', 'long');
      await ana.page.setViewport(PAGE);
      await ana.press('Join now');
      await ana.find('toolbar', 'Call controls');
      await ben.join(url);
      await showsPictures(ana, 'Ben');
      for (const panel of ['Chat', 'People']) {
        await ana.press(panel);
        await ana.find('region', panel);
        await check(ana, panel);
        await ana.page.setViewport(PAGE);
        await ana.press('Close');
      }
      await ana.press('Reactions');
      await ana.find('toolbar', 'Reactions');
      await check(ana, 'reactions');
      await ana.page.setViewport(PAGE);
      await ana.press('Reactions');
      await ana.leave();
      await check(ana, 'the end', 'long');
      for (const person of [ana, ben]) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('a view', () => {
  it('is chosen, remembered and looks as it should', async () => {
    const [ana, ben, cem] = (await Promise.all(
      ['Ana Kaya', 'Ben', 'Cem'].map((name) =>
        comer(chromium, name, { before: screenGiver(), viewport: PAGE }),
      ),
    )) as [Person, Person, Person];
    const url = `${server.http}/r/view`;
    const area = (name: string) =>
      ana.page.evaluate((label) => {
        const tile = document.querySelector(`[data-tile][aria-label="${label}"]`);
        const { width = 0, height = 0 } = tile?.getBoundingClientRect() ?? {};
        return width * height;
      }, name);
    const larger = (name: string, than: string) =>
      eventually(
        async () => [await area(name), await area(than)] as const,
        ([one, other]) => one > 2 * other && other > 0,
        5_000,
        `${name} larger than ${than}`,
      );
    const choose = async (name: string, role: string): Promise<void> => {
      await ana.press('More options');
      await ana.press(name, role);
    };
    try {
      await ana.join(url);
      await ben.join(url);
      await showsPictures(ana, 'Ben');
      await corners(ana);
      await examine(ana, 'stage-two', LOOKED_AT);
      await cem.join(url);
      await showsPictures(ana, 'Cem');

      await ana.press('Pin Cem');
      await larger('Cem', 'Ben');
      await ana.press('Pin Ana Kaya (you)');
      await larger('Ana Kaya (you)', 'Ben');
      await examine(ana, 'stage-pinned', LOOKED_AT);
      await choose('Unpin all', 'menuitem');
      await choose('Whoever speaks large', 'menuitemradio');
      // Both speak all the time: which of them is large is not ours to say.
      await eventually(
        async () => [Math.max(await area('Ben'), await area('Cem')), await area('Ana Kaya (you)')] as const,
        ([one, own]) => one > 2 * own && own > 0,
        5_000,
        'one of the others larger than oneself',
      );
      await choose('Hide own picture', 'menuitem');
      await ana.losesTile('Ana Kaya (you)', 3_000);
      await ana.page.reload();
      await showsPictures(ana, 'Ben');
      expect(await tiles(ana)).not.toContain('Ana Kaya (you)');
      await choose('Everybody alike', 'menuitemradio');
      await choose('Show own picture', 'menuitem');
      await showsPictures(ana, 'Ana Kaya (you)');

      const mirrored = (): Promise<string[]> =>
        ana.page.evaluate(() =>
          [...document.querySelectorAll('[data-tile]:has(video.mirrored)')].map(
            (tile) => tile.getAttribute('aria-label') ?? '',
          ),
        );
      expect(await mirrored(), 'the others are never mirrored').toEqual(['Ana Kaya (you)']);
      await ana.press('Options for Ana Kaya (you) (tile)');
      await examine(ana, 'stage-own-options', LOOKED_AT);
      await ana.press('Mirror own picture', 'switch');
      expect(await mirrored()).toEqual([]);
      await ana.page.keyboard.press('Escape');

      await ben.press('Share screen');
      await seesScreen(ana, 'Ben');
      await larger('Ben, screen', 'Cem');
      await examine(ana, 'stage-screen', LOOKED_AT);
      await examine(ben, 'stage-sharing', LOOKED_AT);
      await ana.press('Options for Ben (tile)');
      await examine(ana, 'stage-options', LOOKED_AT);
      await ana.page.keyboard.press('Escape');
      for (const person of [ana, ben, cem]) expect(await person.errors()).toEqual([]);
    } finally {
      await Promise.all([ana, ben, cem].map((person) => person.close()));
    }
  });
});

/** One's own picture goes round the corners by keyboard, and stays within the picture under it. */
async function corners(person: Person): Promise<void> {
  const handle = await person.find('button', 'Move own picture to the next corner');
  await handle.focus();
  const centre = (): Promise<{ x: number; y: number }> =>
    person.page.evaluate(() => {
      const at = document.querySelector('.corner')?.getBoundingClientRect();
      const x = at ? at.left + at.width / 2 : 0;
      const y = at ? at.top + at.height / 2 : 0;
      return { x: x / innerWidth, y: y / innerHeight };
    });
  for (const [key, right, low] of [
    ['ArrowLeft', false, true],
    ['ArrowUp', false, false],
    ['ArrowRight', true, false],
    ['ArrowDown', true, true],
  ] as const) {
    await person.page.keyboard.press(key);
    await eventually(centre, ({ x, y }) => x > 0.5 === right && y > 0.5 === low, 2_000, key);
  }
}
