//! What the store says of an appointment to everybody who asks: whether somebody of the staff may see it, and what a
//! genuine link to it is worth at a moment.

use visavis_domain::appointment::{LinkClaims, LinkFacts, LinkRefusal, Margins, Phase, enter};
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_store::{Appointment, Link, Store, StoreError};

/// Somebody who came over a link that is genuine, and the appointment it is to.
pub(super) struct Guest {
    pub(super) appointment: Appointment,
    pub(super) link: Link,
    /// What the link is worth now.
    pub(super) worth: Result<Phase, LinkRefusal>,
}

/// Who came over a link, as the store knows it now; none if there is no such link or appointment.
pub(super) async fn guest(
    store: &dyn Store,
    claims: LinkClaims,
    margins: Margins,
    now: Timestamp,
) -> Result<Option<Guest>, StoreError> {
    let link = store.link(claims.link).await?.filter(|link| link.appointment == claims.appointment);
    let Some(link) = link else { return Ok(None) };
    let Some(appointment) = store.appointment(link.appointment).await? else { return Ok(None) };
    let facts = LinkFacts {
        revoked: link.revoked_at.is_some(),
        state: appointment.state,
        sequence: appointment.sequence,
        schedule: &appointment.schedule,
    };
    let worth = enter(claims, facts, margins, now);
    Ok(Some(Guest { appointment, link, worth }))
}

/// One that this person of the staff may see: their own, or shared with a desk of theirs.
pub(super) async fn visible_to(
    store: &dyn Store,
    person: PersonId,
    id: AppointmentId,
) -> Result<Option<Appointment>, StoreError> {
    let Some(found) = store.appointment(id).await? else { return Ok(None) };
    if found.professional == person {
        return Ok(Some(found));
    }
    let Some(desk) = found.desk else { return Ok(None) };
    let shared = store.desks_of(person).await?.iter().any(|own| own.id == desk);
    Ok(shared.then_some(found))
}
