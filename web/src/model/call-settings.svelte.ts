// What somebody wants to hear and see in calls, and which keys act there: switches that are all on until turned off, and
// kept by the browser.

import { remembered } from './remembered';

export const SWITCHES = [
  'sounds',
  'sound_join',
  'sound_leave',
  'sound_knock',
  'sound_hand',
  'sound_message',
  'notice_coming',
  'notice_hand',
  'notice_message',
  'shortcuts',
  'push_to_talk',
  'auto_picture',
] as const;

export type Switch = (typeof SWITCHES)[number];

export class CallSettings {
  /** What is kept is what is off: a switch that comes later is on. */
  #off = $state.raw<ReadonlySet<Switch>>(read());

  on(name: Switch): boolean {
    return !this.#off.has(name);
  }

  turn(name: Switch, on: boolean): void {
    this.#off = new Set(SWITCHES.filter((one) => (one === name ? !on : this.#off.has(one))));
    remembered.callSettings.set(this.#off.size > 0 ? [...this.#off].join(' ') : null);
  }
}

function read(): ReadonlySet<Switch> {
  const kept = (remembered.callSettings.get() ?? '').split(' ');
  return new Set(SWITCHES.filter((one) => kept.includes(one)));
}

/** One page has one set of them. */
export const callSettings = new CallSettings();
