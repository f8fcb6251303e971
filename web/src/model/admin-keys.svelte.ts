// Keys of the interface for programs, as admins make and revoke them. What makes one a key is here from when it was made
// until it is put away, and nowhere else.

import type { AccountView, ApiKeyView, MadeApiKey, Scope } from '../protocol/generated';
import * as api from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
import type { ApiKeyProblem, CommonProblem } from './api';
import { clock } from './staff-clock.svelte';
import type { ListState } from './staff-calls.svelte';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a form of a key gives. */
export interface KeyForm {
  name: string;
  account: string;
  scopes: Scope[];
  days: number;
}

export class AdminKeys {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** Latest made first. */
  list = $state.raw<ApiKeyView[]>([]);
  /** For whom keys may act. */
  people = $state.raw<AccountView[]>([]);
  form = $state.raw<FormState<ApiKeyProblem>>({ kind: 'idle' });
  /** The key that was made last: it is shown this once. */
  made = $state.raw<MadeApiKey | null>(null);
  /** The name of the key that was revoked last. */
  revoked = $state<string | null>(null);

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const [keys, people] = await Promise.all([api.apiKeys(), api.people()]);
    if (!keys.ok || !people.ok) {
      const code: CommonProblem = !keys.ok ? keys.code : !people.ok ? people.code : 'unexpected';
      this.state = { kind: 'failed', code };
      return;
    }
    this.list = keys.value;
    this.people = people.value
      .filter(({ state }) => state === 'active')
      .toSorted((a, b) => a.name.localeCompare(b.name));
    this.state = { kind: 'ready' };
  }

  async make({ name, account, scopes, days }: KeyForm): Promise<boolean> {
    this.form = { kind: 'busy' };
    const expires_at = clock.read() + days * DAY_MS;
    const answer = await api.makeApiKey({ name, account, scopes, expires_at });
    this.form = ended(answer);
    if (!answer.ok) return false;
    this.made = answer.value;
    this.revoked = null;
    await this.load();
    return true;
  }

  /** One that is gone already is revoked as well. */
  async revoke(key: ApiKeyView): Promise<void> {
    this.form = { kind: 'busy' };
    this.revoked = null;
    const answer = await api.revokeApiKey(key.id);
    if (!answer.ok && answer.code !== 'key_unknown') {
      this.form = ended(answer);
      return;
    }
    this.form = { kind: 'idle' };
    this.list = this.list.filter(({ id }) => id !== key.id);
    this.revoked = key.name;
    if (this.made?.key.id === key.id) this.made = null;
  }

  /** Whether it is worth nothing any more. */
  expired(key: ApiKeyView): boolean {
    return key.expires_at <= clock.now;
  }

  /** Nothing is being changed. */
  rest(): void {
    this.form = { kind: 'idle' };
  }
}
