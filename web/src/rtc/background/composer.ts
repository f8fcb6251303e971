// Draws one picture: the person as they are, and behind them their surroundings blurred or another picture.

import { cover, writeMask } from './mask';
import type { Scene } from './messages';
import type { Segmenter } from './segmenter';

/** Each step halves the picture; on the way back up the browser's own smoothing blurs it. */
const BLUR_STEPS = 5;

/** Where time is short the person is looked for in every so many pictures. More leaves edges behind who moves. */
const SEEK_EVERY = 3;

type Surface = OffscreenCanvasRenderingContext2D;

export class Composer {
  #segmenter: Segmenter;
  #out = surface(1, 1);
  /** What the model sees. */
  #small: Surface;
  #mask: Surface;
  #pixels: ImageData;
  #before: Float32Array;
  #steps = Array.from({ length: BLUR_STEPS }, () => surface(1, 1));
  #scene: Scene;
  #pictures = 0;
  /** Time is short. */
  sparing = false;

  constructor(segmenter: Segmenter, scene: Scene) {
    const { width, height } = segmenter;
    this.#segmenter = segmenter;
    this.#small = surface(width, height, { willReadFrequently: true });
    this.#mask = surface(width, height);
    this.#pixels = new ImageData(width, height);
    this.#before = new Float32Array(width * height);
    this.#scene = scene;
  }

  set scene(scene: Scene) {
    if (this.#scene.kind === 'image') this.#scene.image.close();
    this.#scene = scene;
  }

  /** The picture drawn anew. It holds until the next call. */
  compose(picture: CanvasImageSource, width: number, height: number): OffscreenCanvas {
    if (!this.sparing || this.#pictures % SEEK_EVERY === 0) this.#find(picture);
    this.#pictures += 1;
    const out = this.#out;
    fit(out.canvas, width, height);
    out.globalCompositeOperation = 'copy';
    out.drawImage(this.#mask.canvas, 0, 0, width, height);
    out.globalCompositeOperation = 'source-in';
    out.drawImage(picture, 0, 0, width, height);
    out.globalCompositeOperation = 'destination-over';
    this.#behind(picture, width, height);
    return out.canvas;
  }

  #find(picture: CanvasImageSource): void {
    const { width, height } = this.#segmenter;
    this.#small.drawImage(picture, 0, 0, width, height);
    const guess = this.#segmenter.segment(this.#small.getImageData(0, 0, width, height).data);
    writeMask(guess, this.#before, this.#pixels.data);
    this.#mask.putImageData(this.#pixels, 0, 0);
  }

  #behind(picture: CanvasImageSource, width: number, height: number): void {
    if (this.#scene.kind === 'image') {
      const { image } = this.#scene;
      const part = cover(image, { width, height });
      this.#out.drawImage(image, part.x, part.y, part.width, part.height, 0, 0, width, height);
      return;
    }
    let from: CanvasImageSource = picture;
    for (const [index, step] of this.#steps.entries()) {
      const [w, h] = [width / 2 ** (index + 1), height / 2 ** (index + 1)].map(Math.ceil) as [number, number];
      fit(step.canvas, w, h);
      step.drawImage(from, 0, 0, w, h);
      from = step.canvas;
    }
    for (const step of this.#steps.slice(0, -1).reverse()) {
      step.drawImage(from, 0, 0, step.canvas.width, step.canvas.height);
      from = step.canvas;
    }
    this.#out.drawImage(from, 0, 0, width, height);
  }
}

function surface(width: number, height: number, options: CanvasRenderingContext2DSettings = {}): Surface {
  const context = new OffscreenCanvas(width, height).getContext('2d', options);
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'medium';
  return context;
}

/** Cameras and phones turn: the size may be another one from picture to picture. */
function fit(canvas: OffscreenCanvas, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
