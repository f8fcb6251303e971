// Where the reader stands after a page has changed under them.

export function focusOnMount(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}

/**
 * The same for a page that may be the first one: then the reader stands where their browser has put them. Nothing on a
 * page that was just loaded has been pressed yet.
 */
export function focusOnArrival(element: HTMLElement): void {
  // Not in every browser, whatever its types say.
  const { userActivation } = navigator as Partial<Navigator>;
  if (userActivation?.hasBeenActive !== false) focusOnMount(element);
}
