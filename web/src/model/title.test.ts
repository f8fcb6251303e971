import { expect, it } from 'vitest';
import { markIcon, withUnread } from './title';

it.each([
  [0, 'Café – Visavis'],
  [1, '(1) Café – Visavis'],
  [99, '(99) Café – Visavis'],
  [100, '(99+) Café – Visavis'],
])('with %i unread the title is %s', (unread, title) => {
  expect(withUnread('Café – Visavis', unread)).toBe(title);
});

it('marks the icon and gives it back', () => {
  document.head.innerHTML = '<link rel="icon" href="/icon.svg" />';
  const icon = document.querySelector('link');
  markIcon(true);
  expect(icon?.getAttribute('href')).toBe('/icon-marked.svg');
  markIcon(false);
  expect(icon?.getAttribute('href')).toBe('/icon.svg');
});
