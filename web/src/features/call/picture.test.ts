// The small window in browsers that have it for videos alone.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notices } from '../../model/notices.svelte';
import type { Call } from '../../model/call.svelte';
import { Picture } from './picture.svelte';

vi.mock('./PictureView.svelte', () => ({ default: {} }));

let notices: Notices;
let picture: Picture;

/** As browsers do: what is barred is refused. */
function showVideo(may: 'may' | 'may not'): HTMLVideoElement {
  document.body.innerHTML = '<div data-tile><video></video></div>';
  const video = document.querySelector('video') as HTMLVideoElement;
  video.disablePictureInPicture = true;
  video.requestPictureInPicture = () =>
    video.disablePictureInPicture || may === 'may not'
      ? Promise.reject(new DOMException('no', 'InvalidStateError'))
      : Promise.resolve({} as PictureInPictureWindow);
  return video;
}

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '';
  notices = new Notices();
  const media = { seenElsewhere: () => undefined };
  picture = new Picture({ notices, media } as unknown as Call);
});

afterEach(() => {
  picture.close();
  vi.useRealTimers();
});

const told = (): string[] => notices.list.map(({ kind }) => kind);

describe('the small window of a video', () => {
  it('opens, and bars the video again when it is closed', async () => {
    const video = showVideo('may');
    await picture.toggle();
    expect([picture.open, video.disablePictureInPicture]).toEqual([true, false]);
    video.dispatchEvent(new Event('leavepictureinpicture'));
    expect([picture.open, video.disablePictureInPicture]).toEqual([false, true]);
    expect(told()).toEqual([]);
  });

  it('that the browser refuses is told of to whoever has asked for it', async () => {
    const video = showVideo('may not');
    await picture.show();
    expect(told(), 'by itself').toEqual([]);
    await picture.toggle();
    expect([picture.open, video.disablePictureInPicture]).toEqual([false, true]);
    expect(told()).toEqual(['picture_failed']);
  });

  it('has nothing to show where nobody is seen', async () => {
    await picture.toggle();
    expect(told()).toEqual(['picture_failed']);
  });
});
