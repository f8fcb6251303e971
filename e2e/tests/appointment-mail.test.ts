// Mail about an appointment: what the preview shows is what is sent, the link in it leads in, and its calendar file is
// of the appointment, for a change and a cancellation too.

import ICAL from 'ical.js';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANA, client, fill, professional, wallIn } from '../harness/appointment';
import { launch } from '../harness/browsers';
import type { Person } from '../harness/browsers';
import { reads, startDemo } from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { eventually } from '../harness/measure';
import { openPostOffice } from '../harness/post';
import type { Mail, PostOffice } from '../harness/post';
import type { Server } from '../harness/server';

const CLIENT = 'Gül Aydın';
const ADDRESS = 'guel@client.example';

let post: PostOffice;
let server: Server;
let chromium: Browser;

beforeAll(async () => {
  post = await openPostOffice();
  server = await startDemo({
    VISAVIS_SMTP__URL: post.url,
    VISAVIS_SMTP__FROM: 'Visavis <visavis@example.org>',
  });
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
  await post?.close();
});

/** Sends the mail whose preview is open. @returns the mail, and what the preview showed */
async function sends(ana: Person): Promise<{ mail: Mail; shown: { subject: string; text: string } }> {
  const count = post.mails.length;
  await ana.find('region', 'What is sent');
  await ana.until(
    'a preview that holds',
    () =>
      [...document.querySelectorAll('button')].some(
        (one) => one.textContent.trim() === 'Send' && !one.matches(':disabled'),
      ),
    5_000,
  );
  const shown = await ana.page.evaluate(() => {
    const preview = document.querySelector('[aria-label="What is sent"]');
    const values = [...(preview?.querySelectorAll('dd') ?? [])].map((one) => one.textContent);
    return { subject: values[1] ?? '', text: preview?.querySelector('.text')?.textContent ?? '' };
  });
  await ana.press('Send');
  await reads(ana, `Mail sent to ${ADDRESS}`, 10_000);
  await eventually(
    async () => post.mails.length,
    (now) => now > count,
    5_000,
    'the mail',
  );
  expect(post.mails).toHaveLength(count + 1);
  const mail = post.mails[count];
  if (!mail) throw new Error('no mail');
  return { mail, shown };
}

/** A time of today: before now, if so many minutes lead past midnight. */
function today(minutes: number): string {
  const wall = wallIn(minutes);
  return wall.slice(0, 10) === wallIn(0).slice(0, 10) ? wall : wallIn(-minutes);
}

const textOf = (mail: Mail): string =>
  mail.parts
    .find(({ type }) => type.startsWith('text/plain'))
    ?.text.replace(/\r\n/g, '\n')
    .trim() ?? '';

function eventOf(mail: Mail): { method: unknown; event: ICAL.Event } {
  const file = mail.parts.find(({ type }) => type.startsWith('text/calendar'));
  const calendar = new ICAL.Component(ICAL.parse(file?.text ?? '') as unknown[]);
  const component = calendar.getFirstSubcomponent('vevent');
  if (!component) throw new Error('no event');
  return { method: calendar.getFirstPropertyValue('method'), event: new ICAL.Event(component) };
}

it('what is shown is sent, leads in, and is told again when it changes', async () => {
  const ana = await professional(chromium, server.http, ANA, 'ana@demo');
  const wall = today(5);
  await ana.press('New appointment');
  await fill(ana, 'Client name', CLIENT);
  await fill(ana, 'E-mail', ADDRESS);
  await fill(ana, 'Starts', wall.replace('T', ' '));
  await ana.press('Create');
  await ana.press('Send by mail');
  await fill(ana, `A word to ${CLIENT}`, 'Please have the letter at hand, ß and all.');
  await reads(ana, 'Please have the letter at hand');
  await ana.until(
    'the word in the preview',
    () =>
      document.querySelector('[aria-label="What is sent"] .text')?.textContent.includes('ß and all') === true,
    5_000,
  );
  const invitation = await sends(ana);
  expect(invitation.mail.to).toBe(ADDRESS);
  expect(invitation.mail.subject).toBe(invitation.shown.subject);
  expect(textOf(invitation.mail)).toBe(invitation.shown.text.trim());
  const first = eventOf(invitation.mail);
  expect(first.method).toBe('REQUEST');
  expect(first.event.startDate.toJSDate().toISOString()).toBe(`${wall}:00.000Z`);

  const link = /\S+\/a#\S+/.exec(textOf(invitation.mail))?.[0] ?? '';
  const guel = await client(chromium, link, CLIENT);
  await reads(guel, `You take part as ${CLIENT}`);

  // Another time: the client has not been told of it until they are.
  await ana.press('Close');
  const card = await ana.page.waitForSelector(
    `::-p-xpath(//li[.//h3[text()="${CLIENT}"]]//button[normalize-space()="Reschedule"])`,
  );
  await card?.evaluate((button) => (button as HTMLElement).click());
  const later = today(8);
  await fill(ana, 'Starts', later.replace('T', ' '));
  await ana.press('Save new time');
  await ana.press(`Details of ${CLIENT}`);
  await reads(ana, `${CLIENT} has not been sent the new time yet.`);
  await ana.press('Send by mail');
  const change = await sends(ana);
  expect(textOf(change.mail)).toBe(change.shown.text.trim());
  const second = eventOf(change.mail);
  expect(second.event.startDate.toJSDate().toISOString()).toBe(`${later}:00.000Z`);
  expect([second.event.uid, second.event.sequence]).toEqual([first.event.uid, first.event.sequence + 1]);
  await reads(guel, `${ANA} has moved the appointment.`);
  // Neither addresses nor links are in the log.
  for (const word of [ADDRESS, link.split('#')[1] ?? '', CLIENT]) expect(server.log()).not.toContain(word);
  expect([...(await ana.errors()), ...(await guel.errors())]).toEqual([]);
});
