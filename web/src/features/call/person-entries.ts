// What can be done with somebody, as entries of a menu: the host's rights over them, and how large one sees them. What
// cannot be taken back is asked first.

import { m } from '../../messages/compiled/messages';
import type { PersonAction } from '../../model/people-list';
import type { Person } from '../../model/person.svelte';
import type { RoomHost } from '../../model/room-host.svelte';
import type { Stage } from '../../model/stage.svelte';
import type { MenuEntry } from '../../ui/menu';

export interface Asked {
  title: string;
  text: string;
  yes: string;
  run: () => void;
}

/** For oneself alone. */
export function pinEntry({ id }: Person, stage: Stage): MenuEntry {
  return stage.pinned(id)
    ? { label: m.room_unpin(), run: () => stage.unpin(id) }
    : { label: m.room_pin(), run: () => stage.pin(id) };
}

export function personEntry(
  action: PersonAction,
  { id, name }: Person,
  host: RoomHost,
  ask: (question: Asked) => void,
): MenuEntry {
  switch (action) {
    case 'mute':
      return { label: m.room_mute(), run: () => void host.mute(id) };
    case 'lower_hand':
      return { label: m.room_lower_hand(), run: () => void host.lowerHand(id) };
    case 'make_host': {
      const question = {
        title: m.room_make_host_title({ name }),
        text: m.room_make_host_text({ name }),
        yes: m.room_make_host(),
        run: () => void host.makeHost(id),
      };
      return { label: m.room_make_host(), run: () => ask(question) };
    }
    case 'remove': {
      const question = {
        title: m.room_remove_title({ name }),
        text: m.room_remove_text({ name }),
        yes: m.room_remove(),
        run: () => void host.remove(id),
      };
      return { label: m.room_remove(), run: () => ask(question) };
    }
  }
}
