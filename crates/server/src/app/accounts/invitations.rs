//! One-time links: a first password, a new one, the first admin of an installation. The token travels in the
//! fragment of the link, so that no server along the way and no log has it.

use super::me::{new_password, person_name};
use super::sign_in::token_hash;
use super::{Accounts, Browser, Denied, Lane, SignInToken, email};
use std::time::Duration;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::ids::PersonId;
use visavis_protocol::{InvitationAcceptance, InvitationKind, InvitationView, Invited};
use visavis_store::{Account, Action, Invitation, InvitationPurpose, NewAccount};

/// How long a link to a first password holds: somebody may be on holiday.
const JOIN_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long the others hold: they open more than they should if they lie around.
const SHORT_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// A link to be handed over, and the row that makes it work.
pub(super) struct Drawn {
    token: String,
    pub(super) row: Invitation,
}

impl Drawn {
    /// The page's address with the token in it.
    fn link(&self, base: &str) -> String {
        format!("{}/invitation#{}", base.trim_end_matches('/'), self.token)
    }

    pub(super) fn invited(&self, id: PersonId, base: &str) -> Invited {
        Invited { id, link: self.link(base), expires_at: self.row.expires_at }
    }
}

impl Accounts {
    pub(super) fn draw_invitation(&self, purpose: InvitationPurpose, account: Option<PersonId>) -> Drawn {
        let ttl = match purpose {
            InvitationPurpose::Join => JOIN_TTL,
            InvitationPurpose::Reset | InvitationPurpose::FirstAdmin => SHORT_TTL,
        };
        let token = self.token();
        let expires_at = self.now().plus(ttl);
        Drawn { row: Invitation { token: token_hash(&token), purpose, account, expires_at }, token }
    }

    /// Another link for somebody, as long as they are who was seen: to a first password if they have none yet, else to
    /// a new one. Earlier ones are worth nothing any more.
    pub(crate) async fn invite(
        &self,
        actor: Option<PersonId>,
        account: &Account,
        base: &str,
    ) -> Result<Invited, Denied> {
        let purpose = match account.state {
            AccountState::Invited => InvitationPurpose::Join,
            AccountState::Active => InvitationPurpose::Reset,
            AccountState::Disabled => return Err(Denied::Invalid(super::Invalid::State)),
        };
        let drawn = self.draw_invitation(purpose, Some(account.id));
        let detail = serde_json::json!({ "for": kind(purpose) });
        let audited = self.audited(actor, Action::Invited, account.id, detail);
        self.store().invite(drawn.row.clone(), Some(account.clone()), audited).await?;
        Ok(drawn.invited(account.id, base))
    }

    /// The link to the first account, while there is none. It replaces the one of the last start.
    pub(crate) async fn invite_first_admin(&self, base: &str) -> Result<Option<String>, Denied> {
        if self.store().count_accounts().await? > 0 {
            return Ok(None);
        }
        let drawn = self.draw_invitation(InvitationPurpose::FirstAdmin, None);
        let detail = serde_json::json!({ "for": InvitationKind::FirstAdmin });
        let audited = self.audited(None, Action::Invited, "", detail);
        self.store().invite(drawn.row.clone(), None, audited).await?;
        Ok(Some(drawn.link(base)))
    }

    /// What a link is for.
    pub(crate) async fn look(&self, token: &str) -> Result<InvitationView, Denied> {
        let found = self.store().invitation(token_hash(token), self.now()).await?;
        let (invitation, account) = found.ok_or(Denied::InvitationInvalid)?;
        if account.as_ref().is_some_and(|account| account.state == AccountState::Disabled) {
            return Err(Denied::InvitationInvalid);
        }
        let account = account.as_ref();
        Ok(InvitationView {
            kind: kind(invitation.purpose),
            email: account.map(|account| account.email.as_str().to_owned()).unwrap_or_default(),
            name: account.map(|account| account.name.shown().to_owned()).unwrap_or_default(),
        })
    }

    /// Uses a link up, and signs in.
    pub(crate) async fn accept(
        &self,
        acceptance: &InvitationAcceptance,
        browser: &Browser,
    ) -> Result<SignInToken, Denied> {
        // Before the password is looked at: who has no link learns nothing and costs no hash.
        let InvitationView { kind, .. } = self.look(&acceptance.token).await?;
        let password = new_password(&acceptance.password)?;
        let account = match kind {
            InvitationKind::FirstAdmin => self.become_first_admin(acceptance, password).await?,
            InvitationKind::Join | InvitationKind::Reset => {
                self.accept_for_account(&acceptance.token, password, kind).await?
            }
        };
        self.open_sign_in(account, browser, "invitation").await
    }

    async fn accept_for_account(
        &self,
        token: &str,
        password: &str,
        kind: InvitationKind,
    ) -> Result<PersonId, Denied> {
        let hash = self.around.passwords.hash(password, self.random(), Lane::Known).await?;
        let found = self.store().invitation(token_hash(token), self.now()).await?;
        let account = found.and_then(|(_, account)| account).ok_or(Denied::InvitationInvalid)?;
        let detail = serde_json::json!({ "for": kind });
        let audited = self.audited(Some(account.id), Action::InvitationAccepted, account.id, detail);
        let accepted = self.store().accept_invitation(token_hash(token), self.now(), hash, audited).await;
        let (account, ended) = accepted.map_err(Denied::missing(Denied::InvitationInvalid))?;
        self.tell_signed_out(&ended).await;
        self.tell_person(account.id).await;
        Ok(account.id)
    }

    async fn become_first_admin(
        &self,
        acceptance: &InvitationAcceptance,
        password: &str,
    ) -> Result<PersonId, Denied> {
        let email = email(acceptance.email.as_deref().unwrap_or_default())?;
        let name = person_name(acceptance.name.as_deref().unwrap_or_default())?;
        let account = NewAccount {
            id: PersonId::from_bits(self.random_bits()),
            email,
            name,
            title: String::new(),
            role: AccountRole::Admin,
            password: Some(self.around.passwords.hash(password, self.random(), Lane::Known).await?),
            created_at: self.now(),
        };
        let id = account.id;
        let detail = serde_json::json!({ "role": AccountRole::Admin, "for": InvitationKind::FirstAdmin });
        let audited = self.audited(Some(id), Action::AccountCreated, id, detail);
        let (token, now) = (token_hash(&acceptance.token), self.now());
        let created = self.store().create_first_admin(token, now, account, audited).await;
        created.map_err(Denied::missing(Denied::InvitationInvalid))?;
        Ok(id)
    }
}

const fn kind(purpose: InvitationPurpose) -> InvitationKind {
    match purpose {
        InvitationPurpose::Join => InvitationKind::Join,
        InvitationPurpose::Reset => InvitationKind::Reset,
        InvitationPurpose::FirstAdmin => InvitationKind::FirstAdmin,
    }
}
