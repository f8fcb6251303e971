// What hosts do with their rooms, and what stands at the doors, as people press it.

import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';

/** Someone whose sounds are counted: those a page makes of itself, not voices. */
export function listener(browser: Browser, name: string): Promise<Person> {
  const before = `window.played = 0;
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...rest) { window.played += 1; return start.apply(this, rest); };`;
  return Person.create(browser, name, { before });
}

/** Opens what the host decides about the room. */
export async function openSettings(host: Person): Promise<void> {
  await host.press('More options');
  await host.press('Room settings', 'menuitem');
  await host.find('dialog', 'Room settings');
}

export async function closeSettings(host: Person): Promise<void> {
  await host.page.keyboard.press('Escape');
  await host.until(
    'the settings closed',
    () => document.querySelector('[role=dialog], [role=menu]') === null,
    3_000,
  );
}

export type Entry = 'Everybody with the link' | 'Whoever you let in' | 'Nobody new';

/** Has only these come in from now on; done when the server has said so. */
export async function letIn(host: Person, entry: Entry): Promise<void> {
  await openSettings(host);
  await host.press(entry, 'radio');
  const told = {
    'Everybody with the link': 'Everybody with the link may come in now',
    'Whoever you let in': 'asks the host now',
    'Nobody new': 'The room is locked now',
  }[entry];
  await host.until(entry, `document.body.innerText.includes(${JSON.stringify(told)})`, 5_000);
  await closeSettings(host);
}

/** One of the host's lists of choices in the settings. */
export async function decide(host: Person, list: string, option: string): Promise<void> {
  await openSettings(host);
  const select = await host.find('combobox', list);
  await select.evaluate((element, label) => {
    const field = element as HTMLSelectElement;
    const chosen = [...field.options].find(({ text }) => text === label);
    if (!chosen) throw new Error(`no ${label}`);
    field.value = chosen.value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, option);
  await closeSettings(host);
}

export async function setPassword(host: Person, password: string): Promise<void> {
  await openSettings(host);
  await host.press('Set a password');
  await (await host.find('textbox', 'New password')).type(password);
  await host.press('Save');
  await host.find('button', 'Change the password');
  await closeSettings(host);
}

/** Something of the menu beside a name in the list of people. */
export async function does(person: Person, whom: string, what: string): Promise<void> {
  const open = await person.page.$('[role=region][aria-label=People], section[aria-label=People]');
  if (!open) await person.press('People');
  await person.press(`Options for ${whom}`);
  await person.press(what, 'menuitem');
}

/** Presses what a question is answered with. */
export async function answers(person: Person, label: string): Promise<void> {
  await person.until('a question', () => document.querySelector('[role=alertdialog]') !== null, 3_000);
  await person.page.evaluate((wanted) => {
    const buttons = [...document.querySelectorAll<HTMLElement>('[role=alertdialog] button')];
    buttons.find((button) => button.textContent.trim() === wanted)?.click();
  }, label);
}

/** From the address to the knock. */
export async function knocks(person: Person, url: string): Promise<void> {
  await person.open(url);
  await person.enterName();
  await person.press('Ask to join');
  await person.find('heading', 'Asking to be let in…');
}

/** The microphones that are open, and whether each sends anything but silence. */
export function microphones(person: Person): Promise<boolean[]> {
  return person.page.evaluate(() =>
    window.probe.captured
      .filter((track) => track.kind === 'audio' && track.readyState === 'live')
      .map((track) => track.enabled),
  );
}

/** Devices that are in use. */
export function inUse(person: Person): Promise<number> {
  return person.page.evaluate(
    () => window.probe.captured.filter((track) => track.readyState === 'live').length,
  );
}
