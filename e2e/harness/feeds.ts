// Programs that send media into rooms, or take it out, by WHIP and WHEP: their keys, and those made of aiortc.

import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { BINARY } from './server';
import type { Server } from './server';

const FEED = join(import.meta.dirname, '../interop/aiortc_feed.py');

/** A key, made by whoever has the machine. The installation has the demonstration's people. */
export async function makeKey(server: Server, ...scopes: string[]): Promise<string> {
  const whose = ['--name', 'Studio', '--for', 'admin@demo', '--days', '1'];
  const { stdout } = await promisify(execFile)(
    BINARY,
    [
      ...['admin', 'create-key', '--data', server.data, ...whose],
      ...scopes.flatMap((scope) => ['--scope', scope]),
    ],
    // What is meant for the tests is no setting.
    { env: { PATH: process.env['PATH'] } },
  );
  const key = /vvk_\w{32}_[\w-]{43}/.exec(stdout)?.[0];
  if (!key) throw new Error(`no key: ${stdout}`);
  return key;
}

/** What a program says of itself: of its offer, or of what has arrived until now. */
export interface Told {
  status?: number;
  code?: string;
  location?: string;
  etag?: string;
  links?: string[];
  state?: string;
  frames?: number;
  sounds?: number;
  hertz?: number;
  colour?: number[];
  size?: number[];
}

/** How many people and programs are in each room, as live state has it. The key has `rooms:read`. */
export async function occupied(address: string, key: string): Promise<Record<string, number>> {
  const answer = await fetch(`${address}/api/v1/admin/rooms`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { rooms } = (await answer.json()) as { rooms: { name: string; people: number }[] };
  return Object.fromEntries(rooms.map(({ name, people }) => [name, people]));
}

/** Connections that the media servers have, as they say to whoever watches over them. */
export async function mediaConnections(server: Server): Promise<number> {
  const texts = server.instances.map(async ({ metricsPort }) =>
    (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
  );
  const text = (await Promise.all(texts)).join('\n');
  const values = [...text.matchAll(/^visavis_media_participants\{[^}]*\} (\d+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** A program made of aiortc. */
export class AiortcFeed {
  #child: ChildProcess;
  #lines: AsyncIterator<string>;

  constructor(kind: 'whip' | 'whep', address: string, key: string) {
    // Debian's own Python: it is the one that Debian's packages are for.
    this.#child = spawn('/usr/bin/python3', [FEED, kind, address, key], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (!this.#child.stdout) throw new Error('no standard output');
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async does(what: 'open' | 'trickle' | 'counts' | 'delete'): Promise<Told> {
    this.#child.stdin?.write(`${what}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`aiortc ended instead of: ${what}`);
    return JSON.parse(line.value) as Told;
  }

  /** Sends pictures in H.264 from the start, none any more, or again. */
  tell(what: 'h264' | 'pause' | 'resume'): void {
    this.#child.stdin?.write(`${what}\n`);
  }

  /** From now on it asks another instance. */
  goTo(before: number, now: number): void {
    this.#child.stdin?.write(`at :${before} :${now}\n`);
  }

  /** SIGKILL: it says goodbye to nobody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
