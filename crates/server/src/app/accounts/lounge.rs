//! What admins set about the lounge: its rooms, and who may come back to it.

use super::desks::is_slug;
use super::me::person_name;
use super::{Accounts, Denied, Invalid, Unknown};
use std::collections::HashSet;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_protocol::{LoungeRemoval, LoungeRoomSettings, LoungeRoomView};
use visavis_store::{Action, LoungeRoom, Removal};

const MAX_ABOUT_CHARS: usize = 200;
/// Everybody before the door is told of all of them in one frame.
const MAX_ROOMS: usize = 100;
const MAX_MODERATORS: usize = 1000;
/// Those of the demonstration set: address, name, what it is there for.
const DEMO_ROOMS: [(&str, &str, &str); 3] = [
    ("general", "General", "Everything that has no room of its own"),
    ("sports", "Sports", "Yesterday's matches and tomorrow's"),
    ("games", "Games", "Somebody to play with"),
];

impl Accounts {
    /// All rooms of the lounge, in their order.
    pub(crate) async fn lounge_rooms(&self) -> Result<Vec<LoungeRoomView>, Denied> {
        Ok(self.store().lounge_rooms().await?.into_iter().map(room_view).collect())
    }

    /// One of them.
    pub(crate) async fn lounge_room(&self, id: LoungeRoomId) -> Result<LoungeRoomView, Denied> {
        let room = self.store().lounge_room(id).await?;
        room.map(room_view).ok_or(Denied::Unknown(Unknown::LoungeRoom))
    }

    /// A new room.
    pub(crate) async fn create_lounge_room(
        &self,
        actor: PersonId,
        settings: LoungeRoomSettings,
    ) -> Result<LoungeRoomView, Denied> {
        let room = room(LoungeRoomId::from_bits(self.random_bits()), settings)?;
        if self.store().lounge_rooms().await?.len() >= MAX_ROOMS {
            return Err(Denied::Invalid(Invalid::Rooms));
        }
        self.put_lounge_room(Some(actor), room).await
    }

    /// Sets a room anew.
    pub(crate) async fn change_lounge_room(
        &self,
        actor: PersonId,
        id: LoungeRoomId,
        settings: LoungeRoomSettings,
    ) -> Result<LoungeRoomView, Denied> {
        let room = room(id, settings)?;
        self.store().lounge_room(id).await?.ok_or(Denied::Unknown(Unknown::LoungeRoom))?;
        self.put_lounge_room(Some(actor), room).await
    }

    async fn put_lounge_room(
        &self,
        actor: Option<PersonId>,
        room: LoungeRoom,
    ) -> Result<LoungeRoomView, Denied> {
        let detail = serde_json::json!({ "slug": room.slug, "moderators": room.moderators });
        let audited = self.audited(actor, Action::LoungeRoomChanged, room.id, detail);
        let put = self.store().put_lounge_room(room.clone(), audited).await;
        put.map_err(Denied::missing(Denied::Invalid(Invalid::Member)))?;
        if let Err(error) = self.around.roster.lounge_changed().await {
            tracing::warn!(%error, room = %room.id, "a change of the lounge could not be told");
        }
        Ok(room_view(room))
    }

    /// Removes a room, with what was written there. Whoever is in it goes to another one.
    pub(crate) async fn remove_lounge_room(&self, actor: PersonId, id: LoungeRoomId) -> Result<(), Denied> {
        let audited = self.audited(Some(actor), Action::LoungeRoomRemoved, id, serde_json::Value::Null);
        let removed = self.store().remove_lounge_room(id, audited).await;
        removed.map_err(Denied::missing(Denied::Unknown(Unknown::LoungeRoom)))?;
        if let Err(error) = self.around.roster.lounge_room_removed(id).await {
            tracing::warn!(%error, room = %id, "people of a removed room could not be led out");
        }
        Ok(())
    }

    /// Those who may not come back yet, the last one removed first.
    pub(crate) async fn lounge_removals(&self) -> Result<Vec<LoungeRemoval>, Denied> {
        let mut shown = Vec::new();
        for Removal { person, name, until, by } in self.store().removals(self.now()).await? {
            let by = self.store().account(by).await?.map(|account| account.name);
            let by = by.map_or_else(String::new, |name| name.shown().to_owned());
            shown.push(LoungeRemoval { person, name: name.shown().to_owned(), until, by });
        }
        Ok(shown)
    }

