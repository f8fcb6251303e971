// The calendar files that the server makes, read by a parser that is not the server's.
// @vitest-environment node

import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../../crates/server/samples/calendar/', import.meta.url);
const LINK = 'https://visavis.example.org/a#eyJhbGciOiJFZERTQSJ9.claims.signature';

function read(name: string): { method: string; event: ICAL.Event; component: ICAL.Component } {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as unknown[]);
  const events = calendar.getAllSubcomponents('vevent');
  expect(events).toHaveLength(1);
  const component = events[0] as ICAL.Component;
  const method = calendar.getFirstPropertyValue('method') as string;
  return { method, event: new ICAL.Event(component), component };
}

/** What a clock in a zone shows then, by the rules of this runtime. */
function shown(time: ICAL.Time, timeZone: string): string {
  const style = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat('sv-SE', style).format(time.toJSDate());
}

describe('calendar files', () => {
  it.each([
    // The second of two moments: the clock is put back at three.
    ['berlin-client.ics', 'Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25 02:30'],
    // The day after the clock was put forward there, and not yet in Europe.
    ['new-york-invitation.ics', 'America/New_York', '2026-03-09T13:00:00.000Z', '2026-03-09 09:00'],
    ['new-york-change.ics', 'America/New_York', '2026-11-02T14:00:00.000Z', '2026-11-02 09:00'],
    ['kolkata-staff.ics', 'Asia/Kolkata', '2026-12-31T18:15:00.000Z', '2026-12-31 23:45'],
  ])('%s begins at the right instant', (name, zone, instant, wall) => {
    const { event } = read(name);
    expect(event.startDate.toJSDate().toISOString()).toBe(instant);
    expect(shown(event.startDate, zone)).toBe(wall);
    expect(event.duration.toSeconds()).toBe(45 * 60);
  });

  it('know a move and a cancellation for those of the same appointment', () => {
    const all = ['invitation', 'change', 'cancellation'].map((kind) => read(`new-york-${kind}.ics`));
    expect(all.map(({ event }) => event.uid)).toEqual(
      Array(3).fill('a_000000000000000000000000000000a1@visavis.example.org'),
    );
    expect(all.map(({ event }) => event.sequence)).toEqual([0, 1, 2]);
    expect(all.map(({ method }) => method)).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
    expect(all.map(({ component }) => component.getFirstPropertyValue('status'))).toEqual([
      'CONFIRMED',
      'CONFIRMED',
      'CANCELLED',
    ]);
    expect(all.map(({ component }) => component.getFirstPropertyValue('url'))).toEqual([LINK, LINK, null]);
  });

  it('name who calls in and who is called in mail alone', () => {
    const { component, event } = read('new-york-invitation.ics');
    expect(event.organizer).toBe('mailto:ana@office.example');
    expect(event.attendees.map((one) => one.getFirstValue())).toEqual(['mailto:kim@client.example']);
    expect(component.getFirstPropertyValue('url')).toBe(LINK);
    for (const name of ['berlin-client.ics', 'kolkata-staff.ics']) {
      const kept = read(name);
      expect(kept.method).toBe('PUBLISH');
      expect(kept.component.getFirstProperty('organizer')).toBeNull();
      expect(kept.component.getFirstProperty('attendee')).toBeNull();
    }
  });

  it('give back what people typed, whatever it was', () => {
    const { event } = read('hard-invitation.ics');
    expect(event.attendees).toHaveLength(1);
    expect(event.attendees[0]?.getParameter('cn')).toBe("Ana 'Quote', née; Demir");
    const about =
      'Straße, 3; \\ "Kantō" 👩‍👩‍👧 — a name that is far longer than one line of a calendar file may be 🏴󠁧󠁢󠁳󠁣󠁴󠁿';
    const lines = event.description.split('\n');
    expect(lines[0]).toBe(about);
    expect(lines.slice(1, 4)).toEqual([
      'BEGIN:VEVENT',
      'ATTENDEE:mailto:mallory@evil.example',
      'last\\nline,;',
    ]);
    expect(lines).toContain(LINK);
    expect(read('hard-client.ics').event.summary).toBe(
      'Appointment with Kim,ATTENDEE:mailto:mallory@evil.example; 👩‍👩‍👧',
    );
    expect(read('hard-staff.ics').event.summary).toBe('Appointment with Ana "Quote", née; Demir');
  });
});
