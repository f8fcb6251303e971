// Languages: a browser is spoken to in its own, what somebody chooses stays, and every screen has room for longer words
// and for a script that runs the other way.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { PASSWORD, startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { framesRise, hearsAndSees } from '../harness/measure';
import { cramped, PSEUDO, startPreview, wordsOf } from '../harness/languages';
import type { Preview, Words } from '../harness/languages';
import type { Server } from '../harness/server';

const RESULTS = join(import.meta.dirname, '../results');
const PHOTOGRAPH = process.env['VISAVIS_SCREENSHOTS'] !== undefined;
const SIZES = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
];

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** What the page is written in, and which way it runs. */
const written = (person: Person): Promise<string> =>
  person.page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`);

const chooses = async (person: Person, words: Words, tag: string): Promise<void> => {
  await person.page.select(`select:has(option[value=${tag}])`, tag);
  await person.find('button', words('join_room'));
};

describe('the language', () => {
  it('is that of the browser, and no other is loaded', async () => {
    const german = await launch('chromium', { language: 'de-AT' });
    const berta = await Person.create(german, 'Berta');
    try {
      await berta.open(server.http);
      await berta.find('button', wordsOf('de')('join_room'));
      expect(await written(berta)).toBe('de ltr');
      const loaded = await berta.page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => /\/(de|tr|en-XB)-/.exec(name)?.[1]),
      );
      expect(loaded.filter(Boolean)).toEqual(['de']);
      await examine(berta, 'home-de');
    } finally {
      await german.close();
    }
  });

  it('is English for browsers of another one', async () => {
    const french = await launch('chromium', { language: 'fr-FR' });
    const fleur = await Person.create(french, 'Fleur');
    try {
      await fleur.open(server.http);
      await fleur.find('button', 'Join room');
      expect(await written(fleur)).toBe('en ltr');
    } finally {
      await french.close();
    }
  });

  it('is changed without a reload, and stays after one', async () => {
    const tuna = await Person.create(chromium, 'Tuna');
    try {
      await tuna.open(server.http);
      await (await tuna.find('textbox', 'Room name')).type('Ufuk');
      await chooses(tuna, wordsOf('tr'), 'tr');
      expect(await tuna.page.evaluate(() => document.querySelector('form input')?.matches(':valid'))).toBe(
        true,
      );
      expect(
        await tuna.page.evaluate(() => document.querySelector<HTMLInputElement>('form input')?.value),
      ).toBe('Ufuk');
      await tuna.page.reload();
      await tuna.find('button', wordsOf('tr')('join_room'));
      expect(await written(tuna)).toBe('tr ltr');
      await tuna.open(`${server.http}/r/Ufuk`);
      await tuna.find('button', wordsOf('tr')('join_now'));
    } finally {
      await tuna.close();
    }
  });

  it('is that of the address in this tab alone', async () => {
    const dora = await Person.create(chromium, 'Dora');
    try {
      await dora.open(`${server.http}/?lang=de`);
      await dora.find('button', wordsOf('de')('join_room'));
      await dora.open(`${server.http}/desk/help`);
      await dora.find('textbox', wordsOf('de')('your_name'));
      const other = await Person.tab(dora.context, 'Dora');
      await other.open(server.http);
      await other.find('button', 'Join room');
    } finally {
      await dora.close();
    }
  });

  it('of a smart screen is that of its place again after somebody has passed', async () => {
    const passer = await Person.create(chromium, 'Somebody');
    try {
      await passer.open(`${server.http}/desk/help?kiosk&lang=de`);
      await passer.find('combobox', wordsOf('de')('language'));
      await passer.page.select('select', 'tr');
      await passer.find('combobox', wordsOf('tr')('language'));
      await passer.page.reload();
      await passer.find('combobox', wordsOf('de')('language'));
    } finally {
      await passer.close();
    }
  });
});

/** Where a screen is, and how one gets to see it. */
interface Screen {
  name: string;
  path: string;
  then: (person: Person, words: Words) => Promise<void>;
}

const SCREENS: Screen[] = [
  { name: 'home', path: '/', then: async (p, w) => void (await p.find('button', w('join_room'))) },
  { name: 'prejoin', path: '/r/Büro', then: async (p, w) => void (await p.find('button', w('join_now'))) },
  {
    name: 'call',
    path: '/r/Büro',
    then: async (p, w) => {
      await typeName(p, w);
      await p.press(w('join_now'));
      await p.find('toolbar', w('call_controls'));
      await p.press(w('chat'));
      await p.find('log', w('messages'));
    },
  },
  {
    name: 'call-menu',
    path: '/r/Büro',
    then: async (p, w) => {
      await typeName(p, w);
      await p.press(w('join_now'));
      await p.find('toolbar', w('call_controls'));
      await (await p.find('button', w('more_options'))).click();
      await p.until('the menu', () => document.querySelector('[role=menu]') !== null, 5_000);
    },
  },
  { name: 'desk', path: '/desk/help', then: async (p, w) => void (await p.find('textbox', w('your_name'))) },
  {
    name: 'kiosk',
    path: '/desk/help?kiosk',
    then: async (p, w) => void (await p.find('combobox', w('language'))),
  },
  {
    name: 'staff-sign-in',
    path: '/staff',
    then: async (p, w) => void (await p.find('button', w('staff_sign_in'))),
  },
  { name: 'staff', path: '/staff', then: signedIn },
  { name: 'staff-account', path: '/staff/account', then: signedIn },
  {
    name: 'appointments',
    path: '/staff/appointments',
    then: async (p, w) => {
      await signedIn(p, w);
      await p.press(w('appts_new'));
      await p.find('textbox', w('appts_client_name'));
    },
  },
  { name: 'admin-people', path: '/admin', then: signedIn },
  {
    name: 'admin-desks',
    path: '/admin/desks',
    then: async (p, w) => {
      await signedIn(p, w);
      await p.press(w('admin_new_desk'));
      await p.find('textbox', w('admin_desk_name'));
    },
  },
  { name: 'admin-history', path: '/admin/history', then: signedIn },
  {
    name: 'lounge-door',
    path: '/lounge',
    then: async (p, w) => void (await p.find('button', w('lounge_enter'))),
  },
  {
    name: 'lounge',
    path: '/lounge',
    then: async (p, w) => {
      await typeName(p, w);
      await p.press(w('lounge_enter'));
      await p.find('button', w('lounge_your_status'));
    },
  },
  {
    name: 'not-found',
    path: '/nowhere',
    then: async (p, w) => void (await p.find('heading', w('not_found_title'))),
  },
];

async function typeName(person: Person, words: Words): Promise<void> {
  await (await person.find('textbox', words('your_name'))).type(person.name);
}

async function signedIn(person: Person, words: Words): Promise<void> {
  await (await person.find('textbox', words('staff_email'))).type('admin@demo');
  await (await person.find('textbox', words('staff_password'))).type(PASSWORD);
  await person.press(words('staff_sign_in'));
  await person.find('button', words('staff_sign_out'));
  await person.page.waitForNetworkIdle({ idleTime: 200 });
}

describe('every screen has room', () => {
  let preview: Preview;
  beforeAll(async () => {
    preview = await startPreview(server.http);
  }, 240_000);
  afterAll(() => preview?.dispose());

  it('is another one in the middle of a call, at once, and the call goes on', async () => {
    const [tuna, ben] = [await Person.create(chromium, 'Tuna'), await Person.create(chromium, 'Ben')];
    const own = () =>
      tuna.page.evaluate(() =>
        [...document.querySelectorAll('[data-tile]')].map((tile) => tile.getAttribute('data-participant')),
      );
    const peers = () => tuna.page.evaluate(() => window.probe.peers.length);
    const captures = () => tuna.page.evaluate(() => window.probe.captured.length);
    try {
      await tuna.join(`${preview.base}/r/Ufuk`);
      await ben.join(`${server.http}/r/Ufuk`);
      await Promise.all([hearsAndSees(tuna, 10_000), hearsAndSees(ben, 10_000)]);
      const before = [await own(), await peers(), await captures()];
      const said = () =>
        tuna.page.evaluate(() => [...document.querySelectorAll('[aria-live]')].map((one) => one.textContent));
      await tuna.until('Ben announced', `document.body.textContent.includes('Ben joined')`, 3_000);
      const heard = await said();
      await tuna.press('More options');
      await tuna.press('Settings', 'menuitem');
      await tuna.find('dialog', 'Settings');
      const changing = (async () => {
        for (const [tag, direction] of [
          ['tr', 'ltr'],
          [PSEUDO, 'rtl'],
          ['de', 'ltr'],
        ] as const) {
          const words = wordsOf(tag);
          await tuna.page.select(`select:has(option[value=${tag}])`, tag);
          // The dialog itself, and what lies behind it.
          await tuna.find('dialog', words('aware_settings'));
          await tuna.find('combobox', words('language'));
          expect(await written(tuna)).toBe(`${tag} ${direction}`);
          const behind = await tuna.page.evaluate(() => [
            document.querySelector('[role=toolbar]')?.getAttribute('aria-label'),
            document.querySelector('[data-control=chat]')?.getAttribute('aria-label'),
          ]);
          expect(behind).toEqual([words('call_controls'), words('chat')]);
        }
      })();
      await framesRise(ben, 1_000, changing);
      expect(await said(), 'what was said once is not said again').toEqual(heard);
      await hearsAndSees(tuna);
      expect([await own(), await peers(), await captures()]).toEqual(before);
      await tuna.page.keyboard.press('Escape');
      const words = wordsOf('de');
      // Focus is where it was before the dialog.
      await tuna.press(words('mute_microphone'));
      await ben.tileHas('Tuna', 'data-muted', 'true');
      // It is remembered, as everywhere else.
      await tuna.page.reload();
      await tuna.find('button', words('unmute_microphone'));
      await tuna.until(
        'the same person',
        `'${before[0]?.toString()}'.includes(document.querySelector('[data-tile]')?.dataset.participant)`,
        5_000,
      );
      expect([...(await tuna.errors()), ...(await ben.errors())]).toEqual([]);
    } finally {
      await Promise.all([tuna.close(), ben.close()]);
    }
  });

  describe.each([PSEUDO, 'de', 'tr'])('in %s', (tag) => {
    it.each(SCREENS)('$name', async ({ name, path, then }) => {
      const person = await Person.create(chromium, 'Zeynep');
      try {
        const words = wordsOf(tag);
        await person.open(`${preview.base}${path}${path.includes('?') ? '&' : '?'}lang=${tag}`);
        await then(person, words);
        expect(await written(person)).toBe(tag === PSEUDO ? 'en-XB rtl' : `${tag} ltr`);
        await person.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
        const faults: string[] = [];
        for (const size of SIZES) {
          await person.page.setViewport(size);
          await person.page.mouse.move(60, 200);
          if (PHOTOGRAPH) {
            mkdirSync(RESULTS, { recursive: true });
            const file = join(RESULTS, `words-${name}-${tag}-${size.width}.png`) as `${string}.png`;
            await person.page.screenshot({ path: file });
          }
          faults.push(...(await cramped(person)).map((fault) => `${size.width}: ${fault}`));
        }
        expect(faults.join('\n')).toBe('');
      } finally {
        await person.close();
      }
    });
  });
});
