//! `visavis admin`: accounts, keys and the audit log, for who has the machine. Works beside a running server, and with
//! what a server has made only: it makes neither database nor keys.

use crate::config::Settings;
use crate::secrets::Earlier;
use crate::wiring;
use anyhow::{Result, anyhow};
use clap::Subcommand;
use std::process::ExitCode;
use std::time::Duration;
use visavis_domain::account::AccountRole;
use visavis_domain::ids::ApiKeyId;
use visavis_domain::scope::Scope;
use visavis_protocol::{Invited, NewApiKey, NewPerson};

#[derive(Subcommand)]
pub(super) enum Task {
    /// Make an account, and print the link to its first password
    CreateStaff {
        /// The address they sign in with
        #[arg(long)]
        email: String,
        /// As visitors see them
        #[arg(long)]
        name: String,
        /// What they are there for, as visitors see it
        #[arg(long, default_value = "")]
        title: String,
        /// Let them manage people, desks and calls
        #[arg(long)]
        admin: bool,
    },
    /// Print a link to a new password; the second factor goes with it
    ResetPassword {
        /// The address they sign in with
        #[arg(long)]
        email: String,
    },
    /// Print all accounts
    List,
    /// Sign personal links with a new key from the server's next start on
    RotateLinkKey {
        /// Believe no earlier key: all links given out so far are worth nothing then
        #[arg(long)]
        forget: bool,
    },
    /// Make a key of the interface for programs, and print it
    CreateKey {
        /// What it is for
        #[arg(long)]
        name: String,
        /// The address of whom it acts for; it may never do more than they may
        #[arg(long = "for", value_name = "EMAIL")]
        acts_for: String,
        /// What of that it may do, such as staff:read; given several times, several
        #[arg(long = "scope", required = true)]
        scopes: Vec<Scope>,
        /// Days after which it is worth nothing
        #[arg(long, default_value_t = 365)]
        days: u16,
    },
    /// Print all keys, without what makes them keys
    ListKeys,
    /// Have a key be worth nothing from now on
    RevokeKey {
        /// As it is listed, `k_…`; a key `vvk_ID_…` is `k_ID`
        #[arg(long)]
        id: ApiKeyId,
    },
    /// Have the database belong to the keys that are set now, after they were lost or replaced on purpose
    AdoptKeys,
    /// Check that no row of the audit log was altered, removed or added
    VerifyAudit,
}

/// Does it, and says what came of it.
pub(super) fn run(settings: &Settings, task: Task) -> ExitCode {
    let done = match task {
        Task::CreateStaff { email, name, title, admin } => {
            let role = if admin { AccountRole::Admin } else { AccountRole::Staff };
            create(settings, &NewPerson { email, name, title, role })
        }
        Task::ResetPassword { email } => reset(settings, &email),
        Task::List => list(settings),
        Task::RotateLinkKey { forget } => {
            rotate(settings, if forget { Earlier::Forgotten } else { Earlier::Kept })
        }
        Task::CreateKey { name, acts_for, scopes, days } => {
            create_key(settings, name, &acts_for, scopes, days)
        }
        Task::ListKeys => list_keys(settings),
        Task::RevokeKey { id } => revoke_key(settings, id),
        Task::AdoptKeys => adopt(settings),
        Task::VerifyAudit => verify(settings),
    };
    done.unwrap_or_else(|error| {
        eprintln!("visavis: {error:#}");
        ExitCode::FAILURE
    })
}

fn create(settings: &Settings, person: &NewPerson) -> Result<ExitCode> {
    let base = base(settings);
    let invited = wiring::with_accounts(settings, async |accounts| {
        accounts
            .create_person(None, person, &base)
            .await
            .map_err(|denied| anyhow!("the account was not made: {denied} ({})", denied.code()))
    })?;
    Ok(hand_over(settings, &invited))
}

fn reset(settings: &Settings, email: &str) -> Result<ExitCode> {
    let base = base(settings);
    let invited = wiring::with_accounts(settings, async |accounts| {
        let account = accounts.person_by_email(email).await;
        let refused = |denied: crate::app::Denied| anyhow!("no link was made: {denied} ({})", denied.code());
        accounts.invite(None, &account.map_err(refused)?, &base).await.map_err(refused)
    })?;
    Ok(hand_over(settings, &invited))
}

