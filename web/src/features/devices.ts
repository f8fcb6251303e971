// Words for devices, shared by the door and the call.

import { m } from '../messages/compiled/messages';
import type { DeviceState } from '../model/devices.svelte';
import type { DeviceChoice, DeviceProblem } from '../rtc/capture';

const CAMERA_HELP: Record<DeviceProblem, () => string> = {
  denied: m.problem_camera_denied,
  blocked_by_system: m.problem_camera_blocked_by_system,
  not_found: m.problem_camera_not_found,
  in_use: m.problem_camera_in_use,
  insecure: m.problem_camera_insecure,
  unknown: m.problem_camera_unknown,
};

const MICROPHONE_HELP: Record<DeviceProblem, () => string> = {
  denied: m.problem_microphone_denied,
  blocked_by_system: m.problem_microphone_blocked_by_system,
  not_found: m.problem_microphone_not_found,
  in_use: m.problem_microphone_in_use,
  insecure: m.problem_microphone_insecure,
  unknown: m.problem_microphone_unknown,
};

export function cameraHelp(state: DeviceState): string | null {
  return state.kind === 'problem' ? CAMERA_HELP[state.problem]() : null;
}

export function microphoneHelp(state: DeviceState): string | null {
  return state.kind === 'problem' ? MICROPHONE_HELP[state.problem]() : null;
}

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
