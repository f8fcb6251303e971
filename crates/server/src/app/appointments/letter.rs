//! What a letter about an appointment says, and which kind of letter it is. Pure; the same for the preview and for
//! what is sent.

use super::calendar_file::{self, Parties};
use super::post::{Letter, Party, Replies};
use jiff::tz::TimeZoneDatabase;
use visavis_domain::appointment::{AppointmentState, Margins, Schedule};
use visavis_domain::time::Timestamp;
use visavis_store::{Account, Appointment, Mail, MailKind, MailState};

/// What is told about.
pub(crate) struct Facts<'a> {
    pub(crate) appointment: &'a Appointment,
    pub(crate) professional: &'a Account,
    pub(crate) margins: Margins,
    /// What links begin with, such as `https://visavis.example.org`.
    pub(crate) base: &'a str,
    pub(crate) now: Timestamp,
}

/// The client, as the one a letter goes to.
pub(crate) struct Addressee<'a> {
    pub(crate) email: &'a str,
    /// Their link; a cancellation does without.
    pub(crate) link: Option<&'a str>,
}

/// How letters go out.
pub(crate) struct Sending<'a> {
    pub(crate) sender: &'a Party,
    pub(crate) replies: Replies,
    /// What it is called by mailboxes, without the host.
    pub(crate) id: &'a str,
}

/// What a letter about how the appointment is tells at `now`, after the one before; none when there is nothing to tell,
/// or nobody could come any more. Whoever got none yet is invited, even if the appointment was moved meanwhile.
pub(crate) fn kind(appointment: &Appointment, last: Option<&Mail>, now: Timestamp) -> Option<MailKind> {
    match appointment.state {
        AppointmentState::Cancelled => return Some(MailKind::Cancellation),
        AppointmentState::Done | AppointmentState::NoShow => return None,
        AppointmentState::Booked if appointment.schedule.ends_at() <= now => return None,
        AppointmentState::Booked => {}
    }
    let Some(last) = last else { return Some(MailKind::Invitation) };
    let moved = last.sequence != appointment.sequence;
    Some(match (last.kind, last.state) {
        (MailKind::Invitation, MailState::Sent { .. }) if moved => MailKind::Change,
        (MailKind::Invitation, _) => MailKind::Invitation,
        (MailKind::Change | MailKind::Cancellation, _) => MailKind::Change,
    })
}

/// A letter; none if one needs a link for it and there is none.
pub(crate) fn write(
    kind: MailKind,
    facts: &Facts<'_>,
    to: &Addressee<'_>,
    message: &str,
    sending: &Sending<'_>,
) -> Option<Letter> {
    let link = match kind {
        MailKind::Cancellation => None,
        MailKind::Invitation | MailKind::Change => Some(to.link?),
    };
    let professional = Party {
        name: facts.professional.name.shown().to_owned(),
        email: facts.professional.email.as_str().to_owned(),
    };
    let client = Party { name: facts.appointment.client.shown().to_owned(), email: to.email.to_owned() };
    let reply_to = match sending.replies {
        Replies::ToProfessional => Some(professional),
        Replies::ToSender => None,
    };
    let organizer = reply_to.as_ref().unwrap_or(sending.sender);
    let (method, calendar) =
        calendar_file::for_letter(facts, link, &Parties { organizer, attendee: &client });
    Some(Letter {
        id: format!("{}@{}", sending.id, calendar_file::host(facts.base)),
        subject: subject(kind, facts),
        text: text(kind, facts, link, message),
        to: client,
        reply_to,
        calendar,
        method,
    })
}

/// The line by which it is found among others.
pub(crate) fn subject(kind: MailKind, facts: &Facts<'_>) -> String {
    let with = facts.professional.name.shown();
    let when = when(&facts.appointment.schedule);
    match kind {
        MailKind::Invitation => format!("Appointment with {with}: {when}"),
        MailKind::Change => format!("New time of your appointment with {with}: {when}"),
        MailKind::Cancellation => format!("Cancelled: your appointment with {with}, {when}"),
    }
}

