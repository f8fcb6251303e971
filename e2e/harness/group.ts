// Rooms of more than two: which way media goes, whose voice arrives, and for how long a tile ever stood still. Tiles
// are watched as people see them, by the frames that the page presents.

import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';
import type { LaunchOptions } from './browsers';
import { eventually, pause } from './measure';

declare global {
  interface Window {
    /** When each tile showed a frame, ms of the page's clock, by the name on the tile. */
    shownAt: Record<string, number[]>;
  }
}

/** As much as two cores carry for six people. */
export const SMALL_CAMERA = { width: 320, height: 180 };
const SMALL_PAGE = { width: 640, height: 480 };

export interface Comer {
  camera?: { width: number; height: number };
  /** Runs in the page before anything of the product. */
  before?: string;
  viewport?: { width: number; height: number };
}

/** Somebody whose camera has this size, and whose tiles are watched. */
export function comer(browser: Browser, name: string, options: Comer = {}): Promise<Person> {
  const { width, height } = options.camera ?? SMALL_CAMERA;
  const resize = `(() => {
    const devices = navigator.mediaDevices;
    if (!devices) return;
    const capture = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wish) => capture(typeof wish.video !== 'object' ? wish
      : { ...wish, video: { ...wish.video, width: ${width}, height: ${height} } });
  })()`;
  const before = [resize, `(${watchTiles.toString()})()`, options.before ?? ''].join(';\n');
  return Person.create(browser, name, { before, viewport: options.viewport ?? SMALL_PAGE });
}

/** Options for launching: what else a machine has to do must not slow pages that nobody looks at. */
export const GROUP_LAUNCH: LaunchOptions = {
  flags: [
    '--disable-renderer-backgrounding',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
  ],
};

/** Runs in the page: notes each frame that a tile presents. */
export function watchTiles(): void {
  const shownAt: Record<string, number[]> = {};
  window.shownAt = shownAt;
  const known = new WeakSet<HTMLVideoElement>();
  const follow = (video: HTMLVideoElement): void => {
    video.requestVideoFrameCallback((now) => {
      const tile = video.closest('[data-tile]')?.getAttribute('aria-label');
      // One that lies behind another is not seen.
      if (tile && getComputedStyle(video).zIndex !== '-1') (shownAt[tile] ??= []).push(now);
      if (video.isConnected) follow(video);
    });
  };
  new MutationObserver(() => {
    for (const video of document.querySelectorAll<HTMLVideoElement>('[data-tile] video')) {
      if (known.has(video)) continue;
      known.add(video);
      follow(video);
    }
  }).observe(document, { childList: true, subtree: true });
}

/** A moment on the page's own clock. */
export function moment(person: Person): Promise<number> {
  return person.page.evaluate(() => performance.now());
}

/** A tile that stood still: at whom, whose, and for how long, ms. */
export interface Stop {
  at: string;
  of: string;
  /** As it was seen. */
  seen: number;
  /** Without the time in which the own tile of either of the two stood still too: then it was the machine. */
  charged: number;
}

/** For a camera of 15 frames a second this is one that was late. */
const LATE = 120;

/** The worst stop of each tile since the moments given. Until now counts too. */
export async function stops(since: Map<Person, number>): Promise<Stop[]> {
  const people = [...since.keys()];
  const records = await Promise.all(
    people.map(async (person) => {
      const page = await person.page.evaluate(() => ({
        origin: performance.timeOrigin,
        now: performance.now(),
        shownAt: window.shownAt,
      }));
      const from = page.origin + (since.get(person) ?? 0);
      const timesOf = (tile: string): number[] =>
        (page.shownAt[tile] ?? []).map((at) => page.origin + at).filter((at) => at > from);
      const end = page.origin + page.now;
      const late = pausesIn(timesOf(`${person.name} (you)`), from, end).filter(([a, b]) => b - a > LATE);
      return { name: person.name, from, end, timesOf, late };
    }),
  );
  return records.flatMap(({ name: at, from, end, timesOf, late }) =>
    records.flatMap(({ name: of, late: theirs }) => {
      if (of === at) return [];
      const excuses = [...late, ...theirs];
      const found = pausesIn(timesOf(of), from, end).map((pause) => ({
        seen: Math.round(pause[1] - pause[0]),
        charged: Math.round(without(pause, excuses)),
      }));
      const worst = found.reduce((a, b) => (b.charged > a.charged ? b : a), { seen: 0, charged: 0 });
      return [{ at, of, ...worst }];
    }),
  );
}