    /// Somebody may come back.
    pub(crate) async fn lift_lounge_removal(&self, actor: PersonId, person: PersonId) -> Result<(), Denied> {
        let audited = self.audited(Some(actor), Action::RemovalLifted, person, serde_json::Value::Null);
        let lifted = self.store().lift_removal(person, audited).await;
        lifted.map_err(Denied::missing(Denied::Unknown(Unknown::Person)))
    }

    /// The rooms of the demonstration set, where there is none at all.
    pub(super) async fn demonstrate_lounge(&self) -> Result<(), Denied> {
        if !self.store().lounge_rooms().await?.is_empty() {
            return Ok(());
        }
        for (place, (slug, name, about)) in (0..).zip(DEMO_ROOMS) {
            let (id, moderators) = (LoungeRoomId::from_bits(self.random_bits()), Vec::new());
            let (slug, name, about) = (slug.to_owned(), name.to_owned(), about.to_owned());
            self.put_lounge_room(None, LoungeRoom { id, slug, name, about, place, moderators }).await?;
        }
        Ok(())
    }
}

fn room_view(room: LoungeRoom) -> LoungeRoomView {
    let LoungeRoom { id, slug, name, about, place, moderators } = room;
    LoungeRoomView { id, settings: LoungeRoomSettings { slug, name, about, place, moderators } }
}

fn room(id: LoungeRoomId, settings: LoungeRoomSettings) -> Result<LoungeRoom, Denied> {
    let LoungeRoomSettings { slug, name, about, place, moderators } = settings;
    if !is_slug(&slug) {
        return Err(Denied::Invalid(Invalid::Slug));
    }
    if moderators.len() > MAX_MODERATORS {
        return Err(Denied::Invalid(Invalid::Member));
    }
    let mut seen = HashSet::new();
    Ok(LoungeRoom {
        id,
        slug,
        name: person_name(&name)?.shown().to_owned(),
        about: super::line(&about, MAX_ABOUT_CHARS).ok_or(Denied::Invalid(Invalid::About))?,
        place,
        // Each once, in the order given.
        moderators: moderators.into_iter().filter(|one| seen.insert(*one)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> LoungeRoomSettings {
        LoungeRoomSettings {
            slug: "sports".into(),
            name: " Sports and more ".into(),
            about: " Matches ".into(),
            place: 3,
            moderators: vec![PersonId::from_bits(1), PersonId::from_bits(2), PersonId::from_bits(1)],
        }
    }

    #[test]
    fn settings_become_a_room() {
        let room = room(LoungeRoomId::from_bits(7), settings()).unwrap();
        assert_eq!((room.name.as_str(), room.about.as_str(), room.place), ("Sports and more", "Matches", 3));
        assert_eq!(room.moderators, [PersonId::from_bits(1), PersonId::from_bits(2)]);
        assert_eq!(room_view(room.clone()).id, room.id);
    }

    #[test]
    fn what_cannot_be_is_named() {
        type Break = fn(&mut LoungeRoomSettings);
        let table: &[(Break, Invalid)] = &[
            (|it| it.slug.clear(), Invalid::Slug),
            (|it| it.slug = "Sports".into(), Invalid::Slug),
            (|it| it.slug = "a/b".into(), Invalid::Slug),
            (|it| it.slug = "a".repeat(65), Invalid::Slug),
            (|it| it.name = " ".into(), Invalid::Name),
            (|it| it.name = "a".repeat(65), Invalid::Name),
            (|it| it.about = "a".repeat(201), Invalid::About),
            (|it| it.about = "a\nb".into(), Invalid::About),
            (|it| it.moderators = (0..1001).map(PersonId::from_bits).collect(), Invalid::Member),
        ];
        for (number, (spoil, expected)) in table.iter().enumerate() {
            let mut settings = settings();
            spoil(&mut settings);
            let denied = room(LoungeRoomId::from_bits(1), settings).unwrap_err();
            assert_eq!(denied.code(), expected.code(), "line {number}");
        }
    }
}
