// The package for pages of others, as they get it: on a page of another origin somebody is in a room with people of the
// ordinary web client. What it is made of, what it lets one do, who is refused.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import type { Site } from '../harness/demo';
import { startDemo } from '../harness/desk';
import { examine } from '../harness/examine';
import { expectFaults } from '../harness/faults';
import { comer, goesBy, GROUP_LAUNCH } from '../harness/group';
import { eventually, hearsAndSees } from '../harness/measure';
import { answers } from '../harness/rooms';
import { install, invitingKey, makeToken, serve } from '../harness/sdk';
import type { Project } from '../harness/sdk';
import { freePorts } from '../harness/server';
import type { Server } from '../harness/server';

const ROOM = 'Consulting';

let server: Server;
let chromium: Browser;
let project: Project;
let site: Site;
let key: Awaited<ReturnType<typeof invitingKey>>;
/** What the site's back end asks for besides the name. */
let wish: object = {};
/** What it gives to the page instead of asking, if anything. */
let given: string | null = null;
/** How many it has given. */
let tokens = 0;

beforeAll(async () => {
  [server, project, chromium] = await Promise.all([startDemo(), install(), launch('chromium', GROUP_LAUNCH)]);
  key = await invitingKey(server);
  site = await serve(project.site, async (query, origin) => {
    tokens += 1;
    const name = query.get('name') ?? 'Nobody';
    const body = { name, identity: name, origins: [origin], ...wish };
    return { server: server.http, token: given ?? (await makeToken(server, key.secret, ROOM, body)) };
  });
}, 120_000);

afterAll(async () => {
  await chromium?.close();
  await site?.close();
  await project?.dispose();
  await server?.dispose();
});

const status = (person: Person): Promise<string> =>
  person.page.evaluate(() => document.querySelector('#status')?.textContent ?? '');

async function says(person: Person, text: string, timeout = 10_000): Promise<void> {
  await eventually(
    () => status(person),
    (now) => now === text,
    timeout,
    `${person.name}'s page says ${text}`,
  );
}

async function visitor(name: string): Promise<Person> {
  const person = await comer(chromium, name);
  await person.open(`${site.origin}/?name=${name}`);
  return person;
}

const tiles = (person: Person): Promise<string[]> =>
  person.page.evaluate(() => [...document.querySelectorAll('figure')].map((one) => one.textContent ?? ''));

/** Every video on the page moves. */
async function showsAll(person: Person, names: string[]): Promise<void> {
  await eventually(
    () => tiles(person),
    (now) => now.join() === names.join(),
    10_000,
    `tiles of ${person.name}`,
  );
  const moments = () =>
    person.page.evaluate(() => [...document.querySelectorAll('video')].map((one) => one.currentTime));
  const before = await moments();
  const moved = (now: number[]) => now.length === names.length && now.every((at, n) => at > (before[n] ?? 0));
  await eventually(moments, moved, 10_000, `moving pictures at ${person.name}`);
}

async function writes(person: Person, text: string): Promise<void> {
  const box = await person.find('textbox', 'Message');
  await box.type(text);
  await person.press('Send');
}

const reads = (person: Person, text: string): Promise<number> =>
  person.until(text, `document.body.innerText.includes(${JSON.stringify(text)})`, 5_000);

