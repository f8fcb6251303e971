// Who stands where in the list of people, and what can be done with each of them. Pure.

export interface Listed {
  id: string;
  name: string;
  self: boolean;
  microphone: 'live' | 'muted' | 'absent';
  handPlace: number | null;
  /** What a program does; null for people. */
  feed?: 'publisher' | 'watcher' | null | undefined;
  order: number;
}

/** From this many on one looks for a name rather than reads them all. */
export const SEARCH_FROM = 13;

export type PersonAction = 'mute' | 'lower_hand' | 'make_host' | 'remove';

/** Raised hands first, in their order; then oneself; then the others as they came. */
export function listed<T extends Listed>(people: readonly T[], wanted: string): T[] {
  const part = plain(wanted);
  const rank = (person: Listed): number => person.handPlace ?? Infinity;
  return people
    .filter(({ name }) => plain(name).includes(part))
    .sort((a, b) => {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
      return Number(b.self) - Number(a.self) || a.order - b.order;
    });
}

/** What the host may do with somebody; for anybody else there is nothing. */
export function actionsOn(person: Listed, iAmHost: boolean): PersonAction[] {
  if (!iAmHost || person.self) return [];
  return [
    ...(person.microphone === 'live' ? (['mute'] as const) : []),
    ...(person.handPlace === null ? [] : (['lower_hand'] as const)),
    // A program decides nothing.
    ...(person.feed ? [] : (['make_host'] as const)),
    'remove',
  ];
}

/** As people type when they look for somebody: without case and accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim();
}
