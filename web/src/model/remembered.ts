// What the browser keeps between visits. Everything works without it: private windows may refuse.

import type { Chosen } from '../protocol/generated';
import type { DeviceChoice, SoundProcessing } from '../rtc/capture';

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

/** A device by its id and its name: browsers give them new ids now and then. */
function device(key: string): Slot<DeviceChoice | null> {
  const text = local(key);
  return {
    get() {
      const kept = text.get();
      if (kept === null) return null;
      try {
        const { id, label } = JSON.parse(kept) as Partial<DeviceChoice>;
        return typeof id === 'string' ? { id, label: label ?? '' } : null;
      } catch {
        // Kept before names were.
        return { id: kept, label: '' };
      }
    },
    set(chosen) {
      text.set(chosen && JSON.stringify(chosen));
    },
  };
}

/** What is not to be done to one's sound, by name; everything else is. */
const soundProcessing: Slot<SoundProcessing> = {
  get() {
    const off = (local('sound-without').get() ?? '').split(' ');
    return {
      echoCancellation: !off.includes('echoCancellation'),
      noiseSuppression: !off.includes('noiseSuppression'),
      autoGainControl: !off.includes('autoGainControl'),
    };
  },
  set(processing) {
    const off = Object.entries(processing).flatMap(([name, on]) => (on ? [] : [name]));
    local('sound-without').set(off.length > 0 ? off.join(' ') : null);
  },
};

export const remembered = {
  name: local('name'),
  /** The language somebody chose. */
  language: local('language'),
  /** The one an address asked for, for the tab alone: a kiosk's, or that of a link in a letter. */
  languageOfTab: slot(() => sessionStorage, 'visavis.language'),
  microphone: device('microphone'),
  camera: device('camera'),
  speaker: device('speaker'),
  soundProcessing,
  /** What is to be seen behind oneself. */
  background: local('background'),
  /** What is switched off in calls. */
  callSettings: local('call-off'),
  /** `off` for those who want the lounge to be silent. */
  sounds: local('sounds'),
  /** `yes` once it was asked whether notifications may be shown. */
  notifications: local('asked-for-notifications'),
  /** `speaker` for those who want whoever speaks to be large. */
  view: local('view'),
  /** `hidden` for those who do not want to see themselves. */
  selfView: local('self-view'),
  /** `off` for those who want to see themselves as others do. */
  mirror: local('mirror'),
  /** `smooth` for those whose shared screen is to move well rather than be sharp. */
  screenLook: local('screen-look'),
  /** The corner of one's own picture. */
  corner: local('corner'),
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

/**
 * What brings this page back into a call after a reload. Kept for the tab alone, and for a moment: a tab that is opened
 * again the next morning, or a way back through the history, is no reload.
 */
export interface Seat {
  continuation: string;
  name: string;
  microphone: 'on' | 'muted' | 'off';
  camera: 'on' | 'off';
}

/**
 * A seat that was set longer ago is none. More would turn devices on for somebody who has long done something else; less
 * would send those to the door whose browser takes its time to come back after a crash.
 */
export const SEAT_KEPT_FOR = 60_000;

export const seatOf = (room: string): Slot<Seat | null> => fresh(ofTab(`seat.${room}`));

/** The seat in the call that came of a ring. */
export const seatOfRing = (ring: string): Slot<Seat | null> => fresh(ofTab(`ring-seat.${ring}`));

/** By the device's clock; whoever sets it back has no fresh seat either. */
function fresh(kept: Slot<(Seat & { at: number }) | null>): Slot<Seat | null> {
  return {
    get() {
      const seat = kept.get();
      return seat && Math.abs(Date.now() - seat.at) < SEAT_KEPT_FOR ? seat : null;
    },
    set(seat) {
      kept.set(seat && { ...seat, at: Date.now() });
    },
  };
}

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
