// What stands in a menu.

/** Several of which one is chosen. */
export interface MenuGroup {
  label: string;
  value: string | null;
  options: { id: string; label: string }[];
  choose: (id: string) => void;
}

export interface MenuEntry {
  label: string;
  run: () => void;
  /** Marked as what holds now. */
  current?: boolean;
  /** Something else begins with it: a line is drawn above. */
  begins?: boolean;
}
