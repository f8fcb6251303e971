//! Accounts. What is done to their links and sign-ins is in `invitations` and `sign_ins`.

use super::cell::{made, member, number, parsed, time, timestamp, unsigned, word};
use super::entity::{account, subject};
use super::failure::stored;
use super::{SqlStore, commit, invitations, sign_ins, still, within};
use crate::port::{
    Account, AccountChange, Accounts, Audited, Credentials, Invitation, InvitationPurpose, NewAccount,
    SignIn, StoreError, Subject, Taken, TokenHash,
};
use async_trait::async_trait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, sea_query::Expr,
};
use std::collections::BTreeSet;
use visavis_domain::account::{AccountRole, AccountState, Email};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::time::Timestamp;

impl TryFrom<account::Model> for Account {
    type Error = StoreError;

    fn try_from(row: account::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: parsed(&row.id)?,
            email: made(row.email)?,
            name: made(row.name)?,
            title: row.title,
            role: member(row.role)?,
            state: member(row.state)?,
            totp: row.totp.is_some(),
            created_at: timestamp(row.created_at)?,
        })
    }
}

/// A row that has to be there.
pub(super) async fn row(db: &impl ConnectionTrait, id: PersonId) -> Result<account::Model, StoreError> {
    let row = account::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)?;
    row.ok_or(StoreError::Unknown)
}

/// Whether the address belongs to another account.
async fn free(db: &impl ConnectionTrait, email: &Email, id: PersonId) -> Result<(), StoreError> {
    let owner = by_email(db, email).await?;
    match owner {
        Some(owner) if owner.id != id.to_string() => Err(StoreError::Taken(Taken::Email)),
        _ => Ok(()),
    }
}

async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<account::Model>, StoreError> {
    let find = account::Entity::find().filter(account::Column::Email.eq(email.as_str()));
    find.one(db).await.map_err(stored)
}

async fn count(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    account::Entity::find().count(db).await.map_err(stored)
}

