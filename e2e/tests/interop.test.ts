// An implementation of WebRTC that nobody here wrote takes part in a room, as docs/protocol.md says.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

interface Heard {
  state: string;
  slots: string[];
  frames: number;
  /** Means of luma, blue and red. */
  colour: number[];
  size: number[];
  sounds: number;
  hertz: number;
}

const CALL = join(import.meta.dirname, '../interop/aiortc_call.py');

describe('aiortc', () => {
  let server: Server;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(() => server?.dispose());

  it('publishes to the media server and receives from it', async () => {
    // Debian's own Python: it is the one that Debian's packages are for.
    const run = promisify(execFile)('/usr/bin/python3', [CALL, server.http], { timeout: 60_000 });
    const heard = JSON.parse((await run).stdout) as Heard;
    console.log(
      `aiortc in 5 s: ${heard.frames} pictures, ${heard.sounds} pieces of sound of ${Math.round(heard.hertz)} Hz`,
    );
    expect(heard.state).toBe('connected');
    expect(heard.slots).toEqual(['camera', 'microphone']);
    expect(heard.frames).toBeGreaterThan(60);
    expect(heard.size).toEqual([320, 180]);
    for (const [index, value] of [120, 60, 190].entries()) {
      expect(Math.abs((heard.colour[index] ?? 0) - value)).toBeLessThan(4);
    }
    expect(heard.sounds).toBeGreaterThan(150);
    expect(Math.abs(heard.hertz - 440)).toBeLessThan(10);
  });
});
