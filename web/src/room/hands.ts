// Raised hands and their order. Pure.

export interface Raising {
  id: string;
  /** Since when it is up, ms since 1970. */
  hand: number | null;
  /** Place in the order of joining. */
  order: number;
}

/** The place of each hand that is up, from 1: whoever raised it first comes first. */
export function handPlaces(people: readonly Raising[]): Map<string, number> {
  const up = people
    .flatMap(({ id, hand, order }) => (hand === null ? [] : [{ id, hand, order }]))
    .sort((a, b) => a.hand - b.hand || a.order - b.order);
  return new Map(up.map(({ id }, index) => [id, index + 1]));
}