async fn insert(db: &impl ConnectionTrait, new: NewAccount) -> Result<(), StoreError> {
    free(db, &new.email, new.id).await?;
    let state = if new.password.is_some() { AccountState::Active } else { AccountState::Invited };
    let row = account::Model {
        id: new.id.to_string(),
        email: new.email.as_str().to_owned(),
        name: new.name.shown().to_owned(),
        title: new.title,
        role: word(new.role),
        state: word(state),
        password: new.password,
        totp: None,
        totp_step: 0,
        created_at: time(new.created_at),
    };
    account::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// Whether somebody can sign in as an admin.
async fn has_admin(db: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let admins = account::Entity::find()
        .filter(account::Column::Role.eq(word(AccountRole::Admin)))
        .filter(account::Column::State.eq(word(AccountState::Active)));
    Ok(admins.count(db).await.map_err(stored)? > 0)
}

/// Writes what changed of a row, and reads it back.
async fn update(db: &impl ConnectionTrait, row: account::ActiveModel) -> Result<Account, StoreError> {
    row.update(db).await.map_err(stored)?.try_into()
}

/// The row with the change in it. The state moves only between active and disabled.
fn changed(old: account::Model, change: AccountChange) -> Result<account::ActiveModel, StoreError> {
    let state: AccountState = member(old.state.clone())?;
    let mut row = old.into_active_model();
    match (state, change.state) {
        (_, None) => {}
        (AccountState::Active | AccountState::Disabled, Some(to)) if to != AccountState::Invited => {
            row.state = Set(word(to));
        }
        (AccountState::Active | AccountState::Disabled | AccountState::Invited, Some(_)) => {
            return Err(StoreError::Unknown);
        }
    }
    if let Some(email) = change.email {
        row.email = Set(email.as_str().to_owned());
    }
    if let Some(name) = change.name {
        row.name = Set(name.shown().to_owned());
    }
    if let Some(title) = change.title {
        row.title = Set(title);
    }
    if let Some(role) = change.role {
        row.role = Set(word(role));
    }
    Ok(row)
}

#[async_trait]
impl Accounts for SqlStore {
    async fn count_accounts(&self) -> Result<u64, StoreError> {
        within(count(&self.reading)).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        within(async {
            let rows = account::Entity::find().all(&self.reading).await.map_err(stored)?;
            let accounts: Result<Vec<Account>, StoreError> =
                rows.into_iter().map(Account::try_from).collect();
            let mut accounts = accounts?;
            // Here, since databases differ in how they order texts.
            accounts.sort_by_cached_key(|account| (account.name.shown().to_lowercase(), account.id));
            Ok(accounts)
        })
        .await
    }

    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError> {
        within(async {
            let row = account::Entity::find_by_id(id.to_string()).one(&self.reading).await.map_err(stored)?;
            row.map(Account::try_from).transpose()
        })
        .await
    }

    async fn account_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        within(async { by_email(&self.reading, email).await?.map(Account::try_from).transpose() }).await
    }

    async fn account_by_subject(&self, of: &Subject) -> Result<Option<Account>, StoreError> {
        within(async {
            let db = self.snapshot().await?;
            let find = subject::Entity::find_by_id((of.issuer.clone(), of.subject.clone()));
            let Some(link) = find.one(&db).await.map_err(stored)? else {
                return Ok(None);
            };
            row(&db, parsed(&link.account)?).await?.try_into().map(Some)
        })
        .await
    }

    async fn create_account(
        &self,
        account: NewAccount,
        invitation: Option<Invitation>,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            insert(&tx, account).await?;
            if let Some(invitation) = invitation {
                invitations::insert(&tx, invitation).await?;
            }
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn change_account(
        &self,
        id: PersonId,
        seen: Option<Account>,
        change: AccountChange,
        audited: Audited,
    ) -> Result<(Account, Vec<SignInId>), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = row(&tx, id).await?;
            let old = Account::try_from(row.clone())?;
            still(Some(&old), seen.as_ref())?;
            if let Some(email) = &change.email {
                free(&tx, email, id).await?;
            }
            let account = update(&tx, changed(row, change)?).await?;
            let was_admin = old.role == AccountRole::Admin && old.state == AccountState::Active;
            if was_admin && !has_admin(&tx).await? {
                return Err(StoreError::LastAdmin);
            }
            if (&old.email, old.role, old.state) != (&account.email, account.role, account.state) {
                invitations::remove_all(&tx, id).await?;
            }
            let ended = match account.state {
                AccountState::Disabled => sign_ins::end_all(&tx, id, None).await?,
                AccountState::Active | AccountState::Invited => Vec::new(),
            };
            self.commit_audited(tx, audited).await?;
            Ok((account, ended))
        })
        .await
    }

    async fn link_subject(&self, id: PersonId, to: Subject, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let owner = row(&tx, id).await?;
            let state: AccountState = member(owner.state.clone())?;
            if state == AccountState::Disabled {
                return Err(StoreError::Unknown);
            }
            let find = subject::Entity::find_by_id((to.issuer.clone(), to.subject.clone()));
            if find.one(&tx).await.map_err(stored)?.is_some() {
                return Err(StoreError::Taken(Taken::Subject));
            }
            let tied = subject::Entity::find()
                .filter(subject::Column::Account.eq(id.to_string()))
                .filter(subject::Column::Issuer.eq(&*to.issuer));
            if tied.one(&tx).await.map_err(stored)?.is_some() {
                return Err(StoreError::Taken(Taken::Tie));
            }
            let link = subject::Model { issuer: to.issuer, subject: to.subject, account: id.to_string() };
            subject::Entity::insert(link.into_active_model())
                .exec_without_returning(&tx)
                .await
                .map_err(stored)?;
            if state == AccountState::Invited {
                let mut owner = owner.into_active_model();
                owner.state = Set(word(AccountState::Active));
                update(&tx, owner).await?;
                invitations::remove_all(&tx, id).await?;
            }
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn unlink_subject(&self, id: PersonId, audited: Audited) -> Result<Vec<SignInId>, StoreError> {
        within(async {
            let tx = self.begin().await?;
            row(&tx, id).await?;
            let ties = subject::Entity::delete_many().filter(subject::Column::Account.eq(id.to_string()));
            if ties.exec(&tx).await.map_err(stored)?.rows_affected == 0 {
                return Ok(Vec::new());
            }
            let ended = sign_ins::end_all(&tx, id, None).await?;
            self.commit_audited(tx, audited).await?;
            Ok(ended)
        })
        .await
    }

    async fn linked_accounts(&self) -> Result<BTreeSet<PersonId>, StoreError> {
        within(async {
            let ties = subject::Entity::find().all(&self.reading).await.map_err(stored)?;
            ties.iter().map(|tie| parsed(&tie.account)).collect()
        })
        .await
    }

    async fn credentials(&self, id: PersonId) -> Result<Credentials, StoreError> {
        within(async {
            let row = row(&self.reading, id).await?;
            let totp_step = unsigned(row.totp_step)?;
            Ok(Credentials { password: row.password, totp: row.totp, totp_step })
        })
        .await
    }

    async fn set_password(
        &self,
        id: PersonId,
        password: String,
        keep: Option<SignInId>,
        audited: Audited,
    ) -> Result<Vec<SignInId>, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let mut account = row(&tx, id).await?.into_active_model();
            account.password = Set(Some(password));
            update(&tx, account).await?;
            let ended = sign_ins::end_all(&tx, id, keep).await?;
            invitations::remove_all(&tx, id).await?;
            self.commit_audited(tx, audited).await?;
            Ok(ended)
        })
        .await
    }

    async fn rehash_password(&self, id: PersonId, password: String) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let mut account = row(&tx, id).await?.into_active_model();
            account.password = Set(Some(password));
            update(&tx, account).await?;
            commit(tx).await
        })
        .await
    }

    async fn set_totp(
        &self,
        id: PersonId,
        sealed: Option<Vec<u8>>,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = row(&tx, id).await?;
            if row.totp.is_some() && sealed.is_some() {
                return Err(StoreError::Taken(Taken::SecondFactor));
            }
            let mut account = row.into_active_model();
            // Steps of another secret say nothing about this one.
            (account.totp, account.totp_step) = (Set(sealed), Set(0));
            update(&tx, account).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn use_totp_step(&self, id: PersonId, step: u64) -> Result<bool, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let used = account::Entity::update_many()
                .col_expr(account::Column::TotpStep, Expr::value(number(step)))
                .filter(account::Column::Id.eq(id.to_string()))
                .filter(account::Column::TotpStep.lt(number(step)))
                .exec(&tx)
                .await
                .map_err(stored)?;
            if used.rows_affected == 0 {
                row(&tx, id).await?;
                return Ok(false);
            }
            commit(tx).await?;
            Ok(true)
        })
        .await
    }

    async fn invite(
        &self,
        invitation: Invitation,
        seen: Option<Account>,
        audited: Audited,
    ) -> Result<(), StoreError> {
        if invitation.account != seen.as_ref().map(|account| account.id) {
            return Err(StoreError::Unknown);
        }
        within(async {
            let tx = self.begin().await?;
            if let Some(id) = invitation.account {
                still(Some(&row(&tx, id).await?.try_into()?), seen.as_ref())?;
            }
            invitations::replace(&tx, invitation).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn invitation(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Invitation, Option<Account>)>, StoreError> {
        within(async {
            let db = self.snapshot().await?;
            let Some(invitation) = invitations::find(&db, token, now).await? else {
                return Ok(None);
            };
            let account = match invitation.account {
                Some(id) => Some(row(&db, id).await?.try_into()?),
                None => None,
            };
            Ok(Some((invitation, account)))
        })
        .await
    }

    async fn accept_invitation(
        &self,
        token: TokenHash,
        now: Timestamp,
        password: String,
        audited: Audited,
    ) -> Result<(Account, Vec<SignInId>), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let invitation = invitations::find(&tx, token, now).await?.ok_or(StoreError::Unknown)?;
            let id = invitation.account.ok_or(StoreError::Unknown)?;
            let old = row(&tx, id).await?;
            if old.state == word(AccountState::Disabled) {
                return Err(StoreError::Unknown);
            }
            let mut account = old.into_active_model();
            (account.password, account.state) = (Set(Some(password)), Set(word(AccountState::Active)));
            let ended = match invitation.purpose {
                InvitationPurpose::Reset => {
                    (account.totp, account.totp_step) = (Set(None), Set(0));
                    sign_ins::end_all(&tx, id, None).await?
                }
                InvitationPurpose::Join | InvitationPurpose::FirstAdmin => Vec::new(),
            };
            let account = update(&tx, account).await?;
            invitations::remove_all(&tx, id).await?;
            self.commit_audited(tx, audited).await?;
            Ok((account, ended))
        })
        .await
    }

    async fn create_first_admin(
        &self,
        token: TokenHash,
        now: Timestamp,
        account: NewAccount,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let invitation = invitations::find(&tx, token, now).await?.ok_or(StoreError::Unknown)?;
            if invitation.purpose != InvitationPurpose::FirstAdmin || count(&tx).await? > 0 {
                return Err(StoreError::Unknown);
            }
            insert(&tx, account).await?;
            invitations::remove_first_admins(&tx).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn open_sign_in(&self, sign_in: SignIn, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            if row(&tx, sign_in.account).await?.state != word(AccountState::Active) {
                return Err(StoreError::Unknown);
            }
            sign_ins::insert(&tx, sign_in).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn sign_in(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(SignIn, Account)>, StoreError> {
        within(async {
            let db = self.snapshot().await?;
            let Some(sign_in) = sign_ins::find(&db, token, now).await? else {
                return Ok(None);
            };
            let account: Account = row(&db, sign_in.account).await?.try_into()?;
            Ok((account.state == AccountState::Active).then_some((sign_in, account)))
        })
        .await
    }

    async fn touch_sign_in(
        &self,
        id: SignInId,
        seen_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            sign_ins::touch(&tx, id, seen_at, expires_at).await?;
            commit(tx).await
        })
        .await
    }

    async fn sign_ins(&self, account: PersonId, now: Timestamp) -> Result<Vec<SignIn>, StoreError> {
        within(sign_ins::of(&self.reading, account, now)).await
    }

    async fn close_sign_in(
        &self,
        account: PersonId,
        id: SignInId,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            match sign_ins::remove(&tx, account, id).await? {
                // Nothing ended, so there is nothing to write about.
                0 => Ok(()),
                _ => self.commit_audited(tx, audited).await,
            }
        })
        .await
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            sign_ins::forget(&tx, now).await?;
            invitations::forget(&tx, now).await?;
            commit(tx).await
        })
        .await
    }
}
