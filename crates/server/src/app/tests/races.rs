//! The races of the desk: whatever people do at the same instant, each person is in one thing at a time and each
//! ring ends once.

use super::ground::{Ground, Held, Page, Place, ring_of, together};
use super::wavering::Comparing;
use crate::app::Refused;
use crate::app::documents::call_room;
use std::pin::Pin;
use visavis_domain::ids::{RingId, SessionId};
use visavis_domain::person::{Chosen, Engagement};
use visavis_domain::ring::RingEnd;
use visavis_protocol::{Code, RingView};

/// What one of them does.
pub(super) type Doing<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Desks at which there are races at the same time.
const DESKS: usize = 50;
/// Races at each: 10,000 in all.
const ROUNDS: usize = 200;

/// Runs the rounds of each place, all places at once.
pub(super) async fn everywhere<F>(
    places: &[Place],
    rounds: usize,
    round: impl Fn(Place, usize) -> F + Copy + Send + 'static,
) where
    F: Future<Output = Held> + Send,
{
    let run = |place: Place| async move {
        for number in 0..rounds {
            round(place.clone(), number).await.map_err(|error| format!("round {number}: {error}"))?;
        }
        Held::Ok(())
    };
    for outcome in together(places.iter().cloned().map(run)).await {
        outcome.unwrap();
    }
}

fn who_rings(outcomes: Vec<Result<RingView, Refused>>, refusal: Code) -> Result<Vec<RingView>, String> {
    let mut rings = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(ring) => rings.push(ring),
            Err(refused) if refused.code() == refusal => {}
            Err(refused) => return Err(format!("{refused:?} instead of {refusal:?}")),
        }
    }
    Ok(rings)
}

/// All visitors call the one representative; one rings, and the ring ends in one way or another.
async fn one_rings(place: Place, round: usize) -> Held {
    let representative = place.representatives[0];
    let (wanted, refusal) = match round % 2 {
        0 => (Some(representative), Code::Busy),
        _ => (None, Code::AllBusy),
    };
    let calls = place.visitors.iter().map(|visitor| {
        let (place, visitor) = (place.clone(), *visitor);
        async move { place.call(visitor, wanted).await }
    });
    let rings = who_rings(together(calls).await, refusal)?;
    let [ring] = rings.as_slice() else { return Err(format!("{} ring", rings.len())) };
    let caller = place.visitors.iter().find(|visitor| visitor.person == ring.caller.id);
    let caller = *caller.ok_or("a stranger rings")?;
    if place.engagement(representative).await != Engagement::Called(ring.id) {
        return Err("the representative is not rung".into());
    }
    place.holds().await?;
    end(&place, ring.id, caller, round / 2).await?;
    place.is_idle().await
}

/// Ends a ring of the first representative's.
async fn end(place: &Place, ring: RingId, caller: Page, way: usize) -> Held {
    let representative = place.representatives[0];
    let text = |refused: Refused| format!("the ring cannot be ended: {refused}");
    match way % 5 {
        0 => drop(place.app.decline_ring(ring, representative.person).await.map_err(text)?),
        1 => drop(place.app.cancel_ring(ring, caller.person).await.map_err(text)?),
        2 => {
            place.app.accept_ring(ring, representative.person).await.map_err(text)?;
            place.holds().await?;
            talk(place, ring, [caller, representative]).await?;
        }
        3 => {
            place.time_out(ring).await.map_err(text)?;
            place.set(representative, Chosen::Available).await;
        }
        _ => place.close(caller).await,
    }
    Ok(())
}

