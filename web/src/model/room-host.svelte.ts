// What the host of a room may do, who knocks at it, and whether it has a password. Whoever is not the host is refused
// by the server; who is the host is the roster's to know.

import type { Code, Command, Knock, RoomSettings } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';

export class RoomHost {
  /** Longest first; to the host alone. */
  knocks = $state.raw<Knock[]>([]);
  /** Who has begun to knock last: to be heard and read out, once. */
  told = $state.raw<string[]>([]);
  /** Whether whoever comes in needs a password. */
  password = $state(false);

  constructor(
    private readonly session: Pick<Session, 'command'>,
    /** Something was asked for that the server did not do. */
    private readonly failed: (code: Code) => void,
  ) {}

  takeKnocks(knocks: Knock[]): void {
    const known = new Set(this.knocks.map(({ id }) => id));
    const names = knocks.filter(({ id }) => !known.has(id)).map(({ name }) => name);
    this.knocks = knocks;
    if (names.length > 0) this.told = names;
  }

  admit(knocks: readonly Knock[]): Promise<void> {
    return this.#answer('admit_knocks', knocks);
  }

  refuse(knocks: readonly Knock[]): Promise<void> {
    return this.#answer('refuse_knocks', knocks);
  }

  /** Nobody but they themselves turns it on again. */
  mute(participant: string): Promise<void> {
    return this.#ask({ type: 'mute', participant });
  }

  /** Everybody but oneself. */
  muteAll(): Promise<void> {
    return this.#ask({ type: 'mute' });
  }

  /** For as long as the room lives. */
  remove(participant: string): Promise<void> {
    return this.#ask({ type: 'remove', participant });
  }

  makeHost(participant: string): Promise<void> {
    return this.#ask({ type: 'make_host', participant });
  }

  lowerHand(participant: string): Promise<void> {
    return this.#ask({ type: 'lower_hand', participant });
  }

  set(settings: RoomSettings): Promise<void> {
    return this.#ask({ type: 'set_room', settings });
  }

  /**
   * Another password, or none.
   *
   * @returns why it was not taken, or null
   */
  async setPassword(password: string | null): Promise<Code | 'session_lost' | null> {
    try {
      await this.session.command({ type: 'set_password', ...(password === null ? {} : { password }) });
      return null;
    } catch (error) {
      return error instanceof CommandFailed ? error.code : 'internal';
    }
  }

  clear(): void {
    this.knocks = [];
    this.told = [];
    this.password = false;
  }

  async #answer(type: 'admit_knocks' | 'refuse_knocks', knocks: readonly Knock[]): Promise<void> {
    const ids = knocks.map(({ id }) => id);
    // Gone from the list at once: nobody presses twice. What the server has comes with its next word.
    this.knocks = this.knocks.filter(({ id }) => !ids.includes(id));
    if (await this.#tries({ type, knocks: ids })) return;
    const listed = new Set(this.knocks.map(({ id }) => id));
    this.knocks = [...knocks.filter(({ id }) => !listed.has(id)), ...this.knocks];
  }

  async #ask(command: Command): Promise<void> {
    await this.#tries(command);
  }

  /** @returns whether there is nothing more to be done about it */
  async #tries(command: Command): Promise<boolean> {
    try {
      await this.session.command(command);
      return true;
    } catch (error) {
      const code = error instanceof CommandFailed ? error.code : 'internal';
      // The next session is told everything anew; whoever is gone needs nothing any more.
      const over = code === 'session_lost' || code === 'participant_unknown';
      if (!over) this.failed(code);
      return over;
    }
  }
}
