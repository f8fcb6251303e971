// Asking once more for what the server could not do in that moment, for pages that go on by themselves. Knows nothing
// of what is asked, nor when it is of no use any more: both are the page's.

import type { Code } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';

type Failure = Code | 'session_lost';

const FIRST = 500;
/** Live state may be away for long, and everybody asks. */
const LONGEST = 5_000;

export interface Again {
  /** Whether it is still wanted. */
  still: () => boolean;
  /** Whether this may be over the next time; what the server is too busy for, if nothing is said. */
  passes?: (code: Failure) => boolean;
  random?: () => number;
}

/** Whether the server could not do it in that moment, whatever it was. */
export function isPassing(code: Failure): boolean {
  return code === 'try_again' || code === 'rate_limited' || code === 'internal';
}

/**
 * Asks until there is an answer, with longer and longer pauses.
 *
 * @throws CommandFailed with what does not pass, or with `session_lost` when it is not wanted any more
 */
export async function untilAnswered<T>(ask: () => Promise<T>, again: Again): Promise<T> {
  const { passes = isPassing, random = Math.random } = again;
  for (let wait = FIRST; ; wait = Math.min(LONGEST, wait * 2)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CommandFailed) || !passes(error.code)) throw error;
    }
    // Spread, so that everybody does not ask in the same moment.
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + random() / 2)));
    if (!again.still()) throw new CommandFailed('session_lost');
  }
}
