// Words for what keys may do.

import { m } from '../../messages/compiled/messages';
import type { Scope } from '../../model/staff-types';

const words: Record<Scope, () => string> = {
  'staff:read': m.admin_scope_staff_read,
  'staff:write': m.admin_scope_staff_write,
  'desks:read': m.admin_scope_desks_read,
  'desks:write': m.admin_scope_desks_write,
  'appointments:read': m.admin_scope_appointments_read,
  'appointments:write': m.admin_scope_appointments_write,
  'rooms:read': m.admin_scope_rooms_read,
  'rooms:write': m.admin_scope_rooms_write,
  'rooms:invite': m.admin_scope_rooms_invite,
  'history:read': m.admin_scope_history_read,
  'media:publish': m.admin_scope_media_publish,
  'media:watch': m.admin_scope_media_watch,
  'webhooks:read': m.admin_scope_webhooks_read,
  'webhooks:write': m.admin_scope_webhooks_write,
};

export const SCOPES = Object.keys(words) as Scope[];

export function scopeText(scope: Scope): string {
  return words[scope]();
}
