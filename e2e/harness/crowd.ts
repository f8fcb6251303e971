// Headless people in a room: a crowd that costs little.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { BINARY } from './server';
import type { Server } from './server';

export interface Answer {
  type: 'ready' | 'speaks' | 'quiet' | 'report';
  people?: number;
  name?: string;
  /** Milliseconds since 1970. */
  at?: number;
  ended?: number;
}

export class Crowd {
  #answers: Answer[] = [];
  #arrived: (() => void) | null = null;
  #ended: string | null = null;

  private constructor(private readonly child: ChildProcess) {
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.once('exit', (code) => {
      this.#ended = `the crowd ended with ${code}: ${log}`;
      this.#arrived?.();
    });
    if (!child.stdout) throw new Error('a crowd that says nothing');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#answers.push(JSON.parse(line) as Answer);
      this.#arrived?.();
    });
  }

  /** So many come into the room, silent. What their cameras send is no picture. */
  static async fill(
    server: Server,
    room: string,
    people: number,
    cameras: 'on' | 'absent' = 'on',
  ): Promise<Crowd> {
    const child = spawn(
      join(dirname(BINARY), 'visavis-bots'),
      ['fill', '--server', server.http, '--room', room, '--people', String(people), '--cameras', cameras],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const crowd = new Crowd(child);
    await crowd.#next();
    return crowd;
  }

  /** `speak NUMBER`, `quiet` or `report`. */
  async order(words: string): Promise<Answer> {
    this.child.stdin?.write(`${words}\n`);
    return this.#next();
  }

  async dispose(): Promise<void> {
    if (this.#ended !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  async #next(): Promise<Answer> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer) return answer;
      if (this.#ended !== null) throw new Error(this.#ended);
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}
