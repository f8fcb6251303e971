// What is told in passing: shown for a while, and read out.

import type { Notice, NoticeText } from './types';

const SHOWN_FOR = 5_000;

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 0;

  add(notice: NoticeText): void {
    const id = ++this.#next;
    this.list = [...this.list, { id, ...notice }];
    setTimeout(() => (this.list = this.list.filter((one) => one.id !== id)), SHOWN_FOR);
  }
}
