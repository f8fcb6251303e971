// What the lounge lets one hear, and see while one looks elsewhere: rings, and messages of conversations that are not
// on the screen. Whether it may be heard is remembered.

import type { Event } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { remembered } from './remembered';
import { Ringing } from './ringing';
import type { RingWords } from './ringing';

export type { Session } from '../protocol/session';

/** A message of a conversation, for the words about it. */
export interface Said {
  name: string;
  text: string;
}

export interface MessageHearing {
  me: () => { id: string };
  words: (said: Said) => RingWords;
  /** Whether the conversation with this person is seen right now. */
  seen: (person: string) => boolean;
  /** For whoever hears the page rather than sees it: whatever comes, seen or not. */
  said: (person: string, said: Said) => void;
}

export class LoungeSounds {
  /** One wants to hear them. */
  on = $state(remembered.sounds.get() !== 'off');
  /** Whether the browser lets this page make sound. */
  audible = $state(false);
  #ringing = new Ringing(() => (this.audible = this.#ringing.audible));

  turn(on: 'on' | 'off'): void {
    this.on = on === 'on';
    remembered.sounds.set(this.on ? null : 'off');
  }

  /**
   * One comes in by one's own press: from then on the page may ring, and it is asked once whether notifications may
   * be shown.
   */
  entered(): void {
    void this.unlock();
    if (remembered.notifications.get() !== null) return;
    remembered.notifications.set('yes');
    void this.#ringing.askForNotifications();
  }

  /** Within a gesture; where there was none the next one does it. */
  async unlock(): Promise<void> {
    if (!this.#ringing.audible) await this.#ringing.unlock();
  }

  ring(ring: string, words: RingWords): void {
    this.#ringing.start(ring, words, this.on ? 'tone' : 'none');
  }

  silence(): void {
    this.#ringing.stop();
  }

  /** Tells of messages that come, each once, until the returned function is called. */
  hear(session: Session, hearing: MessageHearing): () => void {
    /** The latest number heard, by person: a message that comes twice is told once. */
    const heard = new Map<string, number>();
    return session.listen({ event: (event) => this.#event(event, heard, hearing) });
  }

  dispose(): void {
    this.#ringing.dispose();
  }

  #event(event: Event, heard: Map<string, number>, { me, words, seen, said: heardOf }: MessageHearing): void {
    if (event.type !== 'posted' || event.place.type !== 'conversation') return;
    const { person } = event.place;
    const { from, name, text, file, number } = event.message;
    if (from === me().id || number <= (heard.get(person) ?? 0)) return;
    heard.set(person, number);
    const said = { name, text: text || (file?.name ?? '') };
    heardOf(person, said);
    if (seen(person)) return;
    // One notification for each person: a later message takes its place.
    this.#ringing.tell(`conversation.${person}`, words(said), this.on ? 'tick' : 'none');
  }
}

/** One page has one voice. */
export const sounds = new LoungeSounds();
