//! Appointments and the links to them.

use super::races::{at_once, winners};
use super::{Database, LATER, NOW, audited, create, email, moved, name, person, set_state, unknown, written};
use crate::{
    Action, Appointment, AppointmentEdit, AppointmentFilter, CallRecord, Desk, Link, MailKind, NewMail,
    Store, StoreError,
};
use std::future::Future;
use visavis_domain::account::AccountState;
use visavis_domain::appointment::{AppointmentState, LinkKind, Schedule};
use visavis_domain::ids::{AppointmentId, DeskId, LinkId, RingId};
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    appointments_are_kept_as_they_were_made(&fresh().await).await;
    what_they_refer_to_has_to_be_there(&*fresh().await.open().await).await;
    a_list_has_ones_own_and_shared_ones(&*fresh().await.open().await).await;
    edits_change_what_they_name(&*fresh().await.open().await).await;
    what_has_changed_meanwhile_is_left_alone(&*fresh().await.open().await).await;
    links_are_added_taken_back_and_replaced(&fresh().await).await;
    links_of_many_are_found_at_once(&*fresh().await.open().await).await;
    desks_go_and_people_leave(&*fresh().await.open().await).await;
    old_ones_are_forgotten_in_steps(&*fresh().await.open().await).await;
    one_is_forgotten_as_it_was_seen(&fresh().await).await;
    nothing_happens_without_its_row(&fresh().await).await;
    a_database_without_appointments_is_brought_up(&fresh().await).await;
    of_many_edits_at_once_one_wins(&fresh().await).await;
    of_many_who_take_a_link_back_one_does(&fresh().await).await;
    many_are_made_at_once(&fresh().await).await;
}

pub(super) fn id(number: u128) -> AppointmentId {
    AppointmentId::from_bits(number)
}

fn at(minutes: u64) -> Timestamp {
    Timestamp(NOW.0 + minutes * 60_000)
}

fn schedule(starts_at: Timestamp) -> Schedule {
    Schedule { starts_at, minutes: 30, zone: "Europe/Istanbul".to_owned() }
}

/// One of person 1's.
fn appointment(number: u128) -> Appointment {
    Appointment {
        id: id(number),
        professional: person(1),
        desk: None,
        client: name("Vera Öz"),
        email: Some(email("vera@demo")),
        about: "Hail \u{1F600}".to_owned(),
        schedule: schedule(at(60)),
        state: AppointmentState::Booked,
        sequence: 0,
        note: String::new(),
        created_at: NOW,
    }
}

fn link(number: u128, of: u128) -> Link {
    Link {
        id: LinkId::from_bits(number),
        appointment: id(of),
        person: person(1_000 + number),
        kind: LinkKind::Client,
        name: None,
        created_at: NOW,
        revoked_at: None,
    }
}

fn guest(number: u128, of: u128, created_at: Timestamp) -> Link {
    Link { kind: LinkKind::Guest, name: Some(name("İpek")), created_at, ..link(number, of) }
}

async fn make(store: &dyn Store, new: Appointment) -> Result<(), StoreError> {
    let first = link(new.id.bits(), new.id.bits());
    store.create_appointment(new, first, None, audited(Action::AppointmentCreated)).await
}

/// Person 1 and these appointments of theirs.
pub(super) async fn with(store: &dyn Store, numbers: &[u128]) {
    create(store, 1, "ana@demo", Some("hash")).await;
    for number in numbers {
        make(store, appointment(*number)).await.expect("makes it");
    }
}

async fn put_desk(store: &dyn Store, number: u128) {
    let desk = Desk {
        id: DeskId::from_bits(number),
        slug: number.to_string(),
        name: number.to_string(),
        about: String::new(),
        hours: None,
        wrap_up_s: 0,
        ring_s: 20,
        sites: vec![],
        members: vec![],
    };
    store.put_desk(desk, None, audited(Action::DeskChanged)).await.expect("puts");
}

