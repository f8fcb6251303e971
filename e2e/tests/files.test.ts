// Files that people in a call send each other: whole, from browser to browser, and said what became of them.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { eventually, framesRise, hearsAndSees } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

const MIB = 1024 * 1024;

let server: Server;
let chromium: Browser;
let folder: string;
let plan: Sample;
let people: Person[] = [];
let room = 0;

interface Sample {
  path: string;
  name: string;
  sum: string;
}

function sample(name: string, bytes: number): Sample {
  const body = randomBytes(bytes);
  const path = join(folder, name);
  writeFileSync(path, body);
  return { path, name, sum: sumOf(body) };
}

const sumOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-files-'));
  plan = sample('plan für Zoë.bin', 5 * MIB);
  [server, chromium] = await Promise.all([startServer(), launch('chromium')]);
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => (room += 1));

afterEach(async () => {
  await Promise.all(people.map((person) => person.close()));
  people = [];
});

/**
 * In the page: how slowly a file is read, so that one sees it on its way; what was saved; which parts the bars of
 * progress have shown, and what was said aloud.
 */
function watch(): void {
  const watched = { delay: 0, saved: [] as Blob[], parts: [] as number[], said: [] as string[] };
  (window as unknown as { files: typeof watched }).files = watched;
  const read = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = async function (this: Blob) {
    if (watched.delay > 0) await new Promise((done) => setTimeout(done, watched.delay));
    return read.call(this);
  };
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    if (object instanceof Blob) watched.saved.push(object);
    return create(object);
  };
  new MutationObserver(() => {
    const bar = document.querySelector<HTMLProgressElement>('[data-file=receiving] progress');
    if (bar) watched.parts.push(bar.value);
    const polite = document.querySelector('[aria-live=polite]')?.textContent?.trim() ?? '';
    if (polite !== '' && watched.said.at(-1) !== polite) watched.said.push(polite);
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}

interface Watched {
  delay: number;
  saved: Blob[];
  parts: number[];
  said: string[];
}

const watchedBy = <T>(person: Person, of: keyof Watched): Promise<T> =>
  person.page.evaluate(
    (of) => (window as unknown as { files: Record<string, unknown> }).files[of],
    of,
  ) as Promise<T>;

async function comes(
  name: string,
  to: Server = server,
  browser: Browser = chromium,
  query = '',
): Promise<Person> {
  const person = await Person.create(browser, name, { before: `(${watch})()` });
  people.push(person);
  await person.join(`${to.http}/r/files-${room}${query}`);
  await person.press('Chat');
  return person;
}

/** A page reads files so slowly that they can be looked at on their way: ms for each MiB. */
const slow = (person: Person, delay: number): Promise<void> =>
  person.page.evaluate((delay) => {
    (window as unknown as { files: Watched }).files.delay = delay;
  }, delay);

async function sends(person: Person, ...samples: Sample[]): Promise<void> {
  await person.find('button', 'Send a file');
  const input = await person.page.waitForSelector('.conversation input[type=file]');
  const paths = samples.map(({ path }) => path);
  await (input as ElementHandle<HTMLInputElement> | null)?.uploadFile(...paths);
}

/** Waits until a file line is in this state. */
const shows = (person: Person, state: string, timeout = 10_000): Promise<number> =>
  person.until(`a file ${state}`, `document.querySelector('[data-file="${state}"]') !== null`, timeout);

const gets = (person: Person, state: string, timeout = 10_000): Promise<number> =>
  person.until(
    `somebody ${state}`,
    `document.querySelector('[data-recipient="${state}"]') !== null`,
    timeout,
  );

/** SHA-256 of what was handed to the browser for saving. */
const savedBy = (person: Person): Promise<string[]> =>
  person.page.evaluate(async () => {
    const { saved } = (window as unknown as { files: Watched }).files;
    const hex = (sum: ArrayBuffer): string =>
      [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return Promise.all(
      saved.map(async (file) => hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))),
    );
  });

