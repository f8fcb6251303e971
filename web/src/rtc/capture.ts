// Asking the browser for cameras and microphones, and what its refusals mean.

export type DeviceProblem = 'denied' | 'blocked_by_system' | 'not_found' | 'in_use' | 'insecure' | 'unknown';
export type CaptureKind = 'microphone' | 'camera';
export type Facing = 'user' | 'environment';

/** What the browser does to the sound of a microphone. Named as the constraints are. */
export interface SoundProcessing {
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

/** Why a device cannot be used, in words that there is help for. */
export class CaptureFailed extends Error {
  constructor(readonly problem: DeviceProblem) {
    super(problem);
  }
}

export interface Wish {
  /** A `chosen` one is taken or fails; instead of a `remembered` one another may be better than none. */
  by: 'remembered' | 'chosen';
  id: string | null;
  /** Any camera that looks this way, instead of one by its id. */
  facing?: Facing;
}

/** One live track. */
export async function capture(
  kind: CaptureKind,
  wish: Wish,
  processing: SoundProcessing,
): Promise<MediaStreamTrack> {
  // Without a secure context there is no such thing, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new CaptureFailed('insecure');
  const device = deviceOf(wish);
  const constraints: MediaStreamConstraints =
    kind === 'microphone'
      ? { audio: { ...device, ...processing } }
      : { video: { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } };
  try {
    const stream = await devices.getUserMedia(constraints);
    const track = stream.getTracks()[0];
    if (!track) throw new CaptureFailed('unknown');
    return track;
  } catch (error) {
    throw error instanceof CaptureFailed ? error : new CaptureFailed(problemOf(error));
  }
}

function deviceOf({ by, id, facing }: Wish): MediaTrackConstraints {
  if (facing) return { facingMode: by === 'chosen' ? { exact: facing } : { ideal: facing } };
  if (!id) return {};
  return { deviceId: by === 'chosen' ? { exact: id } : { ideal: id } };
}

/** Changes what is done to the sound of a live track. Returns whether it took: some browsers only do it to new ones. */
export async function process(track: MediaStreamTrack, processing: SoundProcessing): Promise<boolean> {
  try {
    await track.applyConstraints({ ...processing });
  } catch {
    return false;
  }
  const settings = track.getSettings();
  const names = ['echoCancellation', 'noiseSuppression', 'autoGainControl'] as const;
  // What a browser does not know of it leaves out, and another track would not know it either.
  return names.every((name) => settings[name] === undefined || settings[name] === processing[name]);
}

/** Told whenever somebody allows or forbids the page a device, in a dialog or in the settings of the browser. */
export async function watchPermission(
  kind: CaptureKind,
  changed: (state: PermissionState) => void,
  signal: AbortSignal,
): Promise<void> {
  // Not everywhere is there such a thing, and not for every device.
  const permissions = navigator.permissions as Permissions | undefined;
  const status = await permissions?.query({ name: kind }).catch(() => null);
  status?.addEventListener('change', () => changed(status.state), { signal });
}

/** Browsers' names for what is wrong. */
export function problemOf(error: unknown): DeviceProblem {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return /system/i.test(message) ? 'blocked_by_system' : 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'not_found';
    case 'NotReadableError':
    case 'AbortError':
      return 'in_use';
    case 'TypeError':
      return 'insecure';
    default:
      return 'unknown';
  }
}

export interface DeviceChoice {
  id: string;
  label: string;
}

/** What is plugged in. Labels are empty until a device of the kind has been allowed. */
export async function listDevices(): Promise<Record<'microphones' | 'cameras' | 'speakers', DeviceChoice[]>> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  const all = devices ? await devices.enumerateDevices() : [];
  const of = (kind: MediaDeviceKind): DeviceChoice[] =>
    all
      .filter((one) => one.kind === kind && one.deviceId !== '')
      .map((one) => ({ id: one.deviceId, label: one.label }));
  const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: canChooseSpeaker ? of('audiooutput') : [],
  };
}
