// Whether a receiver really delivers: pictures decoded, packets of sound. The judgement is pure.

/** Sums since the receiver began. */
export interface Counts {
  packets: number;
  frames: number;
  /** Null where the browser does not count them. */
  keyFrames: number | null;
}

export type Kind = 'audio' | 'video';

const EVERY_MS = 100;
/** A slot that carried somebody else before: frames without a key frame are theirs, but not for so long. */
const LEFTOVERS_FOR = 1_500;
/** Received, yet not counted as decoded: a browser that decodes only what is shown. */
const UNDECODED_FOR = 1_000;

/**
 * @param used the receiver carried something else before
 * @param waited how long it has been looked at, ms
 */
export function delivers(kind: Kind, first: Counts, now: Counts, used: boolean, waited: number): boolean {
  if (kind === 'audio') return now.packets > first.packets;
  if (!used) return now.frames > 0 || (waited >= UNDECODED_FOR && now.packets > first.packets);
  // The server changes from one person to the next with a key frame.
  if (now.keyFrames !== null && first.keyFrames !== null && now.keyFrames > first.keyFrames) return true;
  return waited >= LEFTOVERS_FOR && now.frames > first.frames;
}

/** Looks until it delivers, and then says so once. The returned function ends the looking. */
export function watchDelivery(receiver: RTCRtpReceiver, used: boolean, then: () => void): () => void {
  const started = performance.now();
  const kind = receiver.track.kind === 'audio' ? 'audio' : 'video';
  let first: Counts | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const look = async (): Promise<void> => {
    const now = await count(receiver).catch(() => null);
    if (ended) return;
    if (now) {
      // An unused receiver began at nothing, even if it was quicker than this.
      first ??= used ? now : { packets: 0, frames: 0, keyFrames: 0 };
      if (delivers(kind, first, now, used, performance.now() - started)) {
        ended = true;
        then();
        return;
      }
    }
    timer = setTimeout(() => void look(), EVERY_MS);
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

async function count(receiver: RTCRtpReceiver): Promise<Counts> {
  const counts: Counts = { packets: 0, frames: 0, keyFrames: null };
  const report = await receiver.getStats();
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] !== 'inbound-rtp') return;
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    counts.packets += number('packetsReceived');
    counts.frames += number('framesDecoded');
    if ('keyFramesDecoded' in entry) counts.keyFrames = (counts.keyFrames ?? 0) + number('keyFramesDecoded');
  });
  // Before the first packet there is no entry: nothing is nothing.
  if (counts.packets === 0) counts.keyFrames ??= 0;
  return counts;
}
