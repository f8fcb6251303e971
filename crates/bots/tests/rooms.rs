//! The real binary, spoken to over the wire: hosts, locks, lobbies, passwords, removals; and the same over two
//! instances.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::{Bot, DEMO_PASSWORD, Refused, ServerProcess, Staff, http_client};
use visavis_domain::ids::{MessageId, ParticipantId};
use visavis_domain::room::{Entry, LeaveReason, Microphone, Reaction, RoomSettings};
use visavis_protocol::{
    Code, Command, Door, Event, Knock, KnockAnswer, MediaPath, Reply, RoomSnapshot, RoomSummary, Ticket,
};

/// What somebody waits for whose knock or end of a call is on its way.
const SOON: Duration = Duration::from_secs(1);

async fn serve(settings: &[(&str, &str)]) -> ServerProcess {
    ServerProcess::start(&ServerProcess::binary().unwrap(), settings).await.unwrap()
}

/// A browser: whoever asks for a ticket shows what it was given.
#[derive(Default)]
struct Browser {
    cookie: Option<String>,
}

impl Browser {
    async fn page(&mut self, base: &str) -> Bot {
        let mut request = http_client().post(format!("{base}/api/v1/tickets"));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.unwrap().error_for_status().unwrap();
        let given = response.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
        for flag in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(given.contains(flag), "{given}");
        }
        self.cookie = Some(given.split(';').next().unwrap().to_owned());
        Bot::connect_with(base, response.json::<Ticket>().await.unwrap().ticket).await.unwrap()
    }
}

struct Seat {
    id: ParticipantId,
    continuation: String,
    room: RoomSnapshot,
}

fn seat(reply: Result<Reply, Refused>) -> Seat {
    match reply {
        Ok(Reply::Joined { participant, continuation, room, .. }) => {
            Seat { id: participant, continuation, room }
        }
        other => panic!("not joined: {other:?}"),
    }
}

async fn sit(bot: &mut Bot, name: &str) -> Seat {
    seat(bot.join("r", name).await.unwrap())
}

async fn with_password(bot: &mut Bot, password: Option<&str>) -> Result<Reply, Refused> {
    let join = Command::Join {
        room: "r".into(),
        name: "Zoë".into(),
        microphone: Microphone::Live,
        camera: visavis_domain::room::Camera::On,
        password: password.map(str::to_owned),
        continuation: None,
        media: MediaPath::Fresh,
    };
    bot.command(join).await.unwrap()
}

async fn done(bot: &mut Bot, command: Command) {
    assert_eq!(bot.command(command.clone()).await.unwrap(), Ok(Reply::Done), "{command:?}");
}

fn entry(entry: Entry) -> Command {
    Command::SetRoom { settings: RoomSettings { entry, ..RoomSettings::default() } }
}

fn knock(name: &str) -> Command {
    Command::Knock { room: "r".into(), name: name.into(), password: None }
}

async fn look(bot: &mut Bot) -> RoomSummary {
    match bot.command(Command::Look { room: "r".into() }).await.unwrap() {
        Ok(Reply::Summary { room }) => room,
        other => panic!("no summary: {other:?}"),
    }
}

/// Who knocks, as the host is told next.
async fn knocks(host: &mut Bot) -> Vec<Knock> {
    let events = host.events_until(|event| matches!(event, Event::KnocksChanged { .. })).await.unwrap();
    match events.last() {
        Some(Event::KnocksChanged { knocks }) => knocks.clone(),
        other => panic!("{other:?}"),
    }
}

async fn answered(bot: &mut Bot) -> KnockAnswer {
    let events = bot.events_until(|event| matches!(event, Event::KnockAnswered { .. })).await.unwrap();
    match events.last() {
        Some(Event::KnockAnswered { answer }) => *answer,
        other => panic!("{other:?}"),
    }
}

fn left(who: ParticipantId, reason: LeaveReason) -> impl Fn(&Event) -> bool {
    move |event| *event == Event::ParticipantLeft { participant: who, reason }
}

fn is_host(who: ParticipantId) -> impl Fn(&Event) -> bool {
    move |event| *event == Event::HostChanged { host: Some(who) }
}

async fn two(base: &str) -> ((Bot, Seat), (Bot, Seat)) {
    let (mut ana, mut ben) = (Bot::connect(base).await.unwrap(), Bot::connect(base).await.unwrap());
    let (first, second) = (sit(&mut ana, "Ana").await, sit(&mut ben, "Ben").await);
    ((ana, first), (ben, second))
}