type Span = [number, number];

function pausesIn(times: number[], from: number, end: number): Span[] {
  return [...times, end].map((at, index) => [index === 0 ? from : (times[index - 1] ?? from), at]);
}

/** How much of a span no excuse covers. */
function without([from, end]: Span, excuses: Span[]): number {
  let charged = 0;
  let covered = from;
  for (const [a, b] of [...excuses].sort((one, other) => one[0] - other[0])) {
    if (b <= covered || a >= end) continue;
    charged += Math.max(0, a - covered);
    covered = Math.max(covered, b);
  }
  return charged + Math.max(0, end - covered);
}

/** The fewest frames that a tile showed in any whole second since a moment, by name. */
export function framesPerSecond(
  person: Person,
  names: string[],
  since: number,
): Promise<Record<string, number>> {
  return person.page.evaluate(
    (names, since) => {
      const seconds = Math.floor((performance.now() - since) / 1000);
      const fewest = names.map((name): [string, number] => {
        const counts = new Array<number>(seconds).fill(0);
        for (const at of window.shownAt[name] ?? []) {
          const second = Math.floor((at - since) / 1000);
          if (second >= 0 && second < seconds) counts[second] = (counts[second] ?? 0) + 1;
        }
        return [name, Math.min(...counts)];
      });
      return Object.fromEntries(fewest);
    },
    names,
    since,
  );
}

/** Waits until a tile shows pictures. Returns how long that took, ms. */
export function showsPictures(person: Person, name: string, timeout = 10_000): Promise<number> {
  const label = JSON.stringify(name);
  return person.until(
    `pictures of ${name}`,
    `(window.shownAt[${label}] ?? []).some((at) => at > performance.now() - 500)`,
    timeout,
  );
}

/** From the address to the call. Returns how long it took from "Join now" to the first picture of anybody, ms. */
export async function joinTimed(person: Person, url: string): Promise<number> {
  await person.open(url);
  await person.enterName();
  await person.until('the preview', () => document.querySelector('video') !== null, 5_000);
  await person.find('button', 'Join now');
  const clicked = await person.page.evaluate(() => {
    const join = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Join now');
    const now = performance.now();
    join?.click();
    return now;
  });
  const first = await person.page.waitForFunction(
    (own) => {
      const times = Object.entries(window.shownAt).flatMap(([name, at]) =>
        name === own ? [] : at.slice(0, 1),
      );
      return times.length > 0 ? Math.min(...times) : null;
    },
    { timeout: 10_000, polling: 50 },
    `${person.name} (you)`,
  );
  return Number(await first.jsonValue()) - clicked;
}

/** Open peers, by the way that they go: those with the server have slots. */
export function ways(person: Person): Promise<{ direct: number; server: number }> {
  return person.page.evaluate(() => {
    const open = window.probe.peers.filter(({ connectionState }) => connectionState !== 'closed');
    const server = open.filter(window.probe.isServers).length;
    return { direct: open.length - server, server };
  });
}

/** Waits until media goes one way alone. Returns how long that took, ms. */
export async function goesBy(person: Person, way: 'direct' | 'server', timeout = 20_000): Promise<number> {
  const started = performance.now();
  const other = way === 'server' ? 'direct' : 'server';
  await eventually(
    () => ways(person),
    (now) => now[way] > 0 && now[other] === 0,
    timeout,
    `${person.name}'s media going ${way} alone`,
  );
  return performance.now() - started;
}

