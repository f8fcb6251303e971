// The door to backgrounds for the rest of the web client. What does the work is loaded when one is chosen, and not
// before.

import type { BuiltIn } from './background/images';
import type { Exchange, ExchangeListener } from './background/exchange';
import type { Scene } from './background/messages';

export type { Exchange } from './background/exchange';

/** What is to be seen behind oneself. */
export type Look = 'none' | 'blur' | BuiltIn | 'own';
export const LOOKS: readonly Look[] = ['none', 'blur', 'dusk', 'study', 'veil', 'own'];

/** Whether this browser can do it at all. Whether the machine can shows when it does. */
export const backgroundsPossible =
  typeof Worker === 'function' && typeof OffscreenCanvas === 'function' && typeof WebAssembly === 'object';

/** Begins to exchange what is behind the person in front of this camera. */
export async function startExchange(
  camera: MediaStreamTrack,
  look: Exclude<Look, 'none'>,
  listener: ExchangeListener,
  signal: AbortSignal,
): Promise<Exchange> {
  const [{ Exchange }, scene] = await Promise.all([import('./background/exchange'), sceneOf(look)]);
  signal.throwIfAborted();
  return Exchange.start(camera, scene, listener, signal);
}

/** What the worker needs to draw a look. Fails when one's own picture is gone. */
export async function sceneOf(look: Exclude<Look, 'none'>): Promise<Scene> {
  if (look === 'blur') return { kind: 'blur' };
  const { builtIn, own } = await import('./background/images');
  if (look !== 'own') return { kind: 'image', image: await builtIn(look) };
  const picture = await own();
  if (!picture) throw new Error('no picture of one’s own');
  return { kind: 'image', image: await createImageBitmap(picture) };
}

/** One's own picture as it is kept on this device; null when there is none, or nothing can be kept. */
export async function ownPicture(): Promise<Blob | null> {
  const { own } = await import('./background/images');
  return own().catch(() => null);
}

/** Keeps a picture for one's own; null when it is none, too large, or nothing can be kept. */
export async function keepPicture(file: Blob): Promise<Blob | null> {
  const { keepOwn } = await import('./background/images');
  return keepOwn(file).catch(() => null);
}

export async function forgetPicture(): Promise<void> {
  const { forgetOwn } = await import('./background/images');
  await forgetOwn().catch(() => undefined);
}
