// One's own account: how visitors see one, password, second factor, sign-ins. Each part says how its change went.

import type { AccountView, SignInView, TotpOffer } from '../protocol/generated';
import * as api from './api';
import type { CommonProblem } from './api';

/** How a form stands. */
export type FormState<C extends string = never> =
  { kind: 'idle' } | { kind: 'busy' } | { kind: 'done' } | { kind: 'failed'; code: C | CommonProblem };

export type TotpState = { kind: 'idle' } | { kind: 'offered'; offer: TotpOffer } | { kind: 'removing' };

const IDLE = { kind: 'idle' } as const;
const BUSY = { kind: 'busy' } as const;

export function ended<T, C extends string>(answer: api.Answer<T, C>): FormState<C> {
  return answer.ok ? { kind: 'done' } : { kind: 'failed', code: answer.code };
}

export class AccountSettings {
  profile = $state.raw<FormState<'name_invalid' | 'title_invalid'>>(IDLE);
  password = $state.raw<FormState<'password_wrong' | 'password_invalid'>>(IDLE);
  totp = $state.raw<TotpState>(IDLE);
  totpForm = $state.raw<FormState<'code_wrong' | 'password_wrong' | 'totp_set'>>(IDLE);
  /** Null until they are known. */
  signIns = $state.raw<SignInView[] | null>(null);
  signInsProblem = $state<CommonProblem | null>(null);

  constructor(
    private readonly me: () => AccountView | null,
    private readonly changed: (me: AccountView) => void,
  ) {}

  async saveProfile(name: string, title: string): Promise<void> {
    this.profile = BUSY;
    const answer = await api.changeProfile({ name, title });
    if (answer.ok) this.changed(answer.value);
    this.profile = ended(answer);
  }

  /** Ends all other sign-ins as well. */
  async savePassword(current: string, next: string): Promise<void> {
    this.password = BUSY;
    this.password = ended(await api.changePassword(current, next));
    if (this.password.kind === 'done') await this.loadSignIns();
  }

  async beginTotp(): Promise<void> {
    this.totpForm = BUSY;
    const answer = await api.offerTotp();
    if (answer.ok) {
      this.totp = { kind: 'offered', offer: answer.value };
      this.totpForm = IDLE;
    } else {
      this.totpForm = ended(answer);
    }
  }

  async confirmTotp(code: string): Promise<void> {
    if (this.totp.kind !== 'offered') return;
    this.totpForm = BUSY;
    const answer = await api.confirmTotp({ offer: this.totp.offer.offer, code });
    this.#totpNow(answer, true);
  }

  beginRemoval(): void {
    this.totp = { kind: 'removing' };
    this.totpForm = IDLE;
  }

  async removeTotp(password: string): Promise<void> {
    this.totpForm = BUSY;
    this.#totpNow(await api.removeTotp(password), false);
  }

  stopTotp(): void {
    this.totp = IDLE;
    this.totpForm = IDLE;
  }

  async loadSignIns(): Promise<void> {
    this.signInsProblem = null;
    const answer = await api.signIns();
    if (answer.ok) this.signIns = answer.value;
    else this.signInsProblem = answer.code;
  }

  async endSignIn(id: string): Promise<void> {
    const answer = await api.endSignIn(id);
    if (answer.ok) this.signIns = this.signIns?.filter((one) => one.id !== id) ?? null;
    else this.signInsProblem = answer.code;
  }

  #totpNow(answer: api.Answer<undefined, 'code_wrong' | 'password_wrong' | 'totp_set'>, totp: boolean): void {
    this.totpForm = ended(answer);
    if (!answer.ok) return;
    this.totp = IDLE;
    const me = this.me();
    if (me) this.changed({ ...me, totp });
  }
}
