import { describe, expect, it } from 'vitest';
import { directionOf, filledIn, firstOffered, withRegion } from './languages';

const OFFERED = ['en', 'de', 'tr'];

describe('the language to begin with', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['tr'], 'tr'],
    [['fr-FR', 'tr-TR', 'en'], 'tr'],
    [['en-GB', 'de'], 'en'],
    [['fr', 'es'], 'en'],
    [[], 'en'],
    [[null, 'DE'], 'de'],
    [['de_CH'], 'de'],
    [['', '*', 'not a language', 'tr'], 'tr'],
    [['__proto__'], 'en'],
  ])('of %j is %s', (wanted, tag) => {
    expect(firstOffered(wanted, OFFERED)).toBe(tag);
  });

  it('may be one with a region that is offered as such', () => {
    expect(firstOffered(['EN-xb'], [...OFFERED, 'en-XB'])).toBe('en-XB');
    expect(firstOffered(['en-US'], [...OFFERED, 'en-XB'])).toBe('en');
  });
});

describe('dates and numbers', () => {
  it.each([
    ['en', ['en-GB', 'en-US'], 'en-GB'],
    ['de', ['en-GB', 'de-AT'], 'de-AT'],
    ['de', ['en-GB'], 'de'],
    ['en', ['en-!'], 'en'],
  ])('in %s for a browser of %j are written as in %s', (tag, browser, locale) => {
    expect(withRegion(tag, browser)).toBe(locale);
  });
});

describe('the direction', () => {
  it.each([
    ['en', 'ltr'],
    ['de', 'ltr'],
    ['ar', 'rtl'],
    ['fa-IR', 'rtl'],
    ['en-XB', 'rtl'],
  ])('of %s is %s', (tag, direction) => {
    expect(directionOf(tag)).toBe(direction);
  });
});

describe('a text', () => {
  it('is filled in, and nothing that is filled in is filled in again', () => {
    expect(filledIn('{name}: {text}', { name: '{text}', text: '$&' })).toBe('{text}: $&');
  });

  it('keeps what it has no word for', () => {
    expect(filledIn('{a} {b} {toString}', { a: 0 })).toBe('0 {b} {toString}');
  });
});
