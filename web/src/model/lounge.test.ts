import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  Code,
  LoungeDoor,
  LoungeMember,
  LoungeRoom,
  LoungeSnapshot,
  OwnAvailability,
  Reply,
} from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession, settle } from '../room/fake-session';
import { Lounge } from './lounge.svelte';
import { loungeSeat } from './remembered';

const GENERAL: LoungeRoom = { id: 'o_1', slug: 'general', name: 'General', about: '', people: 2 };
const SPORTS: LoungeRoom = { id: 'o_2', slug: 'sports', name: 'Sports', about: '', people: 0 };
const ROOMS = [GENERAL, SPORTS];

const member = (id: string, name: string, extra: Partial<LoungeMember> = {}): LoungeMember => ({
  id,
  name,
  account: false,
  status: 'available',
  text: '',
  talks: 0,
  version: 1,
  ...extra,
});
const ME = member('u_me', 'Zoë');
const ANA = member('u_a', 'Ana');
const BEN = member('u_b', 'Ben');

function own(version: number, extra: Partial<OwnAvailability> = {}): OwnAvailability {
  return { online: false, chosen: 'available', status: 'available', missed: false, version, ...extra };
}

function snapshot(extra: Partial<LoungeSnapshot> = {}, people = [ANA, ME], room = 'o_1'): LoungeSnapshot {
  return {
    person: ME.id,
    own: own(1),
    rooms: ROOMS,
    room: { room, people, messages: [], earlier: false, moderator: false },
    conversations: [],
    blocked: [],
    file_bytes: 0,
    away_after_s: 0,
    ...extra,
  };
}

const doorReply = (extra: Partial<LoungeDoor> = {}): Reply => ({
  type: 'lounge_door',
  door: { rooms: ROOMS, in_use: false, ...extra },
});
const inside = (extra: Partial<LoungeSnapshot> = {}, people = [ANA, ME], room = 'o_1'): Reply => ({
  type: 'lounge',
  lounge: snapshot(extra, people, room),
});
const jumped = (room: string, people: LoungeMember[], moderator = false): Reply => ({
  type: 'lounge_room',
  room: { room, people, messages: [], earlier: false, moderator },
});
const no = (code: Code): CommandFailed => new CommandFailed(code);

let fake: FakeSession;
let lounge: Lounge;
let addresses: string[];
let reloads: number;

function make(slug: string | null = null): void {
  fake = new FakeSession();
  lounge = new Lounge({
    slug,
    address: (to) => addresses.push(to),
    session: () => fake.session,
    reload: () => (reloads += 1),
  });
  lounge.start();
}

async function atDoor(slug: string | null = null, extra: Partial<LoungeDoor> = {}): Promise<void> {
  make(slug);
  await fake.answer('open_lounge', doorReply(extra));
}

async function in_(slug: string | null = null, reply: Reply = inside()): Promise<void> {
  await atDoor(slug);
  void lounge.enter('Zoë');
  await fake.answer('enter_lounge', reply);
}

const names = (): string[] => lounge.people.list.map(({ name }) => name);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  addresses = [];
  reloads = 0;
});
afterEach(() => {
  lounge.dispose();
  vi.useRealTimers();
});

