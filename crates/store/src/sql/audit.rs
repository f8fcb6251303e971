//! The audit log's chain: each row's code is made with the key over the row and the code before it; the head keeps
//! how many there are and the last code, under a code of its own, so that a cut-off end is found as well. What cannot
//! be found: a database put back as a whole as it was earlier.

use super::cell::{from_json, json, member, parsed, time, timestamp, unsigned, word};
use super::entity::{audit, audit_head};
use super::failure::stored;
use super::{SqlStore, within};
use crate::port::{AuditRow, Audited, Audits, Broken, Page, StoreError};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
};

/// The one row of the head's table.
const HEAD: i64 = 1;
/// Before the first row.
const FIRST: [u8; 32] = [0; 32];
/// Before a row that was written when the log was already broken: the chain stays broken at that row.
const AFTER_BREAK: [u8; 32] = [0xff; 32];
/// Rows read at once by the walk.
const STRIDE: u64 = 1_000;

/// The key of the chain.
pub(super) struct Chain(hmac::Key);

impl Chain {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Over parts whose lengths are part of it, so that no two lists of them look alike.
    fn code(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }

    fn row(&self, previous: &[u8], row: &audit::Model) -> Vec<u8> {
        let actor = row.actor.as_deref().unwrap_or_default();
        self.code(&[
            b"row",
            previous,
            &row.number.to_be_bytes(),
            &row.at.to_be_bytes(),
            &[u8::from(row.actor.is_some())],
            actor.as_bytes(),
            row.action.as_bytes(),
            row.subject.as_bytes(),
            row.detail.as_bytes(),
        ])
    }

    fn head(&self, written: i64, last: &[u8]) -> Vec<u8> {
        self.code(&[b"head", &written.to_be_bytes(), last])
    }

    fn holds(&self, head: &audit_head::Model) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.head(head.written, &head.last), &head.mac)
            .is_ok()
    }
}

/// The head of a log without rows.
pub(super) async fn begin(tx: &DatabaseTransaction, chain: &Chain) -> Result<(), StoreError> {
    let mac = chain.head(0, &FIRST);
    let head = audit_head::Model { id: HEAD, written: 0, last: FIRST.to_vec(), mac };
    audit_head::Entity::insert(head.into_active_model()).exec_without_returning(tx).await.map_err(stored)?;
    Ok(())
}

/// Writes one row. On a log that was tampered with it goes on, for people have to sign in; but it stays broken. So it is
/// after rows of a program with another key, and after rows that the head does not know of or misses: what comes then
/// follows none of them, and the head counts it, so that a cut-off end is found there, too.
pub(super) async fn append(
    tx: &DatabaseTransaction,
    chain: &Chain,
    audited: Audited,
) -> Result<(), StoreError> {
    let head = audit_head::Entity::find_by_id(HEAD).one(tx).await.map_err(stored)?;
    let head = head.filter(|head| chain.holds(head));
    let last_number = last_number(tx).await?;
    let follows = head.as_ref().filter(|head| head.written == last_number);
    let number = last_number.checked_add(1);
    let mut row = audit::Model {
        number: number.ok_or_else(|| StoreError::Damaged("the audit log has no number left".to_owned()))?,
        at: time(audited.at),
        actor: audited.actor.map(|actor| actor.to_string()),
        action: word(audited.action),
        subject: audited.subject,
        detail: json(&audited.detail),
        mac: Vec::new(),
    };
    row.mac = chain.row(follows.map_or(&AFTER_BREAK, |head| &head.last[..]), &row);
    if follows.is_none() {
        tracing::error!("the audit log is broken; `visavis admin verify-audit` says where");
    }
    let (written, last) = (row.number, row.mac.clone());
    audit::Entity::insert(row.into_active_model()).exec_without_returning(tx).await.map_err(stored)?;
    // One that does not hold stays as it is: it is never made right.
    if head.is_none() {
        return Ok(());
    }
    let mac = chain.head(written, &last);
    let head = audit_head::Model { id: HEAD, written, last, mac };
    head.into_active_model().reset_all().update(tx).await.map_err(stored)?;
    Ok(())
}

async fn last_number(tx: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last = audit::Entity::find().order_by(audit::Column::Number, Order::Desc).one(tx).await;
    Ok(last.map_err(stored)?.map_or(0, |row| row.number))
}

async fn verify(tx: &impl ConnectionTrait, chain: &Chain) -> Result<Result<u64, Broken>, StoreError> {
    let head = audit_head::Entity::find_by_id(HEAD).one(tx).await.map_err(stored)?;
    let (mut number, mut previous) = (0_i64, FIRST.to_vec());
    loop {
        let rows = audit::Entity::find()
            .filter(audit::Column::Number.gt(number))
            .order_by(audit::Column::Number, Order::Asc)
            .limit(STRIDE)
            .all(tx)
            .await
            .map_err(stored)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.number != number + 1 || row.mac != chain.row(&previous, &row) {
                return Ok(Err(broken(number + 1)));
            }
            (number, previous) = (row.number, row.mac);
        }
    }
    let below_one =
        audit::Entity::find().filter(audit::Column::Number.lt(1)).one(tx).await.map_err(stored)?;
    let whole =
        head.is_some_and(|head| chain.holds(&head) && head.written == number && head.last == previous);
    Ok(if whole && below_one.is_none() { Ok(unsigned(number)?) } else { Err(broken(number + 1)) })
}

fn broken(at: i64) -> Broken {
    Broken { number: u64::try_from(at).unwrap_or(0) }
}

impl TryFrom<audit::Model> for AuditRow {
    type Error = StoreError;

    fn try_from(row: audit::Model) -> Result<Self, StoreError> {
        Ok(Self {
            number: unsigned(row.number)?,
            at: timestamp(row.at)?,
            actor: row.actor.map(|actor| parsed(&actor)).transpose()?,
            action: member(row.action)?,
            subject: row.subject,
            detail: from_json(&row.detail)?,
        })
    }
}

#[async_trait]
impl Audits for SqlStore {
    async fn audit(&self, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn audit_rows(&self, before: Option<u64>, page: Page) -> Result<Vec<AuditRow>, StoreError> {
        within(async {
            let before =
                before.map(|number| audit::Column::Number.lt(i64::try_from(number).unwrap_or(i64::MAX)));
            let rows = audit::Entity::find()
                .filter(Condition::all().add_option(before))
                .order_by(audit::Column::Number, Order::Desc)
                .offset(page.skip.min(i64::MAX as u64))
                .limit(page.take.min(i64::MAX as u64))
                .all(&self.reading)
                .await
                .map_err(stored)?;
            rows.into_iter().map(AuditRow::try_from).collect()
        })
        .await
    }

    /// Takes as long as it takes: a walk over years of rows is asked for by hand.
    async fn verify_audit(&self) -> Result<Result<u64, Broken>, StoreError> {
        let tx = self.snapshot().await?;
        verify(&tx, &self.chain).await
    }
}
