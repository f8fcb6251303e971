use super::*;
use crate::app::appointments::calendar_file::Method;
use std::time::Duration;
use visavis_domain::account::{AccountRole, AccountState, Email};
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::name::PersonName;
use visavis_domain::zone;

pub(in crate::app::appointments) const BASE: &str = "https://visavis.example.org";
pub(in crate::app::appointments) const LINK: &str =
    "https://visavis.example.org/a#eyJhbGciOiJFZERTQSJ9.claims.signature";

pub(in crate::app::appointments) fn appointment(wall: &str, zone: &str) -> Appointment {
    let starts_at = zone::moment(wall, zone, Some(zone::Repeated::Second)).unwrap();
    Appointment {
        id: AppointmentId::from_bits(0xa1),
        professional: PersonId::from_bits(7),
        desk: None,
        client: PersonName::parse("Kim Client").unwrap(),
        email: Some(Email::parse("kim@client.example").unwrap()),
        about: "Contract".to_owned(),
        schedule: Schedule { starts_at, minutes: 45, zone: zone.to_owned() },
        state: AppointmentState::Booked,
        sequence: 0,
        note: "never shown to clients".to_owned(),
        created_at: Timestamp(0),
    }
}

pub(in crate::app::appointments) fn professional() -> Account {
    Account {
        id: PersonId::from_bits(7),
        email: Email::parse("ana@office.example").unwrap(),
        name: PersonName::parse("Ana Demir").unwrap(),
        title: "Lawyer".to_owned(),
        role: AccountRole::Staff,
        state: AccountState::Active,
        totp: false,
        created_at: Timestamp(0),
    }
}

pub(in crate::app::appointments) fn facts<'a>(
    appointment: &'a Appointment,
    professional: &'a Account,
) -> Facts<'a> {
    let margins = Margins { before: Duration::from_secs(900), after: Duration::from_secs(3600) };
    Facts { appointment, professional, margins, base: BASE, now: Timestamp(1_760_000_000_000) }
}

fn mail(kind: MailKind, sequence: u32, state: MailState) -> Mail {
    let appointment = AppointmentId::from_bits(0xa1);
    Mail { number: 1, appointment, kind, sequence, message: String::new(), base: BASE.to_owned(), state }
}

const SENT: MailState = MailState::Sent { at: Timestamp(1) };
const FAILED: MailState = MailState::Failed { at: Timestamp(1) };
const QUEUED: MailState = MailState::Queued { due_at: Timestamp(1), tries: 0 };

#[test]
fn what_a_letter_tells_follows_from_what_is_and_what_was_told() {
    use AppointmentState::{Booked, Cancelled, Done, NoShow};
    use MailKind::{Cancellation, Change, Invitation};
    for (state, sequence, last, expected) in [
        (Booked, 0, None, Some(Invitation)),
        // Moved before anything was told: still the first that the client hears of it.
        (Booked, 2, None, Some(Invitation)),
        (Booked, 0, Some((Invitation, 0, SENT)), Some(Invitation)),
        (Booked, 1, Some((Invitation, 0, SENT)), Some(Change)),
        (Booked, 1, Some((Invitation, 0, QUEUED)), Some(Invitation)),
        (Booked, 1, Some((Invitation, 0, FAILED)), Some(Invitation)),
        (Booked, 1, Some((Change, 1, SENT)), Some(Change)),
        (Booked, 2, Some((Change, 1, SENT)), Some(Change)),
        // A change is told to somebody who was invited.
        (Booked, 1, Some((Change, 1, FAILED)), Some(Change)),
        (Cancelled, 1, None, Some(Cancellation)),
        (Cancelled, 1, Some((Invitation, 0, SENT)), Some(Cancellation)),
        (Cancelled, 1, Some((Cancellation, 1, FAILED)), Some(Cancellation)),
        (Done, 0, Some((Invitation, 0, SENT)), None),
        (NoShow, 0, None, None),
    ] {
        let it = Appointment { state, sequence, ..appointment("2026-11-05T14:30", "Europe/Istanbul") };
        let last = last.map(|(kind, sequence, state)| mail(kind, sequence, state));
        assert_eq!(kind(&it, last.as_ref(), Timestamp(1)), expected, "{state:?} {sequence} after {last:?}");
    }
}

#[test]
fn what_is_over_is_not_told_any_more_unless_it_was_cancelled() {
    let queued = mail(MailKind::Invitation, 0, QUEUED);
    let mut it = appointment("2026-11-05T14:30", "Europe/Istanbul");
    let (before, after) = (Timestamp(it.schedule.ends_at().0 - 1), it.schedule.ends_at());
    for last in [None, Some(&queued)] {
        assert_eq!(kind(&it, last, before), Some(MailKind::Invitation), "{last:?}");
        assert_eq!(kind(&it, last, after), None, "{last:?}");
    }
    it.state = AppointmentState::Cancelled;
    assert_eq!(kind(&it, Some(&queued), before), Some(MailKind::Cancellation));
    assert_eq!(kind(&it, Some(&queued), after), Some(MailKind::Cancellation));
}