async fn kept(store: &dyn Store, number: u128) -> Appointment {
    store.appointment(id(number)).await.expect("looks").expect("the appointment")
}

async fn appointments_are_kept_as_they_were_made(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[]).await;
    put_desk(&*store, 1).await;
    let bare = Appointment { email: None, about: String::new(), ..appointment(1) };
    let full = Appointment {
        desk: Some(DeskId::from_bits(1)),
        state: AppointmentState::NoShow,
        sequence: u32::MAX,
        note: "Brings \"papers\"\nand more".to_owned(),
        ..appointment(2)
    };
    for new in [&bare, &full] {
        make(&*store, new.clone()).await.expect("makes it");
    }
    assert_eq!(written(&*store).await, 4, "with a row each");
    drop(store);
    let store = database.open().await;
    assert_eq!(kept(&*store, 1).await, bare);
    assert_eq!(kept(&*store, 2).await, full);
    assert_eq!(store.appointment(id(3)).await.expect("looks"), None);
    assert_eq!(store.links(id(1)).await.expect("lists"), [link(1, 1)]);
    assert_eq!(store.link(LinkId::from_bits(2)).await.expect("finds"), Some(link(2, 2)));
    assert_eq!(store.link(LinkId::from_bits(3)).await.expect("looks"), None);
}

async fn what_they_refer_to_has_to_be_there(store: &dyn Store) {
    with(store, &[2]).await;
    let before = written(store).await;
    unknown(make(store, Appointment { professional: person(9), ..appointment(1) }).await);
    unknown(make(store, Appointment { desk: Some(DeskId::from_bits(9)), ..appointment(1) }).await);
    for of in [2, 9] {
        let created = audited(Action::AppointmentCreated);
        unknown(store.create_appointment(appointment(1), link(1, of), None, created).await);
    }
    assert_eq!(store.appointment(id(1)).await.expect("looks"), None);
    assert_eq!(store.link(LinkId::from_bits(1)).await.expect("looks"), None);
    assert_eq!(written(store).await, before, "what did not happen is not in the log");
}

/// Who looks, at which desks, from which minute to which, and what they find.
type Look = (u128, &'static [u128], (u64, u64), &'static [u128]);

