//! The history of calls.

use super::{Database, NOW, audited, person, unknown, written};
use crate::{Action, CallFilter, CallRecord, Outcome, Page, Store};
use std::future::Future;
use visavis_domain::ids::{AppointmentId, DeskId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    records_follow_the_ring(&fresh().await).await;
    late_records_undo_nothing(&*fresh().await.open().await).await;
    words_are_their_owners(&*fresh().await.open().await).await;
    calls_are_filtered_and_paged(&*fresh().await.open().await).await;
    old_calls_are_forgotten_in_steps(&*fresh().await.open().await).await;
    one_that_is_over_is_forgotten_with_its_row(&fresh().await).await;
}

fn at(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 + seconds * 1_000)
}

/// A ring that has just begun.
pub(super) fn ring(number: u128) -> CallRecord {
    CallRecord {
        ring: RingId::from_bits(number),
        desk: Some(DeskId::from_bits(1)),
        desk_name: "Claims".to_owned(),
        visitor: person(10),
        visitor_name: "Vera".to_owned(),
        about: "Hail".to_owned(),
        representative: person(1),
        representative_name: "Ana".to_owned(),
        appointment: Some(AppointmentId::from_bits(55)),
        into: Some(RingId::from_bits(77)),
        started_at: NOW,
        accepted_at: None,
        ended_at: None,
        end: None,
        stars: None,
        comment: String::new(),
        note: String::new(),
        outcome: None,
    }
}

fn accepted(number: u128) -> CallRecord {
    CallRecord { accepted_at: Some(at(5)), ..ring(number) }
}

fn ended(record: CallRecord, end: RingEnd, when: Timestamp) -> CallRecord {
    CallRecord { ended_at: Some(when), end: Some(end), ..record }
}

async fn record(store: &dyn Store, record: CallRecord) {
    store.record_call(record).await.expect("records");
}

async fn kept(store: &dyn Store, number: u128) -> CallRecord {
    store.call(RingId::from_bits(number)).await.expect("finds").expect("the call")
}

async fn records_follow_the_ring(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.call(RingId::from_bits(1)).await.expect("looks"), None);
    for step in [ring(1), accepted(1), accepted(1), ended(accepted(1), RingEnd::HungUp, at(60))] {
        record(&*store, step.clone()).await;
        assert_eq!(kept(&*store, 1).await, step);
    }
    let whole = CallRecord {
        desk: None,
        appointment: None,
        into: None,
        stars: Some(5),
        comment: "Good".to_owned(),
        note: "Pays".to_owned(),
        outcome: Some(Outcome::FollowUp),
        ..ended(accepted(2), RingEnd::EndedByAdmin, at(9))
    };
    record(&*store, whole.clone()).await;
    assert_eq!(kept(&*database.open().await, 2).await, whole, "as it was given, after a restart");
}

async fn late_records_undo_nothing(store: &dyn Store) {
    record(store, accepted(1)).await;
    record(store, ring(1)).await;
    assert_eq!(kept(store, 1).await.accepted_at, Some(at(5)), "accepted once is accepted");
    let end = ended(accepted(1), RingEnd::Lost, at(60));
    record(store, end.clone()).await;
    for late in [ring(1), accepted(1), ended(accepted(1), RingEnd::HungUp, at(99))] {
        record(store, CallRecord { started_at: at(1), ..late }).await;
        assert_eq!(kept(store, 1).await, end);
    }
    let moved = CallRecord {
        desk: Some(DeskId::from_bits(2)),
        desk_name: "Advice".to_owned(),
        representative: person(2),
        representative_name: "Bob".to_owned(),
        visitor_name: "V.".to_owned(),
        ..end
    };
    record(store, moved.clone()).await;
    assert_eq!(kept(store, 1).await, moved, "desk and people are brought up to date");
}

async fn words_are_their_owners(store: &dyn Store) {
    record(store, ring(1)).await;
    let (one, two) = (RingId::from_bits(1), RingId::from_bits(2));
    unknown(store.rate_call(one, person(10), 4, "x".to_owned()).await);
    record(store, accepted(1)).await;
    unknown(store.rate_call(one, person(1), 4, "x".to_owned()).await);
    unknown(store.rate_call(two, person(10), 4, "x".to_owned()).await);
    store.rate_call(one, person(10), 1, "x".to_owned()).await.expect("rates");
    store.rate_call(one, person(10), 4, "kind".to_owned()).await.expect("rates again");
    unknown(store.note_call(one, person(10), "y".to_owned(), None).await);
    unknown(store.note_call(two, person(1), "y".to_owned(), None).await);
    let note = store.note_call(one, person(1), "call back".to_owned(), Some(Outcome::Misdirected)).await;
    note.expect("notes");
    record(store, ended(accepted(1), RingEnd::HungUp, at(60))).await;
    let now = kept(store, 1).await;
    assert_eq!((now.stars, &*now.comment, &*now.note), (Some(4), "kind", "call back"), "never touched");
    assert_eq!((now.outcome, now.end), (Some(Outcome::Misdirected), Some(RingEnd::HungUp)));
    store.note_call(one, person(1), String::new(), None).await.expect("notes");
    assert_eq!(kept(store, 1).await.outcome, None);
}

