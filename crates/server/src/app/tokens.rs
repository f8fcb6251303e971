//! Signed values that come back to us later: tickets that open a session, continuations that prove who one was.
//!
//! Nothing is stored for them, so they hold across restarts and instances.

use super::{Grant, Whereabouts};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use visavis_domain::appointment::LinkClaims;
use visavis_domain::ids::{
    BrowserId, CallId, ConversationId, FileId, LoungeRoomId, ParticipantId, PersonId, SessionId, SignInId,
};
use visavis_domain::message::Place;
use visavis_domain::ring::Ring;
use visavis_domain::room::{Claim, Vouched};
use visavis_domain::time::Timestamp;

/// A ticket lives as long as a page may take from asking for it to using it.
pub(crate) const TICKET_TTL: Duration = Duration::from_secs(60);
/// From offering a file until all of it has come, over a slow line.
const UPLOAD_TTL: Duration = Duration::from_secs(10 * 60);
/// A continuation outlives any call; the room's own state decides what it is still good for.
pub(super) const CONTINUATION_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// Not signed by us, for another purpose, or out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("token refused")]
pub(crate) struct TokenRefused;

#[derive(Clone, Serialize, Deserialize)]
struct TicketClaims {
    aud: String,
    exp: u64,
    jti: String,
    who: Identity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<Grant>,
}

#[derive(Clone, Serialize, Deserialize)]
struct ContinuationClaims {
    aud: String,
    exp: u64,
    sub: ParticipantId,
    /// The folded name of the room.
    room: String,
    order: u32,
    epoch: u32,
    call: CallId,
    joined_at: Timestamp,
    /// The call as it was, for one that came of a ring: with it, its people bring it back after a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ring: Option<Ring>,
}

/// Who a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Whom their availability belongs to.
    pub(crate) person: PersonId,
    /// By which sign-in; none for guests.
    pub(crate) sign_in: Option<SignInId>,
    /// By which link to an appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<LinkClaims>,
    /// Where the ticket was taken, for limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Whereabouts>,
    /// In which browser, if it keeps what it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) browser: Option<BrowserId>,
    /// As what, if somebody answers for them by a token. What else they may then is in the session's grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vouched: Option<Vouched>,
}

#[derive(Clone, Serialize, Deserialize)]
struct GuestClaims {
    aud: String,
    exp: u64,
    sub: PersonId,
}

/// In the cookie of who came over a link to an appointment.
#[derive(Clone, Serialize, Deserialize)]
struct LinkCookieClaims {
    aud: String,
    exp: u64,
    link: LinkClaims,
}

/// What somebody may send up to the lounge.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// Under which id.
    pub(crate) file: FileId,
    /// Who.
    pub(crate) owner: PersonId,
    /// For where.
    pub(crate) place: Place,
    /// As it is called.
    pub(crate) name: String,
    /// Bytes, exactly.
    pub(crate) size: u64,
    /// Where its owner is, if they are a guest.
    pub(crate) from: Option<Whereabouts>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("size", &self.size).finish_non_exhaustive()
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct UploadClaims {
    aud: String,
    exp: u64,
    jti: FileId,
    sub: PersonId,
    place: UploadPlace,
    name: String,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Whereabouts>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UploadPlace {
    Room(LoungeRoomId),
    Conversation(ConversationId),
}

const GUEST: &str = "guest";
const UPLOAD: &str = "upload";
/// Not the audience of links themselves: the one is not taken for the other, whatever keys sign them.
const LINK_COOKIE: &str = "appointment cookie";
const TICKET: &str = "ticket";
const CONTINUATION: &str = "continuation";
/// What the key of session secrets is derived for: nothing signed with the installation's key itself is one.
const SESSION_SECRETS: &[u8] = b"visavis session secrets";

/// Signs and checks.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    sessions: hmac::Key,
}

