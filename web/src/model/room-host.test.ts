import { beforeEach, describe, expect, it } from 'vitest';
import type { Code, Knock } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession } from '../room/fake-session';
import { RoomHost } from './room-host.svelte';

const VERA: Knock = { id: 'p_v', name: 'Vera', since: 1 };
const WIM: Knock = { id: 'p_w', name: 'Wim', since: 2 };

let fake: FakeSession;
let failed: Code[];
let host: RoomHost;

beforeEach(() => {
  fake = new FakeSession();
  failed = [];
  host = new RoomHost(fake.session, (code) => failed.push(code));
});

describe('those who knock', () => {
  it('are told once each', () => {
    host.takeKnocks([VERA]);
    expect(host.told).toEqual(['Vera']);
    host.takeKnocks([VERA, WIM]);
    expect(host.told).toEqual(['Wim']);
    host.takeKnocks([WIM]);
    expect(host.told, 'when others go').toEqual(['Wim']);
  });

  it('are gone from the list as soon as they are answered', async () => {
    host.takeKnocks([VERA, WIM]);
    const answered = host.admit([VERA]);
    expect(host.knocks).toEqual([WIM]);
    expect(fake.asked('admit_knocks')).toEqual({ type: 'admit_knocks', knocks: ['p_v'] });
    await fake.answer('admit_knocks', { type: 'done' });
    await answered;
    expect(host.knocks).toEqual([WIM]);
    void host.refuse(host.knocks);
    expect(fake.asked('refuse_knocks')).toEqual({ type: 'refuse_knocks', knocks: ['p_w'] });
  });

  it('stand there again when the answer was not taken', async () => {
    host.takeKnocks([VERA, WIM]);
    void host.refuse([VERA]);
    await fake.answer('refuse_knocks', new CommandFailed('try_again'));
    expect(host.knocks).toEqual([VERA, WIM]);
    expect(failed).toEqual(['try_again']);
  });

  it('whom the server lists while the answer is on its way stay as it says', async () => {
    host.takeKnocks([VERA]);
    void host.admit([VERA]);
    host.takeKnocks([VERA, WIM]);
    await fake.answer('admit_knocks', new CommandFailed('not_host'));
    expect(host.knocks).toEqual([VERA, WIM]);
  });
});

describe('what the host asks for', () => {
  it('goes to the server', () => {
    void host.mute('p_1');
    void host.remove('p_1');
    void host.makeHost('p_1');
    void host.lowerHand('p_1');
    void host.muteAll();
    expect(fake.sent).toEqual([
      { type: 'mute', participant: 'p_1' },
      { type: 'remove', participant: 'p_1' },
      { type: 'make_host', participant: 'p_1' },
      { type: 'lower_hand', participant: 'p_1' },
      { type: 'mute' },
    ]);
  });

  it.each([
    ['not_host', ['not_host']],
    ['participant_unknown', []],
    ['session_lost', []],
  ] as const)('and is refused with %s', async (code, told) => {
    void host.remove('p_1');
    await fake.answer('remove', new CommandFailed(code));
    expect(failed).toEqual(told);
  });

  it('a password is said to be set, or why it is not', async () => {
    const set = host.setPassword('open sesame');
    expect(fake.asked('set_password')).toEqual({ type: 'set_password', password: 'open sesame' });
    await fake.answer('set_password', { type: 'done' });
    expect(await set).toBeNull();
    const taken = host.setPassword(null);
    expect(fake.asked('set_password')).toEqual({ type: 'set_password' });
    await fake.answer('set_password', new CommandFailed('password_invalid'));
    expect(await taken).toBe('password_invalid');
  });
});
