//! Mail about appointments: what waits, in which order, and how far each has got.

use super::appointments::{id, with};
use super::races::at_once;
use super::{Database, LATER, NOW, audited, unknown, written};
use crate::{Action, Mail, MailKind, MailState, NewMail, Store, StoreError};
use std::future::Future;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    mails_are_kept_as_they_were_queued(&fresh().await).await;
    a_later_one_replaces_one_that_waits(&*fresh().await.open().await).await;
    those_that_are_due_come_in_order(&*fresh().await.open().await).await;
    a_mail_is_tried_sent_or_given_up(&*fresh().await.open().await).await;
    the_last_of_each_is_found(&*fresh().await.open().await).await;
    what_does_not_read_is_damage(&fresh().await).await;
    of_many_who_take_a_mail_one_does(&fresh().await).await;
    numbers_of_many_at_once_are_unique(&fresh().await).await;
}

const ALL: u64 = u64::MAX;
const LONG: Timestamp = Timestamp(u64::MAX);

fn at(seconds: u64) -> Timestamp {
    Timestamp(NOW.0 + seconds * 1_000)
}

fn queued(due_at: Timestamp, tries: u32) -> MailState {
    MailState::Queued { due_at, tries }
}

fn mail(appointment: u128, due_at: Timestamp) -> NewMail {
    NewMail {
        appointment: id(appointment),
        kind: MailKind::Invitation,
        sequence: 0,
        message: "See you \u{1F600}".to_owned(),
        base: "https://demo".to_owned(),
        due_at,
    }
}

async fn queue(store: &dyn Store, mail: NewMail) -> Result<(), StoreError> {
    store.queue_mail(mail, audited(Action::MailQueued)).await
}

async fn waiting(store: &dyn Store) -> Vec<Mail> {
    store.due_mails(LONG, ALL).await.expect("lists")
}

/// The last one about an appointment.
async fn last(store: &dyn Store, appointment: u128) -> Mail {
    let mut found = store.last_mails(&[id(appointment)]).await.expect("lists");
    found.pop().expect("a mail")
}

async fn mails_are_kept_as_they_were_queued(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1, 2, 3]).await;
    assert_eq!(store.next_mail().await.expect("looks"), None);
    let new = [
        NewMail { sequence: u32::MAX, ..mail(1, at(1)) },
        NewMail { kind: MailKind::Change, message: String::new(), ..mail(2, at(2)) },
        NewMail { kind: MailKind::Cancellation, ..mail(3, at(3)) },
    ];
    for mail in &new {
        queue(&*store, mail.clone()).await.expect("queues");
    }
    unknown(queue(&*store, mail(9, NOW)).await);
    assert_eq!(written(&*store).await, 4 + 3, "a row for each that was queued");
    drop(store);
    let kept = waiting(&*database.open().await).await;
    assert_eq!(kept.len(), new.len());
    for (kept, new) in kept.iter().zip(&new) {
        let expected = Mail {
            number: kept.number,
            appointment: new.appointment,
            kind: new.kind,
            sequence: new.sequence,
            message: new.message.clone(),
            base: new.base.clone(),
            state: queued(new.due_at, 0),
        };
        assert_eq!(kept, &expected);
    }
    assert!(kept.is_sorted_by(|one, next| one.number < next.number), "later ones are higher");
}

async fn a_later_one_replaces_one_that_waits(store: &dyn Store) {
    with(store, &[1, 2]).await;
    queue(store, mail(1, at(1))).await.expect("queues");
    let first = last(store, 1).await;
    queue(store, NewMail { kind: MailKind::Change, ..mail(1, at(1)) }).await.expect("queues");
    let second = last(store, 1).await;
    assert_eq!(waiting(store).await, std::slice::from_ref(&second));
    assert_eq!((second.kind, second.state), (MailKind::Change, first.state));
    assert!(second.number > first.number, "no number is given out twice");
    let sent = MailState::Sent { at: at(2) };
    assert!(!store.mail_is(first.number, first.state, sent).await.expect("looks"), "it is replaced");
    assert_eq!(last(store, 1).await, second, "and the other is not touched");
    // One that is tried again waits too; one that is sent does not.
    assert!(store.mail_is(second.number, second.state, queued(at(9), 1)).await.expect("moves"));
    queue(store, mail(1, at(3))).await.expect("queues");
    let third = last(store, 1).await;
    assert_eq!(waiting(store).await, std::slice::from_ref(&third));
    assert!(store.mail_is(third.number, third.state, sent).await.expect("moves"));
    queue(store, mail(2, at(4))).await.expect("queues");
    queue(store, mail(1, at(4))).await.expect("queues");
    assert_eq!(waiting(store).await.len(), 2, "that of another appointment stays");
    assert!(store.mail_is(third.number, sent, MailState::Failed { at: at(5) }).await.expect("moves"));
}

async fn those_that_are_due_come_in_order(store: &dyn Store) {
    with(store, &[1, 2, 3, 4]).await;
    for (appointment, due_at) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
        queue(store, mail(appointment, at(due_at))).await.expect("queues");
    }
    let cases: [(u64, u64, &[u128]); 6] = [
        (9, ALL, &[]),
        (10, ALL, &[2, 4]),
        (29, ALL, &[2, 4, 3]),
        (30, ALL, &[2, 4, 3, 1]),
        (30, 3, &[2, 4, 3]),
        (30, 0, &[]),
    ];
    for (now, take, expected) in cases {
        let due = store.due_mails(at(now), take).await.expect("lists");
        let due: Vec<_> = due.iter().map(|mail| mail.appointment.bits()).collect();
        assert_eq!(due, expected, "{now} {take}");
    }
    for next in [10, 10, 20, 30] {
        assert_eq!(store.next_mail().await.expect("looks"), Some(at(next)));
        let mail = store.due_mails(at(next), 1).await.expect("lists").pop().expect("it is due");
        let done = MailState::Sent { at: at(next) };
        assert!(store.mail_is(mail.number, mail.state, done).await.expect("moves"));
    }
    assert_eq!(store.next_mail().await.expect("looks"), None);
}

