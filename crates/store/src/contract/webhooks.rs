//! Webhooks: what is written once, in which order it is handed out, and what becomes of it.

use super::{Database, LATER, NOW, audited, create, unknown, written};
use crate::{
    Action, DeliveryState, HeldDelivery, NewEvent, Replay, SealedSecrets, Store, StoreError, Tried, Webhook,
    WebhookEdit, WebhookState,
};
use std::future::Future;
use std::time::Duration;
use visavis_domain::ids::{EventId, WebhookId};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{EventKind, Outcome, Trouble};

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    kinds_that_are_not_known_are_left_out(&fresh().await).await;
    they_are_kept_until_removed(&fresh().await).await;
    there_are_not_more_than_may_be(&*fresh().await.open().await).await;
    an_event_is_written_once_for_those_who_want_it(&fresh().await).await;
    of_a_subject_one_is_handed_out_at_a_time(&*fresh().await.open().await).await;
    what_is_held_is_nobody_elses_until_it_is_let_go(&*fresh().await.open().await).await;
    two_instances_never_hold_the_same(&fresh().await).await;
    what_failed_puts_off_what_is_behind_it_and_nothing_else(&*fresh().await.open().await).await;
    whoever_is_back_gets_everything_now(&*fresh().await.open().await).await;
    whoever_is_no_more_or_off_gets_nothing(&*fresh().await.open().await).await;
    what_is_replayed_waits_anew_in_order(&*fresh().await.open().await).await;
    what_is_old_is_given_up_and_forgotten(&*fresh().await.open().await).await;
    they_are_listed_in_parts_latest_first(&*fresh().await.open().await).await;
    a_database_without_webhooks_is_brought_up(&fresh().await).await;
}

const MOST: u64 = 3;
const MINUTE: Duration = Duration::from_secs(60);

/// Takes the fifth step back, and those behind it, as if they had never been.
pub(super) const WITHOUT: [&str; 9] = [
    "DROP INDEX webhook_deliveries_by_age",
    "DROP INDEX appointments_by_time",
    "DROP INDEX files_by_owner",
    "DROP INDEX files_by_source",
    "ALTER TABLE files DROP COLUMN source",
    "DROP TABLE webhook_deliveries",
    "DROP TABLE webhook_events",
    "DROP TABLE webhooks",
    "DELETE FROM migrations WHERE number >= 5",
];

fn id(number: u128) -> WebhookId {
    WebhookId::from_bits(number)
}

fn webhook(number: u128, kinds: &[EventKind]) -> Webhook {
    Webhook {
        id: id(number),
        name: "Back office \u{1F600}\"".to_owned(),
        url: "https://hooks.example.org/visavis?a=1".to_owned(),
        kinds: kinds.to_vec(),
        state: WebhookState::On,
        secrets: SealedSecrets { newest: vec![0, 1, 255], earlier: None },
        created_at: NOW,
        delivered_at: None,
        failed: None,
    }
}

async fn make(store: &dyn Store, number: u128, kinds: &[EventKind]) -> Result<(), StoreError> {
    store.create_webhook(webhook(number, kinds), MOST, audited(Action::WebhookCreated)).await
}

/// One that wants rings and calls, with these events about these subjects waiting for it.
async fn waiting(store: &dyn Store, events: &[(u128, &str)]) {
    make(store, 1, &[EventKind::RingStarted]).await.expect("makes it");
    put(store, events).await;
}

fn event(number: u128, kind: EventKind, subject: &str) -> NewEvent {
    NewEvent {
        id: EventId::from_bits(number),
        kind,
        subject: subject.to_owned(),
        at: NOW,
        data: serde_json::json!({ "ring": subject, "at": [1, null, "\u{1F600}"] }),
    }
}

async fn put(store: &dyn Store, events: &[(u128, &str)]) {
    let events = events.iter().map(|(number, subject)| event(*number, EventKind::RingStarted, subject));
    store.put_events(events.collect()).await.expect("puts them");
}

async fn hold(store: &dyn Store, now: Timestamp) -> Vec<HeldDelivery> {
    store.hold_deliveries(id(1), now, now.plus(MINUTE), 10).await.expect("holds")
}

fn numbers(held: &[HeldDelivery]) -> Vec<u128> {
    held.iter().map(|one| one.event.event.id.bits()).collect()
}

fn tried(held: &HeldDelivery, at: Timestamp, outcome: Outcome) -> Tried {
    let trouble = match outcome {
        Outcome::Delivered => None,
        Outcome::Again { .. } | Outcome::GivenUp => Some(Trouble::Refused),
        Outcome::Gone => Some(Trouble::Gone),
    };
    let status = Some(if trouble.is_none() { 204 } else { 500 });
    Tried { webhook: id(1), number: held.event.number, tries: held.tries, at, status, trouble, outcome }
}

