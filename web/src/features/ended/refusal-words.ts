// What a door says that does not open.

import { m } from '../../messages/compiled/messages';
import type { Phase } from '../../model/types';

export type Refusal = Extract<Phase, { kind: 'refused' }>['code'] | 'knock_refused';

/**
 * @param limit how many the room takes; null for who came straight back from a reload and has not looked
 * @param tries whether a password was tried
 */
export function refusalWords(
  code: Refusal,
  limit: number | null,
  tries: boolean,
): { title: string; text: string } {
  switch (code) {
    case 'room_full':
      return {
        title: m.refused_room_full(),
        text: limit === null ? m.refused_room_full_now() : m.refused_room_full_text({ count: limit }),
      };
    case 'room_name_invalid':
      return { title: m.refused_room_name_invalid(), text: m.refused_room_name_invalid_text() };
    case 'name_invalid':
      return { title: m.refused_name_invalid(), text: m.refused_name_invalid_text() };
    case 'rate_limited':
      return tries
        ? { title: m.room_refused_tries(), text: m.room_refused_tries_text() }
        : { title: m.refused_rate_limited(), text: m.refused_rate_limited_text() };
    case 'room_locked':
      return { title: m.room_refused_locked(), text: m.room_refused_locked_text() };
    case 'room_not_open':
      return { title: m.room_refused_not_open(), text: m.room_refused_not_open_text() };
    case 'lobby_full':
      return { title: m.room_refused_lobby_full(), text: m.room_refused_lobby_full_text() };
    case 'removed':
      return { title: m.room_refused_removed(), text: m.room_refused_removed_text() };
    case 'knock_refused':
      return { title: m.room_refused_knock(), text: m.room_refused_knock_text() };
    default:
      return { title: m.refused_title(), text: m.refused_other_text() };
  }
}
