//! Messages: what is kept of them, in which order, and what many writers at once make of that.

use super::super::{Database, audited, name, person, unknown, written};
use super::{add, all_in, at, files, in_room, message, message_id, numbers, with_room};
use crate::{Action, NewMessage, Store, StoreError, StoredMessage, Taken};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;
use visavis_domain::ids::ConversationId;
use visavis_domain::message::Place;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    messages_are_kept_as_they_were_written(&fresh().await).await;
    the_same_again_changes_nothing(&*fresh().await.open().await).await;
    pages_go_back_from_a_number(&*fresh().await.open().await).await;
    edits_and_deletions_show(&fresh().await).await;
    who_wrote_last_is_found(&*fresh().await.open().await).await;
    of_many_writers_each_gets_a_number(&fresh().await).await;
    of_many_with_one_message_one_adds_it(&fresh().await).await;
}

async fn messages_are_kept_as_they_were_written(database: &impl Database) {
    let store = database.open().await;
    with_room(&*store, 1).await;
    with_room(&*store, 2).await;
    let long = NewMessage { text: "\u{1F600}".repeat(4_000), ..message(1, 10, in_room(1)) };
    let kept = add(&*store, long.clone()).await;
    let expected = StoredMessage {
        id: long.id,
        place: long.place,
        number: 1,
        from: long.from,
        name: long.name,
        text: long.text,
        file: None,
        at: long.at,
        edited_at: None,
        deleted: false,
    };
    assert_eq!(kept, expected);
    let empty = NewMessage { text: String::new(), ..message(2, 11, in_room(1)) };
    let second = add(&*store, empty).await;
    assert_eq!(add(&*store, message(3, 10, in_room(2))).await.number, 1, "each place counts for itself");
    drop(store);
    let store = database.open().await;
    assert_eq!(all_in(&*store, in_room(1)).await, [kept.clone(), second]);
    assert_eq!(store.message(kept.id).await.expect("finds"), Some(kept));
    assert_eq!(store.message(message_id(9)).await.expect("looks"), None);
    assert_eq!(written(&*store).await, 2, "nobody audits what people say");
}

async fn the_same_again_changes_nothing(store: &dyn Store) {
    with_room(store, 1).await;
    with_room(store, 2).await;
    let first = message(1, 10, in_room(1));
    let kept = add(store, first.clone()).await;
    add(store, message(2, 11, in_room(1))).await;
    let again = NewMessage { text: "other".to_owned(), name: name("Bob"), at: at(99), ..first.clone() };
    assert_eq!(store.add_message(again).await.expect("finds"), (kept.clone(), false));
    let others = [
        NewMessage { from: person(11), ..first.clone() },
        NewMessage { place: in_room(2), ..first.clone() },
        // Whether there is such a place is not even asked.
        NewMessage { place: in_room(9), ..first.clone() },
    ];
    for other in others {
        let taken = store.add_message(other).await;
        assert!(matches!(taken, Err(StoreError::Taken(Taken::Message))), "{taken:?}");
    }
    unknown(store.add_message(message(5, 10, in_room(9))).await);
    let nowhere = Place::Conversation(ConversationId::from_bits(1));
    unknown(store.add_message(message(5, 10, nowhere)).await);
    assert_eq!(numbers(&all_in(store, in_room(1)).await), [1, 2]);
    assert_eq!(add(store, message(3, 10, in_room(1))).await.number, 3, "no number was lost on it");
    let deleted = store.delete_message(kept.id, None).await.expect("deletes");
    assert_eq!(store.add_message(first).await.expect("finds"), (deleted, false), "nor does it come back");
}

async fn pages_go_back_from_a_number(store: &dyn Store) {
    with_room(store, 1).await;
    with_room(store, 2).await;
    for number in 1..=7 {
        add(store, message(number, 10, in_room(1))).await;
        add(store, message(100 + number, 10, in_room(2))).await;
    }
    let cases: [(Option<u64>, u64, &[u64]); 8] = [
        (None, 3, &[5, 6, 7]),
        (None, u64::MAX, &[1, 2, 3, 4, 5, 6, 7]),
        (Some(5), 3, &[2, 3, 4]),
        (Some(2), 3, &[1]),
        (Some(1), 3, &[]),
        (Some(0), 3, &[]),
        (Some(u64::MAX), 1, &[7]),
        (None, 0, &[]),
    ];
    for (before, take, expected) in cases {
        let page = store.messages(in_room(1), before, take).await.expect("lists");
        assert_eq!(numbers(&page), expected, "{before:?} {take}");
        assert!(page.iter().all(|message| message.place == in_room(1)));
    }
    assert_eq!(all_in(store, in_room(9)).await, []);
}

