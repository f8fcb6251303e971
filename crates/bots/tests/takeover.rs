//! The real binary, several over one Redis, when one of them dies or stands still: whoever was there is gone soon, or
//! back at another one as who they were; and nobody is taken for dead who lives.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use std::process::Command as Process;
use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::member::{enter, open_lounge};
use visavis_bots::{Bot, DEMO_PASSWORD, Member, ServerProcess, Staff};
use visavis_domain::ids::{LoungeRoomId, ParticipantId, PersonId, RingId};
use visavis_domain::person::Status;
use visavis_domain::room::{LeaveReason, Presence};
use visavis_protocol::{CloseCode, Command, Engagement, Event, LoungeSnapshot, MediaPath, Reply};

/// From the death of an instance until nobody sees those who were there.
const GONE_WITHIN: Duration = Duration::from_secs(5);
/// For which an instance, or Redis, stands still: two leases.
const STILL: Duration = Duration::from_secs(8);

async fn serve(redis: &Server) -> ServerProcess {
    let settings = [("VISAVIS_REDIS", &*redis.address())];
    ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap()
}

fn signal(server: &ServerProcess, signal: &str) {
    let id = server.pid().unwrap().to_string();
    assert!(Process::new("kill").args([signal, &id]).status().unwrap().success());
}

/// Somebody with a page in the lounge, as the browser remembers them.
struct Guest {
    member: Member,
    proof: String,
    name: &'static str,
}

impl Guest {
    async fn come(base: &str, name: &'static str) -> Self {
        let (member, proof) = Member::guest(&visavis_bots::http_client(), base, name).await.unwrap();
        Self { member, proof, name }
    }

    /// Starts over at this server, as a page does whose session could not be resumed.
    async fn start_over(&mut self, base: &str) -> LoungeSnapshot {
        let (http, earlier) = (visavis_bots::http_client(), self.member.bot.as_earlier());
        let (bot, proof) = Bot::guest_after(&http, base, &self.proof, Some(earlier)).await.unwrap();
        let room = self.member.lounge.room.room;
        (self.member.bot, self.proof) = (bot, proof);
        assert!(!open_lounge(&mut self.member.bot).await.unwrap().unwrap().in_use, "in one's own way");
        let lounge = enter(&mut self.member.bot, self.name, Some(room)).await.unwrap().unwrap();
        assert_eq!(lounge.person, self.member.id);
        lounge
    }

    async fn sees_leave(&mut self, who: PersonId) {
        self.member
            .until(|event| matches!(event, Event::MemberLeft { person, .. } if *person == who))
            .await
            .unwrap();
    }
}

/// Whoever of these is there more or less often than once.
fn not_once(lounge: &LoungeSnapshot, people: &[PersonId]) -> Vec<PersonId> {
    let count = |who: &PersonId| lounge.room.people.iter().filter(|one| one.id == *who).count();
    people.iter().filter(|who| count(who) != 1).copied().collect()
}

async fn be_online(console: &mut Bot) {
    assert!(matches!(console.command(Command::OpenConsole).await.unwrap(), Ok(Reply::Console { .. })));
    let online = Command::SetAvailability { online: Some(true), chosen: None };
    assert!(console.command(online).await.unwrap().is_ok());
}

async fn visit(base: &str) -> Bot {
    let (mut visitor, _) = Bot::guest(&visavis_bots::http_client(), base, "").await.unwrap();
    assert!(visitor.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().is_ok());
    visitor
}

/// The only representative is rung.
async fn reach(visitor: &mut Bot, console: &mut Bot) -> RingId {
    let call = Command::CallDesk { representative: None, name: "Vera".into(), about: String::new() };
    let Ok(Reply::Ringing { ring }) = visitor.command(call).await.unwrap() else { panic!("not ringing") };
    let rung = |event: &Event| matches!(event, Event::OwnChanged { own } if matches!(&own.engagement, Some(Engagement::Called { .. })));
    console.events_until(rung).await.unwrap();
    ring.id
}

fn goes_offline(event: &Event) -> bool {
    matches!(event, Event::RepresentativeChanged { representative, .. } if representative.status == Status::Offline)
}

fn reconnects(who: ParticipantId) -> impl Fn(&Event) -> bool {
    move |event| {
        matches!(event, Event::ParticipantChanged { participant }
            if participant.id == who && participant.presence == Presence::Reconnecting)
    }
}

