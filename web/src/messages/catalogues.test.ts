// @vitest-environment node
// The catalogues: each language says everything, about the same things, and the texts of pages come from there.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pseudo } from './pseudo';

const here = new URL('../../messages/', import.meta.url);

function read(tag: string): [string, string][] {
  return Object.entries(
    JSON.parse(readFileSync(new URL(`${tag}.json`, here), 'utf8')) as Record<string, string>,
  );
}

const english = read('en');
const others = readdirSync(here)
  .map((file) => file.replace('.json', ''))
  .filter((tag) => tag !== 'en');

/** Everything that may say something, in one piece. */
function sources(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.startsWith('messages'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

/** What a text is about, in any order. */
function variables(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g))].sort();
}

describe('the catalogues', () => {
  it('are English, German and Turkish', () => {
    expect(others.sort()).toEqual(['de', 'tr']);
  });

  it('have no text that nobody says', () => {
    const said = new Set(sources(join(import.meta.dirname, '..')).match(/(?<=\bm\.)\w+/g));
    expect(english.map(([key]) => key).filter((key) => !said.has(key))).toEqual([]);
  });

  it.each(others)('%s has every text, in the order of the English ones, and no other', (tag) => {
    expect(read(tag).map(([key]) => key)).toEqual(english.map(([key]) => key));
  });

  it.each(others)('%s names in each text what the English one names', (tag) => {
    const texts = new Map(read(tag));
    const wrong = english.filter(
      ([key, text]) => variables(text).join() !== variables(texts.get(key) ?? '').join(),
    );
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it.each(['en', ...others])('%s has no empty texts, and no spaces around one', (tag) => {
    expect(read(tag).filter(([, text]) => text === '' || text !== text.trim())).toEqual([]);
  });

  // Du and sen, a straight apostrophe in Turkish suffixes, three dots for an ellipsis.
  it.each([
    ['de', /\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b/],
    ['tr', /\b([Ss]en|[Ss]enin|[Ss]ana|[Ss]eni)\b|\w'\w/],
    ['de', /\.\.\./],
    ['tr', /\.\.\./],
  ])('%s keeps its tone: %s', (tag, slip) => {
    expect(read(tag).filter(([, text]) => slip.test(text))).toEqual([]);
  });
});

describe('the pseudo language', () => {
  it('is longer, accented, and keeps what a text is about', () => {
    expect(pseudo('Call {name} again')).toBe('Çáll {name} áğáíñ ····');
    for (const [, text] of english) {
      expect(variables(pseudo(text))).toEqual(variables(text));
      expect(pseudo(text).length).toBeGreaterThan(text.length);
    }
  });
});
