//! The store and what is made over it: accounts, the identity provider, the first link or the demonstration set.

#[cfg(test)]
mod tests;

use super::Start;
use super::installation::{self, Installation};
use crate::app::{
    AccountRules, Accounts, Appointments, Demonstration, Denied, Nobody, Passwords, Provider, Roster,
    Strangers, Surroundings, Tries, system_clock,
};
use crate::config::{self, Settings};
use crate::doctor::DatabaseSeen;
use crate::oidc::{OidcProvider, OidcSettings, SIGN_IN_WITHIN};
use crate::secrets::{Secrets, make_private, write_private};
use anyhow::{Context, Result, anyhow, bail};
use std::fmt::Display;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use visavis_domain::account::is_password;
use visavis_live::{Live, MemoryLive};
use visavis_store::{
    Accounts as _, Action, Audited, Audits as _, DatabaseUrl, Pool, SqlStore, Store, Tables,
};

/// The database's file where none is set.
const DATABASE_FILE: &str = "visavis.db";
/// Where a password that was drawn for the demonstration set is kept.
const DEMO_PASSWORD_FILE: &str = "demo-password";
/// How often what has ended is forgotten. It is worth nothing in between; it only takes room.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);

/// Opens the database that is set; its tables are made or brought up to date. One that belongs to other keys stops the
/// start: what was signed or sealed with those could not be read, and the audit log would be broken for good.
pub(super) async fn open_store(settings: &Settings, secrets: &Secrets) -> Result<SqlStore> {
    // What else lies there is asked for later.
    make_private(&settings.data).context("data")?;
    let url = database(settings)?;
    let opened = visavis_store::open_with(&url, *secrets.audit.bytes(), pool(settings)).await;
    let store = opened.map_err(|error| unusable(&url, error))?;
    Installation::of(secrets).begin(&store).await.map_err(|error| unusable(&url, error))?;
    Ok(store)
}

/// Opens the database that is set if it is there and of this version, for the command line: who mistypes where it is, or
/// runs another version than the server, shall change nothing.
async fn open_existing(settings: &Settings) -> Result<(DatabaseUrl, SqlStore, Secrets)> {
    let url = database(settings)?;
    if let Some(path) = url.path().filter(|path| !path.exists()) {
        bail!("there is no database at {}; {WHERE}. The server's first start makes one", path.display());
    }
    let secrets = Secrets::load(settings.keys()).with_context(|| format!("keys: {WHERE}"))?;
    let opened = visavis_store::open_existing(&url, *secrets.audit.bytes(), pool(settings)).await;
    let (store, tables) = opened.map_err(|error| unusable(&url, error))?;
    if !tables.are_current() {
        bail!(unusable(&url, behind(tables)));
    }
    Ok((url, store, secrets))
}

/// What is wrong, when nothing is where it was looked for.
const WHERE: &str = "say where the server has it, with --data, --database or --config as the server has them";

fn pool(settings: &Settings) -> Pool {
    Pool { connections: settings.database_connections, wait: Duration::from_secs(settings.database_wait_s) }
}

/// The words of what is wrong say what to do.
fn unusable(url: &DatabaseUrl, why: impl Display) -> anyhow::Error {
    anyhow!("database is {url}, which cannot be used: {why:#}")
}

fn behind(Tables { at, brought }: Tables) -> String {
    match at {
        0 => "it has no tables yet; the server's first start makes them".to_owned(),
        _ => format!(
            "its tables are at step {at}, this version brings step {brought}; the server's next start does that, so use \
             the version that runs until then"
        ),
    }
}

fn database(settings: &Settings) -> Result<DatabaseUrl> {
    match settings.database.as_str() {
        "" => Ok(DatabaseUrl::file(settings.data.join(DATABASE_FILE))),
        text => text
            .parse()
            .map_err(|error| anyhow!("database is \"{}\", but: {error}", config::public_part(text))),
    }
}

/// For `visavis doctor`: what is there, that it belongs to these keys, and that its audit log is whole. Changes nothing.
pub(super) async fn check_database(settings: &Settings) -> Result<DatabaseSeen> {
    let url = database(settings)?;
    if url.path().is_some_and(|path| !path.exists()) {
        return Ok(DatabaseSeen::Coming(format!("{url} is not there; the first start makes it")));
    }
    // What is wrong with keys is said elsewhere; whose the database is can be read without.
    let secrets = Secrets::load(settings.keys()).ok();
    let key = secrets.as_ref().map_or([0; 32], |secrets| *secrets.audit.bytes());
    let opened = visavis_store::open_existing(&url, key, pool(settings)).await;
    let (store, tables) = opened.map_err(|error| unusable(&url, error))?;
    let seen = look(&url, &store, tables, secrets.as_ref()).await;
    store.close().await;
    seen
}

