//! How often somebody may try a password or a code. A pure machine: time is an argument, people are hashes.
//!
//! A try is counted before it is judged, so that many at once are not more than one after the other, and is given
//! back when it was right. Four tallies stand beside each other: one account from one network, anything from one
//! network, and from networks that an account has never signed in from, anything from one site and that account. The
//! last two stop a crowd of addresses; they do not lock out the owner, whose own networks they leave alone.
//!
//! What it knows can be taken apart: a part is what lies in one document of live state.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;
use visavis_domain::time::Timestamp;

/// Tallies that a process keeps by itself. Beyond it the older half is dropped: memory is worth more than the counts
/// of a flood.
const MOST_TALLIES: usize = 100_000;
/// Networks remembered for one account. More would help only who travels a lot; fewer lock out who does.
const MOST_NETWORKS: usize = 8;
/// Accounts whose networks a process remembers by itself.
const MOST_ACCOUNTS: usize = 50_000;
/// Parts there are. More are rarely written by two at once; all of them together bound what a flood can fill.
const SLOTS: u16 = 4096;
/// Tallies and accounts kept in one part, the latest: more than a hundred thousand in all.
const MOST_IN_PART: usize = 32;
/// As many networks' tries as all networks of one site have. More would let one line of IPv6, which has 65,536 of them,
/// guess on; fewer would have an organisation of many networks pay for one of them.
const NETWORKS_PER_SITE: u32 = 10;

/// An account's address as a number that says nothing; keyed, so that nobody chooses collisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct AccountKey(pub(super) u64);

/// A network as such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct NetworkKey(pub(super) u64);

/// Where a try comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) network: NetworkKey,
    /// What the network is a part of, where whoever has one easily has many: the /48 of an IPv6 address.
    pub(super) site: Option<NetworkKey>,
}

/// Whether an account has signed in from there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whence {
    Known,
    New,
}

/// How many wrong ones, within how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    /// From the first wrong one on.
    pub(crate) window: Duration,
    /// For one account from one network.
    pub(crate) per_pair: u32,
    /// From one network.
    pub(crate) per_network: u32,
    /// For one account from networks it has not signed in from.
    pub(crate) per_account: u32,
}

/// What was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Scope {
    #[serde(rename = "p")]
    Pair(AccountKey, NetworkKey),
    #[serde(rename = "n")]
    Network(NetworkKey),
    #[serde(rename = "s")]
    Site(NetworkKey),
    #[serde(rename = "a")]
    Account(AccountKey),
}

impl Scope {
    /// For the audit log.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pair(..) => "account_and_network",
            Self::Network(_) => "network",
            Self::Site(_) => "site",
            Self::Account(_) => "account",
        }
    }

    /// Which part it is counted in.
    fn slot(self) -> u16 {
        let bits = match self {
            Self::Pair(AccountKey(account), NetworkKey(network)) => account ^ network.rotate_left(32),
            Self::Network(NetworkKey(network)) | Self::Site(NetworkKey(network)) => network,
            Self::Account(AccountKey(account)) => account,
        };
        u16::try_from(bits % u64::from(SLOTS)).expect("less than the number of slots")
    }
}

/// No more tries for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limited {
    pub(super) wait: Duration,
    pub(super) scope: Scope,
    /// The first one refused since the limit was reached: worth a row in the audit log, the others are not.
    pub(super) first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    tries: u32,
    until: Timestamp,
    told: bool,
}

/// Networks an account has signed in from, latest last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    latest: Timestamp,
    networks: Vec<NetworkKey>,
}

/// What one document holds, in an order that does not depend on how it came about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    tallies: Vec<(Scope, Tally)>,
    networks: Vec<(AccountKey, Known)>,
}

impl Part {
    /// Without the tallies whose time is over. Says whether anything is left.
    pub(super) fn forget(&mut self, now: Timestamp) -> Left {
        self.tallies.retain(|(_, tally)| tally.until > now);
        if self.tallies.is_empty() && self.networks.is_empty() { Left::Nothing } else { Left::Something }
    }

    /// When none of its tallies counts any more.
    pub(super) fn over_at(&self) -> Option<Timestamp> {
        self.tallies.iter().map(|(_, tally)| tally.until).max()
    }
}

/// Whether a part is worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Something,
    Nothing,
}

