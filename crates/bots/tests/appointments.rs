//! Appointments with the real binary, over the wire: who waits, who is let in, whatever happens to pages and lines.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "appointments/practice.rs"]
mod practice;

use practice::{
    Comer, Practice, Professional, attending, console, ended, heard, in_call, join, joining, met, own_until,
    wall,
};
use reqwest::Method;
use std::time::{Duration, Instant};
use visavis_bots::{Bot, Invitee, Refused};
use visavis_domain::ids::{AppointmentId, MessageId, RingId};
use visavis_domain::person::{Reach, Status};
use visavis_domain::ring::RingEnd;
use visavis_domain::room::LeaveReason;
use visavis_protocol::{
    AppointmentMove, AppointmentState, AppointmentView, CallPage, CallView, CloseCode, Code, Command, Event,
    MediaPath, NewLink, Phase, Reply, WaitingChat,
};

/// What issue and graces promise.
const CLOSED: Duration = Duration::from_secs(3);
/// For tests in which lines break: a short grace.
const SHORT: [(&str, &str); 1] = [("VISAVIS_SESSION__GRACE_MS", "1500")];

/// Both go in, and see each other.
async fn talking(host: &mut Professional, client: &mut Comer, ring: RingId) {
    join(&mut host.bot, ring).await;
    let (room, _) = join(&mut client.bot, ring).await;
    assert_eq!(room.participants.len(), 2, "{room:?}");
    met(&mut host.bot).await;
}

async fn hang_up(host: &mut Professional, client: &mut Comer, ring: RingId) {
    client.bot.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut host.bot, ring).await, RingEnd::HungUp);
    assert_eq!(ended(&mut client.bot, ring).await, RingEnd::HungUp);
}

#[tokio::test]
async fn each_of_three_who_wait_is_let_in_and_no_other_also_after_a_reload() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let (mut appointments, mut clients) = (Vec::new(), Vec::new());
    for name in ["Vera", "Wim", "Xenia"] {
        let appointment = ana.books(name, 1, None).await;
        let client = practice.waits(&appointment).await;
        let visit = ana.sees_waiting(appointment.id, 1).await;
        assert_eq!((visit.client.as_str(), visit.attendees[0].id), (name, client.id));
        appointments.push(appointment);
        clients.push(client);
    }
    for (left, which) in [(3, 1), (2, 0), (1, 2)] {
        let ring = ana.admits(appointments[which].id).await.unwrap();
        assert_eq!(clients[which].admitted().await, ring);
        talking(&mut ana, &mut clients[which], ring).await;
        for (other, client) in clients.iter_mut().enumerate().filter(|(other, _)| *other != which) {
            let let_in = |event: &Event| matches!(event, Event::OwnChanged { own } if in_call(own).is_some());
            assert!(!heard(&mut client.bot).await.iter().any(let_in), "{other} was let in too");
        }
        hang_up(&mut ana, &mut clients[which], ring).await;
        // The dashboard is opened anew.
        ana = practice.professional("ana").await;
        assert_eq!(ana.console.visits.len(), left - 1, "{:?}", ana.console.visits);
    }
    let call = history(&ana).await;
    assert_eq!((call.visitor.as_str(), call.about.as_str()), ("Xenia", "a will"));
}

/// The last call of the history, once it has an end.
async fn history(one: &Professional) -> CallView {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let page: CallPage = one.staff.get("/api/v1/calls?take=1").await.unwrap();
        match page.calls.into_iter().next() {
            Some(call) if call.end.is_some() => return call,
            other => assert!(Instant::now() < deadline, "the history has no end: {other:?}"),
        }
    }
}