async fn a_list_has_ones_own_and_shared_ones(store: &dyn Store) {
    with(store, &[]).await;
    create(store, 2, "bob@demo", Some("hash")).await;
    for desk in [1, 2] {
        put_desk(store, desk).await;
    }
    // Number, whose, shared with, in how many minutes.
    let made = [(5, 1, 0, 10), (4, 1, 0, 10), (3, 2, 1, 5), (2, 1, 1, 20), (1, 2, 2, 30), (6, 2, 0, 15)];
    for (number, professional, desk, minutes) in made {
        let new = Appointment {
            professional: person(professional),
            desk: (desk > 0).then(|| DeskId::from_bits(desk)),
            schedule: schedule(at(minutes)),
            ..appointment(number)
        };
        make(store, new).await.expect("makes it");
    }
    let cases: [Look; 7] = [
        (1, &[], (0, 60), &[4, 5, 2]),
        (1, &[1], (0, 60), &[3, 4, 5, 2]),
        (1, &[1, 2], (0, 60), &[3, 4, 5, 2, 1]),
        (2, &[9], (0, 60), &[3, 6, 1]),
        (1, &[1], (10, 20), &[4, 5]),
        (1, &[1], (11, 21), &[2]),
        (9, &[], (0, 60), &[]),
    ];
    for (professional, desks, (from, to), expected) in cases {
        let filter = AppointmentFilter {
            professional: person(professional),
            desks: desks.iter().map(|desk| DeskId::from_bits(*desk)).collect(),
            from: at(from),
            to: at(to),
        };
        let found = store.appointments(filter.clone()).await.expect("lists");
        assert_eq!(found.iter().map(|one| one.id.bits()).collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

async fn edit(
    store: &dyn Store,
    seen: &Appointment,
    edit: AppointmentEdit,
) -> Result<Appointment, StoreError> {
    store.edit_appointment(seen, edit, audited(Action::AppointmentChanged)).await
}

async fn edits_change_what_they_name(store: &dyn Store) {
    with(store, &[1, 2]).await;
    let mut now = kept(store, 1).await;
    let nothing = AppointmentEdit::default();
    let moved = Schedule { starts_at: at(999), minutes: 45, zone: "America/St_Johns".to_owned() };
    let edits = [
        (nothing.clone(), now.clone()),
        (
            AppointmentEdit { client: Some(name("Vera")), note: Some("y".to_owned()), ..nothing.clone() },
            Appointment { client: name("Vera"), note: "y".to_owned(), ..now.clone() },
        ),
        (
            AppointmentEdit { about: Some(String::new()), email: Some(None), ..nothing.clone() },
            Appointment { about: String::new(), email: None, ..now.clone() },
        ),
        (
            AppointmentEdit { email: Some(Some(email("v@demo"))), ..nothing.clone() },
            Appointment { email: Some(email("v@demo")), ..now.clone() },
        ),
        (
            AppointmentEdit { schedule: Some(moved.clone()), sequence: Some(1), ..nothing.clone() },
            Appointment { schedule: moved, sequence: 1, ..now.clone() },
        ),
        (
            AppointmentEdit { state: Some(AppointmentState::Done), ..nothing },
            Appointment { state: AppointmentState::Done, ..now.clone() },
        ),
    ];
    let first = now.clone();
    for (change, alone) in edits {
        let expected = onto(&first, &alone, &now);
        now = edit(store, &now, change).await.expect("changes");
        assert_eq!(now, expected, "what is returned");
        assert_eq!(kept(store, 1).await, expected, "what is kept");
    }
    assert_eq!(kept(store, 2).await, appointment(2), "no other has changed");
    assert_eq!(written(store).await, 3 + 6);
}

/// What differs between the first two, done to the third.
fn onto(first: &Appointment, alone: &Appointment, now: &Appointment) -> Appointment {
    fn one<T: Clone + PartialEq>(first: &T, alone: &T, now: &T) -> T {
        if first == alone { now.clone() } else { alone.clone() }
    }
    Appointment {
        client: one(&first.client, &alone.client, &now.client),
        email: one(&first.email, &alone.email, &now.email),
        about: one(&first.about, &alone.about, &now.about),
        schedule: one(&first.schedule, &alone.schedule, &now.schedule),
        state: one(&first.state, &alone.state, &now.state),
        sequence: one(&first.sequence, &alone.sequence, &now.sequence),
        note: one(&first.note, &alone.note, &now.note),
        ..now.clone()
    }
}

async fn what_has_changed_meanwhile_is_left_alone(store: &dyn Store) {
    use AppointmentState::{Cancelled, NoShow};
    with(store, &[]).await;
    make(store, Appointment { sequence: 3, ..appointment(1) }).await.expect("makes it");
    let (old, before) = (kept(store, 1).await, written(store).await);
    let change = AppointmentEdit {
        state: Some(Cancelled),
        sequence: Some(4),
        note: Some("x".to_owned()),
        ..AppointmentEdit::default()
    };
    for stale in [
        Appointment { sequence: 2, ..old.clone() },
        Appointment { state: NoShow, ..old.clone() },
        Appointment { about: "else".to_owned(), ..old.clone() },
        Appointment { note: "else".to_owned(), ..old.clone() },
        Appointment { schedule: schedule(at(999)), ..old.clone() },
    ] {
        moved(edit(store, &stale, change.clone()).await);
    }
    unknown(edit(store, &Appointment { id: id(9), ..old.clone() }, change.clone()).await);
    assert_eq!(kept(store, 1).await, old, "nothing of it happened");
    assert_eq!(written(store).await, before, "nor is it in the log");
    edit(store, &old, change.clone()).await.expect("is as it was seen");
    moved(edit(store, &old, change).await);
    assert_eq!(written(store).await, before + 1);
}

async fn change_links(
    store: &dyn Store,
    take_back: Option<(u128, Timestamp)>,
    add: Option<Link>,
) -> Result<(), StoreError> {
    let take_back = take_back.map(|(number, at)| (LinkId::from_bits(number), at));
    store.change_links(take_back, add, audited(Action::LinkChanged)).await
}

async fn links_are_added_taken_back_and_replaced(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1, 2]).await;
    let before = written(&*store).await;
    change_links(&*store, None, Some(guest(9, 1, at(1)))).await.expect("adds");
    change_links(&*store, Some((9, at(2))), None).await.expect("takes back");
    change_links(&*store, Some((1, at(3))), Some(Link { created_at: at(3), ..link(5, 1) }))
        .await
        .expect("replaces");
    let expected = [
        Link { revoked_at: Some(at(3)), ..link(1, 1) },
        Link { revoked_at: Some(at(2)), ..guest(9, 1, at(1)) },
        Link { created_at: at(3), ..link(5, 1) },
    ];
    assert_eq!(written(&*store).await, before + 3);
    let refused = [
        (Some((9, at(4))), None),
        (Some((1, at(4))), Some(link(6, 1))),
        (Some((7, at(4))), Some(link(6, 1))),
        (Some((5, at(4))), Some(link(6, 2))),
        (Some((5, at(4))), Some(link(6, 9))),
        (None, Some(link(6, 9))),
    ];
    for (take_back, add) in refused {
        unknown(change_links(&*store, take_back, add).await);
    }
    change_links(&*store, None, None).await.expect("does nothing");
    assert_eq!(written(&*store).await, before + 3, "what did not happen is not in the log");
    drop(store);
    let store = database.open().await;
    assert_eq!(store.links(id(1)).await.expect("lists"), expected, "oldest first");
    assert_eq!(store.links(id(2)).await.expect("lists"), [link(2, 2)]);
    assert_eq!(store.link(LinkId::from_bits(1)).await.expect("finds"), Some(expected[0].clone()));
    assert_eq!(store.link(LinkId::from_bits(6)).await.expect("looks"), None);
}

async fn links_of_many_are_found_at_once(store: &dyn Store) {
    with(store, &[1, 2, 3]).await;
    for new in [guest(9, 1, at(1)), guest(8, 3, at(1)), guest(7, 2, at(2))] {
        change_links(store, None, Some(new)).await.expect("adds");
    }
    let of = |found: Vec<Link>| found.iter().map(|link| link.id.bits()).collect::<Vec<_>>();
    let some = store.links_of(&[id(3), id(1), id(1), id(99)]).await.expect("lists");
    assert_eq!(of(some), [1, 3, 8, 9], "oldest first, each once");
    assert!(store.links_of(&[]).await.expect("lists").is_empty());
    // More than either database takes in one statement.
    let all: Vec<_> = (1..=70_000).rev().map(id).collect();
    assert_eq!(of(store.links_of(&all).await.expect("lists")), [1, 2, 3, 8, 9, 7]);
    assert!(store.last_mails(&all).await.expect("lists").is_empty());
}

async fn desks_go_and_people_leave(store: &dyn Store) {
    with(store, &[1]).await;
    for desk in [1, 2] {
        put_desk(store, desk).await;
        let shared = Appointment { desk: Some(DeskId::from_bits(desk)), ..appointment(10 + desk) };
        make(store, shared).await.expect("makes it");
    }
    put_desk(store, 1).await;
    assert_eq!(kept(store, 11).await.desk, Some(DeskId::from_bits(1)), "a changed desk is the same desk");
    store.remove_desk(DeskId::from_bits(1), None, audited(Action::DeskRemoved)).await.expect("removes");
    set_state(store, 1, AccountState::Disabled).await;
    assert_eq!(kept(store, 11).await, appointment(11), "is the professional's alone");
    assert_eq!(kept(store, 12).await.desk, Some(DeskId::from_bits(2)));
    let filter = AppointmentFilter { professional: person(1), desks: vec![], from: NOW, to: at(61) };
    assert_eq!(store.appointments(filter).await.expect("lists").len(), 3, "they stay");
    assert_eq!(store.links(id(11)).await.expect("lists"), [link(11, 11)]);
}

fn new_mail() -> NewMail {
    NewMail {
        appointment: id(1),
        kind: MailKind::Change,
        sequence: 1,
        message: String::new(),
        base: "https://demo".to_owned(),
        due_at: NOW,
    }
}

async fn old_ones_are_forgotten_in_steps(store: &dyn Store) {
    with(store, &[]).await;
    for number in 1..=4 {
        let one = Appointment {
            schedule: schedule(at(u64::try_from(number).expect("small"))),
            state: if number == 3 { AppointmentState::Booked } else { AppointmentState::Done },
            ..appointment(number)
        };
        make(store, one).await.expect("makes it");
        let mail = NewMail { appointment: id(number), ..new_mail() };
        store.queue_mail(mail, audited(Action::MailQueued)).await.expect("queues");
    }
    let forget = async |before, most| store.forget_appointments(before, most).await.expect("forgets");
    assert_eq!(forget(at(1), 100).await, 0, "up to then is not before then");
    assert_eq!(forget(at(4), 2).await, 2, "in steps, and the earliest first");
    assert_eq!(store.appointment(id(2)).await.expect("looks"), None);
    assert_eq!(forget(at(4), 2).await, 1, "whatever became of it");
    assert_eq!(forget(at(4), 2).await, 0);
    kept(store, 4).await;
    let all: Vec<_> = (1..=4).map(id).collect();
    let links = store.links_of(&all).await.expect("lists");
    assert_eq!(links.into_iter().map(|link| link.appointment).collect::<Vec<_>>(), [id(4)]);
    let mails = store.last_mails(&all).await.expect("lists");
    assert_eq!(mails.into_iter().map(|mail| mail.appointment).collect::<Vec<_>>(), [id(4)]);
    assert_eq!(store.due_mails(LATER, 100).await.expect("lists").len(), 1, "nobody is written to about it");
}

async fn one_is_forgotten_as_it_was_seen(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1, 2]).await;
    let forget = async |seen| store.forget_appointment(&seen, audited(Action::AppointmentForgotten)).await;
    let before = written(&*store).await;
    moved(forget(Appointment { sequence: 1, ..appointment(1) }).await);
    moved(forget(Appointment { note: "x".to_owned(), ..appointment(1) }).await);
    unknown(forget(appointment(3)).await);
    assert_eq!((kept(&*store, 1).await, written(&*store).await), (appointment(1), before));
    forget(appointment(1)).await.expect("forgets");
    unknown(forget(appointment(1)).await);
    assert_eq!(store.appointment(id(1)).await.expect("looks"), None);
    assert_eq!(store.link(LinkId::from_bits(1)).await.expect("looks"), None);
    assert_eq!((kept(&*store, 2).await, written(&*store).await), (appointment(2), before + 1));
}

