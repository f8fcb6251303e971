// The worker in which backgrounds are exchanged, so that the page never waits for it. Pictures come and go as flows of
// the browser, or one at a time through the page.

import { Composer } from './composer';
import type { FromWorker, Scene, ToWorker } from './messages';
import { Pace } from './pace';
import { Segmenter } from './segmenter';

/** Where the page hands the pictures over. */
const PICTURE_EVERY_MS = 1000 / 30;

const pace = new Pace();
let composer: Composer | null = null;
let output: WritableStreamDefaultWriter<VideoFrame> | null = null;
let reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
let ready = false;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  take(data).catch((error: unknown) => say({ type: 'failed', why: String(error) }));
});

async function take(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'start':
      composer = new Composer(await Segmenter.load(), latest ?? message.scene);
      if (message.flow) {
        output = message.flow.output.getWriter();
        await follow(pending ?? message.flow.input);
      } else {
        say({ type: 'next' });
      }
      return;
    case 'input':
      if (composer) await follow(message.input);
      else pending = message.input;
      return;
    case 'scene':
      if (composer) composer.scene = message.scene;
      else latest = message.scene;
      return;
    case 'picture':
      single(message.picture);
      return;
  }
}

/** Said while the model was still on its way. */
let latest: Scene | null = null;
let pending: ReadableStream<VideoFrame> | null = null;

/** Works on a flow until it ends, or until another camera's takes its place. */
async function follow(input: ReadableStream<VideoFrame>): Promise<void> {
  void reader?.cancel().catch(() => undefined);
  const own = (reader = input.getReader());
  for (;;) {
    const { value: frame, done } = await own.read();
    if (done) return;
    if (own !== reader || !composer || !output) {
      frame.close();
      return;
    }
    const began = performance.now();
    const drawn = draw(frame, frame.displayWidth, frame.displayHeight);
    const result = new VideoFrame(drawn, { timestamp: frame.timestamp, alpha: 'discard' });
    frame.close();
    await output.write(result);
    count(began);
  }
}

function single(picture: ImageBitmap): void {
  const began = performance.now();
  const result = draw(picture, picture.width, picture.height).transferToImageBitmap();
  picture.close();
  say({ type: 'picture', picture: result }, [result]);
  count(began);
  const took = performance.now() - began;
  setTimeout(() => say({ type: 'next' }), Math.max(0, PICTURE_EVERY_MS - took));
}

function draw(picture: CanvasImageSource, width: number, height: number): OffscreenCanvas {
  if (!composer) throw new Error('not begun');
  return composer.compose(picture, width, height);
}

function count(began: number): void {
  if (!ready) say({ type: 'ready' });
  ready = true;
  const now = performance.now();
  if (pace.push(now, now - began) === 'fine' || !composer) return;
  // First with less care; if that does not help either, not at all.
  if (composer.sparing) say({ type: 'slow' });
  else composer.sparing = true;
}

function say(message: FromWorker, given: Transferable[] = []): void {
  postMessage(message, { transfer: given });
}
