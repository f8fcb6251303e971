//! The desk of the real binary, over the wire: who is listed, who rings, who waits, whatever ends it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use reqwest::{Client, Method};
use std::time::{Duration, Instant};
use visavis_bots::{Bot, DEMO_PASSWORD, Refused, ServerProcess, Staff};
use visavis_domain::ids::{PersonId, RingId};
use visavis_domain::person::{Chosen, Status};
use visavis_domain::ring::{RingEnd, RingPurpose};
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{
    CallNote, CallPage, CallView, CloseCode, Code, Command, ConsoleSnapshot, DeskSnapshot, DeskView,
    Engagement, Event, MediaPath, OwnAvailability, Reply, RingView, SignInView, Ticket,
};

async fn demo(settings: &[(&str, &str)]) -> ServerProcess {
    ServerProcess::start_demo(&ServerProcess::binary().unwrap(), settings).await.unwrap()
}

struct Door {
    server: ServerProcess,
    http: Client,
}

/// A representative with a console.
struct Representative {
    id: PersonId,
    staff: Staff,
    bot: Bot,
    console: ConsoleSnapshot,
}

impl Door {
    async fn open(settings: &[(&str, &str)]) -> Self {
        Self { server: demo(settings).await, http: visavis_bots::http_client() }
    }

    async fn staff(&self, name: &str) -> Staff {
        let email = format!("{name}@demo");
        Staff::sign_in(&self.http, &self.server.base(), &email, DEMO_PASSWORD).await.unwrap()
    }

    async fn representative(&self, name: &str) -> Representative {
        let staff = self.staff(name).await;
        let bot = staff.connect().await.unwrap();
        let mut one = Representative { id: PersonId::from_bits(0), staff, bot, console: none() };
        one.console = console(&mut one.bot).await;
        one.id = one.console.person;
        one
    }

    async fn online(&self, name: &str) -> Representative {
        let mut one = self.representative(name).await;
        one.set(Some(true), None).await;
        one
    }

    /// A visitor who follows the demonstration's desk, and what they see.
    async fn visitor(&self) -> (Bot, DeskSnapshot) {
        let (bot, desk, _) = self.guest("").await;
        (bot, desk)
    }

    async fn guest(&self, proof: &str) -> (Bot, DeskSnapshot, (OwnAvailability, String)) {
        let (mut bot, proof) = Bot::guest(&self.http, &self.server.base(), proof).await.unwrap();
        match bot.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().unwrap() {
            Reply::Desk { desk, own } => (bot, desk, (own, proof)),
            other => panic!("{other:?}"),
        }
    }
}

impl Representative {
    async fn set(&mut self, online: Option<bool>, chosen: Option<Chosen>) -> OwnAvailability {
        match self.bot.command(Command::SetAvailability { online, chosen }).await.unwrap().unwrap() {
            Reply::Own { own } => own,
            other => panic!("{other:?}"),
        }
    }

    /// The ring that is there, or comes.
    async fn rung(&mut self) -> RingView {
        own_until(&mut self.bot, |own| match &own.engagement {
            Some(Engagement::Called { ring }) => Some(ring.clone()),
            _ => None,
        })
        .await
    }

    async fn accept(&mut self, ring: RingId) {
        assert_eq!(self.bot.command(Command::AcceptRing { ring }).await.unwrap(), Ok(Reply::Done));
    }
}

fn none() -> ConsoleSnapshot {
    let availability = OwnAvailability {
        online: false,
        chosen: Chosen::Available,
        status: Status::Offline,
        missed: false,
        wrap_up_until: None,
        engagement: None,
        version: 0,
    };
    let (person, name) = (PersonId::from_bits(0), String::new());
    ConsoleSnapshot { person, name, availability, desks: Vec::new(), visits: Vec::new() }
}

async fn console(bot: &mut Bot) -> ConsoleSnapshot {
    match bot.command(Command::OpenConsole).await.unwrap().unwrap() {
        Reply::Console { console } => console,
        other => panic!("{other:?}"),
    }
}

fn calling(representative: Option<PersonId>, name: &str) -> Command {
    Command::CallDesk { representative, name: name.into(), about: "windscreen claim".into() }
}

