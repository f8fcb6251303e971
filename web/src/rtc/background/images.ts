// The pictures that come with us, and one's own, which never leaves this device.

import dusk from './images/dusk.svg';
import study from './images/study.svg';
import veil from './images/veil.svg';

export const BUILT_IN = { dusk, study, veil } as const;
export type BuiltIn = keyof typeof BUILT_IN;

/** What is drawn behind people is not worth more than that. */
const SIZE = { width: 1280, height: 720 };
/** Of what may be chosen: more would take long to open on a phone. What is kept is far smaller. */
export const OWN_AT_MOST = 12 * 1024 * 1024;
const QUALITY = 0.86;
const DATABASE = 'visavis-background';
const STORE = 'picture';
const KEY = 'own';

/** A built-in picture, drawn: workers cannot draw these themselves. */
export async function builtIn(name: BuiltIn): Promise<ImageBitmap> {
  const image = new Image(SIZE.width, SIZE.height);
  image.src = BUILT_IN[name];
  await image.decode();
  const canvas = new OffscreenCanvas(SIZE.width, SIZE.height);
  canvas.getContext('2d')?.drawImage(image, 0, 0, SIZE.width, SIZE.height);
  return canvas.transferToImageBitmap();
}

/** One's own picture; null when there is none. */
export async function own(): Promise<Blob | null> {
  const kept: unknown = await inStore('readonly', (store) => store.get(KEY));
  return kept instanceof Blob ? kept : null;
}

/** Keeps a picture, no larger than it will be seen. Fails when it is none. */
export async function keepOwn(file: Blob): Promise<Blob> {
  if (file.size > OWN_AT_MOST) throw new Error('too large');
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, Math.max(SIZE.width / picture.width, SIZE.height / picture.height));
  const canvas = new OffscreenCanvas(Math.ceil(picture.width * scale), Math.ceil(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const kept = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  await inStore('readwrite', (store) => store.put(kept, KEY));
  return kept;
}

export async function forgetOwn(): Promise<void> {
  await inStore('readwrite', (store) => store.delete(KEY));
}

function inStore(mode: IDBTransactionMode, what: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(new Error('nothing can be kept here'));
    opening.onsuccess = () => {
      const database = opening.result;
      const request = what(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('it could not be kept'));
      request.transaction?.addEventListener('complete', () => database.close());
    };
  });
}
