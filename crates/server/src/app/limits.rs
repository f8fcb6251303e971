//! What may be done how often, counted in purses of live state, and so by all instances together: opening rooms,
//! ringing people, and what edges count by address. What is wrong with a password has its own rules, in accounts.

use super::{App, Identity, Refused};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::ring::Source;
use visavis_live::{Live, LiveError, Purse, Rate, Spent};

/// What the operator can set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    /// New rooms, for one account, or all guests of one address.
    pub(crate) rooms: Rate,
    /// Rings and places in queues, for one person.
    pub(crate) rings: Rate,
    /// The same, for all guests of one address: they are new persons whenever they want.
    pub(crate) rings_of_guests: Rate,
    /// What is written in the lounge, for all guests of one address: it is kept, and one after the other.
    pub(crate) lines_of_guests: Rate,
}

/// Room passwords that guests of one address, or one account, may try: a class that comes in together has enough, and
/// whoever guesses gets through a thousand words in an hour.
const ROOM_PASSWORDS: Rate =
    Rate { burst: NonZeroU32::new(30).expect("not zero"), every: Duration::from_millis(3_600) };

/// So many in a minute, at once or spread over it.
pub(crate) fn per_minute(times: NonZeroU32) -> Rate {
    Rate { burst: times, every: Duration::from_secs(60) / times.get() }
}

/// Where somebody is, as a number that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whereabouts(u64);

impl Whereabouts {
    /// For the rules of desks.
    pub(super) fn source(self) -> Source {
        Source(self.0)
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Identity {
    /// Where they are, if they are one of the guests there: these are new persons whenever they want, and so count
    /// together.
    pub(super) fn guest_from(self) -> Option<Whereabouts> {
        self.from.filter(|_| self.sign_in.is_none())
    }
}

/// What edges count by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByAddress {
    /// Rights to open a session.
    Tickets,
    /// Links that are shown.
    Links,
    /// Ids of PeerJS that are asked for.
    PeerJs,
    /// Media that programs want to send or take.
    Feeds,
    /// Ways to the identity provider and back.
    Provider,
}

impl ByAddress {
    const fn name(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Links => "links",
            Self::PeerJs => "peerjs",
            Self::Feeds => "feeds",
            Self::Provider => "provider",
        }
    }
}

/// Words under which one asker may have answers kept: two thousand at once, eight thousand in a day.
const WORDS: Rate = Rate { burst: NonZeroU32::new(2_000).expect("not zero"), every: Duration::from_secs(10) };
/// How often a look that is repeated is written down.
const LOOKS: Rate = Rate { burst: NonZeroU32::MIN, every: Duration::from_secs(60 * 60) };

/// Counts a word that is about to be remembered.
pub(super) async fn pay_slowly(live: &dyn Live, asker: &str) -> Result<(), Refused> {
    match live.spend(&Purse::new(format!("words:{asker}")), WORDS).await? {
        Spent::Granted => Ok(()),
        Spent::Wait(_) => Err(Refused::TooOften),
    }
}

impl Rates {
    /// What opening a room is paid from.
    fn room(&self, who: Identity) -> (Purse, Rate) {
        let purse = match who.guest_from() {
            Some(from) => of_place("rooms", from),
            None => of_person("rooms", who),
        };
        (purse, self.rooms)
    }

    /// What ringing somebody is paid from. The place comes second: a person who is over their own rate uses up
    /// nothing of their neighbours'.
    fn ring(&self, who: Identity) -> impl Iterator<Item = (Purse, Rate)> {
        let place = who.guest_from().map(|from| (of_place("rings", from), self.rings_of_guests));
        [Some((of_person("rings", who), self.rings)), place].into_iter().flatten()
    }
}

fn of_person(what: &str, who: Identity) -> Purse {
    Purse::new(format!("{what}:{}", who.person))
}

fn of_place(what: &str, place: Whereabouts) -> Purse {
    Purse::new(format!("{what}-from:{place}"))
}

impl App {
    /// Where a network is, for an identity.
    pub(crate) fn whereabouts(&self, network: IpAddr) -> Whereabouts {
        Whereabouts(self.blind.address(network))
    }

    /// Counts a ring, or a place in a queue, before anything comes of it.
    pub(crate) async fn count_ring(&self, who: Identity) -> Result<(), Refused> {
        for (purse, rate) in self.rates.ring(who) {
            self.pay(&purse, rate).await?;
        }
        Ok(())
    }

    /// Counts something that is written in the lounge. Accounts are counted by their pages alone.
    pub(crate) async fn count_line(&self, who: Identity) -> Result<(), Refused> {
        match who.guest_from() {
            Some(from) => self.pay(&of_place("lines", from), self.rates.lines_of_guests).await,
            None => Ok(()),
        }
    }

