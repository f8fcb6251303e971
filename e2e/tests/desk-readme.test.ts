// The README's walk-through, followed to the letter: what it calls a link is opened, what it prints in bold is used,
// in the window it names. A control that is called otherwise fails here, and so does a step without one.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { startDemo } from '../harness/desk';
import { GROUP_LAUNCH } from '../harness/group';
import { hearsAndSees } from '../harness/measure';
import type { Server } from '../harness/server';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** What people type into or press: a heading may be called the same. */
const ROLES = ['textbox', 'button', 'switch'];

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startDemo();
  chromium = await launch('chromium', GROUP_LAUNCH);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

/** The numbered steps below the heading, each on one line. */
function stepsOf(heading: string): string[] {
  const section = README.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const paragraph = section.split('\n\n').find((one) => one.trimStart().startsWith('1. ')) ?? '';
  return paragraph
    .trim()
    .split(/\n(?=\d+\. )/)
    .map((step) => step.replace(/\s+/g, ' '));
}

const found = (pattern: RegExp, text: string, what: string): string => {
  const match = pattern.exec(text)?.[1];
  if (match === undefined) throw new Error(`no ${what} in: ${text}`);
  return match;
};

/** What the start printed beside a word: a link, a password. */
const printed = (word: string): string => found(new RegExp(`^ *${word} +(\\S.*)$`, 'm'), server.out(), word);

/** Types into it, or presses it, whatever it is. */
async function use(person: Person, name: string, typed: Record<string, string>): Promise<void> {
  const role = await Promise.any(
    ROLES.map(async (one) => {
      await person.find(one, name, 5_000);
      return one;
    }),
  );
  const value = typed[name];
  if (value === undefined) await person.press(name, role);
  else await (await person.find(role, name)).type(value);
}

it('the steps of the README lead to a call and out of it', async () => {
  const steps = stepsOf('Try the desk');
  expect(steps).toHaveLength(4);
  const first = await Person.create(chromium, 'the first window');
  const second = await Person.create(chromium, 'the second window');
  const email = found(/`(\S+@demo)`/, steps[0] ?? '', 'account');
  const typed = { 'E-mail': email, Password: printed(email), 'Your name': 'Vera' };
  for (const [index, step] of steps.entries()) {
    const link = /the `(\w+)` link/.exec(step)?.[1];
    const where = link === 'staff' || step.includes('first window') ? first : second;
    if (link) await where.open(printed(link));
    const controls = [...step.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name ?? '');
    expect(controls.length, `controls in step ${index + 1}`).toBeGreaterThan(0);
    for (const name of controls) await use(where, name, typed);
    if (controls.includes('Accept')) await Promise.all([hearsAndSees(first), hearsAndSees(second)]);
  }
  await second.find('button', 'Call Ana Kaya');
  expect([...(await first.errors()), ...(await second.errors())]).toEqual([]);
});