describe('the door', () => {
  it('shows the rooms, and how many are in them as it changes', async () => {
    await atDoor();
    expect(lounge.stage).toBe('door');
    fake.event({ type: 'room_counted', room: 'o_2', people: 7 }, 'lounge');
    expect(lounge.rooms.map(({ people }) => people)).toEqual([2, 7]);
  });

  it('leads into the room of the address, which follows', async () => {
    await atDoor('sports');
    void lounge.enter('Zoë');
    expect(fake.asked('enter_lounge')).toEqual({
      type: 'enter_lounge',
      name: 'Zoë',
      room: 'o_2',
      use_here: false,
    });
    await fake.answer('enter_lounge', inside({}, [ME], 'o_2'));
    expect(lounge.stage).toBe('inside');
    expect(lounge.here?.name).toBe('Sports');
    expect(addresses).toEqual(['sports']);
  });

  it('says that the address names no room, and leads into the first', async () => {
    await in_('nowhere');
    expect(fake.asked('enter_lounge')).not.toHaveProperty('room');
    expect(lounge.problem).toEqual({ kind: 'room_unknown' });
    expect(addresses).toEqual(['general']);
  });

  it('stays where a name is taken, and says so', async () => {
    await atDoor();
    void lounge.enter('Ana');
    await fake.answer('enter_lounge', no('name_taken'));
    expect(lounge.stage).toBe('door');
    expect(lounge.problem).toEqual({ kind: 'refused', code: 'name_taken' });
    expect(loungeSeat.get()).toBeNull();
  });

  it('names the room that is full', async () => {
    await atDoor('sports');
    void lounge.enter('Zoë');
    await fake.answer('enter_lounge', no('room_full'));
    expect(lounge.problem).toEqual({ kind: 'room_full', name: 'Sports' });
  });

  it('leads into the first room when the other was taken away in that moment', async () => {
    await atDoor('sports');
    void lounge.enter('Zoë');
    await fake.answer('enter_lounge', no('lounge_room_unknown'));
    await fake.answer('enter_lounge', inside());
    expect(lounge.stage).toBe('inside');
    expect(lounge.problem).toEqual({ kind: 'room_unknown' });
  });

  it('is for accounts alone where that is set', async () => {
    make();
    await fake.answer('open_lounge', no('forbidden'));
    expect(lounge.stage).toBe('accounts_only');
  });

  it('does not open for who was removed', async () => {
    await atDoor();
    void lounge.enter('Zoë');
    await fake.answer('enter_lounge', no('removed'));
    expect(lounge.stage).toBe('removed');
  });
});

describe('one who is in by another page', () => {
  it('is asked first, and comes in here when they say so', async () => {
    await atDoor(null, { in_use: true, name: 'Zoë' });
    expect(lounge.stage).toBe('elsewhere');
    void lounge.useHere();
    expect(fake.asked('enter_lounge')).toEqual({ type: 'enter_lounge', name: 'Zoë', use_here: true });
    await fake.answer('enter_lounge', inside());
    expect(lounge.stage).toBe('inside');
  });

  it('is told when that page took over, and takes it back by a reload', async () => {
    await in_();
    fake.replaced();
    expect(lounge.stage).toBe('elsewhere');
    expect(loungeSeat.get()).toBeNull();
    void lounge.useHere();
    expect(reloads).toBe(1);
    lounge.dispose();

    await atDoor();
    expect(fake.asked('enter_lounge')).toMatchObject({ name: 'Zoë', room: 'o_1', use_here: true });
    await fake.answer('enter_lounge', inside());
    expect(loungeSeat.get()).not.toHaveProperty('takeOver');
  });

  const quick = (): unknown =>
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout'],
      shouldAdvanceTime: true,
      advanceTimeDelta: 5,
    });

  it('does not push that page out by a reload', async () => {
    quick();
    loungeSeat.set({ name: 'Zoë', room: 'o_1', chosen: 'available', text: '' });
    await atDoor();
    for (let again = 0; again < 12; again += 1) {
      expect(fake.asked('enter_lounge')).toMatchObject({ use_here: false });
      await fake.answer('enter_lounge', no('in_use'));
      expect(lounge.stage).toBe('loading');
      await vi.advanceTimersByTimeAsync(300);
      await fake.answer('open_lounge', doorReply({ in_use: true }));
    }
    await fake.answer('enter_lounge', no('in_use'));
    expect(lounge.stage).toBe('elsewhere');
  });

  it('is that page itself after a reload, whose goodbye is still on its way', async () => {
    quick();
    loungeSeat.set({ name: 'Zoë', room: 'o_1', chosen: 'available', text: '' });
    await atDoor();
    await fake.answer('enter_lounge', no('in_use'));
    await vi.advanceTimersByTimeAsync(300);
    await fake.answer('open_lounge', doorReply());
    await fake.answer('enter_lounge', inside());
    expect(lounge.stage).toBe('inside');
  });
});

