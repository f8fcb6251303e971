// Lets the browser's own controls act in the call: those of a video in a window of its own, and of headsets.

import type { Call } from '../../model/call.svelte';

/** Some of them are not in the types of browsers yet. */
type Action = MediaSessionAction | 'togglemicrophone' | 'togglecamera' | 'hangup' | 'enterpictureinpicture';

/** Until the returned function is called. */
export function followMediaKeys(call: Call): () => void {
  return handleAll([
    ['togglemicrophone', () => void call.own.toggleMicrophone()],
    ['togglecamera', () => void call.own.toggleCamera()],
    // A host is not asked what becomes of the others: whoever presses a key of a headset may be far from the page, and
    // would go on being heard while it asks. The others go on without them.
    ['hangup', () => void call.leave()],
  ]);
}

/** Until the returned function is called. @param show the page is left, and may show itself in a small window */
export function followPageLeft(show: () => void): () => void {
  return handleAll([['enterpictureinpicture', show]]);
}

/** What the browser's controls show as on. */
export function tellMediaKeys(microphone: boolean, camera: boolean): void {
  if (!('mediaSession' in navigator)) return;
  const { mediaSession } = navigator;
  if ('setMicrophoneActive' in mediaSession) void mediaSession.setMicrophoneActive(microphone);
  if ('setCameraActive' in mediaSession) void mediaSession.setCameraActive(camera);
}

function handleAll(actions: [Action, () => void][]): () => void {
  if (!('mediaSession' in navigator)) return () => undefined;
  for (const [action, run] of actions) handle(action, run);
  return () => {
    for (const [action] of actions) handle(action, null);
  };
}

function handle(action: Action, run: (() => void) | null): void {
  try {
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, run);
  } catch {
    // Unknown to this browser.
  }
}
