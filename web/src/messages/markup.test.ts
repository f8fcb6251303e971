// @vitest-environment node
// Every text that people see is in a catalogue: none stands in the markup itself.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');
const COMPONENTS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);
/** What is read out or shown, of elements and of our components. */
const SPOKEN =
  /^(aria-(label|description|roledescription|valuetext)|title|alt|placeholder|label|text|hint|empty|failed)$/;
/** Fields have a `name` for the browser; of these it is what they are called. */
const NAMED = /^(IconButton|Menu)$/;

interface Node {
  type: string;
  name?: string;
  data?: string;
  value?: unknown;
  start?: number;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Words in the markup of a component that no catalogue knows. */
function literals(source: string): string[] {
  const found: string[] = [];
  const says = (text: unknown): void => {
    if (typeof text !== 'string' || !/\p{L}{2,}/u.test(text)) return;
    // Addresses are the same in every language.
    if (!/^(https:\/)?\/\S*$/.test(text.trim())) found.push(text.trim());
  };
  const visit = (node: unknown, owner: Node | null): void => {
    if (Array.isArray(node)) {
      for (const one of node) visit(one, owner);
    } else if (isNode(node)) {
      if (node.type === 'Text') says(node.data);
      if (node.type === 'StyleDirective') return;
      if (node.type === 'Attribute') {
        const spoken = node.name === 'name' ? NAMED.test(owner?.name ?? '') : SPOKEN.test(node.name ?? '');
        for (const part of spoken && Array.isArray(node.value) ? (node.value as unknown[]) : [])
          if (isNode(part)) says(part.data);
        return;
      }
      const next = /^(RegularElement|Component|Svelte\w+)$/.test(node.type) ? node : owner;
      for (const [key, value] of Object.entries(node)) if (key !== 'metadata') visit(value, next);
    }
  };
  visit(parse(source, { modern: true }).fragment, null);
  return found;
}

describe('markup', () => {
  it.each([
    ['<p>Hello</p>', ['Hello']],
    ['<p>{#if a}<b>Yes</b>{/if}</p>', ['Yes']],
    ['<button aria-label="Close" class="wide">×</button>', ['Close']],
    ['<Panel title="People" control="people">{m.x()} · {2} %</Panel>', ['People']],
    ['<TextField name="email" placeholder={m.x()} />', []],
    ['<TextField placeholder="https://hooks.example.org/x" />', []],
    ['<TextField placeholder="https://example.org or so" />', ['https://example.org or so']],
    ['<IconButton name="Close" /><p style:inline-size="{size}px"></p>', ['Close']],
  ])('%s says %j', (source, words) => {
    expect(literals(source)).toEqual(words);
  });

  it.each(COMPONENTS)('of %s says nothing that no catalogue has', (file) => {
    expect(literals(readFileSync(join(SOURCES, file), 'utf8'))).toEqual([]);
  });
});
