import { describe, expect, it } from 'vitest';
import { isTalkKey, shortcutOf } from './shortcuts';

function press(key: string, options: KeyboardEventInit = {}, markup = '<div id="on"></div>') {
  document.body.innerHTML = markup;
  let found: ReturnType<typeof shortcutOf> = null;
  document.body.addEventListener('keydown', (event) => (found = shortcutOf(event)), { once: true });
  const target = document.getElementById('on');
  target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...options }));
  return found;
}

describe('shortcuts', () => {
  it.each([
    ['m', 'microphone'],
    ['M', 'microphone'],
    ['v', 'camera'],
    ['s', 'share'],
    ['c', 'chat'],
    ['p', 'people'],
    ['h', 'hand'],
    ['f', 'full_screen'],
    ['?', 'list'],
    ['x', null],
    ['Enter', null],
  ])('%s is %s', (key, shortcut) => {
    expect(press(key)).toBe(shortcut);
  });

  it.each(['ctrlKey', 'metaKey', 'altKey', 'repeat'])('with %s it means something else', (modifier) => {
    expect(press('m', { [modifier]: true })).toBeNull();
  });

  it.each([
    '<input id="on" />',
    '<textarea id="on"></textarea>',
    '<select id="on"></select>',
    '<div contenteditable="true"><b id="on"></b></div>',
    '<div role="menu"><span id="on"></span></div>',
    '<div role="dialog"><button id="on"></button></div>',
  ])('is text or a choice in %s', (markup) => {
    expect(press('m', {}, markup)).toBeNull();
  });
});

describe('the key to talk', () => {
  const talks = (markup: string, focusedBy: 'keys' | 'pointer', options: KeyboardEventInit = {}) => {
    document.body.innerHTML = markup;
    let found: boolean | null = null;
    const listen = (event: KeyboardEvent) => (found = isTalkKey(event, focusedBy));
    document.body.addEventListener('keydown', listen, { once: true });
    const event = new KeyboardEvent('keydown', { key: ' ', bubbles: true, ...options });
    document.getElementById('on')?.dispatchEvent(event);
    return found;
  };

  it.each<[string, 'keys' | 'pointer', boolean]>([
    ['<div id="on"></div>', 'keys', true],
    ['<button id="on"></button>', 'keys', false],
    ['<button id="on"></button>', 'pointer', true],
    ['<a href="/"><span id="on"></span></a>', 'keys', false],
    ['<input id="on" />', 'pointer', false],
    ['<textarea id="on"></textarea>', 'keys', false],
    ['<div role="dialog"><div id="on"></div></div>', 'pointer', false],
    ['<div role="menu"><div id="on"></div></div>', 'pointer', false],
  ])('in %s, got to by %s: %s', (markup, focusedBy, expected) => {
    expect(talks(markup, focusedBy)).toBe(expected);
  });

  it.each(['ctrlKey', 'metaKey', 'altKey'])('with %s is another one', (modifier) => {
    expect(talks('<div id="on"></div>', 'keys', { [modifier]: true })).toBe(false);
  });
});
