// Whose network it is that is slow, as far as can be told from what arrives. Pure.

export interface Reached {
  name: string;
  media: string;
  quality: 'good' | 'fair' | 'poor' | 'lost';
}

export type Trouble = { whose: 'own' } | { whose: 'between'; name: string };

/**
 * If most of the others come badly it is the own network; if one of many does it is theirs, and their tile says so. Of
 * two people nobody can tell which of them it is.
 */
export function troubleOf(others: readonly Reached[]): Trouble | null {
  const reached = others.filter(({ media }) => media === 'connected');
  const poor = reached.filter(({ quality }) => quality === 'poor');
  const [one] = poor;
  if (one && reached.length === 1) return { whose: 'between', name: one.name };
  return poor.length * 2 > reached.length ? { whose: 'own' } : null;
}
