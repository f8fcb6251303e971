//! The files are also read by a parser of somebody else's: `web/src/protocol/calendar.test.ts` looks at the samples.

use super::*;
use crate::app::appointments::letter::tests::{BASE, LINK, appointment, facts, professional};
use std::path::{Path, PathBuf};
use visavis_domain::name::PersonName;

const HARD: &str =
    "Straße, 3; \\ \"Kantō\" 👩‍👩‍👧 — a name that is far longer than one line of a calendar file may be 🏴󠁧󠁢󠁳󠁣󠁴󠁿";

/// Set to write the samples instead of comparing with them.
const WRITE: &str = "VISAVIS_WRITE_SAMPLES";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/calendar").join(name)
}

fn by_mail(appointment: &Appointment) -> String {
    let professional = professional();
    let organizer = Party { name: "Ana Demir".to_owned(), email: "ana@office.example".to_owned() };
    let attendee =
        Party { name: appointment.client.shown().to_owned(), email: "kim@client.example".to_owned() };
    let parties = Parties { organizer: &organizer, attendee: &attendee };
    for_letter(&facts(appointment, &professional), Some(LINK), &parties).1
}

fn samples() -> Vec<(&'static str, String)> {
    let professional = professional();
    let berlin = appointment("2026-10-25T02:30", "Europe/Berlin");
    let new_york = appointment("2026-03-09T09:00", "America/New_York");
    let mut moved = appointment("2026-11-02T09:00", "America/New_York");
    moved.sequence = 1;
    let cancelled = Appointment { state: AppointmentState::Cancelled, sequence: 2, ..moved.clone() };
    let kolkata = appointment("2026-12-31T23:45", "Asia/Kolkata");
    let mut hard = appointment("2026-11-05T14:30", "Europe/Istanbul");
    hard.client = PersonName::parse("Ana \"Quote\", née; Demir").unwrap();
    hard.about = format!("{HARD}\r\nBEGIN:VEVENT\nATTENDEE:mailto:mallory@evil.example\nlast\\nline,;");
    let mut named = professional.clone();
    named.name = PersonName::parse("Kim,\r\nATTENDEE:mailto:mallory@evil.example; 👩‍👩‍👧").unwrap();
    vec![
        ("berlin-client.ics", for_client(&facts(&berlin, &professional), LINK)),
        ("new-york-invitation.ics", by_mail(&new_york)),
        ("new-york-change.ics", by_mail(&moved)),
        ("new-york-cancellation.ics", by_mail(&cancelled)),
        ("kolkata-staff.ics", for_staff(&facts(&kolkata, &professional))),
        ("hard-invitation.ics", by_mail(&hard)),
        ("hard-client.ics", for_client(&facts(&hard, &named), LINK)),
        ("hard-staff.ics", for_staff(&facts(&hard, &named))),
    ]
}

#[test]
fn files_are_as_the_samples_that_another_parser_reads() {
    for (name, text) in samples() {
        if std::env::var_os(WRITE).is_some() {
            std::fs::create_dir_all(sample("")).unwrap();
            std::fs::write(sample(name), &text).unwrap();
        }
        let kept = std::fs::read_to_string(sample(name)).unwrap_or_default();
        assert_eq!(text, kept, "{name}: set {WRITE} to write it anew");
    }
}

#[test]
fn lines_are_no_longer_than_75_octets_and_end_as_they_should() {
    for (name, text) in samples() {
        assert!(text.ends_with("END:VCALENDAR\r\n"), "{name}");
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{name}: {} octets: {line}", line.len());
            assert!(!line.chars().any(char::is_control), "{name}: {line:?}");
        }
    }
}

#[test]
fn what_people_type_adds_no_lines() {
    for (name, text) in samples() {
        let unfolded = text.replace("\r\n ", "");
        let count = |start: &str| unfolded.split("\r\n").filter(|line| line.starts_with(start)).count();
        let by_mail = usize::from(!name.contains("client") && !name.contains("staff"));
        assert_eq!((count("BEGIN:VEVENT"), count("UID:")), (1, 1), "{name}");
        assert_eq!((count("ATTENDEE"), count("ORGANIZER")), (by_mail, by_mail), "{name}");
    }
}

#[test]
fn a_file_is_called_after_its_day_and_nothing_that_was_typed() {
    let mut it = appointment("2026-11-05T00:30", "Asia/Kolkata");
    assert_eq!(name(&it), "appointment-2026-11-05.ics");
    it.schedule.zone = "No/Such\"; x=\"".to_owned();
    assert_eq!(name(&it), "appointment.ics");
}

#[test]
fn ids_are_of_the_host() {
    for (base, expected) in [
        (BASE, "visavis.example.org"),
        ("http://localhost:8080", "localhost"),
        ("https://[::1]:8443", "[::1]"),
        ("nowhere", "visavis.invalid"),
    ] {
        assert_eq!(host(base), expected);
    }
}