#[tokio::test]
async fn of_two_colleagues_who_admit_at_once_one_has_the_client_and_the_other_is_told() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let mut ben = practice.professional("ben").await;
    let appointment = ana.shares("Vera").await.id;
    let view = ana.staff.get(&format!("/api/v1/appointments/{appointment}")).await.unwrap();
    let mut client = practice.waits(&view).await;
    for round in 0..20 {
        let mut both = [&mut ana, &mut ben];
        both.rotate_left(round % 2);
        let mut asked = Vec::new();
        for one in &mut both {
            asked.push(one.bot.ask(Command::Admit { appointment }).await.unwrap());
        }
        let mut winners = Vec::new();
        for (one, id) in both.into_iter().zip(asked) {
            match one.bot.answer(id).await.unwrap() {
                Ok(Reply::Own { own }) => winners.push((in_call(&own).unwrap(), one)),
                other => assert_eq!(other, Err(Refused(Code::Admitted)), "round {round}"),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        let (ring, winner) = winners.pop().unwrap();
        assert_eq!(client.admitted().await, ring);
        let visit = winner.sees(appointment, |visit| visit.call == Some(ring)).await;
        assert_eq!(visit.host.map(|host| host.id), Some(winner.id));
        winner.bot.command(Command::Hold { appointment }).await.unwrap().unwrap();
        assert!(own_until(&mut client.bot, attending).await);
    }
}

#[tokio::test]
async fn whoever_comes_first_they_are_in_one_call() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.comes(&appointment, 0).await;
    for _ in 0..20 {
        // The client.
        assert_eq!(attending(&client.ready().await.unwrap()), Some(false));
        let ring = ana.admits(id).await.unwrap();
        assert_eq!(client.admitted().await, ring);
        talking(&mut ana, &mut client, ring).await;
        hang_up(&mut ana, &mut client, ring).await;
        // The professional.
        let ring = ana.admits(id).await.unwrap();
        join(&mut ana.bot, ring).await;
        assert_eq!(in_call(&client.ready().await.unwrap()), Some(ring));
        join(&mut client.bot, ring).await;
        met(&mut ana.bot).await;
        hang_up(&mut ana, &mut client, ring).await;
        // Both.
        let admitted = ana.bot.ask(Command::Admit { appointment: id }).await.unwrap();
        let own = client.ready().await.unwrap();
        let Ok(Reply::Own { own: host }) = ana.bot.answer(admitted).await.unwrap() else { panic!("not in") };
        let ring = in_call(&host).unwrap();
        let there = match in_call(&own) {
            Some(there) => there,
            None => client.admitted().await,
        };
        assert_eq!(there, ring);
        talking(&mut ana, &mut client, ring).await;
        hang_up(&mut ana, &mut client, ring).await;
    }
}

#[tokio::test]
async fn whoever_is_sent_back_waits_and_is_recalled() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(id).await.unwrap();
    talking(&mut ana, &mut client, ring).await;
    let done = ana.bot.command(Command::Hold { appointment: id }).await.unwrap();
    assert_eq!(done, Ok(Reply::Done));
    for bot in [&mut client.bot, &mut ana.bot] {
        assert_eq!(ended(bot, ring).await, RingEnd::Held);
    }
    assert!(own_until(&mut client.bot, attending).await);
    let gone = Err(Refused(Code::RingUnknown));
    assert_eq!(client.bot.command(joining(ring, None, MediaPath::Kept)).await.unwrap(), gone);
    assert_eq!(ana.bot.command(Command::Hold { appointment: id }).await.unwrap(), gone);
    let again = ana.admits(id).await.unwrap();
    assert_ne!(again, ring);
    assert_eq!(client.admitted().await, again);
    talking(&mut ana, &mut client, again).await;
    hang_up(&mut ana, &mut client, again).await;
}

#[tokio::test]
async fn whoever_leaves_or_closes_the_page_or_loses_the_line_waits_no_longer() {
    let practice = Practice::open(&SHORT).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    client.bot.command(Command::LeaveWaitingRoom).await.unwrap().unwrap();
    ana.sees_waiting(id, 0).await;
    // The page is still there.
    client.ready().await.unwrap();
    ana.sees_waiting(id, 1).await;
    let closed = Instant::now();
    client.bot.hide().await.unwrap();
    ana.sees_waiting(id, 0).await;
    assert!(closed.elapsed() < CLOSED, "after {:?}", closed.elapsed());
    let client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    let broken = Instant::now();
    drop(client.bot);
    ana.sees_waiting(id, 0).await;
    assert!(broken.elapsed() < Duration::from_millis(1500) + CLOSED, "after {:?}", broken.elapsed());
}

