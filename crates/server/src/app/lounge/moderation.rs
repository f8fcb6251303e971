//! What moderators do to people in the lounge.

use super::super::{App, ControlNotice, Identity, Refused, Route};
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::availability::{Command, DocumentId, Rejection};
use visavis_domain::ids::{PersonId, RingId, SessionId};
use visavis_domain::message::Standing;
use visavis_domain::person::{Engagement, Person};
use visavis_domain::ring::Ring;
use visavis_protocol::Reply;
use visavis_store::{Action, Audited, Removal};

/// How often somebody is led out who comes in by another page meanwhile.
const TRIES: usize = 3;

impl App {
    /// Removes somebody from the lounge, for a while. A private ring of theirs ends; a call is between its people, and
    /// loses them only with their page.
    pub(crate) async fn remove_member(
        &self,
        who: Identity,
        session: SessionId,
        member: PersonId,
    ) -> Result<Reply, Refused> {
        self.seated(who.person, session).await?;
        let there = self.person(member).await?;
        let seat = there.as_ref().and_then(Person::seat).cloned().ok_or(Refused::PersonUnknown)?;
        let may = self.standing(who, seat.room).await? == Standing::Moderator;
        if !may || member == who.person || (seat.account && self.is_admin(member).await?) {
            return Err(Refused::Forbidden);
        }
        let now = self.now();
        let until = now.plus(self.lounge.removed_for);
        let removal = Removal { person: member, name: seat.name, until, by: who.person };
        let audited = Audited {
            at: now,
            actor: Some(who.person),
            action: Action::MemberRemoved,
            subject: member.to_string(),
            detail: serde_json::json!({ "room": seat.room, "until": until }),
        };
        self.store.remove_member(removal, audited).await?;
        self.lead_out_of_lounge(member).await?;
        Ok(Reply::Done)
    }

    /// Their place is free at once, and their page is closed.
    pub(super) async fn lead_out_of_lounge(&self, member: PersonId) -> Result<(), Refused> {
        for _ in 0..TRIES {
            let there = self.person(member).await?;
            let Some(seat) = there.as_ref().and_then(Person::seat) else { return Ok(()) };
            let session = Some(seat.session);
            self.about_person(member, Command::LeaveLounge { person: member, session }).await?;
            let page = Route::LoungePage(seat.session).topic();
            self.live.publish(page, ControlNotice::Removed.body()).await?;
            self.end_private_ring(member).await?;
        }
        Ok(())
    }

    /// The other one would ring, or be rung by, somebody who is not there any more.
    async fn end_private_ring(&self, member: PersonId) -> Result<(), Refused> {
        let there = self.person(member).await?;
        let (ring, command) = match there.as_ref().map(Person::engagement) {
            Some(Engagement::Calling(ring)) => (ring, Command::Cancel { ring, person: member }),
            Some(Engagement::Called(ring)) => (ring, Command::Decline { ring, person: member }),
            _ => return Ok(()),
        };
        if !self.is_private(ring).await? {
            return Ok(());
        }
        match self.about_ring(ring, command).await {
            // It ended by itself, or was taken.
            Ok(_) | Err(Refused::Availability(Rejection::RingUnknown)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Whether a ring, or a call, is one of the lounge.
    pub(in crate::app) async fn is_private(&self, ring: RingId) -> Result<bool, Refused> {
        let scene = self.scene(&[DocumentId::Ring(ring)]).await?;
        Ok(scene.ring(ring).is_some_and(Ring::is_private))
    }

    async fn is_admin(&self, person: PersonId) -> Result<bool, Refused> {
        let account = self.store.account(person).await?;
        let admin = |role| role == AccountRole::Admin;
        Ok(account.is_some_and(|account| account.state == AccountState::Active && admin(account.role)))
    }
}
