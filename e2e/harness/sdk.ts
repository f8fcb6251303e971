// The package as others get it: packed, installed into a project of its own, checked by its compiler, bundled, and served
// as a website on another origin whose back end asks the server for tokens.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PASSWORD } from './desk';
import type { Site } from './demo';
import type { Server } from './server';

const run = promisify(execFile);
export const SDK = resolve(import.meta.dirname, '../../sdk');

/** What somebody writes who uses it: all of it has types, and none is `any`. */
const CONSUMER = `
import { connect, listDevices, VisavisError } from '@visavis/client';
import type { EndReason, ErrorCode, Message, Participant, Room } from '@visavis/client';

export async function enter(token: string, video: HTMLVideoElement): Promise<Room> {
  try {
    const room = await connect('https://visavis.example.org', { token: () => Promise.resolve(token), room: 'Tea' });
    room.on('joined', (person: Participant) => person.attach(video, 'camera'));
    room.on('message', ({ name, text }: Message) => { console.log(name.length, text.length); });
    room.on('ended', ({ reason, code }) => { const why: EndReason = reason; console.log(why, code?.length); });
    const { cameras } = await listDevices();
    if (cameras[0]) await room.useCamera(cameras[0].id);
    return room;
  } catch (error) {
    if (error instanceof VisavisError) { const code: ErrorCode = error.code; console.log(code); }
    throw error;
  }
}

// @ts-expect-error a token is needed
void connect('https://visavis.example.org', {});
// @ts-expect-error there is no such event
void enter('', document.createElement('video')).then((room) => room.on('nothing', () => undefined));
`;

export interface Project {
  folder: string;
  /** Of the package as it is installed. */
  installed: string;
  /** Its bundled example. */
  site: string;
  dispose(): Promise<void>;
}

export async function install(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-sdk-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: SDK });
  const tarball = stdout.trim().split('\n').at(-1) ?? '';
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', `./${tarball}`], {
    cwd: folder,
  });
  const installed = join(folder, 'node_modules/@visavis/client');
  await writeFile(join(folder, 'consumer.ts'), CONSUMER);
  const tsc = join(SDK, 'node_modules/typescript/bin/tsc');
  const flags =
    '--strict --noEmit --target ES2022 --module ESNext --moduleResolution bundler --lib ES2023,DOM';
  await run(process.execPath, [tsc, ...flags.split(' '), 'consumer.ts'], {
    cwd: folder,
  }).catch((error: unknown) => {
    throw new Error(`a consumer does not compile: ${String((error as { stdout?: string }).stdout)}`);
  });
  await mkdir(join(folder, 'page'));
  await cp(join(installed, 'example'), join(folder, 'page'), { recursive: true });
  const vite = join(SDK, 'node_modules/vite/bin/vite.js');
  await run(
    process.execPath,
    [vite, 'build', 'page', '--outDir', join(folder, 'site'), '--logLevel', 'warn'],
    {
      cwd: folder,
    },
  );
  return {
    folder,
    installed,
    site: join(folder, 'site'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** A website on an origin of its own. */
export async function serve(
  folder: string,
  token: (query: URLSearchParams, origin: string) => Promise<object>,
): Promise<Site> {
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/blank') return response.writeHead(200, { 'content-type': 'text/html' }).end();
      if (pathname === '/favicon.ico') return response.writeHead(204).end();
      if (pathname === '/token') {
        const body = JSON.stringify(await token(searchParams, origin));
        return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      }
      const file = join(folder, pathname === '/' ? 'index.html' : pathname);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      return response.writeHead(200, { 'content-type': type }).end(await readFile(file));
    })().catch(() => response.writeHead(404).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** A key that makes tokens. */
export async function invitingKey(
  server: Server,
): Promise<{ id: string; secret: string; revoke(): Promise<void> }> {
  const headers = { origin: server.http, 'content-type': 'application/json' };
  const signIn = await fetch(`${server.http}/api/v1/sign-in`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ email: 'admin@demo', password: PASSWORD }),
  });
  const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const keys = `${server.http}/api/v1/admin/api-keys`;
  const made = await fetch(keys, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ name: 'Site', scopes: ['rooms:invite'], expires_at: Date.now() + 3_600_000 }),
  });
  const { key, secret } = (await made.json()) as { key: { id: string }; secret: string };
  return {
    id: key.id,
    secret,
    async revoke() {
      const gone = await fetch(`${keys}/${key.id}`, { method: 'DELETE', headers: { ...headers, cookie } });
      if (gone.status !== 204) throw new Error(`not revoked: ${gone.status}`);
    },
  };
}

/** A token, as the documentation has it. */
export async function makeToken(server: Server, key: string, room: string, body: object): Promise<string> {
  const answer = await fetch(`${server.http}/api/v1/admin/rooms/${encodeURIComponent(room)}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}
