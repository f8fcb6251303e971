import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExchangeListener } from '../rtc/background/exchange';
import { Background } from './background.svelte';

/** What the work on pictures is asked for, in place of the work. */
const work = vi.hoisted(() => ({
  begun: [] as { look: string; listener: ExchangeListener; signal: AbortSignal; ready: () => void }[],
  exchanges: [] as { track: object; inputs: unknown[]; scenes: unknown[]; disposed: boolean }[],
  missing: false,
}));

vi.mock('../rtc/background', () => ({
  backgroundsPossible: true,
  LOOKS: ['none', 'blur', 'veil', 'own'],
  sceneOf: (look: string) => (work.missing ? Promise.reject(new Error('gone')) : Promise.resolve({ look })),
  startExchange: (_: unknown, look: string, listener: ExchangeListener, signal: AbortSignal) =>
    new Promise((resolve, reject) => {
      const exchange = {
        track: { out: look },
        inputs: [] as unknown[],
        scenes: [] as unknown[],
        disposed: false,
        setInput: (input: unknown) => exchange.inputs.push(input),
        setScene: (scene: unknown) => exchange.scenes.push(scene),
        dispose: () => (exchange.disposed = true),
      };
      work.exchanges.push(exchange);
      work.begun.push({ look, listener, signal, ready: () => resolve(exchange) });
      signal.addEventListener('abort', () => reject(new Error('not wanted')));
      const failed = listener.failed.bind(listener);
      listener.failed = (why) => {
        failed(why);
        reject(new Error(why));
      };
    }),
}));

const camera = (name: string): MediaStreamTrack => ({ camera: name }) as unknown as MediaStreamTrack;
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

function watched(): { background: Background; shown: unknown[]; stopped: unknown[] } {
  const shown: unknown[] = [];
  const stopped: unknown[] = [];
  const background = new Background({
    shown: (track) => shown.push(track),
    stopped: (...why) => stopped.push(why),
  });
  return { background, shown, stopped };
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  Object.assign(work, { begun: [], exchanges: [], missing: false });
});

describe('a background', () => {
  it('is off by default: the camera is shown, and nothing is loaded', () => {
    const { background, shown } = watched();
    background.setCamera(camera('a'));
    expect(shown).toEqual([camera('a')]);
    expect(work.begun).toEqual([]);
  });

  it('of before is there before anything is seen', async () => {
    localStorage.setItem('visavis.background', 'blur');
    const { background, shown } = watched();
    background.setCamera(camera('a'));
    expect(shown).toEqual([null]);
    work.begun[0]?.ready();
    await settled();
    expect(shown).toEqual([null, { out: 'blur' }]);
  });

  it('that cannot be had hides whoever was not seen without it', async () => {
    localStorage.setItem('visavis.background', 'blur');
    const { background, shown, stopped } = watched();
    background.setCamera(camera('a'));
    work.begun[0]?.listener.failed('no');
    await settled();
    expect(stopped).toEqual([['failed', true]]);
    expect(shown).toEqual([null]);
    expect([background.look, background.problem]).toEqual(['none', 'failed']);
    expect(localStorage.getItem('visavis.background')).toBe(null);
  });

  it('that cannot be had changes nothing for whoever is seen as they are', async () => {
    const { background, shown, stopped } = watched();
    background.setCamera(camera('a'));
    void background.choose('blur');
    work.begun[0]?.listener.failed('no');
    await settled();
    expect(stopped).toEqual([['failed', false]]);
    expect(shown).toEqual([camera('a')]);
  });

  it('that is too slow hides whoever is behind it, once', async () => {
    const { background, stopped } = watched();
    background.setCamera(camera('a'));
    void background.choose('blur');
    work.begun[0]?.ready();
    await settled();
    work.begun[0]?.listener.slow();
    work.begun[0]?.listener.slow();
    expect(stopped).toEqual([['slow', true]]);
    expect(work.exchanges[0]?.disposed).toBe(true);
  });

  it('stays with another camera and becomes another picture without a new track', async () => {
    const { background, shown } = watched();
    background.setCamera(camera('a'));
    void background.choose('blur');
    work.begun[0]?.ready();
    await settled();
    background.setCamera(camera('b'));
    await background.choose('veil');
    expect(work.exchanges).toHaveLength(1);
    expect(work.exchanges[0]?.inputs).toEqual([camera('b')]);
    expect(work.exchanges[0]?.scenes).toEqual([{ look: 'veil' }]);
    expect(shown).toEqual([camera('a'), { out: 'blur' }, { out: 'blur' }]);
  });

  it('is gone when it is not wanted any more, also while it begins', async () => {
    const { background, shown, stopped } = watched();
    background.setCamera(camera('a'));
    void background.choose('blur');
    await background.choose('none');
    expect(work.begun[0]?.signal.aborted).toBe(true);
    void background.choose('veil');
    work.begun[1]?.ready();
    await settled();
    background.setCamera(null);
    expect(work.exchanges[1]?.disposed).toBe(true);
    expect(shown).toEqual([camera('a'), camera('a'), { out: 'veil' }, null]);
    expect(stopped).toEqual([]);
  });
});
