// Pages in other languages: their words by the key of the catalogue, and a preview of the web client that has, besides
// those that people are offered, the language for trying out (web/src/messages/pseudo.ts). What has no place for its
// words is found by measuring.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pseudo } from '../../web/src/messages/pseudo';
import type { Person } from './browsers';
import { freePorts } from './server';

const WEB = join(import.meta.dirname, '../../web');
const VITE = join(WEB, 'node_modules/vite/bin/vite.js');
export const PSEUDO = 'en-XB';

export type Words = (key: string, inputs?: Record<string, string>) => string;

/** What a page says, by the keys of the catalogue. */
export function wordsOf(tag: string): Words {
  const catalogue = JSON.parse(
    readFileSync(join(WEB, `messages/${tag === PSEUDO ? 'en' : tag}.json`), 'utf8'),
  ) as Record<string, string>;
  return (key, inputs = {}) => {
    const text = catalogue[key];
    if (text === undefined) throw new Error(`${tag} has no text ${key}`);
    const said = tag === PSEUDO ? pseudo(text) : text;
    return said.replace(/\{(\w+)\}/g, (_, name: string) => inputs[name] ?? '');
  };
}

export interface Preview {
  base: string;
  dispose(): Promise<void>;
}

/** Builds the web client with the language for trying out, and shows it in front of a server. */
export async function startPreview(server: string): Promise<Preview> {
  const dist = mkdtempSync(join(tmpdir(), 'visavis-preview-'));
  const [port = 0] = await freePorts(1);
  const vite = (...args: string[]) =>
    spawn(process.execPath, [VITE, ...args, '--outDir', dist], {
      cwd: WEB,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], VISAVIS_SERVER: server.replace('localhost', '127.0.0.1') },
    });
  const build = vite('build', '--mode', 'pseudo', '--emptyOutDir');
  let log = '';
  build.stdout.resume();
  build.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const [code] = (await once(build, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the web client could not be built: ${log}`);
  const preview = vite('preview', '--host', 'localhost', '--port', String(port), '--strictPort');
  await once(preview.stdout, 'data');
  preview.stdout.resume();
  preview.stderr.resume();
  return {
    base: `http://localhost:${port}`,
    async dispose() {
      const ended = once(preview, 'exit');
      preview.kill();
      await ended;
      rmSync(dist, { recursive: true, force: true });
    },
  };
}

/** What has no place for its words: pages that scroll sideways, texts beyond the edge, and texts that are cut. */
export function cramped(person: Person): Promise<string[]> {
  return person.page.evaluate(() => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${root.scrollWidth} of ${innerWidth}`);
    const cuts = (style: CSSStyleDeclaration): boolean => style.overflowX !== 'visible';
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const text = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      // What people wrote is as long as it is.
      if (!text || element.closest('.visually-hidden, [dir=auto], option, [inert], [data-tile]')) continue;
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const { left, right } = range.getBoundingClientRect();
      const says = `"${element.textContent.trim()}"`;
      let scrolled = false;
      for (let above: HTMLElement | null = element; above; above = above.parentElement) {
        const style = getComputedStyle(above);
        const box = above.getBoundingClientRect();
        if (/auto|scroll/.test(style.overflowX)) scrolled = above.scrollWidth > above.clientWidth;
        if (scrolled) break;
        const beyond = left < box.left - 1 || right > box.right + 1;
        if (beyond && (cuts(style) || above === element || above.matches('button, a, label, li'))) {
          faults.push(
            `${cuts(style) ? 'is cut' : 'sticks out'}: ${says} of ${above.tagName} ${above.className}`,
          );
          break;
        }
      }
      if (!scrolled && (left < -1 || right > innerWidth + 1)) faults.push(`is beyond the edge: ${says}`);
    }
    return faults;
  });
}

/** What a page says in English, in texts and names, although the language has words of its own for it. */
export async function untranslated(person: Person, tag: string): Promise<string[]> {
  const read = (one: string): Record<string, string> =>
    JSON.parse(readFileSync(join(WEB, `messages/${one}.json`), 'utf8')) as Record<string, string>;
  const [english, own] = [read('en'), read(tag)];
  const known = new Set(Object.values(own));
  const foreign = Object.entries(english)
    .filter(([key, text]) => own[key] !== text && !known.has(text) && /[a-z]{3}/.test(text))
    // As it is found on a page: whatever stands in the place of a name.
    .map(([, text]) => {
      const parts = text.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return `^${parts.join('.+')}$`;
    })
    // A pattern of names and little else is found everywhere.
    .filter((pattern) => pattern.replace(/\.\+|\W/g, '').length > 2);
  return person.page.evaluate((foreign) => {
    const patterns = foreign.map((one) => new RegExp(one));
    const said = [...document.querySelectorAll<HTMLElement>('body *')].flatMap((element) => {
      if (element.closest('[dir=auto], option, script')) return [];
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return [
        own.map((node) => node.textContent).join(' '),
        ...['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name)),
      ];
    });
    const texts = new Set(said.map((text) => text?.replace(/\s+/g, ' ').trim() ?? ''));
    return [...texts].filter((text) => patterns.some((pattern) => pattern.test(text)));
  }, foreign);
}