async fn nothing_happens_without_its_row(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1]).await;
    database.tamper("ALTER TABLE audit RENAME TO elsewhere").await;
    let change = AppointmentEdit { note: Some("x".to_owned()), ..AppointmentEdit::default() };
    let failed = [
        make(&*store, appointment(2)).await,
        edit(&*store, &appointment(1), change).await.map(drop),
        change_links(&*store, Some((1, NOW)), Some(guest(9, 1, NOW))).await,
        store.queue_mail(new_mail(), audited(Action::MailQueued)).await,
    ];
    for result in failed {
        assert!(matches!(result, Err(StoreError::Damaged(_))), "{result:?}");
    }
    database.tamper("ALTER TABLE elsewhere RENAME TO audit").await;
    assert_eq!(store.appointment(id(2)).await.expect("looks"), None);
    assert_eq!(kept(&*store, 1).await, appointment(1));
    assert_eq!(store.links(id(1)).await.expect("lists"), [link(1, 1)]);
    assert_eq!(store.next_mail().await.expect("looks"), None);
    assert_eq!(written(&*store).await, 2);
}

/// Takes the second step back, as if it had never been; those after it go first.
const WITHOUT: [&str; 5] = [
    "DROP TABLE mails",
    "DROP TABLE links",
    "DROP TABLE appointments",
    "ALTER TABLE calls DROP COLUMN appointment",
    "DELETE FROM migrations WHERE number = 2",
];

