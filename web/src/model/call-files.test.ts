// What becomes of files that people in a call send each other, with senders and receivers that do what the test says.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command, FileSignal, OfferedFile } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { ReceiveOptions } from '../rtc/file-receiver';
import type { SendOptions } from '../rtc/file-sender';
import { CallFiles } from './call-files.svelte';
import type { ReceivedFile } from './call-files.svelte';
import type { ChatLine } from './types';

type Said = Extract<Command, { type: 'signal_file' }>;

const OFFER: FileSignal = { type: 'description', kind: 'offer', sdp: 'offer' };
const ANSWER: FileSignal = { type: 'description', kind: 'answer', sdp: 'answer' };
const GONE: FileSignal = { type: 'gone' };
const WANTED: FileSignal = { type: 'wanted' };
const PLAN: OfferedFile = { id: 'f_plan', name: 'plan.pdf', size: 200 };

interface Made<T> {
  options: T;
  heard: FileSignal[];
  gone: boolean;
}

/** The call of one page, oneself being Ana. */
class Page {
  said: Said[] = [];
  offered: OfferedFile[] = [];
  saved: string[] = [];
  told: string[] = [];
  senders: Made<SendOptions>[] = [];
  receivers: Made<ReceiveOptions>[] = [];
  present = ['ana', 'ben', 'cem', 'dan', 'eve', 'fay'];
  route: 'peer_to_peer' | 'server' = 'peer_to_peer';
  readonly servers = [{ urls: ['turn:a:443?transport=udp'] }];
  refuses: CommandFailed | null = null;
  readonly files: CallFiles;

  constructor() {
    this.files = new CallFiles({
      session: {
        command: (command) => {
          if (this.refuses) return Promise.reject(this.refuses);
          this.said.push(command as Said);
          return Promise.resolve({ type: 'done' });
        },
      },
      ice: {
        servers: this.servers,
        fresh: () => Promise.resolve(null),
      },
      relayOnly: false,
      route: () => this.route,
      people: () => this.present.map((id) => ({ id, name: id.toUpperCase(), self: id === 'ana' })),
      say: (file) => this.offered.push(file),
      save: (_, name) => this.saved.push(name),
      makers: {
        sender: (_, options) => made(options, this.senders),
        receiver: (options) => made(options, this.receivers),
      },
    });
    this.files.limit = 1_000;
  }

  /** What was said to somebody, in order. */
  to(who: string): string[] {
    return this.said.filter(({ to }) => to === who).map(({ signal }) => signal.type);
  }

  /** The number of the try that somebody was last asked with. */
  get attempt(): number {
    return this.said.findLast(({ signal }) => signal.type === 'wanted')?.attempt ?? -1;
  }

  share(name = 'own.txt', bytes = 100): string {
    this.files.offer([Object.assign(new Blob(['x'.repeat(bytes)]), { name })]);
    return this.offered.at(-1)?.id ?? '';
  }
}

function made<T>(options: T, into: Made<T>[]): { receive(signal: FileSignal): void; dispose(): void } {
  const one: Made<T> = { options, heard: [], gone: false };
  into.push(one);
  return { receive: (signal) => one.heard.push(signal), dispose: () => (one.gone = true) };
}

const line = (file: OfferedFile, fromId = 'ben'): ChatLine => ({
  id: `m_${file.id}`,
  fromId,
  name: 'Ben',
  mine: false,
  text: '',
  file,
  at: 0,
  state: 'sent',
});

let page: Page;

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
});

afterEach(() => vi.useRealTimers());

