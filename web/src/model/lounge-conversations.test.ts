import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation, LoungeMember, LoungeMessage, LoungeSnapshot } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession } from '../room/fake-session';
import { Conversations } from './lounge-conversations.svelte';
import type { OpenConversation } from './lounge-conversation.svelte';
import { standingOf, talksWithMe } from './lounge-presence';
import { loungeCards } from './remembered';

const member = (id: string, more: Partial<LoungeMember> = {}): LoungeMember => ({
  id,
  name: id,
  account: false,
  status: 'available',
  text: '',
  talks: 0,
  version: 1,
  ...more,
});

const line = (number: number, from = 'u_ana', at = number): LoungeMessage => ({
  id: `m_${from}_${number}`,
  number,
  from,
  name: from,
  text: `line ${number}`,
  at,
  deleted: false,
});

const conversation = (person: string, more: Partial<Conversation> = {}): Conversation => ({
  person,
  name: person,
  open: true,
  closed: false,
  blocked: false,
  last: 0,
  unread: 0,
  delivered: 0,
  read: 0,
  ...more,
});

const snapshot = (conversations: Conversation[]): LoungeSnapshot => ({
  person: 'u_me',
  own: {
    chosen: 'available',
    status: 'available',
    online: false,
    version: 1,
  } as unknown as LoungeSnapshot['own'],
  rooms: [],
  room: { room: 'o_1', people: [], messages: [], earlier: false, moderator: false },
  conversations,
  blocked: [{ id: 'u_bad', name: 'Bad' }],
  file_bytes: 10,
  away_after_s: 0,
});

let session: FakeSession;
let conversations: Conversations;
let members: Map<string, LoungeMember>;

