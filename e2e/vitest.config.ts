// Real browsers are heavy and calls are sensitive to a busy machine: where media is measured, one file goes after
// another. Files that mostly wait, for a page, a mail, a ring or a clock, go two at a time where there are the cores for
// it; on two of them what is to happen within seconds would wait for the other file. No second tries.
//
// `npm test` has everybody at one instance, then the tests marked `apart` again with each person at another one;
// `npm run test:instances` does that with all of them.

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const WAITING = [
  'admin',
  'appointment*',
  'chat',
  'desk*',
  'embed',
  'group-screens',
  'invitation',
  'kiosk',
  'lounge-{presence,private,rooms,screens,xss}',
  'readme',
  'screens',
].map((file) => `tests/${file}.test.ts`);

const each = {
  pool: 'forks',
  setupFiles: 'harness/faults-fail.ts',
  retry: 0,
  testTimeout: 120_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    tags: [
      { name: 'apart', description: 'Runs every time with each person at another instance, too: `npm test`' },
    ],
    projects: [
      {
        test: {
          ...each,
          name: 'waiting',
          include: WAITING,
          maxWorkers: availableParallelism() < 4 ? 1 : 2,
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
