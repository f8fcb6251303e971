//! Whose keys an installation has: what remembers that, beside the database in Redis, is compared with this program's.

use crate::secrets::{Fingerprint, Secrets};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use visavis_store::{Audited, Settings as _, SqlStore};

/// The name it has among the database's settings.
const SETTING: &str = "installation";

/// Whose keys were here first.
#[derive(Serialize, Deserialize)]
pub(super) struct Installation {
    keys: Fingerprint,
}

/// Whether the database says whose it is.
pub(super) async fn is_known(store: &SqlStore) -> Result<bool> {
    Ok(store.setting(SETTING).await?.is_some())
}

impl Installation {
    pub(super) fn of(secrets: &Secrets) -> Self {
        Self { keys: secrets.fingerprint() }
    }

    /// The files of keys in which the other one differs, as they are said; nothing if they are the same.
    pub(super) fn other_than(&self, other: &Self) -> Option<String> {
        let differ = self.keys.other_than(&other.keys);
        (!differ.is_empty()).then(|| differ.join(", "))
    }

    /// The database is of these keys from now on, if it was of none before.
    pub(super) async fn begin(&self, store: &SqlStore) -> Result<()> {
        let there = store.remember(SETTING, serde_json::to_value(self)?).await?;
        self.compare(there)
    }

    /// Whether the database is of these keys, or of none yet.
    pub(super) async fn check(&self, store: &SqlStore) -> Result<()> {
        match store.setting(SETTING).await? {
            Some(there) => self.compare(there),
            None => Ok(()),
        }
    }

    /// The database is of these keys from now on, whatever it was of.
    pub(super) async fn replace(&self, store: &SqlStore, audited: Audited) -> Result<()> {
        Ok(store.set_setting(SETTING, serde_json::to_value(self)?, audited).await?)
    }

    fn compare(&self, there: Value) -> Result<()> {
        let there: Self = serde_json::from_value(there).context("what says whose it is cannot be read")?;
        match there.other_than(self) {
            None => Ok(()),
            Some(differ) => bail!(
                "it belongs to an installation with other keys ({differ}): set keys to the folder that holds those, or a \
                 copy of them; if they were lost or replaced on purpose, stop all servers and say `visavis admin \
                 adopt-keys`"
            ),
        }
    }
}