/** What waits for nothing but its turn. */
const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('offering', () => {
  it.each([
    [[{ name: 'a', bytes: 1 }], ['a'], null],
    [[{ name: 'a', bytes: 1_000 }], ['a'], null],
    [[{ name: 'a', bytes: 1_001 }], [], { kind: 'too_large', name: 'a' }],
    [[{ name: 'a', bytes: 0 }], [], { kind: 'empty', name: 'a' }],
    [
      [
        { name: 'a', bytes: 0 },
        { name: 'b', bytes: 1 },
      ],
      ['b'],
      { kind: 'empty', name: 'a' },
    ],
  ])('%j offers %j', (chosen, offered, problem) => {
    page.files.offer(chosen.map(({ name, bytes }) => Object.assign(new Blob(['x'.repeat(bytes)]), { name })));
    expect(page.offered.map(({ name }) => name)).toEqual(offered);
    expect(page.files.problem).toEqual(problem);
    for (const { id } of page.offered) expect(id).toMatch(/^f_[0-9a-f]{32}$/);
  });

  it('what was wrong is forgotten with the next one', () => {
    page.share('empty', 0);
    expect(page.files.problem).not.toBeNull();
    page.share();
    expect(page.files.problem).toBeNull();
  });

  it.each([
    [1_000, 'peer_to_peer', false, true],
    [0, 'peer_to_peer', true, false],
    [1_000, 'server', true, true],
    // Nobody may learn where anybody is, and there is nothing to hide it with.
    [1_000, 'server', false, false],
  ] as const)('with a limit of %i by way of %s, TURN %s: %s', (limit, route, relays, possible) => {
    page.route = route;
    if (!relays) page.servers.splice(0, 1, { urls: ['stun:a:443'] });
    page.files.limit = limit;
    expect(page.files.possible).toBe(possible);
  });
});