interface Slot {
  mid: string;
  kind: string;
  energy: number;
  packets: number;
  frames: number;
  width: number;
}

/** What each receiving section of the connection with the server has received. */
export function slots(person: Person): Promise<Slot[]> {
  return person.page.evaluate(async () => {
    const found: Slot[] = [];
    for (const peer of window.probe.peers) {
      if (peer.connectionState === 'closed' || !window.probe.isServers(peer)) continue;
      const given = new Promise<null>((resolve) => setTimeout(() => resolve(null), 500));
      const report = await Promise.race([peer.getStats(), given]);
      report?.forEach((entry: Record<string, unknown>) => {
        if (entry['type'] !== 'inbound-rtp') return;
        found.push({
          mid: String(entry['mid']),
          kind: String(entry['kind']),
          energy: Number(entry['totalAudioEnergy'] ?? 0),
          packets: Number(entry['packetsReceived'] ?? 0),
          frames: Number(entry['framesDecoded'] ?? 0),
          width: Number(entry['frameWidth'] ?? 0),
        });
      });
    }
    return found;
  });
}

/** Whom the slots carry, by the latest word of the server: mids to names. */
export async function assigned(person: Person): Promise<Map<string, { name: string; source: string }>> {
  const pairs = await person.page.evaluate(() => {
    const frames = window.probe.sockets.filter((frame) => frame.includes('"slots_assigned"'));
    const last = JSON.parse(frames.at(-1) ?? 'null') as {
      event: { slots: { mid: string; participant: string; source: string }[] };
    } | null;
    return (last?.event.slots ?? []).map(({ mid, participant, source }) => {
      const tile = document.querySelector(`[data-participant="${participant}"]`);
      return { mid, name: tile?.getAttribute('aria-label') ?? participant, source };
    });
  });
  return new Map(pairs.map(({ mid, name, source }) => [mid, { name, source }]));
}

/** Waits until each of these has been heard, over the server. Not necessarily at the same time. */
export async function hears(person: Person, names: string[], timeout = 10_000): Promise<void> {
  const heard = new Set<string>();
  let before = new Map<string, number>();
  await eventually(
    async () => {
      const [now, whom] = [await slots(person), await assigned(person)];
      for (const { mid, kind, energy } of now) {
        const name = whom.get(mid)?.name;
        if (kind === 'audio' && name && energy > (before.get(mid) ?? energy)) heard.add(name);
      }
      before = new Map(now.map(({ mid, energy }) => [mid, energy]));
      return names.filter((name) => !heard.has(name));
    },
    (missing) => missing.length === 0,
    timeout,
    `${person.name} hearing everybody; missing`,
  );
}

/** The others' names, as tiles carry them. */
export function others(people: Person[], person: Person): string[] {
  return people.filter((one) => one !== person).map(({ name }) => name);
}

/** Waits until each slot for sound carries a voice: of six people the three who are loudest. */
export async function hearsVoices(person: Person, count = 3, timeout = 10_000): Promise<void> {
  const first = await slots(person);
  await eventually(
    async () => {
      const now = await slots(person);
      return now.filter(({ mid, kind, energy }) => {
        const before = first.find((slot) => slot.mid === mid)?.energy ?? 0;
        return kind === 'audio' && energy > before;
      }).length;
    },
    (voices) => voices >= count,
    timeout,
    `${person.name} hearing ${count} voices`,
  );
}

/** What a person's camera sends to the server, by layer. */
export function sentLayers(person: Person): Promise<Record<string, { packets: number; width: number }>> {
  return person.page.evaluate(async () => {
    const found: Record<string, { packets: number; width: number }> = {};
    for (const peer of window.probe.peers) {
      if (peer.connectionState === 'closed' || !window.probe.isServers(peer)) continue;
      (await peer.getStats()).forEach((entry: Record<string, unknown>) => {
        if (entry['type'] !== 'outbound-rtp' || entry['kind'] !== 'video') return;
        found[String(entry['rid'] ?? '')] = {
          packets: Number(entry['packetsSent'] ?? 0),
          width: Number(entry['frameWidth'] ?? 0),
        };
      });
    }
    return found;
  });
}

