import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OpenRoom } from '../protocol/generated';
import { bodies } from '../protocol/samples.generated';
import * as api from './api';
import { AdminRooms } from './admin-rooms.svelte';

vi.mock('./api');
const mocked = vi.mocked(api);

const detail = bodies.open_room_detail;
const person = detail.participants[0];
if (!person) throw new Error('the sample has nobody in it');
const room = (name: string): OpenRoom => ({ ...detail.room, name });
const nobody = { ok: false, code: 'unreachable', retryAfter: null } as const;

let rooms: AdminRooms;

beforeEach(async () => {
  vi.resetAllMocks();
  mocked.openRooms.mockImplementation((after) =>
    Promise.resolve({
      ok: true,
      value: after === undefined ? { rooms: [room('a')], next: 'a' } : { rooms: [room('b')] },
    }),
  );
  mocked.lookIntoRoom.mockResolvedValue({ ok: true, value: detail });
  rooms = new AdminRooms();
  await rooms.load();
});

const names = (): string => rooms.list.map(({ name }) => name).join();

describe('open rooms', () => {
  it('come in parts, and as many parts stay when they are looked at again', async () => {
    expect([names(), rooms.more]).toEqual(['a', true]);
    await rooms.next();
    expect([names(), rooms.more]).toEqual(['a,b', false]);
    await rooms.load();
    expect(names()).toBe('a,b');
  });

  it('stay where a later look fails', async () => {
    mocked.openRooms.mockResolvedValue(nobody);
    await rooms.load();
    expect([names(), rooms.state.kind]).toEqual(['a', 'ready']);
  });

  it('say who is in the one that is shown, until it is over', async () => {
    await rooms.show('a');
    expect(rooms.people).toEqual(detail.participants);
    mocked.lookIntoRoom.mockResolvedValue({ ok: false, code: 'room_unknown', retryAfter: null });
    await rooms.load();
    expect([rooms.shown, rooms.people]).toEqual([null, null]);
  });

  it.each([
    [{ ok: true, value: undefined } as const],
    [{ ok: false, code: 'room_unknown', retryAfter: null } as const],
  ])('are over once ended, by whomever', async (answer) => {
    mocked.endRoom.mockResolvedValue(answer);
    await rooms.end('a');
    expect([rooms.done?.kind, rooms.problem]).toEqual(['ended', null]);
    expect(mocked.openRooms).toHaveBeenCalledTimes(2);
  });

  it('that cannot be ended say so', async () => {
    mocked.endRoom.mockResolvedValue(nobody);
    await rooms.end('a');
    expect([rooms.done, rooms.problem]).toEqual([null, 'unreachable']);
  });

  it('let somebody be removed, who may have left already', async () => {
    mocked.removeFromRoom.mockResolvedValue({ ok: false, code: 'participant_unknown', retryAfter: null });
    await rooms.remove('a', person);
    expect(mocked.removeFromRoom).toHaveBeenCalledWith('a', person.id);
    expect(rooms.done).toEqual({ kind: 'removed', name: person.name });
  });

  it('are looked at no more often than answers come', async () => {
    vi.useFakeTimers();
    let answer: (value: api.Answer<{ rooms: OpenRoom[] }>) => void = () => undefined;
    mocked.openRooms.mockImplementation(() => new Promise((told) => (answer = told)));
    const before = mocked.openRooms.mock.calls.length;
    const end = rooms.follow();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(mocked.openRooms.mock.calls.length - before).toBe(1);
    answer({ ok: true, value: { rooms: [] } });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(mocked.openRooms.mock.calls.length - before).toBe(2);
    end();
    vi.useRealTimers();
  });
});
