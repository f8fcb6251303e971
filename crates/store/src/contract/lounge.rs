//! The lounge: its rooms, who does not want to hear from whom, who was removed. What is written, files and
//! conversations are beside.

mod conversations;
mod files;
mod forgetting;
mod messages;

use super::{Database, NOW, audited, by, create, name, person, unknown, written};
use crate::{Action, Audited, LoungeRoom, NewMessage, Removal, Store, StoreError, StoredMessage, Taken};
use std::future::Future;
use visavis_domain::ids::{LoungeRoomId, MessageId, PersonId};
use visavis_domain::message::Place;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    rooms_are_kept_as_they_were_put(&fresh().await).await;
    slugs_are_unique_and_moderators_are_accounts(&*fresh().await.open().await).await;
    a_room_takes_what_was_written_in_it_along(&*fresh().await.open().await).await;
    a_full_room_goes_in_steps(&fresh().await).await;
    blocks_hold_both_ways(&fresh().await).await;
    the_removed_may_come_back_in_time(&*fresh().await.open().await).await;
    nothing_happens_without_its_row(&fresh().await).await;
    a_database_without_a_lounge_is_brought_up(&fresh().await).await;
    messages::all(fresh).await;
    conversations::all(fresh).await;
    files::all(fresh).await;
    forgetting::all(fresh).await;
}

/// Takes the third step back, as if it had never been.
pub(super) const WITHOUT: [&str; 11] = [
    "DROP TABLE removals",
    "DROP TABLE blocks",
    "DROP TABLE file_bodies",
    "DROP TABLE files",
    "DROP TABLE messages",
    "DROP TABLE conversation_sides",
    "DROP TABLE conversations",
    "DROP TABLE lounge_moderators",
    "DROP TABLE lounge_rooms",
    "DROP TABLE message_places",
    "DELETE FROM migrations WHERE number = 3",
];

fn at(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 + seconds * 1_000)
}

fn room_id(number: u128) -> LoungeRoomId {
    LoungeRoomId::from_bits(number)
}

fn in_room(number: u128) -> Place {
    Place::Room(room_id(number))
}

fn room(number: u128, slug: &str) -> LoungeRoom {
    LoungeRoom {
        id: room_id(number),
        slug: slug.to_owned(),
        name: "Çay \u{1F375}".to_owned(),
        about: String::new(),
        place: u32::MAX,
        moderators: vec![],
    }
}

async fn put(store: &dyn Store, room: LoungeRoom) -> Result<(), StoreError> {
    store.put_lounge_room(room, audited(Action::LoungeRoomChanged)).await
}

/// Puts a room by this number.
async fn with_room(store: &dyn Store, number: u128) {
    put(store, room(number, &format!("room-{number}"))).await.expect("puts");
}

fn message_id(number: u128) -> MessageId {
    MessageId::from_bits(number)
}

/// Somebody's message, written so many seconds after the beginning as its number says.
fn message(number: u64, from: u128, place: Place) -> NewMessage {
    NewMessage {
        id: message_id(number.into()),
        place,
        from: person(from),
        name: name("Ana"),
        text: format!("Merhaba {number} <b>\u{1F600}\n'"),
        file: None,
        at: at(number),
    }
}

async fn add(store: &dyn Store, message: NewMessage) -> StoredMessage {
    let (kept, new) = store.add_message(message).await.expect("adds");
    assert!(new, "it was not there");
    kept
}

/// All that stands there.
async fn all_in(store: &dyn Store, place: Place) -> Vec<StoredMessage> {
    store.messages(place, None, u64::MAX).await.expect("lists")
}

fn numbers(messages: &[StoredMessage]) -> Vec<u64> {
    messages.iter().map(|message| message.number).collect()
}

