// Browsers that may use nothing but the embedded TURN: over UDP, over TCP, and over TLS, all on the one port.

import { execFileSync } from 'node:child_process';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { hearsAndSees, received } from '../harness/measure';
import { onlyTurn, trusting } from '../harness/relay';
import { machineAddress, startServer } from '../harness/server';
import type { Server } from '../harness/server';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.dispose());

async function relayed(browser: Browser, origin: string, kind: 'udp' | 'tcp' | 'tls'): Promise<void> {
  const url = `${origin}/r/relay-${kind}?relay`;
  const [ana, ben] = [
    await Person.create(browser, 'Ana', { before: onlyTurn(kind) }),
    await Person.create(browser, 'Ben', { before: onlyTurn(kind) }),
  ];
  try {
    await ana.join(url);
    await ben.join(url);
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    for (const person of [ana, ben]) {
      const { pair, relayProtocol } = await received(person);
      expect(pair).toBe('relay/relay');
      if (relayProtocol !== null) expect(relayProtocol).toBe(kind);
    }
  } finally {
    await Promise.all([ana.close(), ben.close()]);
  }
}

describe('calls over the relay alone', () => {
  it.each(['udp', 'tcp'] as const)('over %s', async (kind) => {
    const browser = await launch('chromium');
    try {
      await relayed(browser, server.http, kind);
    } finally {
      await browser.close();
    }
  });

  it('over TLS, with a browser that trusts the certificate', async () => {
    const browser = await launch('chromium', { flags: [await trusting(server)] });
    try {
      await relayed(browser, server.https, 'tls');
    } finally {
      await browser.close();
    }
  });

  it('with Firefox on one side', async () => {
    const [chromium, firefox] = await Promise.all([launch('chromium'), launch('firefox')]);
    const origin = `http://localhost:${new URL(server.http).port}`;
    const [ana, ben] = [await Person.create(chromium, 'Ana'), await Person.create(firefox, 'Ben')];
    try {
      await ana.join(`${origin}/r/relay-mixed?relay`);
      await ben.join(`${origin}/r/relay-mixed`);
      await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
      expect((await received(ana)).pair).toMatch(/^relay\//);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
      await Promise.all([chromium.close(), firefox.close()]);
    }
  });
});

describe('an independent client', () => {
  const relay = (flags: string[], username: string, password: string, peerPort: number): string => {
    const args = [...flags, '-c', '-y', '-u', username, '-w', password, '-p', String(server.httpsPort)];
    try {
      return execFileSync(
        'turnutils_uclient',
        [
          ...args,
          '-e',
          machineAddress,
          '-r',
          String(peerPort),
          '-n',
          '20',
          '-m',
          '1',
          '-l',
          '170',
          '127.0.0.1',
        ],
        { timeout: 60_000, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      );
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return `failed ${stdout}${stderr}`;
    }
  };

  it.each([
    ['UDP', []],
    ['TCP', ['-t']],
    ['TLS', ['-t', '-S']],
  ])('relays over %s without loss', async (_, flags) => {
    const { username, password } = await credentials();
    expect(relay(flags, username, password, 3480)).toContain('Total lost packets 0 (0.000000%)');
  });

  it('is refused with credentials that are foreign or out of date', async () => {
    const { username, password } = await credentials();
    expect(relay([], username, `${password}x`, 3480)).toContain('Cannot complete Allocation');
    const [, user] = username.split(':');
    expect(relay([], `1700000000:${user}`, password, 3480)).toContain('Cannot complete Allocation');
  });
});

/** Of a session of one's own, as any page gets them. */
async function credentials(): Promise<{ username: string; password: string }> {
  const response = await fetch(`${server.http}/api/v1/tickets`, { method: 'POST' });
  const { ticket } = (await response.json()) as { ticket: string };
  const browser = await launch('chromium');
  try {
    const page = await browser.newPage();
    await page.goto(server.http);
    return await page.evaluate(async (ticket) => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws');
      const frames: string[] = [];
      let arrived = () => {};
      socket.onmessage = (message) => {
        frames.push(String(message.data));
        arrived();
      };
      const next = async (): Promise<Record<string, unknown>> => {
        if (frames.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
        return JSON.parse(frames.shift() ?? '{}') as Record<string, unknown>;
      };
      await new Promise((resolve) => (socket.onopen = resolve));
      socket.send(JSON.stringify({ type: 'hello', protocol: 1, ticket }));
      await next();
      socket.send(JSON.stringify({ type: 'command', id: 1, command: { type: 'ice_servers' } }));
      const answer = (await next()) as unknown as {
        reply: { ice_servers: { username?: string; credential?: string }[] };
      };
      const turn = answer.reply.ice_servers.find((one) => one.username);
      return { username: turn?.username ?? '', password: turn?.credential ?? '' };
    }, ticket);
  } finally {
    await browser.close();
  }
}