#[tokio::test]
async fn a_reload_keeps_the_place_and_tells_nobody() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let client = practice.waits(&appointment).await;
    let since = ana.sees_waiting(appointment.id, 1).await.attendees[0].since;
    let Comer { invitee, bot, .. } = client;
    bot.hide().await.unwrap();
    let mut client = practice.page(invitee).await;
    assert_eq!(attending(&client.room.own), Some(false));
    // What is told next is that they leave.
    client.bot.command(Command::LeaveWaitingRoom).await.unwrap().unwrap();
    let visits = |event: &Event| matches!(event, Event::VisitChanged { .. });
    let told = ana.bot.events_until(visits).await.unwrap();
    let empty = matches!(told.last(), Some(Event::VisitChanged { visit }) if visit.attendees.is_empty());
    assert!(empty, "since {since:?}: {told:?}");
}

#[tokio::test]
async fn whoever_loses_the_line_in_the_call_comes_back_to_who_stayed() {
    let practice = Practice::open(&SHORT).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(id).await.unwrap();
    talking(&mut ana, &mut client, ring).await;
    // The client's.
    let Comer { invitee, bot, .. } = client;
    drop(bot);
    let lost = |event: &Event| matches!(event, Event::ParticipantLeft { reason: LeaveReason::Lost, .. });
    ana.bot.events_until(lost).await.unwrap();
    let mut client = practice.page(invitee).await;
    assert_eq!(in_call(&client.ready().await.unwrap()), Some(ring), "the host has stayed");
    let (room, _) = join(&mut client.bot, ring).await;
    assert_eq!(room.participants.len(), 2);
    met(&mut ana.bot).await;
    // The host's.
    drop(ana.bot);
    assert_eq!(ended(&mut client.bot, ring).await, RingEnd::Lost);
    assert!(!own_until(&mut client.bot, attending).await);
    let mut ana = practice.professional("ana").await;
    let ring = ana.admits(id).await.unwrap();
    assert_eq!(client.admitted().await, ring);
}

#[tokio::test]
async fn a_link_that_is_taken_back_closes_its_pages_at_once() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    let appointment = reissued(&ana, &appointment).await;
    assert_eq!(client.bot.close_code().await, Some(CloseCode::LinkEnded as u16));
    ana.sees_waiting(id, 0).await;
    let (status, code) = client.invitee.refusal().await.unwrap();
    assert_eq!((status.as_u16(), code.as_str()), (403, "link_replaced"));
    // In the call.
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(id).await.unwrap();
    talking(&mut ana, &mut client, ring).await;
    let appointment = reissued(&ana, &appointment).await;
    assert_eq!(client.bot.close_code().await, Some(CloseCode::LinkEnded as u16));
    assert_eq!(ended(&mut ana.bot, ring).await, RingEnd::Closed);
    practice.waits(&appointment).await;
}

/// The client's link is taken back and another made in its place.
async fn reissued(one: &Professional, appointment: &AppointmentView) -> AppointmentView {
    let path = format!("/api/v1/appointments/{}/links/{}/reissue", appointment.id, appointment.links[0].id);
    one.staff.send(Method::POST, &path, None::<&()>).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn whoever_waits_for_an_appointment_that_is_cancelled_is_told() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    ana.settles(id, AppointmentState::Cancelled).await;
    let told =
        |event: &Event| matches!(event, Event::AppointmentChanged { appointment } if *appointment == id);
    let events = client.bot.events_until(told).await.unwrap();
    let free = |event: &Event| matches!(event, Event::OwnChanged { own } if own.engagement.is_none());
    assert!(events.iter().any(free) || heard(&mut client.bot).await.iter().any(free), "{events:?}");
    ana.sees_waiting(id, 0).await;
    assert_eq!(client.ready().await, Err(Code::AppointmentOver));
    assert_eq!(ana.admits(id).await, Err(Code::AppointmentOver));
}

