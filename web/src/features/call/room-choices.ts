// What the host decides about the room, as choices of a menu or a dialog.

import { m } from '../../messages/compiled/messages';
import type { Call } from '../../model/call.svelte';
import type { Entry, Publishing, RoutePolicy } from '../../model/types';
import type { MenuGroup } from '../../ui/menu';

/** Who may come in. */
export function entryOptions(): { id: Entry; label: string; text?: string }[] {
  return [
    { id: 'open', label: m.room_entry_open() },
    { id: 'lobby', label: m.room_entry_lobby(), text: m.room_entry_lobby_text() },
    { id: 'locked', label: m.room_entry_locked(), text: m.room_entry_locked_text() },
  ];
}

export function roomChoices(call: Call): MenuGroup[] {
  const { publishing, route } = call.settings;
  const publishers: Record<Publishing, string> = {
    everybody: m.publishing_everybody(),
    host: m.publishing_host(),
  };
  const routes: Record<RoutePolicy, string> = {
    auto: m.route_auto(),
    peer_to_peer: m.route_peer_to_peer(),
    server: m.route_server(),
  };
  return [
    choice(m.who_may_publish(), publishing, publishers, (value) => void call.setRoom({ publishing: value })),
    choice(m.media_route(), route, routes, (value) => void call.setRoom({ route: value })),
  ];
}

/** One of a few, by name. */
export function choice<T extends string>(
  label: string,
  value: T,
  names: Record<T, string>,
  choose: (value: T) => void,
): MenuGroup {
  const ids = Object.keys(names) as T[];
  return {
    label,
    value,
    options: ids.map((id) => ({ id, label: names[id] })),
    choose: (chosen) => {
      const id = ids.find((one) => one === chosen);
      if (id !== undefined && id !== value) choose(id);
    },
  };
}
