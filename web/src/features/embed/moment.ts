// A visit in the terms in which pages outside are told of it.

import type { Desk } from '../../model/desk.svelte';
import type { Moment } from '../../model/desk-signals';
import type { Phase, RingEnd } from '../../model/types';

export function momentOf(desk: Desk): Moment {
  const { view } = desk;
  if (view.kind === 'calling' && view.ring) {
    return { kind: 'ringing', ring: view.ring.id, name: view.ring.callee.name };
  }
  if (view.kind === 'call' && view.call.place.kind === 'ring') {
    const { call } = view;
    const { ring } = view.call.place;
    const end = endOf(call.phase);
    if (end !== null) return { kind: 'over', ring: ring.id, end };
    const connected = call.others.some((person) => person.media === 'connected');
    return { kind: 'call', ring: ring.id, name: ring.callee.name, connected };
  }
  return { kind: 'idle', end: desk.outcome?.kind === 'ended' ? desk.outcome.end : null };
}

function endOf(phase: Phase): RingEnd | null {
  switch (phase.kind) {
    case 'before':
    case 'knocking':
    case 'joining':
    case 'in_call':
      return null;
    case 'over':
      return phase.end;
    case 'ended':
      return 'hung_up';
    case 'refused':
    case 'turned_away':
      return 'failed';
  }
}
