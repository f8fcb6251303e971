// The README's walk-throughs, followed to the letter: what they call a link is opened, what they print in bold is used,
// in the window they name. A control that is called otherwise fails, and so does a step without one.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { expect } from 'vitest';
import { Person } from './browsers';
import { hearsAndSees } from './measure';
import type { Server } from './server';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** What people type into or press: a heading may be called the same. */
const ROLES = ['textbox', 'button', 'switch', 'link'];

export interface Windows {
  first: Person;
  second: Person;
}

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
const printed = (server: Server, word: string): string =>
  found(new RegExp(`^ *${word} +(\\S.*)$`, 'm'), server.out(), word);

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

/** Follows the steps below a heading. Whoever presses what is named in `talking` hears and sees the other after it. */
export async function follow(
  heading: string,
  count: number,
  talking: RegExp,
  browser: Browser,
  server: Server,
): Promise<Windows> {
  const steps = stepsOf(heading);
  expect(steps).toHaveLength(count);
  const first = await Person.create(browser, 'the first window');
  const second = await Person.create(browser, 'the second window');
  const email = /`(\S+@demo)`/.exec(steps[0] ?? '')?.[1];
  const typed: Record<string, string> = { 'Your name': 'Vera' };
  if (email !== undefined) typed['Password'] = printed(server, email);
  for (const [index, step] of steps.entries()) {
    for (const [, value, name] of step.matchAll(/`([^`]+)` as \*\*([^*]+)\*\*/g))
      typed[name ?? ''] = value ?? '';
    const link = /the `(\w+)` link/.exec(step)?.[1];
    const where = link === 'staff' || step.includes('first window') ? first : second;
    if (link) await where.open(printed(server, link));
    const controls = [...step.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name ?? '');
    expect(controls.length, `controls in step ${index + 1}`).toBeGreaterThan(0);
    for (const name of controls) {
      await use(where, name, typed);
      if (talking.test(name)) await Promise.all([hearsAndSees(first, 10_000), hearsAndSees(second, 10_000)]);
    }
  }
  expect([...(await first.errors()), ...(await second.errors())]).toEqual([]);
  return { first, second };
}
