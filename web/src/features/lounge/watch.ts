// Whether somebody can see an element right now: it is within the window, and the window is shown.

/** For `{@attach}`: tells each change, the first state included. */
export function whileSeen(told: (seen: boolean) => void): (element: HTMLElement) => () => void {
  return (element) => {
    let within = false;
    const tell = (): void => told(within && document.visibilityState === 'visible');
    const observer = new IntersectionObserver((entries) => {
      within = entries.at(-1)?.isIntersecting ?? false;
      tell();
    });
    observer.observe(element);
    document.addEventListener('visibilitychange', tell);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', tell);
      told(false);
    };
  };
}
