import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeSession } from '../room/fake-session';
import { Person } from './person.svelte';
import { Reactions } from './reactions.svelte';

let fake: FakeSession;
let reactions: Reactions;

beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeSession();
  reactions = new Reactions(fake.session);
});

afterEach(() => {
  reactions.dispose();
  vi.useRealTimers();
});

function person(name: string, self = false): Person {
  const state = { microphone: 'live', camera: 'on', screen: 'off', presence: 'connected' } as const;
  return new Person({ id: name, name, order: 1, epoch: 0, joined_at: 0, ...state }, self);
}

describe('reactions', () => {
  it('are sent, but not more of them than people can look at', () => {
    for (let press = 0; press < 9; press += 1) void reactions.react('applause', 1_000 + press);
    expect(fake.count('react')).toBe(5);
    void reactions.react('applause', 5_001);
    expect(fake.count('react')).toBe(6);
  });

  it('float for a while, a few of one person at once', () => {
    const ana = person('Ana');
    for (let shown = 0; shown < 8; shown += 1) reactions.shown(ana, 'heart');
    expect(ana.reactions).toHaveLength(5);
    vi.advanceTimersByTime(3_900);
    expect(ana.reactions).toHaveLength(5);
    vi.advanceTimersByTime(200);
    expect(ana.reactions).toEqual([]);
  });

  it('that come together are read out together, one’s own not at all', () => {
    const [ana, ben] = [person('Ana'), person('Ben')];
    reactions.shown(person('Me', true), 'laugh');
    vi.advanceTimersByTime(1_000);
    expect(reactions.told).toBeNull();
    for (const one of [ana, ben, ana]) reactions.shown(one, 'applause');
    vi.advanceTimersByTime(1_000);
    expect(reactions.told).toEqual({ names: ['Ana', 'Ben'], reaction: 'applause' });
    reactions.shown(ana, 'heart');
    reactions.shown(ana, 'laugh');
    vi.advanceTimersByTime(1_000);
    expect(reactions.told).toEqual({ names: ['Ana'], reaction: null });
  });
});
