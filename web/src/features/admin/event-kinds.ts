// Which events there are, in groups, and words for what can be wrong with a receiver. What an event is called is the same
// in every language: programs read it.

import { m } from '../../messages/compiled/messages';
import type { DeliveryView, EventKind, Trouble, WebhookView } from '../../model/staff-types';
import { fullMoment } from '../staff/time';

const known: Record<EventKind, true> = {
  'ring.started': true,
  'ring.accepted': true,
  'ring.declined': true,
  'ring.missed': true,
  'ring.cancelled': true,
  'call.started': true,
  'call.ended': true,
  'queue.joined': true,
  'queue.left': true,
  'appointment.created': true,
  'appointment.moved': true,
  'appointment.cancelled': true,
  'appointment.done': true,
  'appointment.no_show': true,
  'appointment.reopened': true,
  'appointment.waiting': true,
  'appointment.left': true,
  'appointment.taken': true,
  'appointment.ended': true,
  'room.opened': true,
  'room.participant_joined': true,
  'room.participant_left': true,
  'room.closed': true,
  'webhook.test': true,
};

const titles = {
  ring: m.admin_hook_group_ring,
  call: m.admin_hook_group_call,
  queue: m.admin_hook_group_queue,
  appointment: m.admin_hook_group_appointment,
  room: m.admin_hook_group_room,
};

/** Everything that one can be told of. */
export const GROUPS = Object.entries(titles).map(([group, title]) => ({
  group,
  title,
  kinds: (Object.keys(known) as EventKind[]).filter((kind) => kind.startsWith(`${group}.`)),
}));

const troubles: Record<Trouble, () => string> = {
  name_unknown: m.admin_trouble_name_unknown,
  address_refused: m.admin_trouble_address_refused,
  unreachable: m.admin_trouble_unreachable,
  tls_failed: m.admin_trouble_tls_failed,
  timed_out: m.admin_trouble_timed_out,
  redirected: m.admin_trouble_redirected,
  refused: m.admin_trouble_refused,
  gone: m.admin_trouble_gone,
};

/** How a webhook does, line by line; whether each is something to look after. */
export function healthLines(hook: WebhookView): { text: string; bad: boolean }[] {
  const lines: { text: string; bad: boolean }[] = [];
  if (hook.state === 'off') lines.push({ text: m.admin_hook_off(), bad: true });
  if (hook.state === 'gone') lines.push({ text: m.admin_hook_gone_410(), bad: true });
  const arrived = hook.delivered_at ?? 0;
  const failing = hook.failed_at !== undefined && hook.failed_at > arrived;
  if (hook.waiting > 0) {
    const time = fullMoment(hook.oldest ?? hook.created_at);
    lines.push({ text: m.admin_hook_waiting({ count: hook.waiting, time }), bad: failing });
  }
  if (failing && hook.trouble && hook.failed_at !== undefined) {
    const [time, reason] = [fullMoment(hook.failed_at), troubles[hook.trouble]()];
    lines.push({ text: m.admin_hook_failed({ time, reason }), bad: true });
  }
  if (hook.given_up > 0) lines.push({ text: m.admin_hook_given_up({ count: hook.given_up }), bad: true });
  if (hook.delivered_at !== undefined) {
    const well = hook.waiting === 0 && hook.given_up === 0;
    if (well) lines.push({ text: m.admin_hook_well(), bad: false });
    lines.push({ text: m.admin_hook_delivered({ time: fullMoment(hook.delivered_at) }), bad: false });
  }
  return lines;
}

/** How far a delivery is, in a few words. */
export function deliveryText(one: DeliveryView): string {
  const words = {
    waiting: m.admin_hook_state_waiting,
    delivered: m.admin_hook_state_delivered,
    given_up: m.admin_hook_state_given_up,
  };
  const parts: string[] = [words[one.state]()];
  if (one.tries > 0) parts.push(m.admin_hook_tries({ count: one.tries }));
  if (one.tries > 0 && one.status !== undefined) parts.push(m.admin_hook_answer({ status: one.status }));
  if (one.state !== 'delivered' && one.trouble) parts.push(troubles[one.trouble]());
  if (one.state === 'waiting' && one.tries > 0 && one.due_at !== undefined) {
    parts.push(m.admin_hook_state_next({ time: fullMoment(one.due_at) }));
  }
  return parts.join(' · ');
}
