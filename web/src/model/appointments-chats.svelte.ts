// What is written with those who wait: a conversation for each appointment that somebody has come for, as long as
// they are there.

import type { Session } from '../protocol/session';
import { WaitingChat } from './waiting-chat.svelte';
import type { Writer } from './waiting-chat.svelte';

export class AppointmentChats {
  #chats = $state.raw<ReadonlyMap<string, WaitingChat>>(new Map());
  #deaf: () => void;

  constructor(private readonly session: Pick<Session, 'command' | 'listen'>) {
    this.#deaf = session.listen({
      opened: () => {
        for (const chat of this.#chats.values()) void chat.open();
      },
    });
  }

  dispose(): void {
    this.#deaf();
    for (const chat of this.#chats.values()) chat.dispose();
    this.#chats = new Map();
  }

  of(appointment: string): WaitingChat | null {
    return this.#chats.get(appointment) ?? null;
  }

  /** Somebody is there for these appointments, and for no others. */
  follow(appointments: readonly string[], self: Writer): void {
    const before = this.#chats;
    const gone = [...before.keys()].filter((id) => !appointments.includes(id));
    const come = appointments.filter((id) => !before.has(id));
    if (gone.length + come.length === 0) return;
    const chats = new Map(before);
    for (const id of gone) {
      chats.get(id)?.dispose();
      chats.delete(id);
    }
    for (const id of come) {
      const chat = new WaitingChat(id, self, this.session);
      chats.set(id, chat);
      void chat.open();
    }
    this.#chats = chats;
  }
}
