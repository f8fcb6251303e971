// Where the reader stands when a page comes.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { focusOnArrival } from './focus';

let heading: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = '<a href="/">Skip</a><h1 tabindex="-1">Door</h1>';
  heading = document.querySelector('h1') as HTMLElement;
});

afterEach(() => vi.unstubAllGlobals());

function arrives(userActivation: object | undefined): boolean {
  vi.stubGlobal('navigator', { userActivation });
  focusOnArrival(heading);
  return document.activeElement === heading;
}

describe('a page', () => {
  it('that one has come to by a press begins at its heading', () => {
    expect(arrives({ hasBeenActive: true })).toBe(true);
  });

  it('that was just loaded begins where the browser begins', () => {
    expect(arrives({ hasBeenActive: false })).toBe(false);
  });

  it('begins at its heading in a browser that does not say whether anything was pressed', () => {
    expect(arrives(undefined)).toBe(true);
  });
});
