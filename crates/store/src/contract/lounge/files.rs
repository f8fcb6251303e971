//! Files: whose they are, where they may be sent, how much may be kept of them.

use super::super::{Database, person, unknown};
use super::{add, all_in, at, in_room, message, with_room};
use crate::{FileBounds, FileCard, NewFile, NewMessage, Store, StoreError, StoredMessage, Taken};
use std::future::Future;
use visavis_domain::ids::FileId;
use visavis_domain::message::Place;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    files_come_with_their_message(&fresh().await).await;
    one_sends_ones_own_once_and_where_it_was_for(&*fresh().await.open().await).await;
    no_more_is_kept_than_may_be(&*fresh().await.open().await).await;
    nobody_and_no_source_has_more_than_a_share(&*fresh().await.open().await).await;
    of_many_at_once_as_many_fit_as_may(&fresh().await).await;
}

pub(super) fn id(number: u128) -> FileId {
    FileId::from_bits(number)
}

/// Somebody's, of 1,000 bytes that nobody would take for a text.
pub(super) fn file(number: u64, owner: u128, place: Place) -> NewFile {
    let body: Vec<u8> = (0..1_000_u16).map(|at| (at % 256) as u8).collect();
    let card = FileCard {
        id: id(number.into()),
        name: "Çay <1>.png".to_owned(),
        kind: "image/png".to_owned(),
        size: body.len() as u64,
    };
    NewFile { card, owner: person(owner), place, source: None, at: at(number), body }
}

/// So many bytes together, whoever's they are.
pub(super) const fn up_to(all: u64) -> FileBounds {
    FileBounds { all, of_owner: u64::MAX, of_source: u64::MAX }
}

/// A message of person 10 with a file; both have this number.
pub(super) async fn sent(store: &dyn Store, number: u64, place: Place) -> StoredMessage {
    store.add_file(file(number, 10, place), up_to(u64::MAX)).await.expect("adds");
    add(store, with(number, number.into(), place)).await
}

/// A message of person 10 with a file of any number.
fn with(number: u64, file: u128, place: Place) -> NewMessage {
    NewMessage { file: Some(id(file)), ..message(number, 10, place) }
}

/// As much fits as if there were no other file.
pub(super) async fn takes_all_room(store: &dyn Store, place: Place) {
    store.add_file(file(990, 10, place), up_to(1_000)).await.expect("there is room for it");
}

async fn files_come_with_their_message(database: &impl Database) {
    let store = database.open().await;
    with_room(&*store, 1).await;
    let new = file(1, 10, in_room(1));
    store.add_file(new.clone(), up_to(u64::MAX)).await.expect("adds");
    assert_eq!(store.file(id(1)).await.expect("looks"), None, "nobody has sent it");
    assert_eq!(store.file_card(id(1)).await.expect("looks"), None, "nobody has sent it");
    let kept = add(&*store, with(1, 1, in_room(1))).await;
    assert_eq!(kept.file, Some(new.card.clone()));
    assert_eq!(store.file_card(id(1)).await.expect("looks"), kept.file);
    let plain = add(&*store, message(2, 10, in_room(1))).await;
    assert_eq!(plain.file, None);
    let empty = FileCard { id: id(2), name: "x".to_owned(), kind: "a/b".to_owned(), size: 0 };
    let empty = NewFile { card: empty, body: vec![], ..file(2, 10, in_room(1)) };
    store.add_file(empty.clone(), up_to(u64::MAX)).await.expect("adds");
    let third = add(&*store, with(3, 2, in_room(1))).await;
    drop(store);
    let store = database.open().await;
    assert_eq!(store.file(id(1)).await.expect("finds"), Some((new.card, new.body)));
    assert_eq!(store.file(id(2)).await.expect("finds"), Some((empty.card, vec![])));
    assert_eq!(store.file(id(9)).await.expect("looks"), None);
    assert_eq!(store.message(kept.id).await.expect("finds"), Some(kept.clone()));
    let again = store.add_message(with(1, 1, in_room(1))).await.expect("finds");
    assert_eq!(again, (kept.clone(), false), "the same again has its file");
    assert_eq!(all_in(&*store, in_room(1)).await, [kept, plain, third]);
    assert_eq!(database.tamper("DELETE FROM file_bodies").await, 2);
    let bare = store.file(id(1)).await;
    assert!(matches!(bare, Err(StoreError::Damaged(_))), "one without a body");
}

