import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  Engagement,
  LoungeSnapshot,
  OwnAvailability,
  Reply,
  RingEnd,
  RingView,
} from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession, settle } from '../room/fake-session';
import { LoungeCalls } from './lounge-calls.svelte';
import { endWord, whyNotRung } from './lounge-ring';
import { seatOfRing } from './remembered';

const { capture } = vi.hoisted(() => ({ capture: vi.fn<(kind: string) => Promise<unknown>>() }));
vi.mock('../rtc/capture', () => ({
  capture,
  listDevices: () => Promise.resolve({ microphones: [], cameras: [], speakers: [] }),
  watchPermission: () => undefined,
  CaptureFailed: class extends Error {},
}));
vi.mock('../rtc/level', async (original) => ({
  ...(await original<object>()),
  meterTrack: () => () => undefined,
}));

/** Nobody answers: what is tested here ends before media begins. */
class NoAnswer {
  connectionState = 'new';
  close(): void {
    this.connectionState = 'closed';
  }
}

const ANA = { id: 'u_ana', name: 'Ana' };
const BEN = { id: 'u_ben', name: 'Ben' };
const CEM = { id: 'u_cem', name: 'Cem' };
/** Ana rings Ben. */
const OUT: RingView = {
  id: 'r_out',
  purpose: 'conversation',
  caller: ANA,
  callee: BEN,
  visitor: ANA,
  about: '',
  started_at: 1,
  rings_until: 30_001,
};
const IN: RingView = { ...OUT, id: 'r_in', caller: BEN, callee: ANA, visitor: BEN };
/** Cem asks Ana into the call that he has with Ben. */
const ASKED: RingView = {
  ...OUT,
  id: 'r_asked',
  purpose: 'bring_in',
  into: 'r_theirs',
  caller: CEM,
  callee: ANA,
};
const THEIRS: RingView = { ...OUT, id: 'r_theirs', caller: BEN, callee: CEM, accepted_at: 3 };
const DESK = { id: 'd_help', slug: 'help', name: 'Insurance help' };

function joined(ring: string): Reply {
  return {
    type: 'joined',
    participant: 'p_ana',
    continuation: `seat in ${ring}`,
    ice_servers: [],
    room: {
      name: ring,
      call: 'c_1',
      version: 1,
      chat_version: 0,
      file_bytes: 0,
      messages: [],
      settings: { route: 'auto', publishing: 'everybody' },
      route: 'peer_to_peer',
      participants: [participant('p_ana', 'Ana', 1)],
    },
  } as unknown as Reply;
}

function participant(id: string, name: string, order: number): Record<string, unknown> {
  return { id, name, order, epoch: 0, presence: 'connected', microphone: 'live', camera: 'on', joined_at: 1 };
}

let version: number;
let session: FakeSession;
let calls: LoungeCalls;

function own(engagement?: Engagement): OwnAvailability {
  version += 1;
  return {
    online: true,
    chosen: 'available',
    status: engagement ? 'in_call' : 'available',
    missed: false,
    version,
    ...(engagement ? { engagement } : {}),
  };
}

function enter(engagement?: Engagement): void {
  calls.entered({ person: ANA.id, own: own(engagement) } as LoungeSnapshot);
}

const told = (engagement?: Engagement): void => session.event({ type: 'own_changed', own: own(engagement) });
const ends = (ring: string, end: RingEnd): void => session.event({ type: 'ring_ended', ring, end });

function open(): void {
  calls = new LoungeCalls(session.session, () => ANA);
  session.listen({ event: (event) => calls.event(event) });
}

async function ringBen(): Promise<void> {
  void calls.ring(BEN.id);
  await settle();
  told({ type: 'calling', ring: OUT });
  await session.answer('ring_member', { type: 'ringing', ring: OUT });
}

async function talkWithBen(): Promise<void> {
  await ringBen();
  told({ type: 'in_call', ring: { ...OUT, accepted_at: 5 } });
  await session.answer('join_call', joined(OUT.id));
}

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', NoAnswer);
  version = 0;
  sessionStorage.clear();
  capture.mockReset();
  capture.mockImplementation((kind) =>
    Promise.resolve({
      kind,
      enabled: true,
      stop: () => undefined,
      clone: () => ({ enabled: true, stop: () => undefined }),
      getSettings: () => ({}),
    }),
  );
  session = new FakeSession();
  open();
  enter();
});
afterEach(() => calls.dispose());