impl Tokens {
    /// With the installation's signing key.
    pub(crate) fn new(key: &[u8]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), SESSION_SECRETS);
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            sessions: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        }
    }

    /// The secret of a session: every instance makes the same one of its id, and nobody else can.
    pub(crate) fn session_secret(&self, session: SessionId) -> String {
        use std::fmt::Write;
        let tag = hmac::sign(&self.sessions, &session.bits().to_be_bytes());
        tag.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether this is that session's secret; how long it takes to say so tells nothing about it.
    pub(crate) fn is_session_secret(&self, session: SessionId, secret: &str) -> bool {
        verify_slices_are_equal(self.session_secret(session).as_bytes(), secret.as_bytes()).is_ok()
    }

    /// A ticket for somebody; `nonce` makes it one of its kind.
    pub(crate) fn ticket(
        &self,
        now: Timestamp,
        nonce: u128,
        identity: Identity,
        grant: Option<Grant>,
    ) -> Result<String, TokenRefused> {
        self.sign(&TicketClaims {
            aud: TICKET.into(),
            exp: seconds(now.plus(TICKET_TTL)),
            jti: format!("{nonce:032x}"),
            who: identity,
            grant,
        })
    }

    /// Whose ticket this is, if it is ours and still holds; with what it was given by a token.
    pub(crate) fn check_ticket(
        &self,
        now: Timestamp,
        ticket: &str,
    ) -> Result<(Identity, Option<Grant>), TokenRefused> {
        let claims: TicketClaims = self.verify(TICKET, ticket)?;
        in_time(now, claims.exp)?;
        Ok((claims.who, claims.grant))
    }

    /// Proof of being a guest.
    pub(crate) fn guest(&self, now: Timestamp, person: PersonId) -> Result<String, TokenRefused> {
        self.sign(&GuestClaims { aud: GUEST.into(), exp: seconds(now.plus(CONTINUATION_TTL)), sub: person })
    }

    /// Which guest, if the proof is ours and still holds.
    pub(crate) fn check_guest(&self, now: Timestamp, guest: &str) -> Result<PersonId, TokenRefused> {
        let claims: GuestClaims = self.verify(GUEST, guest)?;
        in_time(now, claims.exp)?;
        Ok(claims.sub)
    }

    /// Proof of having come over a link, until then.
    pub(crate) fn link_cookie(&self, until: Timestamp, link: LinkClaims) -> Result<String, TokenRefused> {
        self.sign(&LinkCookieClaims { aud: LINK_COOKIE.into(), exp: seconds(until), link })
    }

    /// Over which link, if the proof is ours and still holds. Whether the link does is asked each time.
    pub(crate) fn check_link_cookie(&self, now: Timestamp, cookie: &str) -> Result<LinkClaims, TokenRefused> {
        let claims: LinkCookieClaims = self.verify(LINK_COOKIE, cookie)?;
        in_time(now, claims.exp)?;
        Ok(claims.link)
    }

    /// The right to send up a file.
    pub(crate) fn upload(&self, now: Timestamp, upload: &Upload) -> Result<String, TokenRefused> {
        self.sign(&UploadClaims {
            aud: UPLOAD.into(),
            exp: seconds(now.plus(UPLOAD_TTL)),
            jti: upload.file,
            sub: upload.owner,
            place: match upload.place {
                Place::Room(room) => UploadPlace::Room(room),
                Place::Conversation(id) => UploadPlace::Conversation(id),
            },
            name: upload.name.clone(),
            size: upload.size,
            from: upload.from,
        })
    }

    /// What may be sent up, if the token is ours and still holds. That it is used once is for who keeps files.
    pub(crate) fn check_upload(&self, now: Timestamp, token: &str) -> Result<Upload, TokenRefused> {
        let UploadClaims { exp, jti: file, sub: owner, place, name, size, from, .. } =
            self.verify(UPLOAD, token)?;
        in_time(now, exp)?;
        let place = match place {
            UploadPlace::Room(room) => Place::Room(room),
            UploadPlace::Conversation(id) => Place::Conversation(id),
        };
        Ok(Upload { file, owner, place, name, size, from })
    }

    /// Proof of having been this participant of a call that came of a ring.
    pub(crate) fn call_continuation(
        &self,
        now: Timestamp,
        room: &str,
        claim: &Claim,
        ring: &Ring,
    ) -> Result<String, TokenRefused> {
        self.sign(&continuation(now, room, claim, Some(ring.clone())))
    }

    /// What a call's continuation proves, and the call as it was then.
    pub(crate) fn call_claim(
        &self,
        now: Timestamp,
        room: &str,
        continuation: &str,
    ) -> Result<(Claim, Ring), TokenRefused> {
        let claims = self.continued(now, room, continuation)?;
        let claim = claims.claim();
        claims.ring.map(|ring| (claim, ring)).ok_or(TokenRefused)
    }

    /// Proof of having been this participant of this room.
    pub(crate) fn continuation(
        &self,
        now: Timestamp,
        room: &str,
        claim: &Claim,
    ) -> Result<String, TokenRefused> {
        self.sign(&continuation(now, room, claim, None))
    }

    /// What a continuation proves, if it is ours, in time, and for this room.
    pub(crate) fn claim(
        &self,
        now: Timestamp,
        room: &str,
        continuation: &str,
    ) -> Result<Claim, TokenRefused> {
        Ok(self.continued(now, room, continuation)?.claim())
    }

    fn continued(
        &self,
        now: Timestamp,
        room: &str,
        continuation: &str,
    ) -> Result<ContinuationClaims, TokenRefused> {
        let claims: ContinuationClaims = self.verify(CONTINUATION, continuation)?;
        in_time(now, claims.exp)?;
        if claims.room != room {
            return Err(TokenRefused);
        }
        Ok(claims)
    }

    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, TokenRefused> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding).map_err(|_| TokenRefused)
    }

    /// Everything but the time, which is an argument and not the library's clock.
    pub(super) fn verify<C: DeserializeOwned + Clone>(
        &self,
        audience: &str,
        token: &str,
    ) -> Result<C, TokenRefused> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "aud"]);
        validation.set_audience(&[audience]);
        decode::<C>(token, &self.decoding, &validation).map(|data| data.claims).map_err(|_| TokenRefused)
    }
}