async fn one_sends_ones_own_once_and_where_it_was_for(store: &dyn Store) {
    with_room(store, 1).await;
    with_room(store, 2).await;
    store.add_file(file(1, 10, in_room(1)), up_to(u64::MAX)).await.expect("adds");
    let same = store.add_file(file(1, 11, in_room(2)), up_to(u64::MAX)).await;
    assert!(matches!(same, Err(StoreError::Taken(Taken::File))), "{same:?}");
    unknown(store.add_file(file(2, 10, in_room(9)), up_to(u64::MAX)).await);
    let not_so = [
        NewMessage { from: person(11), ..with(1, 1, in_room(1)) },
        with(1, 1, in_room(2)),
        with(1, 9, in_room(1)),
    ];
    for message in not_so {
        unknown(store.add_message(message).await);
    }
    let kept = add(store, with(1, 1, in_room(1))).await;
    assert_eq!(kept.number, 1, "none of those took a number");
    unknown(store.add_message(with(2, 1, in_room(1))).await);
    assert_eq!(all_in(store, in_room(1)).await, [kept]);
    assert_eq!(all_in(store, in_room(2)).await, []);
}

async fn no_more_is_kept_than_may_be(store: &dyn Store) {
    with_room(store, 1).await;
    let full = store.add_file(file(1, 10, in_room(1)), up_to(999)).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    store.add_file(file(1, 10, in_room(1)), up_to(2_500)).await.expect("adds");
    store.add_file(file(2, 10, in_room(1)), up_to(2_500)).await.expect("adds");
    let full = store.add_file(file(3, 11, in_room(1)), up_to(2_500)).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    let huge = FileCard { size: u64::MAX, ..file(3, 10, in_room(1)).card };
    let full = store.add_file(NewFile { card: huge, ..file(3, 10, in_room(1)) }, up_to(u64::MAX - 1)).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    let sent = add(store, with(5, 1, in_room(1))).await;
    let full = store.add_file(file(3, 10, in_room(1)), up_to(2_500)).await;
    assert!(matches!(full, Err(StoreError::Full)), "sent ones count: {full:?}");
    store.delete_message(sent.id, None).await.expect("deletes");
    store.add_file(file(3, 10, in_room(1)), up_to(2_500)).await.expect("there is room again");
}

async fn nobody_and_no_source_has_more_than_a_share(store: &dyn Store) {
    with_room(store, 1).await;
    let from = |source: &str, number, owner| NewFile {
        source: Some(source.to_owned()),
        ..file(number, owner, in_room(1))
    };
    let bounds = FileBounds { all: 100_000, of_owner: 2_500, of_source: 3_500 };
    let over = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::OverShare)), "{result:?}");
    };
    for number in [1, 2] {
        store.add_file(from("here", number, 10), bounds).await.expect("adds");
    }
    over(store.add_file(from("elsewhere", 3, 10), bounds).await);
    over(store.add_file(file(3, 10, in_room(1)), bounds).await);
    store.add_file(from("here", 3, 11), bounds).await.expect("another one adds");
    over(store.add_file(from("here", 4, 12), bounds).await);
    store.add_file(from("elsewhere", 4, 12), bounds).await.expect("from elsewhere there is room");
    for number in 5..=6 {
        store.add_file(file(number, 13, in_room(1)), bounds).await.expect("accounts are from nowhere");
    }
    let sent = add(store, with(7, 1, in_room(1))).await;
    store.delete_message(sent.id, None).await.expect("deletes");
    store.add_file(from("here", 8, 10), bounds).await.expect("there is room again");
}

async fn of_many_at_once_as_many_fit_as_may(database: &impl Database) {
    with_room(&*database.open().await, 1).await;
    let results = super::super::races::at_once(database, |store, number| async move {
        store.add_file(file(number.into(), 10, in_room(1)), up_to(7_999)).await
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 7);
    for refused in results.iter().filter(|result| result.is_err()) {
        assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    }
}
