//! Logs to standard error, metrics on a listener of their own. Nothing that names a person above debug.

use crate::config::{Log, LogFormat};
use anyhow::{Context, Result};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Sets up logs for the process.
pub(crate) fn start_logs(log: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&log.filter).with_context(|| {
        format!("log.filter is \"{}\", but levels as in \"info\" were expected", log.filter)
    })?;
    // The engine opens a span for each packet, with addresses in it, and calls each refused request an error.
    let quiet = ["turn_server_proto=off", "stun_proto=off", "stun_types=off", "turn_types=off"];
    let filter = quiet.iter().filter_map(|one| one.parse().ok()).fold(filter, EnvFilter::add_directive);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let human = match log.format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let started = if human { builder.with_target(false).try_init() } else { builder.json().try_init() };
    started.map_err(anyhow::Error::from_boxed)
}

/// Serves /metrics until stopped.
pub(crate) fn serve_metrics(listener: TcpListener, stopping: CancellationToken) -> Result<()> {
    let recorder = PrometheusBuilder::new().install_recorder().context("metrics cannot be recorded")?;
    metrics::gauge!("visavis_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let upkeep = recorder.clone();
    let router = axum::Router::new().route("/metrics", get(move || async move { recorder.render() }));
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
        let tidy = async {
            loop {
                tokio::time::sleep(Duration::from_secs(5)).await;
                upkeep.run_upkeep();
            }
        };
        tokio::select! {
            served = async { served.await } => if let Err(error) = served {
                tracing::warn!(%error, "metrics are not served any more");
            },
            () = tidy => {}
        }
    });
    Ok(())
}
