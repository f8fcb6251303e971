//! Conversations: one for each two people, what is open, how far somebody has read, and what is listed.

use super::super::races::at_once;
use super::super::{Database, NOW, name, person, unknown};
use super::{add, message, message_id};
use crate::{ConversationSide, ListedConversation, NewMessage, Store, StoredConversation, StoredMessage};
use std::future::Future;
use visavis_domain::ids::ConversationId;
use visavis_domain::message::Place;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    two_people_have_one_conversation(&fresh().await).await;
    whoever_writes_has_it_open(&*fresh().await.open().await).await;
    marks_only_rise(&*fresh().await.open().await).await;
    a_list_has_what_is_open_or_unread(&*fresh().await.open().await).await;
    of_many_who_begin_one_there_is_one(&fresh().await).await;
    of_many_marks_the_highest_holds(&fresh().await).await;
}

pub(super) fn id(number: u128) -> ConversationId {
    ConversationId::from_bits(number)
}

pub(super) fn in_it(number: u128) -> Place {
    Place::Conversation(id(number))
}

/// Begins one of Ana and Bob, whoever they are.
pub(super) async fn begin(store: &dyn Store, number: u128, ana: u128, bob: u128) -> StoredConversation {
    let (ana, bob) = ((person(ana), name("Ana")), (person(bob), name("Bob")));
    store.begin_conversation(id(number), ana, bob).await.expect("begins")
}

pub(super) async fn open(store: &dyn Store, number: u128, who: u128, open: bool) {
    store.set_conversation_open(id(number), person(who), open).await.expect("sets");
}

fn side_of(conversation: &StoredConversation, who: u128) -> &ConversationSide {
    conversation.sides.iter().find(|side| side.person == person(who)).expect("a side of theirs")
}

/// Somebody's side as it is kept.
async fn side(store: &dyn Store, number: u128, who: u128) -> ConversationSide {
    let kept = store.conversation(id(number)).await.expect("finds").expect("the conversation");
    side_of(&kept, who).clone()
}

async fn mark(store: &dyn Store, who: u128, delivered: u64, read: u64) -> (u64, u64, bool) {
    let marked = store.mark_conversation(id(1), person(who), delivered, read).await;
    let (side, rose) = marked.expect("marks");
    assert_eq!(side.person, person(who));
    (side.delivered, side.read, rose)
}

async fn two_people_have_one_conversation(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.conversation_between(person(2), person(1)).await.expect("looks"), None);
    assert_eq!(store.conversation(id(1)).await.expect("looks"), None);
    let begun = begin(&*store, 1, 2, 1).await;
    assert_eq!(begun.id, id(1));
    for (who, called) in [(2, "Ana"), (1, "Bob")] {
        let closed =
            ConversationSide { person: person(who), name: name(called), open: false, delivered: 0, read: 0 };
        assert_eq!(*side_of(&begun, who), closed);
    }
    begin(&*store, 2, 2, 3).await;
    open(&*store, 1, 2, true).await;
    let (ana, bob) = ((person(2), name("Anna")), (person(1), name("Bob")));
    let again = store.begin_conversation(id(9), bob, ana).await.expect("finds");
    assert_eq!((again.id, side_of(&again, 2).open), (id(1), true), "it is the one there is");
    assert_eq!((&side_of(&again, 2).name, &side_of(&again, 1).name), (&name("Anna"), &name("Bob")));
    drop(store);
    let store = database.open().await;
    assert_eq!(side(&*store, 1, 2).await, *side_of(&again, 2));
    for (one, other) in [(1, 2), (2, 1)] {
        let found = store.conversation_between(person(one), person(other)).await.expect("finds");
        assert_eq!(found.expect("one").id, id(1));
    }
    assert_eq!(store.conversation_between(person(1), person(3)).await.expect("looks"), None);
    assert_eq!(store.conversation(id(9)).await.expect("looks"), None);
    let alone = (person(4), name("Eva"));
    unknown(store.begin_conversation(id(5), alone.clone(), alone).await);
}

async fn whoever_writes_has_it_open(store: &dyn Store) {
    begin(store, 1, 1, 2).await;
    unknown(store.add_message(message(1, 3, in_it(1))).await);
    unknown(store.set_conversation_open(id(1), person(3), true).await);
    unknown(store.set_conversation_open(id(9), person(1), true).await);
    let first = NewMessage { name: name("Anna"), ..message(1, 1, in_it(1)) };
    assert_eq!(add(store, first.clone()).await.number, 1);
    let now = side(store, 1, 1).await;
    assert_eq!((now.open, now.name), (true, name("Anna")));
    let other = side(store, 1, 2).await;
    assert_eq!((other.open, other.name), (false, name("Bob")), "nothing opens at the other's");
    open(store, 1, 1, false).await;
    assert!(!store.add_message(first).await.expect("finds").1);
    assert!(!side(store, 1, 1).await.open, "the same again is not written again");
    open(store, 1, 1, false).await;
    add(store, message(2, 1, in_it(1))).await;
    assert!(side(store, 1, 1).await.open);
}

