// The call in a small window over everything else: with controls where the browser gives a page such a window, one video
// alone where it gives it to videos only.

import { mount, unmount } from 'svelte';
import type { Call } from '../../model/call.svelte';
import PictureView from './PictureView.svelte';

export type PictureWay = 'document' | 'video' | 'none';

/** Wide enough for three buttons, and for a face. */
const SIZE = { width: 360, height: 270 };

/** Not in the types of browsers yet. */
interface DocumentPictures {
  requestWindow: (size: { width: number; height: number }) => Promise<Window>;
}

function documentPictures(): DocumentPictures | null {
  return 'documentPictureInPicture' in window ? (window.documentPictureInPicture as DocumentPictures) : null;
}

export function pictureWay(): PictureWay {
  if (documentPictures()) return 'document';
  return document.pictureInPictureEnabled ? 'video' : 'none';
}

export class Picture {
  open = $state(false);
  #close: (() => void) | null = null;
  #asked = 0;

  constructor(private readonly call: Call) {}

  /** By a press: whoever has asked for it is told if there is none. */
  async toggle(): Promise<void> {
    if (this.open) this.close();
    else if ((await this.show()) === 'none') this.call.notices.add({ kind: 'picture_failed' });
  }

  /** Browsers want a press for it, or ask for it themselves. */
  async show(): Promise<'shown' | 'none'> {
    if (this.open) return 'shown';
    const asked = ++this.#asked;
    try {
      const close = await (pictureWay() === 'document' ? this.#showDocument() : this.#showVideo());
      // The call may have ended meanwhile.
      if (asked !== this.#asked) close?.();
      else if (close) this.#set(close);
      return close ? 'shown' : 'none';
    } catch (error) {
      console.debug('no picture-in-picture', error);
      return asked === this.#asked ? 'none' : 'shown';
    }
  }

  close(): void {
    this.#asked += 1;
    const close = this.#close;
    this.#set(null);
    close?.();
  }

  #set(close: (() => void) | null): void {
    this.#close = close;
    this.open = close !== null;
    this.call.media.seenElsewhere(this.open);
  }

  async #showDocument(): Promise<(() => void) | null> {
    const own = await documentPictures()?.requestWindow(SIZE);
    if (!own) return null;
    dress(own.document);
    const view = mount(PictureView, { target: own.document.body, props: { call: this.call } });
    own.addEventListener('pagehide', () => {
      void unmount(view);
      this.#set(null);
    });
    return () => own.close();
  }

  async #showVideo(): Promise<(() => void) | null> {
    const video = largestVideo();
    if (!video) return null;
    // So that browsers put no button of their own on every tile, it is barred until it is asked for here.
    video.disablePictureInPicture = false;
    try {
      await video.requestPictureInPicture();
    } catch (error) {
      video.disablePictureInPicture = true;
      throw error;
    }
    const left = (): void => {
      video.disablePictureInPicture = true;
      this.#set(null);
    };
    video.addEventListener('leavepictureinpicture', left, { once: true });
    return () => {
      if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => undefined);
    };
  }
}

/** The window looks like the page; its title and language are the view's. */
function dress(own: Document): void {
  for (const sheet of document.styleSheets) {
    if (sheet.ownerNode instanceof Element) own.head.append(sheet.ownerNode.cloneNode(true));
  }
}

/** Of the others', if there is one. */
function largestVideo(): HTMLVideoElement | null {
  const all = [...document.querySelectorAll<HTMLVideoElement>('[data-tile] video')];
  const area = (video: HTMLVideoElement): number => video.clientWidth * video.clientHeight;
  return all.sort((a, b) => area(b) - area(a))[0] ?? null;
}
