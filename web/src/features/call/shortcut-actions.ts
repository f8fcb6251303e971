// What the keys of the call do: the same as the buttons of the bar, and nothing where there is no such button.

import type { Call } from '../../model/call.svelte';
import type { BarButton, BarId } from './bar';
import { barOf } from './bar';
import type { Shortcut } from './shortcuts';

export function runShortcut(shortcut: Shortcut, call: Call, toggleFullScreen: () => Promise<void>): void {
  switch (shortcut) {
    case 'microphone':
      void call.own.toggleMicrophone();
      return;
    case 'camera':
      void call.own.toggleCamera();
      return;
    case 'full_screen':
      if (document.fullscreenEnabled) void toggleFullScreen();
      return;
    case 'list':
      call.panels.dialog = 'shortcuts';
      return;
    case 'share':
    case 'chat':
    case 'people':
    case 'hand':
      button(shortcut, call)?.run();
  }
}

/** Whether the key does anything in this call and this browser. */
export function isOffered(shortcut: Shortcut, call: Call): boolean {
  switch (shortcut) {
    case 'full_screen':
      return document.fullscreenEnabled;
    case 'share':
    case 'chat':
    case 'people':
    case 'hand':
      return button(shortcut, call) !== undefined;
    case 'microphone':
    case 'camera':
    case 'list':
      return true;
  }
}

function button(id: BarId, call: Call): BarButton | undefined {
  return barOf(call, 'wide').buttons.find((one) => one.id === id);
}
