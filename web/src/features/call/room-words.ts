// Words for what the host does, for reactions, and for those who knock.

import { m } from '../../messages/compiled/messages';
import type { Entry, Reaction, RoomNotice } from '../../model/types';

export function roomNoticeText(what: RoomNotice): string {
  switch (what.type) {
    case 'host':
      return what.mine ? m.room_notice_host_me() : m.room_notice_host({ name: what.name });
    case 'entry':
      return entryNotice(what.entry);
    case 'password_set':
      return m.room_notice_password_set();
    case 'password_removed':
      return m.room_notice_password_removed();
    case 'muted_by_host':
      return m.room_notice_muted();
    case 'not_done':
      return m.room_notice_not_done();
  }
}

function entryNotice(entry: Entry): string {
  switch (entry) {
    case 'open':
      return m.room_notice_entry_open();
    case 'lobby':
      return m.room_notice_entry_lobby();
    case 'locked':
      return m.room_notice_entry_locked();
  }
}

export function knocksText([name = '', other, ...more]: string[]): string {
  if (other === undefined) return m.room_knocks_one({ name });
  if (more.length === 0) return m.room_knocks_two({ name, other });
  return m.room_knocks_many({ name, count: more.length + 1 });
}

export function reactionName(reaction: Reaction): string {
  switch (reaction) {
    case 'agree':
      return m.room_reaction_agree();
    case 'applause':
      return m.room_reaction_applause();
    case 'heart':
      return m.room_reaction_heart();
    case 'laugh':
      return m.room_reaction_laugh();
    case 'surprise':
      return m.room_reaction_surprise();
    case 'celebrate':
      return m.room_reaction_celebrate();
  }
}

/** @param reaction none if they showed several */
export function reactedText(people: string[], reaction: Reaction | null): string {
  const names = people.join(', ');
  if (reaction === null) return m.room_reacted_mixed({ names });
  const shown = reactionName(reaction);
  return people.length === 1
    ? m.room_reacted_one({ name: names, reaction: shown })
    : m.room_reacted_same({ names, reaction: shown });
}
