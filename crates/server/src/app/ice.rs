//! The port through which use cases hand out STUN and TURN.

use visavis_domain::ids::SessionId;
use visavis_domain::time::Timestamp;
use visavis_protocol::IceServer;

/// Knows where STUN and TURN are and who may use them.
pub(crate) trait IceServers: Send + Sync {
    /// Addresses under `host`, the name by which the participant reached us, with credentials of the session.
    fn for_session(&self, session: SessionId, host: &str, now: Timestamp) -> Vec<IceServer>;
}
