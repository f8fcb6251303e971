// A Redis of one's own, as in the tests of the server: on a socket in a folder, with what it has in its memory only. It
// ends with whoever started it, however that ends.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SETTINGS = 'port 0\nunixsocket redis.sock\nsave ""\nappendonly no\nmaxmemory-policy noeviction\n';

export class Redis {
  #child: ChildProcess | null = null;
  readonly #folder = mkdtempSync(join(tmpdir(), 'visavis-redis-'));

  private constructor() {}

  static async start(): Promise<Redis> {
    const redis = new Redis();
    await redis.resume();
    return redis;
  }

  /** What `VISAVIS_REDIS` is set to. */
  get address(): string {
    return `unix://${this.#folder}/redis.sock`;
  }

  /** Again, with nothing in it. */
  async resume(): Promise<void> {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'redis-server', '-'], {
      cwd: this.#folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child = child;
    child.stdin.end(SETTINGS);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready to accept connections')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`Redis ended with ${code}: ${said}`)));
      child.once('error', reject);
    });
  }

  /** SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