/// Both come at once, and go at once.
async fn talk(place: &Place, ring: RingId, both: [Page; 2]) -> Held {
    let coming = both.map(|page| {
        let place = place.clone();
        async move { place.enter(page, ring).await }
    });
    for outcome in together(coming).await {
        outcome.map_err(|refused| format!("cannot come into the call: {refused}"))?;
    }
    place.holds().await?;
    let going = both.map(|page| {
        let place = place.clone();
        async move { place.leave(page, ring).await }
    });
    together(going).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_all_who_call_one_representative_at_the_same_instant_one_rings_ten_thousand_times() {
    let sizes: Vec<_> = (0..DESKS).map(|desk| if desk % 25 == 0 { (1, 50) } else { (1, 8) }).collect();
    let (ground, places) = Ground::with(Comparing::Compares, &sizes).await;
    everywhere(&places, ROUNDS, one_rings).await;
    assert!(ground.live.conflicts() > 1000, "these were no races");
    ground.clear(&places).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn live_state_that_compares_no_versions_is_found_out() {
    let (_ground, places) = Ground::with(Comparing::Forgets, &[(1, 8)]).await;
    let mut found = None;
    for round in 0..100 {
        found = one_rings(places[0].clone(), round).await.err();
        if found.is_some() {
            break;
        }
    }
    assert!(found.is_some(), "a hundred races without a comparison, and nothing was found");
}

/// Eight want whoever is free, and three are.
async fn each_rings_another(place: Place, _: usize) -> Held {
    let calls = place.visitors.iter().map(|visitor| {
        let (place, visitor) = (place.clone(), *visitor);
        async move { place.call(visitor, None).await }
    });
    let rings = who_rings(together(calls).await, Code::AllBusy)?;
    let mut rung: Vec<_> = rings.iter().map(|ring| ring.callee.id).collect();
    rung.sort_unstable();
    rung.dedup();
    if rings.len() != 3 || rung.len() != 3 {
        return Err(format!("{} visitors ring {} representatives", rings.len(), rung.len()));
    }
    place.holds().await?;
    // All of them decline at once.
    let declining = rings.into_iter().map(|ring| {
        let app = place.app.clone();
        async move { app.decline_ring(ring.id, ring.callee.id).await }
    });
    for outcome in together(declining).await {
        outcome.map_err(|refused| format!("cannot be declined: {refused}"))?;
    }
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_free_is_rung_by_one_visitor() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(3, 8); 10]).await;
    everywhere(&places, 50, each_rings_another).await;
    ground.clear(&places).await.unwrap();
}

/// Three want to wait just when the representative becomes free: by choosing so, or because a ring ends.
async fn nobody_is_overlooked(place: Place, round: usize) -> Held {
    let (representative, first) = (place.representatives[0], place.visitors[0]);
    let before = if round.is_multiple_of(2) {
        place.set(representative, Chosen::Away).await;
        None
    } else {
        Some(place.call(first, Some(representative)).await.map_err(|refused| refused.to_string())?.id)
    };
    let mut doing: Vec<Doing<Held>> = Vec::new();
    for visitor in &place.visitors[1..4] {
        let (place, visitor) = (place.clone(), *visitor);
        doing.push(Box::pin(async move {
            place.queue_up(visitor).await.map(drop).map_err(|refused| format!("cannot wait: {refused}"))
        }));
    }
    let there = place.clone();
    doing.push(Box::pin(async move {
        match before {
            None => there.set(representative, Chosen::Available).await,
            Some(ring) => drop(there.app.cancel_ring(ring, first.person).await),
        }
        Ok(())
    }));
    for outcome in together(doing).await {
        outcome?;
    }
    place.holds().await?;
    if !matches!(place.engagement(representative).await, Engagement::Called(_)) {
        return Err("the representative is not rung".into());
    }
    if place.queue().await.waiting().len() != 2 {
        return Err(format!("others wait than two: {:?}", place.queue().await));
    }
    // They go in any order; whoever is rung for them meanwhile takes it back.
    let going = place.visitors[1..4].iter().map(|visitor| {
        let (place, visitor) = (place.clone(), *visitor);
        async move {
            while place.engagement(visitor).await != Engagement::Free {
                let _ = place.app.leave_queue(visitor.person).await;
                if let Some(ring) = ring_of(place.engagement(visitor).await) {
                    let _ = place.app.cancel_ring(ring, visitor.person).await;
                }
            }
        }
    });
    together(going).await;
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_waits_while_somebody_is_free() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 4); 10]).await;
    everywhere(&places, 100, nobody_is_overlooked).await;
    ground.clear(&places).await.unwrap();
}

