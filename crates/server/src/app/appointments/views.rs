//! Appointments as staff see them.

use super::Appointments;
use crate::app::accounts::{Denied, Invalid};
use crate::app::places::Place;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use visavis_domain::ids::{AppointmentId, DeskId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_domain::zone;
use visavis_protocol::{AppointmentList, AppointmentView, DeskName, LinkView, MailKind, MailState, MailView};
use visavis_store::{Appointment, AppointmentFilter, Link, Mail};

/// The longest stretch of time that is listed at once: two months, of which a calendar shows one with its edges.
const LONGEST: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// What stands beside appointments in the store.
struct Beside {
    names: HashMap<PersonId, String>,
    desks: HashMap<DeskId, DeskName>,
    links: HashMap<AppointmentId, Vec<Link>>,
    mails: HashMap<AppointmentId, Mail>,
}

impl Appointments {
    /// Those that this person may see and that begin then, earliest first.
    pub(crate) async fn list(
        &self,
        person: PersonId,
        from: Timestamp,
        to: Timestamp,
        (after, take): (Option<Place<AppointmentId>>, usize),
        base: &str,
    ) -> Result<AppointmentList, Denied> {
        if to < from || to > from.plus(LONGEST) {
            return Err(Denied::Invalid(Invalid::Time));
        }
        let desks = self.store().desks_of(person).await?.into_iter().map(|desk| desk.id).collect();
        let filter = AppointmentFilter { professional: person, desks, from, to };
        let mut found = self.store().appointments(filter).await?;
        let place = |one: &Appointment| Place(one.schedule.starts_at, one.id);
        found.retain(|one| after.is_none_or(|after| place(one) > after));
        let more = found.len() > take;
        found.truncate(take);
        let next = found.last().filter(|_| more).map(|last| place(last).to_string());
        let appointments = self.views(found, base).await?;
        Ok(AppointmentList { appointments, next, mail: self.around.mail.is_some(), now: self.now() })
    }

    /// One that this person may see.
    pub(crate) async fn look(
        &self,
        person: PersonId,
        id: AppointmentId,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let found = self.visible(person, id).await?;
        self.view(found, base).await
    }

    /// As who may see it sees it.
    pub(crate) async fn view(&self, one: Appointment, base: &str) -> Result<AppointmentView, Denied> {
        let beside = self.beside(std::slice::from_ref(&one)).await?;
        Ok(self.seen(one, &beside, base))
    }

    async fn views(&self, all: Vec<Appointment>, base: &str) -> Result<Vec<AppointmentView>, Denied> {
        let beside = self.beside(&all).await?;
        Ok(all.into_iter().map(|one| self.seen(one, &beside, base)).collect())
    }

    async fn beside(&self, all: &[Appointment]) -> Result<Beside, Denied> {
        let ids: Vec<_> = all.iter().map(|one| one.id).collect();
        let (mut names, mut desks) = (HashMap::new(), HashMap::new());
        for id in all.iter().map(|one| one.professional).collect::<BTreeSet<_>>() {
            let account = self.store().account(id).await?;
            names.insert(id, account.map(|account| account.name.shown().to_owned()).unwrap_or_default());
        }
        for id in all.iter().filter_map(|one| one.desk).collect::<BTreeSet<_>>() {
            // One that was removed shares nothing any more.
            if let Some(desk) = self.store().desk(id).await? {
                desks.insert(id, DeskName { id, slug: desk.slug, name: desk.name });
            }
        }
        let mut links: HashMap<_, Vec<_>> = HashMap::new();
        for link in self.store().links_of(&ids).await? {
            if link.revoked_at.is_none() {
                links.entry(link.appointment).or_default().push(link);
            }
        }
        let mails = self.store().last_mails(&ids).await?;
        Ok(Beside {
            names,
            desks,
            links,
            mails: mails.into_iter().map(|one| (one.appointment, one)).collect(),
        })
    }

    fn seen(&self, one: Appointment, beside: &Beside, base: &str) -> AppointmentView {
        let window = one.schedule.window(self.margins());
        let mut links: Vec<&Link> = beside.links.get(&one.id).into_iter().flatten().collect();
        // The order among guests stays.
        links.sort_by_key(|link| link.kind);
        let links = links.into_iter().map(|link| LinkView {
            id: link.id,
            kind: link.kind,
            name: link.name.as_ref().unwrap_or(&one.client).shown().to_owned(),
            url: self.url(base, &one, link),
            created_at: link.created_at,
        });
        AppointmentView {
            id: one.id,
            professional: one.professional,
            professional_name: beside.names.get(&one.professional).cloned().unwrap_or_default(),
            desk: one.desk.and_then(|desk| beside.desks.get(&desk).cloned()),
            links: links.collect(),
            last_mail: beside.mails.get(&one.id).map(mail_view),
            // Each was one of the binary's zones when it was made.
            wall: zone::wall(one.schedule.starts_at, &one.schedule.zone).unwrap_or_default(),
            client_name: one.client.shown().to_owned(),
            email: one.email.as_ref().map(|email| email.as_str().to_owned()),
            about: one.about,
            starts_at: one.schedule.starts_at,
            minutes: one.schedule.minutes,
            zone: one.schedule.zone,
            opens_at: window.opens_at,
            closes_at: window.closes_at,
            state: one.state,
            sequence: one.sequence,
            note: one.note,
            created_at: one.created_at,
        }
    }
}

fn mail_view(mail: &Mail) -> MailView {
    let kind = mail_kind(mail.kind);
    let (state, at) = match mail.state {
        visavis_store::MailState::Queued { due_at, .. } => (MailState::Queued, due_at),
        visavis_store::MailState::Sent { at } => (MailState::Sent, at),
        visavis_store::MailState::Failed { at } => (MailState::Failed, at),
    };
    MailView { kind, state, sequence: mail.sequence, at }
}

pub(super) const fn mail_kind(kind: visavis_store::MailKind) -> MailKind {
    match kind {
        visavis_store::MailKind::Invitation => MailKind::Invitation,
        visavis_store::MailKind::Change => MailKind::Change,
        visavis_store::MailKind::Cancellation => MailKind::Cancellation,
    }
}
