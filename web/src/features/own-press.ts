// For cards that come by themselves and take the focus: only a press that was meant for them answers. A key that was
// down before, or repeats, does nothing.

/** An attachment for whatever surrounds the buttons. */
export function ownPress(element: HTMLElement): () => void {
  const gone = new AbortController();
  const options = { capture: true, signal: gone.signal };
  let pressed: string | null = null;
  const presses = (event: KeyboardEvent): boolean => event.key === 'Enter' || event.key === ' ';
  element.addEventListener(
    'keydown',
    (event) => {
      if (!presses(event)) return;
      if (event.repeat) event.preventDefault();
      else pressed = event.key;
    },
    options,
  );
  element.addEventListener(
    'keyup',
    (event) => {
      if (!presses(event)) return;
      if (pressed !== event.key) event.preventDefault();
      pressed = null;
    },
    options,
  );
  return () => gone.abort();
}
