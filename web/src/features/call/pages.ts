// Who stands on which page when there are more people than tiles fit. Pure: an order of ids in, an order out.
// Places are stable: people keep theirs until somebody who speaks and is not to be seen takes one over.

import type { Size } from './layout';

export const MOST_TILES = 25;
const MOST_ON_PHONE = 9;
/** Stages with a side shorter than this are a phone's, CSS pixels. */
const PHONE_SIDE = 480;

/** How many tiles a page takes, oneself included. */
export function tilesPerPage({ width, height }: Size): number {
  return Math.min(width, height) < PHONE_SIDE ? MOST_ON_PHONE : MOST_TILES;
}

/** @param perPage how many others; one's own tile stands on every page besides */
export function pageCount(others: number, perPage: number): number {
  return Math.max(1, Math.ceil(others / perPage));
}

/** The page that is meant when people have left and there are fewer. */
export function clampPage(page: number, count: number): number {
  return Math.min(Math.max(0, page), count - 1);
}

/** Those on a page. */
export function onPage(order: string[], page: number, perPage: number): string[] {
  return order.slice(page * perPage, (page + 1) * perPage);
}

/** Who stays keeps the order; who is new comes last, in the order of joining. */
export function settle(order: string[], present: string[]): string[] {
  const here = new Set(present);
  const known = new Set(order);
  return [...order.filter((id) => here.has(id)), ...present.filter((id) => !known.has(id))];
}

/**
 * The speaker, not to be seen on the page, changes places with the one there who has been silent longest.
 *
 * @param spokeAt when somebody last spoke; who never did has been silent longest, the last of them first
 */
export function bringIn(
  order: string[],
  page: number,
  perPage: number,
  speaker: string | null,
  spokeAt: ReadonlyMap<string, number>,
): string[] {
  const seen = onPage(order, page, perPage);
  if (speaker === null || seen.includes(speaker) || !order.includes(speaker)) return order;
  let quietest: string | null = null;
  for (const id of seen) {
    if (quietest === null || (spokeAt.get(id) ?? 0) <= (spokeAt.get(quietest) ?? 0)) quietest = id;
  }
  if (quietest === null) return order;
  const swap = new Map([
    [quietest, speaker],
    [speaker, quietest],
  ]);
  return order.map((id) => swap.get(id) ?? id);
}
