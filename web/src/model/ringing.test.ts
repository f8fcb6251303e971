import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ringing } from './ringing';

const WORDS = { title: 'Incoming call from Vera', body: 'windscreen' };

interface Playing {
  loop: boolean;
  ended: boolean;
}

let playing: Playing[];
let notes: { title: string; tag: string; closed: boolean; onclick: (() => void) | null }[];
let hidden: boolean;
let ringing: Ringing;

beforeEach(async () => {
  vi.useFakeTimers();
  playing = [];
  notes = [];
  hidden = false;
  document.title = 'Console';
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  const silent = { connect: (to: unknown) => to, start: () => undefined, stop: () => undefined };
  vi.stubGlobal(
    'AudioContext',
    class {
      state = 'suspended';
      sampleRate = 8_000;
      currentTime = 0;
      destination = {};
      onstatechange = null;
      resume(): Promise<void> {
        this.state = 'running';
        return Promise.resolve();
      }
      close = () => Promise.resolve();
      createBuffer = (_: number, length: number) => ({ getChannelData: () => new Float32Array(length) });
    },
  );
  vi.stubGlobal(
    'GainNode',
    vi.fn(function GainNode() {
      return { ...silent };
    }),
  );
  vi.stubGlobal(
    'OscillatorNode',
    vi.fn(function OscillatorNode() {
      return { ...silent };
    }),
  );
  vi.stubGlobal(
    'AudioBufferSourceNode',
    class {
      #own: Playing;
      constructor(_: unknown, { loop }: { loop: boolean }) {
        this.#own = { loop, ended: false };
      }
      connect = () => undefined;
      start = () => void playing.push(this.#own);
      stop = () => (this.#own.ended = true);
    },
  );
  const Fake = class {
    static permission = 'granted';
    onclick: (() => void) | null = null;
    closed = false;
    tag: string;
    constructor(
      readonly title: string,
      options: { tag: string },
    ) {
      this.tag = options.tag;
      notes.push(this);
    }
    close(): void {
      this.closed = true;
    }
  };
  vi.stubGlobal('Notification', Fake);
  ringing = new Ringing();
  await ringing.unlock();
});

afterEach(() => {
  ringing.dispose();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('ringing', () => {
  it('goes on until it is told to stop, however long that is and whatever timers do', () => {
    ringing.start('r_1', WORDS);
    expect(playing).toEqual([{ loop: true, ended: false }]);
    vi.advanceTimersByTime(3_600_000);
    expect(playing).toEqual([{ loop: true, ended: false }]);
    ringing.stop();
    expect(playing).toEqual([{ loop: true, ended: true }]);
  });

  it('is begun once for a ring that is told of again', () => {
    ringing.start('r_1', WORDS);
    ringing.start('r_1', WORDS);
    expect(playing).toHaveLength(1);
    ringing.start('r_2', WORDS);
    expect(playing.map((one) => one.ended)).toEqual([true, false]);
  });

  it('is in the title all the time, changing at most once a second, and gives it back', () => {
    ringing.start('r_1', WORDS);
    const seen = new Set<string>();
    for (let second = 0; second < 4; second += 1) {
      seen.add(document.title);
      expect(document.title).toContain(WORDS.title);
      const before = document.title;
      vi.advanceTimersByTime(999);
      expect(document.title).toBe(before);
      vi.advanceTimersByTime(1);
    }
    expect(seen.size).toBe(2);
    ringing.stop();
    expect(document.title).toBe('Console');
    vi.advanceTimersByTime(5_000);
    expect(document.title).toBe('Console');
  });

  it('is a notification only while the page is hidden, and goes with the ring', () => {
    ringing.start('r_1', WORDS);
    expect(notes).toEqual([]);
    hidden = true;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(notes.map(({ title, tag }) => ({ title, tag }))).toEqual([{ title: WORDS.title, tag: 'r_1' }]);
    ringing.stop();
    expect(notes[0]?.closed).toBe(true);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(notes).toHaveLength(1);
  });

  it('is seen where there is no sound', () => {
    const mute = new Ringing();
    mute.start('r_1', WORDS);
    expect(mute.audible).toBe(false);
    expect(document.title).toContain(WORDS.title);
    mute.dispose();
    expect(document.title).toBe('Console');
  });
});
