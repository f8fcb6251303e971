//! The real binary, spoken to over the wire by somebody with a token for a room: from which pages, what they may, what
//! they pass and what they do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use reqwest::Method;
use serde_json::{Value, json};
use visavis_bots::{Bot, DEMO_PASSWORD, Refused, ServerProcess, Staff, http_client};
use visavis_domain::ids::ParticipantId;
use visavis_domain::room::{Entry, LeaveReason, RoomSettings};
use visavis_protocol::{Code, Command, Event, Reply, Ticket};

const SITE: &str = "https://www.example.org";
const OTHER: &str = "https://other.example.org";

struct World {
    server: ServerProcess,
    admin: Staff,
}

impl World {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), settings).await.unwrap();
        let signed_in = Staff::sign_in(&http_client(), &server.base(), "admin@demo", DEMO_PASSWORD).await;
        Self { admin: signed_in.unwrap(), server }
    }

    async fn ticket(&self, room: &str, new: Value) -> String {
        let path = format!("/api/v1/admin/rooms/{room}/tokens");
        let made: Value = self.admin.ask(Method::POST, &path, &new).await.unwrap();
        let request = http_client().post(format!("{}/api/v1/tickets", self.server.base()));
        let wish = json!({ "room_token": made["token"] });
        let answer = request.header("origin", SITE).json(&wish).send().await.unwrap();
        answer.error_for_status().unwrap().json::<Ticket>().await.unwrap().ticket
    }

    /// A page of the site with a token for the room.
    async fn page(&self, name: &str, more: Value) -> Bot {
        let mut new = json!({ "name": name, "identity": name, "origins": [SITE] });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let ticket = self.ticket("tea", new).await;
        Bot::connect_from(&self.server.base(), SITE, ticket).await.unwrap()
    }

    async fn guest(&self) -> Bot {
        Bot::connect(&self.server.base()).await.unwrap()
    }
}

fn entry(entry: Entry) -> Command {
    Command::SetRoom { settings: RoomSettings { entry, ..RoomSettings::default() } }
}

fn participant(reply: Result<Reply, Refused>) -> ParticipantId {
    match reply {
        Ok(Reply::Joined { participant, .. }) => participant,
        other => panic!("not inside: {other:?}"),
    }
}

fn host(reply: &Result<Reply, Refused>) -> Option<ParticipantId> {
    match reply {
        Ok(Reply::Joined { room, .. }) => room.host,
        other => panic!("not inside: {other:?}"),
    }
}

#[tokio::test]
async fn a_socket_from_elsewhere_is_for_those_alone_whose_token_names_it() {
    let world = World::new(&[]).await;
    let base = world.server.base();
    let token = world.ticket("tea", json!({ "name": "Ana", "origins": [SITE] })).await;
    // Somebody else's ticket is worth nothing there, nor is the token's from a page that it does not name.
    let ordinary = Bot::ticket(&http_client(), &base).await.unwrap();
    for (what, origin, ticket) in
        [("an ordinary ticket", SITE, ordinary), ("another page", OTHER, token.clone())]
    {
        let refused = Bot::connect_from(&base, origin, ticket).await.err().unwrap().to_string();
        assert!(refused.contains("Forbidden"), "{what}: {refused}");
    }
    assert!(Bot::connect_from(&base, "null", token.clone()).await.is_err(), "a page of no origin");
    let mut ana = Bot::connect_from(&base, SITE, token).await.unwrap();
    participant(ana.join("tea", "Ana").await.unwrap());
    ana.resume().await.unwrap();
    // A session is taken up from where it may be, or from nowhere.
    ana.move_to(OTHER);
    assert_eq!(ana.take_up().await.unwrap(), Err(Refused(Code::SessionUnknown)));
    ana.move_to(SITE);
    ana.resume().await.unwrap();
    let mut guest = world.guest().await;
    guest.move_to(SITE);
    assert_eq!(guest.take_up().await.unwrap(), Err(Refused(Code::SessionUnknown)));
}

#[tokio::test]
async fn a_token_is_for_its_room_under_its_name_and_for_nothing_else() {
    let world = World::new(&[]).await;
    let mut ana = world.page("Ana", json!({})).await;
    let elsewhere = ana.join("coffee", "Ana").await.unwrap();
    assert_eq!(elsewhere, Err(Refused(Code::Forbidden)));
    for command in [
        Command::Look { room: "tea".into() },
        Command::Knock { room: "coffee".into(), name: "Ana".into(), password: None },
        Command::WatchDesk { desk: "help".into() },
        Command::OpenLounge,
        Command::OpenConsole,
    ] {
        let what = format!("{command:?}");
        assert_eq!(ana.command(command).await.unwrap(), Err(Refused(Code::Forbidden)), "{what}");
    }
    let reply = ana.join("TEA", "The director").await.unwrap();
    let Ok(Reply::Joined { room, .. }) = &reply else { panic!("{reply:?}") };
    assert_eq!(room.participants[0].name, "Ana");
    let text = Command::Say {
        message: "m_00000000000000000000000000000001".parse().unwrap(),
        text: "hi".into(),
        file: None,
    };
    assert!(ana.command(text).await.unwrap().is_ok());
}

#[tokio::test]
async fn who_was_let_in_passes_lobby_and_password_and_no_lock() {
    let world = World::new(&[("VISAVIS_ROOMS__OPENED_BY", "staff")]).await;
    // Nobody else may open one here.
    let mut first = world.page("First", json!({})).await;
    participant(first.join("tea", "First").await.unwrap());
    first.command(entry(Entry::Lobby)).await.unwrap().unwrap();
    first.command(Command::SetPassword { password: Some("secret".into()) }).await.unwrap().unwrap();
    let mut guest = world.guest().await;
    assert!(guest.join("tea", "Guest").await.unwrap().is_err());
    let mut ana = world.page("Ana", json!({})).await;
    participant(ana.join("tea", "Ana").await.unwrap());
    first.command(entry(Entry::Locked)).await.unwrap().unwrap();
    let mut late = world.page("Late", json!({ "role": "host" })).await;
    assert_eq!(late.join("tea", "Late").await.unwrap(), Err(Refused(Code::RoomLocked)));
}

#[tokio::test]
async fn who_is_sent_to_decide_does_and_who_was_removed_stays_out_with_any_token() {
    let world = World::new(&[]).await;
    let mut guest = world.guest().await;
    participant(guest.join("tea", "Guest").await.unwrap());
    let mut ana = world.page("Ana", json!({})).await;
    let ana_id = participant(ana.join("tea", "Ana").await.unwrap());
    let mut chair = world.page("Chair", json!({ "role": "host" })).await;
    let came = chair.join("tea", "Chair").await.unwrap();
    let decides = host(&came);
    assert_eq!(decides, Some(participant(came)));
    assert_eq!(guest.command(entry(Entry::Lobby)).await.unwrap(), Err(Refused(Code::NotHost)));
    chair.command(Command::Remove { participant: ana_id }).await.unwrap().unwrap();
    let events = ana.events_until(
        |event| matches!(event, Event::ParticipantLeft { participant, .. } if *participant == ana_id),
    );
    let last = events.await.unwrap().pop();
    assert!(matches!(last, Some(Event::ParticipantLeft { reason: LeaveReason::Removed, .. })), "{last:?}");
    let mut again = world.page("Ana", json!({})).await;
    assert_eq!(again.join("tea", "Ana").await.unwrap(), Err(Refused(Code::Removed)));
    let mut ben = world.page("Ben", json!({})).await;
    participant(ben.join("tea", "Ben").await.unwrap());
}