describe('ringing somebody', () => {
  it('opens the devices at once, and goes into the call when it is accepted', async () => {
    void calls.ring(BEN.id);
    expect(calls.ringing).toEqual({ person: BEN.id, ring: null });
    await settle();
    expect(capture).toHaveBeenCalledWith('camera', { by: 'remembered', id: null }, expect.anything());
    told({ type: 'calling', ring: OUT });
    await session.answer('ring_member', { type: 'ringing', ring: OUT });
    expect(calls.ringing?.ring?.id).toBe(OUT.id);
    const { devices } = calls;

    told({ type: 'in_call', ring: { ...OUT, accepted_at: 5 } });

    expect(session.asked('join_call')).toMatchObject({ ring: OUT.id });
    expect(calls.call?.devices).toBe(devices);
    expect(calls.with).toBe(BEN.id);
    expect(calls.ringing).toBeNull();
  });

  it('is in one call when both ring at once, whichever word comes first', async () => {
    void calls.ring(BEN.id);
    await settle();
    const both = { ...IN, accepted_at: 5 };
    told({ type: 'in_call', ring: both });
    expect(calls.call).toBeNull();
    await session.answer('ring_member', { type: 'ringing', ring: both });

    expect(calls.call).not.toBeNull();
    expect(calls.ringing).toBeNull();
    expect(session.count('join_call')).toBe(1);
    expect(calls.incoming).toBeNull();
  });

  it.each([
    ['declined', 'declined'],
    ['missed', 'no_answer'],
    ['callee_lost', 'they_lost_it'],
  ] as const)('tells that it was %s, and lets the devices go', async (end, word) => {
    await ringBen();
    const { devices } = calls;
    ends(OUT.id, end);
    expect(calls.ringing).toBeNull();
    told();

    expect(calls.outcome).toEqual({ person: BEN.id, name: 'Ben', kind: 'ended', end: word });
    expect(devices?.camera.kind).toBe('off');
    expect(calls.devices).toBeNull();
    expect(calls.engaged).toBe(false);
  });

  it('tells why it cannot be', async () => {
    void calls.ring(BEN.id);
    await session.answer('ring_member', new CommandFailed('busy'));
    expect(calls.outcome).toMatchObject({ person: BEN.id, kind: 'refused', code: 'busy' });
    expect(calls.devices).toBeNull();
    expect(calls.ringing).toBeNull();
  });

  it('is taken back, also before it was put through', async () => {
    void calls.ring(BEN.id);
    void calls.cancel();
    expect(calls.ringing).toBeNull();
    expect(calls.devices).toBeNull();
    await session.answer('ring_member', { type: 'ringing', ring: OUT });
    expect(session.asked('cancel_ring')).toEqual({ type: 'cancel_ring', ring: OUT.id });
    told({ type: 'calling', ring: OUT });
    expect(calls.ringing).toBeNull();
    ends(OUT.id, 'cancelled');
    told();
    await session.answer('cancel_ring', { type: 'done' });
    expect(calls.outcome).toBeNull();
    expect(calls.engaged).toBe(false);
  });

  it('hangs up when it was accepted in the moment of being taken back', async () => {
    await ringBen();
    void calls.cancel();
    told({ type: 'in_call', ring: { ...OUT, accepted_at: 5 } });
    await session.answer('cancel_ring', new CommandFailed('ring_unknown'));
    expect(session.count('leave')).toBe(1);
    expect(calls.call).toBeNull();
  });

  it('says that it was interrupted when a server that started anew knows nothing of it', async () => {
    await ringBen();
    session.connect();
    enter();
    expect(calls.outcome).toMatchObject({ kind: 'ended', end: 'interrupted' });
    expect(calls.ringing).toBeNull();
  });
});

