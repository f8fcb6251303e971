// Asking the browser for cameras and microphones, and what its refusals mean.

export type DeviceProblem = 'denied' | 'blocked_by_system' | 'not_found' | 'in_use' | 'insecure' | 'unknown';
export type CaptureKind = 'microphone' | 'camera';

/** Why a device cannot be used, in words that there is help for. */
export class CaptureFailed extends Error {
  constructor(readonly problem: DeviceProblem) {
    super(problem);
  }
}

/**
 * One live track.
 *
 * @param deviceId the one remembered or chosen
 * @param wish a `chosen` one is taken or fails; instead of a `remembered` one another may be better than none
 */
export async function capture(
  kind: CaptureKind,
  deviceId: string | null,
  wish: 'remembered' | 'chosen',
): Promise<MediaStreamTrack> {
  // Without a secure context there is no such thing, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new CaptureFailed('insecure');
  const id = wish === 'chosen' ? { exact: deviceId ?? '' } : { ideal: deviceId ?? '' };
  const device = deviceId ? { deviceId: id } : {};
  const constraints: MediaStreamConstraints =
    kind === 'microphone'
      ? { audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
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
