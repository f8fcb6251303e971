import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WaitingMessage } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession, settle } from '../room/fake-session';
import { WaitingChat } from './waiting-chat.svelte';

const CLIENT = { id: 'u_c', name: 'Cem' };

const line = (n: number, from = 'u_e'): WaitingMessage => ({
  id: `m_${n}`,
  from,
  name: from === CLIENT.id ? CLIENT.name : 'Elif',
  text: `line ${n}`,
  at: n,
});

let session: FakeSession;
let chat: WaitingChat;

const texts = (): string[] => chat.lines.map(({ text, state }) => `${text} ${state}`);
const said = (n: number, message = line(n), appointment = 'a_1'): void =>
  session.event({ type: 'waiting_message_said', appointment, message, chat_version: n }, 'appointments');
const answer = (messages: WaitingMessage[], version = messages.length): Promise<void> =>
  session.answer('open_waiting_chat', { type: 'waiting_chat', chat: { messages, version } });
function written(): { message: string } {
  const command = session.asked('say_waiting');
  if (command?.type !== 'say_waiting') throw new Error('nothing was written');
  return command;
}

beforeEach(async () => {
  session = new FakeSession();
  chat = new WaitingChat('a_1', CLIENT, session.session);
  void chat.open();
  await answer([line(1)]);
});

afterEach(() => {
  chat.dispose();
  vi.useRealTimers();
});

describe('the chat around an appointment', () => {
  it('begins with what was written before, which nobody has to be told of', () => {
    expect(session.asked('open_waiting_chat')).toEqual({ type: 'open_waiting_chat', appointment: 'a_1' });
    expect(texts()).toEqual(['line 1 sent']);
    expect(chat.unread).toBe(0);
  });

  it('takes each line once, in order, and none of another appointment', () => {
    said(2);
    said(2);
    said(1);
    said(3, line(3), 'a_2');
    expect(texts()).toEqual(['line 1 sent', 'line 2 sent']);
  });

  it('asks for the whole when something was missed, once', async () => {
    said(3);
    said(4);
    expect(session.count('open_waiting_chat')).toBe(2);
    await answer([line(1), line(2), line(3), line(4)]);
    expect(texts()).toHaveLength(4);
    expect(chat.unread).toBe(3);
    expect(session.count('open_waiting_chat')).toBe(2);
  });

  it.each(['try_again', 'session_lost'] as const)('asks until it is there: %s', async (code) => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    void chat.open();
    await session.answer('open_waiting_chat', new CommandFailed(code));
    // As in a new session, while it is being asked for.
    void chat.open();
    await vi.advanceTimersByTimeAsync(600);
    expect(session.count('open_waiting_chat')).toBe(3);
    await answer([line(1), line(2)]);
    expect(texts()).toHaveLength(2);
    void chat.open();
    await session.answer('open_waiting_chat', new CommandFailed(code));
    chat.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.count('open_waiting_chat')).toBe(4);
  });

  it('asks again when something was said while the whole was on its way', async () => {
    said(3);
    said(4);
    await answer([line(1), line(2), line(3)]);
    expect(session.count('open_waiting_chat')).toBe(3);
    await answer([line(1), line(2), line(3), line(4)]);
    expect(texts()).toHaveLength(4);
  });

  it('counts what others write while nobody looks', () => {
    said(2);
    said(3, line(3, CLIENT.id));
    expect(chat.unread).toBe(1);
    chat.setOpen(true);
    said(4);
    expect(chat.unread).toBe(0);
    chat.setOpen(false);
    said(5);
    expect(chat.unread).toBe(1);
  });
});

describe('what one writes', () => {
  it('is shown at once, under a random id, and is sent when the server has it', async () => {
    chat.say('Hello');
    const { message } = written();
    expect(message).toMatch(/^m_[0-9a-f]{32}$/);
    expect(session.asked('say_waiting')).toEqual({
      type: 'say_waiting',
      appointment: 'a_1',
      message,
      text: 'Hello',
    });
    expect(texts()).toEqual(['line 1 sent', 'Hello sending']);
    said(2, { ...line(2, CLIENT.id), id: message, text: 'Hello' });
    await session.answer('say_waiting', { type: 'done' });
    expect(texts()).toEqual(['line 1 sent', 'Hello sent']);
    expect(chat.lines.at(-1)?.mine).toBe(true);
  });

  it.each([
    ['was not taken before: once more, under the same id', false, 2],
    ['was taken before: not once more', true, 1],
  ])('with a new session %s', async (_, taken, times) => {
    chat.say('Hello');
    const { message } = written();
    session.connect();
    await settle();
    void chat.open();
    const mine = { ...line(2, CLIENT.id), id: message, text: 'Hello' };
    await answer(taken ? [line(1), mine] : [line(1)]);
    expect(session.count('say_waiting')).toBe(times);
    expect(written().message).toBe(message);
    if (!taken) await session.answer('say_waiting', { type: 'done' });
    expect(texts()).toEqual(['line 1 sent', 'Hello sent']);
  });

  it('is marked when it is refused, and sent again under its id', async () => {
    chat.say('Hello');
    const { message } = written();
    await session.answer('say_waiting', new CommandFailed('try_again'));
    expect(texts()).toEqual(['line 1 sent', 'Hello failed']);
    chat.retry(message);
    expect(written().message).toBe(message);
    await session.answer('say_waiting', { type: 'done' });
    expect(texts()).toEqual(['line 1 sent', 'Hello sent']);
  });

  it('is marked when nothing comes back for long', () => {
    vi.useFakeTimers();
    chat.say('Hello');
    vi.advanceTimersByTime(10_000);
    expect(texts()).toEqual(['line 1 sent', 'Hello failed']);
  });
});