#[tokio::test]
async fn whoever_waits_for_an_appointment_that_is_put_off_waits_no_longer() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    let (zone, sequence) = (appointment.zone.clone(), appointment.sequence);
    let to = AppointmentMove { wall: wall(180), zone, repeated: None, minutes: 30, sequence };
    let path = format!("/api/v1/appointments/{id}/move");
    ana.staff.send(Method::POST, &path, Some(&to)).await.unwrap();
    own_until(&mut client.bot, |own| own.engagement.is_none().then_some(())).await;
    ana.sees_waiting(id, 0).await;
    // The link as it was sent holds for the new time.
    assert_eq!(client.ready().await, Err(Code::TooEarly));
}

#[tokio::test]
async fn whoever_talks_finds_back_though_the_appointment_was_put_off() {
    let practice = Practice::open(&SHORT).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(id).await.unwrap();
    talking(&mut ana, &mut client, ring).await;
    let (zone, sequence) = (appointment.zone.clone(), appointment.sequence);
    let to = AppointmentMove { wall: wall(180), zone, repeated: None, minutes: 30, sequence };
    let path = format!("/api/v1/appointments/{id}/move");
    ana.staff.send(Method::POST, &path, Some(&to)).await.unwrap();
    let Comer { invitee, bot, .. } = client;
    drop(bot);
    let lost = |event: &Event| matches!(event, Event::ParticipantLeft { reason: LeaveReason::Lost, .. });
    ana.bot.events_until(lost).await.unwrap();
    assert_eq!(phase(&practice, &appointment).await, Phase::Open);
    let mut client = practice.page(invitee).await;
    assert_eq!(in_call(&client.ready().await.unwrap()), Some(ring));
    join(&mut client.bot, ring).await;
    met(&mut ana.bot).await;
    // Sent back to wait they are still expected; once they have gone it is another day.
    ana.bot.command(Command::Hold { appointment: id }).await.unwrap().unwrap();
    assert_eq!(ended(&mut client.bot, ring).await, RingEnd::Held);
    assert!(own_until(&mut client.bot, attending).await);
    assert_eq!(phase(&practice, &appointment).await, Phase::Open);
    client.bot.command(Command::LeaveWaitingRoom).await.unwrap().unwrap();
    assert_eq!(phase(&practice, &appointment).await, Phase::Early);
    assert_eq!(client.ready().await, Err(Code::TooEarly));
}

/// What the link as it was mailed is worth now.
async fn phase(practice: &Practice, appointment: &AppointmentView) -> Phase {
    let url = &appointment.links[0].url;
    Invitee::open(&practice.http, &practice.server.base(), url).await.unwrap().appointment.phase
}

#[tokio::test]
async fn whoever_takes_an_appointment_is_in_a_call_at_the_desk() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let online = Command::SetAvailability { online: Some(true), chosen: None };
    ana.bot.command(online).await.unwrap().unwrap();
    let mut visitor = Bot::connect(&practice.server.base()).await.unwrap();
    visitor.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().unwrap();
    let appointment = ana.books("Vera", 1, None).await;
    let mut client = practice.waits(&appointment).await;
    assert_eq!(client.room.reach, Reach::Here);
    let ring = ana.admits(appointment.id).await.unwrap();
    listed(&mut visitor, &ana, Status::InCall).await;
    let calling =
        Command::CallDesk { representative: Some(ana.id), name: "Wim".into(), about: String::new() };
    assert_eq!(visitor.command(calling).await.unwrap(), Err(Refused(Code::Busy)));
    talking(&mut ana, &mut client, ring).await;
    // Another client sees how far she is.
    let another = ana.books("Xenia", 1, None).await;
    let mut another = practice.waits(&another).await;
    assert_eq!(another.room.reach, Reach::InCall);
    hang_up(&mut ana, &mut client, ring).await;
    listed(&mut visitor, &ana, Status::Available).await;
    let reach = |event: &Event| matches!(event, Event::ReachChanged { .. });
    let told = another.bot.events_until(reach).await.unwrap().pop();
    assert_eq!(told, Some(Event::ReachChanged { reach: Reach::Here }));
    ana.bot.hide().await.unwrap();
    let told = another.bot.events_until(reach).await.unwrap().pop();
    assert_eq!(told, Some(Event::ReachChanged { reach: Reach::Away }));
}

