// The pages for people who sign in, and their addresses.

export type StaffPart =
  | 'console'
  | 'appointments'
  | 'account'
  | 'people'
  | 'desks'
  | 'lounge'
  | 'rooms'
  | 'live'
  | 'history'
  | 'audit'
  | 'keys'
  | 'webhooks';

export const PATHS: Record<StaffPart, string> = {
  console: '/staff',
  appointments: '/staff/appointments',
  account: '/staff/account',
  people: '/admin',
  desks: '/admin/desks',
  lounge: '/admin/lounge',
  rooms: '/admin/rooms',
  live: '/admin/calls',
  history: '/admin/history',
  audit: '/admin/audit',
  keys: '/admin/keys',
  webhooks: '/admin/webhooks',
};

/** The page at an address, if it is one of these. */
export function partAt(pathname: string): StaffPart | null {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  if (path === '/admin/people') return 'people';
  const found = Object.entries(PATHS).find(([, one]) => one === path);
  return found ? (found[0] as StaffPart) : null;
}

export function isAdminPart(part: StaffPart): boolean {
  return part !== 'console' && part !== 'appointments' && part !== 'account';
}
