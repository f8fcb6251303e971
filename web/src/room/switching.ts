// Which of the two ways somebody's picture and voice are taken from, and when the other way may go. Pure.

import type { MediaRoute } from '../protocol/generated';
import type { PeerState } from '../rtc/peer';

/** What a way has to offer at this moment. */
export type Offered = 'absent' | 'waiting' | 'delivers';

export function otherWay(route: MediaRoute): MediaRoute {
  return route === 'server' ? 'peer_to_peer' : 'server';
}

/**
 * The way to take something from. The wanted one as soon as it delivers; until then the one that does; and if
 * neither does, the one that is shown already, or else the wanted one, which may begin at any moment.
 */
export function choose(
  wanted: MediaRoute,
  current: MediaRoute | null,
  offered: Record<MediaRoute, Offered>,
): MediaRoute | null {
  const other = otherWay(wanted);
  if (offered[wanted] === 'delivers') return wanted;
  if (offered[other] === 'delivers') return other;
  if (current && offered[current] !== 'absent') return current;
  if (offered[wanted] !== 'absent') return wanted;
  return offered[other] !== 'absent' ? other : null;
}

/** How somebody is reached, if there may be two ways. */
export function reached(wanted: MediaRoute, states: Record<MediaRoute, PeerState | null>): PeerState {
  if (states.peer_to_peer === 'connected' || states.server === 'connected') return 'connected';
  return states[wanted] ?? states[otherWay(wanted)] ?? 'connecting';
}

/** What is known of somebody on the wanted way. */
export interface Arrival {
  connected: boolean;
  /** Since when, ms; null while it is not. */
  connectedAt: number | null;
  /** Their picture is on, and to be seen here. */
  videoDue: boolean;
  videoDelivers: boolean;
  /** Their voice has come this way. */
  heard: boolean;
}

/** Who says nothing is not heard: after so long the connection alone has to do. */
const SILENT_FOR = 1_000;

/** Whether somebody has come over to the wanted way with everything. */
export function arrived(arrival: Arrival, now: number): boolean {
  if (!arrival.connected || arrival.connectedAt === null) return false;
  if (arrival.videoDue && !arrival.videoDelivers) return false;
  return arrival.heard || now - arrival.connectedAt >= SILENT_FOR;
}

/** For others who are slower: what they still receive the old way goes on for so long. */
export const LINGER_FOR = 5_000;

/** Says when the old way may go: everybody has been on the new one for a while. Time is an argument. */
export class Linger {
  #since: number | null = null;

  push(allArrived: boolean, now: number): boolean {
    if (!allArrived) {
      this.#since = null;
      return false;
    }
    this.#since ??= now;
    return now - this.#since >= LINGER_FOR;
  }

  reset(): void {
    this.#since = null;
  }
}
