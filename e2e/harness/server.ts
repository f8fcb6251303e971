// The real binary, on free ports, with a data directory of its own. With VISAVIS_E2E_INSTANCES=2 an installation of that
// many: they share the data directory and a Redis, and the people of a test are spread over them (instances.ts). Ends
// what it started.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquaint, INSTANCES } from './instances';
import { Redis } from './redis';

export const BINARY =
  process.env['VISAVIS_BINARY'] ?? join(import.meta.dirname, '../../target/debug/visavis');

/** An address of this machine that is not loopback: Firefox connects to no other. */
export const machineAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';

/** One process. */
export interface Instance {
  httpPort: number;
  httpsPort: number;
  /** For who watches over it. */
  metricsPort: number;
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
}

/** An installation: what is said of its address is of the first instance, what is done to it is done to all. */
export interface Server {
  /** http://localhost:PORT */
  http: string;
  /** https://localhost:PORT */
  https: string;
  httpsPort: number;
  /** As `http`, of the last instance: where those come in who do not go through {@link Person.open}. */
  elsewhere: string;
  data: string;
  instances: Instance[];
  /** None with one instance. */
  redis: Redis | null;
  log(): string;
  out(): string;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The exit code of the first. */
  stop(): Promise<number | null>;
  dispose(): Promise<void>;
}

/** @param settings environment variables; @param flags further arguments, such as `--demo` */
export function startServer(settings: Record<string, string> = {}, flags: string[] = []): Promise<Server> {
  return startInstallation(INSTANCES, settings, flags);
}

/** As many of them as said, whatever the mode. */
export async function startInstallation(
  count: number,
  settings: Record<string, string> = {},
  flags: string[] = [],
): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'visavis-e2e-'));
  const redis = count > 1 ? await Redis.start() : null;
  const shared = redis ? { ...together(redis), ...settings } : settings;
  const instances: Instance[] = [];
  for (let index = 0; index < count; index += 1) {
    // The first one makes what is only made once.
    instances.push(await prepare(data, shared, index === 0 ? flags : []));
  }
  const [first, last] = [instances[0], instances.at(-1)];
  if (!first || !last) throw new Error('an installation of none');
  const server: Server = {
    http: `http://localhost:${first.httpPort}`,
    https: `https://localhost:${first.httpsPort}`,
    httpsPort: first.httpsPort,
    elsewhere: `http://localhost:${last.httpPort}`,
    data,
    instances,
    redis,
    log: () => instances.map((one) => one.log()).join(''),
    out: () => first.out(),
    async kill() {
      await Promise.all(instances.map((one) => one.kill()));
    },
    async start() {
      // One after another: who comes first makes the keys and the tables.
      for (const one of instances) await one.start();
    },
    async stop() {
      const [code] = await Promise.all(instances.map((one) => one.stop()));
      return code ?? null;
    },
    async dispose() {
      // Those that share a Redis would wait for the others to take their people.
      await (redis ? server.kill() : server.stop());
      await redis?.dispose();
      rmSync(data, { recursive: true, force: true });
    },
  };
  acquaint(instances);
  try {
    await server.start();
  } catch (error) {
    await server.dispose();
    throw error;
  }
  return server;
}

/** What makes several servers one. Whoever stops them waits for the end, so nobody is given much time to move. */
const together = (redis: Redis): Record<string, string> => ({
  VISAVIS_REDIS: redis.address,
  VISAVIS_DRAIN__AFTER_S: '0',
  VISAVIS_DRAIN__OVER_S: '1',
  VISAVIS_DRAIN__AT_MOST_S: '3',
  // What one of them relays may go to a relay of another, which has an address of this machine too.
  VISAVIS_TURN__ALLOW_PEERS: `127.0.0.0/8,::1/128,fc00::/7,${machineAddress}/32`,
});

/** An instance that is not running yet, with ports of its own. */
async function prepare(data: string, settings: Record<string, string>, flags: string[]): Promise<Instance> {
  const [httpPort = 0, httpsPort = 0, metricsPort = 0] = await freePorts(3);
  let child: ChildProcess | undefined;
  let log = '';
  let out = '';
  const instance: Instance = {
    httpPort,
    httpsPort,
    metricsPort,
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
          env: {
            PATH: process.env['PATH'],
            VISAVIS_METRICS__ADDRESS: `127.0.0.1:${metricsPort}`,
            // Everybody comes from one address.
            VISAVIS_LIMITS__ROOMS_PER_MINUTE: '10000',
            VISAVIS_LIMITS__RINGS_PER_MINUTE: '10000',
            VISAVIS_LIMITS__GUEST_RINGS_PER_MINUTE: '10000',
            ...settings,
          },
        },
      );
      child = started;
      instance.pid = started.pid ?? 0;
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
  return instance;
}

/** Below those that the system gives to sockets which ask for any: a browser's could take them while a server is down. */
const PORTS = { first: 10_240, last: 32_767 };

export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first + 1));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

/** Whether nobody listens there, neither by TCP nor by UDP. */
async function isFree(port: number): Promise<boolean> {
  const [tcp, udp] = [createServer(), createSocket('udp6')];
  const bound = await Promise.allSettled([
    once(tcp.listen(port, '::'), 'listening'),
    once(udp.bind(port, '::'), 'listening'),
  ]);
  if (tcp.listening) await once(tcp.close(), 'close');
  udp.close();
  return bound.every(({ status }) => status === 'fulfilled');
}
