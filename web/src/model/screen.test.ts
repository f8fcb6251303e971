import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnScreen } from './screen.svelte';

class FakeTrack {
  readyState: 'live' | 'ended' = 'live';
  contentHint = '';
  onended: (() => void) | null = null;
  constraints: unknown = null;

  constructor(readonly kind: 'audio' | 'video') {}

  stop(): void {
    this.readyState = 'ended';
  }

  applyConstraints(constraints: unknown): Promise<void> {
    this.constraints = constraints;
    return Promise.resolve();
  }

  /** By the browser. */
  end(): void {
    this.readyState = 'ended';
    this.onended?.();
  }
}

describe('the own screen', () => {
  let tracks: FakeTrack[];
  let ask: () => Promise<unknown>;
  const changed = vi.fn();
  const failed = vi.fn();
  const given = (...given: FakeTrack[]) => ({
    getVideoTracks: () => given.filter(({ kind }) => kind === 'video'),
    getAudioTracks: () => given.filter(({ kind }) => kind === 'audio'),
  });
  const made = (): OwnScreen => new OwnScreen({ changed, failed });
  const refusal = (name: string): Error => Object.assign(new Error('no'), { name });

  beforeEach(() => {
    localStorage.clear();
    vi.clearAllMocks();
    tracks = [new FakeTrack('video'), new FakeTrack('audio')];
    ask = () => Promise.resolve(given(...tracks));
    vi.stubGlobal('navigator', { mediaDevices: { getDisplayMedia: () => ask() } });
  });

  it('is shared with its sound, and put away with it', async () => {
    const screen = made();
    await screen.start();
    expect([screen.state, screen.video, screen.audio]).toEqual(['shared', ...tracks]);
    expect(changed).toHaveBeenCalledTimes(1);
    screen.stop();
    expect([screen.state, screen.video, screen.audio]).toEqual(['off', null, null]);
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
    expect(changed).toHaveBeenCalledTimes(2);
    screen.stop();
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('is over when the browser ends it', async () => {
    const screen = made();
    await screen.start();
    tracks[0]?.end();
    expect(screen.state).toBe('off');
    expect(tracks[1]?.readyState).toBe('ended');
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('goes on without its sound', async () => {
    const screen = made();
    await screen.start();
    tracks[1]?.end();
    expect([screen.state, screen.audio]).toEqual(['shared', null]);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['says nothing when whoever was asked does not want to', 'NotAllowedError', 0],
    ['says so when it fails', 'NotReadableError', 1],
  ])('%s', async (_, name, times) => {
    ask = () => Promise.reject(refusal(name));
    const screen = made();
    await screen.start();
    expect(screen.state).toBe('off');
    expect(failed).toHaveBeenCalledTimes(times);
    expect(changed).not.toHaveBeenCalled();
  });

  it('puts away what comes when it is not wanted any more', async () => {
    let answer: (stream: unknown) => void = () => undefined;
    ask = () => new Promise((resolve) => (answer = resolve));
    const screen = made();
    const started = screen.start();
    expect(screen.state).toBe('choosing');
    screen.stop();
    answer(given(...tracks));
    await started;
    expect([screen.state, screen.video]).toEqual(['off', null]);
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
    expect(changed).not.toHaveBeenCalled();
  });

  it('does not ask twice', async () => {
    const asked = vi.fn(ask);
    ask = asked;
    const screen = made();
    await Promise.all([screen.start(), screen.start()]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is sharp, or moves well, from one call to the next', async () => {
    const screen = made();
    await screen.start();
    expect(tracks[0]?.contentHint).toBe('detail');
    screen.look = 'smooth';
    expect(tracks[0]?.contentHint).toBe('motion');
    expect(tracks[0]?.constraints).toEqual({ frameRate: { max: 30 } });
    screen.stop();
    tracks = [new FakeTrack('video')];
    const next = made();
    await next.start();
    expect([tracks[0]?.contentHint, next.audio]).toEqual(['motion', null]);
  });

  it('is not offered where the browser cannot', () => {
    vi.stubGlobal('navigator', { mediaDevices: {} });
    expect(made().possible).toBe(false);
    vi.stubGlobal('navigator', {});
    expect(made().possible).toBe(false);
  });
});