async fn settle(store: &dyn Store, held: &HeldDelivery, at: Timestamp, outcome: Outcome) -> bool {
    store.delivery_tried(tried(held, at, outcome)).await.expect("writes it down")
}

/// As a newer version of the program writes them that runs beside this one.
async fn kinds_that_are_not_known_are_left_out(database: &impl Database) {
    let store = database.open().await;
    make(&*store, 1, &[EventKind::RingStarted]).await.expect("makes it");
    let changed = "UPDATE webhooks SET kinds = '[\"sun.risen\",\"ring.started\"]'";
    assert_eq!(database.tamper(changed).await, 1);
    assert_eq!(store.webhook(id(1)).await.expect("looks"), Some(webhook(1, &[EventKind::RingStarted])));
    let told = store.put_events(vec![event(1, EventKind::RingStarted, "r_1")]).await;
    assert_eq!(told.expect("puts"), 1, "and what is known is told");
}

async fn they_are_kept_until_removed(database: &impl Database) {
    let store = database.open().await;
    make(&*store, 1, &[EventKind::RingStarted, EventKind::AppointmentNoShow]).await.expect("makes it");
    let before = written(&*store).await;
    drop(store);
    let store = database.open().await;
    let made = webhook(1, &[EventKind::RingStarted, EventKind::AppointmentNoShow]);
    assert_eq!(store.webhook(id(1)).await.expect("looks"), Some(made.clone()));
    assert_eq!(store.webhook(id(2)).await.expect("looks"), None);
    let secrets = SealedSecrets { newest: vec![9], earlier: Some((vec![0, 1, 255], LATER)) };
    let edit = WebhookEdit {
        url: Some("https://b.example.org/".to_owned()),
        kinds: Some(vec![EventKind::CallEnded]),
        state: Some(WebhookState::Off),
        secrets: Some(secrets.clone()),
        ..WebhookEdit::default()
    };
    let changed = store.change_webhook(id(1), edit, audited(Action::WebhookChanged)).await.expect("changes");
    let expected = Webhook {
        url: "https://b.example.org/".to_owned(),
        kinds: vec![EventKind::CallEnded],
        state: WebhookState::Off,
        secrets,
        ..made
    };
    assert_eq!(changed, expected);
    assert_eq!(store.webhooks().await.expect("lists"), [expected]);
    let nothing = WebhookEdit::default();
    unknown(store.change_webhook(id(2), nothing, audited(Action::WebhookChanged)).await);
    store.remove_webhook(id(1), audited(Action::WebhookRemoved)).await.expect("removes");
    unknown(store.remove_webhook(id(1), audited(Action::WebhookRemoved)).await);
    assert_eq!(store.webhooks().await.expect("lists"), []);
    assert_eq!(written(&*store).await, before + 2, "one row for what was done, none for what was not");
}

async fn there_are_not_more_than_may_be(store: &dyn Store) {
    for number in 1..=3 {
        make(store, number, &[]).await.expect("makes it");
    }
    let refused = make(store, 4, &[]).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
}

async fn an_event_is_written_once_for_those_who_want_it(database: &impl Database) {
    let store = database.open().await;
    make(&*store, 1, &[EventKind::RingStarted]).await.expect("makes it");
    make(&*store, 2, &[EventKind::RingStarted, EventKind::CallEnded]).await.expect("makes it");
    let events = vec![
        event(1, EventKind::RingStarted, "r_1"),
        event(2, EventKind::CallEnded, "r_1"),
        event(3, EventKind::RoomOpened, "c_1"),
        event(1, EventKind::RingStarted, "r_1"),
    ];
    assert_eq!(store.put_events(events.clone()).await.expect("puts them"), 3);
    let store = database.open().await;
    assert_eq!(store.put_events(events).await.expect("puts them"), 0, "however often they come");
    let found = store.deliveries(id(2), None, 10).await.expect("lists");
    let ids: Vec<_> = found.iter().map(|one| (one.event.event.id.bits(), one.tries)).collect();
    assert_eq!(ids, [(2, 0), (1, 0)]);
    assert_eq!(found[1].event.event, event(1, EventKind::RingStarted, "r_1"));
    assert!(found[0].event.number > found[1].event.number);
    let test = event(5, EventKind::WebhookTest, "h_1");
    store.put_event_for(id(1), test.clone(), audited(Action::WebhookReplayed)).await.expect("puts it");
    unknown(store.put_event_for(id(7), test, audited(Action::WebhookReplayed)).await);
    assert_eq!(store.deliveries(id(1), None, 10).await.expect("lists").len(), 2);
    assert_eq!(store.deliveries(id(2), None, 10).await.expect("lists").len(), 2, "for that one alone");
    store.remove_webhook(id(2), audited(Action::WebhookRemoved)).await.expect("removes what waits, too");
    assert_eq!(store.webhook_health().await.expect("counts").len(), 1);
}

