import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callSettings } from './call-settings.svelte';
import { Notices } from './notices.svelte';
import { isHeard, sounds } from './sounds';
import type { Sound } from './sounds';
import type { NoticeText } from './types';

const joined = (...names: string[]): NoticeText => ({ kind: 'joined', names });

let notices: Notices;
let present: number;
let heard: Sound[];

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  present = 3;
  vi.spyOn(sounds, 'play').mockImplementation((sound) => void heard.push(sound));
  notices = new Notices(() => present);
});

afterEach(() => {
  callSettings.turn('notice_coming', true);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const shown = () => notices.list.map((notice) => ('names' in notice ? notice.names.join('+') : notice.kind));

describe('notices', () => {
  it('go by themselves after a while', () => {
    notices.add(joined('Ana'));
    vi.advanceTimersByTime(4_999);
    expect(shown()).toEqual(['Ana']);
    vi.advanceTimersByTime(1);
    expect(shown()).toEqual([]);
  });

  it('of several who come are one, each named once', () => {
    notices.add(joined('Ana'));
    notices.add(joined('Ben'));
    notices.add(joined('Ana'));
    expect(shown()).toEqual(['Ana+Ben']);
    notices.add({ kind: 'left', names: ['Ben'] });
    expect(shown()).toEqual(['Ana+Ben', 'Ben']);
  });

  it('that were joined stay as long as the last of them', () => {
    notices.add(joined('Ana'));
    vi.advanceTimersByTime(4_000);
    notices.add(joined('Ben'));
    vi.advanceTimersByTime(4_000);
    expect(shown()).toEqual(['Ana+Ben']);
  });

  it('of messages are one of each person, the last', () => {
    notices.add({ kind: 'message', name: 'Ana', text: 'one' });
    notices.add({ kind: 'message', name: 'Ben', text: 'two' });
    notices.add({ kind: 'message', name: 'Ana', text: 'three' });
    expect(notices.list.map((one) => 'text' in one && one.text)).toEqual(['two', 'three']);
  });

  it('are at most four: the oldest makes room', () => {
    notices.add(joined('Ana'));
    for (const name of ['a', 'b', 'c', 'd']) notices.add({ kind: 'message', name, text: 'x' });
    expect(notices.list.map(({ kind }) => kind)).toEqual(['message', 'message', 'message', 'message']);
  });

  it('stay while they are pointed at, and go afterwards', () => {
    notices.add(joined('Ana'));
    notices.hold();
    notices.add({ kind: 'camera_lost' });
    vi.advanceTimersByTime(60_000);
    expect(notices.list).toHaveLength(2);
    notices.release();
    vi.advanceTimersByTime(5_000);
    expect(notices.list).toEqual([]);
  });

  it('are sent away one by one, and not told again by that', () => {
    notices.add(joined('Ana'));
    notices.add({ kind: 'camera_lost' });
    const { latest } = notices;
    notices.dismiss(notices.list[1]?.id ?? 0);
    expect(shown()).toEqual(['Ana']);
    expect(notices.latest).toBe(latest);
    notices.heard();
    expect(notices.latest, 'on the next screen').toBeNull();
    expect(shown()).toEqual(['Ana']);
  });

  it('that are switched off are heard, not shown', () => {
    callSettings.turn('notice_coming', false);
    notices.add(joined('Ana'));
    notices.add({ kind: 'camera_lost' });
    expect(notices.list.map(({ kind }) => kind)).toEqual(['camera_lost']);
    expect(heard).toEqual(['join']);
  });

  it.each<[NoticeText, Sound | null]>([
    [joined('Ana'), 'join'],
    [{ kind: 'left', names: ['Ana'] }, 'leave'],
    [{ kind: 'hand_raised', names: ['Ana'] }, 'hand'],
    [{ kind: 'message', name: 'Ana', text: 'x' }, 'message'],
    [{ kind: 'camera_lost' }, null],
    [{ kind: 'only_host_sends' }, null],
  ])('are heard by their kind: %o', (notice, sound) => {
    notices.add(notice);
    expect(heard).toEqual(sound ? [sound] : []);
  });

  it('of coming and going are silent in large company', () => {
    present = 9;
    notices.add(joined('Ana'));
    notices.add({ kind: 'hand_raised', names: ['Ana'] });
    expect(heard).toEqual(['hand']);
  });
});

it.each<[Sound, number, boolean]>([
  ['join', 8, true],
  ['join', 9, false],
  ['leave', 9, false],
  ['knock', 50, true],
  ['message', 50, true],
])('%s in company of %i is heard: %s', (sound, people, expected) => {
  expect(isHeard(sound, people)).toBe(expected);
});