/// While their password is compared, those inside go on talking.
#[tokio::test]
async fn who_is_refused_at_the_door_hears_nothing_of_what_is_said_inside() {
    let server = serve(&[]).await;
    let ((mut ana, _), (mut ben, _)) = two(&server.base()).await;
    done(&mut ana, Command::SetPassword { password: Some("right".into()) }).await;
    let mut eve = Bot::connect(&server.base()).await.unwrap();
    for round in 0..3 {
        let outside = async { with_password(&mut eve, Some("wrong")).await };
        let inside = async {
            for message in 0..20 {
                let message = MessageId::from_bits(round * 100 + message);
                let said = Command::Say { message, text: "between us".into(), file: None };
                done(if message.bits().is_multiple_of(2) { &mut ana } else { &mut ben }, said).await;
            }
        };
        let (refused, ()) = tokio::join!(outside, inside);
        assert_eq!(refused.unwrap_err().0, Code::PasswordWrong, "round {round}");
        let heard = eve.events_so_far().await.unwrap();
        assert_eq!(heard, [], "round {round}");
    }
    let seat = seat(with_password(&mut eve, Some("right")).await);
    assert_eq!(seat.room.participants.len(), 3);
}

#[tokio::test]
async fn a_locked_room_lets_nobody_new_in_and_keeps_who_is_there() {
    let server = serve(&[]).await;
    let ((mut ana, first), (mut ben, second)) = two(&server.base()).await;
    assert_eq!((first.room.host, second.room.host), (Some(first.id), Some(first.id)));
    assert_eq!(ben.command(entry(Entry::Locked)).await.unwrap(), Err(Refused(Code::NotHost)));
    done(&mut ana, entry(Entry::Locked)).await;
    ben.events_until(|event| matches!(event, Event::SettingsChanged { .. })).await.unwrap();
    let mut zoe = Bot::connect(&server.base()).await.unwrap();
    assert_eq!(look(&mut zoe).await.door, Door::Locked);
    assert_eq!(zoe.join("r", "Zoë").await.unwrap(), Err(Refused(Code::RoomLocked)));
    assert_eq!(zoe.command(knock("Zoë")).await.unwrap(), Err(Refused(Code::RoomLocked)));
    // Who reloads the page is not new.
    let mut again = Bot::connect(&server.base()).await.unwrap();
    let back = again.join_as("r", "Ben", Some(second.continuation), MediaPath::Fresh).await.unwrap();
    assert_eq!(seat(back).id, second.id);
}

#[tokio::test]
async fn a_knock_reaches_the_host_at_once_and_so_does_its_answer() {
    let server = serve(&[]).await;
    let (base, mut ana) = (server.base(), Bot::connect(&server.base()).await.unwrap());
    let first = sit(&mut ana, "Ana").await;
    done(&mut ana, entry(Entry::Lobby)).await;
    let (mut zoe, mut mallory) = (Bot::connect(&base).await.unwrap(), Bot::connect(&base).await.unwrap());
    assert_eq!(look(&mut zoe).await.door, Door::Lobby);
    assert_eq!(zoe.join("r", "Zoë").await.unwrap(), Err(Refused(Code::KnockFirst)));
    let began = Instant::now();
    done(&mut zoe, knock("Zoë")).await;
    let asked = knocks(&mut ana).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert_eq!(asked.iter().map(|knock| knock.name.as_str()).collect::<Vec<_>>(), ["Zoë"]);
    done(&mut mallory, knock("Mallory")).await;
    let both = knocks(&mut ana).await;
    assert_eq!(both.len(), 2);
    // The host who asks for everything anew finds them, too; nobody else does.
    let Ok(Reply::Snapshot { room }) = ana.command(Command::Snapshot).await.unwrap() else { panic!() };
    assert_eq!((room.knocks.len(), room.host), (2, Some(first.id)));
    let began = Instant::now();
    done(&mut ana, Command::AdmitKnocks { knocks: vec![asked[0].id] }).await;
    assert_eq!(answered(&mut zoe).await, KnockAnswer::Admitted);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    done(&mut ana, Command::RefuseKnocks { knocks: both.iter().map(|knock| knock.id).collect() }).await;
    assert_eq!(answered(&mut mallory).await, KnockAnswer::Refused);
    assert_eq!(mallory.join("r", "Mallory").await.unwrap(), Err(Refused(Code::KnockFirst)));
    let inside = sit(&mut zoe, "Zoë").await;
    assert_eq!((inside.id, inside.room.knocks.len()), (asked[0].id, 0));
    // Where one need not knock, that is the answer; a page that goes away asks no longer.
    done(&mut mallory, knock("Mallory")).await;
    ana.events_until(|event| matches!(event, Event::KnocksChanged { knocks } if knocks.len() == 1))
        .await
        .unwrap();
    done(&mut mallory, Command::StopKnocking).await;
    assert_eq!(knocks(&mut ana).await, []);
    done(&mut mallory, knock("Mallory")).await;
    assert_eq!(knocks(&mut ana).await.len(), 1);
    done(&mut ana, entry(Entry::Open)).await;
    assert_eq!(answered(&mut mallory).await, KnockAnswer::Opened);
    done(&mut mallory, knock("Mallory")).await;
    assert_eq!(answered(&mut mallory).await, KnockAnswer::Opened);
}

