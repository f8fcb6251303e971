// What admins see and change: people, desks, the audit log. Lists stay as they are while a change is on its way.

import type {
  AccountView,
  AuditView,
  DeskSettings,
  DeskView,
  Invited,
  NewPerson,
  PersonChange,
} from '../protocol/generated';
import * as api from './api';
import type { CommonProblem, DeskProblem, Person, PersonProblem } from './api';
import type { FormState } from './account-settings.svelte';
import { ended } from './account-settings.svelte';
import type { ListState } from './staff-calls.svelte';

export type { Person } from './api';

const IDLE = { kind: 'idle' } as const;
const BUSY = { kind: 'busy' } as const;

export class AdminPeople {
  state = $state.raw<ListState>({ kind: 'loading' });
  list = $state.raw<Person[]>([]);
  form = $state.raw<FormState<PersonProblem>>(IDLE);
  /** The link that was made last, to be handed over: it is shown this once. */
  invited = $state.raw<(Invited & { name: string }) | null>(null);

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const answer = await api.people();
    this.state = answer.ok ? { kind: 'ready' } : { kind: 'failed', code: answer.code };
    if (answer.ok) this.list = answer.value.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  async add(person: NewPerson): Promise<boolean> {
    this.form = BUSY;
    const answer = await api.addPerson(person);
    this.form = ended(answer);
    if (!answer.ok) return false;
    this.invited = { ...answer.value, name: person.name };
    await this.load();
    return true;
  }

  async change(who: string, change: PersonChange): Promise<boolean> {
    this.form = BUSY;
    const answer = await api.changePerson(who, change);
    this.form = ended(answer);
    if (answer.ok) this.#put(who, answer.value);
    return answer.ok;
  }

  /** They sign in over the identity provider no longer, and are signed out. */
  async untie(who: string): Promise<void> {
    this.form = BUSY;
    const answer = await api.untiePerson(who);
    this.form = ended(answer);
    if (answer.ok) this.#put(who, { tied: false });
  }

  /** A new link, to join or to set a new password. */
  async invite(person: AccountView): Promise<void> {
    this.form = BUSY;
    const answer = await api.inviteAgain(person.id);
    this.form = ended(answer);
    if (answer.ok) this.invited = { ...answer.value, name: person.name };
  }

  /** Nothing is being changed. */
  rest(): void {
    this.form = IDLE;
  }

  #put(who: string, now: Partial<Person>): void {
    this.list = this.list.map((one) => (one.id === who ? { ...one, ...now } : one));
  }
}

export class AdminDesks {
  state = $state.raw<ListState>({ kind: 'loading' });
  list = $state.raw<DeskView[]>([]);
  /** Those who may become members. */
  people = $state.raw<AccountView[]>([]);
  form = $state.raw<FormState<DeskProblem>>(IDLE);

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const [desks, people] = await Promise.all([api.desks(), api.people()]);
    if (!desks.ok || !people.ok) {
      const code: CommonProblem = !desks.ok ? desks.code : !people.ok ? people.code : 'unexpected';
      this.state = { kind: 'failed', code };
      return;
    }
    this.list = desks.value.toSorted((a, b) => a.settings.name.localeCompare(b.settings.name));
    this.people = people.value.toSorted((a, b) => a.name.localeCompare(b.name));
    this.state = { kind: 'ready' };
  }

  /** @param id absent for a new one */
  async save(id: string | null, settings: DeskSettings): Promise<boolean> {
    this.form = BUSY;
    const answer = await (id === null ? api.addDesk(settings) : api.changeDesk(id, settings));
    this.form = ended(answer);
    if (answer.ok) await this.load();
    return answer.ok;
  }

  async remove(id: string): Promise<boolean> {
    this.form = BUSY;
    const answer = await api.removeDesk(id);
    this.form = ended(answer);
    if (answer.ok) await this.load();
    return answer.ok;
  }

  rest(): void {
    this.form = IDLE;
  }
}

const AUDIT_PAGE = 100;

export class AdminAudit {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** Latest first. */
  rows = $state.raw<AuditView[]>([]);
  more = $state(false);
  busy = $state(false);
  #next: string | undefined;

  async load(): Promise<void> {
    this.state = { kind: 'loading' };
    this.rows = [];
    this.#next = undefined;
    await this.next();
  }

  /** Earlier rows. */
  async next(): Promise<void> {
    this.busy = true;
    const answer = await api.audit(this.#next, AUDIT_PAGE);
    this.busy = false;
    if (!answer.ok) {
      this.state = { kind: 'failed', code: answer.code };
      return;
    }
    this.rows = [...this.rows, ...answer.value.rows];
    this.#next = answer.value.next;
    this.more = this.#next !== undefined;
    this.state = { kind: 'ready' };
  }
}
