import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AccountView, CallView } from '../protocol/generated';
import { Account } from './account.svelte';
import { AdminPeople } from './admin.svelte';
import { daysOf, openingsOf, closedDaysOf } from './admin-hours';
import * as api from './api';
import { NoteDraft } from './staff-note.svelte';
import { CallList } from './staff-calls.svelte';

function answers(...responses: (Response | Error)[]): ReturnType<typeof vi.fn> {
  const fake = vi.fn(() => {
    const next = responses.shift();
    return next instanceof Response ? Promise.resolve(next) : Promise.reject(next ?? new Error('no more'));
  });
  vi.stubGlobal('fetch', fake);
  return fake;
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ title: code, status, code }, { status, headers });
}

afterEach(() => vi.unstubAllGlobals());

describe('an answer', () => {
  it('with a code of the endpoint keeps it, and one nobody foresaw is unexpected', async () => {
    answers(problem(409, 'email_taken'), problem(418, 'teapot'), new Response('<html>', { status: 502 }));
    const person = { email: 'a@b', name: 'A', title: '', role: 'staff' } as const;
    expect(await api.addPerson(person)).toMatchObject({ ok: false, code: 'email_taken' });
    expect(await api.addPerson(person)).toMatchObject({ ok: false, code: 'unexpected' });
    expect(await api.addPerson(person)).toMatchObject({ ok: false, code: 'unexpected' });
  });

  it('that does not come is no exception', async () => {
    answers(new TypeError('offline'));
    expect(await api.people()).toEqual({ ok: false, code: 'unreachable', retryAfter: null });
  });

  it('may say when to try again', async () => {
    answers(problem(429, 'rate_limited', { 'retry-after': '90' }));
    expect(await api.people()).toEqual({ ok: false, code: 'rate_limited', retryAfter: 90 });
  });
});

describe('people', () => {
  const ana: AccountView = {
    id: 'u_1',
    email: 'ana@demo',
    name: 'Ana',
    title: '',
    role: 'staff',
    state: 'active',
    totp: false,
    created_at: 1,
  };
  const ben: AccountView = { ...ana, id: 'u_2', email: 'ben@demo', name: 'Ben' };

  it('know who is tied to the identity provider, in whichever part they come, until they are untied', async () => {
    const people = new AdminPeople();
    const fetched = answers(
      Response.json({ people: [ana], tied: [], next: 'u_1' }),
      Response.json({ people: [ben], tied: ['u_2'] }),
      Response.json({ ...ben, title: 'Claims' }),
      new Response(null, { status: 204 }),
    );
    await people.load();
    expect(people.list.map(({ id, tied }) => [id, tied])).toEqual([
      ['u_1', false],
      ['u_2', true],
    ]);
    await people.stand('u_2', 'active');
    expect(people.list[1]).toMatchObject({ title: 'Claims', tied: true });
    await people.untie('u_2');
    expect(fetched.mock.lastCall?.[0]).toBe('/api/v1/admin/people/u_2/provider');
    expect(people.list[1]).toMatchObject({ title: 'Claims', tied: false });
  });
});

describe('what is changed', () => {
  it('says as what it was seen, if that is known', async () => {
    const seen = new Response('{"id":"u_1"}', { headers: { etag: '"1"' } });
    const fetched = answers(seen, Response.json({}), Response.json({}), problem(412, 'not_as_seen'));
    const headers = (): unknown => (fetched.mock.lastCall?.[1] as RequestInit).headers;
    expect(await api.onePerson('u_1')).toEqual({ ok: true, value: { value: { id: 'u_1' }, tag: '"1"' } });
    expect(headers()).not.toHaveProperty('if-match');
    await api.changePerson('u_1', { title: 'Claims' }, '"1"');
    expect(headers()).toMatchObject({ 'if-match': '"1"', 'content-type': 'application/json' });
    await api.changePerson('u_1', { state: 'disabled' });
    expect(headers()).not.toHaveProperty('if-match');
    expect(await api.changePerson('u_1', {}, '"1"')).toMatchObject({ ok: false, code: 'not_as_seen' });
  });
});