#[tokio::test]
async fn a_page_that_goes_away_knocks_no_longer() {
    let server = serve(&[("VISAVIS_SESSION__CLOSED_GRACE_MS", "100")]).await;
    let (mut ana, mut zoe) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "Ana").await;
    done(&mut ana, entry(Entry::Lobby)).await;
    done(&mut zoe, knock("Zoë")).await;
    assert_eq!(knocks(&mut ana).await.len(), 1);
    // A broken line that is mended in time changes nothing for anybody.
    zoe.resume().await.unwrap();
    zoe.hide().await.unwrap();
    assert_eq!(knocks(&mut ana).await, []);
}

#[tokio::test]
async fn a_password_is_asked_for_and_compared() {
    let server = serve(&[]).await;
    let ((mut ana, _), (mut ben, _)) = two(&server.base()).await;
    let mut zoe = Bot::connect(&server.base()).await.unwrap();
    let set = |password: Option<&str>| Command::SetPassword { password: password.map(str::to_owned) };
    assert_eq!(ben.command(set(Some("tea"))).await.unwrap(), Err(Refused(Code::NotHost)));
    for bad in ["", &"x".repeat(129)] {
        assert_eq!(ana.command(set(Some(bad))).await.unwrap(), Err(Refused(Code::PasswordInvalid)));
    }
    assert!(!look(&mut zoe).await.password);
    done(&mut ana, set(Some("tea ☕"))).await;
    ben.events_until(|event| *event == Event::PasswordChanged { password: true }).await.unwrap();
    let seen = look(&mut zoe).await;
    assert!(seen.password && seen.door == Door::Open);
    for (shown, refused) in [
        (None, Code::PasswordRequired),
        (Some(""), Code::PasswordRequired),
        (Some("coffee"), Code::PasswordWrong),
        (Some("TEA ☕"), Code::PasswordWrong),
    ] {
        assert_eq!(with_password(&mut zoe, shown).await, Err(Refused(refused)), "{shown:?}");
    }
    assert!(seat(with_password(&mut zoe, Some("tea ☕")).await).room.password);
    done(&mut zoe, Command::Leave).await;
    let mut refused = Vec::new();
    for _ in 0..40 {
        refused.extend(with_password(&mut zoe, Some("guess")).await.err());
    }
    assert_eq!(refused.first(), Some(&Refused(Code::PasswordWrong)));
    assert_eq!(refused.last(), Some(&Refused(Code::RateLimited)));
    done(&mut ana, set(None)).await;
    assert!(with_password(&mut zoe, None).await.is_ok());
}

