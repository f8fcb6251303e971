//! What can be typed, and what is said before and after the server runs. The one place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod admin;
mod health;
mod keys;

use crate::app::{Demonstration, Entry};
use crate::config::{self, Loaded, Overrides};
use crate::doctor;
use crate::wiring::{self, Start};
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use url::Url;

/// Bad settings or flags; what clap uses too.
const EXIT_USAGE: u8 = 2;
/// Read from the environment alone: flags can be seen by everybody on the machine.
const DEMO_PASSWORD: &str = "VISAVIS_DEMO_PASSWORD";

/// Face-to-face video that you run yourself.
#[derive(Parser)]
#[command(name = "visavis", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve {
        #[command(flatten)]
        flags: Flags,
        /// Add accounts, a desk and a lounge to try out, and print how to sign in
        #[arg(long)]
        demo: bool,
        /// Do so although the server has a public address
        #[arg(long, requires = "demo")]
        demo_anyway: bool,
    },
    /// Manage accounts, on the database directly
    Admin {
        #[command(flatten)]
        flags: Flags,
        #[command(subcommand)]
        task: admin::Task,
    },
    /// Make the keys that servers of one installation share
    Keys {
        #[command(subcommand)]
        task: keys::Task,
    },
    /// Check ports, certificate, data directory and addresses, and say what to do; changes nothing
    Doctor {
        #[command(flatten)]
        flags: Flags,
        /// Ask the server at this public address instead, from a machine where people could be: HTTPS, clock, STUN, TURN
        #[arg(long, value_name = "URL")]
        from_outside: Option<Url>,
        /// Where its media is, if a balancer is at that address
        #[arg(long, value_name = "ADDR:PORT", requires = "from_outside")]
        media: Option<SocketAddr>,
    },
    /// Ask the server that runs here with these settings whether it is up; for containers
    Health(Flags),
    /// Print the effective settings and where each comes from
    Config {
        #[command(flatten)]
        flags: Flags,
        /// Print a commented file of all defaults instead
        #[arg(long)]
        default: bool,
    },
}

#[derive(Args)]
struct Flags {
    /// Where keys, unless they are set to be elsewhere, and certificates are kept [default: ./data]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Where accounts, desks and history are kept [default: visavis.db there]
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
    /// Where what is true right now is kept [default: this process's memory]
    #[arg(long, value_name = "URL", global = true)]
    redis: Option<String>,
    /// Plain HTTP for localhost, or "off" [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", global = true)]
    http: Option<String>,
    /// HTTPS and TURN over TCP; STUN and TURN over UDP [default: [::]:8443]
    #[arg(long, value_name = "ADDR", global = true)]
    https: Option<String>,
    /// The address people use
    #[arg(long, value_name = "URL", global = true)]
    public_url: Option<String>,
    /// Settings as TOML; see `visavis config --default`
    #[arg(long, value_name = "FILE", env = "VISAVIS_CONFIG", global = true)]
    config: Option<PathBuf>,
}

impl Flags {
    fn load(&self) -> Result<Loaded, String> {
        let data = self.data.as_ref().map(|path| path.display().to_string());
        let given = [
            ("data", data),
            ("http", self.http.clone()),
            ("https", self.https.clone()),
            ("public_url", self.public_url.clone()),
            ("database", self.database.clone()),
            ("redis", self.redis.clone()),
        ];
        let flags: Overrides =
            given.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        let mut environment: std::collections::HashMap<_, _> = std::env::vars().collect();
        // Say where the settings are, and how to try the server out; neither is a setting.
        environment.remove("VISAVIS_CONFIG");
        environment.remove(DEMO_PASSWORD);
        config::load(self.config.as_deref(), environment, &flags).map_err(|error| error.to_string())
    }
}

