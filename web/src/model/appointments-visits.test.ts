import { beforeEach, describe, expect, it } from 'vitest';
import type { AttendeeView, VisitView } from '../protocol/generated';
import { Visits } from './appointments-visits.svelte';

const CEM: AttendeeView = { id: 'u_cem', name: 'Cem', since: 1_000, held: false };
const VERA: AttendeeView = { id: 'u_vera', name: 'Vera', since: 500, held: false };
const CALL = { call: 'r_1', host: { id: 'u_ana', name: 'Ana' } };

function visit(version: number, attendees: AttendeeView[], more: Partial<VisitView> = {}): VisitView {
  return { appointment: 'a_1', client: 'Cem', attendees, version, ...more };
}

let arrivals: string[];
let visits: Visits;

beforeEach(() => {
  arrivals = [];
  visits = new Visits(({ appointment, attendee }) => arrivals.push(`${appointment} ${attendee.name}`));
});

describe('what happens around appointments', () => {
  it('is as the latest version says, in whichever order they come', () => {
    visits.take([]);
    visits.changed(visit(2, [CEM]));
    visits.changed(visit(1, []));
    expect(visits.of('a_1')?.attendees).toEqual([CEM]);
    visits.changed(visit(3, []));
    expect(visits.waiting).toEqual([]);
  });

  it('lists who waits across appointments, longest first', () => {
    visits.take([visit(1, [CEM]), visit(1, [VERA], { appointment: 'a_2', client: 'Vera' })]);
    expect(visits.waiting.map(({ attendee }) => attendee.name)).toEqual(['Vera', 'Cem']);
  });

  it('is what a new session says first, whatever it counts', () => {
    visits.take([visit(900, [CEM])]);
    visits.forgetVersions();
    visits.asked();
    visits.take([visit(3, [VERA])]);
    expect(visits.waiting.map(({ attendee }) => attendee.name)).toEqual(['Vera']);
  });

  it('does not lose what was heard while the console was on its way', () => {
    visits.take([]);
    visits.asked();
    visits.changed(visit(5, [CEM]));
    visits.take([]);
    expect(visits.waiting).toHaveLength(1);
  });

  it('ends for those of which the console knows no more', () => {
    visits.take([visit(1, [CEM])]);
    visits.asked();
    visits.take([]);
    expect(visits.of('a_1')).toBeNull();
  });
});

describe('an arrival', () => {
  it('is told once, however often it is heard', () => {
    visits.take([]);
    visits.changed(visit(1, [CEM]));
    visits.changed(visit(2, [CEM, VERA]));
    visits.forgetVersions();
    visits.asked();
    visits.take([visit(2, [CEM, VERA])]);
    expect(arrivals).toEqual(['a_1 Cem', 'a_1 Vera']);
  });

  it('is none for those who are there when the page opens', () => {
    visits.take([visit(1, [CEM])]);
    expect(arrivals).toEqual([]);
  });

  it('that happened during an outage is told after it', () => {
    visits.take([]);
    visits.forgetVersions();
    visits.asked();
    visits.take([visit(1, [CEM])]);
    expect(arrivals).toEqual(['a_1 Cem']);
  });

  it('is told again when somebody has gone and come back', () => {
    visits.take([]);
    visits.changed(visit(1, [CEM]));
    visits.changed(visit(2, []));
    visits.changed(visit(3, [{ ...CEM, since: 9_000 }]));
    expect(arrivals).toEqual(['a_1 Cem', 'a_1 Cem']);
  });

  it('is none for who was sent back to wait, or comes back out of a call that broke off', () => {
    visits.take([visit(1, [], CALL)]);
    visits.changed(visit(2, [{ ...CEM, since: 5_000, held: true }]));
    visits.changed(visit(3, [], CALL));
    visits.changed(visit(4, [{ ...CEM, since: 8_000 }]));
    expect(arrivals).toEqual([]);
  });
});
