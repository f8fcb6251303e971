//! Bodies about accounts, sign-ins and invitations.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::time::Timestamp;

/// `POST /api/v1/sign-in`. Answered by 204 and a cookie; 401 `sign_in_refused` whatever was wrong, 401
/// `totp_required` when all but the code was right, 429 `rate_limited`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// Six digits of the second factor, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// `GET /api/v1/sign-in`: the ways to sign in, and whether one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SignInOptions {
    /// The name of the organisation's identity provider, if it can be used; it starts at `/api/v1/oidc/start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub provider: Option<String>,
    /// Who one is, when signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub account: Option<AccountView>,
}

/// An account, as its owner and admins see it. `GET /api/v1/me`; `GET /api/v1/admin/people` lists them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct AccountView {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// By which they sign in.
    pub email: String,
    /// As visitors see them.
    pub name: String,
    /// What they are there for, for visitors; may be empty.
    pub title: String,
    /// What they may do.
    pub role: AccountRole,
    /// Whether they may sign in.
    pub state: AccountState,
    /// Whether a second factor is asked for.
    pub totp: bool,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
}

/// `PATCH /api/v1/me`: how visitors see one. What is absent stays. Answered by the account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
    /// At most 100 characters; may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 100)]
    pub title: Option<String>,
}

/// `POST /api/v1/me/password`. Ends all other sign-ins. 204; 403 `password_wrong`; 422 `password_invalid`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one so far.
    pub current: String,
    /// 10 to 200 characters.
    #[schema(min_length = 10, max_length = 200)]
    pub new: String,
}

/// `POST /api/v1/me/totp` answers with a secret to be; it holds once `PUT /api/v1/me/totp` brings a code of it.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
pub struct TotpOffer {
    /// Base32, for typing.
    pub secret: String,
    /// `otpauth:` address, for a QR code.
    pub url: String,
    /// Comes back with the code; worth nothing after ten minutes.
    pub offer: String,
}

/// `PUT /api/v1/me/totp`: 204; 422 `code_wrong`. `DELETE /api/v1/me/totp` with a [`PasswordProof`] removes it.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TotpConfirmation {
    /// From the offer.
    pub offer: String,
    /// Six digits.
    pub code: String,
}

/// Shows once more that it is oneself.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PasswordProof {
    /// The password.
    pub password: String,
}

/// One of one's sign-ins. `GET /api/v1/me/sign-ins` lists them, `DELETE /api/v1/me/sign-ins/{id}` ends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SignInView {
    /// Which.
    #[ts(type = "string")]
    pub id: SignInId,
    /// The browser in a few words.
    pub browser: String,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
    /// When it was last used.
    #[ts(type = "number")]
    pub seen_at: Timestamp,
    /// It is the one that asks.
    pub current: bool,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvitationKind {
    /// A first password for an account.
    Join,
    /// A new password.
    Reset,
    /// The first admin of the installation: asks for address and name as well.
    FirstAdmin,
}

/// `POST /api/v1/invitations/look`: what a link is for. 404 `invitation_invalid` unless it holds.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    /// From the fragment of `/invitation#TOKEN`.
    pub token: String,
}

/// Answer to [`InvitationToken`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct InvitationView {
    /// What for.
    pub kind: InvitationKind,
    /// The account's address; empty for the first admin.
    pub email: String,
    /// The account's name; empty for the first admin.
    pub name: String,
}

/// `POST /api/v1/invitations/accept`. Answered by 204 and the cookie of a sign-in; 404 `invitation_invalid`, 422
/// `password_invalid`, `email_invalid`, `name_invalid`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct InvitationAcceptance {
    /// From the link.
    pub token: String,
    /// 10 to 200 characters.
    #[schema(min_length = 10, max_length = 200)]
    pub password: String,
    /// For the first admin alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// For the first admin alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
}

macro_rules! secret {
    ($($name:ident),*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}
secret!(
    SignInRequest,
    PasswordChange,
    TotpOffer,
    TotpConfirmation,
    PasswordProof,
    InvitationToken,
    InvitationAcceptance
);
