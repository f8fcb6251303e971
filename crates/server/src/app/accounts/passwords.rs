//! Passwords as argon2id hashes. Hashing is slow on purpose: off the async threads, and no more at once than there
//! are cores.

use super::Denied;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a password has to be compared with when there is none, so that it takes as long.
const DUMMY: &str = "nobody has this password";

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
    slots: Arc<Semaphore>,
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
        Self { costs, dummy: dummy.into(), slots: Arc::new(Semaphore::new(cores)) }
    }

    /// The hash of a new password, as a PHC string. `salt` is drawn at random.
    pub(in crate::app) async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, Denied> {
        let (costs, password) = (self.costs.clone(), password.to_owned());
        self.run(move || hash(&costs, &password, &salt)).await?.ok_or(Denied::Defect("a password's hash"))
    }

    /// Compares; takes as long when there is nothing to compare with.
    pub(in crate::app) async fn compare(
        &self,
        password: &str,
        stored: Option<&str>,
    ) -> Result<Verdict, Denied> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        let (costs, password) = (self.costs.clone(), password.to_owned());
        let verdict = self.run(move || compare(&costs, &password, &stored)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Denied> {
        let defect = Denied::Defect("the hashing of a password");
        let Ok(slot) = self.slots.clone().acquire_owned().await else { return Err(defect) };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(slot);
            done
        });
        done.await.map_err(|_| defect)
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
        let stored = before.hash("correct horse", [7; 16]).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$"), "{stored}");
        for (passwords, password, expected) in [
            (&before, "correct horse", Verdict::Right),
            (&now, "correct horse", Verdict::Outdated),
            (&now, "wrong horse", Verdict::Wrong),
        ] {
            assert_eq!(passwords.compare(password, Some(&stored)).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn nothing_is_right_where_there_is_no_password() {
        let passwords = cheap(1);
        for stored in [None, Some(""), Some("$argon2id$nonsense")] {
            assert_eq!(passwords.compare(DUMMY, stored).await.unwrap(), Verdict::Wrong, "{stored:?}");
        }
    }
}