async fn rooms_are_kept_as_they_were_put(database: &impl Database) {
    let store = database.open().await;
    for (number, address) in [(1, "ana@demo"), (2, "bob@demo"), (3, "eva@demo")] {
        create(&*store, number, address, Some("hash")).await;
    }
    let moderators = vec![person(3), person(1), person(2)];
    let full = LoungeRoom { about: "Tea, Ğ".to_owned(), moderators, ..room(1, "tea") };
    put(&*store, full.clone()).await.expect("puts");
    put(&*store, LoungeRoom { name: "b".to_owned(), place: 7, ..room(2, "b") }).await.expect("puts");
    put(&*store, LoungeRoom { name: "A".to_owned(), place: 7, ..room(3, "a") }).await.expect("puts");
    drop(store);
    let store = database.open().await;
    let listed = store.lounge_rooms().await.expect("lists");
    assert_eq!(listed.iter().map(|room| room.id.bits()).collect::<Vec<_>>(), [3, 2, 1], "by place, by name");
    assert_eq!(listed[2], full);
    assert_eq!(store.lounge_room(full.id).await.expect("finds"), Some(full.clone()));
    assert_eq!(store.lounge_room(room_id(9)).await.expect("looks"), None);
    let written_there = add(&*store, message(1, 10, in_room(1))).await;
    let replaced = LoungeRoom { moderators: vec![person(2), person(2)], place: 0, ..room(1, "kitchen") };
    put(&*store, replaced.clone()).await.expect("puts");
    let expected = LoungeRoom { moderators: vec![person(2)], ..replaced };
    assert_eq!(store.lounge_room(full.id).await.expect("finds"), Some(expected));
    assert_eq!(all_in(&*store, in_room(1)).await, [written_there], "what was written there stays");
    assert_eq!(add(&*store, message(2, 10, in_room(1))).await.number, 2, "and is counted on");
    assert_eq!(written(&*store).await, 3 + 4);
}

async fn slugs_are_unique_and_moderators_are_accounts(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    with_room(store, 1).await;
    let (before, rooms) = (written(store).await, store.lounge_rooms().await.expect("lists"));
    let same = put(store, room(2, "room-1")).await;
    assert!(matches!(same, Err(StoreError::Taken(Taken::Slug))), "{same:?}");
    unknown(put(store, LoungeRoom { moderators: vec![person(1), person(9)], ..room(1, "new") }).await);
    unknown(put(store, LoungeRoom { moderators: vec![person(9)], ..room(2, "other") }).await);
    assert_eq!(store.lounge_rooms().await.expect("lists"), rooms, "nothing of it happened");
    unknown(store.add_message(message(1, 10, in_room(2))).await);
    assert_eq!(written(store).await, before);
}

async fn a_room_takes_what_was_written_in_it_along(store: &dyn Store) {
    with_room(store, 1).await;
    with_room(store, 2).await;
    let sent = files::sent(store, 1, in_room(1)).await;
    store.add_file(files::file(2, 10, in_room(1)), files::up_to(u64::MAX)).await.expect("adds");
    let kept = add(store, message(50, 10, in_room(2))).await;
    let removed = audited(Action::LoungeRoomRemoved);
    store.remove_lounge_room(room_id(1), removed.clone()).await.expect("removes");
    unknown(store.remove_lounge_room(room_id(1), removed.clone()).await);
    unknown(store.remove_lounge_room(room_id(9), removed).await);
    assert_eq!(store.lounge_room(room_id(1)).await.expect("looks"), None);
    assert_eq!(all_in(store, in_room(1)).await, []);
    assert_eq!(store.message(sent.id).await.expect("looks"), None);
    assert_eq!(store.file(files::id(1)).await.expect("looks"), None);
    files::takes_all_room(store, in_room(2)).await;
    assert_eq!(all_in(store, in_room(2)).await, [kept], "others stay");
    unknown(store.add_message(message(51, 10, in_room(1))).await);
    assert_eq!(written(store).await, 3);
    with_room(store, 1).await;
    assert_eq!(all_in(store, in_room(1)).await, [], "nothing comes back");
}

