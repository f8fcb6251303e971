// A camera's picture with another background, as a track that can be sent like the camera's own. The camera can be
// another one at any time; the track that comes out stays.

import type { FromWorker, Scene, ToWorker } from './messages';

/** From the press to the first picture: the model comes over the network. */
const READY_WITHIN = 20_000;

export interface ExchangeListener {
  /** This machine cannot keep up. Told until it is put away. */
  slow(): void;
  failed(why: string): void;
}

interface Outlet {
  track: MediaStreamTrack;
  /** What the worker gets besides the scene. */
  start(input: MediaStreamTrack): {
    flow: Extract<ToWorker, { type: 'start' }>['flow'];
    given: Transferable[];
  };
  another(input: MediaStreamTrack, worker: Worker): void;
  /** The worker asks for a picture, or has made one. */
  next(worker: Worker): void;
  show(picture: ImageBitmap): void;
  dispose(): void;
}

export class Exchange {
  readonly track: MediaStreamTrack;
  #worker: Worker;
  #outlet: Outlet;
  #listener: ExchangeListener;
  #ready: (() => void) | null = null;

  private constructor(input: MediaStreamTrack, scene: Scene, listener: ExchangeListener) {
    this.#listener = listener;
    this.#outlet = hasFlows() ? new FlowOutlet() : new CanvasOutlet();
    this.track = this.#outlet.track;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#listener.failed(event.message);
    };
    const { flow, given } = this.#outlet.start(input);
    this.#say({ type: 'start', scene, flow }, [...given, ...bitmaps(scene)]);
  }

  /** Resolves when the first picture has come out: before that there is nothing to be sent. */
  static async start(
    input: MediaStreamTrack,
    scene: Scene,
    listener: ExchangeListener,
    signal: AbortSignal,
  ): Promise<Exchange> {
    let exchange: Exchange | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<Exchange>((resolve, reject) => {
        const failed = (why: string): void => {
          reject(new Error(why));
          listener.failed(why);
        };
        const begun = (exchange = new Exchange(input, scene, { slow: () => listener.slow(), failed }));
        begun.#ready = () => resolve(begun);
        timer = setTimeout(() => reject(new Error('no picture came')), READY_WITHIN);
        const unwanted = (): void => reject(new Error('not wanted any more'));
        signal.addEventListener('abort', unwanted, { once: true });
      });
    } catch (error) {
      exchange?.dispose();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  setInput(input: MediaStreamTrack): void {
    this.#outlet.another(input, this.#worker);
  }

  setScene(scene: Scene): void {
    this.#say({ type: 'scene', scene }, bitmaps(scene));
  }

  dispose(): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#outlet.dispose();
    this.track.stop();
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#ready?.();
        return;
      case 'next':
        this.#outlet.next(this.#worker);
        return;
      case 'picture':
        this.#outlet.show(message.picture);
        return;
      case 'slow':
        this.#listener.slow();
        return;
      case 'failed':
        this.#listener.failed(message.why);
        return;
    }
  }

  #say(message: ToWorker, given: Transferable[]): void {
    this.#worker.postMessage(message, given);
  }
}

const bitmaps = (scene: Scene): Transferable[] => (scene.kind === 'image' ? [scene.image] : []);

interface Flows {
  MediaStreamTrackProcessor: new (options: { track: MediaStreamTrack }) => {
    readable: ReadableStream<VideoFrame>;
  };
  MediaStreamTrackGenerator: new (options: { kind: 'video' }) => MediaStreamTrack & {
    writable: WritableStream<VideoFrame>;
  };
}

const flows = globalThis as unknown as Flows;

/** Chromium has them for the page. */
function hasFlows(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;
}

/** Frames go through the worker without the page. */
class FlowOutlet implements Outlet {
  track: MediaStreamTrack;
  #writable: WritableStream<VideoFrame>;

  constructor() {
    const generator = new flows.MediaStreamTrackGenerator({ kind: 'video' });
    this.track = generator;
    this.#writable = generator.writable;
  }

  start(track: MediaStreamTrack): ReturnType<Outlet['start']> {
    const input = new flows.MediaStreamTrackProcessor({ track }).readable;
    const output = this.#writable;
    return { flow: { input, output }, given: [input, output] };
  }

  another(track: MediaStreamTrack, worker: Worker): void {
    const input = new flows.MediaStreamTrackProcessor({ track }).readable;
    worker.postMessage({ type: 'input', input } satisfies ToWorker, [input]);
  }

  next(): void {
    throw new Error('frames come by themselves');
  }

  show(picture: ImageBitmap): void {
    picture.close();
  }

  dispose(): void {
    // The generator ends with its track.
  }
}

/** The page takes pictures from a video and puts them on a canvas, whose own capture is the track. */
class CanvasOutlet implements Outlet {
  track: MediaStreamTrack;
  #video = document.createElement('video');
  #canvas = document.createElement('canvas');
  #context = this.#canvas.getContext('bitmaprenderer');
  #disposed = false;

  constructor() {
    this.#video.muted = true;
    this.#video.playsInline = true;
    const [track] = this.#canvas.captureStream(30).getVideoTracks();
    if (!track) throw new Error('a canvas without a track');
    this.track = track;
  }

  start(track: MediaStreamTrack): ReturnType<Outlet['start']> {
    this.#play(track);
    return { flow: null, given: [] };
  }

  another(track: MediaStreamTrack): void {
    this.#play(track);
  }

  next(worker: Worker): void {
    void this.#picture().then((picture) => {
      if (!picture) return;
      if (this.#disposed) picture.close();
      else worker.postMessage({ type: 'picture', picture } satisfies ToWorker, [picture]);
    });
  }

  show(picture: ImageBitmap): void {
    if (this.#canvas.width !== picture.width) this.#canvas.width = picture.width;
    if (this.#canvas.height !== picture.height) this.#canvas.height = picture.height;
    this.#context?.transferFromImageBitmap(picture);
  }

  dispose(): void {
    this.#disposed = true;
    this.#video.srcObject = null;
  }

  #play(track: MediaStreamTrack): void {
    this.#video.srcObject = new MediaStream([track]);
    // Taken away at once there is nothing to play.
    this.#video.play().catch(() => undefined);
  }

  /** As soon as the video has one. */
  async #picture(): Promise<ImageBitmap | null> {
    while (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      if (this.#disposed) return null;
      await new Promise((done) => this.#video.addEventListener('loadeddata', done, { once: true }));
    }
    return this.#disposed ? null : createImageBitmap(this.#video);
  }
}
