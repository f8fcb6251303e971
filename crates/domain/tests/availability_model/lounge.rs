//! What must hold of the lounge: places, the people of its room and their names.

use super::cast::ROOM;
use super::world::World;
use std::collections::BTreeSet;
use visavis_domain::lounge::{Gathering, LoungeSeat, NameKey};
use visavis_domain::person::Person;

impl World {
    /// Nobody has a name that is somebody else's too.
    pub(crate) fn names_are_single(&self) -> bool {
        let names = self.seats().flat_map(|(_, seat)| NameKey::all_of(&seat.name));
        let mut seen = BTreeSet::new();
        names.into_iter().all(|key| seen.insert(key))
    }

    /// Whoever has a place in the lounge has a page for it, their name, and is in its room, once; nobody else has a
    /// name or is there.
    pub(crate) fn lounge_is_whole(&self) -> bool {
        let gathered = self.documents().gathering(ROOM).map(Gathering::people).unwrap_or_default();
        let seats = self.seats().all(|(person, seat)| {
            let mut keys = NameKey::all_of(&seat.name).into_iter();
            person.pages().iter().any(|page| page.session == seat.session)
                && gathered.iter().filter(|one| **one == person.id()).count() == 1
                && keys.all(|key| self.documents().name(key).is_some_and(|claim| claim.person == person.id()))
        });
        let keys = self.seats().map(|(_, seat)| NameKey::all_of(&seat.name).len()).sum::<usize>();
        seats && self.seats().count() == gathered.len() && self.documents().names.len() == keys
    }

    fn seats(&self) -> impl Iterator<Item = (&Person, &LoungeSeat)> {
        self.people().filter_map(|person| Some((person, person.seat()?)))
    }
}
