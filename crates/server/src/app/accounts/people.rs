//! What admins do about people.

use super::me::{person_name, title};
use super::{Accounts, Denied, Invalid, Lane, Unknown, email, view};
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::ids::PersonId;
use visavis_protocol::{AccountView, Invited, NewPerson, PeoplePage, PersonChange};
use visavis_store::{Account, AccountChange, Action, InvitationPurpose, NewAccount};

impl Accounts {
    /// Accounts by name, from behind this one on.
    pub(crate) async fn people(&self, after: Option<PersonId>, take: usize) -> Result<PeoplePage, Denied> {
        let all = self.store().accounts().await?;
        let before = after.and_then(|after| all.iter().position(|one| one.id == after));
        let rest = all.get(before.map_or(0, |at| at + 1)..).unwrap_or_default();
        let people: Vec<_> = rest.iter().take(take).map(view).collect();
        let next = people.last().filter(|_| rest.len() > take).map(|last| last.id.to_string());
        let linked = self.store().linked_accounts().await?;
        let tied = people.iter().map(|one| one.id).filter(|id| linked.contains(id)).collect();
        Ok(PeoplePage { people, tied, next })
    }

    /// One account.
    pub(crate) async fn person(&self, id: PersonId) -> Result<Account, Denied> {
        self.store().account(id).await?.ok_or(Denied::Unknown(Unknown::Person))
    }

    /// By the address somebody signs in with.
    pub(crate) async fn person_by_email(&self, typed: &str) -> Result<Account, Denied> {
        let found = self.store().account_by_email(&email(typed)?).await?;
        found.ok_or(Denied::Unknown(Unknown::Person))
    }

    /// A new account, and the link to its first password. `actor` is none for the command line.
    pub(crate) async fn create_person(
        &self,
        actor: Option<PersonId>,
        person: &NewPerson,
        base: &str,
    ) -> Result<Invited, Denied> {
        let account = self.new_account(person, None)?;
        let id = account.id;
        let drawn = self.draw_invitation(InvitationPurpose::Join, Some(id));
        let audited = self.audited(actor, Action::AccountCreated, id, of_role(person.role));
        self.store().create_account(account, Some(drawn.row.clone()), audited).await?;
        Ok(drawn.invited(id, base))
    }

    /// A new account with a password, which its owner need not choose: for the demonstration set alone.
    pub(super) async fn create_with_password(
        &self,
        person: &NewPerson,
        password: &str,
    ) -> Result<PersonId, Denied> {
        let hash = self.around.passwords.hash(password, self.random(), Lane::Known).await?;
        let account = self.new_account(person, Some(hash))?;
        let id = account.id;
        let audited = self.audited(None, Action::AccountCreated, id, of_role(person.role));
        self.store().create_account(account, None, audited).await?;
        Ok(id)
    }

    fn new_account(&self, person: &NewPerson, password: Option<String>) -> Result<NewAccount, Denied> {
        Ok(NewAccount {
            id: PersonId::from_bits(self.random_bits()),
            email: email(&person.email)?,
            name: person_name(&person.name)?,
            title: title(&person.title)?,
            role: person.role,
            password,
            created_at: self.now(),
        })
    }

    /// Changes somebody; if they were seen, only while they are still so. Never so that no admin could sign in any more.
    pub(crate) async fn change_person(
        &self,
        actor: PersonId,
        id: PersonId,
        seen: Option<Account>,
        change: &PersonChange,
    ) -> Result<AccountView, Denied> {
        let change = AccountChange {
            email: change.email.as_deref().map(email).transpose()?,
            name: change.name.as_deref().map(person_name).transpose()?,
            title: change.title.as_deref().map(title).transpose()?,
            role: change.role,
            state: change.state,
        };
        let before = self.person(id).await?;
        if let Some(state) = change.state
            && (state == AccountState::Invited) != (before.state == AccountState::Invited)
        {
            // Only its owner makes an invited account active; nobody makes one invited again.
            return Err(Denied::Invalid(Invalid::State));
        }
        let change = AccountChange { state: change.state.filter(|to| *to != before.state), ..change };
        let audited = self.audited(Some(actor), Action::AccountChanged, id, super::changed(&change));
        let changed = self.store().change_account(id, seen, change, audited).await;
        let (account, ended) = changed.map_err(Denied::missing(Denied::Unknown(Unknown::Person)))?;
        self.tell_signed_out(&ended).await;
        self.tell_person(id).await;
        Ok(view(&account))
    }
}

fn of_role(role: AccountRole) -> serde_json::Value {
    serde_json::json!({ "role": role })
}
