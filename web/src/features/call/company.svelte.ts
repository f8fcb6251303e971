// What belongs to a call for as long as one is in it, however much of the window it has: the screen stays awake, and what
// headsets and browsers have for calls acts in it.

import { untrack } from 'svelte';
import type { Call } from '../../model/call.svelte';
import { keepAwake } from '../../model/wake-lock';
import { followMediaKeys, tellMediaKeys } from './media-keys';

/** For the life of a component, in whatever call there is. */
export function keepCompany(current: () => Call | null): void {
  const inside = (): Call | null => {
    const call = current();
    return call?.phase.kind === 'in_call' ? call : null;
  };
  $effect(() => {
    const call = inside();
    if (!call) return;
    const [letSleep, ignoreKeys] = untrack(() => [keepAwake(), followMediaKeys(call)]);
    return () => {
      letSleep();
      ignoreKeys();
    };
  });
  $effect(() => {
    const devices = inside()?.devices;
    if (devices) tellMediaKeys(devices.microphone.kind === 'on', devices.camera.kind === 'on');
  });
}
