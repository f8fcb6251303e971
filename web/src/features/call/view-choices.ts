// What More offers of how one sees the others and oneself. It is of this page alone.

import { m } from '../../messages/compiled/messages';
import type { Call } from '../../model/call.svelte';
import type { MenuEntry, MenuGroup } from '../../ui/menu';
import { choice } from './room-choices';

export function viewGroups({ stage, screen }: Call): MenuGroup[] {
  const views = { grid: m.stage_view_grid(), speaker: m.stage_view_speaker() };
  const looks = { sharp: m.stage_look_sharp(), smooth: m.stage_look_smooth() };
  const view = choice(m.stage_view(), stage.view, views, (chosen) => (stage.view = chosen));
  if (screen.state !== 'shared') return [view];
  return [view, choice(m.stage_look(), screen.look, looks, (chosen) => (screen.look = chosen))];
}

export function viewEntries({ stage }: Call): MenuEntry[] {
  const hide = { label: m.stage_hide_self(), run: () => (stage.hideSelf = true) };
  const show = { label: m.stage_show_self(), run: () => (stage.hideSelf = false) };
  const mirror = { label: m.stage_mirror_self(), run: () => (stage.mirrorSelf = true) };
  const straight = { label: m.stage_no_mirror_self(), run: () => (stage.mirrorSelf = false) };
  return [
    ...(stage.pins.length > 0 ? [{ label: m.stage_unpin_all(), run: () => stage.unpinAll() }] : []),
    stage.hideSelf ? show : hide,
    stage.mirrorSelf ? straight : mirror,
  ];
}
