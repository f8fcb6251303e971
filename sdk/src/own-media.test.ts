// One's own devices: what is sent is what is held, and nothing stays open behind it.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { capture, CaptureFailed } from '../../web/src/rtc/capture';
import { OwnMedia } from './own-media';

vi.mock('../../web/src/rtc/capture', async (original) => ({
  ...(await original<object>()),
  capture: vi.fn(),
}));

interface Fake {
  kind: string;
  enabled: boolean;
  stopped: boolean;
  onended: (() => void) | null;
  stop(): void;
}

let opened: Fake[];
let changes: number;
let lost: string[];
let own: OwnMedia;

beforeEach(() => {
  [opened, changes, lost] = [[], 0, []];
  vi.mocked(capture).mockImplementation((kind) => {
    const track: Fake = {
      kind,
      enabled: true,
      stopped: false,
      onended: null,
      stop() {
        this.stopped = true;
      },
    };
    opened.push(track);
    return Promise.resolve(track as unknown as MediaStreamTrack);
  });
  own = new OwnMedia({
    changed: () => (changes += 1),
    lost: (device, problem) => lost.push(`${device} ${problem}`),
  });
});

describe('devices', () => {
  it('are absent until they are wanted; a microphone is muted, a camera goes dark', async () => {
    expect(own.announced).toEqual({ microphone: 'absent', camera: 'off', screen: 'off' });
    await own.setMicrophone(true);
    await own.setCamera(true);
    expect(own.announced).toEqual({ microphone: 'live', camera: 'on', screen: 'off' });
    await own.setMicrophone(false);
    await own.setCamera(false);
    expect(own.announced).toEqual({ microphone: 'muted', camera: 'off', screen: 'off' });
    expect(opened.map(({ enabled, stopped }) => [enabled, stopped])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('asked for twice at once are opened once', async () => {
    await Promise.all([own.setCamera(true), own.setCamera(true)]);
    expect(opened).toHaveLength(1);
  });

  it('that are exchanged are muted as before, and the one before is let go', async () => {
    await own.setMicrophone(true);
    await own.setMicrophone(false);
    await own.use('microphone', 'other');
    expect(vi.mocked(capture).mock.lastCall?.[1]).toEqual({ by: 'chosen', id: 'other' });
    expect(opened.map(({ enabled, stopped }) => [enabled, stopped])).toEqual([
      [false, true],
      [false, false],
    ]);
  });

  it('that cannot be used say why, and the next wish is heard', async () => {
    vi.mocked(capture).mockRejectedValueOnce(new CaptureFailed('denied'));
    await expect(own.setCamera(true)).rejects.toMatchObject({ name: 'VisavisError', code: 'denied' });
    await own.setCamera(true);
    expect(own.announced.camera).toBe('on');
  });

  it('that are pulled out are told of', async () => {
    await own.setMicrophone(true);
    const before = changes;
    opened[0]?.onended?.();
    expect([own.announced.microphone, lost, changes]).toEqual([
      'absent',
      ['microphone not_found'],
      before + 1,
    ]);
  });

  it('that come after one has left are put away', async () => {
    const coming = own.setCamera(true);
    own.dispose();
    await coming;
    expect(opened.map(({ stopped }) => stopped)).toEqual([true]);
    expect(own.tracks.camera).toBeNull();
  });
});
