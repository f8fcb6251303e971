// What the build offers besides English: see vite.languages.ts.

declare module 'virtual:languages' {
  /** By tag; the texts in the order of the English catalogue. */
  export const catalogues: Record<string, () => Promise<{ default: (string | null)[] }>>;
}
