// The server as a page of another origin reaches it: no cookie goes along, only the token.

import type { Problem, Ticket } from '../../web/src/protocol/generated';
import { browserSurroundings } from '../../web/src/protocol/session';
import type { Surroundings } from '../../web/src/protocol/session';
import { VisavisError } from './errors';
import type { ErrorCode } from './errors';
import type { TokenSource } from './types';

export interface Admission {
  token: TokenSource;
  /** The room that the token has to be for. */
  room: string | undefined;
  /** What the token says, as soon as the server has read it. */
  granted: (ticket: Ticket) => void;
  /** It leads in no more, and will not by being shown again. */
  refused: (error: VisavisError) => void;
}

export function surroundings(server: URL, admission: Admission): Surroundings {
  return {
    ...browserSurroundings,
    ticket: async (signal) => {
      const body = JSON.stringify({ room_token: await tokenOf(admission), room: admission.room });
      // As text the browser need not ask before: one way to the server and back less.
      const response = await fetch(new URL('/api/v1/tickets', server), {
        method: 'POST',
        credentials: 'omit',
        signal,
        body,
      });
      if (!response.ok) throw await refusal(response, admission);
      const ticket = (await response.json()) as Ticket;
      admission.granted(ticket);
      return ticket.ticket;
    },
    socket: () => {
      const url = new URL('/ws?by=token', server);
      url.protocol = url.protocol.replace('http', 'ws');
      return new WebSocket(url);
    },
  };
}

async function tokenOf({ token, refused }: Admission): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    return await token();
  } catch (error) {
    const failed = new VisavisError('no_token', { cause: error });
    refused(failed);
    throw failed;
  }
}

/** Why not. What the server is too busy for is asked again. */
async function refusal(response: Response, { refused }: Admission): Promise<VisavisError> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const error = new VisavisError((problem?.code ?? 'internal') as ErrorCode);
  if (response.status < 500 && response.status !== 429) refused(error);
  return error;
}
