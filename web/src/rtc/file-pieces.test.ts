// How a file is cut, and how it becomes whole again, or nothing.

import { expect, it } from 'vitest';
import { fewServers } from './file-connection';
import { Gathering, pieceSize } from './file-pieces';

it.each([
  [undefined, 65_536],
  [null, 65_536],
  // Zero stands for no limit.
  [0, 65_536],
  [Infinity, 65_536],
  [262_144, 65_536],
  [16_384, 16_384],
])('of at most %s a piece has %i bytes', (most, expected) => {
  expect(pieceSize(most)).toBe(expected);
});

const piece = (...bytes: number[]): ArrayBuffer => new Uint8Array(bytes).buffer;

it.each([
  { pieces: [[1, 2], [3]], said: ['more', 'whole'], whole: [1, 2, 3] },
  { pieces: [[1, 2, 3]], said: ['whole'], whole: [1, 2, 3] },
  { pieces: [[1], [], [2], [3]], said: ['more', 'more', 'more', 'whole'], whole: [1, 2, 3] },
  // Short is no file, and neither is more than was announced, whatever came before.
  { pieces: [[1, 2]], said: ['more'], whole: null },
  {
    pieces: [
      [1, 2],
      [3, 4],
    ],
    said: ['more', 'too_much'],
    whole: null,
  },
  { pieces: [[1, 2, 3], [4]], said: ['whole', 'too_much'], whole: null },
])('of three bytes announced $pieces is $said', async ({ pieces, said, whole }) => {
  for (const block of [1, 2, 100]) {
    const gathering = new Gathering(3, block);
    expect(pieces.map((bytes) => gathering.take(piece(...bytes)))).toEqual(said);
    const file = gathering.whole();
    const bytes = file && [...new Uint8Array(await file.arrayBuffer())];
    expect(bytes).toEqual(whole);
  }
});

it('asks one address of TURN over UDP and one for where there is none', () => {
  const turn = { username: 'u', credential: 'c' };
  const stun = { urls: ['stun:a:443', 'stun:b:443'] };
  const udp = ['turn:a:443?transport=udp', 'turn:b:443?transport=udp'];
  const tcp = ['turn:a:443?transport=tcp', 'turns:a:443?transport=tcp'];
  expect(fewServers([stun, { urls: [...udp, ...tcp], ...turn }])).toEqual([
    stun,
    { urls: ['turn:a:443?transport=udp', 'turns:a:443?transport=tcp'], ...turn },
  ]);
  expect(fewServers([{ urls: [tcp[1] ?? ''], ...turn }])).toEqual([{ urls: [tcp[1]], ...turn }]);
  expect(fewServers([stun])).toEqual([stun]);
  expect(fewServers([])).toEqual([]);
});
