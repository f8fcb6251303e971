// Which tiles are seen, and how: from who is there and what was chosen to rectangles. Pure; the pages that somebody
// turns are kept in gallery.svelte.ts, and their order comes in from there.

import { MOST_PINS } from '../../model/stage.svelte';
import type { Corner, View } from '../../model/stage.svelte';
import { grid, oneToOne, stripTakes, withStrip } from './layout';
import type { Rectangle, Size } from './layout';
import { tilesPerPage } from './pages';

/** A tile that there could be. Of oneself there is a camera alone: who shares a screen sees it anyway. */
export interface TileRef {
  id: string;
  kind: 'camera' | 'screen';
  self: boolean;
}

export interface Wish {
  view: View;
  /** Ids of tiles; also of such as are not there now. */
  pins: string[];
  /** Whose camera is large in the speaker view. */
  speaker: string | null;
  hideSelf: boolean;
}

/** What the tiles make up, before anybody knows how much room there is. */
export type Composition =
  /** Two face to face; oneself small in a corner, or not at all. */
  | { shape: 'facing'; other: string; self: string | null }
  /** All alike: oneself on every page. */
  | { shape: 'grid'; others: string[]; self: string | null }
  /** Some large, the rest in a strip: what else is shared is never a page away. */
  | { shape: 'focus'; large: string[]; shared: string[]; others: string[]; self: string | null };

export interface Place {
  id: string;
  at: Rectangle;
  /** `corner` lies over the others, and can be moved. */
  as: 'tile' | 'large' | 'strip' | 'corner';
}

/** The bar that turns pages, with the gap to it. */
const TURNER = 52;

export function compose(tiles: TileRef[], wish: Wish): Composition {
  const here = tiles.filter((tile) => !tile.self || !wish.hideSelf);
  const cameras = here.filter(({ kind, self }) => kind === 'camera' && !self).map(({ id }) => id);
  const screens = here.filter(({ kind }) => kind === 'screen').map(({ id }) => id);
  const self = here.find((tile) => tile.self)?.id ?? null;
  const pinned = wish.pins.filter((id) => here.some((tile) => tile.id === id));
  const [only] = cameras;
  const elsewhere = pinned.some((id) => id !== only);
  if (only !== undefined && cameras.length === 1 && screens.length === 0 && !elsewhere) {
    return { shape: 'facing', other: only, self };
  }
  const large = focusOf({ pinned, screens, cameras, wish });
  if (large.length === 0) return { shape: 'grid', others: cameras, self };
  const rest = (ids: string[]): string[] => ids.filter((id) => !large.includes(id));
  return {
    shape: 'focus',
    large,
    shared: rest(screens),
    others: rest(cameras),
    self: self !== null && large.includes(self) ? null : self,
  };
}

/** What was pinned; else what is shared; else, in the speaker view, whoever speaks. */
function focusOf(from: { pinned: string[]; screens: string[]; cameras: string[]; wish: Wish }): string[] {
  const { pinned, screens, cameras, wish } = from;
  if (pinned.length > 0) return pinned.slice(-MOST_PINS);
  if (screens.length > 0) return screens.slice(-MOST_PINS);
  if (wish.view === 'grid') return [];
  const speaker = cameras.find((id) => id === wish.speaker) ?? cameras[0];
  return speaker === undefined ? [] : [speaker];
}

/**
 * How many of the others are seen at once.
 *
 * @param frame the stage, and the bar that turns pages if there is one: so that its coming changes nothing
 */
export function othersAtOnce(composition: Composition, frame: Size): number {
  if (composition.shape === 'facing') return 1;
  const { shape, others, self } = composition;
  const takes = shape === 'grid' ? tilesPerPage : stripTakes;
  const fixed = (self === null ? 0 : 1) + (shape === 'focus' ? composition.shared.length : 0);
  const room = takes(frame) - fixed;
  if (others.length <= room) return Math.max(1, room);
  return Math.max(1, takes({ width: frame.width, height: frame.height - TURNER }) - fixed);
}

/** @param page those on the page, in their order; the page may be a moment behind who is there, and who is large */
export function arrange(composition: Composition, page: string[], stage: Size, corner: Corner): Place[] {
  if (stage.width <= 0 || stage.height <= 0) return [];
  if (composition.shape === 'facing') {
    const { large, small } = oneToOne(stage, corner);
    const { other, self } = composition;
    const faces: Place[] = [{ id: other, at: large, as: 'large' }];
    return self === null ? faces : [...faces, { id: self, at: small, as: 'corner' }];
  }
  const seen = page.filter((id) => composition.others.includes(id));
  const own = composition.self === null ? [] : [composition.self];
  if (composition.shape === 'grid') {
    const all = [...seen, ...own];
    return put(all, grid(all.length, stage), 'tile');
  }
  const { large, shared } = composition;
  const strip = [...shared, ...seen, ...own];
  const rectangles = withStrip(large.length, strip.length, stage);
  return [...put(large, rectangles.large, 'large'), ...put(strip, rectangles.strip, 'strip')];
}

function put(ids: string[], rectangles: Rectangle[], as: Place['as']): Place[] {
  return ids.flatMap((id, index) => {
    const at = rectangles[index];
    return at ? [{ id, at, as }] : [];
  });
}