async fn call(bot: &mut Bot, representative: Option<PersonId>, name: &str) -> Result<RingView, Code> {
    match bot.command(calling(representative, name)).await.unwrap() {
        Ok(Reply::Ringing { ring }) => Ok(ring),
        Err(Refused(code)) => Err(code),
        other => panic!("{other:?}"),
    }
}

async fn queue_up(bot: &mut Bot, name: &str) -> OwnAvailability {
    let command = Command::QueueUp { name: name.into(), about: String::new() };
    match bot.command(command).await.unwrap().unwrap() {
        Reply::Own { own } => own,
        other => panic!("{other:?}"),
    }
}

fn joining(ring: RingId, continuation: Option<String>, media: MediaPath) -> Command {
    let (microphone, camera) = (Microphone::Live, Camera::On);
    Command::JoinCall { ring, microphone, camera, continuation, media }
}

/// Goes into the call; returns the continuation.
async fn join(bot: &mut Bot, ring: RingId) -> String {
    match bot.command(joining(ring, None, MediaPath::Fresh)).await.unwrap().unwrap() {
        Reply::Joined { continuation, .. } => continuation,
        other => panic!("{other:?}"),
    }
}

async fn own_until<T>(bot: &mut Bot, wanted: impl Fn(&OwnAvailability) -> Option<T>) -> T {
    loop {
        if let Event::OwnChanged { own } = bot.event().await.unwrap()
            && let Some(found) = wanted(&own)
        {
            return found;
        }
    }
}

/// Until somebody's state at the desk is this; how long it took.
async fn listed(bot: &mut Bot, who: PersonId, wanted: Status) -> Duration {
    let started = Instant::now();
    let is = |event: &Event| {
        matches!(event, Event::RepresentativeChanged { representative, .. }
            if representative.id == who && representative.status == wanted)
    };
    bot.events_until(is).await.unwrap();
    started.elapsed()
}

async fn ended(bot: &mut Bot, ring: RingId) -> RingEnd {
    let is = |event: &Event| matches!(event, Event::RingEnded { ring: which, .. } if *which == ring);
    match bot.events_until(is).await.unwrap().pop() {
        Some(Event::RingEnded { end, .. }) => end,
        other => panic!("{other:?}"),
    }
}

/// A visitor and a representative in a call, and somebody who watches the list.
async fn talking(door: &Door) -> (Representative, Bot, Bot, RingId) {
    let mut ana = door.online("ana").await;
    let (mut visitor, _) = door.visitor().await;
    let (mut watcher, _) = door.visitor().await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap();
    ana.accept(ring.id).await;
    join(&mut ana.bot, ring.id).await;
    join(&mut visitor, ring.id).await;
    listed(&mut watcher, ana.id, Status::InCall).await;
    (ana, visitor, watcher, ring.id)
}

/// The last call of the history, once it has an end.
async fn history(staff: &Staff) -> CallView {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let page: CallPage = staff.get("/api/v1/calls?take=1").await.unwrap();
        match page.calls.into_iter().next() {
            Some(call) if call.end.is_some() => return call,
            other => assert!(Instant::now() < deadline, "the history has no end: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_visitor_calls_a_representative_who_is_listed_again_when_the_call_ends() {
    let door = Door::open(&[]).await;
    let (mut watcher, desk) = door.visitor().await;
    assert_eq!((desk.name.as_str(), desk.representatives.as_slice()), ("Insurance help", &[][..]));
    let mut ana = door.online("ana").await;
    assert!(listed(&mut watcher, ana.id, Status::Available).await < Duration::from_secs(1));
    let (mut visitor, desk) = door.visitor().await;
    assert_eq!(desk.representatives[0].name, "Ana Kaya");
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap();
    let rung = ana.rung().await;
    assert_eq!(
        (rung.id, rung.caller.name.as_str(), rung.about.as_str()),
        (ring.id, "Vera", "windscreen claim")
    );
    assert!(listed(&mut watcher, ana.id, Status::Ringing).await < Duration::from_secs(1));
    ana.accept(ring.id).await;
    let accepted = |own: &OwnAvailability| match &own.engagement {
        Some(Engagement::InCall { ring }) => Some(ring.id),
        _ => None,
    };
    assert_eq!(own_until(&mut visitor, accepted).await, ring.id);
    join(&mut ana.bot, ring.id).await;
    join(&mut visitor, ring.id).await;
    listed(&mut watcher, ana.id, Status::InCall).await;
    visitor.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut ana.bot, ring.id).await, RingEnd::HungUp);
    assert!(listed(&mut watcher, ana.id, Status::Available).await < Duration::from_secs(1));
    let call = history(&ana.staff).await;
    assert_eq!(
        (call.visitor.as_str(), call.end, call.desk.as_str()),
        ("Vera", Some(RingEnd::HungUp), "Insurance help")
    );
    assert!(call.accepted_at.is_some());
    let judgement = Command::RateCall { ring: ring.id, stars: 5, comment: "quick".into() };
    assert_eq!(watcher.command(judgement.clone()).await.unwrap(), Err(Refused(Code::RingUnknown)));
    visitor.command(judgement).await.unwrap().unwrap();
    assert_eq!(history(&ana.staff).await.stars, Some(5));
}