describe('inside', () => {
  it('a reload comes back in without the door', async () => {
    await in_();
    lounge.dispose();
    await atDoor('general');
    expect(fake.asked('enter_lounge')).toMatchObject({ name: 'Zoë', room: 'o_1' });
    await fake.answer('enter_lounge', inside());
    expect(lounge.stage).toBe('inside');
    expect(lounge.people.comings).toEqual([]);
  });

  it('a server that has started anew is told how one was', async () => {
    await in_();
    void lounge.setStatus('away', 'lunch');
    await fake.answer('set_status', { type: 'own', own: own(2, { chosen: 'away', status: 'away' }) });
    fake.connect();
    expect(lounge.stage).toBe('inside');
    await fake.answer('open_lounge', doorReply());
    await fake.answer('enter_lounge', inside({ own: own(0) }));
    expect(fake.count('set_status')).toBe(2);
    expect(fake.asked('set_status')).toEqual({ type: 'set_status', chosen: 'away', text: 'lunch' });
  });

  it('a server that knows better is believed', async () => {
    await in_();
    void lounge.setStatus('away', 'lunch');
    await fake.answer('set_status', { type: 'own', own: own(2, { chosen: 'away', status: 'away' }) });
    fake.connect();
    await fake.answer('open_lounge', doorReply());
    await fake.answer('enter_lounge', inside({ own: own(9, { chosen: 'unavailable' }) }));
    expect(fake.count('set_status')).toBe(1);
    expect(loungeSeat.get()).toMatchObject({ chosen: 'unavailable', text: '' });
  });

  it('a busy server is asked again', async () => {
    await in_();
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout'],
      shouldAdvanceTime: true,
      advanceTimeDelta: 200,
    });
    fake.connect();
    await fake.answer('open_lounge', no('try_again'));
    expect(lounge.stage).toBe('inside');
    await vi.advanceTimersByTimeAsync(2_100);
    expect(fake.count('open_lounge')).toBe(3);
  });

  it('one’s place that was lost is asked for again', async () => {
    await in_();
    void lounge.setStatus('away', '');
    await fake.answer('set_status', no('not_in_lounge'));
    await fake.answer('open_lounge', doorReply());
    await fake.answer('enter_lounge', inside());
    expect(lounge.stage).toBe('inside');
  });

  it('who was removed is told, and does not come back by a reload', async () => {
    await in_();
    fake.removed();
    expect(lounge.stage).toBe('removed');
    expect(loungeSeat.get()).toBeNull();
  });

  it('leaving leads back to the door', async () => {
    await in_();
    void lounge.leave();
    await fake.answer('leave_lounge', { type: 'done' });
    await fake.answer('open_lounge', doorReply());
    expect([lounge.stage, names(), loungeSeat.get()]).toEqual(['door', [], null]);
  });
});

describe('from room to room', () => {
  it('the address leads, and people follow', async () => {
    await in_();
    void lounge.visit('sports');
    await fake.answer('jump', jumped('o_2', [BEN, ME], true));
    expect([lounge.here?.slug, names(), lounge.moderator]).toEqual(['sports', ['Zoë', 'Ben'], true]);
    expect(addresses).toEqual(['general', 'sports']);
  });

  it('what comes ahead of the answer counts behind it', async () => {
    await in_();
    void lounge.visit('sports');
    fake.event({ type: 'member_joined', room: 'o_2', member: BEN }, 'lounge');
    await fake.answer('jump', jumped('o_2', [ME]));
    expect(names()).toEqual(['Zoë', 'Ben']);
  });

  it('a full one is named, and one stays where one is', async () => {
    await in_();
    void lounge.visit('sports');
    await fake.answer('jump', no('room_full'));
    expect(lounge.problem).toEqual({ kind: 'room_full', name: 'Sports' });
    expect(lounge.room).toBe('o_1');
    expect(addresses).toEqual(['general', 'general']);
  });

  it('whoever changes their mind on the way ends where they want to', async () => {
    await in_();
    void lounge.visit('sports');
    void lounge.visit('general');
    await fake.answer('jump', jumped('o_2', [ME]));
    await fake.answer('jump', jumped('o_1', [ANA, ME]));
    expect(lounge.here?.slug).toBe('general');
  });

  it('one that an admin has taken away is left for the first', async () => {
    await in_(null, inside({}, [ME], 'o_2'));
    fake.event({ type: 'lounge_changed' }, 'lounge');
    await fake.answer('open_lounge', doorReply({ rooms: [GENERAL] }));
    await fake.answer('jump', jumped('o_1', [ANA, ME]));
    expect(lounge.here?.slug).toBe('general');
    expect(lounge.problem).toEqual({ kind: 'room_gone' });
  });
});

