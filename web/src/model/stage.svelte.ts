// How one looks at the others: which view, who is pinned, where one's own picture is. Of this page alone, and mostly
// remembered on this device; nobody else is told. Where tiles go then is the layout's business.

import { remembered } from './remembered';

/** Everybody alike, or whoever speaks large. */
export type View = 'grid' | 'speaker';

const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
export type Corner = (typeof CORNERS)[number];

/** More large pictures at once are large no more. */
export const MOST_PINS = 4;

/** The tile of somebody's screen; that of their camera has their own id. */
export function screenOf(participant: string): string {
  return `${participant}/screen`;
}

/**
 * Who is to be large. Whoever is stays so while they speak, and in the pause after it until somebody else does.
 *
 * @param heard whom the server hears; null where nobody decides that for all
 * @param speaking those who speak, as they are heard here
 */
export function nextSpeaker(
  current: string | null,
  heard: string | null,
  speaking: string[],
  present: string[],
): string | null {
  const here = (id: string | null): id is string => id !== null && present.includes(id);
  if (here(heard)) return heard;
  if (here(current) && speaking.includes(current)) return current;
  return speaking.find(here) ?? (here(current) ? current : null);
}

export class Stage {
  /** Who speaks, or spoke last. */
  speaker = $state<string | null>(null);
  /** Tiles, those pinned first in front. */
  pins = $state.raw<string[]>([]);
  #view = $state<View>(remembered.view.get() === 'speaker' ? 'speaker' : 'grid');
  #hideSelf = $state(remembered.selfView.get() === 'hidden');
  #mirrorSelf = $state(remembered.mirror.get() !== 'off');
  #corner = $state<Corner>(CORNERS.find((one) => one === remembered.corner.get()) ?? 'bottom-right');

  /** @param looksAway whether one's own camera does: what becomes of its picture on the way does not tell it any more */
  constructor(private readonly looksAway: () => boolean = () => false) {}

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    this.#view = view;
    remembered.view.set(view === 'grid' ? null : view);
  }

  /** Whether one does not see oneself. The others do. */
  get hideSelf(): boolean {
    return this.#hideSelf;
  }

  set hideSelf(hidden: boolean) {
    this.#hideSelf = hidden;
    remembered.selfView.set(hidden ? 'hidden' : null);
  }

  /** Whether one sees oneself as in a mirror. The others never do. */
  get mirrorSelf(): boolean {
    return this.#mirrorSelf;
  }

  set mirrorSelf(mirrored: boolean) {
    this.#mirrorSelf = mirrored;
    remembered.mirror.set(mirrored ? null : 'off');
  }

  /** Where one's own picture lies over that of the only other one. */
  get corner(): Corner {
    return this.#corner;
  }

  set corner(corner: Corner) {
    this.#corner = corner;
    remembered.corner.set(corner);
  }

  /** Whether one's own picture is turned round: that of a camera that looks away from oneself is not. */
  get mirrored(): boolean {
    return this.#mirrorSelf && !this.looksAway();
  }

  pinned(tile: string): boolean {
    return this.pins.includes(tile);
  }

  /** From now on large: of too many the one pinned first gives way. */
  pin(tile: string): void {
    if (!this.pinned(tile)) this.pins = [...this.pins, tile].slice(-MOST_PINS);
  }

  unpin(tile: string): void {
    this.pins = this.pins.filter((one) => one !== tile);
  }

  unpinAll(): void {
    this.pins = [];
  }

  /** Somebody speaks, or is gone. */
  hear(heard: string | null, speaking: string[], present: string[]): void {
    this.speaker = nextSpeaker(this.speaker, heard, speaking, present);
  }

  /** Out of the call: who was pinned is none of the next one's. */
  clear(): void {
    this.pins = [];
    this.speaker = null;
  }
}