#[tokio::test]
async fn whatever_ends_a_ring_frees_both_and_tells_both() {
    let door = Door::open(&[("VISAVIS_SESSION__CLOSED_GRACE_MS", "300")]).await;
    let mut ana = door.online("ana").await;
    let (mut visitor, _) = door.visitor().await;
    let (mut watcher, _) = door.visitor().await;
    // Declined.
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    ana.bot.command(Command::DeclineRing { ring }).await.unwrap().unwrap();
    assert_eq!(ended(&mut visitor, ring).await, RingEnd::Declined);
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::Declined);
    listed(&mut watcher, ana.id, Status::Available).await;
    // Cancelled.
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    visitor.command(Command::CancelRing { ring }).await.unwrap().unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::Cancelled);
    listed(&mut watcher, ana.id, Status::Available).await;
    assert_eq!(ana.bot.command(Command::AcceptRing { ring }).await.unwrap(), Err(Refused(Code::RingUnknown)));
    // The visitor's page goes.
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    visitor.hide().await.unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::CallerLost);
    listed(&mut watcher, ana.id, Status::Available).await;
    // The representative's page goes.
    let (mut visitor, _) = door.visitor().await;
    let ring = call(&mut visitor, None, "Vera").await.unwrap().id;
    ana.bot.hide().await.unwrap();
    assert_eq!(ended(&mut visitor, ring).await, RingEnd::CalleeLost);
    listed(&mut watcher, ana.id, Status::Offline).await;
    assert_eq!(call(&mut visitor, None, "Vera").await, Err(Code::NobodyOnline));
}

#[tokio::test]
async fn a_missed_ring_makes_the_representative_away_until_they_say_otherwise() {
    let door = Door::open(&[]).await;
    let admin = door.staff("admin").await;
    shorten(&admin, 5).await;
    let mut ana = door.online("ana").await;
    let (mut visitor, _) = door.visitor().await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap();
    assert_eq!(ring.rings_until.0 - ring.started_at.0, 5_000);
    assert_eq!(ended(&mut visitor, ring.id).await, RingEnd::Missed);
    let missed = own_until(&mut ana.bot, |own| own.missed.then(|| own.clone())).await;
    assert_eq!((missed.status, missed.chosen), (Status::Away, Chosen::Away));
    assert_eq!(call(&mut visitor, Some(ana.id), "Vera").await, Err(Code::NotAvailable));
    let back = ana.set(None, Some(Chosen::Available)).await;
    assert_eq!((back.status, back.missed), (Status::Available, false));
    let missed: CallPage = ana.staff.get("/api/v1/calls?end=missed").await.unwrap();
    assert_eq!(missed.total, 1);
}

/// Has the demonstration's desk ring for a shorter time.
async fn shorten(admin: &Staff, ring_s: u32) {
    let desks: Vec<DeskView> = admin.get("/api/v1/admin/desks").await.unwrap();
    let DeskView { id, mut settings } = desks.into_iter().next().unwrap();
    settings.ring_s = ring_s;
    admin.send(Method::PUT, &format!("/api/v1/admin/desks/{id}"), Some(&settings)).await.unwrap();
}

