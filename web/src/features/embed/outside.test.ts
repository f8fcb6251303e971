import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenForHello } from './hello';
import { Outside } from './outside';

/** The page outside, as far as a frame can see it. */
class FakePage {
  readonly heard: [unknown, string][] = [];
  postMessage(message: unknown, origin: string): void {
    this.heard.push([message, origin]);
  }
}

let page: FakePage;
let leaving: AbortController;
let outside: Outside;

beforeEach(() => {
  page = new FakePage();
  leaving = new AbortController();
  outside = new Outside(page as unknown as Window, leaving.signal);
});
afterEach(() => leaving.abort());

function say(data: unknown, origin: string, source: unknown = page): void {
  dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
}

const HELLO = { type: 'visavis:hello' };
const STATUS = { type: 'visavis:status', available: 1 } as const;
const RINGING = { type: 'visavis:ringing' } as const;

describe('the page outside', () => {
  it('is told nothing before it has introduced itself, and then what holds and what has happened', () => {
    outside.holds({ type: 'visavis:status' });
    outside.holds(STATUS);
    outside.happened(RINGING);
    expect(page.heard).toEqual([]);
    say(HELLO, 'https://site.example');
    expect(page.heard).toEqual([
      [STATUS, 'https://site.example'],
      [RINGING, 'https://site.example'],
    ]);
    outside.happened(RINGING);
    expect(page.heard).toHaveLength(3);
  });

  it('is heard though it said hello before anybody listened', () => {
    listenForHello();
    const early = new FakePage();
    say(HELLO, 'https://early.example', early);
    new Outside(early as unknown as Window, leaving.signal).happened(RINGING);
    expect(early.heard).toEqual([[RINGING, 'https://early.example']]);
  });

  it('is itself: another window that says hello is not heard', () => {
    outside.holds(STATUS);
    say(HELLO, 'https://evil.example', new FakePage());
    expect(page.heard).toEqual([]);
  });

  it('does not become another one', () => {
    say(HELLO, 'https://site.example');
    say(HELLO, 'https://other.example');
    outside.happened(RINGING);
    expect(page.heard).toEqual([[RINGING, 'https://site.example']]);
  });

  it.each([null, 'visavis:hello', 42, {}, { type: 7 }, { type: 'hello' }])(
    'says hello in so many words: %j is none',
    (data) => {
      outside.holds(STATUS);
      say(data, 'https://site.example');
      expect(page.heard).toEqual([]);
    },
  );

  it('without an origin is told nothing', () => {
    outside.holds(STATUS);
    say(HELLO, 'null');
    expect(page.heard).toEqual([]);
  });
});
