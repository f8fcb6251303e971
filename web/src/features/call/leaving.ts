// Going out of the call: at once, or by way of the question what becomes of the others.

import type { Call } from '../../model/call.svelte';

/** A host with others inside is asked: they may go alone, or end it for all. */
export function leaveOrAsk(call: Call): void {
  if (call.roster.host && call.others.length > 0) call.panels.dialog = 'leave';
  else void call.leave();
}
