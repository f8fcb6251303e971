//! Calls that live state does not have: one that was lost is brought back by its people, one that has ended by nobody.

use super::ground::{Ground, Page, Place};
use super::lounging::lounge;
use super::wavering::Comparing;
use crate::app::Refused;
use visavis_domain::ids::RingId;
use visavis_domain::person::Engagement;
use visavis_live::{Key, Live};
use visavis_protocol::Code;

fn code<T>(outcome: Result<T, Refused>) -> Option<Code> {
    outcome.err().map(|refused| refused.code())
}

/// Both are in it, and have what brings them back.
async fn talk(place: &Place, (one, other): (Page, Page), ring: RingId) -> [String; 2] {
    place.app.accept_ring(ring, other.person).await.unwrap();
    let one = place.enter_again(one, ring, None).await.unwrap();
    [one, place.enter_again(other, ring, None).await.unwrap()]
}

#[tokio::test]
async fn what_two_of_the_lounge_have_ended_neither_brings_back() {
    let (ground, places) = lounge(&[(1, 2)]).await;
    let place = &places[0];
    let (ana, ben) = (place.visitors[0], place.visitors[1]);
    place.come(ana, "Ana", false).await.unwrap();
    place.come(ben, "Ben", false).await.unwrap();
    let ring = place.ring_up(ana, ben).await.unwrap().id;
    let kept = talk(place, (ana, ben), ring).await;
    place.leave(ana, ring).await;
    for (page, continuation) in [ben, ana].into_iter().zip(kept) {
        let again = place.enter_again(page, ring, Some(continuation)).await;
        assert_eq!(code(again), Some(Code::RingUnknown));
        assert_eq!(place.engagement(ana).await, Engagement::Free);
        assert_eq!(place.engagement(ben).await, Engagement::Free);
    }
    // They may ring each other anew.
    let ring = place.ring_up(ana, ben).await.unwrap().id;
    place.app.cancel_ring(ring, ana.person).await.unwrap();
    place.go(ana).await;
    place.go(ben).await;
    ground.clear(&places).await.unwrap();
}

#[tokio::test]
async fn a_desks_call_that_has_ended_stays_so_before_the_history_says_so() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1)]).await;
    let (place, ria, vera) = (&places[0], places[0].representatives[0], places[0].visitors[0]);
    let ring = place.call(vera, Some(ria)).await.unwrap().id;
    let [continuation, _] = talk(place, (vera, ria), ring).await;
    // At a server whose database takes nothing.
    let beside = Place { app: ground.beside_with_no_history().into(), ..place.clone() };
    beside.leave(ria, ring).await;
    assert!(ground.store.calls().get(&ring).is_none_or(|call| call.record.end.is_none()));
    assert_eq!(code(place.enter_again(vera, ring, Some(continuation)).await), Some(Code::RingUnknown));
    assert_eq!(place.engagement(ria).await, Engagement::Free);
}

#[tokio::test]
async fn what_was_lost_is_brought_back_until_it_ends() {
    let (ground, places) = lounge(&[(1, 2)]).await;
    let place = &places[0];
    let (ana, ben) = (place.visitors[0], place.visitors[1]);
    place.come(ana, "Ana", false).await.unwrap();
    place.come(ben, "Ben", false).await.unwrap();
    let ring = place.ring_up(ana, ben).await.unwrap().id;
    let [anas, bens] = talk(place, (ana, ben), ring).await;
    ground.live.lose_everything().await;
    place.enter_again(ben, ring, Some(bens.clone())).await.unwrap();
    assert_eq!(place.engagement(ana).await, Engagement::InCall(ring));
    place.enter_again(ana, ring, Some(anas.clone())).await.unwrap();
    place.leave(ben, ring).await;
    for (page, continuation) in [(ana, anas), (ben, bens)] {
        let again = place.enter_again(page, ring, Some(continuation)).await;
        assert_eq!(code(again), Some(Code::RingUnknown), "with what it gave before it was lost");
    }
    // What says so goes when nobody has anything left to bring it back with.
    let over = Key::over(ring);
    let is_there = async || ground.live.load(std::slice::from_ref(&over)).await.unwrap()[0].body.is_some();
    assert!(is_there().await);
    for _ in 0..2 {
        place.app.forget_over(&over).await.unwrap();
        assert!(!is_there().await);
    }
}
