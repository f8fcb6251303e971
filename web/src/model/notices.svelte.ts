// What is told in passing: shown for a while, read out, and heard. A stack that stays small: many who come at once are
// one notice, and the oldest makes room.

import { callSettings } from './call-settings.svelte';
import type { Switch } from './call-settings.svelte';
import { isHeard, sounds } from './sounds';
import type { Sound } from './sounds';
import type { Notice, NoticeText } from './types';

const SHOWN_FOR = 5_000;
/** A wall of them would stand before everybody's face. */
const MOST = 4;

interface Told {
  sound: Sound | null;
  /** By which switch it is shown. */
  shown: Switch | 'always';
}

const TOLD: Partial<Record<NoticeText['kind'], Told>> = {
  joined: { sound: 'join', shown: 'notice_coming' },
  left: { sound: 'leave', shown: 'notice_coming' },
  hand_raised: { sound: 'hand', shown: 'notice_hand' },
  message: { sound: 'message', shown: 'notice_message' },
};

/** What concerns one's own devices and rights nobody can do without. */
const OTHERS_TOLD: Told = { sound: null, shown: 'always' };

export class Notices {
  /** The newest last. */
  list = $state.raw<Notice[]>([]);
  /** What was told last, until those who hear it have: it does not come again when others go, or on another screen. */
  latest = $state.raw<Notice | null>(null);
  #next = 0;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #held = false;

  /** @param present how many are in the room */
  constructor(private readonly present: () => number = () => 0) {}

  add(notice: NoticeText): void {
    const { sound, shown } = TOLD[notice.kind] ?? OTHERS_TOLD;
    if (sound && isHeard(sound, this.present())) sounds.play(sound);
    if (shown !== 'always' && !callSettings.on(shown)) return;
    const before = this.list.find((one) => isSame(one, notice));
    const added = { id: ++this.#next, ...joint(before, notice) };
    const kept = [...this.list.filter((one) => one !== before), added];
    for (const gone of [before, ...kept.slice(0, -MOST)]) if (gone) this.#stop(gone.id);
    this.list = kept.slice(-MOST);
    this.latest = added;
    if (!this.#held) this.#start(added.id);
  }

  dismiss(id: number): void {
    this.#stop(id);
    this.list = this.list.filter((one) => one.id !== id);
  }

  /** It has been read out. */
  heard(): void {
    this.latest = null;
  }

  /** Somebody points at them, or is in them with the keyboard: they stay. */
  hold(): void {
    this.#held = true;
    for (const id of [...this.#timers.keys()]) this.#stop(id);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    for (const { id } of this.list) this.#start(id);
  }

  clear(): void {
    for (const id of [...this.#timers.keys()]) this.#stop(id);
    this.#held = false;
    this.list = [];
    this.latest = null;
  }

  #start(id: number): void {
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_FOR),
    );
  }

  #stop(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}

/** Of a kind there is one; of what people write one each. */
function isSame(one: NoticeText, other: NoticeText): boolean {
  if (one.kind === 'message' && other.kind === 'message') return one.name === other.name;
  if (one.kind === 'room' && other.kind === 'room') return one.what.type === other.what.type;
  return one.kind === other.kind;
}

function joint(before: Notice | undefined, notice: NoticeText): NoticeText {
  if (!before || !('names' in before) || !('names' in notice)) return notice;
  return { kind: notice.kind, names: [...new Set([...before.names, ...notice.names])] };
}