async fn listed(bot: &mut Bot, one: &Professional, wanted: Status) {
    let is = |event: &Event| {
        matches!(event, Event::RepresentativeChanged { representative, .. }
            if representative.id == one.id && representative.status == wanted)
    };
    bot.events_until(is).await.unwrap();
}

fn saying(appointment: AppointmentId, number: u128, text: &str) -> Command {
    Command::SayWaiting { appointment, message: MessageId::from_bits(number), text: text.into() }
}

/// What is written, until there have been so many messages.
async fn told(bot: &mut Bot, version: u64) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        if let Event::WaitingMessageSaid { message, chat_version, .. } = bot.event().await.unwrap() {
            texts.push(format!("{}: {}", message.name, message.text));
            if chat_version == version {
                return texts;
            }
        }
    }
}

#[tokio::test]
async fn what_is_written_in_the_waiting_room_reaches_both_once_and_nobody_else() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let mut ben = practice.professional("ben").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let foreign = ana.books("Wim", 1, None).await;
    let (mut client, mut stranger) = (practice.waits(&appointment).await, practice.waits(&foreign).await);
    let mut guest = Bot::connect(&practice.server.base()).await.unwrap();
    for _ in 0..2 {
        client.bot.command(saying(id, 1, "five minutes, please")).await.unwrap().unwrap();
    }
    ana.bot.command(saying(id, 2, "no hurry")).await.unwrap().unwrap();
    for bot in [&mut client.bot, &mut ana.bot] {
        assert_eq!(told(bot, 2).await, ["Vera: five minutes, please", "Ana Kaya: no hurry"]);
    }
    for (text, number) in [("", 3), (" \n", 3), ("not mine", 2)] {
        let refused = client.bot.command(saying(id, number, text)).await.unwrap();
        assert_eq!(refused, Err(Refused(Code::MessageInvalid)));
    }
    for bot in [&mut stranger.bot, &mut ben.bot, &mut guest] {
        for command in [saying(id, 4, "let me in"), Command::OpenWaitingChat { appointment: id }] {
            assert_eq!(bot.command(command).await.unwrap(), Err(Refused(Code::AppointmentUnknown)));
        }
        let all = format!("{:?}", heard(bot).await);
        assert!(!all.contains("five minutes") && !all.contains("no hurry"), "{all}");
    }
    // After a reload on either side.
    let Comer { invitee, bot, .. } = client;
    bot.hide().await.unwrap();
    let client = practice.page(invitee).await;
    let chat = Command::OpenWaitingChat { appointment: id };
    let Ok(Reply::WaitingChat { chat }) = ana.bot.command(chat).await.unwrap() else { panic!("no chat") };
    assert_eq!(chat, client.room.chat);
    let WaitingChat { messages, version } = chat;
    assert_eq!((messages.len(), version, messages[0].from), (2, 2, client.id));
}

#[tokio::test]
async fn nobody_has_a_part_in_appointments_of_others() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let mut ben = practice.professional("ben").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    ana.sees_waiting(id, 1).await;
    for appointment in [id, AppointmentId::from_bits(7)] {
        for command in [Command::Admit { appointment }, Command::Hold { appointment }] {
            let refused = ben.bot.command(command).await.unwrap();
            assert_eq!(refused, Err(Refused(Code::AppointmentUnknown)));
        }
    }
    let visits = |event: &Event| matches!(event, Event::VisitChanged { .. });
    assert!(!heard(&mut ben.bot).await.iter().any(visits));
    assert!(console(&mut ben.bot).await.visits.is_empty());
    for command in [Command::Admit { appointment: id }, Command::Hold { appointment: id }] {
        assert_eq!(client.bot.command(command).await.unwrap(), Err(Refused(Code::Forbidden)));
    }
    for command in [Command::OpenWaitingRoom, Command::BeReady, Command::LeaveWaitingRoom] {
        assert_eq!(ana.bot.command(command).await.unwrap(), Err(Refused(Code::Forbidden)));
    }
    // Shared, it is a colleague's too; who waits there is told of the appointment's own professional.
    let shared = ana.shares("Wim").await;
    let mut client = practice.waits(&shared).await;
    ben.sees_waiting(shared.id, 1).await;
    let ring = ben.admits(shared.id).await.unwrap();
    assert_eq!(client.admitted().await, ring);
    assert_eq!(ana.admits(shared.id).await, Err(Code::Admitted));
}

