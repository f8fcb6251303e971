import { beforeEach, describe, expect, it } from 'vitest';
import { Language } from './language.svelte';

const WORDS = { default: ['Hallo {name}', null] };
const load = {
  de: () => Promise.resolve(WORDS),
  tr: () => Promise.resolve({ default: ['Merhaba {name}', 'Evet'] }),
};
const greet = (language: Language): string | null => language.say(0, { name: 'Ana' });

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

async function begun(asked: string | null, ...browser: string[]): Promise<Language> {
  const language = new Language(load);
  await language.begin(asked, browser);
  return language;
}

describe('the language of the page', () => {
  it('is at first that of the browser', async () => {
    const language = await begun(null, 'de-AT', 'en');
    expect(language.tag).toBe('de');
    expect(language.locale).toBe('de-AT');
    expect(greet(language)).toBe('Hallo Ana');
  });

  it('is English where no other is known, without loading any', async () => {
    const language = await begun(null, 'fr');
    expect(language.tag).toBe('en');
    expect(greet(language)).toBeNull();
  });

  it('stays the one that was chosen', async () => {
    await (await begun(null, 'de')).choose('tr');
    expect((await begun(null, 'de')).tag).toBe('tr');
    await (await begun(null, 'de')).choose('en');
    expect((await begun(null, 'de')).tag).toBe('en');
  });

  it('is that of the address in this tab, and what was chosen on the device stays for others', async () => {
    await (await begun(null)).choose('tr');
    expect((await begun('de')).tag).toBe('de');
    expect((await begun(null)).tag).toBe('de');
    sessionStorage.clear();
    expect((await begun(null)).tag).toBe('tr');
  });

  it('is what somebody chooses afterwards, whatever the address had said', async () => {
    const language = await begun('de');
    await language.choose('tr');
    expect(greet(language)).toBe('Merhaba Ana');
    expect((await begun(null)).tag).toBe('tr');
  });

  it('says in English what it has no text for', async () => {
    expect((await begun('de')).say(1, {})).toBeNull();
    expect((await begun('de')).say(7, {})).toBeNull();
  });

  it('is the last one chosen, in whatever order they are loaded', async () => {
    let finish: (words: typeof WORDS) => void = () => undefined;
    const slow = new Promise<typeof WORDS>((resolve) => (finish = resolve));
    const language = new Language({ ...load, de: () => slow });
    const first = language.choose('de');
    await language.choose('tr');
    finish(WORDS);
    await first;
    expect(language.tag).toBe('tr');
  });

  it('stays as it is when another one cannot be loaded', async () => {
    const language = new Language({ ...load, de: () => Promise.reject(new Error('no network')) });
    await language.begin('tr', []);
    await language.choose('de');
    expect(language.tag).toBe('tr');
    expect(greet(language)).toBe('Merhaba Ana');
  });
});