#[tokio::test]
async fn of_fifty_who_call_at_once_one_rings_and_the_others_hear_busy() {
    let door = Door::open(&[]).await;
    let mut ana = door.online("ana").await;
    let mut visitors = Vec::new();
    for _ in 0..50 {
        visitors.push(door.visitor().await.0);
    }
    let mut asked = Vec::new();
    for visitor in &mut visitors {
        asked.push((visitor.ask(calling(Some(ana.id), "Vera")).await.unwrap(), Instant::now()));
    }
    let mut ringing = 0;
    for (visitor, (id, at)) in visitors.iter_mut().zip(asked) {
        match visitor.answer(id).await.unwrap() {
            Ok(Reply::Ringing { .. }) => ringing += 1,
            other => assert_eq!(other, Err(Refused(Code::Busy))),
        }
        assert!(at.elapsed() < Duration::from_millis(300), "told after {:?}", at.elapsed());
    }
    assert_eq!(ringing, 1);
    ana.rung().await;
}

#[tokio::test]
async fn guests_of_one_address_leave_places_in_a_queue_to_others() {
    let limits = [("VISAVIS_DESKS__QUEUE_PER_ADDRESS", "1"), ("VISAVIS_PROXY__TRUSTED", "127.0.0.1/32")];
    let door = Door::open(&limits).await;
    let (_ana, ..) = talking(&door).await;
    let (mut first, _) = door.visitor().await;
    let (mut second, _) = door.visitor().await;
    queue_up(&mut first, "Wim").await;
    let wait = Command::QueueUp { name: "Xenia".into(), about: String::new() };
    assert_eq!(second.command(wait.clone()).await.unwrap(), Err(Refused(Code::QueueFull)));
    let base = door.server.base();
    let asked = door.http.post(format!("{base}/api/v1/tickets")).header("x-forwarded-for", "192.0.2.2");
    let ticket: Ticket = asked.send().await.unwrap().json().await.unwrap();
    let mut elsewhere = Bot::connect_with(&base, ticket.ticket).await.unwrap();
    assert!(elsewhere.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().is_ok());
    queue_up(&mut elsewhere, "Yann").await;
    assert_eq!(first.command(Command::LeaveQueue).await.unwrap(), Ok(Reply::Done));
    assert!(second.command(wait).await.unwrap().is_ok());
}

#[tokio::test]
async fn who_waits_is_rung_for_in_order_by_whoever_is_free_next() {
    let door = Door::open(&[("VISAVIS_SESSION__CLOSED_GRACE_MS", "300")]).await;
    let (mut ana, mut first, mut watcher, ring) = talking(&door).await;
    let place = |own: &OwnAvailability| match &own.engagement {
        Some(Engagement::Waiting { position, .. }) => Some(*position),
        _ => None,
    };
    let (mut second, _) = door.visitor().await;
    let (mut third, _) = door.visitor().await;
    let (mut fourth, _) = door.visitor().await;
    assert_eq!(call(&mut second, None, "Wim").await, Err(Code::AllBusy));
    assert_eq!(place(&queue_up(&mut second, "Wim").await), Some(1));
    assert_eq!(place(&queue_up(&mut third, "Xenia").await), Some(2));
    assert_eq!(place(&queue_up(&mut fourth, "Yann").await), Some(3));
    let all = |event: &Event| matches!(event, Event::QueueChanged { queue, .. } if queue.len() == 3);
    let events = ana.bot.events_until(all).await.unwrap();
    let Some(Event::QueueChanged { queue, .. }) = events.last() else { panic!() };
    let names: Vec<_> = queue.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Wim", "Xenia", "Yann"]);
    // Closing the page moves the others up.
    third.hide().await.unwrap();
    let moved = |event: &Event| matches!(event, Event::QueueMoved { position: 2, .. });
    fourth.events_until(moved).await.unwrap();
    // The next who is free is rung for the first.
    first.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::HungUp);
    let rung = ana.rung().await;
    assert_eq!(rung.caller.name, "Wim");
    let moved = |event: &Event| matches!(event, Event::QueueMoved { position: 1, .. });
    fourth.events_until(moved).await.unwrap();
    // Declined: back to the old place, for another representative.
    ana.bot.command(Command::DeclineRing { ring: rung.id }).await.unwrap().unwrap();
    assert_eq!(ended(&mut second, rung.id).await, RingEnd::Declined);
    assert_eq!(own_until(&mut second, place).await, 1);
    // Whom they have not declined they are rung for meanwhile.
    assert_eq!(ana.rung().await.caller.name, "Yann");
    let mut ben = door.online("ben").await;
    assert_eq!(ben.rung().await.caller.name, "Wim");
    let nobody = |event: &Event| matches!(event, Event::WaitingChanged { waiting: 0, .. });
    watcher.events_until(nobody).await.unwrap();
}

