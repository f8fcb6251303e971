// A visitor of a desk in this tab, over a session of their own.

import { guestSurroundings, Session } from '../protocol/session';
import { Desk } from './desk.svelte';
import { guestKey } from './remembered';
import { clock } from './staff-clock.svelte';

/** @param slug the part of the desk's address behind `/desk/` */
export function visit(slug: string): Desk {
  return new Desk(slug, new Session(guestSurroundings(guestKey, (date) => clock.heard(date))));
}
