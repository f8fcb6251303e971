// Makes a ring heard and seen: a tone, the title, a notification, the phone's vibration. Begun and ended by whoever
// follows the server; nothing here decides how long it rings.

import { notification, notifyIfHidden } from './notification';
import type { NotificationWords } from './notification';
import { CHIME, RING, soundOf, TICK } from './tones';

/** What is said about a ring, in the words of the page's language. */
export type RingWords = NotificationWords;

/** How long one round of the tone is, pause included. */
const ROUND_S = 3;
const TITLE_EVERY_MS = 1_000;
/** Below what anybody hears: it only has the browser learn that this page makes sound. */
const UNHEARD = 0.0001;

/** What is heard of something that is no ring. */
export type Sounds = 'chime' | 'tick' | 'none';

export class Ringing {
  #context: AudioContext | null = null;
  #source: AudioBufferSourceNode | null = null;
  #notification: Notification | null = null;
  #title: { before: string; timer: ReturnType<typeof setInterval> } | null = null;
  #words: RingWords | null = null;
  #key = '';
  #stopped = new AbortController();

  /** @param changed whether a ring would be heard may have changed */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** Whether the browser lets this page make sound. */
  get audible(): boolean {
    return this.#context?.state === 'running';
  }

  /**
   * From then on this page may ring, hidden as well. To be called within a gesture; without one it does what the
   * browser lets it do, and the next gesture does the rest.
   */
  async unlock(): Promise<void> {
    try {
      if (!this.#context) {
        this.#context = new AudioContext();
        this.#context.onstatechange = () => this.changed();
      }
      await this.#context.resume();
      const gain = new GainNode(this.#context, { gain: UNHEARD });
      const tone = new OscillatorNode(this.#context, { frequency: 440 });
      tone.connect(gain).connect(this.#context.destination);
      tone.start();
      tone.stop(this.#context.currentTime + 0.1);
    } catch (error) {
      // No sound device at all: the ring is still seen.
      console.debug('no sound', error);
    }
    this.changed();
  }

  /** Whether the browser has not been asked yet if it may show notifications. */
  get mayAsk(): boolean {
    return 'Notification' in window && Notification.permission === 'default';
  }

  /** Asks once, and only where it has not been decided. Within a gesture too. */
  async askForNotifications(): Promise<void> {
    if (!('Notification' in window) || Notification.permission !== 'default') return;
    await Notification.requestPermission().catch(() => undefined);
    this.changed();
  }

  /**
   * Says once that something has happened. While it rings the tone is left to the ring.
   *
   * @param key the same again replaces what is shown of it
   */
  tell(key: string, words: RingWords, sounds: Sounds = 'chime'): void {
    const context = this.#context;
    if (context && this.#key === '' && sounds !== 'none') {
      void context.resume().catch(() => undefined);
      const source = new AudioBufferSourceNode(context, {
        buffer: soundOf(context, sounds === 'tick' ? TICK : CHIME, 1),
      });
      source.connect(context.destination);
      source.start();
    }
    notifyIfHidden(key, words);
  }

  /** @param key the same ring again is not begun anew */
  start(key: string, words: RingWords, sounds: 'tone' | 'none' = 'tone'): void {
    if (this.#key === key) return;
    this.stop();
    this.#key = key;
    this.#words = words;
    this.#stopped = new AbortController();
    if (sounds === 'tone') this.#startTone();
    this.#startTitle(words.title);
    this.#notifyIfHidden();
    document.addEventListener('visibilitychange', () => this.#notifyIfHidden(), {
      signal: this.#stopped.signal,
    });
    // Refused without a gesture, and absent on most desks.
    if ('vibrate' in navigator) navigator.vibrate(Array<number>(60).fill(500));
  }

  stop(): void {
    if (this.#key === '') return;
    this.#key = '';
    this.#words = null;
    this.#stopped.abort();
    this.#source?.stop();
    this.#source = null;
    this.#notification?.close();
    this.#notification = null;
    if (this.#title) {
      clearInterval(this.#title.timer);
      document.title = this.#title.before;
      this.#title = null;
    }
    if ('vibrate' in navigator) navigator.vibrate(0);
  }

  dispose(): void {
    this.stop();
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }

  /**
   * One round lies in memory and is repeated by the audio thread. Timers of a page that has been hidden for minutes
   * run once a minute; tones scheduled ahead run out after however much was scheduled, and an `<audio>` loop may be
   * taken for music and stopped by the keyboard's media keys. This goes on until the server ends the ring.
   */
  #startTone(): void {
    const context = this.#context;
    if (!context) return;
    void context.resume().catch(() => undefined);
    this.#source = new AudioBufferSourceNode(context, {
      buffer: soundOf(context, RING, ROUND_S),
      loop: true,
    });
    this.#source.connect(context.destination);
    this.#source.start();
  }

  /** Where timers are slowed down it stays on one of the two, and says either way that somebody rings. */
  #startTitle(title: string): void {
    const before = document.title;
    let shown = true;
    document.title = `● ${title}`;
    const timer = setInterval(() => {
      shown = !shown;
      document.title = `${shown ? '●' : '○'} ${title}`;
    }, TITLE_EVERY_MS);
    this.#title = { before, timer };
  }

  #notifyIfHidden(): void {
    if (!document.hidden || this.#notification || !this.#words) return;
    this.#notification = notification(this.#key, this.#words, true);
  }
}