describe('the package', () => {
  it('is one module with its types, and needs nothing else', async () => {
    const files = await readdir(project.installed, { recursive: true });
    expect(files.filter((file) => !file.endsWith('example') && file !== 'dist').sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/visavis-client.d.ts',
      'dist/visavis-client.js',
      'example/back-end.mjs',
      'example/example.js',
      'example/index.html',
      'package.json',
    ]);
    const about = JSON.parse(await readFile(join(project.installed, 'package.json'), 'utf8')) as object;
    expect(about).not.toHaveProperty('dependencies');
    expect(about).toMatchObject({ name: '@visavis/client', license: 'Apache-2.0', sideEffects: false });
    const code = await readFile(join(project.installed, 'dist/visavis-client.js'), 'utf8');
    expect(code).not.toMatch(/^import /m);
    expect(code).not.toMatch(/svelte/i);
  });

  it('gives away what it is known to', async () => {
    const types = await readFile(join(project.installed, 'dist/visavis-client.d.ts'), 'utf8');
    const named = [...types.matchAll(/^export (?:declare )?(?:class|function|interface|type) (\w+)/gm)];
    const listed = [...types.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim().split(' ').at(-1) ?? ''),
    );
    expect([...named.map(([, name = '']) => name), ...listed].filter(Boolean).sort()).toEqual([
      'ConnectOptions',
      'Device',
      'DeviceList',
      'DeviceProblem',
      'EndReason',
      'ErrorCode',
      'LeaveReason',
      'Message',
      'Participant',
      'ParticipantChange',
      'PictureSource',
      'Room',
      'RoomEvents',
      'RoomState',
      'TokenSource',
      'VisavisError',
      'connect',
      'listDevices',
    ]);
    const members = (name: string): string[] => {
      const body = types.split(new RegExp(`interface ${name} \\{`))[1]?.split(/^\}/m)[0] ?? '';
      return [...body.matchAll(/^\t(?:readonly )?(\w+)\??[<(:]/gm)].map(([, member = '']) => member);
    };
    expect(members('RoomEvents').join(' ')).toBe(
      'state joined left changed message host muted audioBlocked deviceProblem ended',
    );
    expect(members('Room').join(' ')).toBe(
      'name state self participants host messages on setMicrophone setCamera shareScreen useMicrophone useCamera ' +
        'useSpeaker startAudio sendMessage raiseHand remove mute end leave',
    );
    expect(members('Participant').join(' ')).toBe(
      'id self name microphone camera screen speaking connection quality hand track attach setVolume',
    );
    expect(members('ConnectOptions').join(' ')).toBe('token room media timeout signal relayOnly');
  });

  it('has an example of thirty lines', async () => {
    const example = await readFile(join(project.installed, 'example/example.js'), 'utf8');
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });
});

describe('somebody on a page of another origin', () => {
  let ana: Person;
  let ben: Person;
  let cem: Person;

  beforeAll(async () => {
    ben = await comer(chromium, 'Ben', { viewport: { width: 1280, height: 720 } });
    await ben.join(`${server.http}/r/${ROOM}`);
    ana = await visitor('Ana');
  });

  afterAll(async () => {
    for (const person of [ana, ben, cem]) await person?.close();
  });

  it('sees and hears who is in the ordinary client, and is seen and heard', async () => {
    expect(new URL(site.origin).origin).not.toBe(new URL(server.http).origin);
    await says(ana, `In ${ROOM}`);
    await ben.seesTile('Ana');
    await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
    await goesBy(ana, 'direct');
    await showsAll(ana, ['Ana', 'Ben']);
  });

  it('writes and reads', async () => {
    await writes(ana, 'Good day');
    await reads(ana, 'Ana: Good day');
    await ben.press('Chat');
    await reads(ben, 'Good day');
    await writes(ben, 'Good day to you');
    await reads(ana, 'Ben: Good day to you');
    await examine(ana, 'sdk-example');
  });

  it('is who they were after a reload, and has read what was said', async () => {
    const id = () =>
      ben.page.$eval('[data-tile][aria-label=Ana]', (one) => one.getAttribute('data-participant'));
    const before = await id();
    await ana.page.reload();
    await says(ana, `In ${ROOM}`);
    await reads(ana, 'Ben: Good day to you');
    await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
    expect(await id()).toBe(before);
  });

  it('stays in the room while the server starts anew, by a token of its own asking', async () => {
    const id = () =>
      ben.page.$eval('[data-tile][aria-label=Ana]', (one) => one.getAttribute('data-participant'));
    const before = await id();
    const asked = tokens;
    await server.kill();
    await server.start();
    await eventually(
      () => Promise.resolve(tokens),
      (now) => now > asked,
      10_000,
      'another token asked for',
    );
    await writes(ana, 'Still here');
    await reads(ben, 'Still here');
    await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
    expect(await id()).toBe(before);
    await says(ana, `In ${ROOM}`);
  });

  it('goes over the media server with three', async () => {
    cem = await comer(chromium, 'Cem');
    await cem.join(`${server.http}/r/${ROOM}`);
    await goesBy(ana, 'server');
    await Promise.all([ana, ben, cem].map((person) => hearsAndSees(person, 15_000)));
    await showsAll(ana, ['Ana', 'Ben', 'Cem']);
    await ana.press('Leave');
    await says(ana, 'Out: left');
    await Promise.all([ben, cem].map((person) => person.losesTile('Ana', 5_000)));
    const lit = await ana.page.evaluate(() =>
      window.probe.captured.some((track) => track.readyState === 'live'),
    );
    expect(lit, 'a device is still open').toBe(false);
  });

  it('is out when the host removes them, and stays out with another token', async () => {
    const dan = await visitor('Dan');
    try {
      await says(dan, `In ${ROOM}`);
      await ben.seesTile('Dan');
      await ben.press('People');
      await ben.press('Options for Dan');
      await ben.press('Remove', 'menuitem');
      await answers(ben, 'Remove');
      await says(dan, 'Out: removed');
      await dan.page.reload();
      await says(dan, 'Not let in: removed');
    } finally {
      await dan.close();
    }
  });

  it('decides about the room where they are sent to', async () => {
    wish = { role: 'host' };
    const eve = await visitor('Eve');
    try {
      await says(eve, `In ${ROOM}`);
      await reads(ben, 'Eve is the host now');
    } finally {
      wish = {};
      await eve.close();
    }
  });
});