#[test]
fn times_are_written_as_the_zone_has_them() {
    for (wall, zone, expected) in [
        ("2026-11-05T14:30", "Europe/Istanbul", "Thursday, 5 November 2026, 14:30 (Europe/Istanbul, UTC+3)"),
        ("2026-10-24T09:00", "Europe/Berlin", "Saturday, 24 October 2026, 09:00 (Europe/Berlin, UTC+2)"),
        ("2026-10-26T09:00", "Europe/Berlin", "Monday, 26 October 2026, 09:00 (Europe/Berlin, UTC+1)"),
        // The second of two moments at which a clock shows this.
        ("2026-10-25T02:30", "Europe/Berlin", "Sunday, 25 October 2026, 02:30 (Europe/Berlin, UTC+1)"),
        ("2026-07-01T08:05", "America/New_York", "Wednesday, 1 July 2026, 08:05 (America/New_York, UTC-4)"),
        ("2026-12-31T23:45", "Asia/Kolkata", "Thursday, 31 December 2026, 23:45 (Asia/Kolkata, UTC+5:30)"),
        (
            "2026-01-02T12:00",
            "America/St_Johns",
            "Friday, 2 January 2026, 12:00 (America/St_Johns, UTC-3:30)",
        ),
        ("2026-01-02T12:00", "UTC", "Friday, 2 January 2026, 12:00 (UTC)"),
        ("2026-01-02T12:00", "Europe/London", "Friday, 2 January 2026, 12:00 (Europe/London, UTC)"),
    ] {
        assert_eq!(when(&appointment(wall, zone).schedule), expected);
    }
    for (minutes, expected) in [
        (5, "5 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (90, "1 hour 30 minutes"),
        (480, "8 hours"),
    ] {
        assert_eq!(how_long(minutes), expected);
    }
}

fn letter(kind: MailKind, it: &Appointment, message: &str, replies: Replies) -> Option<Letter> {
    let sender = Party { name: "Office".to_owned(), email: "visavis@office.example".to_owned() };
    let to = Addressee { email: "kim@client.example", link: Some(LINK) };
    let sending = Sending { sender: &sender, replies, id: "a.1.0" };
    write(kind, &facts(it, &professional()), &to, message, &sending)
}

#[test]
fn an_invitation_says_all_that_one_needs() {
    let it = appointment("2026-11-05T14:30", "Europe/Istanbul");
    let message = "Please bring the lease.\r\n\r\nAna";
    let letter = letter(MailKind::Invitation, &it, message, Replies::ToProfessional).unwrap();
    assert_eq!(
        letter.subject,
        "Appointment with Ana Demir: Thursday, 5 November 2026, 14:30 (Europe/Istanbul, UTC+3)"
    );
    let expected = "\
Hello Kim Client,

You have an appointment with Ana Demir (Lawyer), face to face over video.

When:      Thursday, 5 November 2026, 14:30 (Europe/Istanbul, UTC+3)
How long:  45 minutes
About:     Contract

A word from Ana Demir:

    Please bring the lease.

    Ana

This is your personal link:

https://visavis.example.org/a#eyJhbGciOiJFZERTQSJ9.claims.signature

Whoever has it comes in as you: please do not pass it on.

Open it in a browser. You can come in from 15 minutes before it begins. Nothing has to be installed.

Have ready: a computer, a tablet or a phone with a camera and a microphone, a quiet place with a good connection, \
and whatever papers you want to talk about.

The calendar file that comes with this mail notes it down for you.
";
    assert_eq!(letter.text, expected);
    assert_eq!(letter.method, Method::Request);
    assert_eq!(letter.id, "a.1.0@visavis.example.org");
    assert_eq!(letter.to, Party { name: "Kim Client".to_owned(), email: "kim@client.example".to_owned() });
    assert_eq!(letter.reply_to.unwrap().email, "ana@office.example");
}

#[test]
fn a_change_has_the_link_and_a_cancellation_has_none() {
    let mut it = appointment("2026-11-05T14:30", "Europe/Istanbul");
    let change = letter(MailKind::Change, &it, "", Replies::ToSender).unwrap();
    assert!(change.subject.starts_with("New time of your appointment with Ana Demir: Thursday"));
    assert!(change.text.contains(&format!("\n\n{LINK}\n\n")), "{}", change.text);
    assert!(!change.text.contains("A word from"), "{}", change.text);
    it.state = AppointmentState::Cancelled;
    let cancelled = letter(MailKind::Cancellation, &it, "Sorry.", Replies::ToSender).unwrap();
    assert!(cancelled.subject.starts_with("Cancelled: your appointment with Ana Demir, Thursday"));
    assert!(!cancelled.text.contains("/a#") && !cancelled.calendar.contains("/a#"), "{}", cancelled.text);
    assert!(cancelled.text.contains("    Sorry.\n"));
    assert_eq!(cancelled.method, Method::Cancel);
    assert!(cancelled.reply_to.is_none());
}

#[test]
fn an_invitation_needs_a_link_and_notes_are_nobody_elses() {
    let it = appointment("2026-11-05T14:30", "Europe/Istanbul");
    let sender = Party { name: String::new(), email: "visavis@office.example".to_owned() };
    let sending = Sending { sender: &sender, replies: Replies::ToSender, id: "a.1.0" };
    let to = Addressee { email: "kim@client.example", link: None };
    let professional = professional();
    let facts = facts(&it, &professional);
    assert!(write(MailKind::Invitation, &facts, &to, "", &sending).is_none());
    assert!(write(MailKind::Cancellation, &facts, &to, "", &sending).is_some());
    let whole = letter(MailKind::Invitation, &it, "", Replies::ToSender).unwrap();
    assert!(!whole.text.contains(&it.note) && !whole.calendar.contains(&it.note));
    // With answers to the sender the professional's own address is not given away.
    assert!(!whole.calendar.contains("ana@office.example"), "{}", whole.calendar);
}
