//! The port to what carries deliveries. The adapter is `webhooks`; nothing here decides when.

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;
use visavis_domain::webhook::Answer;

/// A request, ready to go.
pub(crate) struct Parcel {
    pub(crate) url: String,
    /// Of the event.
    pub(crate) id: String,
    /// Seconds since 1970: when it was signed.
    pub(crate) signed_at: u64,
    /// One or several, with a space between.
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

/// Why nothing is ever sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadAddress {
    /// It is not written as such addresses are.
    #[error("no address for webhooks")]
    Form,
    /// It is a number that nothing may be sent to.
    #[error("an address that nothing may be sent to")]
    Refused,
}

/// What carries deliveries.
#[async_trait]
pub(crate) trait Courier: Send + Sync + 'static {
    /// Whether something might be sent there, as far as can be told without asking where a name leads.
    ///
    /// # Errors
    /// Why not.
    fn check(&self, url: &Url) -> Result<(), BadAddress>;

    /// Sends it, within a few seconds.
    async fn send(&self, parcel: &Parcel) -> Answer;
}
