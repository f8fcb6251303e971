// Which of the devices that are plugged in is meant, and what follows when another one is plugged in or one is pulled
// out. Pure: lists in, decisions out.

import type { DeviceChoice } from '../rtc/capture';

/** The system's own choice, in browsers that name it: it may become another device at any time. */
const SYSTEM_DEFAULT = 'default';

/** The one that was chosen once: by its id, or by its name where browsers have given it another id meanwhile. */
export function find(list: DeviceChoice[], chosen: DeviceChoice | null): DeviceChoice | null {
  if (!chosen) return null;
  return (
    list.find((one) => one.id === chosen.id) ??
    list.find((one) => one.label !== '' && one.label === chosen.label) ??
    null
  );
}

export interface Plugged {
  /** The list before the change and after it. */
  before: DeviceChoice[];
  now: DeviceChoice[];
  /** The id of the one in use; null when none is. */
  used: string | null;
  /** The one that was chosen last. */
  chosen: DeviceChoice | null;
  /** None could be found when one was wanted. */
  missing: boolean;
}

export type Consequence =
  | { kind: 'none' }
  /** The one in use was pulled out. */
  | { kind: 'gone' }
  /** What the system means by its default is another device now. */
  | { kind: 'default_moved' }
  /** One is there that would be wanted, but something else goes on: to be asked about, never to be taken. */
  | { kind: 'offer'; device: DeviceChoice };

/** What a change of the list means for the device in use. */
export function consequence({ before, now, used, chosen, missing }: Plugged): Consequence {
  const byId = (list: DeviceChoice[], id: string | null): DeviceChoice | undefined =>
    list.find((one) => one.id === id);
  const inUse = byId(before, used);
  if (inUse && !byId(now, used)) return { kind: 'gone' };
  if (used === SYSTEM_DEFAULT && byId(now, used)?.label !== inUse?.label) return { kind: 'default_moved' };
  const fresh = now.filter((one) => !byId(before, one.id) && one.id !== SYSTEM_DEFAULT);
  const wanted = find(fresh, chosen) ?? (missing ? fresh[0] : undefined);
  return wanted && wanted.id !== used ? { kind: 'offer', device: wanted } : { kind: 'none' };
}

/** Which way a camera looks, as its name tells; browsers say nothing else of those that are not open. */
export function facingOf({ label }: DeviceChoice): 'user' | 'environment' | null {
  if (/\b(back|rear|environment)\b/i.test(label)) return 'environment';
  return /\b(front|user|facetime)\b/i.test(label) ? 'user' : null;
}
