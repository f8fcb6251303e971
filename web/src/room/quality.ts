// How well media reaches us: of each person, and all in all. The one poller of statistics.

import { add, judge, PoorFor, read } from '../rtc/statistics';
import type { Expected, Quality as Judgement, Readable, Reading } from '../rtc/statistics';
import type { RoomPerson } from './person';

const EVERY = 2_000;
/** Pictures are given up when it has been that bad for so long. */
const SLOW_AFTER = 10_000;
/** Who asks for the pictures again has them for at least so long. */
const REST_FOR = 60_000;

export interface QualityOptions {
  direct(person: RoomPerson): RTCPeerConnection | null;
  server(): RTCPeerConnection | null;
  /** Whether the picture of their camera is due: that of a screen may stand still, which is no fault. */
  watches(person: RoomPerson): boolean;
  /** One's own line has been poor for long. */
  slow(): void;
}

interface Before {
  from: Readable[];
  reading: Reading;
}

export class Quality {
  #options: QualityOptions;
  #people: RoomPerson[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #before = new WeakMap<object, Before>();
  #slow = new PoorFor(SLOW_AFTER);

  constructor(options: QualityOptions) {
    this.#options = options;
  }

  start(people: RoomPerson[]): void {
    this.#people = people;
    this.#timer ??= setInterval(() => void this.#measure(), EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#people = [];
    this.#slow = new PoorFor(SLOW_AFTER);
  }

  /** The pictures have just been chosen, one way or the other. */
  rest(): void {
    this.#slow.rest(performance.now() + REST_FOR);
  }

  async #measure(): Promise<void> {
    const lines: Judgement[] = [];
    const server = this.#options.server();
    let overall: Judgement | null = null;
    if (server) {
      overall = await this.#judge(server, [server], server.connectionState === 'connected', 'nothing');
      if (overall) lines.push(overall);
    }
    for (const person of this.#people) {
      const direct = this.#options.direct(person);
      const way = person.videoBy ?? person.voiceBy ?? (direct ? 'peer_to_peer' : 'server');
      if (way === 'server') {
        await this.#overServer(person, overall);
      } else if (direct) {
        const connected = person.by.peer_to_peer.state === 'connected';
        const expected = this.#options.watches(person)
          ? 'video'
          : person.microphone === 'absent'
            ? 'nothing'
            : 'packets';
        person.quality = (await this.#judge(person, [direct], connected, expected)) ?? person.quality;
        const line = await this.#judge(direct, [direct], connected, 'nothing');
        if (line) lines.push(line);
      }
    }
    this.#judgeOwn(lines);
  }

  /** By what their slots receive; somebody who is silent and not seen has what the connection has. */
  async #overServer(person: RoomPerson, overall: Judgement | null): Promise<void> {
    const { server } = person.by;
    const connected = server.state === 'connected';
    const video = this.#options.watches(person) ? server.camera.it : null;
    const receivers = [video, server.microphone.it?.receiver ?? null].filter((one) => one !== null);
    if (receivers.length === 0) {
      this.#before.delete(person);
      person.quality = connected ? (overall ?? person.quality) : 'lost';
      return;
    }
    // Who stops speaking loses the slot a moment later; no packets are no fault.
    const expected = video ? 'video' : 'nothing';
    person.quality = (await this.#judge(person, receivers, connected, expected)) ?? person.quality;
  }

  /** Null at the first reading, and when it is another thing that is read. */
  async #judge(
    of: object,
    from: Readable[],
    connected: boolean,
    expected: Expected,
  ): Promise<Judgement | null> {
    const now = performance.now();
    const still = new Set(this.#people.flatMap((person) => person.screenTrack?.id ?? []));
    const [first, ...rest] = await Promise.all(from.map((one) => read(one, now, still)));
    if (!first) return null;
    const reading = rest.reduce(add, first);
    const before = this.#before.get(of);
    this.#before.set(of, { from, reading });
    const same =
      before?.from.length === from.length && before.from.every((one, index) => one === from[index]);
    return before && same ? judge(before.reading, reading, connected, expected) : null;
  }

  /** One's own line is poor when nothing comes well over any. */
  #judgeOwn(lines: Judgement[]): void {
    const poor = lines.length > 0 && lines.every((line) => line === 'poor');
    if (this.#slow.push(poor ? 'poor' : 'good', performance.now())) this.#options.slow();
  }
}
