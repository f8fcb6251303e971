// Ties a session to the life of its page: it lets go when the page is hidden for good, and tries at once when the
// page or its network is back.

import type { Session } from '../protocol/session';

export function tieToPage(session: Pick<Session, 'connect' | 'hide'>, signal: AbortSignal): void {
  addEventListener('pagehide', () => session.hide(), { signal });
  addEventListener('pageshow', (show) => show.persisted && session.connect(), { signal });
  addEventListener('online', () => session.connect(), { signal });
  document.addEventListener('visibilitychange', () => !document.hidden && session.connect(), { signal });
}
