// What is heard of a call beside the voices: short notes, each of which can be switched off.

import { audioContext } from '../rtc/level';
import type { Switch } from './call-settings.svelte';
import { callSettings } from './call-settings.svelte';
import type { Note } from './tones';
import { HAND, JOIN, KNOCK, LEAVE, soundOf, TICK } from './tones';

export type Sound = 'join' | 'leave' | 'knock' | 'hand' | 'message';

const NOTES: Record<Sound, readonly Note[]> = {
  join: JOIN,
  leave: LEAVE,
  knock: KNOCK,
  hand: HAND,
  message: TICK,
};

/** Of several of a kind at once one is heard. */
const APART_MS = 800;
/** In company of more than these somebody always comes or goes. */
const COMING_HEARD_UP_TO = 8;

/** Whether a sound is for a room with so many people. Pure. */
export function isHeard(sound: Sound, present: number): boolean {
  return (sound !== 'join' && sound !== 'leave') || present <= COMING_HEARD_UP_TO;
}

export class Sounds {
  #last = new Map<Sound, number>();
  #made = new Map<Sound, AudioBuffer>();

  constructor(private readonly on: (name: Switch) => boolean = (name) => callSettings.on(name)) {}

  /** In a call the page may make sound: one has pressed a button to get there. Where it may not, it is silent. */
  play(sound: Sound): void {
    if (!this.on('sounds') || !this.on(`sound_${sound}`)) return;
    const now = performance.now();
    if (now - (this.#last.get(sound) ?? -Infinity) < APART_MS) return;
    this.#last.set(sound, now);
    try {
      const context = audioContext();
      const buffer = this.#made.get(sound) ?? soundOf(context, NOTES[sound]);
      this.#made.set(sound, buffer);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.start();
    } catch (error) {
      // No sound device at all.
      console.debug('no sound', error);
    }
  }
}

/** One page has one voice. */
export const sounds = new Sounds();
