// What a door says that does not open.

import { describe, expect, it } from 'vitest';
import { refusalWords } from './refusal-words';

describe('a room that is full', () => {
  it('says how many it takes, where one has looked', () => {
    expect(refusalWords('room_full', 9, false).text).toBe(
      'It takes 9 people. Try again when somebody has left.',
    );
  });

  it('leaves out what is not known', () => {
    expect(refusalWords('room_full', null, false).text).toBe(
      'It takes no more people. Try again when somebody has left.',
    );
  });
});
