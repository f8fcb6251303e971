//! The organisation's identity provider, as use cases see it: a port. The adapter speaks OpenID Connect.

use async_trait::async_trait;
use url::Url;
use visavis_store::Subject;

/// Why somebody who came back from the provider was not let in, with the code that the page shows words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderRefused {
    /// It does not answer, or not as OpenID Connect has it.
    #[error("it does not answer as it should")]
    Away,
    /// The person did not agree, or the provider refused them.
    #[error("it refused the person")]
    Declined,
    /// What came back is not the answer to what this browser began, or too late.
    #[error("the answer belongs to no question of this browser")]
    Stale,
    /// The token is not one for us.
    #[error("its token is not one for this server")]
    Token,
    /// Nobody here has that address, or the provider has not verified it.
    #[error("the person has no account here")]
    NoAccount,
    /// The account may not sign in.
    #[error("the account is disabled")]
    Disabled,
    /// The account with that address belongs to somebody else there, or to who had the address before.
    #[error("the account is tied to another of the provider's")]
    Tied,
}

impl ProviderRefused {
    /// The stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Away => "provider_away",
            Self::Declined => "provider_declined",
            Self::Stale => "provider_stale",
            Self::Token => "provider_token",
            Self::NoAccount => "no_account",
            Self::Disabled => "account_disabled",
            Self::Tied => "account_tied",
        }
    }
}

/// What one sign-in over the provider is made of. All three are drawn at random.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Question {
    /// Comes back with the person.
    pub(crate) state: String,
    /// Comes back in the token.
    pub(crate) nonce: String,
    /// Proves that who asks for the token is who asked for the code (RFC 7636).
    pub(crate) verifier: String,
    /// Where the person comes back to.
    pub(crate) redirect: String,
}

/// What the provider says about a person.
#[derive(Clone)]
pub(crate) struct Verified {
    /// Who, to the provider.
    pub(crate) subject: Subject,
    /// Their address, if the provider has verified it.
    pub(crate) email: Option<String>,
    /// How they are called.
    pub(crate) name: Option<String>,
}

/// One provider.
#[async_trait]
pub(crate) trait Provider: Send + Sync + 'static {
    /// What people know it as.
    fn name(&self) -> &str;

    /// Where to send the person.
    async fn address(&self, question: &Question) -> Result<Url, ProviderRefused>;

    /// Who came back with this code.
    async fn verify(&self, question: &Question, code: &str) -> Result<Verified, ProviderRefused>;
}
