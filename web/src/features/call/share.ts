// The room's link, for others.

import { m } from '../../messages/compiled/messages';

/** Copies the link. Returns what to tell about it. */
export async function shareLink(): Promise<string> {
  const url = location.origin + location.pathname;
  try {
    await navigator.clipboard.writeText(url);
    return m.link_copied();
  } catch {
    return m.link_not_copied({ url });
  }
}
