// Lets the browser's own controls act in the call: those of a video in a window of its own, and of headsets.

import type { Call } from '../../model/call.svelte';

/** Some of them are not in the types of browsers yet. */
type Action = MediaSessionAction | 'togglemicrophone' | 'togglecamera' | 'hangup' | 'enterpictureinpicture';

/** Until the returned function is called. @param show the page is left, and may show itself in a small window */
export function followMediaKeys(call: Call, show: () => void): () => void {
  if (!('mediaSession' in navigator)) return () => undefined;
  const actions: [Action, () => void][] = [
    ['togglemicrophone', () => void call.own.toggleMicrophone()],
    ['togglecamera', () => void call.own.toggleCamera()],
    ['hangup', () => void call.leave()],
    ['enterpictureinpicture', show],
  ];
  for (const [action, run] of actions) handle(action, run);
  return () => {
    for (const [action] of actions) handle(action, null);
  };
}

/** What the browser's controls show as on. */
export function tellMediaKeys(microphone: boolean, camera: boolean): void {
  if (!('mediaSession' in navigator)) return;
  const { mediaSession } = navigator;
  if ('setMicrophoneActive' in mediaSession) void mediaSession.setMicrophoneActive(microphone);
  if ('setCameraActive' in mediaSession) void mediaSession.setCameraActive(camera);
}

function handle(action: Action, run: (() => void) | null): void {
  try {
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, run);
  } catch {
    // Unknown to this browser.
  }
}