async fn sit(
    bot: &mut Bot,
    name: &str,
    continuation: Option<String>,
) -> (ParticipantId, String, Vec<(u32, u32)>) {
    let media = if continuation.is_some() { MediaPath::Kept } else { MediaPath::Fresh };
    match bot.join_as("r", name, continuation, media).await.unwrap() {
        Ok(Reply::Joined { participant, continuation, room, .. }) => {
            let seats = room.participants.iter().map(|one| (one.order, one.epoch)).collect();
            (participant, continuation, seats)
        }
        other => panic!("not joined: {other:?}"),
    }
}

#[tokio::test]
async fn whoever_was_at_a_killed_instance_is_gone_soon_and_right_when_they_come_back() {
    let Some(redis) = Server::start() else { return };
    let mut one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let http = visavis_bots::http_client();
    let (mut vera, mut wim) =
        (Guest::come(&one.base(), "Vera").await, Guest::come(&other.base(), "Wim").await);
    let staff = Staff::sign_in(&http, &one.base(), "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut console = staff.connect().await.unwrap();
    be_online(&mut console).await;
    let mut visitor = visit(&other.base()).await;
    let (mut ana, mut ben) =
        (Bot::connect(&one.base()).await.unwrap(), Bot::connect(&other.base()).await.unwrap());
    let (seat, continuation, _) = sit(&mut ana, "Ana", None).await;
    sit(&mut ben, "Ben", None).await;
    one.kill().await.unwrap();
    let died = Instant::now();
    let left = async {
        wim.sees_leave(vera.member.id).await;
        died.elapsed()
    };
    let offline = async {
        visitor.events_until(goes_offline).await.unwrap();
        died.elapsed()
    };
    let lost = async {
        ben.events_until(reconnects(seat)).await.unwrap();
        died.elapsed()
    };
    let times = tokio::join!(left, offline, lost);
    eprintln!("gone: from the lounge, the desk, the room after {times:?}");
    for gone in [times.0, times.1, times.2] {
        assert!(gone < GONE_WITHIN, "{gone:?}");
    }
    let back = Instant::now();
    let lounge = vera.start_over(&other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
    let mut console = staff.at(&other.base()).connect_after(Some(console.as_earlier())).await.unwrap();
    be_online(&mut console).await;
    reach(&mut visitor, &mut console).await;
    let mut ana = Bot::connect_after(
        &other.base(),
        Bot::ticket(&http, &other.base()).await.unwrap(),
        Some(ana.as_earlier()),
    )
    .await
    .unwrap();
    let (again, _, seats) = sit(&mut ana, "Ana", Some(continuation)).await;
    assert_eq!((again, seats), (seat, vec![(1, 1), (2, 1)]), "the same participant, with the same peers");
    let events = ben.events_so_far().await.unwrap();
    let left = |event: &Event| matches!(event, Event::ParticipantLeft { reason: LeaveReason::Lost, .. });
    assert!(!events.iter().any(left), "{events:?}");
    assert!(back.elapsed() < Duration::from_secs(3), "{:?}", back.elapsed());
}

#[tokio::test]
async fn who_comes_back_before_the_lease_is_over_is_in_nobodys_way_and_is_not_freed() {
    let Some(redis) = Server::start() else { return };
    let mut one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let (mut vera, mut wim) =
        (Guest::come(&one.base(), "Vera").await, Guest::come(&other.base(), "Wim").await);
    let ghost = Guest::come(&one.base(), "Xenia").await;
    one.kill().await.unwrap();
    let lounge = vera.start_over(&other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
    // Everything is freed after her.
    wim.sees_leave(ghost.member.id).await;
    let lounge = wim.start_over(&other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
    assert!(lounge.room.people.iter().all(|one| one.id != ghost.member.id));
}

#[tokio::test]
async fn one_server_that_is_killed_and_started_again_frees_what_it_held() {
    let Some(redis) = Server::start() else { return };
    let mut server = serve(&redis).await;
    let mut vera = Guest::come(&server.base(), "Vera").await;
    let ghost = Guest::come(&server.base(), "Xenia").await;
    server.restart().await.unwrap();
    let began = Instant::now();
    vera.start_over(&server.base()).await;
    vera.sees_leave(ghost.member.id).await;
    // A whole lease of its own comes first.
    assert!(began.elapsed() < 2 * GONE_WITHIN, "{:?}", began.elapsed());
    let (member, _) = Member::guest(&visavis_bots::http_client(), &server.base(), "Xenia").await.unwrap();
    assert_eq!(not_once(&member.lounge, &[vera.member.id, member.id]), []);
}

#[tokio::test]
async fn an_instance_that_stood_still_has_lost_everybody_and_lets_them_in_again() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let (mut vera, mut wim) =
        (Guest::come(&one.base(), "Vera").await, Guest::come(&other.base(), "Wim").await);
    signal(&one, "-STOP");
    let stopped = Instant::now();
    wim.sees_leave(vera.member.id).await;
    assert!(stopped.elapsed() < GONE_WITHIN, "{:?}", stopped.elapsed());
    still(stopped, &mut [&mut wim.member.bot]).await;
    signal(&one, "-CONT");
    assert_eq!(vera.member.bot.close_code().await, Some(CloseCode::Resync as u16));
    vera.start_over(&one.base()).await;
    let lounge = wim.start_over(&other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
}

#[tokio::test]
async fn while_redis_stands_still_nobody_is_taken_for_dead() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let (mut vera, mut wim) =
        (Guest::come(&one.base(), "Vera").await, Guest::come(&other.base(), "Wim").await);
    // A whole lease: both judge the other from now on.
    still(Instant::now(), &mut [&mut vera.member.bot, &mut wim.member.bot]).await;
    redis.signal("-STOP");
    still(Instant::now(), &mut [&mut vera.member.bot, &mut wim.member.bot]).await;
    redis.signal("-CONT");
    let went_on = Instant::now();
    for (guest, base) in [(&mut vera, one.base()), (&mut wim, other.base())] {
        assert_eq!(guest.member.bot.close_code().await, Some(CloseCode::Resync as u16));
        again(guest, &base).await;
    }
    assert!(went_on.elapsed() < Duration::from_secs(5), "{:?}", went_on.elapsed());
    // Longer than a lease and a look: whoever was taken for dead would be gone.
    still(Instant::now(), &mut [&mut vera.member.bot, &mut wim.member.bot]).await;
    let events = wim.member.bot.events_so_far().await.unwrap();
    let left = |event: &Event| matches!(event, Event::MemberLeft { .. });
    assert!(!events.iter().any(left), "{events:?}");
    let lounge = wim.start_over(&other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
}

#[tokio::test]
async fn after_redis_has_lost_its_data_everybody_is_there_again() {
    let Some(mut redis) = Server::start() else { return };
    let one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let http = visavis_bots::http_client();
    let (mut vera, mut wim) =
        (Guest::come(&one.base(), "Vera").await, Guest::come(&other.base(), "Wim").await);
    let staff = Staff::sign_in(&http, &one.base(), "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut console = staff.connect().await.unwrap();
    be_online(&mut console).await;
    redis.stop();
    redis.resume();
    let back = Instant::now();
    for bot in [&mut vera.member.bot, &mut wim.member.bot, &mut console] {
        assert_eq!(bot.close_code().await, Some(CloseCode::Resync as u16));
    }
    again(&mut vera, &one.base()).await;
    let lounge = again(&mut wim, &other.base()).await;
    assert_eq!(not_once(&lounge, &[vera.member.id, wim.member.id]), []);
    let mut console = staff.connect_after(Some(console.as_earlier())).await.unwrap();
    be_online(&mut console).await;
    let mut visitor = visit(&other.base()).await;
    reach(&mut visitor, &mut console).await;
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
}

/// Starts over as often as the server asks for it: the instance may hear of the gap after the page has.
async fn again(guest: &mut Guest, base: &str) -> LoungeSnapshot {
    for _ in 0..20 {
        let (http, earlier) = (visavis_bots::http_client(), guest.member.bot.as_earlier());
        let room: LoungeRoomId = guest.member.lounge.room.room;
        if let Ok((bot, proof)) = Bot::guest_after(&http, base, &guest.proof, Some(earlier)).await {
            (guest.member.bot, guest.proof) = (bot, proof);
            if let Ok(Ok(lounge)) = enter(&mut guest.member.bot, guest.name, Some(room)).await {
                return lounge;
            }
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{} does not come in again", guest.name);
}

/// Two leases pass; the pages that are open say that they are.
async fn still(since: Instant, bots: &mut [&mut Bot]) {
    while since.elapsed() < STILL {
        tokio::time::sleep(Duration::from_millis(500)).await;
        for bot in bots.iter_mut() {
            let _ = bot.ping().await;
        }
    }
}
