//! Who hears of what happened to them, at the ports: what is published on their topic.

use super::ground::Ground;
use super::wavering::Comparing;
use crate::app::documents::Route;
use serde_json::Value;
use visavis_live::{Live, Notice, Subscription};

/// What came so far.
fn heard(subscription: &mut Subscription) -> Vec<Value> {
    std::iter::from_fn(|| match subscription.notices.try_recv() {
        Ok(Notice::Event { body, .. }) => {
            Some(serde_json::from_slice::<Value>(&body).unwrap()["event"].take())
        }
        _ => None,
    })
    .collect()
}

fn version(event: &Value) -> u64 {
    event["own"]["version"].as_u64().unwrap()
}

/// As after a loss of all live state in which the other side has brought the call back: they have no page there.
#[tokio::test]
async fn who_is_nobody_once_a_call_is_over_hears_that_they_are_free() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1)]).await;
    let (place, ria, vera) = (&places[0], places[0].representatives[0], places[0].visitors[0]);
    let mut hears = ground.live.subscribe(64).await.unwrap();
    ground.live.add_topic(hears.id, Route::Person(vera.person).topic()).await.unwrap();
    let ring = place.call(vera, Some(ria)).await.unwrap().id;
    place.app.accept_ring(ring, ria.person).await.unwrap();
    place.enter(vera, ring).await.unwrap();
    place.enter(ria, ring).await.unwrap();
    place.close(vera).await;
    let before = heard(&mut hears);
    let before = before.iter().rfind(|event| event["type"] == "own_changed").unwrap();
    assert_eq!(before["own"]["engagement"]["type"], "in_call");
    place.leave(ria, ring).await;
    place.leave(vera, ring).await;
    assert_eq!(place.person(vera).await, None);
    let told = heard(&mut hears);
    let after = told.iter().rfind(|event| event["type"] == "own_changed").expect("they hear of it");
    assert!(after["own"].get("engagement").is_none(), "{told:?}");
    assert!(version(after) > version(before), "it holds: {told:?}");
    ground.clear(&places).await.unwrap();
}