async fn of_a_subject_one_is_handed_out_at_a_time(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "a"), (3, "b"), (4, "a")]).await;
    assert_eq!(store.webhooks_due(NOW).await.expect("looks"), [id(1)]);
    let first = hold(store, NOW).await;
    assert_eq!(numbers(&first), [1, 3], "the first of each");
    assert!(store.webhooks_due(NOW).await.expect("looks").is_empty());
    assert!(settle(store, &first[0], NOW, Outcome::Delivered).await);
    assert_eq!(numbers(&hold(store, NOW).await), [2]);
    assert_eq!(numbers(&hold(store, NOW).await), Vec::<u128>::new(), "and the third waits for the second");
    let found = store.webhook(id(1)).await.expect("looks").expect("finds");
    assert_eq!((found.delivered_at, found.failed), (Some(NOW), None));
}

async fn what_is_held_is_nobody_elses_until_it_is_let_go(store: &dyn Store) {
    waiting(store, &[(1, "a")]).await;
    let lost = hold(store, NOW).await;
    assert_eq!(lost[0].tries, 1);
    let almost = Timestamp(NOW.plus(MINUTE).0 - 1);
    assert_eq!(numbers(&hold(store, almost).await), Vec::<u128>::new());
    // Whoever held it has died.
    let now = NOW.plus(MINUTE);
    let again = hold(store, now).await;
    assert_eq!((numbers(&again), again[0].tries), (vec![1], 2));
    assert!(!settle(store, &lost[0], now, Outcome::GivenUp).await, "who is late says nothing");
    assert!(settle(store, &again[0], now, Outcome::Delivered).await);
    assert!(!settle(store, &again[0], now, Outcome::GivenUp).await);
    let found = store.deliveries(id(1), None, 1).await.expect("lists").remove(0);
    assert_eq!(found.state, DeliveryState::Delivered { at: now });
    assert_eq!((found.tries, found.status, found.trouble), (2, Some(204), None));
}

async fn two_instances_never_hold_the_same(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    let subjects: Vec<_> = (0..20).map(|number| format!("s{number}")).collect();
    let events: Vec<_> = (1..).zip(&subjects).map(|(number, subject)| (number, subject.as_str())).collect();
    waiting(&*one, &events).await;
    let both = async |store: &dyn Store| {
        let mut held = Vec::new();
        loop {
            let some = store.hold_deliveries(id(1), NOW, NOW.plus(MINUTE), 3).await.expect("holds");
            if some.is_empty() {
                return held;
            }
            held.extend(numbers(&some));
        }
    };
    let (a, b) = tokio::join!(both(&*one), both(&*other));
    let mut all = [a, b].concat();
    all.sort_unstable();
    assert_eq!(all, (1..=20).collect::<Vec<u128>>(), "each once");
}

async fn what_failed_puts_off_what_is_behind_it_and_nothing_else(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "a"), (3, "b")]).await;
    let first = hold(store, NOW).await;
    assert!(settle(store, &first[0], NOW, Outcome::Again { at: LATER }).await);
    assert!(settle(store, &first[1], NOW, Outcome::Delivered).await);
    assert!(store.webhooks_due(NOW).await.expect("looks").is_empty());
    let waits = DeliveryState::Waiting { due_at: LATER };
    let found = store.deliveries(id(1), None, 10).await.expect("lists");
    assert_eq!(found.iter().map(|one| one.state == waits).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(
        (found[2].tried_at, found[2].status, found[2].trouble),
        (Some(NOW), Some(500), Some(Trouble::Refused))
    );
    assert_eq!(
        store.webhook(id(1)).await.expect("looks").expect("finds").failed,
        Some((NOW, Trouble::Refused))
    );
    let again = hold(store, LATER).await;
    assert_eq!((numbers(&again), again[0].tries, again[0].since), (vec![1], 2, NOW));
    assert!(settle(store, &again[0], LATER, Outcome::GivenUp).await);
    assert_eq!(numbers(&hold(store, LATER).await), [2], "what was given up holds up nothing");
    let health = store.webhook_health().await.expect("counts").remove(0);
    assert_eq!((health.waiting, health.oldest, health.given_up), (1, Some(NOW), 1));
}

async fn whoever_is_back_gets_everything_now(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "a"), (3, "b"), (4, "c")]).await;
    let far = Timestamp(LATER.0 * 2);
    for held in hold(store, NOW).await {
        let at = if held.event.event.subject == "b" { LATER } else { far };
        settle(store, &held, NOW, Outcome::Again { at }).await;
    }
    let back = hold(store, LATER).await;
    assert_eq!(numbers(&back), [3]);
    assert!(settle(store, &back[0], LATER, Outcome::Delivered).await);
    assert_eq!(numbers(&hold(store, LATER).await), [1, 4]);
}