/// Taken on two pages, taken back, and timed out at the same instant, sometimes with the caller's page going.
async fn it_ends_once(place: Place, round: usize) -> Held {
    let (representative, caller) = (place.representatives[0], place.visitors[0]);
    let ring = place.call(caller, Some(representative)).await.map_err(|refused| refused.to_string())?.id;
    let mut doing: Vec<Doing<(bool, bool)>> = Vec::new();
    for _ in 0..2 {
        let app = place.app.clone();
        doing.push(Box::pin(
            async move { (app.accept_ring(ring, representative.person).await.is_ok(), false) },
        ));
    }
    let there = place.clone();
    doing.push(Box::pin(async move {
        if round.is_multiple_of(3) {
            there.close(caller).await;
            (false, false)
        } else {
            (false, there.app.cancel_ring(ring, caller.person).await.is_ok())
        }
    }));
    if round.is_multiple_of(2) {
        for _ in 0..2 {
            let there = place.clone();
            doing.push(Box::pin(async move {
                drop(there.time_out(ring).await);
                (false, false)
            }));
        }
    }
    let outcomes = together(doing).await;
    let accepted = outcomes.iter().filter(|(accepted, _)| *accepted).count();
    let cancelled = outcomes.iter().filter(|(_, cancelled)| *cancelled).count();
    let missed = place.person(representative).await.is_some_and(|person| person.missed());
    let lost = round.is_multiple_of(3) && accepted == 0 && !missed;
    let ways = accepted + cancelled + usize::from(missed) + usize::from(lost);
    if ways != 1 {
        return Err(format!("accepted {accepted}, cancelled {cancelled}, missed {missed}, lost {lost}"));
    }
    place.holds().await?;
    let engaged = place.engagement(representative).await;
    if (accepted == 1) != (engaged == Engagement::InCall(ring)) {
        return Err(format!("accepted {accepted}, but the representative is {engaged:?}"));
    }
    if accepted == 1 {
        let over = place.app.end_call(ring, RingEnd::EndedByAdmin).await;
        over.map_err(|refused| format!("the call cannot be ended: {refused}"))?;
    }
    place.set(representative, Chosen::Available).await;
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ring_that_is_taken_taken_back_and_timed_out_at_once_ends_in_one_way() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1); 10]).await;
    everywhere(&places, 150, it_ends_once).await;
    ground.clear(&places).await.unwrap();
}

/// Two representatives of one desk ring each other.
async fn they_are_in_one_call(place: Place, _: usize) -> Held {
    let [one, other] = place.representatives[..] else { return Err("two, please".into()) };
    let calls = [(one, other), (other, one)].map(|(from, to)| {
        let place = place.clone();
        async move { place.call(from, Some(to)).await }
    });
    let mut rings = Vec::new();
    for outcome in together(calls).await {
        rings.push(outcome.map_err(|refused| format!("cannot ring: {refused}"))?.id);
    }
    if rings[0] != rings[1] {
        return Err("two rings".into());
    }
    for page in [one, other] {
        if place.engagement(page).await != Engagement::InCall(rings[0]) {
            return Err(format!("{:?} instead of in the call", place.engagement(page).await));
        }
    }
    place.holds().await?;
    talk(&place, rings[0], [one, other]).await?;
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_ring_each_other_are_in_one_call() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(2, 0); 10]).await;
    everywhere(&places, 100, they_are_in_one_call).await;
    ground.clear(&places).await.unwrap();
}

/// Somebody whose two pages hear at once that they are let in.
async fn they_have_one_seat(place: Place, _: usize) -> Held {
    let (visitor, representative) = (place.visitors[0], place.representatives[0]);
    let text = |refused: Refused| format!("{refused}");
    let ring = place.call(visitor, Some(representative)).await.map_err(text)?.id;
    place.app.accept_ring(ring, representative.person).await.map_err(text)?;
    let other = Page { session: SessionId::from_bits(visitor.session.bits() + 1_000_000), ..visitor };
    let coming = [representative, visitor, other].map(|page| {
        let place = place.clone();
        async move { place.enter(page, ring).await }
    });
    for outcome in together(coming).await {
        outcome.map_err(text)?;
    }
    let room = place.app.load(&call_room(ring)).await.map_err(text)?.room.ok_or("there is no room")?;
    if room.members().len() != 2 {
        return Err(format!("{} seats for two people", room.members().len()));
    }
    place.holds().await?;
    place.leave(representative, ring).await;
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_by_two_pages_at_once_has_one_seat() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1); 10]).await;
    everywhere(&places, 50, they_have_one_seat).await;
    ground.clear(&places).await.unwrap();
}
