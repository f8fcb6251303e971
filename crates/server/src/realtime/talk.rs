//! Commands about what is written in the lounge. Who one is comes from the session, never from the frame.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use std::sync::Arc;
use visavis_domain::ids::PersonId;
use visavis_protocol::{Code, Command, Reply};

impl Realtime {
    /// Opens what one writes with somebody: hears of that one first, so that nothing between is missed.
    pub(super) async fn into_conversation(
        &self,
        _session: &Arc<Session>,
        _execution: &mut Execution,
        _person: PersonId,
    ) -> Result<Reply, Code> {
        Err(Code::Internal)
    }

    /// Everything else that is written, or about it.
    pub(super) async fn talk_command(
        &self,
        _session: &Arc<Session>,
        _execution: &mut Execution,
        _command: Command,
    ) -> Result<Reply, Code> {
        Err(Code::Internal)
    }
}
