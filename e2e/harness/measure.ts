// What really arrives: frames decoded, sound heard, the path taken.

import { expect } from 'vitest';
import type { Person } from './browsers';

export interface Received {
  at: number;
  frames: number;
  audioEnergy: number;
  audioSeconds: number;
  audioPackets: number;
  videoBytes: number;
  /** Types of the chosen candidates, as `local/remote`, and the relay's protocol. */
  pair: string | null;
  relayProtocol: string | null;
  peers: number;
}

/** Sums over the person's open peers. */
export function received(person: Person): Promise<Received> {
  return person.page.evaluate(async () => {
    const sum: Received = {
      at: performance.now(),
      frames: 0,
      audioEnergy: 0,
      audioSeconds: 0,
      audioPackets: 0,
      videoBytes: 0,
      pair: null,
      relayProtocol: null,
      peers: 0,
    };
    for (const peer of window.probe.peers) {
      if (peer.connectionState === 'closed') continue;
      sum.peers += 1;
      // Firefox never answers for a peer that is closed while it is asked.
      const given = new Promise<null>((resolve) => setTimeout(() => resolve(null), 500));
      const report = await Promise.race([peer.getStats(), given]);
      if (!report) continue;
      const entries = new Map<string, Record<string, unknown>>();
      report.forEach((entry: Record<string, unknown>) => entries.set(String(entry['id']), entry));
      for (const entry of entries.values()) {
        const number = (key: string) => (typeof entry[key] === 'number' ? (entry[key] as number) : 0);
        if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'video') {
          sum.frames += number('framesDecoded');
          sum.videoBytes += number('bytesReceived');
        }
        if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio') {
          sum.audioEnergy += number('totalAudioEnergy');
          sum.audioSeconds += number('totalSamplesDuration');
          sum.audioPackets += number('packetsReceived');
        }
        if (
          entry['type'] === 'candidate-pair' &&
          entry['nominated'] === true &&
          entry['state'] === 'succeeded'
        ) {
          const local = entries.get(String(entry['localCandidateId']));
          const remote = entries.get(String(entry['remoteCandidateId']));
          sum.pair = `${String(local?.['candidateType'])}/${String(remote?.['candidateType'])}`;
          sum.relayProtocol = local?.['relayProtocol'] ? String(local['relayProtocol']) : null;
        }
      }
    }
    return sum;
  });
}

/** Waits until both sound and pictures come in. Returns how long that took, in ms. */
export async function hearsAndSees(person: Person, timeout = 5_000): Promise<number> {
  const started = performance.now();
  const first = await received(person);
  let now = first;
  while (performance.now() - started < timeout) {
    now = await received(person);
    if (now.frames > first.frames + 2 && now.audioEnergy > first.audioEnergy)
      return performance.now() - started;
    await pause(50);
  }
  throw new Error(
    `${person.name} did not hear and see within ${timeout} ms: ${JSON.stringify({ first, now })}`,
  );
}

/** Pictures and sound come in every window, for as long as `during` runs. Returns the fewest frames of a window. */
export async function framesRise(
  person: Person,
  windowMs: number,
  during: Promise<unknown>,
): Promise<number> {
  let running = true;
  const finished = during.finally(() => (running = false));
  // It is waited for below, and may fail before.
  finished.catch(() => undefined);
  let before = await received(person);
  let fewest = Infinity;
  while (running) {
    await pause(windowMs);
    const now = await received(person);
    const frames = now.frames - before.frames;
    fewest = Math.min(fewest, frames);
    expect(
      frames,
      `frames that ${person.name} decoded in ${Math.round(now.at - before.at)} ms`,
    ).toBeGreaterThan(0);
    expect(
      now.audioPackets,
      `packets of sound that ${person.name} has after ${Math.round(now.at - before.at)} ms more`,
    ).toBeGreaterThan(before.audioPackets);
    before = now;
  }
  await finished;
  return fewest;
}

/** Loudness of what arrives, over a while: energy per second. */
export async function loudness(person: Person, ms = 1_500): Promise<number> {
  const before = await received(person);
  await pause(ms);
  const after = await received(person);
  return (after.audioEnergy - before.audioEnergy) / Math.max(0.001, after.audioSeconds - before.audioSeconds);
}

/** Waits for a measurement to fulfil a condition. */
export async function eventually<T>(
  measure: () => Promise<T>,
  holds: (value: T) => boolean,
  timeout: number,
  what: string,
): Promise<T> {
  const started = performance.now();
  let value = await measure();
  while (!holds(value)) {
    if (performance.now() - started > timeout) {
      throw new Error(`${what}: not within ${timeout} ms, at last ${JSON.stringify(value)}`);
    }
    await pause(50);
    value = await measure();
  }
  return value;
}

/** For measuring over time; conditions are waited for with {@link eventually}. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
