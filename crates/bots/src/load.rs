//! `visavis-bots load`: a named scenario against a server of its own. Figures, not gates; it ends by itself.

mod cluster;
pub(crate) mod desk;
mod figures;
mod lounge;
mod people;
mod plan;
mod wire;

use crate::bench::Report;
use anyhow::Result;
use figures::Moment;
use people::People;
use plan::{Phase, Plan};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;
use visavis_bots::ServerProcess;
use visavis_bots::media::{MediaThreads, Place};

pub(crate) use plan::Scenario;

/// After everybody has pictures: layers and estimates of bandwidth find their place.
const SETTLE: Duration = Duration::from_secs(14);
/// One thread of media takes more than any scenario needs; two keep their own work out of the latencies.
const MEDIA_THREADS: usize = 2;

/// Runs it, prints what was found.
pub(crate) async fn run(
    scenario: Scenario,
    binary: &Path,
    seconds: u64,
    settings: &[(String, String)],
) -> Result<()> {
    let mut report = Report::load(PathBuf::from(format!("target/bench/load-{}.json", scenario.name())))?;
    let Some(plan) = scenario.plan() else {
        let settings: Vec<_> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let time = Duration::from_secs(seconds);
        match scenario {
            Scenario::Cluster => cluster::run(binary, time, &mut report).await?,
            Scenario::Lounge => lounge::run(binary, time, &settings, &mut report).await?,
            _ => desk::run(binary, desk::LOAD, time, &settings, &mut report).await?,
        }
        return report.save();
    };
    println!("{}: {}", scenario.name(), plan.summary());

    let mut environment = vec![("VISAVIS_ROOMS__MAX_PEOPLE", "400")];
    environment.extend(settings.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let server = ServerProcess::start(binary, &environment).await?;
    let place = Place::new(&server.base(), MediaThreads::start(MEDIA_THREADS)?);
    let idle = server.resident()?;

    let before = Moment::now(&server)?;
    let people = People::gather(&plan, &place).await?;
    let missing = people.until_pictures(&plan).await?;
    let joins = before.until(&Moment::now(&server)?);
    people.print_joins(&joins, &mut report, missing).await?;

    for phase in plan.phases() {
        people.enter(*phase)?;
        sleep(SETTLE).await;
        measure(&plan, *phase, &people, &place, &server, seconds, &mut report).await?;
    }
    let each = server.resident()?.saturating_sub(idle) / people.count().max(1) as u64;
    report.figure("resident memory of the server per person", figures::float(each) / 1e6, "MB", "");
    report.save()
}

/// What happens in a time in which nobody comes or goes.
async fn measure(
    plan: &Plan,
    phase: Phase,
    people: &People,
    place: &Place,
    server: &ServerProcess,
    seconds: u64,
    report: &mut Report,
) -> Result<()> {
    place.threads().restart_counting();
    let before = Moment::now(server)?;
    sleep(Duration::from_secs(seconds)).await;
    let spent = before.until(&Moment::now(server)?);
    let groups = people.reports(plan).await?;
    figures::print(plan, phase, &spent, &groups, report);
    Ok(())
}
