// Addresses: which page, and for rooms which one. Everything behind /r/ is the name, whatever characters it has.

import { partAt } from '../features/staff/parts';
import type { StaffPart } from '../features/staff/parts';

export type Route =
  | { page: 'home' }
  | { page: 'room'; room: string }
  | { page: 'desks' }
  | { page: 'desk'; desk: string }
  /** A desk in a frame on somebody else's page. */
  | { page: 'embedded_desk'; desk: string }
  /** Staff and admins: everything behind a sign-in. */
  | { page: 'staff'; part: StaffPart }
  | { page: 'invitation' }
  /** An appointment, for who came over a link. */
  | { page: 'appointment' }
  /** The lounge, and which of its rooms if the address names one. */
  | { page: 'lounge'; room: string | null }
  | { page: 'unknown' };

export function routeOf(pathname: string): Route {
  if (pathname === '/') return { page: 'home' };
  if (pathname.startsWith('/r/')) {
    const encoded = pathname.slice('/r/'.length);
    try {
      const room = decodeURIComponent(encoded).trim();
      if (room) return { page: 'room', room };
    } catch {
      // A lone percent sign, typed by hand.
      return { page: 'room', room: encoded };
    }
  }
  if (pathname === '/desk' || pathname === '/desk/') return { page: 'desks' };
  const desk = /^\/desk\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (desk !== undefined) return { page: 'desk', desk };
  const embedded = /^\/embed\/desk\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (embedded !== undefined) return { page: 'embedded_desk', desk: embedded };
  const part = partAt(pathname);
  if (part !== null) return { page: 'staff', part };
  if (pathname === '/invitation' || pathname === '/invitation/') return { page: 'invitation' };
  if (pathname === '/a' || pathname === '/a/') return { page: 'appointment' };
  if (pathname === '/lounge' || pathname === '/lounge/') return { page: 'lounge', room: null };
  const lounge = /^\/lounge\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (lounge !== undefined) return { page: 'lounge', room: lounge };
  return { page: 'unknown' };
}

/** The address of a room of the lounge. */
export function loungePath(room: string): string {
  return `/lounge/${room}`;
}

/** The address of a desk. */
export function deskPath(desk: string): string {
  return `/desk/${desk}`;
}

/** The address of a room. */
export function roomPath(room: string): string {
  // Browsers take dots alone for folders, however they are written; the space before them is not part of a name.
  if (room === '.' || room === '..') return `/r/%20${room}`;
  return `/r/${encodeURIComponent(room)}`;
}

class Router {
  route = $state<Route>(routeOf(location.pathname));
  /** What stands behind the question mark. */
  search = $state(location.search);

  constructor() {
    addEventListener('popstate', () => this.#read());
  }

  go(path: string): void {
    history.pushState(null, '', path);
    this.#read();
    scrollTo(0, 0);
  }

  /** Another address of the same page. */
  replace(path: string): void {
    history.replaceState(null, '', path);
    this.#read();
  }

  #read(): void {
    this.route = routeOf(location.pathname);
    this.search = location.search;
  }
}

export const router = new Router();
