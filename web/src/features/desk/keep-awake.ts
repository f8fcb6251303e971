// Asks the system not to let the screen sleep while this page is seen. Where it refuses, it refuses.

/** Until the returned function is called. */
export function keepAwake(): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | null = null;

  async function ask(): Promise<void> {
    if (document.hidden || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (over.signal.aborted) await lock.release();
    } catch (error) {
      console.debug('no wake lock', error);
    }
  }

  void ask();
  // The system takes it back whenever the page is hidden.
  document.addEventListener('visibilitychange', () => void ask(), { signal: over.signal });
  return () => {
    over.abort();
    void lock?.release();
  };
}
