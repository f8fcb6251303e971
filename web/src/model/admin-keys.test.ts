import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bodies } from '../protocol/samples.generated';
import * as api from './api';
import { AdminKeys } from './admin-keys.svelte';
import { clock } from './staff-clock.svelte';

vi.mock('./api');
const mocked = vi.mocked(api);

const key = bodies.api_key_view;
const made = bodies.made_api_key;
const refused = { ok: false, code: 'too_many_keys', retryAfter: null } as const;
const person = { ...bodies.account_view, state: 'active' as const, tied: false };

let keys: AdminKeys;

beforeEach(async () => {
  vi.resetAllMocks();
  mocked.apiKeys.mockResolvedValue({ ok: true, value: [key] });
  mocked.people.mockResolvedValue({
    ok: true,
    value: [
      { ...person, id: 'u_2', name: 'Zoe' },
      { ...person, id: 'u_3', name: 'Gone', state: 'disabled' },
      { ...person, id: 'u_1', name: 'Ana' },
    ],
  });
  keys = new AdminKeys();
  await keys.load();
});

describe('keys of programs', () => {
  it('act for people who can sign in, in the order of their names', () => {
    expect(keys.people.map(({ name }) => name)).toEqual(['Ana', 'Zoe']);
  });

  it('are made for so many days by the clock of the server, and shown until put away', async () => {
    mocked.makeApiKey.mockResolvedValue({ ok: true, value: made });
    vi.spyOn(clock, 'read').mockReturnValue(1_000);
    const form = { name: 'Booking', account: 'u_1', scopes: ['desks:read' as const], days: 30 };
    expect(await keys.make(form)).toBe(true);
    expect(mocked.makeApiKey).toHaveBeenCalledWith({
      name: 'Booking',
      account: 'u_1',
      scopes: ['desks:read'],
      expires_at: 1_000 + 30 * 24 * 60 * 60 * 1000,
    });
    expect(keys.made?.secret).toBe(made.secret);
    expect(mocked.apiKeys).toHaveBeenCalledTimes(2);
  });

  it('that are refused leave nothing to be shown', async () => {
    mocked.makeApiKey.mockResolvedValue(refused);
    expect(await keys.make({ name: 'x', account: 'u_1', scopes: [], days: 1 })).toBe(false);
    expect(keys.made).toBeNull();
    expect(keys.form).toMatchObject({ kind: 'failed', code: 'too_many_keys' });
  });

  it.each([
    [{ ok: true, value: undefined } as const],
    [{ ok: false, code: 'key_unknown', retryAfter: null } as const],
  ])('are gone once revoked, by whomever', async (answer) => {
    mocked.revokeApiKey.mockResolvedValue(answer);
    keys.made = { key, secret: made.secret };
    await keys.revoke(key);
    expect(keys.list).toEqual([]);
    expect(keys.made).toBeNull();
    expect(keys.revoked).toBe(key.name);
    expect(keys.form.kind).toBe('idle');
  });

  it('stay where revoking fails, and that is said', async () => {
    mocked.revokeApiKey.mockResolvedValue({ ok: false, code: 'try_again', retryAfter: 2 });
    await keys.revoke(key);
    expect(keys.list).toEqual([key]);
    expect(keys.form).toMatchObject({ kind: 'failed', code: 'try_again' });
  });

  it('have expired from their last moment on', () => {
    clock.now = key.expires_at - 1;
    expect(keys.expired(key)).toBe(false);
    clock.now = key.expires_at;
    expect(keys.expired(key)).toBe(true);
  });
});