/// All of it, as plain text.
pub(crate) fn text(kind: MailKind, facts: &Facts<'_>, link: Option<&str>, message: &str) -> String {
    let appointment = facts.appointment;
    let with = who(facts.professional);
    let opening = match kind {
        MailKind::Invitation => format!("You have an appointment with {with}, face to face over video."),
        MailKind::Change => format!("Your appointment with {with} has changed. It is now:"),
        MailKind::Cancellation => format!("Your appointment with {with} will not take place:"),
    };
    let mut facts_of_it = format!(
        "When:      {}\nHow long:  {}",
        when(&appointment.schedule),
        how_long(appointment.schedule.minutes)
    );
    if !appointment.about.trim().is_empty() {
        facts_of_it.push_str(&format!("\nAbout:     {}", appointment.about.trim()));
    }
    let mut parts = vec![format!("Hello {},", appointment.client.shown()), opening, facts_of_it];
    if !message.trim().is_empty() {
        let name = facts.professional.name.shown();
        parts.push(format!("A word from {name}:\n\n{}", indented(message)));
    }
    match link {
        Some(link) => parts.extend(coming(facts, link)),
        None => parts
            .push("Your link does not open anything any more. There is nothing you have to do.".to_owned()),
    }
    parts.push(match kind {
        MailKind::Invitation => {
            "The calendar file that comes with this mail notes it down for you.".to_owned()
        }
        MailKind::Change => {
            "The calendar file that comes with this mail moves it in your calendar.".to_owned()
        }
        MailKind::Cancellation => {
            "The calendar file that comes with this mail takes it out of your calendar.".to_owned()
        }
    });
    parts.join("\n\n") + "\n"
}

/// How to come in.
fn coming(facts: &Facts<'_>, link: &str) -> [String; 4] {
    let early = facts.margins.before.as_secs() / 60;
    let doors = match early {
        0 => "You can come in when it begins.".to_owned(),
        1 => "You can come in from 1 minute before it begins.".to_owned(),
        minutes => format!("You can come in from {} before it begins.", how_long_at(minutes)),
    };
    [
        format!("This is your personal link:\n\n{link}"),
        "Whoever has it comes in as you: please do not pass it on.".to_owned(),
        format!("Open it in a browser. {doors} Nothing has to be installed."),
        "Have ready: a computer, a tablet or a phone with a camera and a microphone, a quiet place with a good \
         connection, and whatever papers you want to talk about."
            .to_owned(),
    ]
}

fn who(account: &Account) -> String {
    let title = account.title.trim();
    let name = account.name.shown();
    if title.is_empty() { name.to_owned() } else { format!("{name} ({title})") }
}

fn indented(message: &str) -> String {
    let lines = message.trim().lines().map(|line| format!("    {}", line.trim_end()));
    lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The moment as a clock in the zone shows it, with the zone and how far it is from UTC then.
pub(crate) fn when(schedule: &Schedule) -> String {
    let moment =
        i64::try_from(schedule.starts_at.0).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let moment = moment.unwrap_or(jiff::Timestamp::MAX);
    let zone = TimeZoneDatabase::bundled().get(&schedule.zone);
    // A zone that a later version does not know any more is told in UTC.
    let (zone, name) = match zone {
        Ok(zone) => (zone, schedule.zone.as_str()),
        Err(_) => (jiff::tz::TimeZone::UTC, "UTC"),
    };
    let there = moment.to_zoned(zone);
    let shown = there.strftime("%A, %-d %B %Y, %H:%M");
    match (name, offset(there.offset().seconds())) {
        ("UTC", _) => format!("{shown} (UTC)"),
        (name, offset) => format!("{shown} ({name}, {offset})"),
    }
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

fn how_long(minutes: u32) -> String {
    how_long_at(u64::from(minutes))
}

fn how_long_at(minutes: u64) -> String {
    let one = |count: u64, unit: &str| match count {
        0 => None,
        1 => Some(format!("1 {unit}")),
        count => Some(format!("{count} {unit}s")),
    };
    let parts: Vec<_> =
        [one(minutes / 60, "hour"), one(minutes % 60, "minute")].into_iter().flatten().collect();
    parts.join(" ")
}

#[cfg(test)]
pub(super) mod tests;