    /// Counts a room that is about to be opened.
    pub(super) async fn count_room(&self, who: Identity) -> Result<(), Refused> {
        let (purse, rate) = self.rates.room(who);
        self.pay(&purse, rate).await
    }

    /// Counts a try at a room's password, before it is compared.
    pub(super) async fn count_password(&self, who: Identity) -> Result<(), Refused> {
        let purse = match who.guest_from() {
            Some(from) => of_place("room-passwords", from),
            None => of_person("room-passwords", who),
        };
        self.pay(&purse, ROOM_PASSWORDS).await
    }

    /// Counts what a network does at all instances, or says how long to wait. While live state is away nothing is
    /// counted: the edge has its own count.
    pub(crate) async fn count_from(
        &self,
        what: ByAddress,
        network: IpAddr,
        rate: Rate,
    ) -> Result<(), Duration> {
        match self.live.spend(&of_place(what.name(), self.whereabouts(network)), rate).await {
            Ok(Spent::Wait(wait)) => Err(wait),
            Ok(Spent::Granted) | Err(LiveError::Unavailable | LiveError::Conflict) => Ok(()),
        }
    }

    /// Counts what a key asks for at all instances, or says how long to wait; as [`App::count_from`] while live state
    /// is away.
    pub(crate) async fn count_key(&self, key: ApiKeyId, rate: Rate) -> Result<(), Duration> {
        match self.live.spend(&Purse::new(format!("keys:{key}")), rate).await {
            Ok(Spent::Wait(wait)) => Err(wait),
            Ok(Spent::Granted) | Err(LiveError::Unavailable | LiveError::Conflict) => Ok(()),
        }
    }

    /// Whether this look is to be written down: the first in an hour, of one asker at one thing. While live state is
    /// away each is.
    pub(crate) async fn is_news(&self, (who, key): (PersonId, Option<ApiKeyId>), what: &str) -> bool {
        let asker = key.map_or_else(|| who.to_string(), |key| key.to_string());
        let purse = Purse::new(format!("looks:{asker}:{what}"));
        !matches!(self.live.spend(&purse, LOOKS).await, Ok(Spent::Wait(_)))
    }

    /// What is paid for lies in live state, too: while that is away, nothing comes of it anyway.
    async fn pay(&self, purse: &Purse, rate: Rate) -> Result<(), Refused> {
        match self.live.spend(purse, rate).await? {
            Spent::Granted => Ok(()),
            Spent::Wait(_) => Err(Refused::TooOften),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::ids::SignInId;

    const HERE: Whereabouts = Whereabouts(7);

    fn rate(times: u32) -> Rate {
        per_minute(NonZeroU32::new(times).unwrap())
    }

    fn who(person: u128, sign_in: Option<u128>, from: Option<Whereabouts>) -> Identity {
        let sign_in = sign_in.map(SignInId::from_bits);
        Identity {
            person: PersonId::from_bits(person),
            sign_in,
            link: None,
            from,
            browser: None,
            vouched: None,
        }
    }

    #[test]
    fn guests_pay_together_with_their_address_and_accounts_for_themselves() {
        let rates =
            Rates { rooms: rate(1), rings: rate(2), rings_of_guests: rate(3), lines_of_guests: rate(4) };
        let ana = PersonId::from_bits(1);
        let (rooms, rings) = (format!("rooms:{ana}"), format!("rings:{ana}"));
        let here = |what| format!("{what}-from:0000000000000007");
        for (who, room, ring) in [
            (who(1, None, Some(HERE)), here("rooms"), vec![(rings.clone(), 2), (here("rings"), 3)]),
            (who(1, Some(1), Some(HERE)), rooms.clone(), vec![(rings.clone(), 2)]),
            (who(1, Some(1), None), rooms.clone(), vec![(rings.clone(), 2)]),
            (who(1, None, None), rooms, vec![(rings, 2)]),
        ] {
            assert_eq!(rates.room(who).0.as_str(), room, "{who:?}");
            let paid: Vec<_> =
                rates.ring(who).map(|(purse, rate)| (purse.as_str().to_owned(), rate.burst.get())).collect();
            assert_eq!(paid, ring, "{who:?}");
        }
    }

    #[test]
    fn a_minute_brings_as_many_as_it_says() {
        for times in [1, 30, 240, 1_000_000] {
            let Rate { burst, every } = rate(times);
            assert_eq!(burst.get(), times);
            assert!((every * times).abs_diff(Duration::from_secs(60)) < Duration::from_millis(1), "{times}");
            assert!(!every.is_zero());
        }
    }
}
