// What statistics say about the quality that reaches us: of a whole connection, or of one receiver. The judgement
// is pure.

export type Quality = 'good' | 'fair' | 'poor' | 'lost';
/** What there should be: of somebody who is silent and not shown nothing needs to come. */
export type Expected = 'nothing' | 'packets' | 'video';

/** Sums since the beginning, as browsers count them. */
export interface Reading {
  at: number;
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  freezes: number;
  /** Seconds; null before the first report. */
  roundTrip: number | null;
}

export interface Readable {
  getStats(): Promise<RTCStatsReport>;
}

/** Judges the time between two readings. */
export function judge(before: Reading, now: Reading, connected: boolean, expected: Expected): Quality {
  const received = now.packetsReceived - before.packetsReceived;
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const seconds = (now.at - before.at) / 1000;
  const expectsVideo = expected === 'video';
  if (!connected) return 'lost';
  if (expected !== 'nothing' && received === 0 && seconds >= 1) return 'poor';
  const loss = lost / Math.max(1, received + lost);
  const frames = (now.framesDecoded - before.framesDecoded) / Math.max(seconds, 0.001);
  const roundTrip = now.roundTrip ?? 0;
  if (loss > 0.1 || roundTrip > 0.8 || (expectsVideo && frames < 3)) return 'poor';
  if (loss > 0.03 || roundTrip > 0.4 || now.freezes > before.freezes || (expectsVideo && frames < 8))
    return 'fair';
  return 'good';
}

/**
 * Reads what has come over a connection, or to one receiver.
 *
 * @param still ids of tracks whose pictures may stand still: a shared screen that does not change is no fault
 */
export async function read(
  from: Readable,
  now: number,
  still: ReadonlySet<unknown> = new Set(),
): Promise<Reading> {
  const reading: Reading = {
    at: now,
    packetsReceived: 0,
    packetsLost: 0,
    framesDecoded: 0,
    freezes: 0,
    roundTrip: null,
  };
  const report = await from.getStats();
  report.forEach((entry: Record<string, unknown>) => {
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    if (entry['type'] === 'inbound-rtp') {
      reading.packetsReceived += number('packetsReceived');
      reading.packetsLost += number('packetsLost');
      if (still.has(entry['trackIdentifier'])) return;
      reading.framesDecoded += number('framesDecoded');
      reading.freezes += number('freezeCount');
    } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
      if (typeof entry['currentRoundTripTime'] === 'number')
        reading.roundTrip = entry['currentRoundTripTime'];
    }
  });
  return reading;
}

/** Sums of two receivers; the path is the same. */
export function add(a: Reading, b: Reading): Reading {
  return {
    at: Math.max(a.at, b.at),
    packetsReceived: a.packetsReceived + b.packetsReceived,
    packetsLost: a.packetsLost + b.packetsLost,
    framesDecoded: a.framesDecoded + b.framesDecoded,
    freezes: a.freezes + b.freezes,
    roundTrip: a.roundTrip ?? b.roundTrip,
  };
}

/** Says once when something has been poor without a break for so long. Pure: time is an argument. */
export class PoorFor {
  #since: number | null = null;
  #notBefore = 0;

  constructor(private readonly ms: number) {}

  push(quality: Quality, now: number): boolean {
    if (quality !== 'poor' || now < this.#notBefore) {
      this.#since = null;
      return false;
    }
    this.#since ??= now;
    if (now - this.#since < this.ms) return false;
    this.#since = null;
    return true;
  }

  /** What was before this moment does not count. */
  rest(until: number): void {
    this.#notBefore = until;
  }
}
