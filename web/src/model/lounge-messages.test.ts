import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoungeMessage, Place } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import { FakeSession } from '../room/fake-session';
import type { Sending, Sent } from './lounge-files';
import { PlaceMessages } from './lounge-messages.svelte';
import { ServerTime } from './server-time.svelte';

const ROOM: Place = { type: 'lounge_room', room: 'o_1' };
const NOON = Date.UTC(2026, 10, 21, 12);

const line = (number: number, from = 'u_ana', more: Partial<LoungeMessage> = {}): LoungeMessage => ({
  id: `m_${number}`,
  number,
  from,
  name: from,
  text: `line ${number}`,
  at: NOON + number,
  deleted: false,
  ...more,
});

let session: FakeSession;
let place: PlaceMessages;
let sendings: { sending: Sending; end: (sent: Sent) => void }[];

const texts = (): string[] => place.lines.map(({ text, state }) => `${text} ${state}`);
const posted = (message: LoungeMessage, where = ROOM): void =>
  place.event({ type: 'posted', place: where, message });
function written(): { message: string; text: string; file?: string } {
  const command = session.asked('post');
  if (command?.type !== 'post') throw new Error('nothing was written');
  return command;
}
function ofEarlier(): number {
  const command = session.asked('earlier_messages');
  if (command?.type !== 'earlier_messages') throw new Error('nothing was asked for');
  return command.before;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  session = new FakeSession();
  sendings = [];
  const send = (sending: Sending): Promise<Sent> => new Promise((end) => sendings.push({ sending, end }));
  place = new PlaceMessages(
    session.session,
    ROOM,
    () => ({ id: 'u_me', name: 'Me' }),
    new ServerTime(),
    send,
  );
  place.take([line(4), line(5)], true);
});

afterEach(() => {
  place.dispose();
  vi.useRealTimers();
});