/** The layers that are being sent: of which packets leave within a while. */
export async function layersBeingSent(person: Person, ms = 700): Promise<string[]> {
  const before = await sentLayers(person);
  await pause(ms);
  const now = await sentLayers(person);
  return Object.keys(now)
    .filter((rid) => (now[rid]?.packets ?? 0) > (before[rid]?.packets ?? 0))
    .sort();
}

/** Waits until somebody's pictures arrive this wide. Returns how long that took, ms. */
export async function arrivesWide(
  person: Person,
  name: string,
  width: number,
  timeout = 10_000,
): Promise<number> {
  const started = performance.now();
  await eventually(
    async () => {
      const whom = await assigned(person);
      const mid = [...whom].find(([, one]) => one.name === name && one.source === 'camera')?.[0];
      return (await slots(person)).find((slot) => slot.mid === mid)?.width ?? 0;
    },
    (now) => now === width,
    timeout,
    `${person.name} receiving ${name} ${width} wide`,
  );
  return performance.now() - started;
}

/** How media gets to the server and back: the transport, and for a relay the one to it. */
export function transports(person: Person): Promise<string[]> {
  return person.page.evaluate(async () => {
    const found: string[] = [];
    for (const peer of window.probe.peers) {
      if (peer.connectionState === 'closed' || !window.probe.isServers(peer)) continue;
      const report = await peer.getStats();
      const entries = new Map<string, Record<string, unknown>>();
      report.forEach((entry: Record<string, unknown>) => entries.set(String(entry['id']), entry));
      for (const entry of entries.values()) {
        if (entry['type'] !== 'transport') continue;
        const pair = entries.get(String(entry['selectedCandidatePairId'])) ?? {};
        const local = entries.get(String(pair['localCandidateId'])) ?? {};
        const relay =
          local['candidateType'] === 'relay' ? `relay over ${String(local['relayProtocol'])}, ` : '';
        found.push(`${relay}${String(local['protocol'])}`);
      }
    }
    return found;
  });
}

/** The port of the media server that media goes to and comes from; none while there is no connection. */
export function serverPort(person: Person): Promise<number | null> {
  return person.page.evaluate(async () => {
    for (const peer of window.probe.peers) {
      if (peer.connectionState !== 'connected' || !window.probe.isServers(peer)) continue;
      const given = new Promise<null>((resolve) => setTimeout(() => resolve(null), 500));
      const report = await Promise.race([peer.getStats(), given]);
      const entries = new Map<string, Record<string, unknown>>();
      report?.forEach((entry: Record<string, unknown>) => entries.set(String(entry['id']), entry));
      for (const entry of entries.values()) {
        if (entry['type'] !== 'transport') continue;
        const pair = entries.get(String(entry['selectedCandidatePairId'])) ?? {};
        const port = entries.get(String(pair['remoteCandidateId']))?.['port'];
        if (typeof port === 'number') return port;
      }
    }
    return null;
  });
}

/** The names on all tiles. */
export function tiles(person: Person): Promise<string[]> {
  return person.page.evaluate(() =>
    [...document.querySelectorAll('[data-tile]')].map((tile) => tile.getAttribute('aria-label') ?? ''),
  );
}

/** Of whom packets arrive, in a while: names on tiles, or ids of those who have none. */
export async function receiving(person: Person, kind: 'audio' | 'video', ms = 700): Promise<string[]> {
  const before = new Map((await slots(person)).map(({ mid, packets }) => [mid, packets]));
  await pause(ms);
  const whom = await assigned(person);
  return (await slots(person))
    .filter((slot) => slot.kind === kind && slot.packets > (before.get(slot.mid) ?? 0))
    .map(({ mid }) => whom.get(mid)?.name ?? `nobody in ${mid}`);
}
