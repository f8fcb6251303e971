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
import { differing, Editor } from './admin-edit.svelte';
import type { ListState } from './staff-calls.svelte';

export type { Person } from './api';

const IDLE = { kind: 'idle' } as const;
const BUSY = { kind: 'busy' } as const;

/** What a form of a person shows. */
export type PersonSettings = Pick<AccountView, 'name' | 'email' | 'title' | 'role'>;

export class AdminPeople {
  state = $state.raw<ListState>({ kind: 'loading' });
  list = $state.raw<Person[]>([]);
  /** What is done without a form. */
  form = $state.raw<FormState<PersonProblem>>(IDLE);
  /** The link that was made last, to be handed over: it is shown this once. */
  invited = $state.raw<(Invited & { name: string }) | null>(null);
  /** Only what was changed is told: what somebody else has set meanwhile stays. */
  readonly editor = new Editor<AccountView, PersonSettings, PersonProblem>({
    read: api.onePerson,
    settings: ({ name, email, title, role }) => ({ name, email, title, role }),
    add: (typed) => this.#add(typed),
    change: (who, typed, { value, tag }) => this.#change(who, differing(value, typed), tag),
  });

  async load(): Promise<void> {
    if (this.state.kind === 'failed') this.state = { kind: 'loading' };
    const answer = await api.people();
    this.state = answer.ok ? { kind: 'ready' } : { kind: 'failed', code: answer.code };
    if (answer.ok) this.list = answer.value.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** Whether they may sign in. */
  async stand(who: string, state: 'active' | 'disabled'): Promise<void> {
    this.form = BUSY;
    this.form = ended(await this.#change(who, { state }, null));
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

  async #add(person: NewPerson): Promise<api.Answer<Invited, PersonProblem>> {
    const answer = await api.addPerson(person);
    if (answer.ok) {
      this.invited = { ...answer.value, name: person.name };
      await this.load();
    }
    return answer;
  }

  async #change(
    who: string,
    change: PersonChange,
    seen: string | null,
  ): Promise<api.Answer<AccountView, PersonProblem>> {
    const answer = await api.changePerson(who, change, seen);
    if (answer.ok) this.#put(who, answer.value);
    return answer;
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
  readonly editor = new Editor<DeskView, DeskSettings, DeskProblem>({
    read: api.oneDesk,
    settings: ({ settings }) => settings,
    add: (typed) => this.#then(api.addDesk(typed)),
    change: (id, typed, { tag }) => this.#then(api.changeDesk(id, typed, tag)),
  });

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

  /** One that is gone already is removed as well. */
  async remove(id: string): Promise<boolean> {
    this.editor.form = BUSY;
    const answer = await this.#then(api.removeDesk(id));
    const gone = answer.ok || answer.code === 'desk_unknown';
    this.editor.form = gone ? IDLE : ended(answer);
    return gone;
  }

  async #then<T>(asked: Promise<api.Answer<T, DeskProblem>>): Promise<api.Answer<T, DeskProblem>> {
    const answer = await asked;
    if (answer.ok) await this.load();
    return answer;
  }
}

const AUDIT_PAGE = 100;

export class AdminAudit {
  state = $state.raw<ListState>({ kind: 'loading' });
  /** Latest first. */
  rows = $state.raw<AuditView[]>([]);
  more = $state(false);
  busy = $state(false);
  /** Why earlier rows did not come. */
  problem = $state<CommonProblem | null>(null);
  #next: string | undefined;

  async load(): Promise<void> {
    this.state = { kind: 'loading' };
    this.rows = [];
    this.#next = undefined;
    await this.next();
  }

  /** Earlier rows. Those that are there stay if they do not come. */
  async next(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    const answer = await api.audit(this.#next, AUDIT_PAGE);
    this.busy = false;
    if (!answer.ok) {
      if (this.rows.length > 0) this.problem = answer.code;
      else this.state = { kind: 'failed', code: answer.code };
      return;
    }
    this.rows = [...this.rows, ...answer.value.rows];
    this.#next = answer.value.next;
    this.more = this.#next !== undefined;
    this.state = { kind: 'ready' };
  }
}
