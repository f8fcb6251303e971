// Keys that act in the call. Never inside text fields, never with modifiers that mean something else.

import { m } from '../../messages/compiled/messages';

export type Shortcut =
  'microphone' | 'camera' | 'share' | 'chat' | 'people' | 'hand' | 'full_screen' | 'list';

/** As they are listed. */
export const SHORTCUTS: readonly { key: string; shortcut: Shortcut; text: () => string }[] = [
  { key: 'M', shortcut: 'microphone', text: m.shortcut_microphone },
  { key: 'V', shortcut: 'camera', text: m.shortcut_camera },
  { key: 'S', shortcut: 'share', text: m.aware_shortcut_share },
  { key: 'C', shortcut: 'chat', text: m.shortcut_chat },
  { key: 'P', shortcut: 'people', text: m.aware_shortcut_people },
  { key: 'H', shortcut: 'hand', text: m.aware_shortcut_hand },
  { key: 'F', shortcut: 'full_screen', text: m.aware_shortcut_full_screen },
  { key: '?', shortcut: 'list', text: m.shortcut_list },
];

const KEYS = new Map(SHORTCUTS.map(({ key, shortcut }) => [key.toLowerCase(), shortcut]));

/** Where keys are text or a choice. */
const OWN_KEYS =
  'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="alertdialog"]';
/** What Space presses. */
const PRESSABLE = 'button, a, summary, [role="button"], [role="switch"]';

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (hasModifier(event) || event.repeat || isIn(event.target, OWN_KEYS)) return null;
  return KEYS.get(event.key.toLowerCase()) ?? null;
}

/**
 * Whether this is the key that is held to talk. On a button it presses the button, if one has got there with the keys;
 * a button that was clicked keeps the focus too, and nobody expects it to be pressed again.
 */
export function isTalkKey(event: KeyboardEvent, focusedBy: 'keys' | 'pointer'): boolean {
  if (event.key !== ' ' || hasModifier(event) || isIn(event.target, OWN_KEYS)) return false;
  return focusedBy === 'pointer' || !isIn(event.target, PRESSABLE);
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
