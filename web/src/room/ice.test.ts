// Credentials of TURN are asked for when those at hand are old, and once for all who need them.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandFailed } from '../protocol/session';
import { FakeSession } from './fake-session';
import { FRESH_FOR, IceServers } from './ice';

const OLD = [{ urls: ['turn:old'] }];
const NEW = [{ urls: ['turn:new'] }];

let fake: FakeSession;
let ice: IceServers;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  fake = new FakeSession();
  ice = new IceServers(fake.session);
  ice.set(OLD);
});

afterEach(() => vi.useRealTimers());

describe('ICE servers', () => {
  it('are good for a while', async () => {
    vi.setSystemTime(Date.now() + FRESH_FOR - 1);
    expect(await ice.fresh()).toBeNull();
    expect(fake.sent).toEqual([]);
  });

  it('are asked for once by all who need them in the same moment', async () => {
    vi.setSystemTime(Date.now() + FRESH_FOR);
    const both = Promise.all([ice.fresh(), ice.fresh()]);
    await fake.answer('ice_servers', { type: 'ice_servers', ice_servers: NEW });
    expect(await both).toEqual([NEW, NEW]);
    expect(fake.count('ice_servers')).toBe(1);
    expect(await ice.fresh()).toBeNull();
  });

  it('are asked for again after a refusal', async () => {
    vi.setSystemTime(Date.now() + FRESH_FOR);
    const refused = ice.fresh().catch(() => 'refused');
    await fake.answer('ice_servers', new CommandFailed('try_again'));
    expect(await refused).toBe('refused');
    const again = ice.fresh();
    await fake.answer('ice_servers', { type: 'ice_servers', ice_servers: NEW });
    expect(await again).toEqual(NEW);
  });
});
