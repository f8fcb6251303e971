//! People at different instances: each meets the others as if there were one.

use super::support::{
    SETTLED, answered, call, cluster, done, in_call, joining, online, own_until, rung, visitor,
};
use reqwest::Method;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use visavis_bots::cluster::{Cluster, Plan};
use visavis_bots::{Bot, Invitee, Member, http_client};
use visavis_domain::ids::{MessageId, PersonId};
use visavis_domain::person::Chosen;
use visavis_domain::ring::RingPurpose;
use visavis_domain::room::MediaRoute;
use visavis_domain::time::Timestamp;
use visavis_domain::zone;
use visavis_protocol::{AppointmentView, Command, Engagement, Event, NewAppointment, Place, Reply};

#[tokio::test]
async fn people_at_different_instances_meet() {
    let Some(cluster) = cluster(&Plan::THREE).await else { return };
    let bases: Vec<_> = (0..3).map(|instance| cluster.direct(instance)).collect();
    room_with_chat(&bases).await;
    desk(&cluster, &bases).await;
    group_call(&cluster, &bases).await;
    appointment(&cluster, &bases).await;
    lounge(&bases).await;
    cluster.sound(SETTLED).await.unwrap();
}

/// Three in a room, the third by way of the media server; what one says reaches all.
async fn room_with_chat(bases: &[String]) {
    let mut people = Vec::new();
    for (number, base) in bases.iter().enumerate() {
        let mut bot = Bot::connect(base).await.unwrap();
        let Ok(Reply::Joined { room, .. }) = bot.join("Café 42", &format!("P{number}")).await.unwrap()
        else {
            panic!("not in the room")
        };
        assert_eq!(room.participants.len(), number + 1, "everybody before is seen");
        people.push(bot);
    }
    let message = MessageId::from_bits(7);
    done(&mut people[0], Command::Say { message, text: "hello".into(), file: None }).await;
    for one in &mut people {
        let said =
            |event: &Event| matches!(event, Event::MessageSaid { message: said } if said.id == message);
        one.events_until(said).await.unwrap();
    }
    for one in &mut people {
        done(one, Command::Leave).await;
    }
}

/// One calls and is answered; the next one is told that everybody is busy, waits, and has their turn.
async fn desk(cluster: &Cluster, bases: &[String]) {
    let mut ana = online(cluster, &bases[0], "ana").await.unwrap();
    let (mut vera, mut wim) = (visitor(&bases[1]).await, visitor(&bases[2]).await);
    let ring = call(&mut vera, "Vera").await.unwrap();
    assert_eq!(rung(&mut ana).await, ring);
    done(&mut ana, Command::AcceptRing { ring }).await;
    in_call(&mut vera, ring).await;
    for one in [&mut ana, &mut vera] {
        assert!(matches!(answered(one, joining(ring)).await, Reply::Joined { .. }));
    }
    assert!(call(&mut wim, "Wim").await.is_err(), "the only representative is in a call");
    let waits = answered(&mut wim, Command::QueueUp { name: "Wim".into(), about: String::new() }).await;
    let Reply::Own { own } = waits else { panic!("{waits:?}") };
    assert!(matches!(own.engagement, Some(Engagement::Waiting { position: 1, .. })), "{own:?}");
    done(&mut vera, Command::Leave).await;
    let available = Command::SetAvailability { online: None, chosen: Some(Chosen::Available) };
    let ended = |event: &Event| matches!(event, Event::RingEnded { ring: over, .. } if *over == ring);
    ana.events_until(ended).await.unwrap();
    answered(&mut ana, available).await;
    let second = rung(&mut ana).await;
    done(&mut ana, Command::DeclineRing { ring: second }).await;
    done(&mut wim, Command::LeaveQueue).await;
}

async fn person(bot: &mut Bot) -> PersonId {
    match answered(bot, Command::OpenConsole).await {
        Reply::Console { console } => console.person,
        other => panic!("{other:?}"),
    }
}

