//! Private calls: who rings whom, whatever ends it, a third one.

use super::*;
use visavis_bots::Refused;
use visavis_domain::ids::RingId;
use visavis_domain::person::Chosen;
use visavis_domain::ring::{RingEnd, RingPurpose};
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{CallPage, Code, Engagement, MediaPath, RingView};

/// The ring that there is for them, or comes.
async fn rung(member: &mut Member) -> RingView {
    loop {
        if let Event::OwnChanged { own } = member.bot.event().await.unwrap()
            && let Some(Engagement::Called { ring }) = own.engagement
        {
            return ring;
        }
    }
}

async fn join(member: &mut Member, ring: RingId) {
    let (microphone, camera, media) = (Microphone::Live, Camera::On, MediaPath::Fresh);
    let command = Command::JoinCall { ring, microphone, camera, continuation: None, media };
    let joined = member.bot.command(command).await.unwrap();
    assert!(matches!(joined, Ok(Reply::Joined { .. })), "{joined:?}");
}

async fn ended(member: &mut Member, ring: RingId) -> RingEnd {
    let is = |event: &Event| matches!(event, Event::RingEnded { ring: which, .. } if *which == ring);
    match member.until(is).await.unwrap().pop() {
        Some(Event::RingEnded { end, .. }) => end,
        other => panic!("{other:?}"),
    }
}

/// Both in their call, and somebody who sees it.
async fn talking(hall: &Hall) -> (Member, Member, Member, RingId) {
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    let mut watcher = hall.member("Xenia").await;
    let ring = vera.ring(wim.id).await.unwrap().unwrap();
    assert_eq!((ring.purpose, ring.desk.is_none()), (RingPurpose::Conversation, true));
    seen(&mut watcher.bot, wim.id, Status::Ringing).await;
    assert_eq!(rung(&mut wim).await.caller.name, "Vera");
    done(&mut wim.bot, Command::AcceptRing { ring: ring.id }).await;
    join(&mut wim, ring.id).await;
    join(&mut vera, ring.id).await;
    seen(&mut watcher.bot, vera.id, Status::InCall).await;
    (vera, wim, watcher, ring.id)
}

#[tokio::test]
async fn two_talk_until_one_hangs_up_and_no_history_is_kept() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim, mut watcher, ring) = talking(&hall).await;
    assert_eq!(watcher.ring(vera.id).await.unwrap().unwrap_err(), Refused(Code::Busy));
    done(&mut wim.bot, Command::Leave).await;
    assert_eq!(ended(&mut vera, ring).await, RingEnd::HungUp);
    seen(&mut watcher.bot, vera.id, Status::Available).await;
    let calls: CallPage = hall.staff("admin").await.get("/api/v1/admin/calls").await.unwrap();
    assert_eq!(calls.total, 0);
}

#[tokio::test]
async fn both_who_ring_at_once_are_in_one_call() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    let one = vera.bot.ask(Command::RingMember { person: wim.id }).await.unwrap();
    let other = wim.bot.ask(Command::RingMember { person: vera.id }).await.unwrap();
    let mut rings = Vec::new();
    for reply in [vera.bot.answer(one).await.unwrap(), wim.bot.answer(other).await.unwrap()] {
        let Ok(Reply::Ringing { ring }) = reply else { panic!("{reply:?}") };
        rings.push(ring.id);
    }
    assert_eq!(rings[0], rings[1]);
    join(&mut vera, rings[0]).await;
    join(&mut wim, rings[0]).await;
    done(&mut vera.bot, Command::Leave).await;
    assert_eq!(ended(&mut wim, rings[0]).await, RingEnd::HungUp);
}

#[tokio::test]
async fn whatever_ends_a_ring_frees_both_and_changes_nobodys_status() {
    let hall = Hall::open(&[("VISAVIS_DESKS__RING_S", "1")]).await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    let mut stranger = hall.member("Xenia").await;
    for expected in [RingEnd::Declined, RingEnd::Cancelled, RingEnd::Missed] {
        let ring = vera.ring(wim.id).await.unwrap().unwrap().id;
        assert_eq!(rung(&mut wim).await.id, ring);
        for command in
            [Command::AcceptRing { ring }, Command::DeclineRing { ring }, Command::CancelRing { ring }]
        {
            assert_eq!(stranger.bot.command(command).await.unwrap(), Err(Refused(Code::RingUnknown)));
        }
        match expected {
            RingEnd::Declined => done(&mut wim.bot, Command::DeclineRing { ring }).await,
            RingEnd::Cancelled => done(&mut vera.bot, Command::CancelRing { ring }).await,
            _ => {}
        }
        assert_eq!(ended(&mut vera, ring).await, expected);
        assert_eq!(ended(&mut wim, ring).await, expected);
    }
    let (member, _) = {
        wim.set_status(Chosen::Available, "mark").await.unwrap();
        seen(&mut stranger.bot, wim.id, Status::Available).await
    };
    assert_eq!(member.status, Status::Available, "a missed ring made them away");
}

