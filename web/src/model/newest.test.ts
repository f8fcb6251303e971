import { describe, expect, it } from 'vitest';
import { Newest } from './newest';

describe('of many wishes', () => {
  it('one is fulfilled at a time, and those between the first and the last are left out', async () => {
    const newest = new Newest();
    const done: number[] = [];
    let atOnce = 0;
    const all = [1, 2, 3, 4].map((wish) =>
      newest.run(async () => {
        expect(++atOnce).toBe(1);
        await Promise.resolve();
        atOnce -= 1;
        done.push(wish);
      }),
    );
    await Promise.all(all);
    expect(done).toEqual([1, 4]);
  });

  it('none that waits is fulfilled once it is forgotten', async () => {
    const newest = new Newest();
    const done: number[] = [];
    const first = newest.run(async () => {
      await Promise.resolve();
      done.push(1);
    });
    void newest.run(() => Promise.resolve(void done.push(2)));
    newest.forget();
    await first;
    expect(done).toEqual([1]);
    await newest.run(() => Promise.resolve(void done.push(3)));
    expect(done).toEqual([1, 3]);
  });
});
