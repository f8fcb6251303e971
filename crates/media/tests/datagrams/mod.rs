//! Bytes read as a series of datagrams to a participant's connection, and what has to hold whatever they are.

use crate::world::{Camera, World};
use std::net::SocketAddr;
use std::time::Duration;
use visavis_media::Event;

/// Two in a call; the first of them is sent what the bytes say. One datagram is: what it is made of, one byte; how
/// long it is, one byte; its contents. The lowest bit of the first byte says whether it comes from the participant's
/// own address; the next, whether its contents are laid over a genuine datagram by exclusive or, and the rest of the
/// byte over which.
///
/// # Panics
/// If what nobody made is forwarded, somebody is lost, or pictures stop.
pub(crate) fn withstand(bytes: &[u8]) {
    let mut world = World::new();
    world.tap = Some(Vec::new());
    for one in 0..2 {
        world.join(Camera::Single, 1);
        world.clients[one].arrivals = Some(Vec::new());
    }
    world.view(0, &[1], 640);
    world.view(1, &[0], 640);
    world.run(Duration::from_millis(200));
    let genuine: Vec<_> = world.tap.take().into_iter().flatten().filter(|(from, _)| *from == 0).collect();
    // All of it has arrived: a copy is a second one.
    world.run(Duration::from_millis(50));
    let mut rest = bytes;
    while let [what, length, after @ ..] = rest {
        let (contents, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        let chosen = usize::from(what >> 2);
        let datagram = if what & 0b10 != 0 {
            // From the handshake and from what came last.
            let index = if chosen < 32 { chosen } else { genuine.len().saturating_sub(chosen - 31) };
            laid_over(genuine.get(index).map_or(&[][..], |(_, genuine)| genuine), contents)
        } else {
            contents.to_vec()
        };
        let stranger: SocketAddr = "192.0.2.9:9".parse().unwrap();
        let source = if what & 1 != 0 { world.clients[0].address } else { stranger };
        world.router.take_forwarded();
        world.inject(0, source, &datagram);
        assert_eq!(world.router.take_forwarded(), 0, "a packet that nobody made was forwarded");
        world.run(Duration::from_millis(1));
    }
    world.forget_received();
    world.run(Duration::from_millis(200));
    for (one, other) in [(0, 1), (1, 0)] {
        let frames = world.video(one, other).frames;
        assert!(frames >= 5, "{one} of {other}: {frames} pictures in a fifth of a second");
        for arrival in world.clients[one].arrivals.iter().flatten() {
            assert!(arrival.intact && arrival.publisher == world.clients[other].id, "{arrival:?}");
        }
    }
    assert!(!world.events.iter().any(|event| matches!(event, Event::Lost { .. })));
}

fn laid_over(genuine: &[u8], contents: &[u8]) -> Vec<u8> {
    let mut datagram = genuine.to_vec();
    for (byte, by) in datagram.iter_mut().zip(contents) {
        *byte ^= by;
    }
    datagram
}
