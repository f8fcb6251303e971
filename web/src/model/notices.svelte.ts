// What is told in passing: shown for a while, and read out.

import type { Notice, NoticeText } from './types';

const SHOWN_FOR = 5_000;

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 0;

  add(notice: NoticeText): void {
    const id = ++this.#next;
    const before = this.list.find((one) => one.kind === notice.kind);
    this.list = [...this.list.filter((one) => one !== before), { id, ...joint(before, notice) }];
    setTimeout(() => (this.list = this.list.filter((one) => one.id !== id)), SHOWN_FOR);
  }
}

/** Many who come or go at once are one notice, not a wall of them before everybody's face. */
function joint(before: Notice | undefined, notice: NoticeText): NoticeText {
  if (!before || !('names' in before) || !('names' in notice)) return notice;
  return { kind: notice.kind, names: [...new Set([...before.names, ...notice.names])] };
}
