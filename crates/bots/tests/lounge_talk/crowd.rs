//! A full room: everybody has every message, in one order, while people write all the time.

use super::{Hall, fresh, in_room, line, room_of};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use visavis_bots::Member;
use visavis_domain::ids::MessageId;
use visavis_protocol::{Command, Event};

const PEOPLE: usize = 200;
const MESSAGES: usize = 100;
const EVERY: Duration = Duration::from_millis(200);
const PING_EVERY: Duration = Duration::from_secs(5);

type Heard = Vec<(u64, MessageId, Instant)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_in_a_room_have_all_messages_in_the_same_order() {
    let hall = Hall::open().await;
    let (mut writers, mut listening, mut room) = (Vec::new(), Vec::new(), None);
    for number in 0..PEOPLE {
        let member = hall.member(&format!("Person {number}")).await;
        room = Some(room_of(&member));
        let (write, commands) = mpsc::channel(4);
        writers.push(write);
        listening.push(tokio::spawn(listen(member, commands)));
    }
    let place = in_room(room.unwrap());
    let (mut sent, mut pace) = (HashMap::new(), tokio::time::interval(EVERY));
    for n in 0..MESSAGES {
        pace.tick().await;
        let id = fresh();
        sent.insert(id, Instant::now());
        writers[n * 7 % PEOPLE].send(line(place, id, &format!("message {n}"))).await.unwrap();
    }
    let mut heard = Vec::new();
    for one in listening {
        heard.push(one.await.unwrap());
    }
    let order = |heard: &Heard| heard.iter().map(|(number, id, _)| (*number, *id)).collect::<Vec<_>>();
    let first = order(&heard[0]);
    assert_eq!(first.len(), MESSAGES);
    for one in &heard {
        assert_eq!(order(one), first);
    }
    let mut took: Vec<Duration> =
        heard.iter().flatten().map(|(_, id, at)| at.saturating_duration_since(sent[id])).collect();
    took.sort_unstable();
    let at = |part: usize| took[(took.len() - 1) * part / 1000];
    println!(
        "{PEOPLE} people, {MESSAGES} messages: p50 {:?}, p99 {:?}, longest {:?}",
        at(500),
        at(990),
        at(1000)
    );
}

/// Reads all the time and says that it is there, as pages do, and writes when asked to; until every message has come.
async fn listen(mut member: Member, mut commands: mpsc::Receiver<Command>) -> Heard {
    let (mut heard, mut quiet, mut pings) = (Vec::new(), 0, tokio::time::interval(PING_EVERY));
    while heard.len() < MESSAGES {
        tokio::select! {
            Some(command) = commands.recv() => drop(member.bot.ask(command).await.unwrap()),
            _ = pings.tick() => member.bot.ping().await.unwrap(),
            event = member.bot.event() => match event {
                Ok(Event::Posted { message, .. }) => heard.push((message.number, message.id, Instant::now())),
                Ok(_) => {}
                // Nothing for a while is no error while others come in.
                Err(error) => {
                    quiet += 1;
                    let waits = quiet < 6 && format!("{error:#}").starts_with("nothing came");
                    assert!(waits, "{} messages, and then {error:#}", heard.len());
                }
            },
        }
    }
    heard
}
