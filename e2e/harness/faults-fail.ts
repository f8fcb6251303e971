// Runs around every test file: no page may have complained.

import { afterEach, expect } from 'vitest';
import { takeFaults } from './faults';

afterEach(() => {
  expect(takeFaults(), 'what pages complained of').toEqual([]);
});
