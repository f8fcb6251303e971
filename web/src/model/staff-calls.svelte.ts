// A list of calls, page by page: one's own history, what was missed, what goes on, everybody's for admins.

import type { CallNote, CallPage, CallView } from '../protocol/generated';
import type { Answer, CallFilter, CommonProblem } from './api';

export type ListState = { kind: 'loading' } | { kind: 'failed'; code: CommonProblem } | { kind: 'ready' };

/**
 * The server writes its history behind what happens: so long after the end of a call it is asked again, and again.
 * Fewer, and a call is missing when the database is slow; more asks for what was never to come.
 */
const AGAIN_AFTER = [250, 1_000, 4_000];

export class CallList {
  state = $state.raw<ListState>({ kind: 'loading' });
  calls = $state.raw<CallView[]>([]);
  total = $state(0);
  /** From 0. */
  page = $state(0);
  pages = $derived.by(() => Math.max(1, Math.ceil(this.total / this.pageSize)));
  filter = $state.raw<CallFilter>({});
  #latest = 0;

  constructor(
    private readonly source: (filter: CallFilter) => Promise<Answer<CallPage>>,
    filter: CallFilter = {},
    readonly pageSize = 20,
    private readonly wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms)),
  ) {
    this.filter = filter;
  }

  /** Anew; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    const request = ++this.#latest;
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const answer = await this.source({
      ...this.filter,
      skip: this.page * this.pageSize,
      take: this.pageSize,
    });
    // A later request has been made meanwhile: its answer counts.
    if (request !== this.#latest) return;
    if (!answer.ok) {
      this.state = { kind: 'failed', code: answer.code };
      return;
    }
    this.calls = answer.value.calls;
    this.total = answer.value.total;
    this.state = { kind: 'ready' };
    if (this.calls.length === 0 && this.page > 0) await this.turn(this.pages - 1);
  }

  /** Anew, until this call is there, or has had its time. */
  async expect(ring: string): Promise<void> {
    for (const ms of [0, ...AGAIN_AFTER]) {
      await this.wait(ms);
      await this.load();
      if (this.page > 0 || this.calls.some((call) => call.ring === ring)) return;
    }
  }

  async turn(page: number): Promise<void> {
    this.page = Math.min(Math.max(0, page), this.pages - 1);
    await this.load();
  }

  async narrow(filter: CallFilter): Promise<void> {
    this.filter = filter;
    this.page = 0;
    await this.load();
  }

  /** A note was written: shown without asking again. */
  noted(ring: string, { note, outcome }: CallNote): void {
    this.calls = this.calls.map((call) => {
      if (call.ring !== ring) return call;
      const changed: CallView = { ...call, note };
      if (outcome) changed.outcome = outcome;
      else delete changed.outcome;
      return changed;
    });
  }
}
