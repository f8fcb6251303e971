// Where tiles go. Pure: sizes in, rectangles out. Which tiles are large is decided in arrangement.ts.

import type { Corner } from '../../model/stage.svelte';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

const GAP = 8;
const ASPECT = 16 / 9;
/**
 * Tiles may be this much narrower or wider than 16:9; pictures are cut to fit. Narrower tiles fill more of the
 * stage and show less of everybody: on a stage that is itself narrow that is what a phone's picture looks like,
 * on a wide one it cuts people off.
 */
const NARROWEST = 3 / 4;
const NARROWEST_ON_WIDE = 1;
const WIDEST = 1.9;

/** The largest even grid. */
export function grid(count: number, stage: Size): Rectangle[] {
  if (count === 0 || stage.width <= 0 || stage.height <= 0) return [];
  const narrowest = stage.width > stage.height ? NARROWEST_ON_WIDE : NARROWEST;
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const room = {
      width: (stage.width - GAP * (columns - 1)) / columns,
      height: (stage.height - GAP * (rows - 1)) / rows,
    };
    const size = fit(room, narrowest);
    if (size.width * size.height > best.width * best.height) best = { columns, ...size };
  }
  const { columns, width, height } = best;
  const rows = Math.ceil(count / columns);
  const top = (stage.height - rows * height - GAP * (rows - 1)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (stage.width - inRow * width - GAP * (inRow - 1)) / 2;
    return {
      x: left + (index - row * columns) * (width + GAP),
      y: top + row * (height + GAP),
      width,
      height,
    };
  });
}

/** One large picture, one's own small in a corner. */
export function oneToOne(stage: Size, corner: Corner): { large: Rectangle; small: Rectangle } {
  const portrait = stage.height > stage.width;
  const width = portrait
    ? Math.max(88, Math.min(stage.width * 0.28, 180))
    : Math.max(120, Math.min(stage.width * 0.2, 300));
  const height = portrait ? width / NARROWEST : width / ASPECT;
  const margin = 12;
  return {
    large: { x: 0, y: 0, width: stage.width, height: stage.height },
    small: {
      x: corner.endsWith('left') ? margin : stage.width - width - margin,
      y: corner.startsWith('top') ? margin : stage.height - height - margin,
      width,
      height,
    },
  };
}

/** The corner that a dropped picture is nearest to. */
export function nearestCorner(centre: { x: number; y: number }, stage: Size): Corner {
  const vertical = centre.y < stage.height / 2 ? 'top' : 'bottom';
  const horizontal = centre.x < stage.width / 2 ? 'left' : 'right';
  return `${vertical}-${horizontal}`;
}

const CLOCKWISE: Corner[] = ['top-left', 'top-right', 'bottom-right', 'bottom-left'];

export function nextCorner(corner: Corner): Corner {
  return CLOCKWISE[(CLOCKWISE.indexOf(corner) + 1) % CLOCKWISE.length] ?? 'bottom-right';
}

/** Where an arrow key takes a picture in a corner; null for a key that is none. */
export function cornerBy(key: string, corner: Corner): Corner | null {
  const [vertical, horizontal] = corner.split('-') as ['top' | 'bottom', 'left' | 'right'];
  switch (key) {
    case 'ArrowLeft':
      return `${vertical}-left`;
    case 'ArrowRight':
      return `${vertical}-right`;
    case 'ArrowUp':
      return `top-${horizontal}`;
    case 'ArrowDown':
      return `bottom-${horizontal}`;
    default:
      return null;
  }
}

type Side = 'start' | 'end';

/** Where on a large tile its name and what can be done with it are not covered by the picture in the corner. */
export function besides(corner: Corner | null, direction: 'ltr' | 'rtl'): { tag: Side; actions: Side } {
  const [start, end] = direction === 'ltr' ? ['left', 'right'] : ['right', 'left'];
  return {
    tag: corner === `bottom-${start}` ? 'end' : 'start',
    actions: corner === `top-${end}` ? 'start' : 'end',
  };
}

/** The strip beside what is large: at the end of a wide stage, at the foot of any other. */
interface Strip {
  along: 'column' | 'row';
  /** Of a tile, if there is room enough. */
  tile: Size;
  /** How long the strip may become. */
  length: number;
}

/** From here on a stage is wide enough for a column. */
const WIDE = 1.25;
/** On a stage narrower than this a row has square tiles: three of them fit on the smallest phone. */
const NARROW_STAGE = 480;

function stripOf(stage: Size): Strip {
  if (stage.width > stage.height * WIDE) {
    const width = clamp(stage.width * 0.17, 112, 420);
    return { along: 'column', tile: { width, height: width / ASPECT }, length: stage.height };
  }
  const height = clamp(stage.height * 0.17, 72, 240);
  const width = stage.width < NARROW_STAGE ? height : height * (4 / 3);
  return { along: 'row', tile: { width, height }, length: stage.width };
}

/** How many tiles the strip takes. Two always: somebody, and oneself. */
export function stripTakes(stage: Size): number {
  const { along, tile, length } = stripOf(stage);
  const each = along === 'column' ? tile.height : tile.width;
  return Math.max(2, Math.floor((length + GAP) / (each + GAP)));
}

/** What is large, and beside it a strip of the rest. Without a rest it has everything. */
export function withStrip(
  large: number,
  rest: number,
  stage: Size,
): { large: Rectangle[]; strip: Rectangle[] } {
  if (stage.width <= 0 || stage.height <= 0) return { large: [], strip: [] };
  if (rest === 0) return { large: area(large, stage), strip: [] };
  const { along, tile, length } = stripOf(stage);
  const column = along === 'column';
  // A stage too short for all of them has smaller ones.
  const nominal = column ? tile.height : tile.width;
  const each = Math.min(nominal, (length - GAP * (rest - 1)) / rest);
  const start = (length - rest * each - GAP * (rest - 1)) / 2;
  const strip = Array.from({ length: rest }, (_, index) => {
    const at = start + index * (each + GAP);
    return column
      ? { x: stage.width - tile.width, y: at, width: tile.width, height: each }
      : { x: at, y: stage.height - tile.height, width: each, height: tile.height };
  });
  const left = column
    ? { width: stage.width - tile.width - GAP, height: stage.height }
    : { width: stage.width, height: stage.height - tile.height - GAP };
  return { large: area(large, left), strip };
}

/** A single one has it all; several share. */
function area(count: number, room: Size): Rectangle[] {
  return count === 1 ? [{ x: 0, y: 0, ...room }] : grid(count, room);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function fit(room: Size, narrowest: number): Size {
  const aspect = Math.min(WIDEST, Math.max(narrowest, room.width / room.height));
  return room.width / room.height > aspect
    ? { width: room.height * aspect, height: room.height }
    : { width: room.width, height: room.width / aspect };
}
