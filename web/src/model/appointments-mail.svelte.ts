// A mail to a client before it is sent: a word of one's own, and what the server makes of it. Only what has been
// shown is sent.

import type { AppointmentView, MailPreview } from '../protocol/generated';
import type { Appointments, Problem } from './appointments.svelte';

/** As the server counts them. */
export const MAX_WORD_CHARS = 1_000;
/** Whoever stops typing for so long wants to see it. Less asks the server at every key. */
const LOOK_AFTER = 400;

type Mailing = 'idle' | 'sending' | 'sent' | 'failed';

export class MailDraft {
  message = $state('');
  preview = $state.raw<MailPreview | null>(null);
  state = $state<Mailing>('idle');
  problem = $state.raw<Problem | null>(null);
  left = $derived.by(() => MAX_WORD_CHARS - [...this.message].length);
  /** What is shown is what would be sent. */
  fresh = $derived.by(() => this.preview !== null && this.#shown === this.message);
  #shown = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly appointment: AppointmentView,
    private readonly of: Pick<Appointments, 'preview' | 'send'>,
  ) {}

  dispose(): void {
    clearTimeout(this.#timer);
  }

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), LOOK_AFTER);
  }

  /** Has the server show it. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    const { message } = this;
    if (this.left < 0) return;
    const answer = await this.of.preview(this.appointment.id, message);
    if (message !== this.message) return;
    this.problem = answer.ok ? null : answer.code;
    if (!answer.ok) return;
    this.preview = answer.value;
    this.#shown = message;
  }

  async send(): Promise<void> {
    if (!this.fresh || this.state === 'sending') return;
    this.state = 'sending';
    this.problem = await this.of.send(this.appointment.id, this.message);
    this.state = this.problem === null ? 'sent' : 'failed';
  }
}
