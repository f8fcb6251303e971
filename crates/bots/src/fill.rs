//! `visavis-bots fill`: a crowd for a room of a server that runs already, so that browsers can be among many.
//!
//! Takes orders from standard input, one a line: `speak NUMBER` lets that one speak and nobody else, `quiet` nobody,
//! `report` tells what they see. Answers each with a JSON object on a line of standard output; ends with its input.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::SystemTime;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use visavis_bots::media::{Camera, Layer, MediaBot, MediaThreads, Place, Speech, Tracks};
use visavis_domain::room::MediaRoute;
use visavis_protocol::Command;

/// How many come in at the same time.
const AT_ONCE: usize = 10;

/// Whether the crowd has cameras.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Cameras {
    On,
    Absent,
}

/// Lets so many people come in, silent until they are told to speak.
pub(crate) async fn run(server: &str, room: &str, people: usize, cameras: Cameras) -> Result<()> {
    let place = Place::new(server, MediaThreads::start(1)?);
    let tracks = tracks(cameras);
    let mut bots = Vec::with_capacity(people);
    for first in (0..people).step_by(AT_ONCE) {
        let coming: Vec<_> = (first..people.min(first + AT_ONCE))
            .map(|number| {
                let (place, room) = (place.clone(), room.to_owned());
                tokio::spawn(async move { MediaBot::join(&place, &room, &name(number), tracks).await })
            })
            .collect();
        for one in coming {
            bots.push(one.await??);
        }
    }
    for bot in &bots {
        // Alone or with one other they would wait for more.
        bot.until_seen(|seen| seen.route == Some(MediaRoute::Server)).await?;
        bot.connect().await?;
        bot.until(|report| report.connected.is_some()).await?;
    }
    say(&json!({ "type": "ready", "people": bots.len() }));
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        say(&obey(&order, &bots).await?);
    }
    for bot in &bots {
        // Without a word their seats would be kept for a while.
        let _ = bot.try_command(Command::Leave).await;
    }
    Ok(())
}

async fn obey(order: &str, bots: &[MediaBot]) -> Result<Value> {
    match order.split_once(' ').unwrap_or((order, "")) {
        ("speak", number) => {
            let number: usize = number.parse().context("speak whose NUMBER?")?;
            let speaker = bots.get(number).with_context(|| format!("there is no number {number}"))?;
            for bot in bots {
                bot.speak(Speech::Never)?;
            }
            speaker.speak(Speech::Always)?;
            Ok(json!({ "type": "speaks", "name": name(number), "at": milliseconds() }))
        }
        ("quiet", "") => {
            for bot in bots {
                bot.speak(Speech::Never)?;
            }
            Ok(json!({ "type": "quiet", "at": milliseconds() }))
        }
        ("report", "") => report(bots).await,
        _ => bail!("speak NUMBER, quiet or report; not {order:?}"),
    }
}

/// What they know of the room, and what they received, the sum of all.
async fn report(bots: &[MediaBot]) -> Result<Value> {
    let (mut people, mut lost, mut packets, mut ended) = (0, 0, 0, 0);
    for bot in bots {
        let seen = bot.seen();
        people = people.max(seen.people.len());
        ended += usize::from(seen.ended.is_some());
        for slot in bot.report().await?.slots {
            packets += slot.counts.packets;
            lost += slot.counts.lost;
        }
    }
    Ok(json!({ "type": "report", "people": people, "ended": ended, "packets": packets, "lost": lost }))
}

/// They hear, but look at nobody: what is measured is what others receive.
fn tracks(cameras: Cameras) -> Tracks {
    let tracks = Tracks::participant(Speech::Never, Camera::Single(Layer::Quarter), 0);
    match cameras {
        Cameras::On => tracks,
        Cameras::Absent => Tracks { camera: None, ..tracks },
    }
}

fn name(number: usize) -> String {
    format!("Bot {number}")
}

fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn say(line: &Value) {
    println!("{line}");
}
