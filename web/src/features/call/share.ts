// The room's link, for others.

import { m } from '../../messages/compiled/messages';

/** Without what is for this page alone. */
export function roomLink(): string {
  return location.origin + location.pathname;
}

/** Copies the link. Returns what to tell about it. */
export async function copyLink(): Promise<string> {
  const url = roomLink();
  try {
    await navigator.clipboard.writeText(url);
    return m.link_copied();
  } catch {
    return m.link_not_copied({ url });
  }
}

/** Whether the system has a sheet to share with. */
export function canShare(): boolean {
  return 'share' in navigator;
}

/** Opens the system's sheet. */
export async function shareLink(room: string): Promise<void> {
  try {
    await navigator.share({ title: room, url: roomLink() });
  } catch {
    // Closed without sharing.
  }
}