describe('receiving', () => {
  let plan: ReceivedFile;

  beforeEach(() => {
    plan = page.files.received(line(PLAN)) as ReceivedFile;
  });

  const signalled = (signal: FileSignal, attempt = page.attempt, from = 'ben'): void =>
    page.files.signalled(from, PLAN.id, attempt, signal);

  async function begins(): Promise<Made<ReceiveOptions>> {
    plan.save();
    signalled(OFFER);
    await turn();
    const receiver = page.receivers.at(-1);
    if (!receiver) throw new Error('nothing receives');
    return receiver;
  }

  it('asks, receives, saves', async () => {
    expect(plan.state).toEqual({ kind: 'offered' });
    plan.save();
    expect(plan.state).toEqual({ kind: 'waiting' });
    expect(page.to('ben')).toEqual(['wanted']);
    signalled(OFFER);
    signalled({ type: 'candidate', candidate: { candidate: 'early' } });
    expect(plan.state).toEqual({ kind: 'receiving', received: 0 });
    await turn();
    const [receiver] = page.receivers;
    expect(receiver?.heard.map(({ type }) => type)).toEqual(['description', 'candidate']);
    expect(receiver?.options).toMatchObject({ size: 200, relayOnly: false });
    receiver?.options.onProgress(50);
    expect(plan.state).toEqual({ kind: 'receiving', received: 50 });
    receiver?.options.onEnd(new Blob(['x']));
    expect(plan.state).toEqual({ kind: 'saved' });
    expect(page.saved).toEqual(['plan.pdf']);
    expect(page.files.told).toEqual({ what: 'saved', file: 'plan.pdf', who: 'Ben' });
    // It is whole: nothing takes it back, and it is not asked for again.
    signalled(GONE);
    plan.save();
    expect(plan.state).toEqual({ kind: 'saved' });
    expect(page.to('ben')).toEqual(['wanted']);
  });

  it('draws what anybody would see, each per cent once', async () => {
    const { options } = await begins();
    const seen: number[] = [];
    for (const received of [1, 2, 3, 4, 5, 199]) {
      const before = plan.state;
      options.onProgress(received);
      if (plan.state !== before) seen.push(received);
    }
    expect(seen).toEqual([2, 4, 199]);
  });

  it('asks again while nobody says anything, with the same number', async () => {
    plan.save();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(page.to('ben')).toEqual(['wanted', 'wanted', 'wanted']);
    expect(new Set(page.said.map(({ attempt }) => attempt)).size).toBe(1);
    signalled(OFFER);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(page.to('ben')).toEqual(['wanted', 'wanted', 'wanted']);
  });

  it.each([
    ['of another try', (): void => signalled(OFFER, page.attempt + 1)],
    ['of somebody else', (): void => signalled(OFFER, page.attempt, 'cem')],
    ['that begin nothing', (): void => signalled(ANSWER)],
  ])('hears no words %s', async (_, says) => {
    plan.save();
    says();
    await turn();
    expect(plan.state).toEqual({ kind: 'waiting' });
    expect(page.receivers).toEqual([]);
  });

  it('is cancelled, and begins anew with another number', async () => {
    const { options } = await begins();
    const first = page.attempt;
    plan.cancel();
    expect(plan.state).toEqual({ kind: 'offered' });
    expect(page.receivers[0]?.gone).toBe(true);
    expect(page.to('ben')).toEqual(['wanted', 'gone']);
    // What the old one still says is nobody's.
    options.onEnd(new Blob(['x']));
    options.onProgress(100);
    expect([plan.state, page.saved]).toEqual([{ kind: 'offered' }, []]);
    plan.save();
    expect(page.attempt).not.toBe(first);
  });

  it('is cancelled while the servers are asked for', async () => {
    plan.save();
    signalled(OFFER);
    plan.cancel();
    await turn();
    expect(page.receivers).toEqual([]);
    expect(plan.state).toEqual({ kind: 'offered' });
  });

  it('fails a moment after its line was cut, and may be tried again', async () => {
    const { options } = await begins();
    options.onEnd(null);
    expect(plan.state.kind).toBe('receiving');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(plan.state).toEqual({ kind: 'failed' });
    expect([page.files.told?.what, page.saved]).toEqual(['failed', []]);
    plan.save();
    expect(plan.state).toEqual({ kind: 'waiting' });
  });

  it('is gone, not failed, if its sender says so in that moment', async () => {
    const { options } = await begins();
    options.onEnd(null);
    signalled(GONE, 0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(plan.state).toEqual({ kind: 'gone' });
    expect(page.files.told?.what).toBe('gone');
  });

  it.each([
    ['its sender has left', (): void => void (page.present = ['ana'])],
    [
      'its sender is not in the room, the server says',
      (): void => void (page.refuses = new CommandFailed('participant_unknown')),
    ],
  ])('is gone when %s', async (_, happens) => {
    happens();
    plan.save();
    page.files.reconcile();
    await turn();
    expect(plan.state).toEqual({ kind: 'gone' });
    plan.save();
    expect(plan.state).toEqual({ kind: 'gone' });
  });

  it('is gone from the start if its sender had left before', () => {
    expect(page.files.received(line({ ...PLAN, id: 'f_old' }, 'zoe'))?.state).toEqual({ kind: 'gone' });
  });

  it('nothing is said of one that nobody waited for', () => {
    signalled(GONE, 0);
    expect([plan.state, page.files.told]).toEqual([{ kind: 'gone' }, null]);
  });

  it('is relayed where media goes over the server', async () => {
    page.route = 'server';
    expect((await begins()).options.relayOnly).toBe(true);
  });
});

describe('sending', () => {
  let id: string;

  beforeEach(() => {
    id = page.share();
  });

  const wants = (who: string, attempt = 1): void => page.files.signalled(who, id, attempt, WANTED);
  const states = (): string[] =>
    (page.files.shared(id)?.recipients ?? []).map(({ id, state }) => `${id} ${state.kind}`);

  it('to who asks, who has it in the end', async () => {
    wants('ben');
    expect(states()).toEqual(['ben sending']);
    await turn();
    const [sender] = page.senders;
    sender?.options.send(OFFER);
    expect(page.said.at(-1)).toMatchObject({ to: 'ben', file: id, attempt: 1, signal: OFFER });
    page.files.signalled('ben', id, 1, ANSWER);
    expect(sender?.heard).toEqual([ANSWER]);
    sender?.options.onProgress(40);
    expect(page.files.shared(id)?.recipients[0]?.state).toEqual({ kind: 'sending', sent: 40 });
    sender?.options.onEnd('received');
    expect(states()).toEqual(['ben done']);
    expect(page.files.told).toEqual({ what: 'sent', file: 'own.txt', who: 'BEN' });
  });

  it.each([
    ['peer_to_peer', ['sending', 'sending', 'sending', 'sending', 'waiting']],
    ['server', ['sending', 'sending', 'waiting', 'waiting', 'waiting']],
  ] as const)('by way of %s to a few at once, the others in order', async (route, kinds) => {
    page.route = route;
    const people = ['ben', 'cem', 'dan', 'eve', 'fay'];
    for (const who of people) wants(who);
    await turn();
    expect(states()).toEqual(people.map((who, at) => `${who} ${kinds[at]}`));
    expect(page.senders).toHaveLength(kinds.filter((kind) => kind === 'sending').length);
    page.senders[0]?.options.onEnd('received');
    await turn();
    const next = people[kinds.indexOf('waiting')];
    expect(states()).toContain(`${next} sending`);
  });

  it('once, however often the same try asks; anew for another one', async () => {
    wants('ben');
    wants('ben');
    await turn();
    expect(page.senders).toHaveLength(1);
    wants('ben', 2);
    await turn();
    expect([page.senders.length, page.senders[0]?.gone]).toEqual([2, true]);
    // What is said about the first one is nobody's any more.
    page.files.signalled('ben', id, 1, ANSWER);
    page.files.signalled('ben', id, 1, GONE);
    expect([page.senders[1]?.heard, states()]).toEqual([[], ['ben sending']]);
  });

  it.each([
    ['cancels', (): void => page.files.signalled('ben', id, 1, GONE)],
    ['is cut off', (): void => page.senders[0]?.options.onEnd('failed')],
    [
      'leaves',
      (): void => {
        page.present = ['ana', 'cem'];
        page.files.reconcile();
      },
    ],
  ])('no longer to who %s', async (_, happens) => {
    wants('ben');
    await turn();
    happens();
    expect([states(), page.senders[0]?.gone]).toEqual([[], true]);
  });

  it('to nobody once it is stopped: all hear so, before their lines are cut', async () => {
    wants('ben');
    await turn();
    const cut = vi.fn();
    page.said = [];
    const sender = page.senders[0];
    Object.defineProperty(sender, 'gone', { set: () => void cut(page.said.length) });
    page.files.stop(id);
    expect(page.said.map(({ to, signal }) => `${to} ${signal.type}`)).toEqual(
      ['ben', 'cem', 'dan', 'eve', 'fay'].map((who) => `${who} gone`),
    );
    expect(cut).toHaveBeenCalledWith(5);
    expect(page.files.shared(id)?.stopped).toBe(true);
    page.said = [];
    wants('cem');
    await turn();
    expect([page.to('cem'), states(), page.senders.length]).toEqual([['gone'], [], 1]);
  });

  it('is stopped without a rush of signals where many are', async () => {
    page.present = ['ana', ...Array.from({ length: 99 }, (_, at) => `p${at}`)];
    wants('p98');
    await turn();
    page.said = [];
    page.files.stop(id);
    expect([page.said.length, page.to('p98')]).toEqual([21, ['gone']]);
  });

  it('who has it is shown even after it was stopped', async () => {
    wants('ben');
    await turn();
    page.senders[0]?.options.onEnd('received');
    page.files.stop(id);
    expect(states()).toEqual(['ben done']);
  });

  it('is stopped when the file cannot be read any more', async () => {
    wants('ben');
    await turn();
    page.senders[0]?.options.onEnd('unreadable');
    expect(page.files.shared(id)?.stopped).toBe(true);
    expect(page.to('ben')).toContain('gone');
  });

  it('says of a file that this page does not have that it is gone', () => {
    page.files.signalled('ben', 'f_unknown', 3, WANTED);
    expect(page.said.at(-1)).toMatchObject({ to: 'ben', file: 'f_unknown', attempt: 3, signal: GONE });
  });

  it('tells those who wait when the page goes', async () => {
    wants('ben');
    wants('cem');
    await turn();
    page.files.leave();
    expect([page.to('ben'), page.to('cem'), page.to('dan')]).toEqual([['gone'], ['gone'], []]);
    expect(page.senders.every(({ gone }) => gone)).toBe(true);
  });
});
