// Whatever else a test looks at, it fails when a page complains: what the harness hears of.

import { expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { takeFaults } from '../harness/faults';
import { eventually } from '../harness/measure';
import { startServer } from '../harness/server';

it('hears of errors that are logged, that nobody caught, and of promises nobody looked after', async () => {
  const server = await startServer();
  const chromium = await launch('chromium');
  try {
    const ana = await Person.create(chromium, 'Ana');
    await ana.open(server.http);
    await ana.find('button', 'Join room');
    expect(takeFaults()).toEqual([]);
    await ana.page.evaluate(() => {
      console.error('logged');
      setTimeout(() => {
        throw new Error('thrown');
      });
      void Promise.reject(new Error('rejected'));
    });
    const heard: string[] = [];
    await eventually(
      () => {
        heard.push(...takeFaults());
        return Promise.resolve(heard.join(' '));
      },
      (all) => ['logged', 'thrown', 'rejected'].every((one) => all.includes(one)),
      5_000,
      'all three',
    );
    expect(heard.every((one) => one.startsWith('Ana: '))).toBe(true);
  } finally {
    await chromium.close();
    await server.dispose();
  }
});