describe('people', () => {
  it('stand in order: oneself, who is available, then the others, by name', async () => {
    const busy = member('u_c', 'Cem', { status: 'in_call' });
    const away = member('u_d', 'Abel', { status: 'away' });
    await in_(null, inside({}, [away, busy, BEN, ANA, ME]));
    expect(names()).toEqual(['Zoë', 'Ana', 'Ben', 'Cem', 'Abel']);
    fake.event({ type: 'member_changed', member: { ...ANA, status: 'unavailable', version: 2 } }, 'lounge');
    expect(names()).toEqual(['Zoë', 'Ben', 'Cem', 'Abel', 'Ana']);
  });

  it('are as their latest state says, whatever order it comes in', async () => {
    await in_();
    fake.event({ type: 'member_changed', member: { ...ANA, text: 'late', version: 5 } }, 'lounge');
    fake.event({ type: 'member_changed', member: { ...ANA, text: 'early', version: 4 } }, 'lounge');
    expect(lounge.people.find('u_a')?.text).toBe('late');
  });

  it('few who come are told one by one, a crowd together, and nobody who was there', async () => {
    await in_();
    vi.useFakeTimers();
    for (const name of ['Fred', 'Gül', 'Hans']) {
      fake.event({ type: 'member_joined', room: 'o_1', member: member(`u_${name}`, name) }, 'lounge');
    }
    expect(lounge.people.comings.map(({ joined }) => joined.join())).toEqual(['Fred', 'Gül', 'Hans']);
    for (const one of [BEN, member('u_c', 'Cem'), ANA]) {
      fake.event({ type: 'member_joined', room: 'o_1', member: one }, 'lounge');
    }
    fake.event({ type: 'member_left', room: 'o_1', person: 'u_a' }, 'lounge');
    fake.event({ type: 'member_left', room: 'o_1', person: 'u_x' }, 'lounge');
    vi.advanceTimersByTime(2_000);
    expect(lounge.people.comings).toHaveLength(4);
    expect(lounge.people.comings[3]).toMatchObject({ joined: ['Ben', 'Cem'], left: ['Ana'] });
  });

  it('with whom one writes are known in other rooms too, until they are gone', async () => {
    const talk = { name: 'Ben', open: true, closed: false, blocked: false, last: 0, unread: 0 };
    const conversations = [{ person: 'u_b', member: BEN, ...talk, delivered: 0, read: 0 }];
    await in_(null, inside({ conversations }, [ANA, BEN, ME]));
    fake.event({ type: 'member_left', room: 'o_1', person: 'u_b' }, 'lounge');
    fake.event({ type: 'member_left', room: 'o_1', person: 'u_a' }, 'lounge');
    expect([lounge.people.find('u_b')?.name, lounge.people.find('u_a'), names()]).toEqual([
      'Ben',
      undefined,
      ['Zoë'],
    ]);
    fake.event({ type: 'member_gone', person: 'u_b' }, 'lounge');
    expect(lounge.people.find('u_b')).toBeUndefined();
  });
});

describe('one’s own status', () => {
  it('is what the latest word says', async () => {
    await in_();
    fake.event({ type: 'own_changed', own: own(5, { status: 'in_call' }) });
    fake.event({ type: 'own_changed', own: own(4) });
    expect(lounge.own?.status).toBe('in_call');
    await settle();
  });
});
