//! The binary `visavis`: command line, then either the server or one of the tools around it.

mod app;
mod cli;
mod cluster;
mod config;
mod doctor;
mod edge;
mod http;
mod listen;
mod media_io;
mod oidc;
mod peerjs;
mod port;
mod realtime;
mod secrets;
mod smtp;
mod special;
mod telemetry;
mod tls;
mod turn_io;
mod webhooks;
mod wiring;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
