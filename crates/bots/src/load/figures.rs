//! What is printed: sums over everybody, and what the server spent meanwhile.

use super::plan::{Group, Looking, Phase, Plan};
use crate::bench::Report;
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use visavis_bots::media::{Counts, Kind, PeerReport};
use visavis_bots::{ServerProcess, cpu_of};

/// A moment, and the CPU time that server and bots had used by then.
pub(crate) struct Moment {
    at: Instant,
    server: Duration,
    bots: Duration,
}

/// What lies between two moments.
pub(crate) struct Spent {
    time: Duration,
    server: Duration,
    bots: Duration,
}

impl Moment {
    pub(crate) fn now(server: &ServerProcess) -> Result<Self> {
        Ok(Self { at: Instant::now(), server: server.cpu()?, bots: cpu_of(std::process::id())? })
    }

    pub(crate) fn until(&self, later: &Self) -> Spent {
        Spent {
            time: later.at - self.at,
            server: later.server.saturating_sub(self.server),
            bots: later.bots.saturating_sub(self.bots),
        }
    }
}

impl Spent {
    pub(crate) fn server_ms(&self) -> f64 {
        self.server.as_secs_f64() * 1000.0
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn float(value: u64) -> f64 {
    value as f64
}

/// Prints the figures of one phase.
pub(crate) fn print(
    plan: &Plan,
    phase: Phase,
    spent: &Spent,
    reports: &[(Group, PeerReport)],
    report: &mut Report,
) {
    let label = match phase {
        Phase::Good => String::new(),
        Phase::Bad => "bad: ".to_owned(),
        Phase::GoodAgain => "good again: ".to_owned(),
    };
    let mut figure =
        |name: &str, value: f64, unit: &str| report.figure(&format!("{label}{name}"), value, unit, "");
    let seconds = spent.time.as_secs_f64();
    let mut all = sum(reports.iter().map(|one| &one.1), Kind::Video);
    all.add(&sum(reports.iter().map(|one| &one.1), Kind::Audio));
    let packets = float(all.packets).max(1.0);
    figure("server CPU per forwarded packet", spent.server.as_secs_f64() * 1e6 / packets, "µs");
    figure("forwarded packets", packets / seconds / 1000.0, "thousand/s");
    figure("forwarded payload", float(all.bytes) * 8.0 / seconds / 1e6, "Mbit/s");
    figure("CPU of the server", spent.server.as_secs_f64() / seconds, "cores");
    figure("CPU of the bots", spent.bots.as_secs_f64() / seconds, "cores");

    let mut groups: BTreeMap<Group, Vec<&PeerReport>> = BTreeMap::new();
    for (group, one) in reports {
        groups.entry(*group).or_default().push(one);
    }
    for (group, members) in &groups {
        let name = if groups.len() > 1 { format!("{} network: ", group.name()) } else { String::new() };
        of_group(&name, members, seconds, &mut figure);
    }
    defects(plan, &all, reports);
}

/// How those on one kind of network fared.
fn of_group(name: &str, members: &[&PeerReport], seconds: f64, figure: &mut impl FnMut(&str, f64, &str)) {
    for (kind, what) in [(Kind::Audio, "sound"), (Kind::Video, "pictures")] {
        let counts = sum(members.iter().copied(), kind);
        if counts.packets == 0 {
            continue;
        }
        let lost = float(counts.lost) / float(counts.lost + counts.packets) * 100.0;
        figure(&format!("{name}{what}, lost"), lost, "%");
        let slots = || members.iter().flat_map(|one| &one.slots).filter(|slot| slot.kind == kind);
        let mut latency = slots().map(|slot| slot.latency.clone());
        let Some(mut sum) = latency.next() else { continue };
        // Of the same bounds: they always add up.
        latency.for_each(|one| sum.add(&one).unwrap_or_default());
        for (share, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            let milliseconds = float(sum.value_at_quantile(quantile)) / 1000.0;
            figure(&format!("{name}{what}, latency {share}"), milliseconds, "ms");
        }
        if kind == Kind::Video {
            let used = slots().filter(|slot| slot.counts.packets > 0).count();
            let rate = float(counts.frames.decodable) / float(used.max(1) as u64) / seconds;
            figure(&format!("{name}frames of each picture"), rate, "/s");
            figure(
                &format!("{name}longest freeze"),
                counts.frames.longest_freeze.as_secs_f64() * 1000.0,
                "ms",
            );
            let layers: Vec<_> =
                (0..3).map(|layer| slots().map(|slot| slot.layers[layer]).sum::<u64>()).collect();
            println!("{name}packets of q, h, f: {layers:?}; changes of layer {}", counts.layer_changes);
        }
    }
}

/// What should not be, or tells how hard it was.
fn defects(plan: &Plan, all: &Counts, reports: &[(Group, PeerReport)]) {
    let Counts { lost, reordered, duplicates, left_out, unmarked, frames, publisher_changes, .. } = all;
    let total = |pick: fn(&PeerReport) -> u64| reports.iter().map(|one| pick(&one.1)).sum::<u64>();
    println!(
        "lost {lost}, reordered {reordered}, duplicates {duplicates}, unmarked {unmarked}, left out {left_out}"
    );
    println!(
        "frames decodable {}, undecodable {}, incomplete {}, switched without key frame {}, picture id jumps {}",
        frames.decodable, frames.undecodable, frames.incomplete, frames.wrong_layer, frames.picture_id_jumps
    );
    println!(
        "key frames wanted by receivers {}, asked of senders {}; sent packets {}; slots changed publisher {}; errors {}",
        total(|one| one.key_frames_wanted),
        total(|one| one.key_frame_requests),
        total(|one| one.sent),
        publisher_changes,
        total(|one| one.errors),
    );
    if plan.looking == Looking::AtSpeaker {
        println!("longest gap between packets {:?}", all.longest_gap);
    }
    let dropped = reports.iter().fold((0, 0), |sum, one| (sum.0 + one.1.dropped.0, sum.1 + one.1.dropped.1));
    if dropped != (0, 0) {
        println!("dropped by the networks: {} to the server, {} from it", dropped.0, dropped.1);
    }
}

fn sum<'a>(reports: impl Iterator<Item = &'a PeerReport>, kind: Kind) -> Counts {
    let mut sum = Counts::default();
    reports.for_each(|one| sum.add(&one.counts(kind)));
    sum
}
