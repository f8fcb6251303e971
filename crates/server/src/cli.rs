//! What can be typed, and what is said before and after the server runs. The one place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

use crate::config::{self, Loaded, Overrides};
use crate::{doctor, wiring};
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Bad settings or flags; what clap uses too.
const EXIT_USAGE: u8 = 2;

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
    Serve(Flags),
    /// Check ports, certificate, data directory and addresses, and say what to do
    Doctor(Flags),
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
    /// Where keys and certificates are kept [default: ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Plain HTTP for localhost, or "off" [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    http: Option<String>,
    /// HTTPS and TURN over TCP; STUN and TURN over UDP [default: [::]:8443]
    #[arg(long, value_name = "ADDR")]
    https: Option<String>,
    /// The address people use
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Settings as TOML; see `visavis config --default`
    #[arg(long, value_name = "FILE", env = "VISAVIS_CONFIG")]
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
        ];
        let flags: Overrides =
            given.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        let mut environment: std::collections::HashMap<_, _> = std::env::vars().collect();
        // Says where the settings are, and is none of them.
        environment.remove("VISAVIS_CONFIG");
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
        Command::Doctor(flags) => with(&flags, |loaded| {
            let findings = doctor::examine(&loaded.settings);
            for finding in &findings {
                println!("{finding}");
            }
            if findings.iter().all(doctor::Finding::is_fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }),
        Command::Serve(flags) => with(&flags, |loaded| match wiring::serve(loaded.settings, announce) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("visavis: {error:#}");
                ExitCode::FAILURE
            }
        }),
    }
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
    // A closed standard output is no reason to stop serving.
    let _ = writeln!(std::io::stdout(), "{text}");
    let _ = std::io::stdout().flush();
}
