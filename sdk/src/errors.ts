// What can go wrong, with codes that stay the same. Words for people are the page's.

import type { Code } from '../../web/src/protocol/generated';
import { CommandFailed } from '../../web/src/protocol/session';
import { CaptureFailed } from '../../web/src/rtc/capture';
import type { DeviceProblem } from '../../web/src/rtc/capture';
import { ScreenNotCaptured } from '../../web/src/rtc/screen';

/**
 * Stable, for programs. Of the server's codes those that a page with a token meets are: `room_token_invalid`,
 * `room_token_expired`, `room_token_elsewhere`, `origin_refused`, `removed`, `room_full`, `room_locked`, `not_host`,
 * `message_invalid`, `rate_limited`. `unreachable`: no answer in time. `aborted`: by the page. `no_token`: the page's own
 * way to get one failed. `left`: one is not in the room any more. `not_allowed`: only the host sends. Others are of
 * devices.
 */
export type ErrorCode =
  | Code
  | DeviceProblem
  | 'room_token_invalid'
  | 'room_token_expired'
  | 'room_token_elsewhere'
  | 'origin_refused'
  | 'unreachable'
  | 'aborted'
  | 'no_token'
  | 'not_allowed'
  | 'left';

/** All that this package throws. */
export class VisavisError extends Error {
  override readonly name = 'VisavisError';

  constructor(
    readonly code: ErrorCode,
    options?: ErrorOptions,
  ) {
    super(`visavis: ${code}`, options);
  }
}

/** Whatever was thrown below. */
export function errorOf(error: unknown): VisavisError {
  if (error instanceof VisavisError) return error;
  if (error instanceof CommandFailed) {
    return new VisavisError(error.code === 'session_lost' ? 'try_again' : error.code, { cause: error });
  }
  if (error instanceof CaptureFailed) return new VisavisError(error.problem, { cause: error });
  if (error instanceof ScreenNotCaptured) {
    return new VisavisError(error.why === 'refused' ? 'denied' : 'unknown', { cause: error });
  }
  return new VisavisError('internal', { cause: error });
}
