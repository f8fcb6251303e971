// STUN and TURN servers, and whether their credentials are still good.

import type { IceServer } from '../protocol/generated';
import type { Session } from '../protocol/session';

/** TURN credentials are good for five minutes. */
export const FRESH_FOR = 240_000;

export class IceServers {
  servers: IceServer[] = [];
  #at = 0;
  /** Several may need them in the same moment. */
  #asking: Promise<IceServer[]> | null = null;

  constructor(private readonly session: Pick<Session, 'command' | 'connected'>) {}

  set(servers: IceServer[]): void {
    this.servers = servers;
    this.#at = Date.now();
  }

  /** With fresh credentials, if those at hand are old; null if they are not, or no better ones can be had. */
  async fresh(): Promise<IceServer[] | null> {
    if (Date.now() - this.#at < FRESH_FOR || !this.session.connected) return null;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(): Promise<IceServer[]> {
    const reply = await this.session.command({ type: 'ice_servers' });
    if (reply.type === 'ice_servers') this.set(reply.ice_servers);
    return this.servers;
  }
}