describe('being rung', () => {
  it('opens no device before one has accepted', async () => {
    told({ type: 'called', ring: IN });
    await settle();
    expect(calls.incoming?.id).toBe(IN.id);
    expect(calls.heard).toBe(calls.incoming);
    expect(capture).not.toHaveBeenCalled();

    void calls.accept();
    told({ type: 'in_call', ring: { ...IN, accepted_at: 5 } });
    await session.answer('accept_ring', { type: 'done' });

    expect(calls.call).not.toBeNull();
    expect(calls.with).toBe(BEN.id);
    expect(calls.heard).toBeNull();
    await vi.waitFor(() => expect(capture).toHaveBeenCalled());
  });

  it('accepts by ringing back, and rings nobody else meanwhile', async () => {
    told({ type: 'called', ring: IN });
    void calls.ring(CEM.id);
    await settle();
    expect(session.asked('accept_ring')).toBeUndefined();

    void calls.ring(BEN.id);
    await settle();
    expect(session.asked('accept_ring')).toEqual({ type: 'accept_ring', ring: IN.id });
    expect(session.asked('ring_member')).toBeUndefined();
  });

  it('declines, and has nothing to be told about it', async () => {
    told({ type: 'called', ring: IN });
    void calls.decline();
    ends(IN.id, 'declined');
    told();
    await settle();
    expect(session.asked('decline_ring')).toEqual({ type: 'decline_ring', ring: IN.id });
    expect(calls.outcome).toBeNull();
    expect(calls.heard).toBeNull();
  });

  it.each(['missed', 'cancelled', 'caller_lost'] as const)('tells of a call missed by %s', (end) => {
    told({ type: 'called', ring: IN });
    ends(IN.id, end);
    told();
    expect(calls.outcome).toEqual({ person: BEN.id, name: 'Ben', kind: 'ended', end: 'missed' });
  });

  it('leaves the call to the page that has it', () => {
    told({ type: 'called', ring: IN });
    told({ type: 'in_call', ring: { ...IN, accepted_at: 5 } });
    expect(calls.call).toBeNull();
    expect(calls.elsewhere?.id).toBe(IN.id);

    calls.continueHere();
    expect(calls.call).not.toBeNull();
    expect(calls.elsewhere).toBeNull();
  });

  it('goes into the call that one is asked into, in the conversation with who asked', async () => {
    told({ type: 'called', ring: ASKED });
    void calls.accept();
    await session.answer('accept_ring', { type: 'done' });
    told({ type: 'in_call', ring: THEIRS });

    expect(session.asked('join_call')).toMatchObject({ ring: THEIRS.id });
    expect(calls.with).toBe(CEM.id);
  });

  it('does not answer rings of desks, but says that there is one', () => {
    told({ type: 'called', ring: { ...IN, purpose: 'desk', desk: DESK } });
    expect(calls.incoming).toBeNull();
    expect(calls.heard).toBeNull();
    expect(calls.foreign?.type).toBe('called');
    expect(calls.engaged).toBe(true);

    told({ type: 'called', ring: IN });
    expect(calls.foreign).toBeNull();
  });

  it('falls silent when the line is gone for long', () => {
    told({ type: 'called', ring: IN });
    expect(calls.heard).not.toBeNull();
    session.changeLink('lost');
    expect(calls.heard).toBeNull();
  });
});