fn continuation(now: Timestamp, room: &str, claim: &Claim, ring: Option<Ring>) -> ContinuationClaims {
    ContinuationClaims {
        aud: CONTINUATION.into(),
        exp: seconds(now.plus(CONTINUATION_TTL)),
        sub: claim.participant,
        room: room.to_owned(),
        order: claim.order,
        epoch: claim.epoch,
        call: claim.call,
        joined_at: claim.joined_at,
        ring,
    }
}

impl ContinuationClaims {
    fn claim(&self) -> Claim {
        Claim {
            participant: self.sub,
            order: self.order,
            epoch: self.epoch,
            call: self.call,
            joined_at: self.joined_at,
        }
    }
}

pub(super) fn seconds(at: Timestamp) -> u64 {
    at.0 / 1000
}

pub(super) fn in_time(now: Timestamp, exp: u64) -> Result<(), TokenRefused> {
    if seconds(now) <= exp { Ok(()) } else { Err(TokenRefused) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const WHO: Identity = Identity {
        person: PersonId::from_bits(7),
        sign_in: Some(SignInId::from_bits(8)),
        link: None,
        from: None,
        browser: Some(BrowserId::from_bits(9)),
        vouched: None,
    };

    fn claim() -> Claim {
        Claim {
            participant: ParticipantId::from_bits(1),
            order: 2,
            epoch: 3,
            call: CallId::from_bits(4),
            joined_at: Timestamp(5),
        }
    }

    #[test]
    fn a_ticket_holds_for_a_minute_and_only_with_our_key() {
        let (ours, foreign) = (Tokens::new(b"ours"), Tokens::new(b"foreign"));
        let ticket = ours.ticket(NOW, 1, WHO, None).unwrap();
        for (tokens, after, expected) in [
            (&ours, 0, Ok((WHO, None))),
            (&ours, 60, Ok((WHO, None))),
            (&ours, 61, Err(TokenRefused)),
            (&foreign, 0, Err(TokenRefused)),
        ] {
            let now = NOW.plus(Duration::from_secs(after));
            assert_eq!(tokens.check_ticket(now, &ticket), expected, "after {after} s");
        }
    }

    #[test]
    fn a_continuation_is_for_one_room_and_one_purpose() {
        let tokens = Tokens::new(b"ours");
        let continuation = tokens.continuation(NOW, "café", &claim()).unwrap();
        assert_eq!(tokens.claim(NOW, "café", &continuation), Ok(claim()));
        assert_eq!(tokens.claim(NOW, "other", &continuation), Err(TokenRefused));
        assert_eq!(tokens.check_ticket(NOW, &continuation), Err(TokenRefused));
        let ticket = tokens.ticket(NOW, 1, WHO, None).unwrap();
        assert_eq!(tokens.claim(NOW, "café", &ticket), Err(TokenRefused));
        let late = NOW.plus(CONTINUATION_TTL + Duration::from_secs(1));
        assert_eq!(tokens.claim(late, "café", &continuation), Err(TokenRefused));
    }

    #[test]
    fn the_right_to_send_up_a_file_says_all_of_it_and_ends() {
        let tokens = Tokens::new(b"ours");
        for place in
            [Place::Room(LoungeRoomId::from_bits(1)), Place::Conversation(ConversationId::from_bits(1))]
        {
            let upload = Upload {
                file: FileId::from_bits(2),
                owner: PersonId::from_bits(3),
                place,
                name: "Plan.pdf".into(),
                size: 4,
                from: None,
            };
            let token = tokens.upload(NOW, &upload).unwrap();
            let after = |time| NOW.plus(time);
            assert_eq!(tokens.check_upload(after(UPLOAD_TTL), &token), Ok(upload));
            let late = after(UPLOAD_TTL + Duration::from_secs(1));
            assert_eq!(tokens.check_upload(late, &token), Err(TokenRefused));
            assert_eq!(tokens.check_guest(NOW, &token), Err(TokenRefused));
        }
        let guest = tokens.guest(NOW, PersonId::from_bits(3)).unwrap();
        assert_eq!(tokens.check_upload(NOW, &guest), Err(TokenRefused));
    }

    #[test]
    fn the_secret_of_a_session_is_the_same_wherever_the_key_is_and_nothing_else() {
        let (one, other, foreign) = (Tokens::new(b"ours"), Tokens::new(b"ours"), Tokens::new(b"foreign"));
        let session = SessionId::from_bits(1);
        let secret = one.session_secret(session);
        assert_eq!(secret.len(), 64);
        for (tokens, session, shown, expected) in [
            (&one, session, secret.as_str(), true),
            (&other, session, &secret, true),
            (&foreign, session, &secret, false),
            (&one, SessionId::from_bits(2), &secret, false),
            (&one, session, &secret[..63], false),
            (&one, session, "", false),
            (&one, session, &secret.to_uppercase(), false),
        ] {
            assert_eq!(tokens.is_session_secret(session, shown), expected, "{shown}");
        }
    }

    #[test]
    fn forgeries_are_refused_alike() {
        let tokens = Tokens::new(b"ours");
        let none =
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJhdWQiOiJ0aWNrZXQiLCJleHAiOjk5OTk5OTk5OTksImp0aSI6IjEifQ.";
        let text_exp = {
            let claims = serde_json::json!({"aud": TICKET, "exp": "9999999999", "jti": "1"});
            encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(b"ours")).unwrap()
        };
        let other_hash = {
            let claims = serde_json::json!({"aud": TICKET, "exp": 9_999_999_999_u64, "jti": "1"});
            encode(&Header::new(Algorithm::HS512), &claims, &EncodingKey::from_secret(b"ours")).unwrap()
        };
        let long = "a".repeat(64 * 1024);
        for token in ["", "a.b.c", none, &text_exp, &other_hash, &long] {
            assert_eq!(tokens.check_ticket(NOW, token), Err(TokenRefused));
        }
    }
}
