//! Rows of sign-ins.

use super::cell::{parsed, time, timestamp};
use super::entity::sign_in;
use super::failure::stored;
use super::invitations::token;
use crate::port::{SignIn, StoreError, TokenHash};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, Order, QueryFilter, QueryOrder,
};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::time::Timestamp;

impl TryFrom<sign_in::Model> for SignIn {
    type Error = StoreError;

    fn try_from(row: sign_in::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: parsed(&row.id)?,
            token: token(&row.token)?,
            account: parsed(&row.account)?,
            created_at: timestamp(row.created_at)?,
            seen_at: timestamp(row.seen_at)?,
            expires_at: timestamp(row.expires_at)?,
            browser: row.browser,
        })
    }
}

pub(super) async fn insert(db: &impl ConnectionTrait, new: SignIn) -> Result<(), StoreError> {
    let row = sign_in::Model {
        id: new.id.to_string(),
        token: new.token.0.to_vec(),
        account: new.account.to_string(),
        created_at: time(new.created_at),
        seen_at: time(new.seen_at),
        expires_at: time(new.expires_at),
        browser: new.browser,
    };
    sign_in::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// One that holds.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<SignIn>, StoreError> {
    let find = sign_in::Entity::find()
        .filter(sign_in::Column::Token.eq(token.0.to_vec()))
        .filter(sign_in::Column::ExpiresAt.gt(time(now)));
    find.one(db).await.map_err(stored)?.map(SignIn::try_from).transpose()
}

/// An account's that hold, latest used first.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    account: PersonId,
    now: Timestamp,
) -> Result<Vec<SignIn>, StoreError> {
    let rows = sign_in::Entity::find()
        .filter(sign_in::Column::Account.eq(account.to_string()))
        .filter(sign_in::Column::ExpiresAt.gt(time(now)))
        .order_by(sign_in::Column::SeenAt, Order::Desc)
        .order_by(sign_in::Column::Id, Order::Asc)
        .all(db)
        .await
        .map_err(stored)?;
    rows.into_iter().map(SignIn::try_from).collect()
}

pub(super) async fn touch(
    db: &impl ConnectionTrait,
    id: SignInId,
    seen_at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::SeenAt, Expr::value(time(seen_at)))
        .col_expr(sign_in::Column::ExpiresAt, Expr::value(time(expires_at)))
        .filter(sign_in::Column::Id.eq(id.to_string()))
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(())
}

/// Ends one of an account's; says how many that were.
pub(super) async fn remove(
    db: &impl ConnectionTrait,
    account: PersonId,
    id: SignInId,
) -> Result<u64, StoreError> {
    let one = sign_in::Column::Id.eq(id.to_string()).and(sign_in::Column::Account.eq(account.to_string()));
    let gone = sign_in::Entity::delete_many().filter(one).exec(db).await.map_err(stored)?;
    Ok(gone.rows_affected)
}

/// Ends all of an account's but one; says which those were.
pub(super) async fn end_all(
    db: &impl ConnectionTrait,
    account: PersonId,
    keep: Option<SignInId>,
) -> Result<Vec<SignInId>, StoreError> {
    let of = sign_in::Column::Account.eq(account.to_string());
    let which = match keep {
        Some(keep) => of.and(sign_in::Column::Id.ne(keep.to_string())),
        None => of,
    };
    let find = sign_in::Entity::find().filter(which.clone()).order_by(sign_in::Column::Id, Order::Asc);
    let rows = find.all(db).await.map_err(stored)?;
    sign_in::Entity::delete_many().filter(which).exec(db).await.map_err(stored)?;
    rows.iter().map(|row| parsed(&row.id)).collect()
}

pub(super) async fn forget(db: &impl ConnectionTrait, now: Timestamp) -> Result<(), StoreError> {
    let ended = sign_in::Column::ExpiresAt.lte(time(now));
    sign_in::Entity::delete_many().filter(ended).exec(db).await.map_err(stored)?;
    Ok(())
}
