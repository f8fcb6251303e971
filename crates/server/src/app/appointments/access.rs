//! Giving out links and taking them back. A link that is taken back is refused from then on, whatever shows it, and
//! the pages that it opened close.

use super::{Appointments, told};
use crate::app::accounts::{Denied, Unfit, Unknown, person_name};
use serde_json::{Value, json};
use visavis_domain::appointment::{LinkKind, MAX_LINKS};
use visavis_domain::ids::{AppointmentId, LinkId, PersonId};
use visavis_protocol::AppointmentView;
use visavis_store::{Action, Appointment, Link, StoreError};

impl Appointments {
    /// One more, for somebody whom the client or the professional brings along. Two that are added at the same instant
    /// may be one more than the most: the bound is there for pages and memory, and not for safety.
    pub(crate) async fn add_link(
        &self,
        person: PersonId,
        id: AppointmentId,
        name: &str,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let name = person_name(name)?;
        let appointment = self.visible(person, id).await?;
        let all = self.store().links(id).await?;
        if all.iter().filter(|link| holds(link)).count() >= MAX_LINKS {
            return Err(Denied::Unfit(Unfit::Links));
        }
        let link = self.new_link(id, LinkKind::Guest, Some(name));
        let detail = json!({ "added": link.id });
        self.change_links(person, &appointment, None, Some(link), detail).await?;
        self.view(appointment, base).await
    }

    /// Takes one back and gives out another in its place; or gives the client one again who has none that holds.
    pub(crate) async fn reissue_link(
        &self,
        person: PersonId,
        id: AppointmentId,
        link: LinkId,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let appointment = self.visible(person, id).await?;
        let all = self.store().links(id).await?;
        let old = all.iter().find(|one| one.id == link && (holds(one) || one.kind == LinkKind::Client));
        let old = old.ok_or(Denied::Unknown(Unknown::Link))?;
        // Of a button that is pressed twice only the first press counts.
        if !holds(old) && all.iter().any(|one| one.kind == LinkKind::Client && holds(one)) {
            return Err(Denied::Unknown(Unknown::Link));
        }
        let new = self.new_link(id, old.kind, old.name.clone());
        let detail = json!({ "taken_back": old.id, "added": new.id });
        let old = holds(old).then(|| old.clone());
        self.change_links(person, &appointment, old, Some(new), detail).await?;
        self.view(appointment, base).await
    }

    /// Takes one back.
    pub(crate) async fn take_back_link(
        &self,
        person: PersonId,
        id: AppointmentId,
        link: LinkId,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let appointment = self.visible(person, id).await?;
        let found = self.store().link(link).await?.filter(|one| one.appointment == id && holds(one));
        let old = found.ok_or(Denied::Unknown(Unknown::Link))?;
        let detail = json!({ "taken_back": old.id });
        self.change_links(person, &appointment, Some(old), None, detail).await?;
        self.view(appointment, base).await
    }

    async fn change_links(
        &self,
        person: PersonId,
        appointment: &Appointment,
        old: Option<Link>,
        new: Option<Link>,
        detail: Value,
    ) -> Result<(), Denied> {
        let audited = self.audited(Some(person), Action::LinkChanged, appointment.id, detail);
        let take_back = old.as_ref().map(|link| (link.id, self.now()));
        let changed = self.store().change_links(take_back, new, audited).await;
        changed.map_err(|error| match error {
            // Somebody else has taken it back in between.
            StoreError::Unknown => Denied::Unknown(Unknown::Link),
            other => other.into(),
        })?;
        if let Some(old) = &old {
            told(appointment.id, self.around.app.link_ended(old).await);
        }
        self.tell_changed(appointment).await;
        Ok(())
    }
}

fn holds(link: &Link) -> bool {
    link.revoked_at.is_none()
}
