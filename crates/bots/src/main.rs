//! The load tool: named scenarios against a server of its own, on this machine, each bounded and self-ending.
#![allow(clippy::print_stdout, reason = "this is a command line tool")]

mod bench;
mod fill;
mod load;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;
use visavis_bots::ServerProcess;

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
    /// Many people at a server of its own, and what that costs
    Load {
        /// Which
        scenario: load::Scenario,
        /// The server's binary; without it, the one beside this tool
        #[arg(long, value_name = "FILE")]
        server: Option<PathBuf>,
        /// How long is measured
        #[arg(long, default_value_t = 15)]
        seconds: u64,
        /// A setting of the server, such as VISAVIS_HTTPS=[::]:4443; may be given several times
        #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
        set: Vec<(String, String)>,
    },
    /// A crowd for a room of a server that runs already; takes orders from standard input
    Fill {
        /// The server, such as http://127.0.0.1:8080
        #[arg(long, value_name = "URL")]
        server: String,
        /// The room's name
        #[arg(long, value_name = "NAME")]
        room: String,
        /// How many come
        #[arg(long, default_value_t = 50)]
        people: usize,
        /// Whether they have cameras; what these send is no picture
        #[arg(long, default_value = "on")]
        cameras: fill::Cameras,
    },
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("a setting is KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().scenario {
        Scenario::Bench { server, sessions } => {
            let mut report = bench::Report::load(PathBuf::from("target/bench/last.json"))?;
            bench::start(&server, &mut report).await?;
            bench::idle_and_fanout(&server, sessions, &mut report).await?;
            bench::relay(&server, &mut report).await?;
            load::desk::run(&server, load::desk::BENCH, Duration::from_secs(5), &[], &mut report).await?;
            report.save()
        }
        Scenario::Load { scenario, server, seconds, set } => {
            let server = server.map_or_else(ServerProcess::binary, Ok)?;
            Box::pin(load::run(scenario, &server, seconds, &set)).await
        }
        Scenario::Fill { server, room, people, cameras } => {
            Box::pin(fill::run(&server, &room, people, cameras)).await
        }
    }
}
