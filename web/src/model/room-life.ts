// What follows from what happens in the room of a call: who is in it, who decides about it, and what is told in
// passing. How the call itself goes on from there is the call's.

import type { Event, LeaveReason, RoomSettings } from '../protocol/generated';
import type { Devices } from './devices.svelte';
import type { Media } from './media.svelte';
import type { Notices } from './notices.svelte';
import type { Reactions } from './reactions.svelte';
import type { RoomHearing } from '../room/room-events';
import type { RoomHost } from './room-host.svelte';
import type { Roster } from './roster.svelte';
import type { RoomNotice } from './types';

/** What belongs to the room. */
export interface RoomParts {
  readonly roster: Roster;
  readonly host: RoomHost;
  readonly reactions: Reactions;
  readonly notices: Notices;
  readonly devices: Devices;
  readonly media: Media;
}

/** What the call has to do about it. */
export interface RoomTurns {
  self: () => string;
  settings: () => RoomSettings;
  settled: (settings: RoomSettings) => void;
  /** One's own rights may be others now. */
  rightsChanged: () => void;
  /** One's own seat is gone. */
  out: (reason: LeaveReason) => void;
}

export function roomLife(parts: RoomParts, turns: RoomTurns): RoomHearing {
  const { roster, host, notices } = parts;
  const tell = (what: RoomNotice): void => notices.add({ kind: 'room', what });
  return {
    joined: (participant) => {
      const back = roster.misses(participant.id);
      roster.upsert(participant, turns.self());
      if (back || participant.id === turns.self()) return;
      notices.add({ kind: 'joined', names: [participant.name] });
    },
    changed: (participant) => {
      const before = roster.find(participant.id)?.hand ?? null;
      roster.upsert(participant, turns.self());
      const raised = before === null && participant.hand !== undefined;
      if (!raised || participant.id === turns.self()) return;
      notices.add({ kind: 'hand_raised', names: [participant.name] });
    },
    left: (participant, reason) => {
      const person = roster.find(participant);
      if (person?.self) {
        turns.out(reason);
      } else if (person) {
        roster.remove(person);
        notices.add({ kind: 'left', names: [person.name] });
      }
    },
    routed: (route, generation) => parts.media.setRoute(route, generation),
    settings: (settings) => {
      const { entry } = settings;
      if (entry !== turns.settings().entry) tell({ type: 'entry', entry });
      turns.settled(settings);
    },
    password: (password) => {
      host.password = password;
      tell({ type: password ? 'password_set' : 'password_removed' });
    },
    host: (id) => {
      roster.hostId = id;
      // Knocks are the host's alone; a new one is told of them.
      if (!roster.host) host.takeKnocks([]);
      turns.rightsChanged();
      const person = id === null ? undefined : roster.find(id);
      if (person) tell({ type: 'host', name: person.name, mine: person.self });
    },
  };
}

/** What is told to oneself alone, and what passes: it has no version. */
export function tellUnversioned(
  event: Event,
  { host, devices, notices, roster, reactions }: RoomParts,
): void {
  if (event.type === 'knocks_changed') host.takeKnocks(event.knocks);
  if (event.type === 'muted' && devices.microphone.kind === 'on') {
    void devices.toggleMicrophone();
    notices.add({ kind: 'room', what: { type: 'muted_by_host' } });
  }
  if (event.type === 'reacted') {
    const person = roster.find(event.participant);
    if (person) reactions.shown(person, event.reaction);
  }
}
