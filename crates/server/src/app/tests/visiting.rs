//! The races of an appointment: whoever comes, admits, sends back and takes links back at the same instant, the client
//! waits or is in one call, with one of the staff.

use super::ground::{Ground, Held, Page, Place, together};
use super::races::{Doing, everywhere};
use super::wavering::Comparing;
use crate::app::Refused;
use visavis_domain::person::Engagement;
use visavis_domain::time::Timestamp;
use visavis_protocol::Code;

async fn open(place: &Place) -> Result<Page, String> {
    let client = place.visitors[0];
    let opened = place.app.open_waiting_room(place.link, client.session).await;
    opened.map_err(|refused| format!("the waiting room does not open: {refused}"))?;
    Ok(client)
}

fn is_ready(place: &Place) -> Doing<Result<(), Refused>> {
    let place = place.clone();
    Box::pin(async move { place.app.be_ready(place.link).await.map(drop) })
}

fn admits(place: &Place, host: Page) -> Doing<Result<(), Refused>> {
    let place = place.clone();
    Box::pin(async move { place.app.admit(host.person, place.link.appointment).await.map(drop) })
}

/// Each of the desk admits: one has them, the others hear of it.
async fn one_admits(place: Place, round: usize) -> Held {
    let client = open(&place).await?;
    let mut doing: Vec<_> = place.representatives.iter().map(|host| admits(&place, *host)).collect();
    // Waiting already, or coming at the same instant.
    if round.is_multiple_of(2) {
        is_ready(&place).await.map_err(|refused| format!("cannot wait: {refused}"))?;
    } else {
        doing.push(is_ready(&place));
    }
    let mut done = 0;
    for outcome in together(doing).await {
        match outcome {
            Ok(()) => done += 1,
            Err(refused) if refused.code() == Code::Admitted => {}
            Err(refused) => return Err(format!("{refused} instead of admitted")),
        }
    }
    if done != 1 + round % 2 {
        return Err(format!("{done} say that they have them"));
    }
    place.holds().await?;
    let visit = place.visit().await.ok_or("nothing goes on")?;
    let (call, host) = visit.call().ok_or("nobody has them")?;
    let host = place.representatives.iter().find(|page| page.person == host.person);
    let host = *host.ok_or("a stranger has them")?;
    for page in [host, client] {
        if place.engagement(page).await != Engagement::InCall(*call) {
            return Err(format!("{:?} instead of in the call", place.engagement(page).await));
        }
    }
    let back = place.app.hold(host.person, place.link.appointment).await;
    back.map_err(|refused| format!("cannot be sent back: {refused}"))?;
    if place.engagement(client).await != Engagement::Attending(place.link.appointment) {
        return Err("the client does not wait again".into());
    }
    place.holds().await?;
    let left = place.app.leave_waiting_room(client.person).await;
    left.map_err(|refused| format!("cannot leave: {refused}"))?;
    if place.visit().await.is_some() {
        return Err("somebody waits who has left".into());
    }
    place.holds().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_all_who_admit_one_client_at_the_same_instant_one_has_them() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(3, 1); 10]).await;
    everywhere(&places, 100, one_admits).await;
    assert!(ground.live.conflicts() > 100, "these were no races");
    ground.clear(&places).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_while_their_link_is_taken_back_is_not_left_waiting() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1); 50]).await;
    for (round, place) in places.iter().enumerate() {
        let client = open(place).await.unwrap();
        let (there, store) = (place.clone(), ground.store.clone());
        let taken_back: Doing<Result<(), Refused>> = Box::pin(async move {
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            let link = {
                let mut links = store.links();
                let link = links.get_mut(&there.link.link).expect("it was made");
                link.revoked_at = Some(Timestamp(2));
                link.clone()
            };
            there.app.link_ended(&link).await
        });
        let mut outcomes = together([taken_back, is_ready(place)]).await.into_iter();
        outcomes.next().unwrap().unwrap();
        if let Some(Err(refused)) = outcomes.next() {
            assert_eq!(refused.code(), Code::AppointmentOver);
        }
        assert_eq!(place.engagement(client).await, Engagement::Free, "round {round}");
        assert!(place.visit().await.is_none(), "round {round}");
        place.holds().await.unwrap();
    }
    ground.clear(&places).await.unwrap();
}
