// Words for what can be wrong with people, desks, keys, webhooks and rooms of the lounge.

import { m } from '../../messages/compiled/messages';
import type {
  ApiKeyProblem,
  DeskProblem,
  LoungeRoomProblem,
  PersonProblem,
  WebhookProblem,
} from '../../model/api';

export const PERSON_PROBLEMS: Record<PersonProblem, () => string> = {
  email_taken: m.admin_email_taken,
  email_invalid: m.admin_email_invalid,
  name_invalid: m.staff_name_invalid,
  title_invalid: m.staff_title_invalid,
  state_invalid: m.admin_state_problem,
  last_admin: m.admin_last_admin,
  not_as_seen: m.admin_not_as_seen,
};

export const DESK_PROBLEMS: Record<DeskProblem, () => string> = {
  slug_taken: m.admin_slug_taken,
  slug_invalid: m.admin_slug_invalid,
  name_invalid: m.staff_name_invalid,
  about_invalid: m.admin_about_invalid,
  hours_invalid: m.admin_hours_invalid,
  site_invalid: m.admin_site_invalid,
  seconds_invalid: m.admin_seconds_invalid,
  person_unknown: m.admin_person_unknown,
  desk_unknown: m.admin_desk_gone,
  not_as_seen: m.admin_not_as_seen,
};

export const API_KEY_PROBLEMS: Record<ApiKeyProblem, () => string> = {
  name_invalid: m.admin_key_name_invalid,
  scopes_invalid: m.admin_key_scopes_invalid,
  expiry_invalid: m.admin_key_expiry_invalid,
  person_unknown: m.admin_person_unknown,
  too_many_keys: m.admin_key_too_many,
  key_unknown: m.admin_key_gone,
};

export const WEBHOOK_PROBLEMS: Record<WebhookProblem, () => string> = {
  name_invalid: m.admin_key_name_invalid,
  url_invalid: m.admin_hook_url_invalid,
  address_refused: m.admin_hook_address_refused,
  kinds_invalid: m.admin_hook_kinds_invalid,
  too_many_webhooks: m.admin_hook_too_many,
  webhook_unknown: m.admin_hook_gone,
  webhook_off: m.admin_hook_is_off,
  event_unknown: m.admin_hook_event_gone,
};

export const LOUNGE_ROOM_PROBLEMS: Record<LoungeRoomProblem, () => string> = {
  lounge_room_unknown: m.admin_lounge_gone,
  slug_taken: m.admin_lounge_slug_taken,
  slug_invalid: m.admin_slug_invalid,
  name_invalid: m.staff_name_invalid,
  about_invalid: m.admin_about_invalid,
  person_unknown: m.admin_person_unknown,
  too_many_rooms: m.admin_lounge_too_many,
  not_as_seen: m.admin_not_as_seen,
};
