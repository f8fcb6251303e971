// Where tiles go. Pure: people and a size in, rectangles out.

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export interface Stage {
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
export function grid(count: number, stage: Stage): Rectangle[] {
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
export function oneToOne(stage: Stage, corner: Corner): { large: Rectangle; small: Rectangle } {
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
export function nearestCorner(centre: { x: number; y: number }, stage: Stage): Corner {
  const vertical = centre.y < stage.height / 2 ? 'top' : 'bottom';
  const horizontal = centre.x < stage.width / 2 ? 'left' : 'right';
  return `${vertical}-${horizontal}`;
}

const CLOCKWISE: Corner[] = ['top-left', 'top-right', 'bottom-right', 'bottom-left'];

export function nextCorner(corner: Corner): Corner {
  return CLOCKWISE[(CLOCKWISE.indexOf(corner) + 1) % CLOCKWISE.length] ?? 'bottom-right';
}

function fit(room: Stage, narrowest: number): Stage {
  const aspect = Math.min(WIDEST, Math.max(narrowest, room.width / room.height));
  return room.width / room.height > aspect
    ? { width: room.height * aspect, height: room.height }
    : { width: room.width, height: room.width / aspect };
}
