// What stands in More: first what has no room in a narrow bar, then the call, then the page.

import { m } from '../../messages/compiled/messages';
import type { Call } from '../../model/call.svelte';
import type { MenuEntry, MenuGroup } from '../../ui/menu';
import type { BarButton } from './bar';
import type { Picture } from './picture.svelte';
import { pictureWay } from './picture.svelte';
import { viewEntries, viewGroups } from './view-choices';

export interface More {
  first: MenuEntry[];
  groups: MenuGroup[];
  entries: MenuEntry[];
}

/** What More needs to know of the page. */
export interface PageState {
  fullScreen: boolean;
  toggleFullScreen: () => Promise<void>;
  picture: Picture;
}

export function moreOf(call: Call, fromBar: BarButton[], page: PageState): More {
  return {
    first: fromBar.map(({ name, hint, run }) => ({ label: hint ? `${name} (${hint})` : name, run })),
    groups: viewGroups(call),
    entries: [
      ...viewEntries(call),
      ...begin([...ofHost(call), ...ofRoom(call), pictures(call), ...ofPage(page)]),
      ...begin([
        { label: m.device_settings(), run: () => (call.panels.dialog = 'devices') },
        { label: m.aware_settings(), run: () => (call.panels.dialog = 'settings') },
        { label: m.keyboard_shortcuts(), run: () => (call.panels.dialog = 'shortcuts') },
      ]),
    ],
  };
}

/** Something else begins with the first of them. */
function begin(entries: MenuEntry[]): MenuEntry[] {
  return entries.map((entry, index) => (index === 0 ? { ...entry, begins: true } : entry));
}

/** What came of a ring has no host. */
function ofHost({ roster, panels }: Call): MenuEntry[] {
  return roster.host ? [{ label: m.room_settings(), run: () => (panels.dialog = 'room') }] : [];
}

function pictures(call: Call): MenuEntry {
  return call.media.audioOnly === 'no'
    ? { label: m.audio_only(), run: () => call.media.setAudioOnly('chosen') }
    : { label: m.show_video(), run: () => call.media.setAudioOnly('no') };
}

/** What came of a ring has no link. */
function ofRoom({ place, panels }: Call): MenuEntry[] {
  return place.kind === 'room' ? [{ label: m.aware_invite(), run: () => (panels.dialog = 'invite') }] : [];
}

function ofPage({ fullScreen, toggleFullScreen, picture }: PageState): MenuEntry[] {
  const screen = {
    label: fullScreen ? m.leave_full_screen() : m.full_screen(),
    run: () => void toggleFullScreen(),
  };
  const small = {
    label: picture.open ? m.aware_picture_close() : m.aware_picture(),
    run: () => void picture.toggle(),
  };
  return [...(document.fullscreenEnabled ? [screen] : []), ...(pictureWay() === 'none' ? [] : [small])];
}