/** The peers of a page that are for files: they have no media. */
const filePeers = (person: Person): Promise<{ open: number; pairs: string[] }> =>
  person.page.evaluate(async () => {
    const peers = window.probe.peers.filter((peer) => peer.getTransceivers().length === 0);
    const pairs: string[] = [];
    for (const peer of peers) {
      if (peer.connectionState !== 'connected') continue;
      const report = await peer.getStats();
      const all = new Map<string, Record<string, unknown>>();
      report.forEach((entry: Record<string, unknown>) => all.set(String(entry['id']), entry));
      for (const entry of all.values()) {
        if (entry['type'] !== 'candidate-pair' || entry['nominated'] !== true) continue;
        const side = (id: unknown): string => String(all.get(String(id))?.['candidateType']);
        pairs.push(`${side(entry['localCandidateId'])}/${side(entry['remoteCandidateId'])}`);
      }
    }
    return { open: peers.filter((peer) => peer.connectionState !== 'closed').length, pairs };
  });

const noneOpen = (person: Person): Promise<unknown> =>
  eventually(
    () => filePeers(person),
    ({ open }) => open === 0,
    8_000,
    `no peer left of ${person.name}`,
  );

const save = (person: Person, { name }: Sample): Promise<number> => person.press(`Save ${name}`);

describe('between two', () => {
  it('arrives as it is, is seen on its way, and the call goes on', { tags: ['apart'] }, async () => {
    const [ana, ben] = [await comes('Ana'), await comes('Ben')];
    const downloads = mkdtempSync(join(folder, 'downloads-'));
    const devtools = await ben.page.createCDPSession();
    await devtools.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      browserContextId: ben.context.id ?? '',
      downloadPath: downloads,
    });
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    await slow(ana, 700);
    await sends(ana, plan);
    await shows(ana, 'shared');
    const transfer = async (): Promise<void> => {
      await save(ben, plan);
      await gets(ana, 'sending');
      await shows(ben, 'saved', 30_000);
      await gets(ana, 'done');
    };
    await transfer();
    const [file] = await eventually(
      () => Promise.resolve(readdirSync(downloads).filter((name) => !name.endsWith('.crdownload'))),
      (names) => names.length === 1,
      5_000,
      'the download',
    );
    expect(file).toBe(plan.name);
    expect(sumOf(readFileSync(join(downloads, file ?? '')))).toBe(plan.sum);
    const parts = await watchedBy<number[]>(ben, 'parts');
    expect(
      parts.some((part) => part > 0 && part < 1),
      `parts seen: ${parts.join(' ')}`,
    ).toBe(true);
    expect([...parts].sort((a, b) => a - b)).toEqual(parts);
    // At the beginning and at the end, and nothing in between.
    const about = (said: string[]): string[] => said.filter((words) => words.includes(plan.name));
    expect(about(await watchedBy(ben, 'said'))).toEqual([
      `Receiving ${plan.name} from Ana`,
      `${plan.name} is saved`,
    ]);
    expect(about(await watchedBy(ana, 'said'))).toEqual([
      `Sending ${plan.name} to Ben`,
      `Ben has ${plan.name}`,
    ]);
    await Promise.all([noneOpen(ana), noneOpen(ben)]);
  });

  it('leaves the media of the call alone', async () => {
    const [ana, ben] = [await comes('Ana'), await comes('Ben')];
    await Promise.all([hearsAndSees(ana, 10_000), hearsAndSees(ben, 10_000)]);
    const media = (person: Person): Promise<string[]> =>
      person.page.evaluate(() =>
        window.probe.peers
          .filter((peer) => peer.getTransceivers().length > 0)
          .map(
            (peer) =>
              `${peer.connectionState} ${/^o=\S+ (\d+ \d+)/m.exec(peer.localDescription?.sdp ?? '')?.[1]}`,
          ),
      );
    const before = await media(ben);
    await slow(ana, 700);
    await sends(ana, plan);
    await save(ben, plan);
    await framesRise(ben, 1_000, shows(ben, 'saved', 30_000));
    expect(await media(ben)).toEqual(before);
    expect(await savedBy(ben)).toEqual([plan.sum]);
  });

  it('goes on while the server is away', async () => {
    const [ana, ben] = [await comes('Ana'), await comes('Ben')];
    await slow(ana, 1_000);
    await sends(ana, plan);
    await save(ben, plan);
    // Once the two have found each other they need nobody.
    await ben.until(
      'the first bytes',
      () => (document.querySelector<HTMLProgressElement>('[data-file=receiving] progress')?.value ?? 0) > 0,
      10_000,
    );
    await server.kill();
    try {
      await shows(ben, 'saved', 30_000);
    } finally {
      await server.start();
    }
    expect(await savedBy(ben)).toEqual([plan.sum]);
  });

  it('between Firefox and Chromium, both ways', async () => {
    const firefox = await launch('firefox');
    try {
      const origin = { ...server, http: `http://localhost:${new URL(server.http).port}` };
      const [ana, ben] = [
        await comes('Ana', origin, chromium, '?relay'),
        await comes('Ben', origin, firefox),
      ];
      await sends(ana, plan);
      await save(ben, plan);
      await shows(ben, 'saved', 40_000);
      expect(await savedBy(ben)).toEqual([plan.sum]);
      const back = sample('back.bin', MIB + 17);
      await sends(ben, back);
      await save(ana, back);
      await shows(ana, 'saved', 40_000);
      expect(await savedBy(ana)).toEqual([back.sum]);
    } finally {
      await Promise.all(people.splice(0).map((person) => person.close()));
      await firefox.close();
    }
  });
});

