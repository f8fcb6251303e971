// States of the call that are hard to come by in a real one, each made from the first: what the server would have to say
// for it, and what the page would have had to notice. For the gallery alone.

import type { Call } from '../src/model/call.svelte';
import type { FakeSession } from '../src/room/fake-session';
import type { Participant } from '../src/protocol/generated';

export interface State {
  /** Beside oneself. */
  others: string[];
  become?: (call: Call, session: FakeSession) => void;
}

const MANY = [
  'Ben',
  'Cem',
  'Deniz',
  'Eva',
  'Fatma',
  'Georgios',
  'Hannah',
  'Ines',
  'Jürgen-Maximilian von Hohenstein',
];

export const STATES: Record<string, State> = {
  alone: { others: [] },
  two: { others: ['Ben'] },
  three: { others: ['Ben', 'Cem'] },
  ten: { others: MANY },
  fifty: { others: Array.from({ length: 49 }, (_, index) => `Person ${index + 1}`) },
  chat: {
    others: ['Ben'],
    become: (call) => {
      call.panels.open = 'chat';
    },
  },
  people: {
    others: MANY,
    become: (call) => {
      call.panels.open = 'people';
    },
  },
  reactions: {
    others: ['Ben', 'Cem'],
    become: (call) => {
      call.panels.reactions = true;
    },
  },
  reacting: {
    others: ['Ben', 'Cem'],
    become: (call) => {
      const [ben] = call.others;
      if (ben) ben.reactions = [{ id: 1, reaction: 'applause' }];
    },
  },
  knocks: {
    others: ['Ben'],
    become: (call, session) => {
      const knocks = [
        { id: 'k_1', name: 'Vera', since: 1 },
        { id: 'k_2', name: 'Wim', since: 2 },
      ];
      session.event({ type: 'knocks_changed', knocks }, 'direct');
      call.panels.open = 'people';
    },
  },
  'many-knocks': {
    others: MANY,
    become: (_, session) => {
      const knocks = Array.from({ length: 12 }, (_, at) => ({
        id: `k_${at}`,
        name: `Guest ${at}`,
        since: at,
      }));
      session.event({ type: 'knocks_changed', knocks }, 'direct');
    },
  },
  hands: {
    others: MANY,
    become: (call) => {
      for (const [index, person] of call.others.entries()) if (index % 2 === 0) person.hand = index + 1;
      call.notices.add({ kind: 'hand_raised', names: call.others.slice(0, 3).map(({ name }) => name) });
    },
  },
  notices: {
    others: ['Ben', 'Cem'],
    become: ({ notices }) => {
      notices.hold();
      notices.add({ kind: 'joined', names: ['Ben', 'Cem', 'Deniz'] });
      notices.add({ kind: 'message', name: 'Ben', text: 'Hello! '.repeat(60) });
      notices.add({ kind: 'microphone_changed' });
      notices.add({ kind: 'left', names: ['Deniz'] });
    },
  },
  reconnecting: { others: ['Ben'], become: (_, session) => session.changeLink('reconnecting') },
  limited: { others: ['Ben'], become: (_, session) => session.changeLink('limited') },
  lost: { others: ['Ben'], become: (_, session) => session.changeLink('lost') },
  'audio-only': { others: ['Ben', 'Cem'], become: (call) => call.media.setAudioOnly('chosen') },
  'slow-line': { others: ['Ben', 'Cem'], become: (call) => call.media.setAudioOnly('slow') },
  qualities: {
    others: ['Ben', 'Cem', 'Deniz', 'Eva'],
    become: (call) => {
      const qualities = ['good', 'fair', 'poor', 'lost'] as const;
      for (const [index, person] of call.others.entries()) person.quality = qualities[index] ?? 'good';
    },
  },
  'no-sound': {
    others: ['Ben'],
    become: (call) => {
      call.media.audioBlocked = true;
    },
  },
};

export function participant(name: string, order: number): Participant {
  return {
    id: `p_${order}`,
    name,
    order,
    epoch: 0,
    presence: 'connected',
    microphone: order % 3 === 0 ? 'muted' : 'live',
    camera: 'off',
    screen: 'off',
    joined_at: order,
  };
}
