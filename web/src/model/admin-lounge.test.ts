import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoungeRoomSettings, LoungeRoomView } from '../protocol/generated';
import * as api from './api';
import { AdminLounge } from './admin-lounge.svelte';

vi.mock('./api');
const mocked = vi.mocked(api);

const room = (id: string, place: number): LoungeRoomView => ({
  id,
  settings: { slug: id, name: id, about: '', place, moderators: [] },
});
const refused = { ok: false, code: 'slug_taken', retryAfter: null } as const;

let lounge: AdminLounge;
let server: LoungeRoomView[];

const order = (): string => lounge.rooms.map(({ id }) => id).join();

beforeEach(async () => {
  vi.resetAllMocks();
  server = [room('b', 5), room('a', 2), room('c', 9)];
  mocked.loungeRooms.mockImplementation(() => Promise.resolve({ ok: true, value: server }));
  mocked.people.mockResolvedValue({ ok: true, value: [] });
  mocked.loungeRemovals.mockResolvedValue({
    ok: true,
    value: [{ person: 'u_1', name: 'Troll', until: 1, by: 'Ana' }],
  });
  mocked.oneLoungeRoom.mockImplementation((id: string) => {
    const value = server.find((one) => one.id === id);
    if (!value) throw new Error('no such room');
    return Promise.resolve({ ok: true, value: { value, tag: `"${id}"` } });
  });
  mocked.changeLoungeRoom.mockImplementation((id: string, settings: LoungeRoomSettings) => {
    server = server.map((one) => (one.id === id ? { id, settings } : one));
    return Promise.resolve({ ok: true, value: { id, settings } });
  });
  lounge = new AdminLounge();
  await lounge.load();
});

describe('the rooms of the lounge', () => {
  it('stand in the order of their places', () => {
    expect(order()).toBe('a,b,c');
  });

  it('a new one stands last', async () => {
    mocked.addLoungeRoom.mockResolvedValue({ ok: true, value: room('d', 10) });
    await lounge.editor.open(null);
    await lounge.editor.save({ slug: 'd', name: 'd', about: '', moderators: [] });
    expect(mocked.addLoungeRoom).toHaveBeenCalledWith(expect.objectContaining({ place: 10 }));
  });

  it('one that is edited keeps its place', async () => {
    await lounge.editor.open('b');
    await lounge.editor.save({ slug: 'b', name: 'B', about: '', moderators: ['u_1'] });
    expect(mocked.changeLoungeRoom).toHaveBeenCalledWith('b', expect.anything(), '"b"');
    expect(server.find(({ id }) => id === 'b')?.settings).toMatchObject({ name: 'B', place: 5 });
  });

  it('are moved, and stay so', async () => {
    await lounge.move('c', 'up');
    expect(order()).toBe('a,c,b');
    await lounge.move('a', 'up');
    expect(order()).toBe('a,c,b');
    await lounge.move('a', 'down');
    expect(order()).toBe('c,a,b');
  });

  it('are as the server has them when a change is refused, which is told', async () => {
    mocked.changeLoungeRoom.mockResolvedValue(refused);
    await lounge.move('c', 'up');
    expect(order()).toBe('a,b,c');
    expect(lounge.form).toEqual({ kind: 'failed', code: 'slug_taken' });
  });
});

describe('who was removed', () => {
  it('is let back in, also where that was done already', async () => {
    mocked.letBackIn.mockResolvedValue({ ok: false, code: 'person_unknown', retryAfter: null });
    const [removal] = lounge.removals;
    if (!removal) throw new Error('nobody was removed');
    await lounge.letBackIn(removal);
    expect([lounge.removals, lounge.letIn, lounge.problem]).toEqual([[], 'Troll', null]);
  });

  it('stays out where that failed', async () => {
    mocked.letBackIn.mockResolvedValue({ ok: false, code: 'unreachable', retryAfter: null });
    const [removal] = lounge.removals;
    if (!removal) throw new Error('nobody was removed');
    await lounge.letBackIn(removal);
    expect([lounge.removals.length, lounge.problem]).toEqual([1, 'unreachable']);
  });
});
