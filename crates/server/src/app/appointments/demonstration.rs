//! The appointment of the demonstration set: one of Ana's that is about to begin, as long as she has no other.

use super::Appointments;
use crate::app::accounts::{DEMO_DESK, DEMO_PROFESSIONAL, Denied, email, person_name};
use std::time::Duration;
use visavis_domain::appointment::{AppointmentState, LinkKind, MINUTES, Schedule};
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_store::{Account, Appointment, AppointmentFilter};

const CLIENT: &str = "Vera Toprak";
const ABOUT: &str = "A windscreen, and what the insurance pays";
const ZONE: &str = "Europe/Istanbul";
const LENGTH: u32 = 30;
/// From the start of the server to that of the appointment.
const BEGINS_AFTER: Duration = Duration::from_secs(5 * 60);
const MINUTE_MS: u64 = 60_000;

impl Appointments {
    /// The client's link to Ana's next appointment, which is made if there is none to come and none goes on.
    pub(crate) async fn demonstrate(&self, base: &str) -> Result<Option<String>, Denied> {
        let Some(ana) = self.store().account_by_email(&email(DEMO_PROFESSIONAL)?).await? else {
            return Ok(None);
        };
        if let Some(next) = self.next_of(ana.id).await? {
            let links = self.store().links(next.id).await?;
            let client = links.iter().find(|one| one.kind == LinkKind::Client && one.revoked_at.is_none());
            return Ok(client.map(|link| self.url(base, &next, link)));
        }
        let appointment = self.of_demonstration(&ana).await?;
        let link = self.make(None, appointment.clone()).await?;
        Ok(Some(self.url(base, &appointment, &link)))
    }

    async fn next_of(&self, person: PersonId) -> Result<Option<Appointment>, Denied> {
        let now = self.now();
        let longest = Duration::from_secs(60) * *MINUTES.end() + self.margins().after;
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        let from = Timestamp(now.0.saturating_sub(longest));
        // The store's numbers are signed.
        let to = Timestamp(u64::try_from(i64::MAX).unwrap_or(u64::MAX));
        let filter = AppointmentFilter { professional: person, desks: Vec::new(), from, to };
        let all = self.store().appointments(filter).await?;
        let goes_on = |one: &Appointment| {
            let open = now <= one.schedule.window(self.margins()).closes_at;
            one.state == AppointmentState::Booked && open
        };
        Ok(all.into_iter().find(goes_on))
    }

    async fn of_demonstration(&self, ana: &Account) -> Result<Appointment, Denied> {
        let now = self.now();
        let desks = self.store().desks_of(ana.id).await?;
        let whole_minute = now.0.div_ceil(MINUTE_MS) * MINUTE_MS;
        Ok(Appointment {
            id: AppointmentId::from_bits(self.random_bits()),
            professional: ana.id,
            desk: desks.iter().find(|desk| desk.slug == DEMO_DESK).map(|desk| desk.id),
            client: person_name(CLIENT)?,
            email: None,
            about: ABOUT.to_owned(),
            schedule: Schedule {
                starts_at: Timestamp(whole_minute).plus(BEGINS_AFTER),
                minutes: LENGTH,
                zone: ZONE.to_owned(),
            },
            state: AppointmentState::Booked,
            sequence: 0,
            note: String::new(),
            created_at: now,
        })
    }
}