#[tokio::test]
async fn the_longest_idle_is_rung_first() {
    let door = Door::open(&[]).await;
    let ana = door.online("ana").await;
    let ben = door.online("ben").await;
    let (mut one, _) = door.visitor().await;
    let (mut two, _) = door.visitor().await;
    assert_eq!(call(&mut one, None, "Vera").await.unwrap().callee.id, ana.id);
    assert_eq!(call(&mut two, None, "Wim").await.unwrap().callee.id, ben.id);
}

#[tokio::test]
async fn nobody_does_what_is_anothers() {
    let door = Door::open(&[]).await;
    let mut ana = door.online("ana").await;
    let mut ben = door.online("ben").await;
    let (mut visitor, _) = door.visitor().await;
    let (mut stranger, _) = door.visitor().await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    for (who, command) in
        [(&mut ben.bot, Command::AcceptRing { ring }), (&mut visitor, Command::AcceptRing { ring })]
    {
        assert_eq!(who.command(command).await.unwrap(), Err(Refused(Code::RingUnknown)));
    }
    for command in [
        Command::AcceptRing { ring },
        Command::DeclineRing { ring },
        Command::CancelRing { ring },
        joining(ring, None, MediaPath::Fresh),
    ] {
        assert_eq!(stranger.command(command).await.unwrap(), Err(Refused(Code::RingUnknown)));
    }
    // Before it is accepted nobody is in the call, the caller neither.
    let early = visitor.command(joining(ring, None, MediaPath::Fresh)).await.unwrap();
    assert_eq!(early, Err(Refused(Code::RingUnknown)));
    ana.accept(ring).await;
    join(&mut ana.bot, ring).await;
    let by_name = Command::Join {
        room: ring.to_string(),
        name: "Mallory".into(),
        microphone: Microphone::Live,
        camera: Camera::On,
        password: None,
        continuation: None,
        media: MediaPath::Fresh,
    };
    assert_eq!(stranger.command(by_name).await.unwrap(), Err(Refused(Code::Forbidden)));
    let look = Command::Look { room: ring.to_string() };
    assert_eq!(stranger.command(look).await.unwrap(), Err(Refused(Code::Forbidden)));
    // A visitor is no representative.
    for command in [
        Command::OpenConsole,
        Command::SetAvailability { online: Some(true), chosen: None },
        Command::RingColleague { person: ben.id, purpose: RingPurpose::Transfer },
    ] {
        assert_eq!(stranger.command(command).await.unwrap(), Err(Refused(Code::Forbidden)));
    }
    let url = format!("{}/api/v1/calls", door.server.base());
    assert_eq!(door.http.get(url).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_closed_page_ends_the_call_soon_and_a_broken_line_after_the_grace() {
    let door =
        Door::open(&[("VISAVIS_SESSION__GRACE_MS", "2000"), ("VISAVIS_SESSION__CLOSED_GRACE_MS", "500")])
            .await;
    let (mut ana, visitor, mut watcher, ring) = talking(&door).await;
    visitor.hide().await.unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::Lost);
    assert!(listed(&mut watcher, ana.id, Status::Available).await < Duration::from_secs(3));
    let (mut visitor, _) = door.visitor().await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    ana.accept(ring).await;
    join(&mut visitor, ring).await;
    join(&mut ana.bot, ring).await;
    // The representative's line breaks, and comes back within the grace: nobody's business.
    ana.bot.resume().await.unwrap();
    listed(&mut watcher, ana.id, Status::InCall).await;
    let broken = Instant::now();
    drop(ana.bot);
    assert_eq!(ended(&mut visitor, ring).await, RingEnd::Lost);
    assert!(broken.elapsed() >= Duration::from_secs(2), "after {:?}", broken.elapsed());
    listed(&mut watcher, ana.id, Status::Offline).await;
}

#[tokio::test]
async fn a_reload_goes_on_where_it_was() {
    let door = Door::open(&[]).await;
    let mut ana = door.online("ana").await;
    let (mut visitor, _, (_, proof)) = door.guest("").await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    visitor.hide().await.unwrap();
    let (mut visitor, _, (own, proof)) = door.guest(&proof).await;
    assert!(
        matches!(&own.engagement, Some(Engagement::Calling { ring: same }) if same.id == ring),
        "{own:?}"
    );
    ana.accept(ring).await;
    join(&mut ana.bot, ring).await;
    let continuation = join(&mut visitor, ring).await;
    visitor.hide().await.unwrap();
    let (mut visitor, _, (own, _)) = door.guest(&proof).await;
    assert!(matches!(own.engagement, Some(Engagement::InCall { .. })), "{own:?}");
    let back = visitor.command(joining(ring, Some(continuation), MediaPath::Fresh)).await.unwrap();
    let Ok(Reply::Joined { room, .. }) = back else { panic!("{back:?}") };
    assert_eq!(room.participants.len(), 2);
    // Another page of the same person takes the seat over; the one before is told.
    let mut second = ana.staff.connect().await.unwrap();
    let own = console(&mut second).await.availability;
    assert!(matches!(own.engagement, Some(Engagement::InCall { .. })), "{own:?}");
    join(&mut second, ring).await;
    assert_eq!(ana.bot.close_code().await, Some(CloseCode::Replaced as u16));
    visitor.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut second, ring).await, RingEnd::HungUp);
}

