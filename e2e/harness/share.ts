// A screen to be shared, as far as a page can tell: pictures that change, of a size that no camera has, and a note.

import type { Person } from './browsers';
import { eventually } from './measure';

/** Of what is shared. */
export const SCREEN = { width: 1600, height: 900 };

declare global {
  interface Window {
    /** What was given out to be shared, the latest last. */
    screens: MediaStream[];
  }
}

/** Runs in the page before anything of the product: what the browser would ask is answered at once. */
export function screenGiver({ sound = false } = {}): string {
  return `(${giveScreens.toString()})(${SCREEN.width}, ${SCREEN.height}, ${sound})`;
}

function giveScreens(width: number, height: number, sound: boolean): void {
  window.screens = [];
  navigator.mediaDevices.getDisplayMedia = (): Promise<MediaStream> => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    let frame = 0;
    const draw = (): void => {
      if (!context) return;
      frame += 1;
      context.fillStyle = '#f4f4f4';
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#113355';
      context.font = '120px sans-serif';
      context.fillText(`slide ${frame}`, 100 + (frame % 40) * 10, height / 2);
    };
    draw();
    const timer = setInterval(draw, 100);
    const stream = canvas.captureStream(10);
    stream.getVideoTracks()[0]?.addEventListener('ended', () => clearInterval(timer));
    if (sound) {
      const audio = new AudioContext();
      const note = audio.createOscillator();
      const out = audio.createMediaStreamDestination();
      note.connect(out);
      note.start();
      for (const track of out.stream.getAudioTracks()) stream.addTrack(track);
    }
    window.screens.push(stream);
    return Promise.resolve(stream);
  };
}

/** Ends what is shared as the browser's own bar does: nothing of the page is asked. */
export async function stopByBrowser(person: Person): Promise<void> {
  await person.page.evaluate(() => {
    for (const track of window.screens.at(-1)?.getTracks() ?? []) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
}

/** Width of the pictures that a tile shows; 0 while it shows none. */
export function shownWidth(person: Person, name: string): Promise<number> {
  return person.page.evaluate((label) => {
    const video = document.querySelector<HTMLVideoElement>(`[data-tile][aria-label="${label}"] video`);
    return video?.videoWidth ?? 0;
  }, name);
}

/** Waits until somebody's screen is seen in its own size. Returns how long that took, ms. */
export async function seesScreen(person: Person, of: string, timeout = 10_000): Promise<number> {
  const started = performance.now();
  await eventually(
    () => shownWidth(person, `${of}, screen`),
    (width) => width === SCREEN.width,
    timeout,
    `${person.name} seeing the screen of ${of}`,
  );
  return performance.now() - started;
}
