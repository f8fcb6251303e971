//! Somebody's list of conversations, with what they have not read: two statements, however many there are.

use super::conversations::{read, sides};
use crate::port::{ListedConversation, StoreError};
use crate::sql::cell::unsigned;
use crate::sql::entity::{conversation_side, message, message_place};
use crate::sql::failure::stored;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, SubQueryStatement};
use std::cmp::Reverse;
use std::collections::HashMap;
use visavis_domain::ids::PersonId;

/// Ids in one statement. SQLite binds at most 32,766 values, PostgreSQL 65,535.
const IDS: usize = 10_000;

/// One that is to be listed.
struct Entry {
    conversation: String,
    last: i64,
    last_at: i64,
    unread: i64,
}

/// Those of somebody that are open, or have a message beyond what was read, with how many of these are the other's.
fn entries(person: &str) -> SelectStatement {
    use conversation_side::Column::{Conversation, IsOpen, Person, Seen};
    let side = conversation_side::Entity;
    let (theirs, place) = (message::Entity, message_place::Entity);
    let unread = Query::select()
        .expr(Func::count(Expr::col((theirs, message::Column::Id))))
        .from(theirs)
        .and_where(Expr::col((theirs, message::Column::Place)).equals((side, Conversation)))
        .and_where(Expr::col((theirs, message::Column::Number)).gt(Expr::col((side, Seen))))
        .and_where(Expr::col((theirs, message::Column::Author)).ne(person))
        .and_where(Expr::col((theirs, message::Column::Deleted)).eq(false))
        .to_owned();
    let beyond = Expr::col((place, message_place::Column::Last)).gt(Expr::col((side, Seen)));
    Query::select()
        .column((side, Conversation))
        .column((side, IsOpen))
        .column((place, message_place::Column::Last))
        .column((place, message_place::Column::LastAt))
        .expr(Expr::from(SubQueryStatement::from(unread)))
        .from(side)
        .inner_join(place, Expr::col((place, message_place::Column::Id)).equals((side, Conversation)))
        .and_where(Expr::col((side, Person)).eq(person))
        .and_where(Expr::col((side, IsOpen)).eq(true).or(beyond))
        .to_owned()
}

async fn listed(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    for row in db.query_all(&entries(&person.to_string())).await.map_err(stored)? {
        let open: bool = row.try_get_by_index(1).map_err(stored)?;
        let entry = Entry {
            conversation: row.try_get_by_index(0).map_err(stored)?,
            last: row.try_get_by_index(2).map_err(stored)?,
            last_at: row.try_get_by_index(3).map_err(stored)?,
            unread: row.try_get_by_index(4).map_err(stored)?,
        };
        // Beyond what was read there may be nothing but one's own.
        if open || entry.unread > 0 {
            found.push(entry);
        }
    }
    found.sort_by(|a, b| (Reverse(a.last_at), &a.conversation).cmp(&(Reverse(b.last_at), &b.conversation)));
    Ok(found)
}

/// A statement for the list, and one for the sides of as many as fit into it.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<ListedConversation>, StoreError> {
    let entries = listed(db, person).await?;
    let ids: Vec<String> = entries.iter().map(|entry| entry.conversation.clone()).collect();
    let mut sides_of: HashMap<String, Vec<conversation_side::Model>> = HashMap::new();
    for part in ids.chunks(IDS) {
        for row in sides(db, part).await? {
            sides_of.entry(row.conversation.clone()).or_default().push(row);
        }
    }
    let mut list = Vec::with_capacity(entries.len());
    for entry in entries {
        let sides = sides_of.remove(&entry.conversation).unwrap_or_default();
        list.push(ListedConversation {
            conversation: read(&entry.conversation, sides)?,
            last: unsigned(entry.last)?,
            unread: unsigned(entry.unread)?,
        });
    }
    Ok(list)
}