describe('a token', () => {
  async function refused(code: string): Promise<void> {
    const person = await visitor('Vera');
    try {
      await says(person, `Not let in: ${code}`);
    } finally {
      await person.close();
    }
  }

  it('that is altered, or too old, or for another site is refused, and the page knows why', async () => {
    const make = (more: object) =>
      makeToken(server, key.secret, ROOM, { name: 'Vera', origins: [site.origin], ...more });
    try {
      given = `${await make({})}A`;
      await refused('room_token_invalid');
      given = await make({ expires_in: 1 });
      await new Promise((done) => setTimeout(done, 2_100));
      await refused('room_token_expired');
      given = await make({ origins: ['https://www.example.org'] });
      await refused('origin_refused');
    } finally {
      given = null;
    }
  });

  it('does not make a socket of an ordinary page of that origin worth anything', async () => {
    expectFaults(/blocked by CORS policy/);
    const person = await Person.create(chromium, 'Mallory');
    try {
      await person.open(`${server.http}/`);
      await person.open(`${site.origin}/blank`);
      const told = await person.page.evaluate(async (http) => {
        const ask = (path: string, init: RequestInit) =>
          fetch(`${http}${path}`, init).then(
            (answer) => answer.status,
            () => 'unreadable',
          );
        const socket = (path: string) =>
          new Promise<string>((resolve) => {
            const one = new WebSocket(`${http.replace('http', 'ws')}${path}`);
            one.onopen = () => resolve('open');
            one.onerror = () => resolve('refused');
          });
        return {
          ticket: await ask('/api/v1/tickets', { method: 'POST', credentials: 'include' }),
          me: await ask('/api/v1/me', { credentials: 'include' }),
          plain: await socket('/ws'),
        };
      }, server.http);
      expect(told).toEqual({ ticket: 'unreadable', me: 'unreadable', plain: 'refused' });
    } finally {
      await person.close();
    }
  });

  it('is worth nothing once its key is revoked; the example back end says so', async () => {
    const [port] = await freePorts(1);
    const env = { ...process.env, VISAVIS_SERVER: server.http, VISAVIS_KEY: key.secret, PORT: String(port) };
    const backEnd = spawn(process.execPath, [join(project.installed, 'example/back-end.mjs'), project.site], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(backEnd.stdout, 'data');
      const own = await comer(chromium, 'Ida');
      try {
        await own.open(`http://localhost:${port}/?name=Ida`);
        await says(own, 'In Example');
        given = await makeToken(server, key.secret, ROOM, { name: 'Vera', origins: [site.origin] });
        await key.revoke();
        await refused('room_token_invalid');
        expect((await fetch(`http://localhost:${port}/token`)).status).toBe(502);
        await staysIn(own);
      } finally {
        await own.close();
      }
    } finally {
      given = null;
      backEnd.kill();
    }
  });
});

/** Who is inside stays. */
async function staysIn(person: Person): Promise<void> {
  await new Promise((done) => setTimeout(done, 1_000));
  expect(await status(person)).toBe('In Example');
}
