// The parts of the lounge, each a tab where they have no room beside one another.

export type Tab = 'rooms' | 'room' | 'people' | 'conversations';

export const TABS: readonly Tab[] = ['rooms', 'room', 'people', 'conversations'];

/** The element that a tab shows. */
export function panelOf(tab: Tab): string {
  return `lounge-${tab}`;
}
