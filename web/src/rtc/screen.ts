// Asking the browser for a screen, a window or a tab, and what its refusals mean.

/** Whether pictures are to be sharp, as text has to be, or to move smoothly. */
export type ScreenLook = 'sharp' | 'smooth';

export interface Captured {
  video: MediaStreamTrack;
  /** The sound of what is shown, where the browser gives it. */
  audio: MediaStreamTrack | null;
}

/** `refused` by whoever was asked, which needs no words; `failed` otherwise. */
export class ScreenNotCaptured extends Error {
  constructor(readonly why: 'refused' | 'failed') {
    super(why);
  }
}

/** Text does not move; more pictures a second would cost it sharpness. */
const SHARP_RATE = 15;
const SMOOTH_RATE = 30;

/** Newer than the types that we have. Browsers leave alone what they do not know. */
interface Wishes extends DisplayMediaStreamOptions {
  /** This page in itself is a hall of mirrors. */
  selfBrowserSurface: 'exclude';
  /** Another tab without being asked once more. */
  surfaceSwitching: 'include';
  systemAudio: 'include';
}

/** Phones' browsers cannot. */
export function canCaptureScreen(): boolean {
  // Without a secure context there is no such thing, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return devices !== undefined && 'getDisplayMedia' in devices;
}

export async function captureScreen(look: ScreenLook): Promise<Captured> {
  const wishes: Wishes = {
    video: { frameRate: { max: look === 'sharp' ? SHARP_RATE : SMOOTH_RATE } },
    // What is heard is music and films as well as speech: nothing of it is noise.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: 'include',
  };
  const stream = await navigator.mediaDevices.getDisplayMedia(wishes).catch((error: unknown) => {
    const refused = error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name);
    throw new ScreenNotCaptured(refused ? 'refused' : 'failed');
  });
  const [video] = stream.getVideoTracks();
  const [audio = null] = stream.getAudioTracks();
  if (!video) {
    audio?.stop();
    throw new ScreenNotCaptured('failed');
  }
  hint(video, look);
  if (audio) audio.contentHint = 'music';
  return { video, audio };
}

/** Says what matters in a picture that does not fit through. */
export function hint(video: MediaStreamTrack, look: ScreenLook): void {
  video.contentHint = look === 'sharp' ? 'detail' : 'motion';
}

/** Another look of what is shared already. */
export async function relook(video: MediaStreamTrack, look: ScreenLook): Promise<void> {
  hint(video, look);
  // Where the rate cannot be changed the pictures come as they did.
  await video
    .applyConstraints({ frameRate: { max: look === 'sharp' ? SHARP_RATE : SMOOTH_RATE } })
    .catch(() => undefined);
}
