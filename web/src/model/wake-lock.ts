// Asks the system not to let the screen sleep while this page is seen. Where it refuses, it refuses.

/** In a frame the page around it decides; where browsers tell, it is not asked for what it does not give. */
function mayAsk(): boolean {
  const { featurePolicy } = document as Document & {
    featurePolicy?: { allowsFeature: (name: string) => boolean };
  };
  return 'wakeLock' in navigator && featurePolicy?.allowsFeature('screen-wake-lock') !== false;
}

/** Until the returned function is called. */
export function keepAwake(): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | null = null;

  async function ask(): Promise<void> {
    if (document.hidden || !mayAsk()) return;
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
