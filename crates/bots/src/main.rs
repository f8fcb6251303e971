//! The load tool: named scenarios against a server of its own, on this machine, each bounded and self-ending.
#![allow(clippy::print_stdout, reason = "this is a command line tool")]

mod bench;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "visavis-bots", version, about = "Load and figures for Visavis")]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// All figures, and how they compare with those of the last time
    Bench {
        /// The server's binary
        #[arg(long, value_name = "FILE")]
        server: PathBuf,
        /// Idle sessions, and listeners of the fan-out
        #[arg(long, default_value_t = 5_000)]
        sessions: usize,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().scenario {
        Scenario::Bench { server, sessions } => {
            let mut report = bench::Report::load()?;
            bench::start(&server, &mut report).await?;
            bench::idle_and_fanout(&server, sessions, &mut report).await?;
            bench::relay(&server, &mut report).await?;
            report.save()
        }
    }
}
