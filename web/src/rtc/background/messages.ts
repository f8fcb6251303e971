// What the page and the worker that exchanges backgrounds say to each other. Types only.

/** What is put behind the person. A bitmap is given away with the message. */
export type Scene = { kind: 'blur' } | { kind: 'image'; image: ImageBitmap };

/** Pictures as flows, where browsers have them: frames never touch the page. */
export interface Flow {
  input: ReadableStream<VideoFrame>;
  output: WritableStream<VideoFrame>;
}

export type ToWorker =
  /** Without a flow the page hands over one picture at a time. */
  | { type: 'start'; scene: Scene; flow: Flow | null }
  | { type: 'input'; input: ReadableStream<VideoFrame> }
  | { type: 'scene'; scene: Scene }
  | { type: 'picture'; picture: ImageBitmap };

export type FromWorker =
  /** The first picture has come out. */
  | { type: 'ready' }
  /** Time for the next picture. Asked for here, since the clocks of hidden pages hardly tick. */
  | { type: 'next' }
  | { type: 'picture'; picture: ImageBitmap }
  /** This machine cannot keep up. */
  | { type: 'slow' }
  | { type: 'failed'; why: string };