async fn a_database_without_appointments_is_brought_up(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    put_desk(&*store, 1).await;
    let call = CallRecord { appointment: None, ..super::calls::ring(1) };
    store.record_call(call.clone()).await.expect("records");
    let (account, desks) = (store.account(person(1)).await, store.desks().await.expect("lists"));
    drop(store);
    for sql in super::webhooks::WITHOUT
        .iter()
        .chain(&super::api_keys::WITHOUT)
        .chain(&super::lounge::WITHOUT)
        .chain(&WITHOUT)
    {
        database.tamper(sql).await;
    }
    let store = database.open().await;
    assert_eq!(store.account(person(1)).await.expect("finds"), account.expect("finds"));
    assert_eq!(store.desks().await.expect("lists"), desks);
    assert_eq!(store.call(call.ring).await.expect("finds"), Some(call.clone()));
    assert_eq!(written(&*store).await, 2, "the log goes on");
    make(&*store, appointment(1)).await.expect("makes it");
    store.queue_mail(new_mail(), audited(Action::MailQueued)).await.expect("queues");
    let held = CallRecord { ring: RingId::from_bits(2), appointment: Some(id(1)), ..call };
    store.record_call(held.clone()).await.expect("records");
    assert_eq!(store.call(held.ring).await.expect("finds"), Some(held));
    let again = database.open().await;
    assert_eq!(kept(&*again, 1).await, appointment(1), "and once is enough");
    assert_eq!(written(&*again).await, 4);
}

