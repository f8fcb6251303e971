// From the model's guess for each point, how much of it is a person, to a mask that can be seen: edges that are
// neither hard nor a haze, and that do not flicker. Pure.

/** Below the one it is background, above the other a person; between them the edge. */
const EDGE = { from: 0.3, to: 0.75 };
/** How much of the mask before stays. More trails behind a hand that waves, less flickers. */
const KEPT = 0.35;

/**
 * Writes the mask into the opacity of `pixels`.
 *
 * @param guess from 0 to 1, one for each point
 * @param before the mask of the picture before; is brought up to date
 */
export function writeMask(guess: Float32Array, before: Float32Array, pixels: Uint8ClampedArray): void {
  const width = EDGE.to - EDGE.from;
  for (let at = 0; at < guess.length; at += 1) {
    const share = Math.min(1, Math.max(0, ((guess[at] ?? 0) - EDGE.from) / width));
    const fresh = share * share * (3 - 2 * share);
    const mixed = fresh + ((before[at] ?? 0) - fresh) * KEPT;
    before[at] = mixed;
    pixels[at * 4 + 3] = mixed * 255;
  }
}

/** The part of a picture that fills a frame of another shape: as much as fits, from its middle. */
export function cover(
  picture: { width: number; height: number },
  frame: { width: number; height: number },
): { x: number; y: number; width: number; height: number } {
  const scale = Math.min(picture.width / frame.width, picture.height / frame.height);
  const width = frame.width * scale;
  const height = frame.height * scale;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}