/// Fills a room as nobody types.
async fn fill(database: &impl Database, number: u128, messages: u64) {
    let (room, author) = (room_id(number), person(10));
    let id =
        "substr('m_00000000000000000000000000000000', 1, 34 - length(CAST(i AS text))) || CAST(i AS text)";
    let columns = "id, place, number, author, name, text, at, deleted";
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {messages}) \
         INSERT INTO messages ({columns}) SELECT {id}, '{room}', i, '{author}', 'Ana', '', i, false FROM n"
    );
    assert_eq!(database.tamper(&sql).await, messages);
}

async fn a_full_room_goes_in_steps(database: &impl Database) {
    const MANY: u64 = 12_000;
    let store = database.open().await;
    with_room(&*store, 1).await;
    with_room(&*store, 2).await;
    fill(database, 1, MANY).await;
    let other = add(&*store, message(20_000, 10, in_room(2))).await;
    database.tamper("ALTER TABLE audit RENAME TO elsewhere").await;
    let failed = store.remove_lounge_room(room_id(1), audited(Action::LoungeRoomRemoved)).await;
    assert!(matches!(failed, Err(StoreError::Damaged(_))), "{failed:?}");
    database.tamper("ALTER TABLE elsewhere RENAME TO audit").await;
    let kept = numbers(&all_in(&*store, in_room(1)).await);
    assert!(kept.len() < 10_000, "what is too much for one step is gone: {}", kept.len());
    assert!(
        !kept.is_empty() && kept.last() == Some(&MANY),
        "the rest is the latest, and stays with the room"
    );
    assert!(kept.is_sorted() && kept[0] + kept.len() as u64 == MANY + 1, "without holes");
    let removed = store.remove_lounge_room(room_id(1), audited(Action::LoungeRoomRemoved)).await;
    removed.expect("removes");
    assert_eq!(all_in(&*store, in_room(1)).await, []);
    assert_eq!(all_in(&*store, in_room(2)).await, [other]);
    assert_eq!(written(&*store).await, 3);
}

async fn block(store: &dyn Store, one: u128, other: u128, called: &str, blocked: bool) {
    store.set_blocked(person(one), (person(other), name(called)), blocked).await.expect("sets");
}

async fn blocked_by(store: &dyn Store, who: u128) -> Vec<(PersonId, PersonName)> {
    store.blocked_by(person(who)).await.expect("lists")
}

async fn blocks_hold_both_ways(database: &impl Database) {
    let store = database.open().await;
    block(&*store, 1, 2, "zoe", true).await;
    block(&*store, 1, 2, "Zoe", true).await;
    block(&*store, 1, 3, "ana", true).await;
    block(&*store, 2, 4, "Eva", true).await;
    drop(store);
    let store = database.open().await;
    let theirs = [(person(3), name("ana")), (person(2), name("Zoe"))];
    assert_eq!(blocked_by(&*store, 1).await, theirs, "by name, each once, as called last");
    assert_eq!(blocked_by(&*store, 3).await, []);
    for (one, other, expected) in [(1, 2, true), (2, 1, true), (2, 3, false), (1, 4, false), (1, 1, false)] {
        let blocked = store.is_blocked_between(person(one), person(other)).await.expect("looks");
        assert_eq!(blocked, expected, "{one} {other}");
    }
    block(&*store, 2, 1, "Bob", false).await;
    assert!(store.is_blocked_between(person(1), person(2)).await.expect("looks"), "only who blocked ends it");
    block(&*store, 1, 2, "Zoe", false).await;
    block(&*store, 1, 2, "Zoe", false).await;
    assert!(!store.is_blocked_between(person(1), person(2)).await.expect("looks"));
    assert_eq!(blocked_by(&*store, 1).await, [(person(3), name("ana"))]);
    assert_eq!(blocked_by(&*store, 2).await, [(person(4), name("Eva"))]);
}

