// What the browser keeps between visits. Everything works without it: private windows may refuse.

import type { Chosen } from '../protocol/generated';

export interface Slot<T> {
  get(): T;
  set(value: T): void;
}

function slot(storage: () => Storage, key: string): Slot<string | null> {
  return {
    get() {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    set(value) {
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {
        // Then it is not remembered.
      }
    },
  };
}

const local = (key: string): Slot<string | null> => slot(() => localStorage, `visavis.${key}`);

export const remembered = {
  name: local('name'),
  microphone: local('microphone'),
  camera: local('camera'),
  speaker: local('speaker'),
  /** `off` for those who want no single-key shortcuts. */
  shortcuts: local('shortcuts'),
  /** `off` for those who want the lounge to be silent. */
  sounds: local('sounds'),
  /** `yes` once it was asked whether notifications may be shown. */
  notifications: local('asked-for-notifications'),
};

/** Rooms one has been in, newest first. */
export const recentRooms: Slot<string[]> = {
  get() {
    const text = local('rooms').get();
    try {
      const rooms: unknown = JSON.parse(text ?? '[]');
      return Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string') : [];
    } catch {
      return [];
    }
  },
  set(rooms) {
    local('rooms').set(JSON.stringify(rooms.slice(0, 6)));
  },
};

/** Puts a room in front of the others. */
export function rememberRoom(room: string): void {
  const same = (one: string): boolean => one.toLowerCase() === room.toLowerCase();
  recentRooms.set([room, ...recentRooms.get().filter((one) => !same(one))]);
}

/** What brings this page back into a call after a reload. Kept for the tab alone. */
export interface Seat {
  continuation: string;
  name: string;
  microphone: 'on' | 'muted' | 'off';
  camera: 'on' | 'off';
}

export const seatOf = (room: string): Slot<Seat | null> => ofTab(`seat.${room}`);

/** The seat in the call that came of a ring. */
export const seatOfRing = (ring: string): Slot<Seat | null> => ofTab(`ring-seat.${ring}`);

/** Who asked one into the call of a ring: to the conversation with them it belongs. */
export const askedInBy = (ring: string): Slot<string | null> =>
  slot(() => sessionStorage, `visavis.asked-in-by.${ring}`);

/** What makes this tab the same visitor again. */
export const guestKey = slot(() => sessionStorage, 'visavis.guest');

/** What makes this browser the same guest of the lounge again: a second tab of it is the same person. */
export const loungeGuest = local('lounge-guest');

/** How this tab is in the lounge, for a reload and for a server that has started anew. */
export interface LoungeSeat {
  name: string;
  /** The id of the room. */
  room: string;
  chosen: Chosen;
  /** What one says of it. */
  text: string;
  /** After the reload another page of oneself is to give way. */
  takeOver?: true;
}

export const loungeSeat: Slot<LoungeSeat | null> = ofTab('lounge');

/** What a visitor has said at a desk, and which devices they have let on, for a reload while they ring or wait. */
export interface Visit {
  name: string;
  about: string;
  /** Whether this tab is what rings, waits or talks: another one of the same person is none of its business. */
  active: boolean;
  microphone: 'on' | 'muted' | 'off';
  camera: 'on' | 'off';
}

export const visitAt = (desk: string): Slot<Visit | null> => ofTab(`visit.${desk}`);

/** How one takes part in an appointment from this tab, for a reload. Nothing in it lets anybody in. */
export interface Attendance {
  appointment: string;
  /** Whether this tab is what waits or talks: another one of the same person is none of its business. */
  active: boolean;
  /** When the page was left, by the device's clock; null while it is there. */
  leftAt: number | null;
  microphone: 'on' | 'muted' | 'off';
  camera: 'on' | 'off';
}

export const attendance: Slot<Attendance | null> = ofTab('attendance');

/** With whom one has conversations open in the lounge, that shown last behind. */
export const loungeCards: Slot<string[] | null> = ofTab('lounge-cards');

/** Kept for the tab alone. */
function ofTab<T>(key: string): Slot<T | null> {
  const text = slot(() => sessionStorage, `visavis.${key}`);
  return {
    get() {
      try {
        return JSON.parse(text.get() ?? 'null') as T | null;
      } catch {
        return null;
      }
    },
    set(value) {
      text.set(value && JSON.stringify(value));
    },
  };
}
