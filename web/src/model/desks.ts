// The desks there are, by name.

import type { DeskName } from '../protocol/generated';

/** Null where they could not be loaded. */
export async function loadDesks(signal: AbortSignal): Promise<DeskName[] | null> {
  try {
    const response = await fetch('/api/v1/desks', { signal });
    return response.ok ? ((await response.json()) as DeskName[]) : null;
  } catch {
    return null;
  }
}