/// All that is counted in one process; or of what all count, the parts that concern one try.
pub(super) struct Throttle {
    limits: Tries,
    tallies: HashMap<Scope, Tally>,
    networks: HashMap<AccountKey, Known>,
}

impl Throttle {
    pub(super) fn new(limits: Tries) -> Self {
        Self { limits, tallies: HashMap::new(), networks: HashMap::new() }
    }

    /// The parts that a try from there at this account concerns, each once.
    pub(super) fn slots(account: AccountKey, from: Place) -> Vec<u16> {
        let mut slots: Vec<_> = scopes(account, from, Whence::New).map(Scope::slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Of these parts.
    pub(super) fn gathered(limits: Tries, parts: impl IntoIterator<Item = Part>) -> Self {
        let mut all = Self::new(limits);
        for part in parts {
            all.tallies.extend(part.tallies);
            all.networks.extend(part.networks);
        }
        all
    }

    /// One part of it as it is to be kept.
    pub(super) fn part(&self, now: Timestamp, slot: u16) -> Part {
        let tallies = self.tallies.iter().filter(|(scope, tally)| scope.slot() == slot && tally.until > now);
        let networks = self.networks.iter().filter(|(account, _)| Scope::Account(**account).slot() == slot);
        let mut part = Part {
            tallies: tallies.map(|(scope, tally)| (*scope, *tally)).collect(),
            networks: networks.map(|(account, known)| (*account, known.clone())).collect(),
        };
        part.tallies.sort_unstable_by_key(|(scope, tally)| (std::cmp::Reverse(tally.until), *scope));
        part.tallies.truncate(MOST_IN_PART);
        part.networks.sort_unstable_by_key(|(account, known)| (std::cmp::Reverse(known.latest), *account));
        part.networks.truncate(MOST_IN_PART);
        part
    }

    /// What the other one knows about this account and this network holds here, too.
    pub(super) fn learn(&mut self, now: Timestamp, other: &Self, account: AccountKey, from: Place) {
        for scope in scopes(account, from, Whence::New) {
            match other.tallies.get(&scope) {
                Some(tally) => {
                    self.make_room(now, scope);
                    self.tallies.insert(scope, *tally);
                }
                None => drop(self.tallies.remove(&scope)),
            }
        }
        if let Some(known) = other.networks.get(&account) {
            self.make_room_for_networks(account);
            self.networks.insert(account, known.clone());
        }
    }

    /// Counts one more try, unless there were too many.
    pub(super) fn take(
        &mut self,
        now: Timestamp,
        account: AccountKey,
        from: Place,
    ) -> Result<Whence, Limited> {
        let whence = self.whence(account, from);
        for scope in scopes(account, from, whence) {
            let most = self.most(scope);
            let Some(tally) = self.tallies.get_mut(&scope) else { continue };
            if tally.until > now && tally.tries >= most {
                let first = !std::mem::replace(&mut tally.told, true);
                return Err(Limited { wait: tally.until.since(now), scope, first });
            }
        }
        for scope in scopes(account, from, whence) {
            self.count(now, scope);
        }
        Ok(whence)
    }

    /// The try was not a wrong one.
    pub(super) fn give_back(&mut self, account: AccountKey, from: Place) {
        for scope in scopes(account, from, self.whence(account, from)) {
            if let Some(tally) = self.tallies.get_mut(&scope) {
                tally.tries = tally.tries.saturating_sub(1);
            }
        }
    }

    /// The account signed in: earlier wrong tries of this pair were typing errors. Those of the network stay, or
    /// one right password would pay for guessing others.
    pub(super) fn signed_in(&mut self, now: Timestamp, account: AccountKey, from: Place) {
        self.give_back(account, from);
        let network = from.network;
        self.tallies.remove(&Scope::Pair(account, network));
        self.make_room_for_networks(account);
        let known = self.networks.entry(account).or_insert(Known { latest: now, networks: Vec::new() });
        known.latest = now;
        known.networks.retain(|known| *known != network);
        known.networks.push(network);
        if known.networks.len() > MOST_NETWORKS {
            known.networks.remove(0);
        }
    }

    fn whence(&self, account: AccountKey, from: Place) -> Whence {
        let known = self.networks.get(&account).is_some_and(|known| known.networks.contains(&from.network));
        if known { Whence::Known } else { Whence::New }
    }

    fn most(&self, scope: Scope) -> u32 {
        match scope {
            Scope::Pair(..) => self.limits.per_pair,
            Scope::Network(_) => self.limits.per_network,
            Scope::Site(_) => self.limits.per_network.saturating_mul(NETWORKS_PER_SITE),
            Scope::Account(_) => self.limits.per_account,
        }
    }

    fn count(&mut self, now: Timestamp, scope: Scope) {
        self.make_room(now, scope);
        let fresh = Tally { tries: 0, until: now.plus(self.limits.window), told: false };
        let tally = self.tallies.entry(scope).or_insert(fresh);
        if tally.until <= now {
            *tally = fresh;
        }
        tally.tries += 1;
    }

    fn make_room(&mut self, now: Timestamp, scope: Scope) {
        if self.tallies.len() < MOST_TALLIES || self.tallies.contains_key(&scope) {
            return;
        }
        self.tallies.retain(|_, tally| tally.until > now);
        if self.tallies.len() < MOST_TALLIES {
            return;
        }
        let mut ends: Vec<_> = self.tallies.values().map(|tally| tally.until).collect();
        let middle = ends.len() / 2;
        let (_, median, _) = ends.select_nth_unstable(middle);
        let median = *median;
        self.tallies.retain(|_, tally| tally.until > median);
    }

    fn make_room_for_networks(&mut self, account: AccountKey) {
        if self.networks.len() >= MOST_ACCOUNTS && !self.networks.contains_key(&account) {
            self.networks.clear();
        }
    }
}

/// Where a try is counted.
fn scopes(account: AccountKey, from: Place, whence: Whence) -> impl Iterator<Item = Scope> {
    let crowd = match whence {
        Whence::Known => [None, None],
        Whence::New => [from.site.map(Scope::Site), Some(Scope::Account(account))],
    };
    let own = [Scope::Pair(account, from.network), Scope::Network(from.network)];
    own.into_iter().chain(crowd.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Tries =
        Tries { window: Duration::from_secs(900), per_pair: 3, per_network: 5, per_account: 6 };
    const ANA: AccountKey = AccountKey(1);
    const BEN: AccountKey = AccountKey(2);

    fn at(seconds: u64) -> Timestamp {
        Timestamp(1_700_000_000_000 + seconds * 1000)
    }

    fn network(last: u8) -> Place {
        Place { network: NetworkKey(u64::from(last) << 32), site: None }
    }

    /// One line of a table: when, who, from where, and whether it was right.
    enum Step {
        Wrong(u64, AccountKey, u8),
        Right(u64, AccountKey, u8),
        Refused(u64, AccountKey, u8, &'static str, u64),
    }

    #[derive(Clone, Copy, PartialEq)]
    enum Right {
        Yes,
        No,
    }

    impl Step {
        fn check(
            &self,
            told: &str,
            tried: impl FnOnce(Timestamp, AccountKey, Place, Right) -> Result<(), Limited>,
        ) {
            match *self {
                Self::Wrong(seconds, who, from) => {
                    assert_eq!(tried(at(seconds), who, network(from), Right::No), Ok(()), "{told}");
                }
                Self::Right(seconds, who, from) => {
                    assert_eq!(tried(at(seconds), who, network(from), Right::Yes), Ok(()), "{told}");
                }
                Self::Refused(seconds, who, from, scope, wait) => {
                    let limited = tried(at(seconds), who, network(from), Right::No).unwrap_err();
                    assert_eq!(limited.scope.name(), scope, "{told}");
                    assert_eq!(limited.wait.as_secs(), wait, "{told}");
                }
            }
        }
    }

    fn tried(
        throttle: &mut Throttle,
        now: Timestamp,
        who: AccountKey,
        from: Place,
        right: Right,
    ) -> Result<(), Limited> {
        throttle.take(now, who, from)?;
        if right == Right::Yes {
            throttle.signed_in(now, who, from);
        }
        Ok(())
    }

    /// As live state keeps it: put together for each try, and taken apart again.
    #[derive(Default)]
    struct Apart(HashMap<u16, Part>);

    impl Apart {
        fn change<T>(
            &mut self,
            now: Timestamp,
            who: AccountKey,
            from: Place,
            change: impl FnOnce(&mut Throttle) -> T,
        ) -> T {
            let slots = Throttle::slots(who, from);
            let parts = slots.iter().map(|slot| self.0.get(slot).cloned().unwrap_or_default());
            let mut throttle = Throttle::gathered(LIMITS, parts);
            let outcome = change(&mut throttle);
            for slot in slots {
                self.0.insert(slot, throttle.part(now, slot));
            }
            outcome
        }
    }

    #[test]
    fn tallies_refuse_what_is_too_much_and_nothing_else() {
        use Step::{Refused, Right, Wrong};
        let pair = vec![
            Wrong(0, ANA, 1),
            Wrong(1, ANA, 1),
            Wrong(2, ANA, 1),
            Refused(3, ANA, 1, "account_and_network", 897),
            Wrong(3, ANA, 2),
            Wrong(3, BEN, 1),
            Wrong(900, ANA, 1),
        ];
        let typing_errors = vec![
            Wrong(0, ANA, 1),
            Wrong(0, ANA, 1),
            Right(1, ANA, 1),
            Wrong(2, ANA, 1),
            Wrong(2, ANA, 1),
            Wrong(3, ANA, 1),
            // Five wrong ones came from this network by now.
            Refused(4, BEN, 1, "network", 896),
            Refused(4, ANA, 1, "account_and_network", 898),
        ];
        let own_account_pays_for_nothing = vec![
            Wrong(0, ANA, 1),
            Wrong(0, ANA, 1),
            Right(0, BEN, 1),
            Wrong(0, ANA, 1),
            Refused(0, ANA, 1, "account_and_network", 900),
            Right(0, BEN, 1),
        ];
        let crowd = vec![
            Right(0, ANA, 9),
            Wrong(0, ANA, 1),
            Wrong(0, ANA, 1),
            Wrong(0, ANA, 2),
            Wrong(0, ANA, 2),
            Wrong(0, ANA, 3),
            Wrong(0, ANA, 3),
            Refused(1, ANA, 4, "account", 899),
            Right(1, ANA, 9),
            Wrong(1, ANA, 9),
            Right(900, ANA, 4),
        ];
        for (name, steps) in [
            ("pair", pair),
            ("typing errors", typing_errors),
            ("own account", own_account_pays_for_nothing),
            ("crowd", crowd),
        ] {
            let (mut whole, mut apart) = (Throttle::new(LIMITS), Apart::default());
            for (number, step) in steps.iter().enumerate() {
                step.check(&format!("{name}, step {number}"), |now, who, from, right| {
                    tried(&mut whole, now, who, from, right)
                });
                step.check(&format!("{name}, step {number}, in parts"), |now, who, from, right| {
                    apart.change(now, who, from, |throttle| tried(throttle, now, who, from, right))
                });
            }
        }
    }

    #[test]
    fn a_part_ends_with_its_last_tally_unless_networks_are_remembered_in_it() {
        let mut apart = Apart::default();
        apart.change(at(0), ANA, network(1), |all| tried(all, at(0), ANA, network(1), Right::No)).unwrap();
        apart.change(at(10), BEN, network(2), |all| tried(all, at(10), BEN, network(2), Right::Yes)).unwrap();
        let mut kept: Vec<_> = apart.0.into_values().filter(|part| *part != Part::default()).collect();
        let ends: Vec<_> = kept.iter().filter_map(Part::over_at).collect();
        assert!(!ends.is_empty() && ends.iter().all(|end| [at(900), at(910)].contains(end)), "{ends:?}");
        kept.retain_mut(|part| part.forget(at(910)) == Left::Something);
        assert_eq!(kept.len(), 1, "where Ben's network is");
        assert!(kept[0].tallies.is_empty() && kept[0].over_at().is_none());
    }

    #[test]
    fn a_part_keeps_the_latest_of_a_flood() {
        let mut all = Throttle::new(LIMITS);
        let same_slot = |number: u64| AccountKey(number * u64::from(SLOTS));
        for number in 0..1000 {
            let (now, who) = (at(number), same_slot(number));
            all.take(now, who, network(1)).ok();
            all.count(now, Scope::Account(who));
            all.signed_in(now, who, network(1));
        }
        all.count(at(999), Scope::Account(same_slot(1000)));
        let part = all.part(at(999), 0);
        assert_eq!((part.tallies.len(), part.networks.len()), (MOST_IN_PART, MOST_IN_PART));
        assert!(part.networks.iter().any(|(account, _)| *account == same_slot(999)));
        assert!(!part.networks.iter().any(|(account, _)| *account == same_slot(0)));
    }

    #[test]
    fn a_process_goes_on_from_what_all_had_counted() {
        let (mut all, mut own) = (Throttle::new(LIMITS), Throttle::new(LIMITS));
        for _ in 0..3 {
            tried(&mut own, at(0), BEN, network(2), Right::No).unwrap();
            tried(&mut all, at(0), ANA, network(1), Right::No).unwrap();
        }
        tried(&mut all, at(0), BEN, network(2), Right::Yes).unwrap();
        own.learn(at(0), &all, ANA, network(1));
        assert!(own.take(at(1), ANA, network(1)).is_err(), "three were counted elsewhere");
        assert!(own.take(at(1), BEN, network(2)).is_err(), "and three here");
        own.learn(at(0), &all, BEN, network(2));
        assert_eq!(own.take(at(1), BEN, network(2)), Ok(Whence::Known), "which were cleared elsewhere");
    }

    #[test]
    fn the_networks_of_one_site_have_no_endless_tries() {
        let from = |network: u64| Place { network: NetworkKey(network), site: Some(NetworkKey(1 << 40)) };
        let (mut throttle, mut apart) = (Throttle::new(LIMITS), Apart::default());
        throttle.signed_in(at(0), ANA, from(1));
        apart.change(at(0), ANA, from(1), |all| all.signed_in(at(0), ANA, from(1)));
        // A new account and a new network each time: nothing else is counted together.
        for number in 0..LIMITS.per_network * NETWORKS_PER_SITE {
            let (who, place) = (AccountKey(100 + u64::from(number)), from(100 + u64::from(number)));
            throttle.take(at(1), who, place).unwrap();
            apart.change(at(1), who, place, |all| all.take(at(1), who, place)).unwrap();
        }
        let limited = throttle.take(at(2), BEN, from(9)).unwrap_err();
        assert_eq!((limited.scope.name(), limited.wait.as_secs()), ("site", 899));
        assert!(apart.change(at(2), BEN, from(9), |all| all.take(at(2), BEN, from(9))).is_err());
        assert_eq!(throttle.take(at(2), ANA, from(1)), Ok(Whence::Known), "who has been here before");
        assert_eq!(apart.change(at(2), ANA, from(1), |all| all.take(at(2), ANA, from(1))), Ok(Whence::Known));
        assert_eq!(throttle.take(at(2), BEN, network(9)), Ok(Whence::New), "from elsewhere");
    }

    #[test]
    fn a_limit_is_told_once() {
        let mut throttle = Throttle::new(LIMITS);
        for _ in 0..3 {
            throttle.take(at(0), ANA, network(1)).unwrap();
        }
        assert!(throttle.take(at(1), ANA, network(1)).unwrap_err().first);
        assert!(!throttle.take(at(2), ANA, network(1)).unwrap_err().first);
        for _ in 0..3 {
            throttle.take(at(900), ANA, network(1)).unwrap();
        }
        assert!(throttle.take(at(901), ANA, network(1)).unwrap_err().first, "another window, another row");
    }

    #[test]
    fn a_try_without_its_code_is_no_wrong_one_but_clears_none() {
        let mut throttle = Throttle::new(LIMITS);
        for _ in 0..3 {
            throttle.take(at(0), ANA, network(1)).unwrap();
            throttle.give_back(ANA, network(1));
            throttle.take(at(0), ANA, network(1)).unwrap();
        }
        assert!(throttle.take(at(0), ANA, network(1)).is_err());
    }

    #[test]
    fn a_flood_of_addresses_does_not_grow_without_bound() {
        let mut throttle = Throttle::new(LIMITS);
        for number in 0..120_000_u32 {
            let from = Place { network: NetworkKey(u64::from(number)), site: None };
            let _ = throttle.take(at(u64::from(number / 1000)), AccountKey(u64::from(number)), from);
        }
        assert!(throttle.tallies.len() <= MOST_TALLIES);
        assert!(throttle.tallies.len() > MOST_TALLIES / 4);
    }
}
