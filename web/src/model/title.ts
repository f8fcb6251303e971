// How much waits to be seen, where people look who look elsewhere: in the page's title and on its icon.

const MOST = 99;
const ICON = '/icon.svg';
const ICON_MARKED = '/icon-marked.svg';

/** The title with how much is unread before it. Pure. */
export function withUnread(title: string, unread: number): string {
  if (unread <= 0) return title;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${title}`;
}

/** A dot on the page's icon, until it is called again without. */
export function markIcon(waiting: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const wanted = waiting ? ICON_MARKED : ICON;
  if (icon && icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted);
}
