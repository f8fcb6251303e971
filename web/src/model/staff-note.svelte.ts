// What a representative writes down about one call, or an appointment: kept while it is typed, in the call and after it, until it is
// saved.

import type { CallNote, CallOutcome } from '../protocol/generated';
import { writeNote } from './api';

/** As the server counts them, in characters. */
export const MAX_NOTE_CHARS = 4_000;

export type NoteState = 'clean' | 'changed' | 'saving' | 'saved' | 'failed';

export class NoteDraft {
  note = $state('');
  outcome = $state<CallOutcome | null>(null);
  state = $state<NoteState>('clean');
  left = $derived.by(() => this.most - [...this.note].length);
  #typed = 0;

  constructor(
    readonly ring: string,
    written: CallNote = { note: '' },
    private readonly saved: (note: CallNote) => void = () => undefined,
    private readonly write = writeNote,
    readonly most = MAX_NOTE_CHARS,
  ) {
    this.note = written.note;
    this.outcome = written.outcome ?? null;
  }

  changed(): void {
    this.#typed += 1;
    this.state = 'changed';
  }

  async save(): Promise<void> {
    if (this.state === 'saving' || this.left < 0) return;
    const note: CallNote = { note: this.note, ...(this.outcome ? { outcome: this.outcome } : {}) };
    this.state = 'saving';
    const typed = this.#typed;
    const answer = await this.write(this.ring, note);
    if (answer.ok) this.saved(note);
    // What was typed meanwhile is not saved yet.
    if (typed === this.#typed) this.state = answer.ok ? 'saved' : 'failed';
  }
}

/** Drafts by call: one that is written in the call goes on after it. */
export class NoteDrafts {
  /** The latest note that was saved. */
  saved = $state.raw<{ ring: string; note: CallNote } | null>(null);
  #drafts = new Map<string, NoteDraft>();

  of(ring: string): NoteDraft {
    const known = this.#drafts.get(ring);
    if (known) return known;
    const draft = new NoteDraft(ring, { note: '' }, (note) => (this.saved = { ring, note }));
    this.#drafts.set(ring, draft);
    return draft;
  }
}
