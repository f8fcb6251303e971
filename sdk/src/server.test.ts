// What a page of another origin says to the server, and what it makes of the answers.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VisavisError } from './errors';
import { surroundings } from './server';
import type { Admission } from './server';

const SERVER = new URL('https://visavis.example.org/somewhere?else');
const asked = vi.fn<typeof fetch>();
let refused: string[];

beforeEach(() => {
  refused = [];
  vi.stubGlobal('fetch', asked);
});

afterEach(() => {
  vi.unstubAllGlobals();
  asked.mockReset();
});

function ticket(more: Partial<Admission> = {}): Promise<string> {
  const admission: Admission = {
    token: 'a token',
    room: undefined,
    granted: () => undefined,
    refused: ({ code }) => refused.push(code),
    ...more,
  };
  return surroundings(SERVER, admission).ticket(new AbortController().signal);
}

/** What was asked for last. */
function last(): { url: unknown; init: RequestInit; body: string } {
  const [url, init = {}] = asked.mock.lastCall ?? [];
  return { url, init, body: typeof init.body === 'string' ? init.body : '' };
}

function answers(status: number, body: unknown): void {
  asked.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
}

describe('a ticket', () => {
  it('is asked for with the token and nothing else', async () => {
    const granted = vi.fn();
    answers(200, { ticket: 't', expires_in: 60, room: 'Tea', name: 'Ana' });
    expect(await ticket({ room: 'Tea', granted })).toBe('t');
    const { url, init, body } = last();
    expect(url).toEqual(new URL('https://visavis.example.org/api/v1/tickets'));
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit' });
    expect(init).not.toHaveProperty('headers');
    expect(JSON.parse(body)).toEqual({ room_token: 'a token', room: 'Tea' });
    expect(granted).toHaveBeenCalledWith(expect.objectContaining({ room: 'Tea', name: 'Ana' }));
  });

  it('is asked for with another token each time where there is a way to get one', async () => {
    const token = vi.fn(() => Promise.resolve(`token ${token.mock.calls.length}`));
    for (const n of [1, 2]) {
      answers(200, { ticket: 't', expires_in: 60 });
      await ticket({ token });
      expect(last().body).toContain(`token ${n}`);
    }
  });

  it.each([
    [401, 'room_token_expired', true],
    [403, 'origin_refused', true],
    [429, 'rate_limited', false],
    [503, 'try_again', false],
  ])('is refused with %s %s, for good or not', async (status, code, forGood) => {
    answers(status, { title: '', status, code });
    await expect(ticket()).rejects.toMatchObject({ name: 'VisavisError', code });
    expect(refused).toEqual(forGood ? [code] : []);
  });

  it('does not come of a page that cannot get a token', async () => {
    const token = (): Promise<string> => Promise.reject(new Error('signed out'));
    const error = await ticket({ token }).catch((caught: unknown) => caught as VisavisError);
    expect(error).toMatchObject({ code: 'no_token', cause: new Error('signed out') });
    expect([refused, asked.mock.calls.length]).toEqual([['no_token'], 0]);
  });
});
