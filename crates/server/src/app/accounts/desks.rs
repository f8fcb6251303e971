//! What admins set about desks.

use super::{Accounts, Denied, Invalid, Unknown};
use crate::app::origin;
use std::collections::HashSet;
use visavis_domain::hours;
use visavis_domain::ids::{DeskId, PersonId};
use visavis_domain::name::PersonName;
use visavis_protocol::{DeskSettings, DeskView};
use visavis_store::{Action, Desk, StoreError};

const MAX_SLUG_CHARS: usize = 64;
const MAX_ABOUT_CHARS: usize = 200;
/// Seconds that a representative may be left alone after a call.
const WRAP_UP_S: std::ops::RangeInclusive<u32> = 0..=3600;
/// Seconds that a representative may be rung. Less nobody hears, more no visitor waits.
const RING_S: std::ops::RangeInclusive<u32> = 5..=300;
const MAX_SITES: usize = 50;
/// A visitor is shown everybody who is online in one frame, which has to fit into a session's outbox.
const MAX_MEMBERS: usize = 1000;

impl Accounts {
    /// All desks, by name.
    pub(crate) async fn desks(&self) -> Result<Vec<DeskView>, Denied> {
        Ok(self.store().desks().await?.into_iter().map(desk_view).collect())
    }

    /// One of them.
    pub(crate) async fn desk(&self, id: DeskId) -> Result<Desk, Denied> {
        self.store().desk(id).await?.ok_or(Denied::Unknown(Unknown::Desk))
    }

    /// A new desk.
    pub(crate) async fn create_desk(
        &self,
        actor: PersonId,
        settings: DeskSettings,
    ) -> Result<DeskView, Denied> {
        let id = DeskId::from_bits(self.random_bits());
        self.put_desk(Some(actor), desk(id, settings)?, None).await
    }

    /// Sets a desk anew; if it was seen, only while it is still so.
    pub(crate) async fn change_desk(
        &self,
        actor: PersonId,
        id: DeskId,
        seen: Option<Desk>,
        settings: DeskSettings,
    ) -> Result<DeskView, Denied> {
        let desk = desk(id, settings)?;
        let before = self.desk(id).await?;
        let changed = self.put_desk(Some(actor), desk, seen).await?;
        self.tell_desk(id, &before.members).await;
        Ok(changed)
    }

    pub(super) async fn put_desk(
        &self,
        actor: Option<PersonId>,
        desk: Desk,
        seen: Option<Desk>,
    ) -> Result<DeskView, Denied> {
        let detail = serde_json::json!({ "slug": desk.slug, "members": desk.members });
        let audited = self.audited(actor, Action::DeskChanged, desk.id, detail);
        let put = self.store().put_desk(desk.clone(), seen, audited).await;
        put.map_err(Denied::missing(Denied::Invalid(Invalid::Member)))?;
        self.tell_desk(desk.id, &desk.members).await;
        Ok(desk_view(desk))
    }

    /// Removes a desk; if it was seen, only while it is still so. The history of its calls stays.
    pub(crate) async fn remove_desk(
        &self,
        actor: PersonId,
        id: DeskId,
        seen: Option<Desk>,
    ) -> Result<(), Denied> {
        let before = self.desk(id).await?;
        let audited = self.audited(Some(actor), Action::DeskRemoved, id, serde_json::Value::Null);
        let removed = self.store().remove_desk(id, seen, audited).await;
        removed.map_err(Denied::missing(Denied::Unknown(Unknown::Desk)))?;
        self.tell_desk(id, &before.members).await;
        Ok(())
    }

    async fn tell_desk(&self, desk: DeskId, people: &[PersonId]) {
        if let Err(error) = self.around.roster.desk_changed(desk, people).await {
            tracing::warn!(%error, %desk, "a change of a desk could not be told");
        }
    }

    /// The desk of this part of an address.
    pub(super) async fn desk_of_slug(&self, slug: &str) -> Result<Option<Desk>, StoreError> {
        self.store().desk_by_slug(slug).await
    }
}

/// As admins see it.
pub(crate) fn desk_view(desk: Desk) -> DeskView {
    let Desk { id, slug, name, about, hours, wrap_up_s, ring_s, sites, members } = desk;
    DeskView { id, settings: DeskSettings { slug, name, about, hours, wrap_up_s, ring_s, sites, members } }
}

