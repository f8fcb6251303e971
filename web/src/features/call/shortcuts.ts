// Keys that act in the call. Never inside text fields, never with modifiers that mean something else.

export type Shortcut = 'microphone' | 'camera' | 'chat' | 'list';

const KEYS: Record<string, Shortcut> = { m: 'microphone', v: 'camera', c: 'chat', '?': 'list' };

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  const target = event.target;
  if (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role="menu"]')
  ) {
    return null;
  }
  return KEYS[event.key.toLowerCase()] ?? null;
}
