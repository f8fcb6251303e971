import { describe, expect, it } from 'vitest';
import { shortcutOf } from './shortcuts';

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
    ['c', 'chat'],
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
  ])('is text or a choice in %s', (markup) => {
    expect(press('m', {}, markup)).toBeNull();
  });
});