#[tokio::test]
async fn who_was_removed_hears_nothing_more_and_does_not_come_back() {
    let server = serve(&[]).await;
    let (base, mut ana) = (server.base(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "Ana").await;
    let mut browser = Browser::default();
    let mut mallory = browser.page(&base).await;
    let theirs = sit(&mut mallory, "Mallory").await;
    let remove = Command::Remove { participant: theirs.id };
    assert_eq!(mallory.command(remove.clone()).await.unwrap(), Err(Refused(Code::NotHost)));
    done(&mut ana, remove).await;
    mallory.events_until(left(theirs.id, LeaveReason::Removed)).await.unwrap();
    done(&mut ana, Command::React { reaction: Reaction::Heart }).await;
    ana.events_until(|event| matches!(event, Event::Reacted { .. })).await.unwrap();
    // Another session, another tab, a reload, a knock: the browser is the same.
    let mut tab = browser.page(&base).await;
    assert_eq!(tab.command(knock("Mallory")).await.unwrap(), Err(Refused(Code::Removed)));
    assert_eq!(look(&mut tab).await.door, Door::Removed);
    for bot in [&mut tab, &mut mallory] {
        assert_eq!(bot.join("r", "Mallory").await.unwrap(), Err(Refused(Code::Removed)));
    }
    let heard = mallory.events_so_far().await.unwrap();
    assert_eq!(heard, [], "what happens in the room is not theirs to hear");
    let mut stranger = Bot::connect(&base).await.unwrap();
    let back = stranger.join_as("r", "Mallory", Some(theirs.continuation), MediaPath::Kept).await.unwrap();
    assert_eq!(back, Err(Refused(Code::Removed)), "as who they were, in another browser");
    // The room is empty, and remembered.
    done(&mut ana, Command::Leave).await;
    assert_eq!(tab.join("r", "Mallory").await.unwrap(), Err(Refused(Code::Removed)));
    assert!(stranger.join("r", "Zoë").await.unwrap().is_ok());
}

#[tokio::test]
async fn everybody_is_muted_but_the_host_and_nobody_unmuted() {
    let server = serve(&[]).await;
    let ((mut ana, first), (mut ben, second)) = two(&server.base()).await;
    done(&mut ana, Command::Mute { participant: None }).await;
    ben.events_until(|event| *event == Event::Muted).await.unwrap();
    let Ok(Reply::Snapshot { room }) = ben.command(Command::Snapshot).await.unwrap() else { panic!() };
    let microphones: Vec<_> = room.participants.iter().map(|one| (one.id, one.microphone)).collect();
    assert_eq!(microphones, [(first.id, Microphone::Live), (second.id, Microphone::Muted)]);
}

#[tokio::test]
async fn hands_are_up_in_order_and_reactions_pass() {
    let server = serve(&[]).await;
    let ((mut ana, first), (mut ben, second)) = two(&server.base()).await;
    done(&mut ben, Command::SetHand { raised: true }).await;
    let up = |who| move |event: &Event| matches!(event, Event::ParticipantChanged { participant } if participant.id == who && participant.hand.is_some());
    ana.events_until(up(second.id)).await.unwrap();
    done(&mut ana, Command::SetHand { raised: true }).await;
    ben.events_until(up(first.id)).await.unwrap();
    let Ok(Reply::Snapshot { room }) = ana.command(Command::Snapshot).await.unwrap() else { panic!() };
    let hand = |n: usize| room.participants[n].hand.unwrap();
    assert!(hand(1) <= hand(0));
    assert_eq!(
        ben.command(Command::LowerHand { participant: first.id }).await.unwrap(),
        Err(Refused(Code::NotHost))
    );
    done(&mut ana, Command::LowerHand { participant: second.id }).await;
    done(&mut ben, Command::React { reaction: Reaction::Applause }).await;
    let reacted = Event::Reacted { participant: second.id, reaction: Reaction::Applause };
    ana.events_until(|event| *event == reacted).await.unwrap();
}

#[tokio::test]
async fn ending_for_all_ends_it_everywhere_at_once() {
    let server = serve(&[]).await;
    let ((mut ana, first), (mut ben, second)) = two(&server.base()).await;
    done(&mut ana, entry(Entry::Lobby)).await;
    assert_eq!(ben.command(Command::EndRoom).await.unwrap(), Err(Refused(Code::NotHost)));
    let began = Instant::now();
    done(&mut ana, Command::EndRoom).await;
    ana.events_until(left(first.id, LeaveReason::Ended)).await.unwrap();
    ben.events_until(left(second.id, LeaveReason::Ended)).await.unwrap();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let seen = look(&mut ben).await;
    assert_eq!((seen.present.len(), seen.door), (0, Door::Open), "nothing of it is remembered");
    let anew = sit(&mut ben, "Ben").await;
    assert_eq!((anew.room.host, anew.room.settings.entry), (Some(anew.id), Entry::Open));
}

#[tokio::test]
async fn the_host_hands_over_or_goes_and_somebody_is_the_host() {
    let server = serve(&[]).await;
    let ((mut ana, first), (mut ben, second)) = two(&server.base()).await;
    let mut eve = Bot::connect(&server.base()).await.unwrap();
    let third = sit(&mut eve, "Eve").await;
    done(&mut ana, Command::MakeHost { participant: third.id }).await;
    ben.events_until(is_host(third.id)).await.unwrap();
    assert_eq!(ana.command(entry(Entry::Lobby)).await.unwrap(), Err(Refused(Code::NotHost)));
    done(&mut eve, entry(Entry::Lobby)).await;
    let mut zoe = Bot::connect(&server.base()).await.unwrap();
    done(&mut zoe, knock("Zoë")).await;
    assert_eq!(knocks(&mut eve).await.len(), 1);
    done(&mut eve, Command::Leave).await;
    ben.events_until(is_host(first.id)).await.unwrap();
    // Whoever decides now is told who asks.
    assert_eq!(knocks(&mut ana).await.len(), 1);
    done(&mut ana, Command::Leave).await;
    ben.events_until(is_host(second.id)).await.unwrap();
    assert_eq!(knocks(&mut ben).await.len(), 1);
}

#[tokio::test]
async fn a_lobby_stays_while_the_room_is_empty_and_waits_for_its_host() {
    let server = serve(&[("VISAVIS_ROOMS__REMEMBER_S", "3")]).await;
    let (base, mut browser) = (server.base(), Browser::default());
    let mut ana = browser.page(&base).await;
    sit(&mut ana, "Ana").await;
    done(&mut ana, entry(Entry::Lobby)).await;
    done(&mut ana, Command::Leave).await;
    let mut zoe = Bot::connect(&base).await.unwrap();
    assert_eq!(zoe.join("r", "Zoë").await.unwrap(), Err(Refused(Code::KnockFirst)));
    done(&mut zoe, knock("Zoë")).await;
    let mut back = browser.page(&base).await;
    assert_eq!(look(&mut back).await.door, Door::Open);
    let seat = sit(&mut back, "Ana").await;
    assert_eq!((seat.room.host, seat.room.settings.entry), (Some(seat.id), Entry::Lobby));
    assert_eq!(seat.room.knocks.len(), 1);
    // Not for ever.
    done(&mut back, Command::Leave).await;
    assert_eq!(answered(&mut zoe).await, KnockAnswer::Opened);
    assert!(zoe.join("r", "Zoë").await.unwrap().is_ok());
}

#[tokio::test]
async fn where_only_staff_opens_rooms_guests_come_after_them() {
    let settings = [("VISAVIS_ROOMS__OPENED_BY", "staff")];
    let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap();
    let mut guest = Bot::connect(&server.base()).await.unwrap();
    assert_eq!(look(&mut guest).await.door, Door::Closed);
    assert_eq!(guest.join("r", "Zoë").await.unwrap(), Err(Refused(Code::RoomNotOpen)));
    let ana = Staff::sign_in(&http_client(), &server.base(), "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut ana = ana.connect().await.unwrap();
    sit(&mut ana, "Ana").await;
    assert_eq!(look(&mut guest).await.door, Door::Open);
    sit(&mut guest, "Zoë").await;
}

#[tokio::test]
async fn it_makes_no_difference_at_which_instance_people_are() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&[("VISAVIS_REDIS", &*redis.address())]).await;
    let other = one.start_beside().await.unwrap();
    let (mut ana, mut browser) = (Bot::connect(&one.base()).await.unwrap(), Browser::default());
    sit(&mut ana, "Ana").await;
    done(&mut ana, entry(Entry::Lobby)).await;
    let mut zoe = browser.page(&other.base()).await;
    let began = Instant::now();
    done(&mut zoe, knock("Zoë")).await;
    let asked = knocks(&mut ana).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    done(&mut ana, Command::AdmitKnocks { knocks: vec![asked[0].id] }).await;
    assert_eq!(answered(&mut zoe).await, KnockAnswer::Admitted);
    let seat = sit(&mut zoe, "Zoë").await;
    done(&mut ana, Command::Remove { participant: seat.id }).await;
    zoe.events_until(left(seat.id, LeaveReason::Removed)).await.unwrap();
    for base in [one.base(), other.base()] {
        let mut tab = browser.page(&base).await;
        assert_eq!(tab.join("r", "Zoë").await.unwrap(), Err(Refused(Code::Removed)));
    }
}
