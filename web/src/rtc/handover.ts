// While one connection with the media server takes over from another: from which of the two each picture and voice is
// taken. What the earlier one brings is kept until the new one brings the same, person by person.

import type { SlotLabel, Source } from '../protocol/generated';
import { watchDelivery } from './delivery';
import type { ServerConnection } from './server-connection';

export interface Slot {
  label: SlotLabel;
  receiver: RTCRtpReceiver;
  /** It is known to bring what its label says. */
  delivers: boolean;
}

/** From the new connection's coming up: who is not seen by then is not waited for. */
const KEEP_FOR = 3_000;

export class Handover {
  #earlier: ServerConnection;
  #slots: Slot[];
  #then: { changed: () => void; over: () => void };
  #watched = new Map<RTCRtpReceiver, () => void>();
  #arrived = new Set<RTCRtpReceiver>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed`: something is to be taken from the new one. `over`: nothing of the earlier one is needed. */
  constructor(earlier: ServerConnection, slots: Slot[], then: { changed: () => void; over: () => void }) {
    this.#earlier = earlier;
    this.#slots = slots.map((slot) => ({ ...slot, delivers: true }));
    this.#then = then;
    earlier.connection.onconnectionstatechange = () => {
      // Dead, there is nothing in it to wait for.
      if (earlier.connection.connectionState !== 'connected') then.over();
    };
  }

  /** The new connection is up. */
  connected(): void {
    this.#timer ??= setTimeout(() => this.#then.over(), KEEP_FOR);
  }

  /** The new connection is another one: of it nothing is known. */
  restart(): void {
    for (const end of this.#watched.values()) end();
    this.#watched.clear();
    this.#arrived.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What is turned off is off on both. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    this.#earlier.setTrack(source, track).catch(() => undefined);
  }

  /** What there is to be seen and heard, if the new connection has these. */
  merge(fresh: Slot[]): Slot[] {
    for (const { receiver } of fresh) this.#watch(receiver);
    const arrived = (slot: Slot): boolean => this.#arrived.has(slot.receiver);
    const missing = this.#slots.filter((slot) => !fresh.some((one) => same(one, slot) && arrived(one)));
    const taken = fresh.filter((one) => arrived(one) || !missing.some((slot) => same(one, slot)));
    return [...taken.map((one) => ({ ...one, delivers: arrived(one) })), ...missing];
  }

  /** Whether the new connection, if it has these, brings everything. Whose voice it was is not waited for: who does not
   * speak now has no slot. */
  complete(fresh: Slot[]): boolean {
    const pictures = this.#slots.filter(({ receiver }) => receiver.track.kind === 'video');
    return (
      fresh.length > 0 &&
      fresh.every(({ receiver }) => this.#arrived.has(receiver)) &&
      pictures.every((slot) => fresh.some((one) => same(one, slot)))
    );
  }

  dispose(): void {
    this.restart();
    this.#earlier.close();
  }

  #watch(receiver: RTCRtpReceiver): void {
    if (this.#watched.has(receiver)) return;
    const end = watchDelivery(receiver, false, () => {
      this.#arrived.add(receiver);
      this.#then.changed();
    });
    this.#watched.set(receiver, end);
  }
}

function same(one: Slot, other: Slot): boolean {
  return one.label.participant === other.label.participant && one.label.source === other.label.source;
}