fn removal(number: u128, until: Timestamp) -> Removal {
    Removal { person: person(number), name: name("Max"), until, by: person(1) }
}

fn when(seconds: u64, action: Action) -> Audited {
    Audited { at: at(seconds), ..by(Some(person(1)), action) }
}

async fn the_removed_may_come_back_in_time(store: &dyn Store) {
    for (number, moment, until) in [(2, 1, 100), (3, 3, 50), (4, 2, 70)] {
        let done = store.remove_member(removal(number, at(until)), when(moment, Action::MemberRemoved)).await;
        done.expect("removes");
    }
    let out = |now: u64| async move {
        let list = store.removals(at(now)).await.expect("lists");
        for one in &list {
            assert!(store.is_removed(one.person, at(now)).await.expect("looks"));
        }
        list.iter().map(|one| one.person.bits()).collect::<Vec<_>>()
    };
    assert_eq!(store.removals(at(4)).await.expect("lists")[2], removal(2, at(100)));
    assert_eq!(out(49).await, [3, 4, 2], "the last one first");
    assert_eq!(out(50).await, [4, 2]);
    assert!(!store.is_removed(person(3), at(50)).await.expect("looks"), "at that moment they may");
    assert!(!store.is_removed(person(9), at(4)).await.expect("looks"));
    store.remove_member(removal(2, at(60)), when(5, Action::MemberRemoved)).await.expect("removes");
    assert_eq!(out(49).await, [2, 3, 4], "what was said last holds");
    assert_eq!(out(60).await, [4]);
    store.lift_removal(person(4), when(10, Action::RemovalLifted)).await.expect("lifts");
    unknown(store.lift_removal(person(4), when(10, Action::RemovalLifted)).await);
    unknown(store.lift_removal(person(3), when(50, Action::RemovalLifted)).await);
    assert_eq!(out(49).await, [2, 3]);
    assert_eq!(written(store).await, 5);
}

async fn nothing_happens_without_its_row(database: &impl Database) {
    let store = database.open().await;
    with_room(&*store, 1).await;
    let kept = add(&*store, message(1, 10, in_room(1))).await;
    store.remove_member(removal(2, at(100)), when(1, Action::MemberRemoved)).await.expect("removes");
    database.tamper("ALTER TABLE audit RENAME TO elsewhere").await;
    let failed = [
        put(&*store, room(2, "b")).await,
        store.remove_lounge_room(room_id(1), audited(Action::LoungeRoomRemoved)).await,
        store.delete_message(kept.id, Some(audited(Action::MessageDeleted))).await.map(drop),
        store.remove_member(removal(3, at(100)), when(2, Action::MemberRemoved)).await,
        store.lift_removal(person(2), when(2, Action::RemovalLifted)).await,
    ];
    for result in failed {
        assert!(matches!(result, Err(StoreError::Damaged(_))), "{result:?}");
    }
    database.tamper("ALTER TABLE elsewhere RENAME TO audit").await;
    assert_eq!(store.lounge_rooms().await.expect("lists"), [room(1, "room-1")]);
    assert_eq!(all_in(&*store, in_room(1)).await, [kept]);
    assert_eq!(store.removals(at(2)).await.expect("lists"), [removal(2, at(100))]);
    assert_eq!(written(&*store).await, 2);
}

async fn a_database_without_a_lounge_is_brought_up(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    drop(store);
    for sql in super::webhooks::WITHOUT.into_iter().chain(super::api_keys::WITHOUT).chain(WITHOUT) {
        database.tamper(sql).await;
    }
    let store = database.open().await;
    assert_eq!(store.count_accounts().await.expect("counts"), 1);
    put(&*store, LoungeRoom { moderators: vec![person(1)], ..room(1, "tea") }).await.expect("puts");
    let kept = add(&*store, message(1, 10, in_room(1))).await;
    assert_eq!(all_in(&*database.open().await, in_room(1)).await, [kept], "and once is enough");
    assert_eq!(written(&*store).await, 2);
}
