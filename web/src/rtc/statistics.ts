// What a peer's statistics say about the quality that reaches us. The judgement is pure.

export type Quality = 'good' | 'fair' | 'poor' | 'lost';

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

/** Judges the time between two readings. */
export function judge(before: Reading, now: Reading, connected: boolean, expectsVideo: boolean): Quality {
  const received = now.packetsReceived - before.packetsReceived;
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const seconds = (now.at - before.at) / 1000;
  if (!connected || (received === 0 && seconds >= 1)) return connected ? 'poor' : 'lost';
  const loss = lost / Math.max(1, received + lost);
  const frames = (now.framesDecoded - before.framesDecoded) / Math.max(seconds, 0.001);
  const roundTrip = now.roundTrip ?? 0;
  if (loss > 0.1 || roundTrip > 0.8 || (expectsVideo && frames < 3)) return 'poor';
  if (loss > 0.03 || roundTrip > 0.4 || now.freezes > before.freezes || (expectsVideo && frames < 8))
    return 'fair';
  return 'good';
}

export async function read(connection: RTCPeerConnection, now: number): Promise<Reading> {
  const reading: Reading = {
    at: now,
    packetsReceived: 0,
    packetsLost: 0,
    framesDecoded: 0,
    freezes: 0,
    roundTrip: null,
  };
  const report = await connection.getStats();
  report.forEach((entry: Record<string, unknown>) => {
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    if (entry['type'] === 'inbound-rtp') {
      reading.packetsReceived += number('packetsReceived');
      reading.packetsLost += number('packetsLost');
      reading.framesDecoded += number('framesDecoded');
      reading.freezes += number('freezeCount');
    } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
      if (typeof entry['currentRoundTripTime'] === 'number')
        reading.roundTrip = entry['currentRoundTripTime'];
    }
  });
  return reading;
}
