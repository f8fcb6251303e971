//! Rows of one-time links.

use super::cell::{damaged, parsed, time, timestamp};
use super::entity::invitation;
use super::failure::stored;
use crate::port::{Invitation, InvitationPurpose, StoreError, TokenHash};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter};
use visavis_domain::ids::PersonId;
use visavis_domain::time::Timestamp;

const JOIN: &str = "join";
const RESET: &str = "reset";
const FIRST_ADMIN: &str = "first_admin";

fn purpose(of: InvitationPurpose) -> &'static str {
    match of {
        InvitationPurpose::Join => JOIN,
        InvitationPurpose::Reset => RESET,
        InvitationPurpose::FirstAdmin => FIRST_ADMIN,
    }
}

pub(super) fn token(bytes: &[u8]) -> Result<TokenHash, StoreError> {
    bytes.try_into().map(TokenHash).map_err(|_| damaged("a hash has another length"))
}

impl TryFrom<invitation::Model> for Invitation {
    type Error = StoreError;

    fn try_from(row: invitation::Model) -> Result<Self, StoreError> {
        let purpose = match &*row.purpose {
            JOIN => InvitationPurpose::Join,
            RESET => InvitationPurpose::Reset,
            FIRST_ADMIN => InvitationPurpose::FirstAdmin,
            _ => return Err(damaged("a link has an unknown purpose")),
        };
        Ok(Self {
            token: token(&row.token)?,
            purpose,
            account: row.account.map(|account| parsed(&account)).transpose()?,
            expires_at: timestamp(row.expires_at)?,
        })
    }
}

pub(super) async fn insert(db: &impl ConnectionTrait, new: Invitation) -> Result<(), StoreError> {
    let row = invitation::Model {
        token: new.token.0.to_vec(),
        purpose: purpose(new.purpose).to_owned(),
        account: new.account.map(|account| account.to_string()),
        expires_at: time(new.expires_at),
    };
    invitation::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// Inserts it in the place of earlier ones of the same account and purpose.
pub(super) async fn replace(db: &impl ConnectionTrait, new: Invitation) -> Result<(), StoreError> {
    let owner = match new.account {
        Some(account) => invitation::Column::Account.eq(account.to_string()),
        None => invitation::Column::Account.is_null(),
    };
    let same = invitation::Column::Purpose.eq(purpose(new.purpose)).and(owner);
    invitation::Entity::delete_many().filter(same).exec(db).await.map_err(stored)?;
    insert(db, new).await
}

/// One that holds.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let find =
        invitation::Entity::find_by_id(token.0.to_vec()).filter(invitation::Column::ExpiresAt.gt(time(now)));
    find.one(db).await.map_err(stored)?.map(Invitation::try_from).transpose()
}

/// All of an account: whoever set a password by one has no use for the others, and a thief might.
pub(super) async fn remove_all(db: &impl ConnectionTrait, account: PersonId) -> Result<(), StoreError> {
    let of = invitation::Column::Account.eq(account.to_string());
    invitation::Entity::delete_many().filter(of).exec(db).await.map_err(stored)?;
    Ok(())
}

pub(super) async fn remove_first_admins(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    let of = invitation::Column::Purpose.eq(FIRST_ADMIN);
    invitation::Entity::delete_many().filter(of).exec(db).await.map_err(stored)?;
    Ok(())
}

pub(super) async fn forget(db: &impl ConnectionTrait, now: Timestamp) -> Result<(), StoreError> {
    let ended = invitation::Column::ExpiresAt.lte(time(now));
    invitation::Entity::delete_many().filter(ended).exec(db).await.map_err(stored)?;
    Ok(())
}
