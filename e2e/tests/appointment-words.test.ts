// The pages of appointments in the languages other than English: every state has its words, room for them, and dates as
// they are written there.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ANA, Hands, linkOf, professional, wallIn } from '../harness/appointment';
import { launch, Person } from '../harness/browsers';
import { PASSWORD, startDemo } from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { cramped, untranslated, wordsOf } from '../harness/languages';
import type { Words } from '../harness/languages';
import type { Server } from '../harness/server';

const RESULTS = join(import.meta.dirname, '../results');
const PHOTOGRAPH = process.env['VISAVIS_SCREENSHOTS'] !== undefined;
const SIZES = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
];
const ABOUT = 'Pencere camı, Windschutzscheibe';

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

async function opens(link: string, tag: string): Promise<Person> {
  const person = await Person.create(chromium, 'Vera Toprak');
  passing.push(person);
  const url = new URL(link);
  url.searchParams.set('lang', tag);
  await person.open(url.href);
  return person;
}

const reads = (person: Person, text: string): Promise<number> =>
  person.until(text, `document.body.innerText.includes(${JSON.stringify(text)})`, 8_000);

/** Looks at a state in every size; what is wrong with it is gathered, so that one look finds all. */
async function look(person: Person, tag: string, screen: string, found: string[]): Promise<void> {
  await person.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  for (const size of SIZES) {
    await person.page.setViewport(size);
    await person.page.mouse.move(60, 200);
    if (PHOTOGRAPH) {
      mkdirSync(RESULTS, { recursive: true });
      const file = join(RESULTS, `words-${screen}-${tag}-${size.width}.png`) as `${string}.png`;
      await person.page.screenshot({ path: file, fullPage: true });
    }
    found.push(...(await cramped(person)).map((fault) => `${screen}, ${size.width}: ${fault}`));
  }
  found.push(...(await untranslated(person, tag)).map((text) => `${screen}: English "${text}"`));
}

async function dashboard(tag: string, words: Words): Promise<Person> {
  const person = await Person.create(chromium, ANA);
  passing.push(person);
  await person.open(`${server.http}/staff/appointments?lang=${tag}`);
  await (await person.find('textbox', words('staff_email'))).type('ana@demo');
  await (await person.find('textbox', words('staff_password'))).type(PASSWORD);
  await person.press(words('staff_sign_in'));
  await person.find('button', words('appts_new'));
  return person;
}

