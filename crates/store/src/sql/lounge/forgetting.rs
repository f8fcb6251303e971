//! What is not kept any longer. In steps: each transaction removes so many rows of a kind at most, since nobody else
//! writes meanwhile.

use super::limit;
use crate::port::StoreError;
use crate::sql::cell::time;
use crate::sql::entity::{conversation, conversation_side, file, message, message_place, removal};
use crate::sql::failure::stored;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use visavis_domain::time::Timestamp;

/// How long a file may wait to be sent, in milliseconds. More lets what nobody ever sees take the room of what people do; less takes it
/// from those who write their message slowly.
const UNSENT_FOR_MS: u64 = 60 * 60 * 1_000;

/// Removes rows whose id is among those of a query.
async fn remove<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    among: SelectStatement,
) -> Result<u64, StoreError> {
    let gone = E::delete_many().filter(id.in_subquery(among)).exec(db).await.map_err(stored)?;
    Ok(gone.rows_affected)
}

fn old_messages(before: Timestamp, most: u64) -> SelectStatement {
    Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::At.lt(time(before)))
        .order_by(message::Column::At, Order::Asc)
        .limit(most)
        .to_owned()
}

fn unsent_files(before: Timestamp, most: u64) -> SelectStatement {
    Query::select()
        .column(file::Column::Id)
        .from(file::Entity)
        .and_where(file::Column::Message.is_null())
        .and_where(file::Column::At.lt(time(before)))
        .limit(most)
        .to_owned()
}

/// Those of which nobody has anything any more.
fn empty_conversations(most: u64) -> SelectStatement {
    let one = conversation::Entity;
    let messages = Query::select()
        .column((message::Entity, message::Column::Id))
        .from(message::Entity)
        .and_where(
            Expr::col((message::Entity, message::Column::Place)).equals((one, conversation::Column::Id)),
        )
        .to_owned();
    let side = conversation_side::Entity;
    let open = Query::select()
        .column((side, conversation_side::Column::Person))
        .from(side)
        .and_where(
            Expr::col((side, conversation_side::Column::Conversation))
                .equals((one, conversation::Column::Id)),
        )
        .and_where(Expr::col((side, conversation_side::Column::IsOpen)).eq(true))
        .to_owned();
    Query::select()
        .column((one, conversation::Column::Id))
        .from(one)
        .and_where(Expr::not_exists(messages))
        .and_where(Expr::not_exists(open))
        .limit(most)
        .to_owned()
}

fn ended_removals(now: Timestamp, most: u64) -> SelectStatement {
    Query::select()
        .column(removal::Column::Person)
        .from(removal::Entity)
        .and_where(removal::Column::Until.lte(time(now)))
        .limit(most)
        .to_owned()
}

/// How many rows; what goes with them by itself, bodies of files and sides of conversations, is not counted.
pub(super) async fn forget(
    db: &impl ConnectionTrait,
    before: Timestamp,
    now: Timestamp,
    most: u64,
) -> Result<u64, StoreError> {
    let most = limit(most);
    let messages = remove::<message::Entity>(db, message::Column::Id, old_messages(before, most)).await?;
    let unsent = unsent_files(Timestamp(now.0.saturating_sub(UNSENT_FOR_MS)), most);
    let files = remove::<file::Entity>(db, file::Column::Id, unsent).await?;
    // With its place goes the conversation.
    let empty = empty_conversations(most);
    let conversations = remove::<message_place::Entity>(db, message_place::Column::Id, empty).await?;
    let ended = ended_removals(now, most);
    let removals = remove::<removal::Entity>(db, removal::Column::Person, ended).await?;
    Ok(messages + files + conversations + removals)
}
