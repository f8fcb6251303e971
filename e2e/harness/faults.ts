// What pages complain of: errors nobody caught, promises nobody looked after, and what they log as errors. A test in
// which one does fails, whatever else it looks at (faults-fail.ts).

import type { Page } from 'puppeteer-core';

/** Browsers log a network that is down by themselves; many tests take it down. */
const NETWORK =
  /Failed to load resource|WebSocket connection to|establish a connection to the server at|was interrupted while the page/;

let faults: string[] = [];
let expected: RegExp | null = null;

export function watchFaults(name: string, page: Page): void {
  page.on('pageerror', (error) => {
    faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK.test(message.text()))
      faults.push(`${name}: ${message.text()}`);
  });
}

/** In this test pages complain of this, and rightly. */
export function expectFaults(words: RegExp): void {
  expected = words;
}

/** All since the last time, but for those that were expected. */
export function takeFaults(): string[] {
  const taken = faults.filter((fault) => expected?.test(fault) !== true);
  faults = [];
  expected = null;
  return taken;
}