async fn of_many_edits_at_once_one_wins(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1]).await;
    let before = written(&*store).await;
    let results = at_once(database, |store, number| async move {
        // One's own words alone, too: nobody's are lost.
        let change = AppointmentEdit { note: Some(number.to_string()), ..AppointmentEdit::default() };
        edit(&*store, &appointment(1), change).await
    })
    .await;
    assert_eq!(winners(&results), 1);
    let winner = results.into_iter().find_map(Result::ok).expect("one won");
    assert_eq!(kept(&*store, 1).await, winner);
    assert_eq!(written(&*store).await, before + 1);
}

async fn of_many_who_take_a_link_back_one_does(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[1]).await;
    let results = at_once(database, |store, number| async move {
        change_links(&*store, Some((1, at(number.into()))), Some(link(100 + u128::from(number), 1))).await
    })
    .await;
    assert_eq!(winners(&results), 1);
    let links = store.links(id(1)).await.expect("lists");
    assert_eq!(links.len(), 2, "one in place of the other");
    assert_eq!(links.iter().filter(|link| link.revoked_at.is_none()).count(), 1);
    assert_eq!(written(&*store).await, 3);
}

async fn many_are_made_at_once(database: &impl Database) {
    let store = database.open().await;
    with(&*store, &[]).await;
    let results =
        at_once(
            database,
            |store, number| async move { make(&*store, appointment(1 + u128::from(number))).await },
        )
        .await;
    let made = winners(&results);
    assert_eq!(made, results.len());
    let filter = AppointmentFilter { professional: person(1), desks: vec![], from: NOW, to: at(61) };
    assert_eq!(store.appointments(filter).await.expect("lists").len(), made);
    assert_eq!(written(&*store).await, 1 + made as u64);
}
