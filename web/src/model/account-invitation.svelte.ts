// A one-time link: what it is for, and taking it. The token lives here alone, not in the address.

import type { InvitationView } from '../protocol/generated';
import * as api from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';

export type InvitationState =
  | { kind: 'looking' }
  | { kind: 'invalid' }
  | { kind: 'unreachable' }
  | { kind: 'open'; invitation: InvitationView }
  | { kind: 'taken' };

export class Invitation {
  state = $state.raw<InvitationState>({ kind: 'looking' });
  form = $state.raw<FormState<api.AcceptProblem>>({ kind: 'idle' });

  constructor(private readonly token: string) {}

  async look(): Promise<void> {
    if (this.token === '') {
      this.state = { kind: 'invalid' };
      return;
    }
    this.state = { kind: 'looking' };
    const answer = await api.lookAtInvitation(this.token);
    if (answer.ok) this.state = { kind: 'open', invitation: answer.value };
    else this.state = { kind: answer.code === 'invitation_invalid' ? 'invalid' : 'unreachable' };
  }

  /** @param own address and name, for the first admin alone */
  async accept(password: string, own: { email: string; name: string } | null): Promise<void> {
    this.form = { kind: 'busy' };
    const answer = await api.acceptInvitation({ token: this.token, password, ...(own ?? {}) });
    this.form = ended(answer);
    if (answer.ok) this.state = { kind: 'taken' };
    else if (answer.code === 'invitation_invalid') this.state = { kind: 'invalid' };
  }
}
