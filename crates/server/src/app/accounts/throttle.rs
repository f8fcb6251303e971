//! How often somebody may try a password or a code. A pure machine: time is an argument, people are hashes.
//!
//! A try is counted before it is judged, so that many at once are not more than one after the other, and is given
//! back when it was right. Three tallies stand beside each other: one account from one network, anything from one
//! network, and one account from all networks that it has never signed in from. The last one stops a crowd of
//! addresses; it does not lock out the owner, whose own networks it leaves alone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;
use visavis_domain::time::Timestamp;

/// Tallies that are kept. Beyond it the older half is dropped: memory is worth more than the counts of a flood.
const MOST_TALLIES: usize = 100_000;
/// Networks remembered for one account. More would help only who travels a lot; fewer lock out who does.
const MOST_NETWORKS: usize = 8;
/// Accounts whose networks are remembered.
const MOST_ACCOUNTS: usize = 50_000;

/// An account's address as a number that says nothing; keyed, so that nobody chooses collisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AccountKey(pub(super) u64);

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Pair(AccountKey, IpAddr),
    Network(IpAddr),
    Account(AccountKey),
}

impl Scope {
    /// For the audit log.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pair(..) => "account_and_network",
            Self::Network(_) => "network",
            Self::Account(_) => "account",
        }
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

#[derive(Debug, Clone, Copy)]
struct Tally {
    tries: u32,
    since: Timestamp,
    told: bool,
}

/// All tallies of this process. A restart forgets them; another instance has its own.
pub(super) struct Throttle {
    limits: Tries,
    tallies: HashMap<Scope, Tally>,
    /// Networks an account has signed in from, latest last.
    networks: HashMap<AccountKey, Vec<IpAddr>>,
}

impl Throttle {
    pub(super) fn new(limits: Tries) -> Self {
        Self { limits, tallies: HashMap::new(), networks: HashMap::new() }
    }

    /// Counts one more try, unless there were too many.
    pub(super) fn take(
        &mut self,
        now: Timestamp,
        account: AccountKey,
        network: IpAddr,
    ) -> Result<(), Limited> {
        let scopes = self.scopes(account, network);
        for scope in scopes.into_iter().flatten() {
            let most = self.most(scope);
            let window = self.limits.window;
            let Some(tally) = self.tallies.get_mut(&scope) else { continue };
            let age = now.since(tally.since);
            if age < window && tally.tries >= most {
                let first = !std::mem::replace(&mut tally.told, true);
                return Err(Limited { wait: window - age, scope, first });
            }
        }
        for scope in scopes.into_iter().flatten() {
            self.count(now, scope);
        }
        Ok(())
    }

    /// The try was not a wrong one.
    pub(super) fn give_back(&mut self, account: AccountKey, network: IpAddr) {
        for scope in self.scopes(account, network).into_iter().flatten() {
            if let Some(tally) = self.tallies.get_mut(&scope) {
                tally.tries = tally.tries.saturating_sub(1);
            }
        }
    }

    /// The account signed in: earlier wrong tries of this pair were typing errors. Those of the network stay, or
    /// one right password would pay for guessing others.
    pub(super) fn signed_in(&mut self, account: AccountKey, network: IpAddr) {
        self.give_back(account, network);
        self.tallies.remove(&Scope::Pair(account, network));
        if self.networks.len() >= MOST_ACCOUNTS && !self.networks.contains_key(&account) {
            self.networks.clear();
        }
        let networks = self.networks.entry(account).or_default();
        networks.retain(|known| *known != network);
        networks.push(network);
        if networks.len() > MOST_NETWORKS {
            networks.remove(0);
        }
    }

    fn scopes(&self, account: AccountKey, network: IpAddr) -> [Option<Scope>; 3] {
        let known = self.networks.get(&account).is_some_and(|networks| networks.contains(&network));
        [
            Some(Scope::Pair(account, network)),
            Some(Scope::Network(network)),
            (!known).then_some(Scope::Account(account)),
        ]
    }

    fn most(&self, scope: Scope) -> u32 {
        match scope {
            Scope::Pair(..) => self.limits.per_pair,
            Scope::Network(_) => self.limits.per_network,
            Scope::Account(_) => self.limits.per_account,
        }
    }

    fn count(&mut self, now: Timestamp, scope: Scope) {
        if self.tallies.len() >= MOST_TALLIES && !self.tallies.contains_key(&scope) {
            self.make_room(now);
        }
        let fresh = Tally { tries: 0, since: now, told: false };
        let tally = self.tallies.entry(scope).or_insert(fresh);
        if now.since(tally.since) >= self.limits.window {
            *tally = fresh;
        }
        tally.tries += 1;
    }

    fn make_room(&mut self, now: Timestamp) {
        let window = self.limits.window;
        self.tallies.retain(|_, tally| now.since(tally.since) < window);
        if self.tallies.len() < MOST_TALLIES {
            return;
        }
        let mut ages: Vec<_> = self.tallies.values().map(|tally| tally.since).collect();
        let middle = ages.len() / 2;
        let (_, median, _) = ages.select_nth_unstable(middle);
        let median = *median;
        self.tallies.retain(|_, tally| tally.since > median);
    }
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

    fn network(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    /// One line of a table: when, who, from where, and whether it was right.
    enum Step {
        Wrong(u64, AccountKey, u8),
        Right(u64, AccountKey, u8),
        Refused(u64, AccountKey, u8, &'static str, u64),
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
            let mut throttle = Throttle::new(LIMITS);
            for (number, step) in steps.into_iter().enumerate() {
                let told = format!("{name}, step {number}");
                match step {
                    Wrong(seconds, who, from) => {
                        assert_eq!(throttle.take(at(seconds), who, network(from)), Ok(()), "{told}");
                    }
                    Right(seconds, who, from) => {
                        assert_eq!(throttle.take(at(seconds), who, network(from)), Ok(()), "{told}");
                        throttle.signed_in(who, network(from));
                    }
                    Refused(seconds, who, from, scope, wait) => {
                        let limited = throttle.take(at(seconds), who, network(from)).unwrap_err();
                        assert_eq!(limited.scope.name(), scope, "{told}");
                        assert_eq!(limited.wait.as_secs(), wait, "{told}");
                    }
                }
            }
        }
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
            let network = IpAddr::from(number.to_be_bytes());
            let _ = throttle.take(at(u64::from(number / 1000)), AccountKey(u64::from(number)), network);
        }
        assert!(throttle.tallies.len() <= MOST_TALLIES);
        assert!(throttle.tallies.len() > MOST_TALLIES / 4);
    }
}
