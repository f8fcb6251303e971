// How loud a track is, and whether that is somebody speaking.

/** From 0 to 1, about twenty times a second; and whether there is nothing at all, not even a quiet room. */
export type LevelListener = (level: number, nothing?: boolean) => void;

const EVERY_MS = 50;
let context: AudioContext | undefined;

/** One context for all: browsers allow few. */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  return context;
}

/** Lets the context run, which browsers allow after a gesture. */
export function wakeAudio(): void {
  if (context?.state === 'suspended') void context.resume();
}

/** Measures a local track until the returned function is called. */
export function meterTrack(track: MediaStreamTrack, listener: LevelListener): () => void {
  const audio = audioContext();
  wakeAudio();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    // Speech is about -40 to -10 dBFS; shown over that range.
    const decibels = 10 * Math.log10(sum / samples.length + 1e-10);
    listener(Math.min(1, Math.max(0, (decibels + 60) / 50)), sum === 0);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** Measures what a receiver plays until the returned function is called. */
export function meterReceiver(receiver: RTCRtpReceiver, listener: LevelListener): () => void {
  const timer = setInterval(() => {
    const level = receiver.getSynchronizationSources()[0]?.audioLevel ?? 0;
    const decibels = 20 * Math.log10(level + 1e-5);
    listener(Math.min(1, Math.max(0, (decibels + 60) / 50)));
  }, EVERY_MS);
  return () => clearInterval(timer);
}

const SPEAKS_ABOVE = 0.3;
const SILENT_BELOW = 0.2;
/** Pauses between words are shorter than this. */
const SILENT_FOR_MS = 600;

/** Whether somebody speaks, without flicker. Pure: time is an argument. */
export class SpeechDetector {
  speaking = false;
  #quietSince: number | null = null;

  push(level: number, now: number): boolean {
    if (level >= SPEAKS_ABOVE) {
      this.speaking = true;
      this.#quietSince = null;
    } else if (level < SILENT_BELOW && this.speaking) {
      this.#quietSince ??= now;
      if (now - this.#quietSince >= SILENT_FOR_MS) this.speaking = false;
    } else {
      this.#quietSince = null;
    }
    return this.speaking;
  }
}
