// Words for devices, shared by the door and the call.

import { m } from '../messages/compiled/messages';
import type { DeviceState } from '../model/devices.svelte';
import type { CaptureKind, DeviceChoice, DeviceProblem } from '../rtc/capture';
import { browserOf, systemOf } from './browser';

const HELP: Record<CaptureKind, Record<DeviceProblem, () => string>> = {
  camera: {
    denied: m.problem_camera_denied,
    blocked_by_system: m.problem_camera_blocked_by_system,
    not_found: m.problem_camera_not_found,
    in_use: m.problem_camera_in_use,
    insecure: m.problem_camera_insecure,
    unknown: m.problem_camera_unknown,
  },
  microphone: {
    denied: m.problem_microphone_denied,
    blocked_by_system: m.problem_microphone_blocked_by_system,
    not_found: m.problem_microphone_not_found,
    in_use: m.problem_microphone_in_use,
    insecure: m.problem_microphone_insecure,
    unknown: m.problem_microphone_unknown,
  },
};

const DENIED = { camera: m.device_denied_camera, microphone: m.device_denied_microphone };
const BLOCKED = { camera: m.device_blocked_camera, microphone: m.device_blocked_microphone };

/** What is wrong and what can be done about it; null when nothing is. */
export function deviceHelp(kind: CaptureKind, state: DeviceState): string | null {
  if (state.kind !== 'problem') return null;
  const { problem } = state;
  const [what, how] = problem === 'denied' ? [DENIED, howToAllow()] : [BLOCKED, howToUnblock()];
  const special = problem === 'denied' || problem === 'blocked_by_system';
  return special && how ? `${what[kind]()} ${how}` : HELP[kind][problem]();
}

/** Why one is not seen, having wanted a background that does not work. */
export function backgroundHelp(problem: 'slow' | 'failed'): string {
  return problem === 'slow' ? m.device_notice_background_slow() : m.device_notice_background_failed();
}

/** Where this browser lets people allow what they have refused; null when it is not known. */
function howToAllow(): string | null {
  if (system() === 'ios') return m.device_allow_ios();
  switch (browserOf(navigator.userAgent)) {
    case 'chromium':
      return m.device_allow_chromium();
    case 'firefox':
      return m.device_allow_firefox();
    case 'safari':
      return m.device_allow_safari();
    case 'other':
      return null;
  }
}

/** Where this system lets people allow browsers its devices; null when it is not known. */
function howToUnblock(): string | null {
  switch (system()) {
    case 'mac':
      return m.device_unblock_mac();
    case 'windows':
      return m.device_unblock_windows();
    case 'android':
      return m.device_unblock_android();
    case 'ios':
      return m.device_unblock_ios();
    case 'other':
      return null;
  }
}

const system = (): ReturnType<typeof systemOf> => systemOf(navigator.userAgent, navigator.maxTouchPoints);

/** Whether the browser lets the page choose; where not, the system's own choice holds and none is shown. */
export const speakerCanBeChosen = 'setSinkId' in HTMLMediaElement.prototype;

/** A list that is never empty and never has nameless entries. */
export function options(devices: DeviceChoice[], kind: string): DeviceChoice[] {
  if (devices.length === 0) return [{ id: '', label: m.system_default() }];
  return devices.map(({ id, label }, index) => ({
    id,
    label: label || m.unnamed_device({ kind, number: index + 1 }),
  }));
}