async fn a_mail_is_tried_sent_or_given_up(store: &dyn Store) {
    with(store, &[1]).await;
    queue(store, mail(1, NOW)).await.expect("queues");
    let (rows, mut now) = (written(store).await, last(store, 1).await);
    let steps = [
        queued(at(10), 1),
        queued(at(10), u32::MAX),
        MailState::Failed { at: at(20) },
        queued(at(20), 0),
        MailState::Sent { at: at(20) },
        MailState::Failed { at: at(20) },
        MailState::Sent { at: at(21) },
    ];
    for to in steps {
        // Whatever differs from what lies there in one thing has not been seen.
        let others = [
            queued(NOW, 1),
            queued(at(10), 0),
            queued(at(9), 1),
            MailState::Failed { at: at(19) },
            MailState::Sent { at: at(19) },
        ];
        for stale in others.into_iter().chain(steps).filter(|stale| *stale != now.state) {
            assert!(!store.mail_is(now.number, stale, to).await.expect("looks"), "{stale:?}");
            assert_eq!(last(store, 1).await, now);
        }
        assert!(store.mail_is(now.number, now.state, to).await.expect("moves"), "{to:?}");
        now.state = to;
        assert_eq!(last(store, 1).await, now);
        let next = match to {
            MailState::Queued { due_at, .. } => Some(due_at),
            MailState::Sent { .. } | MailState::Failed { .. } => None,
        };
        assert_eq!(store.next_mail().await.expect("looks"), next);
        assert_eq!(waiting(store).await.len(), usize::from(next.is_some()));
    }
    for none in [0, now.number + 1, ALL] {
        assert!(!store.mail_is(none, now.state, queued(LATER, 0)).await.expect("looks"));
    }
    assert_eq!(written(store).await, rows, "how far it got is nothing an auditor asks about");
}

async fn the_last_of_each_is_found(store: &dyn Store) {
    with(store, &[1, 2, 3]).await;
    for appointment in [2, 1, 2, 1] {
        queue(store, mail(appointment, NOW)).await.expect("queues");
        let mail = last(store, appointment).await;
        let sent = MailState::Sent { at: at(1) };
        assert!(store.mail_is(mail.number, mail.state, sent).await.expect("moves"));
    }
    queue(store, NewMail { kind: MailKind::Cancellation, ..mail(2, NOW) }).await.expect("queues");
    let found = store.last_mails(&[id(2), id(1), id(3), id(9), id(1)]).await.expect("lists");
    let told: Vec<_> = found.iter().map(|mail| (mail.appointment.bits(), mail.kind)).collect();
    assert_eq!(told, [(1, MailKind::Invitation), (2, MailKind::Cancellation)]);
    assert_eq!(found[0].state, MailState::Sent { at: at(1) });
    assert_eq!(found[1].state, queued(NOW, 0));
    assert!(store.last_mails(&[]).await.expect("lists").is_empty());
}

async fn what_does_not_read_is_damage(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1]).await;
    queue(&*store, mail(1, NOW)).await.expect("queues");
    for sql in [
        "UPDATE mails SET state = 'lost', tries = NULL",
        "UPDATE mails SET state = 'sent', kind = 'advertisement'",
        "UPDATE mails SET kind = 'change', sequence = -1",
        "UPDATE mails SET sequence = 0, at = -1",
    ] {
        assert_eq!(database.tamper(sql).await, 1, "{sql}");
        let read = store.last_mails(&[id(1)]).await;
        assert!(matches!(read, Err(StoreError::Damaged(_))), "{sql}: {read:?}");
    }
    database.tamper("UPDATE mails SET at = 0").await;
    assert_eq!(last(&*store, 1).await.state, MailState::Sent { at: Timestamp(0) });
}

async fn of_many_who_take_a_mail_one_does(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1]).await;
    queue(&*store, mail(1, NOW)).await.expect("queues");
    let seen = last(&*store, 1).await;
    let (number, state) = (seen.number, seen.state);
    let results = at_once(database, |store, instance| async move {
        store.mail_is(number, state, queued(at(instance.into()), 1)).await.expect("looks")
    })
    .await;
    assert_eq!(results.iter().filter(|taken| **taken).count(), 1);
    assert!(matches!(last(&*store, 1).await.state, MailState::Queued { tries: 1, .. }));
}

async fn numbers_of_many_at_once_are_unique(database: &impl Database) {
    let store = database.open().await;
    let appointments: Vec<u128> = (1..=5).collect();
    with(&*store, &appointments).await;
    let before = written(&*store).await;
    let results = at_once(database, |store, number| async move {
        queue(&*store, mail(1 + u128::from(number % 5), at(number.into()))).await
    })
    .await;
    let many = results.len() as u64;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let mut numbers: Vec<_> = waiting(&*store).await.iter().map(|mail| mail.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), appointments.len(), "one for each");
    assert_eq!(numbers.last(), Some(&many), "each has taken a number of its own");
    assert_eq!(written(&*store).await, before + many, "in one chain");
}