fn desk(id: DeskId, settings: DeskSettings) -> Result<Desk, Denied> {
    let unless = |fine: bool, what| if fine { Ok(()) } else { Err(Denied::Invalid(what)) };
    let DeskSettings { slug, name, about, hours, wrap_up_s, ring_s, sites, members } = settings;
    unless(is_slug(&slug), Invalid::Slug)?;
    let name = PersonName::parse(&name).map_err(|_| Denied::Invalid(Invalid::Name))?;
    let about = super::line(&about, MAX_ABOUT_CHARS).ok_or(Denied::Invalid(Invalid::About))?;
    unless(hours.as_ref().is_none_or(|hours| hours::check(hours).is_ok()), Invalid::Hours)?;
    unless(WRAP_UP_S.contains(&wrap_up_s) && RING_S.contains(&ring_s), Invalid::Seconds)?;
    unless(sites.len() <= MAX_SITES, Invalid::Site)?;
    unless(members.len() <= MAX_MEMBERS, Invalid::Member)?;
    let sites = sites.iter().map(|site| origin(site).ok_or(Denied::Invalid(Invalid::Site)));
    let mut seen = HashSet::new();
    Ok(Desk {
        id,
        slug,
        name: name.shown().to_owned(),
        about,
        hours,
        wrap_up_s,
        ring_s,
        sites: sites.collect::<Result<_, _>>()?,
        // Each once, in the order given.
        members: members.into_iter().filter(|member| seen.insert(*member)).collect(),
    })
}

pub(super) fn is_slug(text: &str) -> bool {
    let fits = (1..=MAX_SLUG_CHARS).contains(&text.len());
    fits && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::hours::{Hours, Opening};

    fn settings() -> DeskSettings {
        DeskSettings {
            slug: "help".into(),
            name: " Insurance  help ".into(),
            about: "Claims".into(),
            hours: Some(Hours {
                zone: "Europe/Istanbul".into(),
                weekly: vec![Opening { weekday: 1, from: 540, to: 1020 }],
                closed: vec!["2026-12-25".into()],
            }),
            wrap_up_s: 30,
            ring_s: 30,
            sites: vec!["https://www.example.org/".into(), "https://a.example:444".into()],
            members: vec![PersonId::from_bits(1), PersonId::from_bits(2), PersonId::from_bits(1)],
        }
    }

    #[test]
    fn settings_become_a_desk() {
        let desk = desk(DeskId::from_bits(1), settings()).unwrap();
        assert_eq!(desk.sites, ["https://www.example.org", "https://a.example:444"]);
        assert_eq!(desk.members, [PersonId::from_bits(1), PersonId::from_bits(2)]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        type Break = fn(&mut DeskSettings);
        let table: &[(Break, Invalid)] = &[
            (|it| it.slug.clear(), Invalid::Slug),
            (|it| it.slug = "Help".into(), Invalid::Slug),
            (|it| it.slug = "a/b".into(), Invalid::Slug),
            (|it| it.slug = "a".repeat(65), Invalid::Slug),
            (|it| it.name = " ".into(), Invalid::Name),
            (|it| it.name = "a".repeat(65), Invalid::Name),
            (|it| it.about = "a".repeat(201), Invalid::About),
            (|it| it.about = "a\nb".into(), Invalid::About),
            (|it| it.wrap_up_s = 3601, Invalid::Seconds),
            (|it| it.ring_s = 4, Invalid::Seconds),
            (|it| it.ring_s = 301, Invalid::Seconds),
            (|it| it.sites = vec!["https://a.example/page".into()], Invalid::Site),
            (|it| it.sites = vec!["https://ana:x@a.example".into()], Invalid::Site),
            (|it| it.sites = vec!["javascript:alert(1)".into()], Invalid::Site),
            (|it| it.sites = vec!["*".into()], Invalid::Site),
            (|it| it.sites = vec!["https://a.example; script-src *".into()], Invalid::Site),
            (|it| it.sites = vec!["https://*.example".into()], Invalid::Site),
            (|it| it.hours.as_mut().unwrap().zone = "../etc/passwd".into(), Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().zone.clear(), Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().zone = "Europe/Nowhere".into(), Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().weekly[0].weekday = 8, Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().weekly[0].weekday = 0, Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().weekly[0].to = 540, Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().weekly[0].to = 1441, Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().closed = vec!["2026-02-30".into()], Invalid::Hours),
            (|it| it.hours.as_mut().unwrap().closed = vec!["26-2-3".into()], Invalid::Hours),
        ];
        for (number, (spoil, expected)) in table.iter().enumerate() {
            let mut settings = settings();
            spoil(&mut settings);
            let denied = desk(DeskId::from_bits(1), settings).unwrap_err();
            assert_eq!(denied.code(), expected.code(), "line {number}");
        }
    }
}
