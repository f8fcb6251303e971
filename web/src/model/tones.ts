// The notes of everything that is heard, and how they are put into memory. Drawn here: no file is fetched for them.

export interface Note {
  /** Seconds from the beginning. */
  at: number;
  length: number;
  hertz: number;
}

/** Loud enough to be noticed beside other work, with space left before it distorts. */
const LOUDNESS = 0.35;

/** Two rising notes, twice: told from the ring of a desk phone. */
export const RING: readonly Note[] = [
  { at: 0, length: 0.32, hertz: 659.25 },
  { at: 0.3, length: 0.45, hertz: 880 },
  { at: 0.95, length: 0.32, hertz: 659.25 },
  { at: 1.25, length: 0.45, hertz: 880 },
];

/** One rising pair, softer: somebody has come, and nobody has to answer. */
export const CHIME: readonly Note[] = [
  { at: 0, length: 0.5, hertz: 587.33 },
  { at: 0.22, length: 0.7, hertz: 783.99 },
];

/** One short note, softer still: somebody has written. */
export const TICK: readonly Note[] = [{ at: 0, length: 0.22, hertz: 987.77 }];

/** The chime in short, for somebody who comes into a call. */
export const JOIN: readonly Note[] = [
  { at: 0, length: 0.16, hertz: 587.33 },
  { at: 0.1, length: 0.26, hertz: 783.99 },
];

/** The same downwards. */
export const LEAVE: readonly Note[] = [
  { at: 0, length: 0.16, hertz: 783.99 },
  { at: 0.1, length: 0.26, hertz: 587.33 },
];

/** Low and twice, as on wood: somebody stands at the door. */
export const KNOCK: readonly Note[] = [
  { at: 0, length: 0.14, hertz: 329.63 },
  { at: 0.2, length: 0.14, hertz: 329.63 },
  { at: 0.7, length: 0.14, hertz: 329.63 },
  { at: 0.9, length: 0.14, hertz: 329.63 },
];

/** Up and held: somebody wants to say something. */
export const HAND: readonly Note[] = [
  { at: 0, length: 0.14, hertz: 659.25 },
  { at: 0.09, length: 0.4, hertz: 987.77 },
];

/** @param seconds pause included; as long as the notes without it */
export function soundOf(context: AudioContext, notes: readonly Note[], seconds?: number): AudioBuffer {
  const rate = context.sampleRate;
  const end = seconds ?? Math.max(...notes.map(({ at, length }) => at + length));
  const buffer = context.createBuffer(1, Math.ceil(end * rate), rate);
  const samples = buffer.getChannelData(0);
  for (const { at, length, hertz } of notes) {
    const first = Math.floor(at * rate);
    const count = Math.floor(length * rate);
    for (let n = 0; n < count && first + n < samples.length; n += 1) {
      const t = n / rate;
      // Soft at both ends, so that it does not click.
      const envelope = Math.min(1, t / 0.02) * Math.min(1, (length - t) / 0.12);
      const wave = Math.sin(2 * Math.PI * hertz * t) + 0.25 * Math.sin(4 * Math.PI * hertz * t);
      samples[first + n] = (samples[first + n] ?? 0) + LOUDNESS * envelope * wave * 0.7;
    }
  }
  return buffer;
}