describe('in the call', () => {
  it('comes back into it after a reload, in the same conversation', async () => {
    told({ type: 'called', ring: ASKED });
    void calls.accept();
    await session.answer('accept_ring', { type: 'done' });
    told({ type: 'in_call', ring: THEIRS });
    await session.answer('join_call', joined(THEIRS.id));
    expect(seatOfRing(THEIRS.id).get()).not.toBeNull();

    session = new FakeSession();
    open();
    enter({ type: 'in_call', ring: THEIRS });

    expect(session.asked('join_call')).toMatchObject({ continuation: `seat in ${THEIRS.id}` });
    expect(calls.with).toBe(CEM.id);
  });

  it('tells how it ended, and forgets the seat', async () => {
    await talkWithBen();
    calls.full = true;
    ends(OUT.id, 'hung_up');
    told();

    expect(calls.call).toBeNull();
    expect(calls.full).toBe(false);
    expect(calls.outcome).toMatchObject({ person: BEN.id, kind: 'ended', end: 'over' });
    expect(seatOfRing(OUT.id).get()).toBeNull();
  });

  it('hangs up, and is told nothing of what one did oneself', async () => {
    await talkWithBen();
    void calls.hangUp();
    expect(calls.call).toBeNull();
    expect(session.count('leave')).toBe(1);
    // Before the server has heard of it.
    told({ type: 'in_call', ring: { ...OUT, accepted_at: 5 } });
    expect(calls.call).toBeNull();
    expect(calls.elsewhere).toBeNull();
    ends(OUT.id, 'hung_up');
    told();
    expect(calls.outcome).toBeNull();
  });

  it('outlives a server that has started anew', async () => {
    await talkWithBen();
    const { call } = calls;
    session.connect();
    enter();
    expect(calls.call).toBe(call);
    expect(session.asked('join_call')).toMatchObject({ continuation: `seat in ${OUT.id}` });
    await session.answer('join_call', new CommandFailed('ring_unknown'));
    if (call) calls.callEnded(call);
    expect(calls.call).toBeNull();
    expect(calls.outcome).toMatchObject({ kind: 'refused', code: 'ring_unknown' });
  });

  it('asks a third one in, who is there when the call says so', async () => {
    await talkWithBen();
    void calls.invite(CEM);
    expect(calls.invited).toEqual({ person: CEM.id, name: 'Cem', kind: 'asking' });
    await session.answer('ring_colleague', { type: 'ringing', ring: { ...OUT, id: 'r_3', into: OUT.id } });
    expect(session.asked('ring_colleague')).toEqual({
      type: 'ring_colleague',
      person: CEM.id,
      purpose: 'bring_in',
    });
    expect(calls.invited?.kind).toBe('ringing');

    session.event(
      { type: 'participant_joined', participant: participant('p_cem', 'Cem', 3) } as never,
      'room',
      2,
    );
    expect(calls.invited?.kind).toBe('joins');
  });

  it('is told when the third one does not want to', async () => {
    await talkWithBen();
    void calls.invite(CEM);
    await session.answer('ring_colleague', { type: 'ringing', ring: { ...OUT, id: 'r_3', into: OUT.id } });
    ends('r_3', 'declined');
    expect(calls.invited).toEqual({ person: CEM.id, name: 'Cem', kind: 'ended', end: 'declined' });
    expect(calls.call).not.toBeNull();
  });

  it('asks before it is left with the page', async () => {
    const go = vi.fn();
    calls.beforeLeaving(go);
    expect(go).toHaveBeenCalledTimes(1);
    await talkWithBen();
    calls.beforeLeaving(go);
    expect(go).toHaveBeenCalledTimes(1);
    expect(calls.leaving).toBe(go);
  });

  it('ends with the page', async () => {
    await talkWithBen();
    calls.dispose();
    expect(session.count('leave')).toBe(1);
    expect(calls.call).toBeNull();
  });
});

describe('whether somebody can be rung', () => {
  const member = { status: 'available' } as const;
  it('is said by the first thing that speaks against it', () => {
    expect(whyNotRung({ member, blocked: 'no', engaged: 'no' })).toBeNull();
    expect(whyNotRung({ member, blocked: 'yes', engaged: 'yes' })).toBe('blocked');
    expect(whyNotRung({ member, blocked: 'no', engaged: 'yes' })).toBe('engaged');
    expect(whyNotRung({ member: { status: 'in_call' }, blocked: 'no', engaged: 'no' })).toBe('busy');
    expect(whyNotRung({ member: { status: 'away' }, blocked: 'no', engaged: 'no' })).toBe('away');
    expect(whyNotRung({ member: null, blocked: 'no', engaged: 'no' })).toBe('offline');
  });

  it('knows what one did oneself', () => {
    expect(endWord('cancelled', 'caller')).toBeNull();
    expect(endWord('declined', 'callee')).toBeNull();
    expect(endWord('callee_lost', 'callee')).toBe('lost_it');
  });
});