describe('signing in', () => {
  it('says the same for a wrong code as for a wrong password, and asks for a code first', async () => {
    const account = new Account();
    answers(problem(401, 'totp_required'), problem(401, 'totp_required'), problem(401, 'sign_in_refused'));
    await account.signIn('ana@demo', 'right', '');
    expect(account.failure?.kind).toBe('code_wanted');
    expect(account.codeWanted).toBe(true);
    await account.signIn('ana@demo', 'right', '000000');
    expect(account.failure?.kind).toBe('refused');
    await account.signIn('ana@demo', 'wrong', '000000');
    expect(account.failure?.kind).toBe('refused');
  });

  it('sends a code only when one is wanted', async () => {
    const account = new Account();
    const fetched = answers(problem(401, 'sign_in_refused'));
    await account.signIn('ana@demo', 'wrong', '123456');
    const [, init] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(JSON.parse(init.body as string)).toEqual({ email: 'ana@demo', password: 'wrong' });
  });
});

describe('a list of calls', () => {
  it('shows the answer to the latest question, whichever comes first', async () => {
    const resolve: ((page: { calls: never[]; total: number }) => void)[] = [];
    const list = new CallList(
      () => new Promise((done) => resolve.push((value) => done({ ok: true, value }))),
    );
    const first = list.load();
    const second = list.narrow({ end: 'missed' });
    resolve[1]?.({ calls: [], total: 2 });
    await second;
    resolve[0]?.({ calls: [], total: 99 });
    await first;
    expect(list.total).toBe(2);
  });
});

describe('a call that has just ended', () => {
  const call = { ring: 'r_1' } as CallView;

  it('is asked for until the server has written it', async () => {
    const pages = [[], [], [call], [call]];
    const waits: number[] = [];
    const list = new CallList(
      () => Promise.resolve({ ok: true, value: { calls: pages.shift() ?? [], total: 1 } }),
      {},
      10,
      (ms) => Promise.resolve(void waits.push(ms)),
    );
    await list.expect('r_1');
    expect(list.calls).toEqual([call]);
    expect(waits).toHaveLength(3);
  });

  it('is given up when it never comes', async () => {
    let asked = 0;
    const list = new CallList(
      () => Promise.resolve({ ok: true, value: { calls: [], total: (asked += 1) } }),
      {},
      10,
      () => Promise.resolve(),
    );
    await list.expect('r_1');
    expect(asked).toBe(4);
  });
});

describe('a note', () => {
  it('that is typed on while it is saved is not said to be saved', async () => {
    let done: (() => void) | undefined;
    const draft = new NoteDraft(
      'r_1',
      { note: '' },
      undefined,
      () =>
        new Promise((resolve) => {
          done = () => resolve({ ok: true, value: undefined });
        }),
    );
    draft.note = 'one';
    draft.changed();
    const saving = draft.save();
    draft.note = 'one two';
    draft.changed();
    done?.();
    await saving;
    expect(draft.state).toBe('changed');
  });
});

describe('opening hours', () => {
  it('come out of the editor as they went in', () => {
    const weekly = [
      { weekday: 1, from: 540, to: 720 },
      { weekday: 1, from: 780, to: 1440 },
      { weekday: 7, from: 0, to: 60 },
    ];
    const days = daysOf({ zone: 'Europe/Istanbul', weekly, closed: [] });
    expect(days[0]?.openings).toEqual([
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '00:00' },
    ]);
    expect(openingsOf(days)).toEqual({ ok: true, weekly });
  });

  it('that end before they begin, or are not there, are told by their day', () => {
    const days = daysOf(undefined);
    days[2]?.openings.push({ from: '12:00', to: '11:00' });
    expect(openingsOf(days)).toEqual({ ok: false, weekday: 3 });
    days[2]?.openings.splice(0, 1, { from: '', to: '11:00' });
    expect(openingsOf(days)).toEqual({ ok: false, weekday: 3 });
  });

  it('know days from other texts', () => {
    expect(closedDaysOf('2026-12-25\n2026-01-01, 2026-12-25')).toEqual(['2026-01-01', '2026-12-25']);
    expect(closedDaysOf('')).toEqual([]);
    expect(closedDaysOf('2026-02-30')).toBeNull();
    expect(closedDaysOf('Christmas')).toBeNull();
  });
});
