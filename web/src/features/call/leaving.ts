// Going out of the call: at once, or by way of the question what becomes of the others.

import type { Call } from '../../model/call.svelte';

/** A host with others inside is asked: they may go alone, or end it for all. */
export function asksFirst({ roster, others }: Pick<Call, 'roster' | 'others'>): boolean {
  return roster.host && others.length > 0;
}

export function leaveOrAsk(call: Call): void {
  if (asksFirst(call)) call.panels.dialog = 'leave';
  else void call.leave();
}