async fn look(
    url: &DatabaseUrl,
    store: &SqlStore,
    tables: Tables,
    secrets: Option<&Secrets>,
) -> Result<DatabaseSeen> {
    if !tables.are_current() {
        return Ok(DatabaseSeen::Coming(format!("{url}: {}", behind(tables))));
    }
    let Some(secrets) = secrets else {
        if installation::is_known(store).await? {
            bail!(
                "{url} belongs to an installation whose keys are not all there; set keys to the folder of them"
            );
        }
        return Ok(DatabaseSeen::Coming(format!("{url} is there, and belongs to no keys yet")));
    };
    Installation::of(secrets).check(store).await.map_err(|error| unusable(url, error))?;
    let accounts = store.count_accounts().await?;
    match store.verify_audit().await? {
        Ok(rows) => Ok(DatabaseSeen::Whole(format!("{url} holds {accounts} accounts and {rows} audit rows"))),
        Err(broken) => Err(anyhow!("the audit log is broken at row {}", broken.number)),
    }
}

/// Accounts over a store, as the settings have them.
pub(super) fn make(
    settings: &Settings,
    secrets: &Secrets,
    store: Arc<dyn Store>,
    live: Arc<dyn Live>,
    roster: Arc<dyn Roster>,
    passwords: Arc<Passwords>,
) -> Result<Accounts> {
    let set = &settings.accounts;
    let rules = AccountRules {
        idle: Duration::from_secs(set.idle_s),
        longest: Duration::from_secs(set.longest_s),
        tries: Tries {
            window: Duration::from_secs(set.wrong_window_s),
            per_pair: set.wrong_tries.get(),
            per_network: set.wrong_per_network.get(),
            per_account: set.wrong_per_account.get(),
        },
        strangers: if settings.oidc.create_accounts { Strangers::Welcome } else { Strangers::Refused },
    };
    let around =
        Surroundings { store, live, roster, clock: system_clock(), passwords, provider: provider(settings)? };
    Ok(Accounts::new(around, secrets.signing.bytes(), rules))
}

fn provider(settings: &Settings) -> Result<Option<Arc<dyn Provider>>> {
    let set = &settings.oidc;
    let Some(issuer) = &set.issuer else { return Ok(None) };
    let provider = OidcProvider::new(OidcSettings {
        issuer: issuer.clone(),
        client_id: set.client_id.clone(),
        client_secret: set.client_secret.as_str().to_owned(),
        name: set.name.clone(),
        // The page has to be told, which a request that is cut off does not.
        within: SIGN_IN_WITHIN.min(Duration::from_secs(settings.limits.request_timeout_s) * 2 / 3),
    });
    Ok(Some(Arc::new(provider.context("oidc: no HTTPS client could be made")?)))
}

/// Accounts for the command line: on the database directly, with nobody to tell.
pub(super) async fn alone(settings: &Settings) -> Result<Accounts> {
    let (url, store, secrets) = open_existing(settings).await?;
    Installation::of(&secrets).check(&store).await.map_err(|error| unusable(&url, error))?;
    let passwords = Arc::new(Passwords::new());
    make(settings, &secrets, Arc::new(store), Arc::new(MemoryLive::default()), Arc::new(Nobody), passwords)
}

/// The database is of the keys that are set from now on, and its log says so.
pub(super) async fn adopt_keys(settings: &Settings) -> Result<()> {
    let (_, store, secrets) = open_existing(settings).await?;
    let audited = Audited {
        at: system_clock()(),
        actor: None,
        action: Action::SettingChanged,
        subject: "keys".to_owned(),
        detail: serde_json::Value::Null,
    };
    Installation::of(&secrets).replace(&store, audited).await
}

/// Forgets sign-ins and links that have ended, now and then.
pub(super) async fn forget_expired(accounts: Arc<Accounts>, stopping: CancellationToken) {
    let mut every = tokio::time::interval(FORGET_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = every.tick() => {
                if let Err(error) = accounts.forget_expired().await {
                    tracing::warn!(%error, "what has ended could not be forgotten");
                }
            }
        }
    }
}

/// Adds of the demonstration set what is not there yet, if that is asked for. The password is the one given; or the
/// one that was drawn at an earlier start, from its file; or a new one.
pub(super) async fn try_out(
    settings: &Settings,
    accounts: &Accounts,
    appointments: &Appointments,
    base: &str,
    start: Start,
) -> Result<Option<Demonstration>> {
    let password = match start {
        Start::Plain => return Ok(None),
        Start::Demonstration(Some(given)) if is_password(&given) => given,
        Start::Demonstration(Some(_)) => bail!("VISAVIS_DEMO_PASSWORD has to be of 10 to 200 characters"),
        Start::Demonstration(None) => drawn_password(accounts, &settings.data.join(DEMO_PASSWORD_FILE))?,
    };
    let made = async {
        let accounts = accounts.demonstrate(password).await?;
        Ok::<_, Denied>(Demonstration { appointment: appointments.demonstrate(base).await?, ..accounts })
    };
    made.await.map(Some).context("the demonstration set could not be made")
}

fn drawn_password(accounts: &Accounts, file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Ok(text) if is_password(text.trim()) => Ok(text.trim().to_owned()),
        Ok(_) => bail!("{} holds no password of 10 to 200 characters; remove it", file.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            write_private(file, format!("{}\n", accounts.draw_password()).as_bytes())?;
            // Another instance may have been faster: what lies there counts.
            drawn_password(accounts, file)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}
