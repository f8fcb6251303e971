import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppointmentList, AppointmentView, VisitView } from '../protocol/generated';
import type { Answer, AppointmentProblem } from './api';
import { mayBeTold, standingOf, stepsOf } from './appointments-steps';
import { Appointments } from './appointments.svelte';
import type { AppointmentRequests } from './appointments.svelte';
import { FakeSession, settle } from '../room/fake-session';

const BERLIN = 'Europe/Berlin';
const MINUTE = 60_000;
const NOW = Date.parse('2026-10-20T08:00Z');

function appointment(id: string, starts_at: number, more: Partial<AppointmentView> = {}): AppointmentView {
  return {
    id,
    professional: 'u_ana',
    professional_name: 'Ana',
    client_name: 'Cem',
    about: '',
    starts_at,
    minutes: 30,
    zone: BERLIN,
    wall: '',
    opens_at: starts_at - 15 * MINUTE,
    closes_at: starts_at + 60 * MINUTE,
    state: 'booked',
    sequence: 0,
    note: '',
    links: [],
    created_at: 0,
    ...more,
  };
}

const ok = <T>(value: T): Answer<T, AppointmentProblem> => ({ ok: true, value });

describe('the appointments of a page', () => {
  let stored: AppointmentView[];
  let asked: { from: number; to: number }[];
  let session: FakeSession;
  let page: Appointments;
  let refuse: AppointmentProblem | null;

  const find = (id: string): Answer<AppointmentView, AppointmentProblem> => {
    const one = stored.find((other) => other.id === id);
    return one ? ok(one) : { ok: false, code: 'appointment_unknown', retryAfter: null };
  };
  const answer = (id: string): Promise<Answer<AppointmentView, AppointmentProblem>> =>
    Promise.resolve(refuse ? { ok: false, code: refuse, retryAfter: null } : find(id));

  beforeEach(() => {
    stored = [
      appointment('a_late', Date.parse('2026-10-20T21:30Z')),
      appointment('a_early', Date.parse('2026-10-19T22:30Z')),
      appointment('a_before', Date.parse('2026-10-19T21:30Z')),
      appointment('a_gone', NOW, { state: 'cancelled' }),
      appointment('a_sunday', Date.parse('2026-10-25T22:30Z')),
    ];
    asked = [];
    refuse = null;
    session = new FakeSession();
    const requests: AppointmentRequests = {
      appointments: (from, to) => {
        asked.push({ from, to });
        const appointments = stored.filter(({ starts_at }) => starts_at >= from && starts_at < to);
        return Promise.resolve(ok<AppointmentList>({ appointments, mail: true, now: NOW }));
      },
      oneAppointment: (id) => Promise.resolve(find(id)),
      makeAppointment: () => Promise.resolve(ok(appointment('a_new', NOW))),
      changeAppointment: vi.fn(answer),
      moveAppointment: vi.fn(answer),
      closeAppointment: vi.fn(answer),
      forgetAppointment: (id) => {
        stored = stored.filter((one) => one.id !== id);
        return Promise.resolve(ok(undefined));
      },
      inviteOneMore: answer,
      replaceLink: answer,
      takeLinkBack: answer,
      previewMail: () => Promise.resolve({ ok: false, code: 'mail_unfit', retryAfter: null }),
      sendMail: () => Promise.resolve(ok(undefined)),
    };
    page = new Appointments({ session, zone: BERLIN, now: NOW, requests });
  });

  const ids = (day: string): string[] => page.on(day).map(({ id }) => id);

  it('are those of the day in the zone of who looks, earliest first', async () => {
    await page.load();
    expect(ids('2026-10-20')).toEqual(['a_early', 'a_gone', 'a_late']);
    expect(asked).toEqual([{ from: Date.parse('2026-10-19T22:00Z'), to: Date.parse('2026-10-20T22:00Z') }]);
  });

  it('of today are counted without those that are cancelled, whichever days are looked at', async () => {
    page.look('2026-10-25', 'day');
    await page.load();
    expect(ids('2026-10-25')).toEqual(['a_sunday']);
    expect(page.count).toBe(2);
  });

  it('of a week with a change of clocks reach to the end of its Sunday', async () => {
    page.look('2026-10-20', 'week');
    await page.load();
    expect(page.days).toHaveLength(7);
    expect(ids('2026-10-25')).toEqual(['a_sunday']);
    expect(page.search).toBe('?view=week');
  });

  it('are fetched anew when the server says that one was changed, and go when it is no more', async () => {
    await page.load();
    stored = stored.map((one) => (one.id === 'a_late' ? { ...one, client_name: 'Vera' } : one));
    session.event({ type: 'appointment_changed', appointment: 'a_late' }, 'appointments');
    await settle();
    expect(page.of('a_late')?.client_name).toBe('Vera');
    stored = [];
    session.event({ type: 'appointment_changed', appointment: 'a_late' }, 'appointments');
    await settle();
    expect(page.of('a_late')).toBeNull();
  });

  it('go for good when that was asked', async () => {
    await page.load();
    expect(await page.forget('a_gone')).toBeNull();
    expect(ids('2026-10-20')).toEqual(['a_early', 'a_late']);
  });

  it('are all fetched anew with a new session', async () => {
    await page.load();
    stored = stored.filter(({ id }) => id !== 'a_early');
    session.connect();
    await settle();
    expect(ids('2026-10-20')).toEqual(['a_gone', 'a_late']);
  });

  it('follow the calendar past midnight', async () => {
    await page.load();
    page.tick(Date.parse('2026-10-20T22:00Z'));
    expect(page.today).toBe('2026-10-21');
    expect(page.day).toBe('2026-10-21');
    expect(page.search).toBe('');
  });

  it('are shown as they are now after somebody else was quicker', async () => {
    await page.load();
    stored = stored.map((one) => (one.id === 'a_late' ? { ...one, state: 'cancelled', sequence: 4 } : one));
    refuse = 'changed_meanwhile';
    const to = { wall: '2026-10-20T23:30', zone: BERLIN, minutes: 30, sequence: 0 };
    expect(await page.move('a_late', to)).toBe('changed_meanwhile');
    expect(page.of('a_late')?.sequence).toBe(4);
  });

  it('lead to the day of one that is to be shown', async () => {
    await page.load();
    await page.show('a_sunday');
    expect(page.day).toBe('2026-10-25');
    expect(page.wanted).toBe('a_sunday');
  });

  it('keep what is being written when a colleague writes too, and show theirs when nothing is', async () => {
    await page.load();
    const one = stored[0] ?? appointment('a', NOW);
    const draft = page.draft(one);
    draft.note = 'mine';
    draft.changed();
    expect(page.draft({ ...one, note: 'theirs' })).toBe(draft);
    draft.state = 'saved';
    expect(page.draft({ ...one, note: 'theirs' }).note).toBe('theirs');
  });
});

