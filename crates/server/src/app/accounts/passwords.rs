//! Passwords as argon2id hashes. Hashing is slow on purpose: off the async threads, on few cores at once, and nobody
//! waits long for one. Who has proven something already has places of their own, so that strangers who try passwords
//! keep nobody out who belongs here.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What a password has to be compared with when there is none, so that it takes as long.
const DUMMY: &str = "nobody has this password";

/// The part of the cores that hashing for strangers may take, and as much again for the others. More hashes faster; less
/// leaves more to media and to everybody else.
const CORES_PER_PLACE: usize = 4;
/// How long a place is waited for. Longer keeps more who wait in memory while somebody floods; shorter refuses at the
/// full hour, when a building signs in.
const PATIENCE: Duration = Duration::from_secs(2);

/// For whom something is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Lane {
    /// Somebody who is signed in, has a link of ours, or comes from where the account has signed in before.
    Known,
    /// Anybody.
    Stranger,
}

/// Why nothing was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::app) enum Unhashed {
    /// Too many want it; in a moment it may be otherwise.
    #[error("too many passwords are hashed at once")]
    Busy,
    /// A defect.
    #[error("a password could not be hashed")]
    Defect,
}

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Verdict {
    /// It is the password; its hash has the costs of today.
    Right,
    /// It is the password; its hash wants to be made anew.
    Outdated,
    /// It is not, or there is none.
    Wrong,
}

/// Hashes and compares.
pub(crate) struct Passwords {
    costs: Params,
    dummy: Arc<str>,
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
    patience: Duration,
}

impl Passwords {
    /// With the costs that the crate recommends (OWASP's: 19 MiB, two rounds; about 50 ms).
    pub(crate) fn new() -> Self {
        Self::with_costs(Params::default())
    }

    /// With other costs: less makes guessing from a stolen database cheaper, more makes signing in slower.
    pub(crate) fn with_costs(costs: Params) -> Self {
        let dummy = hash(&costs, DUMMY, &[0; 16]).expect("costs are within what argon2 allows");
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let places = || Arc::new(Semaphore::new((cores / CORES_PER_PLACE).max(1)));
        Self { costs, dummy: dummy.into(), strangers: places(), known: places(), patience: PATIENCE }
    }

    /// The hash of a new password, as a PHC string. `salt` is drawn at random.
    pub(in crate::app) async fn hash(
        &self,
        password: &str,
        salt: [u8; 16],
        lane: Lane,
    ) -> Result<String, Unhashed> {
        let (costs, password) = (self.costs.clone(), password.to_owned());
        self.run(lane, move || hash(&costs, &password, &salt)).await?.ok_or(Unhashed::Defect)
    }

    /// Compares; takes as long when there is nothing to compare with.
    pub(in crate::app) async fn compare(
        &self,
        password: &str,
        stored: Option<&str>,
        lane: Lane,
    ) -> Result<Verdict, Unhashed> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        let (costs, password) = (self.costs.clone(), password.to_owned());
        let verdict = self.run(lane, move || compare(&costs, &password, &stored)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unhashed> {
        let places = match lane {
            Lane::Known => &self.known,
            Lane::Stranger => &self.strangers,
        };
        let place = tokio::time::timeout(self.patience, places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Unhashed::Busy)?.map_err(|_| Unhashed::Defect)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(|_| Unhashed::Defect)
    }
}

fn hash(costs: &Params, password: &str, salt: &[u8]) -> Option<String> {
    let hash = Argon2::default().hash_password_with_params(password.as_bytes(), salt, costs.clone());
    hash.ok().map(|hash: PasswordHash| hash.to_string())
}

fn compare(costs: &Params, password: &str, stored: &str) -> Verdict {
    let Ok(parsed) = PasswordHash::new(stored) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
        return Verdict::Wrong;
    }
    let today = Params::try_from(&parsed).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost())
            == (costs.m_cost(), costs.t_cost(), costs.p_cost())
    });
    if today { Verdict::Right } else { Verdict::Outdated }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap(rounds: u32) -> Passwords {
        Passwords::with_costs(Params::new(64, rounds, 1, None).unwrap())
    }

    #[tokio::test]
    async fn a_password_is_found_right_with_other_costs_and_said_to_be_outdated() {
        let (before, now) = (cheap(1), cheap(2));
        let stored = before.hash("correct horse", [7; 16], Lane::Stranger).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$"), "{stored}");
        for (passwords, password, expected) in [
            (&before, "correct horse", Verdict::Right),
            (&now, "correct horse", Verdict::Outdated),
            (&now, "wrong horse", Verdict::Wrong),
        ] {
            assert_eq!(passwords.compare(password, Some(&stored), Lane::Known).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn nothing_is_right_where_there_is_no_password() {
        let passwords = cheap(1);
        for stored in [None, Some(""), Some("$argon2id$nonsense")] {
            assert_eq!(
                passwords.compare(DUMMY, stored, Lane::Stranger).await.unwrap(),
                Verdict::Wrong,
                "{stored:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_strangers_keeps_nobody_out_who_is_known() {
        let passwords = Arc::new(cheap(1));
        let places = u32::try_from(passwords.strangers.available_permits()).unwrap();
        let cores = std::thread::available_parallelism().unwrap().get();
        assert_eq!(places as usize, (cores / CORES_PER_PLACE).max(1));
        // As many as there are places, and none of them comes to an end.
        let flood = passwords.strangers.clone().acquire_many_owned(places).await.unwrap();
        let waiting: Vec<_> = (0..10)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.compare("guess", None, Lane::Stranger).await })
            })
            .collect();
        let known = passwords.compare("guess", None, Lane::Known);
        assert_eq!(known.await.unwrap(), Verdict::Wrong);
        for one in waiting {
            assert_eq!(one.await.unwrap(), Err(Unhashed::Busy), "after a while");
        }
        drop(flood);
        assert_eq!(passwords.compare("guess", None, Lane::Stranger).await, Ok(Verdict::Wrong));
    }
}
