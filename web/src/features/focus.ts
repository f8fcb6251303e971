// Where the reader stands after a page has changed under them.

export function focusOnMount(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}
