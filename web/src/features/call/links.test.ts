import { describe, expect, it } from 'vitest';
import { pieces } from './links';

describe('links in messages', () => {
  it.each([
    ['plain words', []],
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(http://example.org), then', ['http://example.org']],
    ['javascript:alert(1) data:text/html,x', []],
    ['<a href="https://example.org">x</a>', ['https://example.org']],
    ['https:// nothing', []],
    ['two: https://a.example https://b.example', ['https://a.example', 'https://b.example']],
  ])('in %j', (text, links) => {
    const found = pieces(text);
    expect(found.flatMap((piece) => piece.href ?? [])).toEqual(links);
    expect(found.map((piece) => piece.text).join('')).toBe(text);
  });
});
