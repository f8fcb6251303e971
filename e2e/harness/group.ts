// Rooms of more than two: which way media goes, whose voice arrives, and for how long a tile ever stood still. Tiles
// are watched as people see them, by the frames that the page presents.

import type { Browser } from 'puppeteer-core';
import { Person } from './browsers';
import type { LaunchOptions } from './browsers';
import { eventually } from './measure';

declare global {
  interface Window {
    /** When each tile showed a frame, ms of the page's clock, by the name on the tile. */
    shownAt: Record<string, number[]>;
  }
}

/** As much as two cores carry for six people. */
export const SMALL_CAMERA = { width: 320, height: 180 };

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
  return Person.create(browser, name, { before, ...(options.viewport ? { viewport: options.viewport } : {}) });
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
function watchTiles(): void {
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

/** The longest time since a moment in which a tile showed no new frame, ms, by name. Until now counts too. */
export function stops(person: Person, names: string[], since: number): Promise<Record<string, number>> {
  return person.page.evaluate(
    (names, since) => {
      const now = performance.now();
      const longest = names.map((name): [string, number] => {
        const times = (window.shownAt[name] ?? []).filter((at) => at > since);
        let before = since;
        let most = 0;
        for (const at of [...times, now]) {
          most = Math.max(most, at - before);
          before = at;
        }
        return [name, Math.round(most)];
      });
      return Object.fromEntries(longest);
    },
    names,
    since,
  );
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

/** Open peers, by the way that they go: those with the server have slots. */
export function ways(person: Person): Promise<{ direct: number; server: number }> {
  return person.page.evaluate(() => {
    const open = window.probe.peers.filter(({ connectionState }) => connectionState !== 'closed');
    const server = open.filter((peer) => peer.getTransceivers().length > 2).length;
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
  frames: number;
  width: number;
}

/** What each receiving section of the connection with the server has received. */
export function slots(person: Person): Promise<Slot[]> {
  return person.page.evaluate(async () => {
    const found: Slot[] = [];
    for (const peer of window.probe.peers) {
      if (peer.connectionState === 'closed' || peer.getTransceivers().length <= 2) continue;
      const given = new Promise<null>((resolve) => setTimeout(() => resolve(null), 500));
      const report = await Promise.race([peer.getStats(), given]);
      report?.forEach((entry: Record<string, unknown>) => {
        if (entry['type'] !== 'inbound-rtp') return;
        found.push({
          mid: String(entry['mid']),
          kind: String(entry['kind']),
          energy: Number(entry['totalAudioEnergy'] ?? 0),
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