function make(): void {
  session = new FakeSession();
  members = new Map();
  conversations = new Conversations(session.session, () => ({ id: 'u_me', name: 'Me' }), {
    find: (id) => members.get(id),
    take: (one) => members.set(one.id, one),
    gone: (id) => members.delete(id),
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  loungeCards.set(null);
  make();
});

afterEach(() => {
  conversations.dispose();
  vi.useRealTimers();
});

type Kind = Parameters<FakeSession['answer']>[0];
async function reply(kind: Kind, answer: Parameters<FakeSession['answer']>[1]): Promise<void> {
  void session.answer(kind, answer);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
const opened = (of: Conversation, messages: LoungeMessage[] = []): Promise<void> =>
  reply('open_conversation', { type: 'conversation', conversation: of, messages, earlier: false });
const loaded = (messages: LoungeMessage[]): Promise<void> =>
  reply('earlier_messages', { type: 'messages', messages, earlier: false });
const posted = (message: LoungeMessage, person = 'u_ana'): void =>
  conversations.event({ type: 'posted', place: { type: 'conversation', person }, message });
function withAna(): OpenConversation {
  const found = conversations.of('u_ana');
  if (!found) throw new Error('no conversation with Ana');
  return found;
}
const marks = (): unknown[] =>
  session.sent.flatMap((one) => (one.type === 'mark_conversation' ? [[one.delivered, one.read]] : []));

describe('conversations', () => {
  it('are opened with what was written before and what the other is doing', async () => {
    conversations.open('u_ana');
    expect(withAna().expanded).toBe(true);
    await opened(conversation('u_ana', { name: 'Ana', member: member('u_ana'), last: 1 }), [line(1)]);
    expect(withAna().name).toBe('Ana');
    expect(withAna().messages.lines).toHaveLength(1);
    expect(conversations.standing(withAna(), 0)).toBe('available');
    conversations.open('u_ana');
    expect(session.count('open_conversation')).toBe(1);
  });

  it('say why they cannot be opened, and try again', async () => {
    conversations.open('u_ana');
    await reply('open_conversation', new CommandFailed('person_unknown'));
    expect(withAna().problem).toBe('person_unknown');
    conversations.open('u_ana');
    expect(session.count('open_conversation')).toBe(2);
  });

  it('come back small, with a badge, when somebody writes whose card is closed', async () => {
    posted(line(3));
    expect(withAna().expanded).toBe(false);
    expect(conversations.unreadTotal).toBe(1);
    await loaded([line(2), line(3)]);
    expect(withAna().messages.lines).toHaveLength(2);
    expect(conversations.unreadTotal).toBe(1);
    expect(marks()).toEqual([[3, 0]]);
  });

  it('do not come back by what one wrote oneself before closing', () => {
    posted(line(3, 'u_me'));
    expect(conversations.list).toEqual([]);
  });

  it('say that something has arrived at once, and that it was read when it was looked at', async () => {
    conversations.open('u_ana');
    await opened(conversation('u_ana', { last: 2, unread: 1 }), [line(1), line(2)]);
    expect(marks()).toEqual([[2, 0]]);
    withAna().messages.look(true);
    expect(withAna().unread).toBe(0);
    posted(line(3));
    posted(line(4, 'u_me'));
    expect(marks()).toEqual([
      [2, 0],
      [2, 2],
      [3, 3],
    ]);
  });

  it('say it again when it was not taken', async () => {
    conversations.open('u_ana');
    await opened(conversation('u_ana', { last: 1, unread: 1 }), [line(1)]);
    await reply('mark_conversation', new CommandFailed('try_again'));
    posted(line(2, 'u_me'));
    expect(marks()).toEqual([
      [1, 0],
      [1, 0],
    ]);
    await reply('mark_conversation', { type: 'done' });
    posted(line(3, 'u_me'));
    expect(marks()).toHaveLength(2);
  });

  it('show how far the other is, never less than before', () => {
    conversations.open('u_ana');
    conversations.event({ type: 'conversation_marked', person: 'u_ana', delivered: 3, read: 2 });
    conversations.event({ type: 'conversation_marked', person: 'u_ana', delivered: 2, read: 1 });
    expect([withAna().delivered, withAna().read]).toEqual([3, 2]);
  });

  it('show for five seconds that the other is writing, and not after they have', () => {
    conversations.open('u_ana');
    conversations.event({ type: 'typed', person: 'u_ana' });
    vi.advanceTimersByTime(4_999);
    expect(withAna().typing).toBe(true);
    vi.advanceTimersByTime(1);
    expect(withAna().typing).toBe(false);
    conversations.event({ type: 'typed', person: 'u_ana' });
    posted(line(1));
    expect(withAna().typing).toBe(false);
  });

  it('say every three seconds at most that one is writing', () => {
    conversations.open('u_ana');
    withAna().type();
    vi.advanceTimersByTime(2_999);
    withAna().type();
    expect(session.count('type')).toBe(1);
    vi.advanceTimersByTime(1);
    withAna().type();
    expect(session.count('type')).toBe(2);
  });

  it('show that the other has closed them, until they write', () => {
    conversations.open('u_ana');
    conversations.event({ type: 'conversation_changed', person: 'u_ana', closed: true });
    expect(withAna().closed).toBe(true);
    posted(line(1));
    expect(withAna().closed).toBe(false);
  });

  it('are closed, and told so', () => {
    conversations.open('u_ana');
    conversations.close('u_ana');
    expect(conversations.list).toEqual([]);
    expect(session.asked('close_conversation')).toEqual({ type: 'close_conversation', person: 'u_ana' });
  });

  it('give way to those opened later where there is no room', () => {
    conversations.fit(2);
    for (const person of ['u_a', 'u_b', 'u_c']) conversations.open(person);
    expect(conversations.expanded).toEqual(['u_b', 'u_c']);
    conversations.fit(1);
    expect(conversations.list.map(({ expanded }) => expanded)).toEqual([false, false, true]);
  });

  it('are there after a reload as they were', async () => {
    conversations.entered(snapshot([conversation('u_ana'), conversation('u_ben')]));
    conversations.open('u_ana');
    make();
    conversations.entered(snapshot([conversation('u_ben', { unread: 2, last: 2 }), conversation('u_ana')]));
    expect(conversations.list.map(({ person, expanded }) => [person, expanded])).toEqual([
      ['u_ben', false],
      ['u_ana', true],
    ]);
    expect(conversations.unreadTotal).toBe(2);
    expect(session.sent).toMatchObject([{ type: 'earlier_messages', place: { person: 'u_ana' } }]);
    await loaded([]);
    expect(session.asked('earlier_messages')).toMatchObject({ place: { person: 'u_ben' } });
  });

  it('lose nothing in a new session: what was not taken is sent again, and what the server lost is opened', async () => {
    conversations.open('u_ana');
    await opened(conversation('u_ana'), []);
    withAna().messages.say('Hello');
    session.connect();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    conversations.entered(snapshot([]));
    expect(session.count('open_conversation')).toBe(2);
    await opened(conversation('u_ana', { last: 1 }), [line(1)]);
    expect(withAna().messages.lines.map(({ text }) => text)).toEqual(['line 1', 'Hello']);
    expect(session.count('post')).toBe(2);
  });

  it('know whom one does not want to hear from', async () => {
    conversations.entered(snapshot([]));
    expect(conversations.isBlocked('u_bad')).toBe(true);
    void conversations.unblock('u_bad');
    expect(conversations.isBlocked('u_bad')).toBe(true);
    await reply('set_blocked', { type: 'done' });
    expect(conversations.blocked).toEqual([]);
    void conversations.block('u_ana', 'Ana');
    await reply('set_blocked', new CommandFailed('try_again'));
    expect(conversations.blocked).toEqual([]);
    expect(conversations.blockProblem).toBe('try_again');
  });

  it('say that the other talks with somebody else, but not of oneself', async () => {
    conversations.open('u_ana');
    await opened(conversation('u_ana', { member: member('u_ana', { talks: 1 }) }), [
      line(1, 'u_ana', 1_000),
      line(2, 'u_me', 2_000),
    ]);
    expect(conversations.standing(withAna(), 3_000)).toBe('available');
    expect(conversations.standing(withAna(), 200_000)).toBe('talking');
    conversations.event({ type: 'conversation_changed', person: 'u_ana', closed: true });
    expect(conversations.standing(withAna(), 3_000)).toBe('talking');
  });
});

describe('how somebody stands', () => {
  it('is a call before a talk, and a talk before what they chose', () => {
    expect(standingOf(undefined, false)).toBe('offline');
    expect(standingOf(member('u', { talks: 1, status: 'in_call' }), false)).toBe('in_call');
    expect(standingOf(member('u', { talks: 1, status: 'away' }), false)).toBe('talking');
    expect(standingOf(member('u', { talks: 1, status: 'away' }), true)).toBe('away');
    expect(standingOf(member('u', { talks: 2 }), true)).toBe('talking');
  });

  it('is a talk with oneself when both wrote within two minutes', () => {
    expect(talksWithMe({ mine: 0, theirs: 120_000 }, 200_000)).toBe(true);
    expect(talksWithMe({ mine: 0, theirs: 120_001 }, 200_000)).toBe(false);
    expect(talksWithMe({ mine: 0, theirs: 120_000 }, 240_001)).toBe(false);
    expect(talksWithMe({ mine: null, theirs: 1 }, 2)).toBe(false);
  });
});
