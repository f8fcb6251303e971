// Whose picture stands in the small window. Pure.

export interface Pictured {
  id: string;
  self: boolean;
  speaking: boolean;
  camera: 'on' | 'off' | 'absent';
}

/**
 * Whoever of the others speaks; in a pause whoever was shown before, so that it does not flicker; before anybody has
 * spoken somebody who can be seen.
 */
export function pictured<T extends Pictured>(people: T[], before: string | null): T | null {
  const others = people.filter(({ self }) => !self);
  return (
    others.find(({ id, speaking }) => speaking && id === before) ??
    others.find(({ speaking }) => speaking) ??
    others.find(({ id }) => id === before) ??
    others.find(({ camera }) => camera === 'on') ??
    others[0] ??
    people[0] ??
    null
  );
}
