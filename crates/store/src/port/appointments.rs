//! Appointments, the links to them, and the mail about them. Who waits and who is in the call is live state.

use super::{Audited, NewEvent, StoreError};
use async_trait::async_trait;
use visavis_domain::account::Email;
use visavis_domain::appointment::{AppointmentState, LinkKind, Schedule};
use visavis_domain::ids::{AppointmentId, DeskId, LinkId, PersonId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Which.
    pub id: AppointmentId,
    /// Whose.
    pub professional: PersonId,
    /// The desk whose representatives share the waiting room.
    pub desk: Option<DeskId>,
    /// Who it is with.
    pub client: PersonName,
    /// Where they read mail.
    pub email: Option<Email>,
    /// What it is about; may be empty.
    pub about: String,
    /// When it is.
    pub schedule: Schedule,
    /// What became of it.
    pub state: AppointmentState,
    /// How often it was moved or cancelled: RFC 5545's SEQUENCE.
    pub sequence: u32,
    /// The professional's own words; may be empty.
    pub note: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// What changes of an appointment; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AppointmentEdit {
    /// Who it is with; the client's links are theirs.
    pub client: Option<PersonName>,
    /// Where they read mail; `Some(None)` takes it away.
    pub email: Option<Option<Email>>,
    /// What it is about.
    pub about: Option<String>,
    /// The professional's own words.
    pub note: Option<String>,
    /// When it is, and what became of it. Raises nothing by itself: `sequence` does.
    pub schedule: Option<Schedule>,
    /// What became of it.
    pub state: Option<AppointmentState>,
    /// The sequence from now on.
    pub sequence: Option<u32>,
    /// What webhooks are told of it.
    pub event: Option<NewEvent>,
}

/// A personal link. Nothing secret lies here: the token in it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// To which appointment.
    pub appointment: AppointmentId,
    /// Who comes over it, on whatever device.
    pub person: PersonId,
    /// Whose.
    pub kind: LinkKind,
    /// What they are called; none for the client, who is called as the appointment says.
    pub name: Option<PersonName>,
    /// Since when.
    pub created_at: Timestamp,
    /// From when on it does not hold any more.
    pub revoked_at: Option<Timestamp>,
}

/// Which appointments: those of one professional, and those shared with any of these desks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentFilter {
    /// Whose.
    pub professional: PersonId,
    /// Or shared with any of these.
    pub desks: Vec<DeskId>,
    /// Beginning at or after.
    pub from: Timestamp,
    /// Beginning before.
    pub to: Timestamp,
}

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// There is an appointment.
    Invitation,
    /// It is at another time.
    Change,
    /// It will not be.
    Cancellation,
}

/// How far a mail has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It waits until then.
    Queued {
        /// When it is tried, or tried again.
        due_at: Timestamp,
        /// How often it was tried.
        tries: u32,
    },
    /// The mail server took it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It is not tried any more.
    Failed {
        /// Since when.
        at: Timestamp,
    },
}

/// A mail about an appointment. Its text is made when it is sent: what lies here opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its number; later ones are higher.
    pub number: u64,
    /// About which appointment.
    pub appointment: AppointmentId,
    /// What it tells.
    pub kind: MailKind,
    /// The sequence of the appointment that it tells of.
    pub sequence: u32,
    /// The professional's word to the client; may be empty.
    pub message: String,
    /// What links begin with, such as `https://visavis.example.org`.
    pub base: String,
    /// How far it has got.
    pub state: MailState,
}

/// A mail to be.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// About which appointment.
    pub appointment: AppointmentId,
    /// What it tells.
    pub kind: MailKind,
    /// The sequence of the appointment that it tells of.
    pub sequence: u32,
    /// The professional's word to the client; may be empty.
    pub message: String,
    /// What links begin with.
    pub base: String,
    /// When it is tried.
    pub due_at: Timestamp,
}

/// Appointments. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write
/// with [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Appointments: Send + Sync + 'static {
    /// Makes one with its first link; webhooks are told of it by the event.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if the professional or the desk is, or if the link is to another appointment.
    async fn create_appointment(
        &self,
        appointment: Appointment,
        link: Link,
        event: Option<NewEvent>,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, StoreError>;

    /// Those that match, earliest first.
    ///
    /// # Errors
    /// As said above.
    async fn appointments(&self, filter: AppointmentFilter) -> Result<Vec<Appointment>, StoreError>;

    /// Changes one that still is as it was seen, and returns it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Moved`].
    async fn edit_appointment(
        &self,
        seen: &Appointment,
        edit: AppointmentEdit,
        audited: Audited,
    ) -> Result<Appointment, StoreError>;

    /// Forgets appointments that begin before then, whatever became of them, earliest first, with their links and the
    /// mail about them. How many, at most `most`.
    ///
    /// # Errors
    /// As said above.
    async fn forget_appointments(&self, before: Timestamp, most: u64) -> Result<u64, StoreError>;

    /// Forgets one that is as it was seen, with its links and the mail about it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is none, [`StoreError::Moved`] if it has changed meanwhile.
    async fn forget_appointment(&self, seen: &Appointment, audited: Audited) -> Result<(), StoreError>;

    /// A link, taken back ones too.
    ///
    /// # Errors
    /// As said above.
    async fn link(&self, id: LinkId) -> Result<Option<Link>, StoreError>;

    /// All of an appointment, taken back ones too, oldest first.
    ///
    /// # Errors
    /// As said above.
    async fn links(&self, appointment: AppointmentId) -> Result<Vec<Link>, StoreError>;

    /// All of these appointments, taken back ones too, oldest first.
    ///
    /// # Errors
    /// As said above.
    async fn links_of(&self, appointments: &[AppointmentId]) -> Result<Vec<Link>, StoreError>;

    /// Takes one back, makes another, or one in place of the other. What is taken back stays so.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if the one to take back does not exist or does not hold any more, if the appointment
    /// does not exist, or if one is to take the place of another appointment's.
    async fn change_links(
        &self,
        take_back: Option<(LinkId, Timestamp)>,
        add: Option<Link>,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Queues a mail. One about the same appointment that still waits is replaced: the later one tells how it is now.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if the appointment is.
    async fn queue_mail(&self, mail: NewMail, audited: Audited) -> Result<(), StoreError>;

    /// Those that are due, earliest first.
    ///
    /// # Errors
    /// As said above.
    async fn due_mails(&self, now: Timestamp, take: u64) -> Result<Vec<Mail>, StoreError>;

    /// When the next one is due.
    ///
    /// # Errors
    /// As said above.
    async fn next_mail(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The last one about each of these, by number.
    ///
    /// # Errors
    /// As said above.
    async fn last_mails(&self, appointments: &[AppointmentId]) -> Result<Vec<Mail>, StoreError>;

    /// How far one has got, if it is still as far as was seen; false if it is not, or was replaced. Numbers are given
    /// out once.
    ///
    /// # Errors
    /// As said above.
    async fn mail_is(&self, number: u64, seen: MailState, now: MailState) -> Result<bool, StoreError>;
}