fn hand_over(settings: &Settings, invited: &Invited) -> ExitCode {
    println!("{}", invited.link);
    if settings.public_url.is_none() {
        eprintln!(
            "It leads to this machine, for public_url is not set here: on others, put the server's address there."
        );
    }
    eprintln!("Hand this link over; it works once, and until {}.", day(invited.expires_at));
    ExitCode::SUCCESS
}

fn list(settings: &Settings) -> Result<ExitCode> {
    let people =
        wiring::with_accounts(settings, async |accounts| Ok(accounts.people(None, usize::MAX).await?))?;
    for person in people.people {
        let word = |value| match serde_json::to_value(value) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        };
        let (role, state) = (word(serde_json::json!(person.role)), word(serde_json::json!(person.state)));
        println!("{}\t{}\t{role}\t{state}\t{}", person.id, person.email, person.name);
    }
    Ok(ExitCode::SUCCESS)
}

fn create_key(
    settings: &Settings,
    name: String,
    acts_for: &str,
    scopes: Vec<Scope>,
    days: u16,
) -> Result<ExitCode> {
    let made = wiring::with_accounts(settings, async |accounts| {
        let refused = |denied: crate::app::Denied| anyhow!("no key was made: {denied} ({})", denied.code());
        let account = accounts.person_by_email(acts_for).await.map_err(refused)?.id;
        let expires_at = accounts.now().plus(Duration::from_secs(u64::from(days) * 24 * 60 * 60));
        let new = NewApiKey { name, account: Some(account), scopes, expires_at };
        accounts.make_api_key(None, &new).await.map_err(refused)
    })?;
    println!("{}", made.secret);
    eprintln!(
        "Keep it now: it is shown this once. It is {}, and holds until {}.",
        made.key.id,
        day(made.key.expires_at)
    );
    Ok(ExitCode::SUCCESS)
}

fn list_keys(settings: &Settings) -> Result<ExitCode> {
    let keys = wiring::with_accounts(settings, async |accounts| Ok(accounts.api_keys().await?))?;
    for key in keys {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.word()).collect();
        let used = key.used_at.map_or_else(|| "never".to_owned(), day);
        let (scopes, ends) = (scopes.join(","), day(key.expires_at));
        println!("{}\t{}\t{}\t{scopes}\t{ends}\t{used}", key.id, key.account_name, key.name);
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke_key(settings: &Settings, id: ApiKeyId) -> Result<ExitCode> {
    wiring::with_accounts(settings, async |accounts| {
        let revoked = accounts.revoke_api_key(None, id).await;
        revoked.map_err(|denied| anyhow!("nothing was revoked: {denied} ({})", denied.code()))
    })?;
    println!("{id} is worth nothing any more");
    Ok(ExitCode::SUCCESS)
}

/// A server that runs has read its keys at its start, and goes on with them.
fn rotate(settings: &Settings, earlier: Earlier) -> Result<ExitCode> {
    wiring::rotate_link_key(settings, earlier)?;
    println!("links are signed with a new key from the server's next start on");
    match earlier {
        Earlier::Kept => eprintln!("Links given out before that hold as they did."),
        Earlier::Forgotten => eprintln!(
            "From then on all links given out before are worth nothing. Copy new ones from the dashboard, or send them \
             again. Who has come over one already stays in; taking a link back ends that."
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn adopt(settings: &Settings) -> Result<ExitCode> {
    wiring::adopt_keys(settings)?;
    println!("the database belongs to the keys in {} from now on", settings.keys().display());
    Ok(ExitCode::SUCCESS)
}

fn verify(settings: &Settings) -> Result<ExitCode> {
    match wiring::with_accounts(settings, async |accounts| Ok(accounts.verify_audit().await?))? {
        Ok(rows) => {
            println!("{rows} rows, whole");
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            println!("broken at row {}", broken.number);
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What links begin with: the public address, or the one at this machine.
fn base(settings: &Settings) -> String {
    match (&settings.public_url, settings.http) {
        (Some(url), _) => url.origin().ascii_serialization(),
        (None, Some(http)) => format!("http://localhost:{}", http.port()),
        (None, None) => format!("https://localhost:{}", settings.https.port()),
    }
}

fn day(at: visavis_domain::time::Timestamp) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let instant =
        i64::try_from(at.0 / 1000).ok().and_then(|s| time::OffsetDateTime::from_unix_timestamp(s).ok());
    instant.and_then(|instant| instant.format(format).ok()).unwrap_or_default()
}
