// Where a call takes place: in a room, by its name, or between the people of a ring, over the session of the page
// that rang. What differs between the two is here; what a call is, is not.

import type { Command, MediaPath, RingView } from '../protocol/generated';
import type { Session } from '../protocol/session';
import type { Devices } from './devices.svelte';
import type { OwnPart } from './own-part.svelte';
import { seatOf, seatOfRing } from './remembered';
import type { Seat, Slot } from './remembered';

export type Place =
  | {
      kind: 'room';
      /** As typed. */
      room: string;
      /** One of its own where none is given. */
      session?: Session;
    }
  | {
      kind: 'ring';
      ring: RingView;
      /** The page's own: it outlives the call. */
      session: Session;
      as: 'visitor' | 'staff';
      /** Opened already, by one's own press. The call takes them over. */
      devices?: Devices;
    };

/** What brings this page back into the call after a reload. */
export function seatIn(place: Place): Slot<Seat | null> {
  return place.kind === 'room' ? seatOf(place.room) : seatOfRing(place.ring.id);
}

/** What the call is called before anybody else is in it. */
export function titleOf(place: Place): string {
  if (place.kind === 'room') return place.room;
  return place.as === 'visitor' ? place.ring.callee.name : place.ring.visitor.name;
}

export interface Joining {
  name: string;
  own: OwnPart['state'];
  continuation: string | null;
  media: MediaPath;
  /** Of a room that has one. */
  password: string | null;
}

export function joinCommand(place: Place, { name, own, continuation, media, password }: Joining): Command {
  const rest = { ...own, ...(continuation === null ? {} : { continuation }), media };
  return place.kind === 'room'
    ? { type: 'join', room: place.room, name, ...rest, ...(password === null ? {} : { password }) }
    : { type: 'join_call', ring: place.ring.id, ...rest };
}
