//! Who and what there is in every scene: visitors, representatives, one desk, one appointment.

use visavis_domain::availability::{Entering, OtherPage};
use visavis_domain::ids::{AppointmentId, DeskId, LoungeRoomId, ParticipantId, PersonId, RingId, SessionId};
use visavis_domain::name::PersonName;
use visavis_domain::person::{Card, Person};
use visavis_domain::ring::{DeskCard, Party};
use visavis_domain::visit::VisitCard;

pub(crate) const VERA: PersonId = PersonId::from_bits(1);
pub(crate) const VITO: PersonId = PersonId::from_bits(2);
pub(crate) const RIA: PersonId = PersonId::from_bits(11);
pub(crate) const ROB: PersonId = PersonId::from_bits(12);
pub(crate) const RAY: PersonId = PersonId::from_bits(13);
pub(crate) const DESK: DeskId = DeskId::from_bits(1);
/// Vera's, with Ria; Rob may take it.
pub(crate) const APPOINTMENT: AppointmentId = AppointmentId::from_bits(1);

/// Of the lounge.
pub(crate) const ROOM: LoungeRoomId = LoungeRoomId::from_bits(1);

/// By their number.
fn is_representative(person: PersonId) -> bool {
    person.bits() >= 10
}

pub(crate) fn may_serve(person: &Person) -> bool {
    person.may_be_rung() && person.card().is_some()
}

pub(crate) fn card(person: PersonId) -> Option<Card> {
    let card = Card { name: party(person).name, title: String::new(), desks: vec![DESK] };
    is_representative(person).then_some(card)
}

pub(crate) fn party(person: PersonId) -> Party {
    Party { person, name: PersonName::parse("A").expect("a letter is a name") }
}

pub(crate) fn entering(person: PersonId, session: SessionId, name: &str, other: OtherPage) -> Entering {
    let name = PersonName::parse(name).expect("letters are a name");
    Entering { person, session, room: ROOM, name, account: false, other }
}

pub(crate) fn desk() -> DeskCard {
    DeskCard { id: DESK, slug: String::new(), name: String::new(), wrap_up_s: 10, ring_s: 30 }
}

pub(crate) fn visit_card() -> VisitCard {
    VisitCard {
        appointment: APPOINTMENT,
        professional: RIA,
        desk: Some(DESK),
        client: party(VERA),
        about: String::new(),
    }
}

pub(crate) fn seat(ring: RingId, person: PersonId) -> ParticipantId {
    ParticipantId::from_bits(ring.bits() * 1_000 + person.bits())
}