#[tokio::test]
async fn whoever_is_unavailable_away_or_not_there_is_not_rung() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    for chosen in [Chosen::Unavailable, Chosen::Away] {
        wim.set_status(chosen, "").await.unwrap();
        assert_eq!(vera.ring(wim.id).await.unwrap().unwrap_err(), Refused(Code::NotAvailable));
    }
    wim.set_status(Chosen::Available, "").await.unwrap();
    done(&mut wim.bot, Command::SetIdle { idle: true }).await;
    assert_eq!(vera.ring(wim.id).await.unwrap().unwrap_err(), Refused(Code::NotAvailable));
    assert_eq!(vera.ring(vera.id).await.unwrap().unwrap_err(), Refused(Code::NotAvailable));
    let nobody = PersonId::from_bits(1);
    assert_eq!(vera.ring(nobody).await.unwrap().unwrap_err(), Refused(Code::PersonUnknown));
    let (mut outside, _) = hall.page("").await;
    let command = Command::RingMember { person: vera.id };
    assert_eq!(outside.command(command).await.unwrap(), Err(Refused(Code::NotInLounge)));
    let blocked = Command::SetBlocked { person: vera.id, blocked: true };
    if wim.bot.command(blocked).await.unwrap().is_ok() {
        done(&mut wim.bot, Command::SetIdle { idle: false }).await;
        assert_eq!(vera.ring(wim.id).await.unwrap().unwrap_err(), Refused(Code::Blocked));
    }
    // None of it has rung anybody.
    let heard = wim.bot.events_so_far().await.unwrap();
    let rang = |event: &Event| matches!(event, Event::OwnChanged { own } if own.engagement.is_some());
    assert!(!heard.iter().any(rang), "{heard:?}");
}

#[tokio::test]
async fn anybody_in_the_call_asks_a_third_one_in_who_accepts_or_not() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim, mut xenia, ring) = talking(&hall).await;
    let bring = |person| Command::RingColleague { person, purpose: RingPurpose::BringIn };
    // Nobody who is not in it, nobody who is not there, and not to hand it over.
    assert_eq!(xenia.bot.command(bring(vera.id)).await.unwrap(), Err(Refused(Code::Forbidden)));
    let nobody = PersonId::from_bits(1);
    assert_eq!(vera.bot.command(bring(nobody)).await.unwrap(), Err(Refused(Code::PersonUnknown)));
    let transfer = Command::RingColleague { person: xenia.id, purpose: RingPurpose::Transfer };
    assert_eq!(vera.bot.command(transfer).await.unwrap(), Err(Refused(Code::RingUnknown)));
    wim.bot.command(bring(xenia.id)).await.unwrap().unwrap();
    let asked = rung(&mut xenia).await;
    assert_eq!((asked.into, asked.caller.name.as_str()), (Some(ring), "Wim"));
    done(&mut xenia.bot, Command::DeclineRing { ring: asked.id }).await;
    assert_eq!(ended(&mut wim, asked.id).await, RingEnd::Declined);
    vera.bot.command(bring(xenia.id)).await.unwrap().unwrap();
    let asked = rung(&mut xenia).await;
    done(&mut xenia.bot, Command::AcceptRing { ring: asked.id }).await;
    join(&mut xenia, ring).await;
    // The one who began it goes: the others go on. Then there would be only one.
    done(&mut vera.bot, Command::Leave).await;
    assert_eq!(ended(&mut vera, ring).await, RingEnd::HungUp);
    seen(&mut vera.bot, vera.id, Status::Available).await;
    xenia.set_status(Chosen::Available, "mark").await.unwrap();
    let heard = until_said(&mut wim.bot, "mark").await;
    let over = |event: &Event| matches!(event, Event::RingEnded { ring: which, .. } if *which == ring);
    assert!(!heard.iter().any(over), "{heard:?}");
    done(&mut wim.bot, Command::Leave).await;
    assert_eq!(ended(&mut xenia, ring).await, RingEnd::HungUp);
    seen(&mut vera.bot, xenia.id, Status::Available).await;
}
