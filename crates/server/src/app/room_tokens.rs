//! Tokens that let somebody into a room: made by an organisation's own program for people whom it knows, shown by the
//! page that embeds the room. Nothing is stored for them: they are signed, name who answers for them, and end.

use super::tokens::{TokenRefused, Tokens, in_time, seconds};
use super::{Accounts, App, Denied};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::{Position, Url};
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::room::Vouched;
use visavis_domain::time::Timestamp;
use visavis_protocol::{NewRoomToken, RoomRole, RoomToken};
use visavis_store::Action;

use super::accounts::Invalid;

/// Long enough for a page that somebody opens and reads first.
const USUAL_TTL: Duration = Duration::from_secs(10 * 60);
const LONGEST_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// Of what integrators call people: a UUID, an address, a number.
const MAX_IDENTITY_CHARS: usize = 128;
/// A page and its stages. More makes tokens that fit into no header of whoever passes them on.
const MAX_ORIGINS: usize = 8;
const MAX_ORIGIN_BYTES: usize = 255;
const ROOM: &str = "room";

/// Who answers for those who come by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issuer {
    /// The account.
    pub(crate) account: PersonId,
    /// The key that its program showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<ApiKeyId>,
}

/// What a token says.
#[derive(Clone, Serialize, Deserialize)]
struct RoomTokenClaims {
    aud: String,
    exp: u64,
    /// Which token this is; says nothing, and is in the audit log.
    jti: String,
    issuer: Issuer,
    room: RoomName,
    name: String,
    /// As the integrator calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    role: Vouched,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
}

/// What a session may that was opened by a token: be in this room, under this name, and nothing else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// The one room.
    pub(crate) room: RoomName,
    /// How they are called there.
    pub(crate) name: String,
    /// Pages of which other origins may use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) origins: Vec<String>,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Grant(…)")
    }
}

/// Somebody who shows a token that is ours and in time. Whether it is still answered for is asked of accounts.
pub(crate) struct Sent {
    pub(crate) issuer: Issuer,
    /// The same for each token of theirs in this room, as far as it can be known.
    pub(crate) person: PersonId,
    pub(crate) vouched: Vouched,
    pub(crate) grant: Grant,
}

/// Why a token lets nobody in. Different ones, for whoever made it can do something about one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSent {
    /// Altered, none of ours, or nobody answers for it any more.
    Invalid,
    /// Too old to come in by.
    Expired,
}

impl From<NotSent> for Denied {
    fn from(why: NotSent) -> Self {
        match why {
            NotSent::Invalid => Self::RoomTokenInvalid,
            NotSent::Expired => Self::RoomTokenExpired,
        }
    }
}

impl App {
    /// A token for somebody. The issuer is written down before anybody has it.
    pub(crate) async fn make_room_token(
        &self,
        accounts: &Accounts,
        issuer: Issuer,
        room: &str,
        new: &NewRoomToken,
    ) -> Result<RoomToken, Denied> {
        let room = RoomName::parse(room).ok().filter(|room| super::ring_of(room).is_none());
        let room = room.ok_or(Denied::Invalid(Invalid::Room))?;
        let claims = checked(room, new, issuer, self.now(), format!("{:032x}", self.random_bits()))?;
        let detail = serde_json::json!({ "role": claims.role, "expires_at": claims.exp * 1000 });
        accounts.begin_about(issuer.account, Action::RoomTokenMade, claims.jti.clone(), detail).await?;
        let token = self.tokens.room_token(&claims);
        Ok(RoomToken {
            token: token.map_err(|_| Denied::Defect("a room's token cannot be signed"))?,
            expires_at: Timestamp(claims.exp * 1000),
        })
    }

    /// Who shows this.
    pub(crate) fn read_room_token(&self, token: &str) -> Result<Sent, NotSent> {
        let claims = self.tokens.read_room_token(self.now(), token)?;
        let RoomTokenClaims { jti, issuer, room, name, identity, role, origins, .. } = claims;
        // Of two integrators each has people of its own; a key that is replaced has the same ones.
        let who = match &identity {
            Some(identity) => format!("{} {} {identity}", issuer.account, room.folded()),
            None => format!("{} {} {jti}", issuer.account, room.folded()),
        };
        let person = PersonId::from_bits(self.sent.wide(&who));
        Ok(Sent { issuer, person, vouched: role, grant: Grant { room, name, origins } })
    }
}

impl Tokens {
    fn room_token(&self, claims: &RoomTokenClaims) -> Result<String, TokenRefused> {
        self.sign(claims)
    }

    fn read_room_token(&self, now: Timestamp, token: &str) -> Result<RoomTokenClaims, NotSent> {
        let claims: RoomTokenClaims = self.verify(ROOM, token).map_err(|_| NotSent::Invalid)?;
        in_time(now, claims.exp).map_err(|_| NotSent::Expired)?;
        Ok(claims)
    }
}

impl Grant {
    /// Whether a page of this origin may use it.
    pub(crate) fn is_for(&self, origin: &str) -> bool {
        self.origins.iter().any(|one| one == origin)
    }
}