async fn whoever_is_no_more_or_off_gets_nothing(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "b")]).await;
    let held = hold(store, NOW).await;
    assert!(settle(store, &held[0], NOW, Outcome::Gone).await);
    let found = store.webhook(id(1)).await.expect("looks").expect("finds");
    assert_eq!((found.state, found.failed), (WebhookState::Gone, Some((NOW, Trouble::Gone))));
    put(store, &[(3, "c")]).await;
    let late = NOW.plus(10 * MINUTE);
    assert!(store.webhooks_due(late).await.expect("looks").is_empty());
    unknown(
        store
            .put_event_for(id(1), event(9, EventKind::WebhookTest, "h"), audited(Action::WebhookReplayed))
            .await,
    );
    let on = WebhookEdit { state: Some(WebhookState::On), ..WebhookEdit::default() };
    store.change_webhook(id(1), on, audited(Action::WebhookChanged)).await.expect("switches it on");
    assert_eq!(store.webhooks_due(late).await.expect("looks"), [id(1)]);
    assert_eq!(numbers(&hold(store, late).await), [1, 2], "and not what happened meanwhile");
}

async fn what_is_replayed_waits_anew_in_order(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "a"), (3, "b")]).await;
    loop {
        let held = hold(store, NOW).await;
        if held.is_empty() {
            break;
        }
        for one in held {
            settle(store, &one, NOW, Outcome::Delivered).await;
        }
    }
    let before = written(store).await;
    let replayed = async |which, now| store.replay(id(1), which, now, audited(Action::WebhookReplayed)).await;
    assert_eq!(replayed(Replay::One(EventId::from_bits(1)), LATER).await.expect("replays"), 1);
    let one = hold(store, LATER).await;
    assert_eq!((numbers(&one), one[0].tries, one[0].since), (vec![1], 1, LATER), "as if never tried");
    assert_eq!(replayed(Replay::From(EventId::from_bits(1)), LATER).await.expect("replays"), 3);
    assert!(!settle(store, &HeldDelivery { tries: 7, ..one[0].clone() }, LATER, Outcome::GivenUp).await);
    assert_eq!(numbers(&hold(store, LATER).await), [1, 3], "in order, as ever");
    unknown(replayed(Replay::One(EventId::from_bits(9)), LATER).await);
    assert_eq!(written(store).await, before + 2);
}

async fn what_is_old_is_given_up_and_forgotten(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "b"), (3, "c")]).await;
    let held = store.hold_deliveries(id(1), NOW, LATER, 2).await.expect("holds");
    settle(store, &held[0], NOW, Outcome::Delivered).await;
    let sweep =
        async |now, give_up, forget| store.sweep_deliveries(now, give_up, forget, 1).await.expect("sweeps");
    assert_eq!(sweep(NOW, NOW, NOW).await, (0, 0));
    let after = Timestamp(NOW.0 + 1);
    assert_eq!(sweep(after, after, NOW).await, (1, 0), "but not what somebody tries just now");
    assert_eq!(sweep(LATER, after, after).await, (1, 1));
    let left = store.deliveries(id(1), None, 10).await.expect("lists");
    let ids: Vec<_> = left.iter().map(|one| one.event.event.id.bits()).collect();
    assert_eq!(ids, [3, 2]);
    let late = Timestamp(LATER.0 + 1);
    assert_eq!(sweep(late, NOW, late).await, (0, 1), "in steps");
    assert_eq!(sweep(late, NOW, late).await, (0, 1));
    assert_eq!(sweep(late, NOW, late).await, (0, 0));
    put(store, &[(4, "a")]).await;
    let number = store.deliveries(id(1), None, 1).await.expect("lists").remove(0).event.number;
    assert_eq!(number, 4, "no number is given out twice");
}

async fn they_are_listed_in_parts_latest_first(store: &dyn Store) {
    waiting(store, &[(1, "a"), (2, "a"), (3, "b")]).await;
    let first = store.deliveries(id(1), None, 2).await.expect("lists");
    let last = first.last().expect("two").event.number;
    let rest = store.deliveries(id(1), Some(last), 2).await.expect("lists");
    let ids = |of: &[crate::Delivery]| of.iter().map(|one| one.event.event.id.bits()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&rest)), (vec![3, 2], vec![1]));
}

async fn a_database_without_webhooks_is_brought_up(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    drop(store);
    for sql in WITHOUT {
        database.tamper(sql).await;
    }
    let store = database.open().await;
    assert_eq!(store.count_accounts().await.expect("counts"), 1);
    make(&*store, 1, &[]).await.expect("makes it");
    assert_eq!(database.open().await.webhooks().await.expect("lists").len(), 1, "and once is enough");
}