describe('large ones', () => {
  // How fast it is on this machine is printed, and stands in docs/performance.md.
  it.each([
    ['directly', '', 96],
    ['relayed', '?relay', 24],
  ])('arrive whole: %s', async (way, query, size) => {
    const large = sample(`large ${way}.bin`, size * MIB + 1);
    const [ana, ben] = [
      await comes('Ana', server, chromium, query),
      await comes('Ben', server, chromium, query),
    ];
    await sends(ana, large);
    await save(ben, large);
    await shows(ben, 'receiving', 20_000);
    const ms = await shows(ben, 'saved', 90_000);
    console.log(`${way}: ${((size * MIB) / 1_000 / ms).toFixed(1)} MB/s`);
    expect(await savedBy(ben)).toEqual([large.sum]);
  });
});

describe('over the media server', () => {
  it('two get it at the same time, and nobody learns where anybody is', { tags: ['apart'] }, async () => {
    const [ana, ben, cem] = [await comes('Ana'), await comes('Ben'), await comes('Cem')];
    await eventually(
      () => ana.page.evaluate(() => window.probe.peers.some((peer) => window.probe.isServers(peer))),
      Boolean,
      15_000,
      'the way over the media server',
    );
    await Promise.all([hearsAndSees(ana, 15_000), hearsAndSees(ben, 15_000), hearsAndSees(cem, 15_000)]);
    await slow(ana, 800);
    await sends(ana, plan);
    await Promise.all([save(ben, plan), save(cem, plan)]);
    await ana.until(
      'two that are sent to',
      () => document.querySelectorAll('[data-recipient=sending]').length === 2,
      15_000,
    );
    await Promise.all([shows(ben, 'receiving'), shows(cem, 'receiving')]);
    const { pairs } = await eventually(
      () => filePeers(ana),
      ({ pairs }) => pairs.length === 2,
      15_000,
      'two paths',
    );
    expect(pairs).toEqual(['relay/relay', 'relay/relay']);
    await Promise.all([shows(ben, 'saved', 40_000), shows(cem, 'saved', 40_000)]);
    expect([await savedBy(ben), await savedBy(cem)]).toEqual([[plan.sum], [plan.sum]]);
    for (const person of [ana, ben, cem]) {
      const candidates = await person.page.evaluate(() =>
        window.probe.sockets
          .filter((frame) => frame.includes('"file_signalled"'))
          .flatMap((frame) => frame.match(/candidate:[^"\\]* typ [a-z]+[^"\\]*/g) ?? []),
      );
      expect(candidates.length).toBeGreaterThan(0);
      expect(candidates.filter((candidate) => !candidate.includes('typ relay'))).toEqual([]);
    }
    await Promise.all([ana, ben, cem].map(noneOpen));
  });
});