async fn marks_only_rise(store: &dyn Store) {
    begin(store, 1, 1, 2).await;
    assert_eq!(mark(store, 2, 5, 5).await, (0, 0, false), "there is nothing to read");
    for number in 1..=4 {
        add(store, message(number, 1, in_it(1))).await;
    }
    assert_eq!(mark(store, 2, 2, 0).await, (2, 0, true));
    assert_eq!(mark(store, 2, 2, 0).await, (2, 0, false));
    assert_eq!(mark(store, 2, 1, 1).await, (2, 1, true));
    assert_eq!(mark(store, 2, 0, 3).await, (3, 3, true), "what was read has been delivered");
    assert_eq!(mark(store, 2, 1, 1).await, (3, 3, false));
    assert_eq!(mark(store, 2, 99, u64::MAX).await, (4, 4, true), "not beyond the last");
    assert_eq!(mark(store, 2, 99, 99).await, (4, 4, false));
    assert_eq!(mark(store, 1, 1, 0).await, (1, 0, true), "each has marks of their own");
    assert_eq!(side(store, 1, 2).await.read, 4);
    unknown(store.mark_conversation(id(1), person(3), 1, 1).await);
    unknown(store.mark_conversation(id(9), person(1), 1, 1).await);
}

/// A list as numbers: which, its last, and how many are unread.
async fn list(store: &dyn Store, who: u128) -> Vec<(u128, u64, u64)> {
    let list: Vec<ListedConversation> = store.conversations_of(person(who)).await.expect("lists");
    for one in &list {
        let kept = store.conversation(one.conversation.id).await.expect("finds");
        assert_eq!(kept.expect("it").sides.len(), 2);
        side_of(&one.conversation, who);
    }
    list.iter().map(|one| (one.conversation.id.bits(), one.last, one.unread)).collect()
}

async fn say(store: &dyn Store, number: u64, from: u128, conversation: u128) -> StoredMessage {
    add(store, message(number, from, in_it(conversation))).await
}

async fn a_list_has_what_is_open_or_unread(store: &dyn Store) {
    for other in 2..=6 {
        begin(store, other, 1, other).await;
    }
    begin(store, 7, 2, 3).await;
    assert_eq!(list(store, 1).await, [], "nothing is open");
    open(store, 4, 1, true).await;
    say(store, 1, 2, 2).await;
    say(store, 2, 3, 3).await;
    say(store, 3, 2, 2).await;
    say(store, 4, 1, 5).await;
    say(store, 5, 2, 7).await;
    let expected = [(5, 1, 0), (2, 2, 2), (3, 1, 1), (4, 0, 0)];
    assert_eq!(list(store, 1).await, expected, "the latest first, one without any last");
    assert_eq!(list(store, 2).await, [(7, 1, 0), (2, 2, 0)], "one's own are read");
    open(store, 5, 1, false).await;
    open(store, 4, 1, false).await;
    assert_eq!(list(store, 1).await, [(2, 2, 2), (3, 1, 1)]);
    store.mark_conversation(id(2), person(1), 2, 1).await.expect("marks");
    assert_eq!(list(store, 1).await, [(2, 2, 1), (3, 1, 1)], "delivered is not read");
    store.delete_message(message_id(2), None).await.expect("deletes");
    assert_eq!(list(store, 1).await, [(2, 2, 1)], "what was deleted need not be read");
    store.mark_conversation(id(2), person(1), 2, 2).await.expect("marks");
    assert_eq!(list(store, 1).await, []);
    open(store, 3, 1, true).await;
    assert_eq!(list(store, 1).await, [(3, 1, 0)]);
    let whole = store.conversations_of(person(1)).await.expect("lists");
    let kept = store.conversation(id(3)).await.expect("finds").expect("it");
    let mut sides = whole[0].conversation.sides.clone();
    sides.sort_by_key(|side| side.person);
    let mut of_kept = kept.sides;
    of_kept.sort_by_key(|side| side.person);
    assert_eq!(sides, of_kept);
}

async fn of_many_who_begin_one_there_is_one(database: &impl Database) {
    let results = at_once(database, |store, number| async move {
        let number = u128::from(number);
        // From both sides.
        let (ana, bob) = if number.is_multiple_of(2) { (1, 2) } else { (2, 1) };
        begin(&*store, 100 + number, ana, bob).await.id
    })
    .await;
    assert!(results.iter().all(|one| *one == results[0]), "{results:?}");
    let store = database.open().await;
    let kept = store.conversation_between(person(1), person(2)).await.expect("finds").expect("it");
    assert_eq!(kept.id, results[0]);
}

async fn of_many_marks_the_highest_holds(database: &impl Database) {
    let store = database.open().await;
    begin(&*store, 1, 1, 2).await;
    for number in 1..=20 {
        add(&*store, NewMessage { at: NOW, ..message(number, 1, in_it(1)) }).await;
    }
    at_once(database, |store, number| async move {
        mark(&*store, 2, u64::from(number) + 1, u64::from(number)).await
    })
    .await;
    let now = side(&*store, 1, 2).await;
    assert_eq!((now.delivered, now.read), (20, 19));
}
