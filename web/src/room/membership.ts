// Being in a room, over sessions that come and go: coming in, coming back as who one was, and hearing what happens there
// in order, with nothing missed. What is shown of it, and what follows from a refusal, is the page's.

import type { Code, Command, Event, MediaPath, Reply, RoomSnapshot, Topic } from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { Session } from '../protocol/session';
import { isPassing, untilAnswered } from './again';

export type Joined = Extract<Reply, { type: 'joined' }>;

/** What becomes of what the server says. */
export interface MembershipTurns {
  /** The room as the server has it, in the same call as before or in another one. */
  take(room: RoomSnapshot, sameCall: boolean): void;
  /** The next thing that has happened in the room. */
  happened(event: Event): void;
  /** The next line of the chat. */
  said(event: Extract<Event, { type: 'message_said' }>, version: number): void;
  /** How much of the chat is known. */
  chatVersion(): number;
}

/** One way of coming in. */
export interface Coming {
  /** What is asked for, as who one was if that is known. */
  command: (continuation: string | null, media: MediaPath) => Command;
  media: MediaPath;
  /** Whether it is still wanted. */
  still: () => boolean;
  /** One is inside already, by a session that is no more: then more than a busy server is waited for. */
  inside: boolean;
}

export class Membership {
  /** What proves who one was, to come back; kept by the page. */
  continuation: string | null = null;
  selfId = '';
  #session: Pick<Session, 'command'>;
  #turns: MembershipTurns;
  #call = '';
  #version = 0;
  #joins = 0;
  #refreshing = false;

  constructor(session: Pick<Session, 'command'>, turns: MembershipTurns) {
    this.#session = session;
    this.#turns = turns;
  }

  /**
   * Comes in. Follow with `take`.
   *
   * @param forgotten what proved who one was is worth nothing any more: one comes in as somebody new
   * @throws CommandFailed with why not
   */
  async join(coming: Coming, forgotten: () => void): Promise<Joined | null> {
    const asked = ++this.#joins;
    const { command, media, still, inside } = coming;
    try {
      // What the server cannot do in this moment is no reason to be sent away.
      const reply = await untilAnswered(() => this.#session.command(command(this.continuation, media)), {
        still: () => asked === this.#joins && still(),
        passes: (code) => code === 'try_again' || (inside && isPassing(code)),
      });
      if (reply.type !== 'joined') return null;
      this.continuation = reply.continuation;
      this.selfId = reply.participant;
      return reply;
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.code !== 'continuation_invalid') throw error;
      // Too old, or of a server that has new keys: come in as somebody new.
      this.continuation = null;
      forgotten();
      return this.join({ ...coming, media: 'fresh' }, forgotten);
    }
  }

  /** Brings everything in line with the room as the server has it. */
  take(room: RoomSnapshot): void {
    const sameCall = this.#call === room.call;
    this.#call = room.call;
    this.#version = room.version;
    this.#turns.take(room, sameCall);
  }

  /** Something has happened while one is inside; what is known already happens once. */
  event(event: Event, topic: Topic, version: number | undefined): void {
    if ((topic !== 'room' && topic !== 'chat') || version === undefined) return;
    const known = topic === 'room' ? this.#version : this.#turns.chatVersion();
    if (version <= known) return;
    if (version > known + 1) {
      void this.#refresh();
      return;
    }
    if (topic === 'room') {
      this.#version = version;
      this.#turns.happened(event);
    } else if (event.type === 'message_said') {
      this.#turns.said(event, version);
    }
  }

  /** One is not inside any more, and does not come back as who one was. */
  forget(): void {
    this.continuation = null;
    this.#call = '';
  }

  /** Something was missed: the whole once more. */
  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      const reply = await this.#session.command({ type: 'snapshot' });
      if (reply.type === 'snapshot') this.take(reply.room);
    } catch (error) {
      console.debug('no snapshot', error);
    } finally {
      this.#refreshing = false;
    }
  }
}

/** What something was refused with. */
export function codeOf(error: unknown): Code | 'session_lost' {
  return error instanceof CommandFailed ? error.code : 'internal';
}