/** As `settle`, where time stands still. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

describe('what is written in a place of the lounge', () => {
  it('stands in the order of its numbers, each once, whatever order it comes in', () => {
    posted(line(7));
    posted(line(6));
    posted(line(7));
    posted(line(8), { type: 'lounge_room', room: 'o_2' });
    expect(place.lines.map(({ number }) => number)).toEqual([4, 5, 6, 7]);
    vi.advanceTimersByTime(2_000);
    expect(session.sent).toEqual([]);
  });

  it('shows an own line at once, behind what others have written, and once', async () => {
    place.say('Hello');
    posted(line(6));
    expect(texts()).toEqual(['line 4 sent', 'line 5 sent', 'line 6 sent', 'Hello sending']);
    posted(line(7, 'u_me', { id: written().message, text: 'Hello' }));
    expect(texts().at(-1)).toBe('Hello sent');
    await answered();
    posted(line(8));
    expect(texts()).toHaveLength(5);
    expect(texts().slice(-2)).toEqual(['Hello sent', 'line 8 sent']);
  });

  it('asks for what is missing after a while, and once', async () => {
    posted(line(8));
    vi.advanceTimersByTime(1_999);
    expect(session.sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ofEarlier()).toBe(8);
    await fill([line(5), line(6), line(7)], true);
    expect(place.lines.map(({ number }) => number)).toEqual([4, 5, 6, 7, 8]);
    expect(place.earlier).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(session.count('earlier_messages')).toBe(1);
  });

  it('lets a number be that nobody has', async () => {
    posted(line(8));
    vi.advanceTimersByTime(2_000);
    await fill([line(4), line(5), line(7)], true);
    vi.advanceTimersByTime(10_000);
    expect(session.count('earlier_messages')).toBe(1);
    posted(line(10));
    vi.advanceTimersByTime(2_000);
    expect(session.count('earlier_messages')).toBe(2);
    await fill([line(7), line(8)], true);
    vi.advanceTimersByTime(10_000);
    expect(session.count('earlier_messages')).toBe(2);
  });

  it('goes on asking while a hole is larger than an answer', async () => {
    posted(line(12));
    vi.advanceTimersByTime(2_000);
    await fill([line(10), line(11)], true);
    vi.advanceTimersByTime(2_000);
    expect(ofEarlier()).toBe(10);
    await fill([line(6), line(7), line(8), line(9)], true);
    vi.advanceTimersByTime(10_000);
    expect(session.count('earlier_messages')).toBe(2);
    expect(place.lines.map(({ number }) => number)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('asks later again when the server could not answer', async () => {
    posted(line(7));
    vi.advanceTimersByTime(2_000);
    await refuse('earlier_messages', 'try_again');
    vi.advanceTimersByTime(2_000);
    expect(session.count('earlier_messages')).toBe(2);
  });

  it('asks for an own line whose event does not come', async () => {
    place.say('Hello');
    await answered();
    vi.advanceTimersByTime(2_000);
    await fill([line(5), line(6, 'u_me', { id: written().message, text: 'Hello' })], true);
    expect(texts()).toEqual(['line 4 sent', 'line 5 sent', 'Hello sent']);
  });

  it('takes what is earlier when one scrolls up, until there is no more', async () => {
    void place.loadEarlier();
    void place.loadEarlier();
    expect(ofEarlier()).toBe(4);
    expect(session.count('earlier_messages')).toBe(1);
    await fill([line(2), line(3)], false);
    expect(place.lines.map(({ number }) => number)).toEqual([2, 3, 4, 5]);
    expect(place.earlier).toBe(false);
    void place.loadEarlier();
    vi.advanceTimersByTime(10_000);
    expect(session.count('earlier_messages')).toBe(1);
  });

  it('says when earlier ones do not come', async () => {
    void place.loadEarlier();
    await refuse('earlier_messages', 'try_again');
    expect(place.loading).toBe('failed');
  });

  it('sends what the server has not taken again in a new session, under the same id, once', async () => {
    place.say('Hello');
    const { message } = written();
    session.connect();
    await settled();
    expect(texts().at(-1)).toBe('Hello sending');
    place.take([line(5), line(6)], true);
    expect(session.count('post')).toBe(2);
    expect(written().message).toBe(message);
    place.take([line(6), line(7, 'u_me', { id: message, text: 'Hello' })], true);
    expect(session.count('post')).toBe(2);
    expect(texts()).toEqual(['line 6 sent', 'Hello sent']);
  });

  it('keeps what it was told of while the snapshot was on its way', () => {
    posted(line(6));
    place.take([line(4), line(5)], true);
    expect(place.lines.map(({ number }) => number)).toEqual([4, 5, 6]);
  });

  it('marks what could not be sent, and sends it again or gives it up', async () => {
    place.say('Hello');
    await refuse('post', 'rate_limited');
    expect(place.lines.at(-1)).toMatchObject({ state: 'failed', problem: 'rate_limited' });
    const { message } = written();
    place.retry(message);
    expect(written().message).toBe(message);
    expect(session.count('post')).toBe(2);
    vi.advanceTimersByTime(10_000);
    expect(place.lines.at(-1)).toMatchObject({ state: 'failed', problem: 'unanswered' });
    place.discard(message);
    expect(texts()).toEqual(['line 4 sent', 'line 5 sent']);
  });

  it('shows changes, and no earlier state after a later one', () => {
    place.event({
      type: 'message_changed',
      place: ROOM,
      message: line(5, 'u_ana', { text: 'new', edited_at: 9 }),
    });
    place.event({
      type: 'message_changed',
      place: ROOM,
      message: line(5, 'u_ana', { text: 'old', edited_at: 8 }),
    });
    posted(line(5));
    expect(place.lines.at(-1)).toMatchObject({ text: 'new', edited: true });
    place.event({
      type: 'message_changed',
      place: ROOM,
      message: line(5, 'u_ana', { text: '', deleted: true }),
    });
    place.event({
      type: 'message_changed',
      place: ROOM,
      message: line(5, 'u_ana', { text: 'x', edited_at: 99 }),
    });
    expect(place.lines.at(-1)).toMatchObject({ text: '', deleted: true, edited: false });
  });

  it('does not show a change of what is not shown', () => {
    place.event({
      type: 'message_changed',
      place: ROOM,
      message: line(2, 'u_ana', { deleted: true, text: '' }),
    });
    expect(place.lines).toHaveLength(2);
  });

  it('lets one change what one wrote for five minutes of the server', () => {
    place.say('Hello');
    posted(line(6, 'u_me', { id: written().message, at: NOON }));
    const own = place.lines.at(-1);
    const other = place.lines[0];
    if (!own || !other) throw new Error('no lines');
    expect(place.mayChange(own, NOON + 4 * 60_000)).toBe(true);
    expect(place.mayChange(own, NOON + 5 * 60_000)).toBe(false);
    expect(place.mayChange(other, NOON)).toBe(false);
    place.editLast();
    expect(place.editing).toBe(own.id);
  });

  it('says what is wrong with a change', async () => {
    const edited = place.edit('m_5', 'other');
    await refuse('edit_message', 'not_changeable');
    expect(await edited).toBe('not_changeable');
    expect(await place.edit('m_5', 'line 5')).toBeNull();
    expect(session.count('edit_message')).toBe(1);
  });

  it('counts what others write while one does not look at its end', () => {
    posted(line(6));
    posted(line(7, 'u_me'));
    expect(place.unread).toBe(1);
    place.look(true);
    posted(line(8));
    expect(place.unread).toBe(0);
  });

  it('does not grow for ever while one looks at its end', () => {
    place.take([], false);
    place.look(true);
    for (let number = 1; number <= 601; number += 1) posted(line(number));
    expect(place.lines).toHaveLength(300);
    expect(place.earlier).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(session.sent).toEqual([]);
  });
});

describe('files', () => {
  const file = (size: number, name = 'a.txt'): Blob & { name: string } =>
    Object.assign(new Blob(['x'.repeat(size)]), { name });

  it('are sent up at once, with how far they are, and go with what is written', async () => {
    place.attachments.add([file(3), file(2, 'b.txt')], 10);
    await offered('t_1', 'f_1');
    await offered('t_2', 'f_2');
    sendings[0]?.sending.progress(0.5);
    expect(place.attachments.list.map(({ progress }) => progress)).toEqual([0.5, 0]);
    expect(place.attachments.sending).toBe(true);
    for (const [at, { end }] of sendings.entries()) {
      end({ kind: 'sent', file: { id: `f_${at}`, name: 'a.txt', size: 3, picture: false } });
    }
    await settled();
    expect(place.attachments.sending).toBe(false);
    place.say('Look', place.attachments.take());
    expect(session.sent.filter(({ type }) => type === 'post')).toMatchObject([
      { text: 'Look', file: 'f_0' },
      { text: '', file: 'f_1' },
    ]);
    expect(place.attachments.list).toEqual([]);
  });

  it('wait for each other, two at a time, and whoever was taken away is waited for by nobody', async () => {
    place.attachments.add([file(1), file(2), file(3), file(4)], 10);
    expect(session.count('offer_file')).toBe(2);
    await offered('t_1', 'f_1');
    await offered('t_2', 'f_2');
    place.attachments.remove(3);
    sendings[1]?.end({ kind: 'refused', problem: 'quota_full' });
    // First that of whoever was taken away, then that of the next one.
    await settled();
    await settled();
    expect(session.count('offer_file')).toBe(3);
    expect(session.sent.at(-1)).toMatchObject({ type: 'offer_file', size: 4 });
    expect(place.attachments.list.map(({ state }) => state.kind)).toEqual(['sending', 'failed', 'sending']);
  });

  it('are refused before anything is sent when they are too large or empty', () => {
    place.attachments.add([file(11), file(0)], 10);
    expect(place.attachments.list.map(({ state }) => state)).toEqual([
      { kind: 'failed', problem: 'too_large' },
      { kind: 'failed', problem: 'empty' },
    ]);
    expect(session.sent).toEqual([]);
  });

  it('can be taken away while they are on their way', async () => {
    place.attachments.add([file(3)], 10);
    await offered('t_1', 'f_1');
    place.attachments.remove(1);
    expect(sendings[0]?.sending.signal.aborted).toBe(true);
    sendings[0]?.end({ kind: 'aborted' });
    await settled();
    expect(place.attachments.list).toEqual([]);
  });

  it('say why they did not come, and can be sent again', async () => {
    place.attachments.add([file(3)], 10);
    await refuse('offer_file', 'storage_full');
    expect(place.attachments.list[0]?.state).toEqual({ kind: 'failed', problem: 'storage_full' });
    place.attachments.retry(1);
    expect(session.count('offer_file')).toBe(2);
  });

  async function offered(token: string, id: string): Promise<void> {
    await reply('offer_file', { type: 'upload', file: id, token });
  }
});

type Kind = Parameters<FakeSession['answer']>[0];
type Answer = Parameters<FakeSession['answer']>[1];

/** The session settles with a timer, which stands still here. */
async function reply(kind: Kind, answer: Answer): Promise<void> {
  void session.answer(kind, answer);
  await settled();
}
const answered = (): Promise<void> => reply('post', { type: 'done' });
const fill = (messages: LoungeMessage[], more: boolean): Promise<void> =>
  reply('earlier_messages', { type: 'messages', messages, earlier: more });
const refuse = (kind: Kind, code: CommandFailed['code']): Promise<void> =>
  reply(kind, new CommandFailed(code));
