import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoungeMessage } from '../protocol/generated';
import { FakeSession } from '../room/fake-session';
import { LoungeSounds } from './lounge-sounds.svelte';

const { tell, start } = vi.hoisted(() => ({ tell: vi.fn(), start: vi.fn() }));
vi.mock('./ringing', () => ({
  Ringing: class {
    audible = true;
    mayAsk = false;
    tell = tell;
    start = start;
    stop = () => undefined;
    dispose = () => undefined;
  },
}));

const MESSAGE: LoungeMessage = {
  id: 'm_1',
  number: 1,
  from: 'u_ben',
  name: 'Ben',
  text: 'hello',
  at: 1,
  deleted: false,
};
const FILE = { id: 'f_1', name: 'plan.pdf', size: 3, picture: false };
let session: FakeSession;
let sounds: LoungeSounds;
let seen: Set<string>;
let read: string[];

function said(change: Partial<LoungeMessage> = {}, person = 'u_ben'): void {
  const message = { ...MESSAGE, ...change };
  session.event({ type: 'posted', place: { type: 'conversation', person }, message }, 'lounge');
}

beforeEach(() => {
  localStorage.clear();
  tell.mockReset();
  start.mockReset();
  session = new FakeSession();
  seen = new Set();
  read = [];
  sounds = new LoungeSounds();
  sounds.hear(session.session, {
    me: () => ({ id: 'u_ana' }),
    words: ({ name, text }) => ({ title: name, body: text }),
    seen: (person) => seen.has(person),
    said: (person, { name, text }) => read.push(`${person} ${name}: ${text}`),
  });
});
afterEach(() => sounds.dispose());

describe('a message', () => {
  it('is heard once, however often it comes', () => {
    said();
    said();
    expect(tell).toHaveBeenCalledTimes(1);
    expect(tell).toHaveBeenCalledWith('conversation.u_ben', { title: 'Ben', body: 'hello' }, 'tick');
    said({ id: 'm_2', number: 2 });
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it('of a conversation that is looked at is not heard, and not later either', () => {
    seen.add('u_ben');
    said();
    seen.clear();
    said();
    expect(tell).not.toHaveBeenCalled();
  });

  it('is read out once, looked at or not: that is decided by what is on the screen', () => {
    seen.add('u_ben');
    said();
    said();
    said({ id: 'm_2', number: 2, text: '', file: FILE });
    said({ id: 'm_3', number: 3, from: 'u_ana' });
    expect(read).toEqual(['u_ben Ben: hello', 'u_ben Ben: plan.pdf']);
  });

  it('of oneself, or of a room, is not heard', () => {
    said({ from: 'u_ana' });
    const place = { type: 'lounge_room', room: 'o_1' } as const;
    session.event({ type: 'posted', place, message: MESSAGE }, 'lounge');
    expect(tell).not.toHaveBeenCalled();
  });

  it('is shown without a sound for who wants none, and that is remembered', () => {
    sounds.turn('off');
    said();
    expect(tell.mock.calls[0]?.[2]).toBe('none');
    sounds.ring('r_1', { title: 'Ben is calling', body: '' });
    expect(start.mock.calls[0]?.[2]).toBe('none');
    expect(new LoungeSounds().on).toBe(false);
    sounds.turn('on');
    expect(new LoungeSounds().on).toBe(true);
  });
});