describe('what does not come to its end', () => {
  let ana: Person;
  let ben: Person;

  beforeEach(async () => {
    [ana, ben] = [await comes('Ana'), await comes('Ben')];
    await slow(ana, 1_000);
    await sends(ana, plan);
  });

  it('is cancelled by its receiver, and may be had after all', async () => {
    await save(ben, plan);
    await shows(ben, 'receiving');
    await ben.press(`Cancel saving ${plan.name}`);
    await shows(ben, 'offered');
    await ana.until('nobody gets it', () => document.querySelector('[data-recipient]') === null, 5_000);
    await Promise.all([noneOpen(ana), noneOpen(ben)]);
    expect(await savedBy(ben)).toEqual([]);
    await slow(ana, 0);
    await save(ben, plan);
    await shows(ben, 'saved', 20_000);
    expect(await savedBy(ben)).toEqual([plan.sum]);
  });

  it('is stopped by its sender, for those who get it and those who come later', async () => {
    await save(ben, plan);
    await shows(ben, 'receiving');
    await ana.press(`Stop sharing ${plan.name}`);
    await shows(ana, 'stopped');
    await shows(ben, 'gone', 3_000);
    expect(await ben.page.evaluate(() => document.querySelector('[role=log]')?.textContent)).toContain(
      'No longer available',
    );
    const cem = await comes('Cem');
    await save(cem, plan);
    await shows(cem, 'gone', 5_000);
    expect([await savedBy(ben), await savedBy(cem)]).toEqual([[], []]);
    await Promise.all([noneOpen(ana), noneOpen(ben)]);
  });

  it('is lost when its sender leaves', { tags: ['apart'] }, async () => {
    await save(ben, plan);
    await shows(ben, 'receiving');
    await ana.leave();
    await shows(ben, 'gone', 3_000);
    expect(await savedBy(ben)).toEqual([]);
    await noneOpen(ben);
  });

  it('is lost when its sender loads the page anew', async () => {
    await save(ben, plan);
    await shows(ben, 'receiving');
    await ana.page.reload();
    await shows(ben, 'gone', 5_000);
    await ana.press('Chat');
    await shows(ana, 'stopped');
  });

  it('fails when its line is cut, and is tried again from the start', async () => {
    await save(ben, plan);
    await shows(ben, 'receiving');
    await ana.page.evaluate(() => window.probe.peers.at(-1)?.close());
    await shows(ben, 'failed', 25_000);
    expect(await savedBy(ben)).toEqual([]);
    await slow(ana, 0);
    await ben.press(`Try again to save ${plan.name}`);
    await shows(ben, 'saved', 20_000);
    expect(await savedBy(ben)).toEqual([plan.sum]);
  });
});

describe('what may be sent', () => {
  it('is as large as the operator says, and that is said before', async () => {
    const small = await startServer({ VISAVIS_ROOMS__FILE_BYTES: '1000000' });
    try {
      const ana = await comes('Ana', small);
      const control = await ana.find('button', 'Send a file');
      expect(await control.evaluate((element) => element.getAttribute('title'))).toContain('Up to 1 MB');
      await sends(ana, plan);
      const problem = (): Promise<string> =>
        ana.page.evaluate(
          () => document.querySelector('.conversation [role=alert]')?.textContent.trim() ?? '',
        );
      expect(await problem()).toBe(`“${plan.name}” is too large: at most 1 MB.`);
      await sends(ana, sample('nothing.txt', 0));
      expect(await problem()).toBe('There is nothing in “nothing.txt”.');
      expect(await ana.page.evaluate(() => document.querySelectorAll('[role=log] article').length)).toBe(0);
      await sends(ana, sample('little.txt', 999_999));
      await shows(ana, 'shared');
      expect(await problem()).toBe('');
    } finally {
      await Promise.all(people.splice(0).map((person) => person.close()));
      await small.dispose();
    }
  });

  it('is nothing where files are off', async () => {
    const none = await startServer({ VISAVIS_ROOMS__FILE_BYTES: '0' });
    try {
      const ana = await comes('Ana', none);
      await ana.find('button', 'Send');
      expect(
        await ana.page.evaluate(() => document.querySelector('.conversation input[type=file]')),
      ).toBeNull();
      expect(await ana.page.evaluate(() => document.body.innerHTML.includes('Send a file'))).toBe(false);
      await drops(ana);
      expect(await ana.page.evaluate(() => document.querySelectorAll('[role=log] article').length)).toBe(0);
    } finally {
      await Promise.all(people.splice(0).map((person) => person.close()));
      await none.dispose();
    }
  });

  it('is dropped and pasted, too', async () => {
    const ana = await comes('Ana');
    await drops(ana);
    await ana.until('one file', () => document.querySelectorAll('[data-file=shared]').length === 1, 5_000);
    await ana.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(['pasted'], 'pasted.txt'));
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('.conversation textarea')?.dispatchEvent(paste);
    });
    await ana.until('two files', () => document.querySelectorAll('[data-file=shared]').length === 2, 5_000);
  });
});

