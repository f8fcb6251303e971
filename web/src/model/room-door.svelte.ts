// A room as one meets it from outside: who is in it, whether it opens, and the knock of whoever asks to be let in.
// Where that leads is the call's to decide.

import type { Code, Door, RoomSummary } from '../protocol/generated';
import type { Session } from '../protocol/session';
import { untilAnswered } from '../room/again';

/** What is the matter with the password: there is one and none was given, or another one was. */
export type PasswordProblem = 'missing' | 'wrong';

export class RoomDoor {
  /** Names of those inside; null while it is not known. */
  present = $state.raw<string[] | null>(null);
  limit = $state<number | null>(null);
  /** What one meets there. */
  state = $state<Door>('open');
  needsPassword = $state(false);
  problem = $state<PasswordProblem | null>(null);
  /** As typed last. */
  password: string | null = null;

  constructor(
    private readonly session: Pick<Session, 'command'>,
    private readonly room: string,
  ) {}

  /** @returns why nobody comes in here now, or null */
  async look(): Promise<Code | null> {
    const reply = await this.session.command({ type: 'look', room: this.room });
    if (reply.type !== 'summary') return null;
    this.#take(reply.room);
    return shut(reply.room.door);
  }

  /** Asks until the server has heard it. What the host says comes as an event. */
  async knock(name: string, still: () => boolean): Promise<void> {
    const { room, password } = this;
    await untilAnswered(
      () => this.session.command({ type: 'knock', room, name, ...(password === null ? {} : { password }) }),
      { still, passes: (code) => code === 'try_again' },
    );
  }

  async stopKnocking(): Promise<void> {
    // A session that is gone does not knock any more either.
    await this.session.command({ type: 'stop_knocking' }).catch(() => undefined);
  }

  /** One tries it; with the password given before where none is given. */
  typed(password: string | undefined): void {
    if (password !== undefined) this.password = password;
    this.problem = null;
  }

  /** The password was asked for, or was not the right one. */
  askFor(problem: PasswordProblem): void {
    this.needsPassword = true;
    this.problem = problem;
    this.password = null;
  }

  #take({ present, limit, door, password }: RoomSummary): void {
    this.present = present;
    this.limit = limit;
    this.state = door;
    this.needsPassword = password;
  }
}

function shut(door: Door): Code | null {
  switch (door) {
    case 'open':
    case 'lobby':
    // By the time one has said one's name somebody may have left.
    case 'full':
      return null;
    case 'locked':
      return 'room_locked';
    case 'removed':
      return 'removed';
    case 'closed':
      return 'room_not_open';
  }
}