describe.each(['de', 'tr'])('in %s', (tag) => {
  const words = wordsOf(tag);
  const name = ANA;

  it("the client's page has words for every state", async () => {
    const found: string[] = [];
    const early = await hands.make('Vera Toprak', { about: ABOUT, wall: wallIn(95) });
    const first = await opens(linkOf(early), tag);
    await first.find('timer', words('appt_opens_in'));
    // Days and months are the reader's, whatever the machine speaks.
    const date = new Intl.DateTimeFormat(tag, { weekday: 'long', timeZone: 'UTC' }).format(early.starts_at);
    expect(await first.page.evaluate(() => document.body.innerText)).toContain(date);
    await look(first, tag, 'appointment-early', found);
    await hands.ask('POST', `/${early.id}/move`, {
      wall: wallIn(200),
      zone: 'UTC',
      minutes: 45,
      sequence: 0,
    });
    await first.page.evaluate(() => dispatchEvent(new Event('online')));
    await reads(first, words('appt_moved', { name }));
    await look(first, tag, 'appointment-moved', found);

    const now = await hands.make('Vera Toprak', { about: ABOUT });
    const vera = await opens(linkOf(now), tag);
    await vera.find('button', words('appt_ready'));
    await vera.until('the picture', () => document.querySelector('video') !== null, 5_000);
    await reads(vera, words('appt_reach_away', { name }));
    await look(vera, tag, 'appointment-door', found);
    await vera.press(words('appt_ready'));
    await reads(vera, words('appt_waiting_away', { name }));
    await look(vera, tag, 'appointment-waiting-away', found);
    const ana = await professional(chromium, server.http, ANA, 'ana@demo');
    passing.push(ana);
    await reads(vera, words('appt_waiting_here', { name }));
    await look(vera, tag, 'appointment-waiting-here', found);
    await ana.press('Admit Vera Toprak');
    await vera.find('toolbar', words('call_controls'));
    await look(vera, tag, 'appointment-call', found);
    await ana.press('Hold Vera Toprak');
    await reads(vera, words('appt_held', { name }));
    await look(vera, tag, 'appointment-held', found);
    await ana.find('button', 'Admit Vera Toprak');
    await ana.press('Admit Vera Toprak');
    await vera.find('toolbar', words('call_controls'));
    await ana.press('Leave');
    await vera.find('heading', words('appt_end_hung_up', { name }));
    await look(vera, tag, 'appointment-ended', found);
    await vera.press(words('appt_wait_again'));
    await vera.find('status', words('appt_waiting_for', { name }));
    const second = await opens(linkOf(now), tag);
    await second.find('heading', words('appt_elsewhere_waiting'));
    await look(second, tag, 'appointment-elsewhere', found);
    expect(found.join('\n')).toBe('');
  });

  it('links that are of no use say why', async () => {
    const found: string[] = [];
    const [replaced, cancelled, over] = [
      await hands.make('Vera Toprak'),
      await hands.make('Vera Toprak'),
      await hands.make('Vera Toprak'),
    ];
    await hands.ask('POST', `/${replaced.id}/links/${replaced.links[0]?.id}/reissue`);
    await hands.ask('POST', `/${cancelled.id}/state`, { state: 'cancelled' });
    await hands.ask('POST', `/${over.id}/state`, { state: 'done' });
    for (const [link, key] of [
      [linkOf(replaced), 'appt_replaced'],
      [linkOf(cancelled), 'appt_cancelled'],
      [linkOf(over), 'appt_over'],
      [`${server.http}/a#none.of.ours`, 'appt_invalid'],
      [`${server.http}/a`, 'appt_needed'],
    ] as const) {
      const vera = await opens(link, tag);
      await vera.find('heading', words(key));
      await look(vera, tag, key, found);
      await vera.close();
    }
    expect(found.join('\n')).toBe('');
  });

  it('the dashboard has words for a day, a week and what one does there', async () => {
    const found: string[] = [];
    await hands.make('Zoë van der Berg-Maximilianowitsch', { wall: wallIn(60), about: ABOUT });
    const ana = await dashboard(tag, words);
    await look(ana, tag, 'appointments-day', found);
    await ana.press(words('appts_view_week'));
    await look(ana, tag, 'appointments-week', found);
    await ana.press(words('appts_view_day'));
    await ana.press(words('appts_new'));
    await look(ana, tag, 'appointments-form', found);
    const fill = async (field: string, text: string): Promise<void> => {
      const box = await ana.find('textbox', words(field));
      await box.evaluate((element) => (element as HTMLInputElement).select());
      await box.type(text);
    };
    await fill('appts_starts', 'tomorrow');
    await fill('appts_duration', '1');
    await ana.press(words('appts_create'));
    await ana.until('the mistakes', () => document.querySelector('[aria-invalid=true]') !== null, 3_000);
    await look(ana, tag, 'appointments-mistakes', found);
    await fill('appts_client_name', 'Gül Aydın');
    await fill('appts_starts', wallIn(3).replace('T', ' '));
    await fill('appts_duration', '30');
    await ana.press(words('appts_create'));
    await ana.find('textbox', words('appts_link'));
    await look(ana, tag, 'appointments-created', found);
    await ana.press(words('close'));
    await ana.press(words('appts_details_of', { name: 'Gül Aydın' }));
    await ana.find('heading', words('appts_links'));
    await look(ana, tag, 'appointments-details', found);
    await ana.page.evaluate((label) => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find(({ textContent }) => textContent.trim() === label)?.click();
    }, words('appts_reschedule'));
    await ana.find('button', words('appts_move_save'));
    await look(ana, tag, 'appointments-reschedule', found);
    expect(found.join('\n')).toBe('');
  });
});
