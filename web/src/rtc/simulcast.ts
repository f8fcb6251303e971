// In which layers a camera is sent, from the size of its pictures. Pure.

import type { LayerLabel } from '../protocol/generated';

export interface Size {
  width: number;
  height: number;
}

export interface Layer {
  /** What a side is divided by. */
  scale: number;
  /** Bits a second. */
  maxBitrate: number;
}

const RIDS = { 3: ['q', 'h', 'f'], 2: ['h', 'f'], 1: [] } as const;
/**
 * Chromium's own limit: below so many pixels it sends fewer layers than it is asked for, and leaves out the
 * largest (measured: 640x360 with three has no full-size layer). Asked for no more than these it sends them all.
 */
const PIXELS_FOR_THREE = 960 * 540;
const PIXELS_FOR_TWO = 480 * 270;
/** Of the picture as it is captured, by its pixels. More costs others' downlinks, less shows on large screens. */
const FULL_BITRATE = { large: 1_700_000, medium: 700_000, small: 300_000 };
const HALF_OF_LARGE = 500_000;
/** A shared screen has one layer. Less makes text that changes blurred for longer, more costs others' downlinks. */
export const SCREEN_BITRATE = 2_500_000;
const QUARTER_OF_LARGE = 150_000;
const HALF_OF_MEDIUM = 200_000;

/** How many layers make sense for pictures of this size, upright or not. */
export function layerCount({ width, height }: Size): 1 | 2 | 3 {
  const pixels = width * height;
  if (pixels >= PIXELS_FOR_THREE) return 3;
  return pixels >= PIXELS_FOR_TWO ? 2 : 1;
}

/** The layers for pictures of this size when at most so many can be sent. Smallest first. */
export function layersFor(size: Size, atMost: 1 | 2 | 3 = 3): Layer[] {
  const count = layerCount(size);
  const full = count === 3 ? FULL_BITRATE.large : count === 2 ? FULL_BITRATE.medium : FULL_BITRATE.small;
  const half = count === 3 ? HALF_OF_LARGE : HALF_OF_MEDIUM;
  const layers = [
    { scale: 4, maxBitrate: QUARTER_OF_LARGE },
    { scale: 2, maxBitrate: half },
    { scale: 1, maxBitrate: full },
  ];
  return layers.slice(-Math.min(count, atMost));
}

/** What a new section of a camera is opened with. A single layer has no rid. */
export function encodingsFor(size: Size): RTCRtpEncodingParameters[] {
  const layers = layersFor(size);
  const rids: readonly string[] = RIDS[layerCount(size)];
  return layers.map(({ scale, maxBitrate }, index) => {
    const rid = rids[index];
    return { ...(rid === undefined ? {} : { rid }), scaleResolutionDownBy: scale, maxBitrate };
  });
}

/**
 * Another camera in a section that is already there: its encodings, those first that are sent. Encodings beyond
 * the layers of the picture rest, and are not named.
 */
export function refit(size: Size, encodings: number): { layers: Layer[]; resting: number } {
  const layers = layersFor(size, encodings === 3 ? 3 : encodings === 2 ? 2 : 1);
  return { layers, resting: Math.max(0, encodings - layers.length) };
}

/** How the layers are named to the server. None for a track without. */
export function labelsFor(size: Size, rids: (string | undefined)[]): LayerLabel[] {
  const { layers } = refit(size, rids.length);
  return layers.flatMap(({ scale }, index) => {
    const rid = rids[index];
    if (!rid) return [];
    return [{ rid, width: Math.floor(size.width / scale), height: Math.floor(size.height / scale) }];
  });
}