/// Runs what was typed.
pub(crate) fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Config { default: true, .. } => {
            print!("{}", config::DEFAULT_FILE);
            ExitCode::SUCCESS
        }
        Command::Config { flags, .. } => with(&flags, |loaded| {
            let width = loaded.origins.keys().map(String::len).max().unwrap_or_default();
            for (key, (value, origin)) in &loaded.origins {
                println!("{key:width$} = {value}  # {origin}");
            }
            ExitCode::SUCCESS
        }),
        Command::Doctor { from_outside: Some(url), media, .. } => {
            wiring::install_crypto();
            tell(&doctor::examine_outside(&url, media))
        }
        Command::Doctor { flags, .. } => with(&flags, |loaded| {
            let settings = &loaded.settings;
            tell(&doctor::examine(
                settings,
                doctor::Tried {
                    database: wiring::check_database(settings),
                    redis: wiring::check_redis(settings),
                    mail: wiring::check_mail(settings),
                },
            ))
        }),
        Command::Health(flags) => with(&flags, |loaded| health::run(&loaded.settings)),
        Command::Serve { flags, demo, demo_anyway } => {
            with(&flags, |loaded| serve(loaded, demo, demo_anyway))
        }
        Command::Keys { task } => keys::run(&task),
        Command::Admin { flags, task } => with(&flags, |loaded| admin::run(&loaded.settings, task)),
    }
}

fn tell(findings: &[doctor::Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    if findings.iter().all(doctor::Finding::is_fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn with(flags: &Flags, run: impl FnOnce(Loaded) -> ExitCode) -> ExitCode {
    match flags.load() {
        Ok(loaded) => run(loaded),
        Err(error) => {
            eprintln!("visavis: {error}");
            ExitCode::from(EXIT_USAGE)
        }
    }
}

#[allow(clippy::fn_params_excessive_bools, reason = "as they are typed")]
fn serve(loaded: Loaded, demo: bool, demo_anyway: bool) -> ExitCode {
    if demo && !demo_anyway && loaded.settings.public_url.is_some() {
        eprintln!(
            "visavis: --demo makes accounts that everybody who knows their password can use, and public_url is \
             set; leave one of them out, or add --demo-anyway"
        );
        return ExitCode::from(EXIT_USAGE);
    }
    let given = std::env::var(DEMO_PASSWORD).ok().filter(|given| !given.is_empty());
    let start = if demo { Start::Demonstration(given) } else { Start::Plain };
    match wiring::serve(loaded.settings, start, announce) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("visavis: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The links a person needs, once the server answers.
fn announce(links: &wiring::Links) {
    let mut text = String::from("\nVisavis is ready.\n\n");
    for (name, url) in &links.pages {
        text.push_str(&format!("  {name:<8} {url}\n"));
    }
    if let Some(ca) = &links.ca {
        text.push_str(&format!(
            "\nOther devices warn until they trust this installation's authority: {}\n\
             Install that file there as a trusted authority; browsers can fetch it at /ca.pem.\n",
            ca.display()
        ));
    }
    if let Some(link) = &links.first_admin {
        text.push_str(&format!(
            "\nThere is no account yet. Make yours, an admin's, with this link; it works once, and until tomorrow:\n\n  \
             {link}\n"
        ));
        if links.pages.iter().any(|(name, _)| *name == "network") && link.contains("://localhost") {
            text.push_str("\nOn another device, begin it with a network address from above; public_url sets what links begin with.\n");
        }
    }
    if let Some(demonstration) = &links.demonstration {
        let base = links.pages.first().map(|(_, url)| url.trim_end_matches('/')).unwrap_or_default();
        text.push_str(&to_try_out(demonstration, base));
    }
    // A closed standard output is no reason to stop serving.
    let _ = writeln!(std::io::stdout(), "{text}");
    let _ = std::io::stdout().flush();
}

fn to_try_out(demonstration: &Demonstration, base: &str) -> String {
    let Demonstration { desk, lounge, people, password, appointment } = demonstration;
    let mut text = format!(
        "\nTo try out:\n\n  desk     {base}{desk}\n  lounge   {base}{lounge}\n  staff    {base}/staff\n"
    );
    if let Some(link) = appointment {
        text.push_str(&format!("  appointment  {link}\n"));
    }
    text.push('\n');
    for (email, entry) in people {
        let with = match entry {
            Entry::Shared => password.as_str(),
            Entry::Own => "(a password set since)",
        };
        text.push_str(&format!("  {email:<11} {with}\n"));
    }
    text
}