/// A colleague is brought into a call; each of the three is elsewhere.
async fn group_call(cluster: &Cluster, bases: &[String]) {
    let mut ana = online(cluster, &bases[0], "ana").await.unwrap();
    let mut ben = online(cluster, &bases[1], "ben").await.unwrap();
    let mut vera = visitor(&bases[2]).await;
    let representative = Some(person(&mut ana).await);
    let call = Command::CallDesk { representative, name: "Vera".into(), about: String::new() };
    let Reply::Ringing { ring } = answered(&mut vera, call).await else { panic!("it does not ring") };
    done(&mut ana, Command::AcceptRing { ring: ring.id }).await;
    for one in [&mut ana, &mut vera] {
        answered(one, joining(ring.id)).await;
    }
    let colleague = person(&mut ben).await;
    answered(&mut ana, Command::RingColleague { person: colleague, purpose: RingPurpose::BringIn }).await;
    let asked = rung(&mut ben).await;
    done(&mut ben, Command::AcceptRing { ring: asked }).await;
    let Reply::Joined { room, .. } = answered(&mut ben, joining(ring.id)).await else {
        panic!("not in the call")
    };
    assert_eq!(room.participants.len(), 3);
    assert_eq!(room.route, MediaRoute::Server, "three meet over the media server");
    done(&mut vera, Command::Leave).await;
    for one in [&mut ana, &mut ben] {
        let ended = |event: &Event| matches!(event, Event::RingEnded { ring: over, .. } if *over == ring.id);
        one.events_until(ended).await.unwrap();
    }
}

/// A client waits at one instance, and is let in at another one.
async fn appointment(cluster: &Cluster, bases: &[String]) {
    let ana = cluster.staff(&bases[0], "ana").await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(60);
    let new = NewAppointment {
        client_name: "Cleo".into(),
        email: None,
        about: "a will".into(),
        wall: zone::wall(Timestamp(u64::try_from(now.as_millis()).unwrap()), "UTC").unwrap(),
        zone: "UTC".into(),
        repeated: None,
        minutes: 30,
        desk: None,
    };
    let booked: AppointmentView = ana.ask(Method::POST, "/api/v1/appointments", &new).await.unwrap();
    let mut console = ana.at(&bases[1]).connect().await.unwrap();
    answered(&mut console, Command::OpenConsole).await;
    let cleo = Invitee::open(&http_client(), &bases[2], &booked.links[0].url).await.unwrap();
    let mut page = cleo.connect().await.unwrap();
    answered(&mut page, Command::OpenWaitingRoom).await;
    answered(&mut page, Command::BeReady).await;
    let waits = |event: &Event| matches!(event, Event::VisitChanged { visit } if visit.attendees.len() == 1);
    console.events_until(waits).await.unwrap();
    answered(&mut console, Command::Admit { appointment: booked.id }).await;
    let ring = own_until(&mut page, |own| match &own.engagement {
        Some(Engagement::InCall { ring }) => Some(ring.id),
        _ => None,
    })
    .await;
    for one in [&mut console, &mut page] {
        answered(one, joining(ring)).await;
    }
    done(&mut console, Command::Leave).await;
}

/// They see each other, write and ring.
async fn lounge(bases: &[String]) {
    let http = http_client();
    let (mut xenia, _) = Member::guest(&http, &bases[1], "Xenia").await.unwrap();
    let (mut yusuf, _) = Member::guest(&http, &bases[2], "Yusuf").await.unwrap();
    assert!(yusuf.lounge.room.people.iter().any(|member| member.id == xenia.id), "who is elsewhere is seen");
    assert!(Member::guest(&http, &bases[0], "xenia").await.is_err(), "a name is taken everywhere");
    answered(&mut xenia.bot, Command::OpenConversation { person: yusuf.id }).await;
    let post = Command::Post {
        place: Place::Conversation { person: yusuf.id },
        message: MessageId::from_bits(8),
        text: "a word".into(),
        file: None,
    };
    done(&mut xenia.bot, post).await;
    let written = |event: &Event| matches!(event, Event::Posted { message, .. } if message.text == "a word");
    yusuf.until(written).await.unwrap();
    let ring = yusuf.ring(xenia.id).await.unwrap().unwrap();
    assert_eq!(rung(&mut xenia.bot).await, ring.id);
    done(&mut xenia.bot, Command::AcceptRing { ring: ring.id }).await;
    in_call(&mut yusuf.bot, ring.id).await;
    for one in [&mut xenia.bot, &mut yusuf.bot] {
        assert!(matches!(answered(one, joining(ring.id)).await, Reply::Joined { .. }));
    }
}
