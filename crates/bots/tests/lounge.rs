//! The lounge of the real binary, over the wire: who is there, who hears of it, who rings whom, who has to go.
//! What is written there has tests of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "lounge/calls.rs"]
mod calls;
#[path = "lounge/keeping.rs"]
mod keeping;
#[path = "lounge/pages.rs"]
mod pages;
#[path = "lounge/presence.rs"]
mod presence;

use reqwest::Client;
use std::time::{Duration, Instant};
use visavis_bots::{Bot, DEMO_PASSWORD, Member, ServerProcess, Staff};
use visavis_domain::ids::PersonId;
use visavis_domain::person::Status;
use visavis_protocol::{Command, Event, LoungeMember, Reply};

/// A server with the demonstration set, whose lounge has the rooms General, Sports and Games.
struct Hall {
    server: ServerProcess,
    http: Client,
}

impl Hall {
    async fn open(settings: &[(&str, &str)]) -> Self {
        let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), settings).await.unwrap();
        Self { server, http: visavis_bots::http_client() }
    }

    async fn member(&self, name: &str) -> Member {
        self.guest("", name).await.0
    }

    /// As the guest of this proof.
    async fn guest(&self, proof: &str, name: &str) -> (Member, String) {
        Member::guest_again(&self.http, &self.server.base(), proof, name).await.unwrap()
    }

    /// A page of that guest, or of a new one, that has not come in.
    async fn page(&self, proof: &str) -> (Bot, String) {
        Bot::guest(&self.http, &self.server.base(), proof).await.unwrap()
    }

    async fn staff(&self, name: &str) -> Staff {
        let email = format!("{name}@demo");
        Staff::sign_in(&self.http, &self.server.base(), &email, DEMO_PASSWORD).await.unwrap()
    }
}

/// What somebody hears, besides how many are in rooms, until they hear that this has been said: whoever must hear
/// nothing has heard it by then.
async fn until_said(bot: &mut Bot, text: &str) -> Vec<Event> {
    let said = |event: &Event| matches!(event, Event::MemberChanged { member } if member.text == text);
    let mut heard = bot.events_until(said).await.unwrap();
    heard.pop();
    heard.retain(|event| !matches!(event, Event::RoomCounted { .. }));
    heard
}

/// What a page has heard so far besides how many are in rooms; the answer to a command follows what was told before.
async fn heard_of_people(bot: &mut Bot) -> Vec<Event> {
    let heard = bot.events_so_far().await.unwrap();
    heard.into_iter().filter(|event| !matches!(event, Event::RoomCounted { .. })).collect()
}

/// Until somebody is seen so; how long it took.
async fn seen(bot: &mut Bot, who: PersonId, wanted: Status) -> (LoungeMember, Duration) {
    let started = Instant::now();
    loop {
        if let Event::MemberChanged { member } = bot.event().await.unwrap()
            && member.id == who
            && member.status == wanted
        {
            return (member, started.elapsed());
        }
    }
}

async fn done(bot: &mut Bot, command: Command) {
    assert_eq!(bot.command(command).await.unwrap(), Ok(Reply::Done));
}
