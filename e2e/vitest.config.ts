// Real browsers are heavy: where media is measured, one file goes after another. Files that mostly wait, for a page, a
// mail, a clock or until two people have met, go two at a time; more are too much for two cores. No second tries.

import { defineConfig } from 'vitest/config';

const WAITING = [
  'admin',
  'appointment*',
  'call',
  'chat',
  'desk*',
  'embed',
  'group-screens',
  'invitation',
  'kiosk',
  'lounge*',
  'readme',
  'screens',
].map((file) => `tests/${file}.test.ts`);

const each = {
  pool: 'forks',
  retry: 0,
  testTimeout: 120_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...each,
          name: 'waiting',
          include: WAITING,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...each,
          name: 'alone',
          include: ['tests/**/*.test.ts'],
          exclude: [...WAITING, '**/node_modules/**'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