/** A file is dropped onto the chat. */
const drops = (person: Person): Promise<void> =>
  person.page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['dropped'], 'dropped.txt'));
    const panel = document.querySelector('.conversation');
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      panel?.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }
  });

describe('for everybody', () => {
  it('by keyboard alone: focus stays where one acts', async () => {
    const [ana, ben] = [await comes('Ana'), await comes('Ben')];
    await slow(ana, 1_500);
    await sends(ana, plan);
    const focused = (): Promise<string> =>
      ben.page.evaluate(() => {
        const { activeElement: at } = document;
        return (
          at?.getAttribute('aria-label') ?? (at as HTMLElement | null)?.dataset['file'] ?? at?.tagName ?? ''
        );
      });
    const tabsTo = async (name: string): Promise<void> => {
      for (let step = 0; step < 60 && (await focused()) !== name; step += 1)
        await ben.page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await shows(ben, 'offered');
    await tabsTo(`Save ${plan.name}`);
    await ben.page.keyboard.press('Enter');
    await shows(ben, 'receiving');
    expect(await focused()).toBe(`Cancel saving ${plan.name}`);
    await ben.page.keyboard.press('Enter');
    await shows(ben, 'offered');
    expect(await focused()).toBe(`Save ${plan.name}`);
    await slow(ana, 0);
    await ben.page.keyboard.press('Enter');
    await shows(ben, 'saved', 20_000);
    expect(await focused()).toBe('saved');
    // The button opens what browsers have for choosing.
    const [chooser] = await Promise.all([
      ben.page.waitForFileChooser({ timeout: 5_000 }),
      tabsTo('Send a file').then(() => ben.page.keyboard.press('Enter')),
    ]);
    await chooser.accept([plan.path]);
    await shows(ben, 'shared');
    await tabsTo(`Stop sharing ${plan.name}`);
    await ben.page.keyboard.press('Enter');
    await shows(ben, 'stopped');
    expect(await focused()).toBe('stopped');
  });

  it('every state is found without fault', { timeout: 240_000 }, async () => {
    const [ana, ben] = [await comes('Ana'), await comes('Ben')];
    const second = sample(`${'a very long name of a file that goes on and on '.repeat(2)}.tar.gz`, 2 * MIB);
    await slow(ana, 60_000);
    await sends(ana, plan, second);
    await ben.until('both', () => document.querySelectorAll('[data-file=offered]').length === 2, 5_000);
    await examine(ben, 'files-offered');
    await save(ben, plan);
    await shows(ben, 'receiving', 15_000);
    await examine(ben, 'files-receiving');
    await examine(ana, 'files-sending');
    await ana.press(`Stop sharing ${plan.name}`);
    await shows(ben, 'gone');
    await slow(ana, 0);
    await ben.press(`Save ${shortened(second.name)}`);
    await shows(ben, 'saved', 15_000);
    await examine(ben, 'files-gone-and-saved');
    await examine(ana, 'files-stopped-and-done');
    await slow(ana, 60_000);
    await sends(ana, sample('third.bin', MIB));
    await ben.press('Save third.bin');
    await shows(ben, 'receiving', 15_000);
    await ana.page.evaluate(() => window.probe.peers.at(-1)?.close());
    await shows(ben, 'failed', 25_000);
    await sends(ben, sample('empty.bin', 0));
    await examine(ben, 'files-failed-and-problem');
  });
});

/** As the server shortens names. */
function shortened(name: string): string {
  const all = [...name];
  return all.length <= 120 ? name : [...all.slice(0, 99), '…', ...all.slice(-20)].join('');
}
