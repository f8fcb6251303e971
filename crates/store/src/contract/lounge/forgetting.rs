//! What is not kept any longer, and what stays of it: the numbers.

use super::super::{Action, Database, NOW, name, person};
use super::conversations::{begin, id, in_it, open};
use super::{add, all_in, at, files, in_room, message, message_id, numbers, removal, when, with_room};
use crate::Store;
use std::future::Future;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    messages_are_forgotten_and_numbers_rise_on(&fresh().await).await;
    files_are_forgotten_with_theirs_or_unsent(&*fresh().await.open().await).await;
    empty_conversations_that_nobody_has_open_go(&*fresh().await.open().await).await;
    what_is_over_goes_in_steps(&*fresh().await.open().await).await;
}

/// Nothing is that old.
const NEVER: Timestamp = Timestamp(0);

async fn forget(store: &dyn Store, before: Timestamp, now: Timestamp, most: u64) -> u64 {
    store.forget_lounge(before, now, most).await.expect("forgets")
}

async fn messages_are_forgotten_and_numbers_rise_on(database: &impl Database) {
    let store = database.open().await;
    with_room(&*store, 1).await;
    for number in 1..=4 {
        add(&*store, message(number, 10, in_room(1))).await;
    }
    assert_eq!(forget(&*store, at(1), NOW, 100).await, 0, "up to then is not before then");
    assert_eq!(forget(&*store, at(3), NOW, 100).await, 2);
    assert_eq!(numbers(&all_in(&*store, in_room(1)).await), [3, 4]);
    assert_eq!(store.message(message_id(1)).await.expect("looks"), None);
    assert_eq!(forget(&*store, at(100), NOW, 100).await, 2);
    assert_eq!(all_in(&*store, in_room(1)).await, []);
    assert_eq!(store.last_wrote(in_room(1), person(10)).await.expect("looks"), None);
    drop(store);
    let store = database.open().await;
    assert_eq!(add(&*store, message(5, 10, in_room(1))).await.number, 5, "none is given out twice");
    assert_eq!(store.lounge_rooms().await.expect("lists").len(), 1, "rooms stay");
}

async fn files_are_forgotten_with_theirs_or_unsent(store: &dyn Store) {
    const HOUR: u64 = 60 * 60;
    with_room(store, 1).await;
    files::sent(store, 1, in_room(1)).await;
    let sent = files::sent(store, 2, in_room(1)).await;
    for number in [3, 4] {
        store.add_file(files::file(number, 10, in_room(1)), files::up_to(u64::MAX)).await.expect("adds");
    }
    assert_eq!(forget(store, NEVER, at(HOUR + 3), 100).await, 0, "an hour is not more than an hour");
    assert_eq!(forget(store, NEVER, at(HOUR + 4), 100).await, 1, "it was never sent");
    assert_eq!(forget(store, at(2), at(HOUR + 4), 100).await, 1, "it goes with its message");
    assert_eq!(store.file(files::id(1)).await.expect("looks"), None);
    assert!(store.file(files::id(2)).await.expect("finds").is_some(), "who has a message stays");
    assert_eq!(all_in(store, in_room(1)).await, [sent]);
    assert_eq!(forget(store, at(3), at(HOUR + 5), 100).await, 2);
    files::takes_all_room(store, in_room(1)).await;
}

async fn empty_conversations_that_nobody_has_open_go(store: &dyn Store) {
    for other in 2..=5 {
        begin(store, other, 1, other).await;
    }
    open(store, 2, 1, true).await;
    add(store, message(1, 3, in_it(3))).await;
    open(store, 3, 3, false).await;
    add(store, message(2, 1, in_it(4))).await;
    open(store, 4, 1, false).await;
    store.set_blocked(person(1), (person(5), name("Eva")), true).await.expect("blocks");
    assert_eq!(
        forget(store, at(2), NOW, 100).await,
        3,
        "a message, its conversation, and one never written in"
    );
    for (number, there) in [(2, true), (3, false), (4, true), (5, false)] {
        assert_eq!(store.conversation(id(number)).await.expect("looks").is_some(), there, "{number}");
    }
    assert_eq!(store.conversation_between(person(1), person(3)).await.expect("looks"), None);
    assert!(store.is_blocked_between(person(1), person(5)).await.expect("looks"), "that is for good");
    assert_eq!(begin(store, 9, 3, 1).await.id, id(9), "they may begin anew");
    let list = store.conversations_of(person(4)).await.expect("lists");
    assert_eq!((list.len(), list[0].unread), (1, 1));
    open(store, 4, 4, true).await;
    assert_eq!(forget(store, at(3), NOW, 100).await, 2, "its message, and the one begun anew");
    let list = store.conversations_of(person(4)).await.expect("lists");
    assert_eq!((list[0].last, list[0].unread), (1, 0), "what was forgotten need not be read");
    assert_eq!(add(store, message(3, 4, in_it(4))).await.number, 2);
}

async fn what_is_over_goes_in_steps(store: &dyn Store) {
    with_room(store, 1).await;
    for number in 1..=5 {
        add(store, message(number, 10, in_room(1))).await;
        store.add_file(files::file(number, 10, in_room(1)), files::up_to(u64::MAX)).await.expect("adds");
        begin(store, number.into(), 1, 1 + u128::from(number)).await;
        let until = removal(number.into(), at(number));
        store.remove_member(until, when(0, Action::MemberRemoved)).await.expect("removes");
    }
    let late = at(1_000_000);
    assert_eq!(forget(store, late, late, 0).await, 0);
    assert_eq!(forget(store, late, late, 2).await, 4 * 2, "so many of each");
    assert_eq!(numbers(&all_in(store, in_room(1)).await), [3, 4, 5], "the oldest first");
    assert_eq!(forget(store, late, late, u64::MAX).await, 4 * 3);
    assert_eq!(forget(store, late, late, u64::MAX).await, 0);
    assert_eq!(store.removals(NEVER).await.expect("lists"), []);
}
