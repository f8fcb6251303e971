import { describe, expect, it } from 'vitest';
import type { Participant } from '../protocol/generated';
import { Roster } from './roster.svelte';

const ana: Participant = {
  id: 'ana',
  name: 'Ana',
  order: 1,
  epoch: 1,
  presence: 'connected',
  microphone: 'live',
  camera: 'on',
  screen: 'off',
  joined_at: 0,
};
const stage: Participant = { ...ana, id: 'stage', order: 2, feed: 'publisher' };
const hall: Participant = { ...ana, id: 'hall', order: 3, feed: 'watcher' };

describe('programs in a room', () => {
  it('are among the others if there is something of them to see or hear, and in the list in any case', () => {
    const roster = new Roster(() => undefined);
    roster.take([ana, stage, hall], 'nobody', false);
    expect(roster.others.map(({ id }) => id)).toEqual(['ana', 'stage']);
    expect(roster.people.map(({ feed }) => feed)).toEqual([null, 'publisher', 'watcher']);
  });
});
