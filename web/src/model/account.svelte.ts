// Whether somebody is signed in on this page, and the way in. Holds no password longer than the request needs it.

import type { AccountView } from '../protocol/generated';
import * as api from './api';

/** Where somebody stands who opens a page for staff. */
export type AccountState =
  | { kind: 'loading' }
  | { kind: 'unreachable' }
  | { kind: 'signed_out' }
  | { kind: 'signed_in'; me: AccountView };

/** Why one was not let in; `refused` whatever was wrong. */
export type SignInFailure =
  | { kind: 'refused' }
  | { kind: 'code_wanted' }
  | { kind: 'limited'; seconds: number | null }
  | { kind: 'unreachable' };

export class Account {
  state = $state.raw<AccountState>({ kind: 'loading' });
  /** The name of the organisation's identity provider. */
  provider = $state<string | null>(null);
  busy = $state(false);
  failure = $state.raw<SignInFailure | null>(null);
  /** The password was right, and there is a second factor. */
  codeWanted = $state(false);
  /** One was signed in until a moment ago, and did not end that here. */
  ended = $state(false);
  #leaving = false;

  get me(): AccountView | null {
    return this.state.kind === 'signed_in' ? this.state.me : null;
  }

  async load(): Promise<void> {
    if (this.state.kind !== 'signed_in') this.state = { kind: 'loading' };
    const answer = await api.signInOptions();
    if (!answer.ok) {
      this.state = { kind: 'unreachable' };
      return;
    }
    this.provider = answer.value.provider ?? null;
    const me = answer.value.account;
    this.state = me ? { kind: 'signed_in', me } : { kind: 'signed_out' };
  }

  async signIn(email: string, password: string, code: string): Promise<void> {
    this.busy = true;
    this.failure = null;
    this.ended = false;
    const answer = await api.signIn({ email, password, ...(this.codeWanted ? { code } : {}) });
    if (answer.ok) {
      this.codeWanted = false;
      await this.load();
    } else {
      this.failure = this.#failure(answer);
      if (answer.code === 'totp_required') this.codeWanted = true;
    }
    this.busy = false;
  }

  async signOut(): Promise<void> {
    this.#leaving = true;
    await api.signOut();
    await this.load();
    this.#leaving = false;
  }

  /** The server does not know this sign-in any more. */
  async lost(): Promise<void> {
    if (this.state.kind !== 'signed_in' || this.#leaving) return;
    await this.load();
    this.ended = this.me === null;
  }

  /** How one is called has changed. */
  changed(me: AccountView): void {
    this.state = { kind: 'signed_in', me };
  }

  #failure(answer: api.Refusal<api.SignInProblem | api.CommonProblem>): SignInFailure {
    switch (answer.code) {
      case 'totp_required':
        // The first time it is no failure: the field for it opens.
        return this.codeWanted ? { kind: 'refused' } : { kind: 'code_wanted' };
      case 'rate_limited':
        return { kind: 'limited', seconds: answer.retryAfter };
      case 'sign_in_refused':
      case 'signed_out':
      case 'forbidden':
        return { kind: 'refused' };
      case 'try_again':
      case 'storage_full':
      case 'unreachable':
      case 'unexpected':
        return { kind: 'unreachable' };
    }
  }
}
