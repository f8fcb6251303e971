//! What the media server holds for each of its people.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod counting;
mod world;

use std::time::Duration;
use world::{Camera, World};

/// Bytes of a room in which one sends and so many look.
fn held_by(subscribers: usize) -> isize {
    let mut world = World::new();
    let publisher = world.join(Camera::Single, 0);
    let others: Vec<_> = (0..subscribers).map(|_| world.join(Camera::None, 1)).collect();
    world.run(Duration::from_secs(2));
    for other in &others {
        world.view(*other, &[publisher], 1280);
    }
    world.run(Duration::from_secs(20));
    for other in &others {
        assert!(world.video(*other, publisher).frames > 500);
    }
    let router = world.take_router();
    let before = counting::held();
    drop(router);
    before - counting::held()
}

#[test]
fn a_subscriber_of_one_video_takes_little() {
    let (few, many) = (held_by(2), held_by(12));
    let each = (many - few) / 10;
    println!("{} KB for each subscriber of one video, {} KB for a room of three", each / 1000, few / 1000);
    // Of these str0m keeps 90 for what was sent lately, by which it estimates bandwidth, and we 57 to send again.
    assert!(each < 330_000, "{each} bytes");
}
