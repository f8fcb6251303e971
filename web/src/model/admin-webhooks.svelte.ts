// Webhooks, as admins make, change and remove them, and what each was told. What signs is here from when it was made until
// it is put away, and nowhere else.

import type { DeliveryView, NewWebhook, WebhookChange, WebhookView } from '../protocol/generated';
import * as api from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
import type { CommonProblem, WebhookProblem } from './api';
import type { ListState } from './staff-calls.svelte';

/** How often what waits is looked at while it is shown. */
const LOOK_EVERY = 2_000;

/** What was done last, for who cannot see it. */
export type WebhookDone = { kind: 'removed' | 'tested'; name: string } | { kind: 'replayed'; count: number };

export class AdminWebhooks {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** Latest made first. */
  list = $state.raw<WebhookView[]>([]);
  form = $state.raw<FormState<WebhookProblem>>({ kind: 'idle' });
  /** The secret that was made last: it is shown this once. */
  secret = $state.raw<{ of: string; name: string; text: string; earlierUntil: number | null } | null>(null);
  done = $state.raw<WebhookDone | null>(null);
  /** Whose deliveries are shown. */
  shown = $state.raw<WebhookView | null>(null);
  deliveries = $state.raw<DeliveryView[]>([]);
  deliveriesState = $state.raw<
    { kind: 'loading' | 'ready' } | { kind: 'failed'; code: WebhookProblem | CommonProblem }
  >({ kind: 'loading' });
  /** Where earlier ones begin; null at the end. */
  next = $state<number | null>(null);
  /** The ids that were looked at beyond the first part: they are not looked at again. */
  private beyond = false;

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const answer = await api.webhooks();
    if (!answer.ok) {
      // What is shown is not taken away because a later look failed.
      if (this.state.kind !== 'ready') this.state = { kind: 'failed', code: answer.code };
      return;
    }
    this.list = answer.value;
    this.state = { kind: 'ready' };
    const { shown } = this;
    if (shown) this.shown = this.list.find(({ id }) => id === shown.id) ?? null;
  }

  /** Looks again and again until it is ended. */
  follow(): () => void {
    let looking = false;
    const look = async (): Promise<void> => {
      // Where answers take longer than that, no more are asked for than come.
      if (looking) return;
      looking = true;
      await this.load();
      if (this.shown && !this.beyond) await this.loadDeliveries();
      looking = false;
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY);
    return () => clearInterval(timer);
  }

  async make(hook: NewWebhook): Promise<boolean> {
    return this.change(await this.busy(api.makeWebhook(hook)), ({ webhook, secret }) => {
      this.secret = { of: webhook.id, name: webhook.name, text: secret, earlierUntil: null };
    });
  }

  async save(which: WebhookView, change: WebhookChange): Promise<boolean> {
    if (Object.keys(change).length === 0) return true;
    return this.change(await this.busy(api.changeWebhook(which.id, change)), () => undefined);
  }

  async switchTo(which: WebhookView, to: 'on' | 'off'): Promise<void> {
    if (this.form.kind === 'busy') return;
    await this.save(which, { on: to === 'on' });
  }

  async rotate(which: WebhookView): Promise<void> {
    await this.change(await this.busy(api.rotateWebhookSecret(which.id)), ({ secret, earlier_until }) => {
      this.secret = { of: which.id, name: which.name, text: secret, earlierUntil: earlier_until };
    });
  }

  /** One that is gone already is removed as well. */
  async remove(which: WebhookView): Promise<void> {
    const answer = await this.busy(api.removeWebhook(which.id));
    if (!answer.ok && answer.code !== 'webhook_unknown') {
      this.form = ended(answer);
      return;
    }
    this.form = { kind: 'idle' };
    this.list = this.list.filter(({ id }) => id !== which.id);
    if (this.shown?.id === which.id) this.hide();
    if (this.secret?.of === which.id) this.secret = null;
    this.done = { kind: 'removed', name: which.name };
  }

  /** Pressed twice, it is told once. */
  async tryOut(which: WebhookView): Promise<void> {
    if (this.form.kind === 'busy') return;
    await this.change(await this.busy(api.tryWebhook(which.id)), () => {
      this.done = { kind: 'tested', name: which.name };
    });
    if (this.form.kind !== 'failed') await this.show(which);
  }

  /** Tells an event once more, and all later ones if they are wanted. Pressed twice, it is told once. */
  async replay(event: DeliveryView, later: boolean): Promise<void> {
    const which = this.shown;
    if (!which || this.form.kind === 'busy') return;
    await this.change(
      await this.busy(api.replayWebhook(which.id, { event: event.event, later })),
      ({ count }) => {
        this.done = { kind: 'replayed', count };
      },
    );
    await this.loadDeliveries();
  }

  async show(which: WebhookView): Promise<void> {
    if (this.shown?.id !== which.id) {
      this.deliveries = [];
      this.deliveriesState = { kind: 'loading' };
    }
    this.shown = which;
    await this.loadDeliveries();
  }

  hide(): void {
    this.shown = null;
    this.deliveries = [];
    this.beyond = false;
  }

  async loadDeliveries(): Promise<void> {
    const which = this.shown;
    if (!which) return;
    const answer = await api.webhookDeliveries(which.id, null);
    if (this.shown?.id !== which.id) return;
    if (!answer.ok) {
      if (this.deliveriesState.kind !== 'ready') {
        this.deliveriesState = { kind: 'failed', code: answer.code };
      }
      return;
    }
    this.beyond = false;
    this.deliveries = answer.value.deliveries;
    this.next = answer.value.next ?? null;
    this.deliveriesState = { kind: 'ready' };
  }

  async earlier(): Promise<void> {
    const [which, before] = [this.shown, this.next];
    if (!which || before === null) return;
    const answer = await api.webhookDeliveries(which.id, before);
    if (!answer.ok || this.shown?.id !== which.id) return;
    this.beyond = true;
    this.deliveries = [...this.deliveries, ...answer.value.deliveries];
    this.next = answer.value.next ?? null;
  }

  /** Nothing is being changed. */
  rest(): void {
    this.form = { kind: 'idle' };
  }

  private async busy<T>(asked: Promise<T>): Promise<T> {
    this.form = { kind: 'busy' };
    this.done = null;
    return asked;
  }

  private async change<T>(answer: api.Answer<T, WebhookProblem>, then: (value: T) => void): Promise<boolean> {
    this.form = answer.ok ? { kind: 'idle' } : ended(answer);
    if (!answer.ok) return false;
    then(answer.value);
    await this.load();
    return true;
  }
}
