import { describe, expect, it } from 'vitest';
import { alongTheLine } from './arrow-keys';

function row(direction: string): Element {
  const element = document.createElement('div');
  element.style.direction = direction;
  document.body.append(element);
  return element;
}

describe('an arrow key', () => {
  it.each([
    ['ltr', 'ArrowRight', 1],
    ['ltr', 'ArrowLeft', -1],
    ['rtl', 'ArrowRight', -1],
    ['rtl', 'ArrowLeft', 1],
    ['rtl', 'ArrowDown', 0],
    ['ltr', 'a', 0],
  ])('in a row from %s: %s is a step of %i', (direction, key, step) => {
    expect(alongTheLine({ key }, row(direction))).toBe(step);
  });
});
