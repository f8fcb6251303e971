// The real binary, on free ports, with a data directory of its own. Ends what it started.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

export const BINARY =
  process.env['VISAVIS_BINARY'] ?? join(import.meta.dirname, '../../target/debug/visavis');

/** An address of this machine that is not loopback: Firefox connects to no other. */
export const machineAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';

export interface Server {
  /** http://localhost:PORT */
  http: string;
  /** https://localhost:PORT */
  https: string;
  httpsPort: number;
  data: string;
  pid: number;
  /** Everything on standard error so far. */
  log(): string;
  /** What the last start printed for people. */
  out(): string;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Again, on the same ports and data. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  dispose(): Promise<void>;
}

/** @param settings environment variables; @param flags further arguments, such as `--demo` */
export async function startServer(
  settings: Record<string, string> = {},
  flags: string[] = [],
): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'visavis-e2e-'));
  const [httpPort, httpsPort] = await freePorts(2);
  let child: ChildProcess | undefined;
  let log = '';
  let out = '';
  const server: Server = {
    http: `http://localhost:${httpPort}`,
    https: `https://localhost:${httpsPort}`,
    httpsPort: httpsPort ?? 0,
    data,
    pid: 0,
    log: () => log,
    out: () => out,
    async start() {
      const started = spawn(
        BINARY,
        [
          'serve',
          '--data',
          data,
          '--http',
          `127.0.0.1:${httpPort}`,
          '--https',
          `[::]:${httpsPort}`,
          ...flags,
        ],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { PATH: process.env['PATH'], VISAVIS_METRICS__ADDRESS: 'off', ...settings },
        },
      );
      child = started;
      server.pid = started.pid ?? 0;
      started.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      out = '';
      await new Promise<void>((resolve, reject) => {
        started.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          if (out.includes('Visavis is ready.')) resolve();
        });
        started.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
        started.once('error', reject);
      });
    },
    kill: () => end('SIGKILL').then(() => undefined),
    stop: () => end('SIGTERM'),
    async dispose() {
      await end('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return null;
    const exited = once(running, 'exit');
    running.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
  await server.start();
  return server;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
