// Arrow keys along a row of controls: forwards is where the line goes, which is not to the right everywhere.

/** @returns 1 to go on, -1 to go back, 0 for any other key */
export function alongTheLine(event: Pick<KeyboardEvent, 'key'>, row: Element): -1 | 0 | 1 {
  if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return 0;
  const forwards = getComputedStyle(row).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  return event.key === forwards ? 1 : -1;
}