#[tokio::test]
async fn every_page_rings_and_accepting_on_one_silences_the_others() {
    let door = Door::open(&[]).await;
    let mut ana = door.online("ana").await;
    let mut second = ana.staff.connect().await.unwrap();
    assert!(console(&mut second).await.availability.online);
    let (mut visitor, _) = door.visitor().await;
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    ana.rung().await;
    own_until(&mut second, |own| matches!(own.engagement, Some(Engagement::Called { .. })).then_some(()))
        .await;
    ana.accept(ring).await;
    own_until(&mut second, |own| matches!(own.engagement, Some(Engagement::InCall { .. })).then_some(()))
        .await;
    // One page less changes nothing.
    second.hide().await.unwrap();
    join(&mut ana.bot, ring).await;
    join(&mut visitor, ring).await;
}

#[tokio::test]
async fn a_colleague_is_brought_in_or_takes_over() {
    let door = Door::open(&[]).await;
    let (mut ana, mut visitor, mut watcher, ring) = talking(&door).await;
    let mut ben = door.online("ben").await;
    let mut cem = door.online("cem").await;
    let ask = |person, purpose| Command::RingColleague { person, purpose };
    ana.bot.command(ask(ben.id, RingPurpose::BringIn)).await.unwrap().unwrap();
    let rung = ben.rung().await;
    assert_eq!(
        (rung.into, rung.visitor.name.as_str(), rung.caller.name.as_str()),
        (Some(ring), "Vera", "Ana Kaya")
    );
    ben.accept(rung.id).await;
    join(&mut ben.bot, ring).await;
    let three = |event: &Event| matches!(event, Event::MediaRouted { .. });
    visitor.events_until(three).await.unwrap();
    // Ben leaves, the others go on; then Cem takes over from Ana.
    ben.bot.command(Command::Leave).await.unwrap().unwrap();
    listed(&mut watcher, ben.id, Status::Available).await;
    ana.bot.command(ask(cem.id, RingPurpose::Transfer)).await.unwrap().unwrap();
    let rung = cem.rung().await;
    assert_eq!(rung.purpose, RingPurpose::Transfer);
    cem.accept(rung.id).await;
    join(&mut cem.bot, ring).await;
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::Transferred);
    listed(&mut watcher, ana.id, Status::Available).await;
    visitor.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut cem.bot, ring).await, RingEnd::HungUp);
    assert_eq!(history(&cem.staff).await.into, Some(ring));
}