fn checked(
    room: RoomName,
    new: &NewRoomToken,
    issuer: Issuer,
    now: Timestamp,
    jti: String,
) -> Result<RoomTokenClaims, Denied> {
    let NewRoomToken { name, identity, role, expires_in, origins } = new;
    let name = PersonName::parse(name).map_err(|_| Denied::Invalid(Invalid::Name))?;
    let fits = |text: &String| {
        (1..=MAX_IDENTITY_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    if !identity.as_ref().is_none_or(fits) {
        return Err(Denied::Invalid(Invalid::Identity));
    }
    let ttl = expires_in.map_or(USUAL_TTL, |seconds| Duration::from_secs(seconds.into()));
    if ttl.is_zero() || ttl > LONGEST_TTL {
        return Err(Denied::Invalid(Invalid::Seconds));
    }
    if origins.len() > MAX_ORIGINS || origins.iter().any(|origin| origin.len() > MAX_ORIGIN_BYTES) {
        return Err(Denied::Invalid(Invalid::Site));
    }
    let origins = origins.iter().map(|one| origin(one).ok_or(Denied::Invalid(Invalid::Site)));
    Ok(RoomTokenClaims {
        aud: ROOM.into(),
        exp: seconds(now.plus(ttl)),
        jti,
        issuer,
        room,
        name: name.shown().to_owned(),
        identity: identity.clone(),
        role: match role {
            RoomRole::Participant => Vouched::Participant,
            RoomRole::Host => Vouched::Host,
        },
        origins: origins.collect::<Result<_, _>>()?,
    })
}

/// An origin, as browsers say theirs: without anything that could end a directive of a policy.
pub(crate) fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let bare = matches!(url.scheme(), "https" | "http") && matches!(&url[Position::BeforePath..], "" | "/");
    let plain = url.host().is_some() && url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    let safe = origin.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:/[]".contains(&b));
    (bare && plain && safe).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const ISSUER: Issuer = Issuer { account: PersonId::from_bits(1), key: Some(ApiKeyId::from_bits(2)) };

    fn new() -> NewRoomToken {
        NewRoomToken {
            name: " Ana ".into(),
            identity: Some("customer 7".into()),
            role: RoomRole::Participant,
            expires_in: None,
            origins: vec!["https://www.example.org/".into(), "http://localhost:3000".into()],
        }
    }

    fn claims(new: &NewRoomToken) -> Result<RoomTokenClaims, Denied> {
        checked(RoomName::parse("Café").unwrap(), new, ISSUER, NOW, "a".into())
    }

    #[test]
    fn a_token_says_all_of_it_and_ends() {
        let (ours, foreign) = (Tokens::new(b"ours"), Tokens::new(b"foreign"));
        let made = claims(&new()).unwrap();
        let token = ours.room_token(&made).unwrap();
        let read = ours.read_room_token(NOW.plus(USUAL_TTL), &token).unwrap();
        assert_eq!((read.room.shown(), &*read.name, read.role), ("Café", "Ana", Vouched::Participant));
        assert_eq!(read.origins, ["https://www.example.org", "http://localhost:3000"]);
        assert_eq!((read.issuer, read.identity.as_deref()), (ISSUER, Some("customer 7")));
        let late = NOW.plus(USUAL_TTL + Duration::from_secs(1));
        assert_eq!(ours.read_room_token(late, &token).err(), Some(NotSent::Expired));
        assert_eq!(foreign.read_room_token(NOW, &token).err(), Some(NotSent::Invalid));
        let guest = ours.guest(NOW, PersonId::from_bits(1)).unwrap();
        for other in ["", "a.b.c", &guest, &token[..token.len() - 2]] {
            assert_eq!(ours.read_room_token(NOW, other).err(), Some(NotSent::Invalid), "{other}");
        }
        assert!(ours.check_guest(NOW, &token).is_err() && ours.check_ticket(NOW, &token).is_err());
    }

    #[test]
    fn what_cannot_be_is_named() {
        type Break = fn(&mut NewRoomToken);
        let table: &[(Break, Option<Invalid>)] = &[
            (|_| {}, None),
            (|it| it.identity = None, None),
            (|it| it.origins.clear(), None),
            (|it| it.expires_in = Some(86_400), None),
            (|it| it.expires_in = Some(86_401), Some(Invalid::Seconds)),
            (|it| it.expires_in = Some(0), Some(Invalid::Seconds)),
            (|it| it.name = " ".into(), Some(Invalid::Name)),
            (|it| it.identity = Some(String::new()), Some(Invalid::Identity)),
            (|it| it.identity = Some("a".repeat(129)), Some(Invalid::Identity)),
            (|it| it.identity = Some("a\nb".into()), Some(Invalid::Identity)),
            (|it| it.origins = vec!["*".into()], Some(Invalid::Site)),
            (|it| it.origins = vec!["null".into()], Some(Invalid::Site)),
            (|it| it.origins = vec!["https://*.example.org".into()], Some(Invalid::Site)),
            (|it| it.origins = vec!["https://example.org/page".into()], Some(Invalid::Site)),
            (|it| it.origins = vec![format!("https://{}.org", "a".repeat(255))], Some(Invalid::Site)),
            (|it| it.origins = vec!["https://example.org".into(); 9], Some(Invalid::Site)),
        ];
        for (number, (spoil, expected)) in table.iter().enumerate() {
            let mut new = new();
            spoil(&mut new);
            let code = claims(&new).err().map(|denied| denied.code());
            assert_eq!(code, expected.map(Invalid::code), "line {number}");
        }
    }
}
