// The languages of the web client at build time. English is compiled into the places that say it; every other language
// is one chunk of its own, loaded only by who reads it and asked first, by the number of the text. Translating is done
// in messages/*.json; what they must hold is checked by src/messages/catalogues.test.ts.

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { pseudo } from './src/messages/pseudo.ts';

const COMPILED = /\/src\/messages\/compiled\/messages\/(\w+)\.js$/;
const SAID = '/src/model/language.svelte.ts';
const LANGUAGES = 'virtual:languages';
const WORDS = 'virtual:words/';

/** English with accents, longer, and from right to left: finds what was not meant to be translated, or turned round. */
const PSEUDO = 'en-XB';

type Catalogue = Record<string, string>;

export function languages(tags: string[]): Plugin {
  const file = (tag: string): string => new URL(`messages/${tag}.json`, import.meta.url).pathname;
  const catalogue = (tag: string): Catalogue => {
    const words = JSON.parse(readFileSync(file(tag), 'utf8')) as Catalogue;
    delete words['$schema'];
    return words;
  };
  let english = catalogue('en');
  let numbers = new Map(Object.keys(english).map((key, index) => [key, index]));
  let offered = tags;

  return {
    name: 'visavis-languages',
    config(_, { command, mode }) {
      if (mode === 'pseudo' || (command === 'serve' && mode === 'development')) offered = [...tags, PSEUDO];
    },
    buildStart() {
      english = catalogue('en');
      numbers = new Map(Object.keys(english).map((key, index) => [key, index]));
    },
    resolveId: (id) => (id === LANGUAGES || id.startsWith(WORDS) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${LANGUAGES}`) {
        const one = (tag: string): string => `${JSON.stringify(tag)}: () => import('${WORDS}${tag}')`;
        return `export const catalogues = { ${offered.map(one).join(', ')} };`;
      }
      if (!id.startsWith(`\0${WORDS}`)) return null;
      const tag = id.slice(WORDS.length + 1);
      if (tag !== PSEUDO) this.addWatchFile(file(tag));
      const words = tag === PSEUDO ? null : catalogue(tag);
      const texts = Object.entries(english).map(([key, text]) =>
        words ? (words[key] ?? null) : pseudo(text),
      );
      return `export default ${JSON.stringify(texts)};`;
    },
    transform(code, id) {
      const key = COMPILED.exec(id)?.[1];
      if (key === undefined || key === '_index') return null;
      const changed = code
        .replace(/^import \{ getLocale.*$/m, `import { said } from '${SAID}';`)
        .replace(/^\texperimentalStaticLocale \?\?.*\n/m, '')
        .replace(/^\treturn (en_\w+\(inputs\))$/m, `\treturn said(${numbers.get(key) ?? -1}, inputs) ?? $1`);
      // A compiler that writes something else is to be noticed here, not by readers of German.
      if (!numbers.has(key) || !changed.includes('return said(') || changed.includes('getLocale')) {
        this.error(`the compiled text ${key} is not as expected`);
      }
      return { code: changed, map: null };
    },
  };
}