#[tokio::test]
async fn signing_out_elsewhere_closes_the_sockets() {
    let door = Door::open(&[]).await;
    let mut ana = door.online("ana").await;
    let elsewhere = door.staff("ana").await;
    let all: Vec<SignInView> = elsewhere.get("/api/v1/me/sign-ins").await.unwrap();
    let other = all.iter().find(|one| !one.current).unwrap();
    let started = Instant::now();
    let path = format!("/api/v1/me/sign-ins/{}", other.id);
    elsewhere.send(Method::DELETE, &path, None::<&()>).await.unwrap();
    assert_eq!(ana.bot.close_code().await, Some(CloseCode::SignedOut as u16));
    assert!(started.elapsed() < Duration::from_secs(1), "after {:?}", started.elapsed());
    assert!(ana.staff.connect().await.is_ok_and(|_| true), "a ticket without a sign-in is a guest's");
    assert!(ana.staff.get::<CallPage>("/api/v1/calls").await.is_err());
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_no_ring_and_no_call_without_an_end() {
    let mut door = Door::open(&[("VISAVIS_SESSION__GRACE_MS", "3000")]).await;
    // While it rings.
    let ana = door.online("ana").await;
    let (mut visitor, _, (_, proof)) = door.guest("").await;
    call(&mut visitor, Some(ana.id), "Vera").await.unwrap();
    door.server.restart().await.unwrap();
    let mut ana = door.online("ana").await;
    assert_eq!(ana.console.availability.engagement, None);
    let (mut visitor, desk, (own, proof)) = {
        let _ = visitor;
        door.guest(&proof).await
    };
    assert_eq!((own.engagement, desk.representatives.len()), (None, 1));
    // While they talk: both bring it back.
    let ring = call(&mut visitor, Some(ana.id), "Vera").await.unwrap().id;
    ana.accept(ring).await;
    let theirs = join(&mut ana.bot, ring).await;
    let own = join(&mut visitor, ring).await;
    door.server.restart().await.unwrap();
    let mut ana = door.representative("ana").await;
    let (mut visitor, ..) = door.guest(&proof).await;
    for (bot, token) in [(&mut visitor, own), (&mut ana.bot, theirs)] {
        let back = bot.command(joining(ring, Some(token), MediaPath::Kept)).await.unwrap();
        assert!(matches!(back, Ok(Reply::Joined { .. })), "{back:?}");
    }
    visitor.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::HungUp);
    assert_eq!(history(&ana.staff).await.end, Some(RingEnd::HungUp));
}

#[tokio::test]
async fn a_call_that_nobody_comes_back_to_after_a_crash_is_interrupted() {
    let mut door = Door::open(&[("VISAVIS_SESSION__GRACE_MS", "500")]).await;
    let (ana, visitor, _, ring) = talking(&door).await;
    // Whoever reads the history waits for what is behind: now it knows of the call.
    let page: CallPage = ana.staff.get("/api/v1/calls?ended=false").await.unwrap();
    assert_eq!(page.total, 1);
    door.server.restart().await.unwrap();
    drop((ana.bot, visitor));
    let staff = door.staff("ana").await;
    let call = history(&staff).await;
    assert_eq!((call.ring, call.end), (ring, Some(RingEnd::Interrupted)));
}

#[tokio::test]
async fn a_disk_that_takes_nothing_more_ends_no_call() {
    let door = Door::open(&[]).await;
    let (mut ana, mut visitor, mut watcher, ring) = talking(&door).await;
    let mut ben = door.online("ben").await;
    door.server.limit_files(Some(0)).await.unwrap();
    let path = format!("/api/v1/calls/{ring}/note");
    let note = CallNote { note: "calls back".into(), outcome: None };
    let refused = ana.staff.send(Method::PUT, &path, Some(&note)).await.unwrap_err().to_string();
    assert!(refused.contains("507") || refused.contains("503"), "{refused}");
    // Calls go on, begin and end.
    let (mut second, _) = door.visitor().await;
    let another = call(&mut second, Some(ben.id), "Wim").await.unwrap().id;
    ben.accept(another).await;
    join(&mut ben.bot, another).await;
    join(&mut second, another).await;
    second.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut ben.bot, another).await, RingEnd::HungUp);
    visitor.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::HungUp);
    listed(&mut watcher, ana.id, Status::Available).await;
    // With room again everything is written that waited, and nothing by half.
    door.server.limit_files(None).await.unwrap();
    assert_eq!(history(&ben.staff).await.ring, another);
    assert_eq!(history(&ana.staff).await.end, Some(RingEnd::HungUp));
    ana.staff.send(Method::PUT, &path, Some(&note)).await.unwrap();
    assert_eq!(history(&ana.staff).await.note, "calls back");
}

