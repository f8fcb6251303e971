import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PersonChange } from '../protocol/generated';
import { bodies } from '../protocol/samples.generated';
import * as api from './api';
import { AdminAudit, AdminDesks, AdminPeople } from './admin.svelte';
import { differing, onTop } from './admin-edit.svelte';

vi.mock('./api');
const mocked = vi.mocked(api);

const late = { ok: false, code: 'not_as_seen', retryAfter: null } as const;
const ana = {
  ...bodies.account_view,
  id: 'u_1',
  name: 'Ana',
  email: 'ana@demo',
  title: '',
  role: 'admin' as const,
};
const desk = bodies.desk_view;

beforeEach(() => vi.resetAllMocks());

describe('what somebody typed', () => {
  it('is what differs, whatever the order of names within', () => {
    const before = { name: 'A', hours: { zone: 'UTC', weekly: [{ from: 1, to: 2 }] }, members: ['x'] };
    expect(differing(before, { ...before, hours: { weekly: [{ to: 2, from: 1 }], zone: 'UTC' } })).toEqual(
      {},
    );
    expect(differing(before, { ...before, name: 'B', members: ['x', 'y'] })).toEqual({
      name: 'B',
      members: ['x', 'y'],
    });
  });

  it('stands on top of what somebody else changed, and nothing else does', () => {
    const before = { name: 'A', about: 'x', ring_s: 30 };
    const typed = { ...before, about: 'mine' };
    expect(onTop(before, typed, { name: 'B', about: 'theirs', ring_s: 5 })).toEqual({
      name: 'B',
      about: 'mine',
      ring_s: 5,
    });
  });

  it('may be nothing, where something was', () => {
    const before: { name: string; hours?: string } = { name: 'A', hours: 'nine to five' };
    expect(onTop(before, { name: 'A' }, { name: 'B', hours: 'nine to five' })).toEqual({ name: 'B' });
    expect(onTop(before, { ...before }, { name: 'A' })).toEqual({ name: 'A' });
  });
});

describe('a person', () => {
  let people: AdminPeople;

  beforeEach(async () => {
    // The page was opened while Ana was an admin; she is none any more.
    mocked.people.mockResolvedValue({ ok: true, value: [{ ...ana, tied: false }] });
    mocked.onePerson.mockResolvedValue({ ok: true, value: { value: { ...ana, role: 'staff' }, tag: '"2"' } });
    mocked.changePerson.mockImplementation((_, change: PersonChange) =>
      Promise.resolve({ ok: true, value: { ...ana, role: 'staff', ...change } as typeof ana }),
    );
    people = new AdminPeople();
    await people.load();
  });

  it('is read anew before they are edited, and only what was typed is told', async () => {
    expect(await people.editor.open('u_1')).toBe(true);
    const { shown } = people.editor.edited ?? {};
    expect(shown).toEqual({ name: 'Ana', email: 'ana@demo', title: '', role: 'staff' });
    if (!shown) return;
    expect(await people.editor.save({ ...shown, title: 'Claims' })).toBe('saved');
    expect(mocked.changePerson).toHaveBeenCalledWith('u_1', { title: 'Claims' }, '"2"');
    expect(people.list).toMatchObject([{ role: 'staff', title: 'Claims' }]);
  });

  it('of whom nothing was typed is not changed', async () => {
    await people.editor.open('u_1');
    const { shown } = people.editor.edited ?? {};
    if (!shown) throw new Error('nothing is edited');
    expect(await people.editor.save({ ...shown })).toBe('saved');
    expect(mocked.changePerson).not.toHaveBeenCalled();
  });

  it('whom somebody else changed is not changed over it: their change is shown under what was typed', async () => {
    mocked.onePerson.mockResolvedValueOnce({ ok: true, value: { value: ana, tag: '"1"' } });
    await people.editor.open('u_1');
    mocked.changePerson.mockResolvedValueOnce(late);
    const { shown } = people.editor.edited ?? {};
    if (!shown) throw new Error('nothing is edited');
    expect(await people.editor.save({ ...shown, title: 'Claims' })).toBe('changed');
    expect(people.editor.form).toEqual({ kind: 'failed', code: 'not_as_seen' });
    expect(people.editor.edited?.shown).toMatchObject({ role: 'staff', title: 'Claims' });
    expect(await people.editor.save(people.editor.edited?.shown ?? shown)).toBe('saved');
    expect(mocked.changePerson).toHaveBeenLastCalledWith('u_1', { title: 'Claims' }, '"2"');
  });

  it('who cannot be read is not edited, and that is said', async () => {
    mocked.onePerson.mockResolvedValueOnce({ ok: false, code: 'unreachable', retryAfter: null });
    expect(await people.editor.open('u_1')).toBe(false);
    expect(people.editor.edited).toBeNull();
    expect(people.editor.form).toEqual({ kind: 'failed', code: 'unreachable' });
  });
});

describe('a desk', () => {
  it('is changed as it was seen, all of it', async () => {
    mocked.desks.mockResolvedValue({ ok: true, value: [desk] });
    mocked.people.mockResolvedValue({ ok: true, value: [] });
    mocked.oneDesk.mockResolvedValue({ ok: true, value: { value: desk, tag: '"1"' } });
    mocked.changeDesk.mockResolvedValue(late);
    const desks = new AdminDesks();
    await desks.editor.open(desk.id);
    mocked.oneDesk.mockResolvedValue({
      ok: true,
      value: { value: { ...desk, settings: { ...desk.settings, name: 'Theirs' } }, tag: '"2"' },
    });
    expect(await desks.editor.save({ ...desk.settings, about: 'mine' })).toBe('changed');
    expect(mocked.changeDesk).toHaveBeenCalledWith(desk.id, { ...desk.settings, about: 'mine' }, '"1"');
    expect(desks.editor.edited).toMatchObject({ tag: '"2"', shown: { name: 'Theirs', about: 'mine' } });
  });
});

describe('the audit log', () => {
  it('keeps what is there when earlier rows do not come', async () => {
    const audit = new AdminAudit();
    const row = bodies.audit_view;
    mocked.audit.mockResolvedValueOnce({ ok: true, value: { rows: [row], next: '7' } });
    await audit.load();
    mocked.audit.mockResolvedValueOnce({ ok: false, code: 'unreachable', retryAfter: null });
    await audit.next();
    expect(audit.rows).toEqual([row]);
    expect(audit.state.kind).toBe('ready');
    expect(audit.problem).toBe('unreachable');
    mocked.audit.mockResolvedValueOnce({ ok: true, value: { rows: [row] } });
    await audit.next();
    expect([audit.rows.length, audit.problem, audit.more]).toEqual([2, null, false]);
  });
});
