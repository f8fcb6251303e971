// What the package's WebAssembly offers, as far as it is used here. Offsets are in bytes.

interface TfLite {
  readonly HEAPU8: Uint8Array;
  readonly HEAPF32: Float32Array;
  _getModelBufferMemoryOffset(): number;
  _loadModel(size: number): number;
  _getInputWidth(): number;
  _getInputHeight(): number;
  _getInputMemoryOffset(): number;
  _getOutputMemoryOffset(): number;
  _runInference(): number;
}

declare module '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js' {
  export default function create(options: { locateFile: () => string }): Promise<TfLite>;
}