#[tokio::test]
async fn whoever_is_brought_along_comes_in_too() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let path = format!("/api/v1/appointments/{id}/links");
    let new = NewLink { name: "Interpreter".into() };
    let appointment: AppointmentView = ana.staff.ask(Method::POST, &path, &new).await.unwrap();
    let mut guest = practice.comes(&appointment, 1).await;
    guest.ready().await.unwrap();
    let mut client = practice.waits(&appointment).await;
    let visit = ana.sees_waiting(id, 2).await;
    let names: Vec<_> = visit.attendees.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((visit.client.as_str(), names), ("Vera", vec!["Interpreter", "Vera"]));
    let ring = ana.admits(id).await.unwrap();
    assert_eq!((guest.admitted().await, client.admitted().await), (ring, ring));
    for bot in [&mut ana.bot, &mut guest.bot] {
        join(bot, ring).await;
    }
    let (room, _) = join(&mut client.bot, ring).await;
    assert_eq!(room.participants.len(), 3);
    // One of two may go.
    guest.bot.command(Command::Leave).await.unwrap().unwrap();
    assert_eq!(ended(&mut guest.bot, ring).await, RingEnd::HungUp);
    hang_up(&mut ana, &mut client, ring).await;
}

#[tokio::test]
async fn nobody_comes_in_before_it_opens() {
    let practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 180, None).await;
    let mut client = practice.comes(&appointment, 0).await;
    assert_eq!(client.invitee.appointment.phase, Phase::Early);
    assert_eq!(client.ready().await, Err(Code::TooEarly));
    assert_eq!(ana.admits(appointment.id).await, Err(Code::TooEarly));
    for bot in [&mut ana.bot, &mut client.bot] {
        let refused = bot.command(saying(appointment.id, 1, "already?")).await.unwrap();
        assert_eq!(refused, Err(Refused(Code::TooEarly)));
    }
}

#[tokio::test]
async fn a_restarted_server_is_given_the_call_of_an_appointment_back() {
    let mut practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let id = appointment.id;
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(id).await.unwrap();
    let (_, theirs) = join(&mut ana.bot, ring).await;
    let (_, own) = join(&mut client.bot, ring).await;
    practice.server.restart().await.unwrap();
    let mut ana = practice.professional("ana").await;
    assert!(ana.console.visits.is_empty());
    // The link's cookie outlives the server.
    let mut client = practice.page(client.invitee).await;
    for (bot, token) in [(&mut client.bot, own), (&mut ana.bot, theirs)] {
        let back = bot.command(joining(ring, Some(token), MediaPath::Kept)).await.unwrap();
        assert!(matches!(back, Ok(Reply::Joined { .. })), "{back:?}");
    }
    let visits = console(&mut ana.bot).await.visits;
    assert_eq!(visits.iter().map(|visit| visit.call).collect::<Vec<_>>(), [Some(ring)]);
    ana.bot.command(Command::Hold { appointment: id }).await.unwrap().unwrap();
    assert!(own_until(&mut client.bot, attending).await);
    assert_eq!(history(&ana).await.end, Some(RingEnd::Held));
}

#[tokio::test]
async fn the_call_of_an_appointment_that_was_cancelled_meanwhile_is_not_brought_back() {
    let mut practice = Practice::open(&[]).await;
    let mut ana = practice.professional("ana").await;
    let appointment = ana.books("Vera", 1, None).await;
    let mut client = practice.waits(&appointment).await;
    let ring = ana.admits(appointment.id).await.unwrap();
    let (_, token) = join(&mut ana.bot, ring).await;
    join(&mut client.bot, ring).await;
    practice.server.restart().await.unwrap();
    let mut ana = practice.professional("ana").await;
    ana.settles(appointment.id, AppointmentState::Cancelled).await;
    let back = ana.bot.command(joining(ring, Some(token), MediaPath::Kept)).await.unwrap();
    assert_eq!(back, Err(Refused(Code::RingUnknown)));
    assert!(console(&mut ana.bot).await.visits.is_empty());
}