describe('what can be done', () => {
  const one = appointment('a_1', NOW);
  const waiting: VisitView = {
    appointment: 'a_1',
    client: 'Cem',
    attendees: [
      { id: 'u_int', name: 'Ines', since: 1, held: false },
      { id: 'u_cem', name: 'Cem', since: 2, held: false },
    ],
    version: 1,
  };
  const { attendees, ...nobody } = waiting;
  const taken = (host: string): VisitView => ({
    ...nobody,
    attendees: [],
    call: 'r_1',
    host: { id: host, name: 'Ben' },
  });
  const stepsAt = (minutes: number, visit: VisitView | null = null, of = one): string[] =>
    Object.entries(stepsOf(of, visit, 'u_ana', NOW + minutes * MINUTE))
      .filter(([, can]) => can !== false && can !== null)
      .map(([step, can]) => (typeof can === 'string' ? `${step} ${can}` : step));

  it('before anybody may come in is to plan', () => {
    expect(stepsAt(-60)).toEqual(['reschedule', 'cancel', 'invite']);
  });

  it('once people may come in is to go in first, and to say that it was held', () => {
    expect(stepsAt(-10)).toContain('goIn');
    expect(stepsAt(-10)).toContain('done');
    expect(stepsAt(-10)).not.toContain('noShow');
    expect(stepsAt(1)).toContain('noShow');
  });

  it('for who waits is to let them in, by the name of the client if they are among them', () => {
    expect(stepsAt(1, waiting)).toContain('admit Cem');
    expect(stepsAt(1, { ...waiting, attendees: attendees.slice(0, 1) })).toContain('admit Ines');
    expect(stepsAt(1, waiting)).not.toContain('noShow');
    expect(stepsAt(1, waiting)).toContain('chat');
  });

  it('in a call is to hold, for who is in it alone', () => {
    expect(stepsAt(1, taken('u_ana'))).toContain('hold');
    expect(stepsAt(1, taken('u_ben'))).not.toContain('hold');
    expect(stepsAt(1, taken('u_ben'))).not.toContain('reschedule');
    expect(standingOf(one, taken('u_ben'), 'u_ana', NOW)).toEqual({
      kind: 'in_call',
      host: 'Ben',
      mine: false,
    });
  });

  it('is to mail until it is over, and that it was cancelled at any time', () => {
    const told = (minutes: number, of = one): boolean => mayBeTold(of, NOW + minutes * MINUTE);
    expect([told(-60), told(29), told(30)]).toEqual([true, true, false]);
    expect(told(-60, { ...one, state: 'done' })).toBe(false);
    expect(told(-60, { ...one, state: 'no_show' })).toBe(false);
    expect(told(60, { ...one, state: 'cancelled' })).toBe(true);
  });

  it('after it is over is to open it again, unless it was cancelled, and to remove it', () => {
    expect(stepsAt(1, null, { ...one, state: 'done' })).toEqual(['reopen', 'remove']);
    expect(stepsAt(1, null, { ...one, state: 'no_show' })).toEqual(['reopen', 'reschedule', 'remove']);
    expect(stepsAt(1, null, { ...one, state: 'cancelled' })).toEqual(['remove']);
    expect(standingOf(one, null, 'u_ana', NOW + 61 * MINUTE).kind).toBe('past');
  });
});
