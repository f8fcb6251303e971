// Which part of a picture is a person: the model in TensorFlow Lite as WebAssembly. Both come with the package, are
// served by us, and are loaded when the first background is chosen.

import modelUrl from '@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url';
import createModule from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js';
import runtimeUrl from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url';

export class Segmenter {
  readonly width: number;
  readonly height: number;
  #runtime: TfLite;

  private constructor(runtime: TfLite) {
    this.#runtime = runtime;
    this.width = runtime._getInputWidth();
    this.height = runtime._getInputHeight();
  }

  static async load(): Promise<Segmenter> {
    const [runtime, model] = await Promise.all([
      createModule({ locateFile: () => runtimeUrl }),
      bytes(modelUrl),
    ]);
    runtime.HEAPU8.set(model, runtime._getModelBufferMemoryOffset());
    runtime._loadModel(model.length);
    return new Segmenter(runtime);
  }

  /** For each point how sure it is that it belongs to a person, 0 to 1. Holds until the next call. */
  segment(pixels: Uint8ClampedArray): Float32Array {
    const { HEAPF32: heap } = this.#runtime;
    const points = this.width * this.height;
    const input = this.#runtime._getInputMemoryOffset() / 4;
    for (let at = 0; at < points; at += 1) {
      heap[input + at * 3] = (pixels[at * 4] ?? 0) / 255;
      heap[input + at * 3 + 1] = (pixels[at * 4 + 1] ?? 0) / 255;
      heap[input + at * 3 + 2] = (pixels[at * 4 + 2] ?? 0) / 255;
    }
    this.#runtime._runInference();
    const output = this.#runtime._getOutputMemoryOffset() / 4;
    return this.#runtime.HEAPF32.subarray(output, output + points);
  }
}

async function bytes(url: string): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