#[tokio::test]
async fn a_representative_sees_the_visitors_of_their_own_desks_alone() {
    let door = Door::open(&[]).await;
    let admin = door.staff("admin").await;
    let mut ana = door.online("ana").await;
    let ben = door.representative("ben").await;
    let desks: Vec<DeskView> = admin.get("/api/v1/admin/desks").await.unwrap();
    let mut settings = desks.into_iter().next().unwrap().settings;
    (settings.slug, settings.name, settings.members) = ("contracts".into(), "Contracts".into(), vec![ben.id]);
    let made: DeskView = admin.ask(Method::POST, "/api/v1/admin/desks", &settings).await.unwrap();
    let mut ben = door.online("ben").await;
    let names = |console: &ConsoleSnapshot| -> Vec<String> {
        console.desks.iter().map(|one| one.desk.name.clone()).collect()
    };
    assert_eq!(names(&ben.console), ["Contracts", "Insurance help"]);
    assert_eq!(names(&ana.console), ["Insurance help"]);
    let mut at_contracts = Vec::new();
    for _ in 0..2 {
        let (mut bot, _) = Bot::guest(&door.http, &door.server.base(), "").await.unwrap();
        bot.command(Command::WatchDesk { desk: "contracts".into() }).await.unwrap().unwrap();
        at_contracts.push(bot);
    }
    let ring = call(&mut at_contracts[0], None, "Vera").await.unwrap();
    assert_eq!(ring.callee.id, ben.id);
    queue_up(&mut at_contracts[1], "Wim").await;
    let waits = |event: &Event| matches!(event, Event::QueueChanged { desk, .. } if *desk == made.id);
    ben.bot.events_until(waits).await.unwrap();
    // What Ana hears last is a word about her own desk.
    let (mut visitor, _) = door.visitor().await;
    call(&mut visitor, Some(ana.id), "Xenia").await.unwrap();
    let rings = |event: &Event| matches!(event, Event::OwnChanged { own } if matches!(own.engagement, Some(Engagement::Called { .. })));
    let heard = ana.bot.events_until(rings).await.unwrap();
    assert!(!heard.iter().any(waits), "{heard:?}");
    let mine: CallPage = ana.staff.get("/api/v1/calls").await.unwrap();
    assert!(mine.calls.iter().all(|one| one.visitor == "Xenia"), "{mine:?}");
}

/// Their page asks for nothing anew, as one of another version, or of somebody curious, would not.
#[tokio::test]
async fn who_is_taken_off_a_desk_hears_nothing_of_who_waits_there() {
    let door = Door::open(&[]).await;
    let admin = door.staff("admin").await;
    let (ana, ben) = (door.representative("ana").await, door.representative("ben").await);
    let desks: Vec<DeskView> = admin.get("/api/v1/admin/desks").await.unwrap();
    let mut settings = desks.into_iter().next().unwrap().settings;
    (settings.slug, settings.name) = ("contracts".into(), "Contracts".into());
    settings.members = vec![ana.id, ben.id];
    let made: DeskView = admin.ask(Method::POST, "/api/v1/admin/desks", &settings).await.unwrap();
    let (mut ana, mut ben) = (door.online("ana").await, door.online("ben").await);
    settings.members = vec![ana.id];
    let path = format!("/api/v1/admin/desks/{}", made.id);
    admin.send(Method::PUT, &path, Some(&settings)).await.unwrap();
    let mut at_contracts = Vec::new();
    for _ in 0..2 {
        let (mut bot, _) = Bot::guest(&door.http, &door.server.base(), "").await.unwrap();
        bot.command(Command::WatchDesk { desk: "contracts".into() }).await.unwrap().unwrap();
        at_contracts.push(bot);
    }
    let ring = call(&mut at_contracts[0], None, "Vera").await.unwrap();
    assert_eq!(ring.callee.id, ana.id, "the only one there");
    queue_up(&mut at_contracts[1], "Wim").await;
    let waits = |event: &Event| matches!(event, Event::QueueChanged { desk, .. } if *desk == made.id);
    ana.bot.events_until(waits).await.unwrap();
    // What Ben hears last is a word about the desk that is still his.
    let (mut visitor, _) = door.visitor().await;
    call(&mut visitor, Some(ben.id), "Xenia").await.unwrap();
    let rings = |event: &Event| matches!(event, Event::OwnChanged { own } if matches!(own.engagement, Some(Engagement::Called { .. })));
    let heard = ben.bot.events_until(rings).await.unwrap();
    assert!(!heard.iter().any(waits), "{heard:?}");
    assert!(heard.contains(&Event::DeskChanged { desk: made.id }), "{heard:?}");
}
