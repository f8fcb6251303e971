// What the host decides about the room, as choices of a menu.

import { m } from '../../messages/compiled/messages';
import type { Call } from '../../model/call.svelte';
import type { Publishing, RoutePolicy } from '../../model/types';
import type { MenuGroup } from '../../ui/menu';

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

function choice<T extends string>(
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
