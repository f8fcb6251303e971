import { describe, expect, it } from 'vitest';
import { AppointmentDraft, WhenDraft } from './appointments-form.svelte';

const BERLIN = 'Europe/Berlin';
const NOW = Date.parse('2026-10-20T08:07Z');

function whenAt(starts: string, zone = BERLIN): WhenDraft {
  const when = WhenDraft.next(NOW, zone);
  when.starts = starts;
  return when;
}

describe('the time of an appointment', () => {
  it('is at first the next quarter of an hour, in the zone of who makes it', () => {
    const when = WhenDraft.next(NOW, BERLIN);
    expect(when.starts).toBe('2026-10-20 10:15');
    expect(when.problem(NOW)).toBeNull();
    expect(when.body).toEqual({ wall: '2026-10-20T10:15', zone: BERLIN, minutes: 30 });
  });

  it('keeps its clock on the wall in another zone, and is another moment', () => {
    const when = whenAt('2026-10-21 10:00');
    const before = when.startsAt;
    when.zone = 'America/New_York';
    expect(when.body.wall).toBe('2026-10-21T10:00');
    expect((when.startsAt ?? 0) - (before ?? 0)).toBe(6 * 3_600_000);
  });

  it('that the clock skips is told of', () => {
    expect(whenAt('2027-03-28 02:30').problem(NOW)).toBe('time_skipped');
  });

  it('that the clock shows twice is one of the two, as is said', () => {
    const when = whenAt('2026-10-25 02:30');
    expect(when.twice).toBe(true);
    expect(when.startsAt).toBe(Date.parse('2026-10-25T00:30Z'));
    expect(when.body.repeated).toBe('first');
    when.repeated = 'second';
    expect(when.startsAt).toBe(Date.parse('2026-10-25T01:30Z'));
    expect(when.body.repeated).toBe('second');
  });

  it('of one that is moved is known again, the second of two as well', () => {
    const when = new WhenDraft(Date.parse('2026-10-25T01:30Z'), 45, BERLIN);
    expect(when.starts).toBe('2026-10-25 02:30');
    expect(when.repeated).toBe('second');
    expect(when.minutes).toBe('45');
  });

  it('has to end after now', () => {
    expect(whenAt('2026-10-20 09:30').problem(NOW)).toBe('time_past');
    // It goes on already.
    expect(whenAt('2026-10-20 09:45').problem(NOW)).toBeNull();
    expect(whenAt('tomorrow').problem(NOW)).toBe('time_invalid');
  });

  it('takes 5 to 480 minutes', () => {
    const when = WhenDraft.next(NOW, BERLIN);
    for (const [text, problem] of [
      ['4', 'duration_invalid'],
      ['5', null],
      ['480', null],
      ['481', 'duration_invalid'],
      ['', 'duration_invalid'],
    ] as const) {
      when.minutes = text;
      expect(when.lengthProblem).toBe(problem);
    }
  });
});

describe('a new appointment', () => {
  it('says nothing of what was left empty', () => {
    const draft = new AppointmentDraft(NOW, BERLIN);
    draft.name = '  Cem Yıldız ';
    expect(draft.body).toEqual({
      client_name: 'Cem Yıldız',
      about: '',
      wall: '2026-10-20T10:15',
      zone: BERLIN,
      minutes: 30,
    });
    draft.email = ' cem@example.org ';
    draft.desk = 'd_help';
    expect(draft.body).toMatchObject({ email: 'cem@example.org', desk: 'd_help' });
  });

  it('tells by field what is wrong', () => {
    const draft = new AppointmentDraft(NOW, BERLIN);
    draft.email = 'nobody';
    draft.about = 'x'.repeat(201);
    expect(draft.problems(NOW)).toEqual({
      name: 'name_invalid',
      email: 'email_invalid',
      about: 'text_invalid',
      time: null,
      length: null,
    });
  });
});
