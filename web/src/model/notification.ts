// Notifications of the system, where they have been allowed. Nothing here asks for it.

/** What is said in one, in the words of the page's language. */
export interface NotificationWords {
  title: string;
  body: string;
}

/** How long the notification of something that nobody has to answer stays, where the system does not take it away. */
const NOTE_FOR_MS = 20_000;

/** The tag has several tabs show one notification, not one each. */
export function notification(
  tag: string,
  { title, body }: NotificationWords,
  requireInteraction = false,
): Notification | null {
  if (!('Notification' in window) || Notification.permission !== 'granted') return null;
  try {
    const shown = new Notification(title, { body, tag, requireInteraction });
    shown.onclick = () => window.focus();
    return shown;
  } catch (error) {
    // Phones want a service worker for it; they vibrate instead.
    console.debug('no notification', error);
    return null;
  }
}

/** Shows it to those who look elsewhere, for a while. */
export function notifyIfHidden(tag: string, words: NotificationWords): void {
  const shown = document.hidden ? notification(tag, words) : null;
  if (shown) setTimeout(() => shown.close(), NOTE_FOR_MS);
}
