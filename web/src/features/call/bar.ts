// The buttons of the bar between the devices and More, as a table. A wide bar has them all; in a narrow one all but the
// chat are entries of More. What a button needs to know it reads from the call.

import Hand from '@lucide/svelte/icons/hand';
import SmilePlus from '@lucide/svelte/icons/face-slightly-smiling-plus';
import MessageSquare from '@lucide/svelte/icons/message-square';
import MonitorUp from '@lucide/svelte/icons/monitor-up';
import MonitorX from '@lucide/svelte/icons/monitor-x';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import { m } from '../../messages/compiled/messages';
import type { Call } from '../../model/call.svelte';
import { knocksText } from './room-words';

export type BarId = 'share' | 'hand' | 'reactions' | 'people' | 'chat';

export interface BarButton {
  /** Its accessible name, and its words as an entry of More. */
  name: string;
  icon: Component<{ 'aria-hidden'?: 'true' }>;
  active: boolean;
  /** For those that open something. */
  expanded?: boolean;
  /** How many there are, beside the icon. */
  count?: number;
  /** How many of them wait to be seen. */
  badge?: number;
  /** What the badge says, in words. */
  hint?: string;
  run: () => void;
}

/** Null where it has nothing to do. */
type Make = (call: Call) => BarButton | null;

const ORDER: readonly BarId[] = ['share', 'hand', 'reactions', 'people', 'chat'];
const ALWAYS: readonly BarId[] = ['chat'];

const BUTTONS: Partial<Record<BarId, Make>> = {
  share,
  hand,
  reactions,
  people,
  chat,
};

export interface Bar {
  buttons: (BarButton & { id: BarId })[];
  /** Entries of More. */
  more: (BarButton & { id: BarId })[];
}

export function barOf(call: Call, width: 'wide' | 'narrow'): Bar {
  const all = ORDER.flatMap((id) => {
    const button = BUTTONS[id]?.(call);
    return button ? [{ id, ...button }] : [];
  });
  const stays = ({ id }: { id: BarId }): boolean => width === 'wide' || ALWAYS.includes(id);
  return { buttons: all.filter(stays), more: all.filter((button) => !stays(button)) };
}

/** Where the browser has a screen to share, and one may send. */
function share({ screen, own, maySend }: Call): BarButton | null {
  if (!screen.possible || !maySend) return null;
  const shared = screen.state === 'shared';
  return {
    name: shared ? m.stage_stop_sharing() : m.stage_share_screen(),
    icon: shared ? MonitorX : MonitorUp,
    active: shared,
    run: () => void own.toggleScreen(),
  };
}

function hand(call: Call): BarButton {
  const raised = call.me?.hand != null;
  return {
    name: raised ? m.room_lower_hand() : m.room_raise_hand(),
    icon: Hand,
    active: raised,
    run: () => void call.toggleHand(),
  };
}

function reactions({ panels }: Call): BarButton {
  return {
    name: m.room_reactions(),
    icon: SmilePlus,
    active: panels.reactions,
    expanded: panels.reactions,
    run: () => (panels.reactions = !panels.reactions),
  };
}

function people({ panels, roster, host }: Call): BarButton {
  const knocks = host.knocks.length;
  return {
    name: m.room_people(),
    icon: Users,
    active: panels.open === 'people',
    expanded: panels.open === 'people',
    count: roster.people.length,
    badge: knocks,
    ...(knocks > 0 ? { hint: knocksText(host.knocks.map(({ name }) => name)) } : {}),
    run: () => panels.toggle('people'),
  };
}

function chat(call: Call): BarButton {
  const { panels } = call;
  const { unread } = call.chat;
  return {
    name: m.chat(),
    icon: MessageSquare,
    active: panels.open === 'chat',
    expanded: panels.open === 'chat',
    badge: unread,
    ...(unread > 0 ? { hint: m.aware_unread({ count: unread }) } : {}),
    run: () => panels.toggle('chat'),
  };
}