async fn edits_and_deletions_show(database: &impl Database) {
    let store = database.open().await;
    with_room(&*store, 1).await;
    let with_file = files::sent(&*store, 1, in_room(1)).await;
    let other = add(&*store, message(60, 10, in_room(1))).await;
    let edited = store.edit_message(with_file.id, "better".to_owned(), at(70)).await.expect("edits");
    let expected = StoredMessage { text: "better".to_owned(), edited_at: Some(at(70)), ..with_file.clone() };
    assert_eq!(edited, expected, "with its file, where it was");
    let before = written(&*store).await;
    let by_moderator = Some(audited(Action::MessageDeleted));
    let deleted = store.delete_message(edited.id, by_moderator.clone()).await.expect("deletes");
    assert_eq!(deleted, StoredMessage { text: String::new(), file: None, deleted: true, ..expected });
    assert_eq!(store.file(files::id(1)).await.expect("looks"), None, "its file is gone");
    files::takes_all_room(&*store, in_room(1)).await;
    assert_eq!(written(&*store).await, before + 1);
    assert!(store.delete_message(other.id, None).await.expect("deletes").deleted);
    for id in [deleted.id, message_id(999)] {
        unknown(store.edit_message(id, "back".to_owned(), at(80)).await);
        unknown(store.delete_message(id, by_moderator.clone()).await);
        unknown(store.delete_message(id, None).await);
    }
    assert_eq!(written(&*store).await, before + 1);
    let kept = all_in(&*database.open().await, in_room(1)).await;
    assert_eq!(numbers(&kept), [1, 2], "that they were there stays");
    assert_eq!(kept[0], deleted);
}

async fn who_wrote_last_is_found(store: &dyn Store) {
    with_room(store, 1).await;
    with_room(store, 2).await;
    let last =
        |place: Place, who: u128| async move { store.last_wrote(place, person(who)).await.expect("looks") };
    assert_eq!(last(in_room(1), 10).await, None);
    for (number, from, place) in [(1, 10, 1), (2, 11, 1), (3, 10, 1), (4, 10, 2), (5, 12, 1)] {
        add(store, message(number, from, in_room(place))).await;
    }
    store.delete_message(message_id(3), None).await.expect("deletes");
    let expected: [(u128, u128, Option<Timestamp>); 5] =
        [(1, 10, Some(at(3))), (1, 11, Some(at(2))), (2, 10, Some(at(4))), (2, 11, None), (9, 10, None)];
    for (place, who, when) in expected {
        assert_eq!(last(in_room(place), who).await, when, "{place} {who}");
    }
}

/// Writers at once, and how much each writes.
const WRITERS: u64 = 8;
const EACH: u64 = 25;

async fn of_many_writers_each_gets_a_number(database: &impl Database) {
    let stores = [database.open().await, database.open().await];
    with_room(&*stores[0], 1).await;
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&stores[usize::from(writer % 2 == 0)]);
        tasks.spawn(async move {
            let mut own = Vec::new();
            for number in 1..=EACH {
                let new = message(writer * EACH + number, 10 + u128::from(writer), in_room(1));
                own.push(add(&*store, new).await);
            }
            own
        });
    }
    let mut given = Vec::new();
    for own in tasks.join_all().await {
        assert!(own.is_sorted_by_key(|message| message.number), "whoever writes keeps their order");
        given.extend(own);
    }
    given.sort_by_key(|message| message.number);
    assert_eq!(numbers(&given), (1..=WRITERS * EACH).collect::<Vec<_>>());
    assert_eq!(all_in(&*stores[0], in_room(1)).await, given, "and it is kept as each was told");
}

async fn of_many_with_one_message_one_adds_it(database: &impl Database) {
    with_room(&*database.open().await, 1).await;
    let results = super::super::races::at_once(database, |store, _| async move {
        store.add_message(message(1, 10, in_room(1))).await.expect("adds or finds")
    })
    .await;
    assert_eq!(results.iter().filter(|(_, new)| *new).count(), 1);
    assert!(results.iter().all(|(kept, _)| *kept == results[0].0));
    assert_eq!(numbers(&all_in(&*database.open().await, in_room(1)).await), [1]);
}
