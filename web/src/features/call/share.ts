// The room's link, for others.

import { m } from '../../messages/compiled/messages';

function link(): string {
  return location.origin + location.pathname;
}

/** Copies the link. Returns what to tell about it. */
export async function copyLink(): Promise<string> {
  const url = link();
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
    await navigator.share({ title: room, url: link() });
  } catch {
    // Closed without sharing.
  }
}