async fn calls_are_filtered_and_paged(store: &dyn Store) {
    for number in 1..=6 {
        let mut one = CallRecord { started_at: at(number), ..ring(number.into()) };
        if number % 2 == 0 {
            one.representative = person(2);
        }
        match number {
            3 => one = ended(one, RingEnd::Missed, at(30)),
            4 => one = ended(CallRecord { desk: None, ..one }, RingEnd::Declined, at(30)),
            5 => one = CallRecord { desk: Some(DeskId::from_bits(2)), ..one },
            _ => {}
        }
        record(store, one).await;
    }
    let any = CallFilter::default();
    let whole = Page { skip: 0, take: u64::MAX };
    let behind =
        |number: u64, ring: u128| CallFilter { after: Some((at(number), RingId::from_bits(ring))), ..any };
    let cases: [(CallFilter, Page, &[u128]); 15] = [
        (any, whole, &[6, 5, 4, 3, 2, 1]),
        (any, Page { skip: 1, take: 2 }, &[5, 4]),
        (any, Page { skip: 5, take: 5 }, &[1]),
        (any, Page { skip: u64::MAX, take: 5 }, &[]),
        (CallFilter { desk: Some(DeskId::from_bits(1)), ..any }, whole, &[6, 3, 2, 1]),
        (CallFilter { representative: Some(person(1)), ..any }, whole, &[5, 3, 1]),
        (CallFilter { end: Some(RingEnd::Missed), ..any }, whole, &[3]),
        (CallFilter { ended: Some(true), ..any }, whole, &[4, 3]),
        (CallFilter { ended: Some(false), ..any }, whole, &[6, 5, 2, 1]),
        (CallFilter { from: Some(at(2)), to: Some(at(5)), ..any }, whole, &[4, 3, 2]),
        (CallFilter { representative: Some(person(2)), ended: Some(true), ..any }, whole, &[4]),
        (behind(4, 4), Page { skip: 0, take: 2 }, &[3, 2]),
        (behind(4, 5), whole, &[4, 3, 2, 1]),
        (behind(4, 3), whole, &[3, 2, 1]),
        (behind(1, 1), whole, &[]),
    ];
    for (filter, page, expected) in cases {
        let found = store.calls(filter, page).await.expect("lists");
        let found: Vec<_> = found.iter().map(|call| call.ring.bits()).collect();
        assert_eq!(found, expected, "{filter:?} {page:?}");
        if page == whole {
            assert_eq!(store.count_calls(filter).await.expect("counts"), expected.len() as u64);
        }
    }
}

/// The rings that are left, latest first.
async fn left(store: &dyn Store) -> Vec<RingId> {
    let page = Page { skip: 0, take: 100 };
    let calls = store.calls(CallFilter::default(), page).await.expect("lists");
    calls.into_iter().map(|call| call.ring).collect()
}

async fn old_calls_are_forgotten_in_steps(store: &dyn Store) {
    for number in 1..=5 {
        let begun = CallRecord { started_at: at(number), ..accepted(number.into()) };
        let over = ended(begun.clone(), RingEnd::HungUp, at(100));
        record(store, if number == 2 { begun } else { over }).await;
    }
    let forget = async |before, most| store.forget_calls(before, most).await.expect("forgets");
    assert_eq!(forget(at(1), 100).await, 0, "up to then is not before then");
    assert_eq!(forget(at(5), 2).await, 2, "in steps, and the earliest first");
    assert_eq!(left(store).await, [5, 4, 2].map(RingId::from_bits));
    assert_eq!(forget(at(5), 2).await, 1, "what goes on stays");
    assert_eq!(forget(at(5), 2).await, 0);
    assert_eq!(left(store).await, [5, 2].map(RingId::from_bits));
}

async fn one_that_is_over_is_forgotten_with_its_row(database: &impl Database) {
    let store = database.open().await;
    record(&*store, accepted(1)).await;
    record(&*store, ended(ring(2), RingEnd::Missed, at(30))).await;
    let forget =
        async |number| store.forget_call(RingId::from_bits(number), audited(Action::CallForgotten)).await;
    let before = written(&*store).await;
    unknown(forget(1).await);
    unknown(forget(3).await);
    assert_eq!(written(&*store).await, before, "nothing happened");
    forget(2).await.expect("forgets");
    unknown(forget(2).await);
    assert_eq!((left(&*store).await, written(&*store).await), (vec![RingId::from_bits(1)], before + 1));
}
