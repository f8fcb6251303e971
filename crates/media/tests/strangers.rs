//! A call under fire: datagrams from people without keys, from addresses of their own and from participants'. The
//! call goes on, nothing of theirs is forwarded, and nothing of it is kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod counting;
mod hostile;
mod world;

use counting::held;
use hostile::{Genuine, Hostile, KINDS, Kind, kind_of};
use std::time::Duration;
use visavis_media::Event;
use world::{Camera, World};

const PEOPLE: usize = 3;
/// Between two volleys.
const TICK: Duration = Duration::from_millis(2);
/// Datagrams of a volley: 4,000 a second, against about 1,500 genuine ones.
const VOLLEY: usize = 8;
/// Kept of all that was fired, which is tens of thousands of datagrams.
const KEPT_AT_MOST: isize = 32 * 1024;

struct Call {
    world: World,
    hostile: Hostile,
    people: Vec<usize>,
}

impl Call {
    /// Three who see and hear each other, watched from the first datagram on.
    fn new(camera: Camera) -> Self {
        let mut world = World::new();
        world.tap = Some(Vec::new());
        let people: Vec<_> = (0..PEOPLE).map(|_| world.join(camera, PEOPLE)).collect();
        for one in &people {
            let others: Vec<_> = people.iter().copied().filter(|other| other != one).collect();
            world.view(*one, &others, 640);
            world.clients[*one].arrivals = Some(Vec::new());
        }
        let mut call = Self { world, hostile: Hostile::new(PEOPLE), people };
        call.go_on(Duration::from_secs(3), |_| {});
        call.world.forget_received();
        call
    }

    /// Lets time pass; what happens in each tick is the caller's.
    fn go_on(&mut self, time: Duration, mut tick: impl FnMut(&mut Self)) {
        let end = self.world.now + time;
        while self.world.now < end {
            self.world.run(TICK);
            for (from, bytes) in std::mem::take(self.world.tap.as_mut().unwrap()) {
                self.hostile.see(from, &bytes);
            }
            tick(self);
        }
    }

    /// A volley, half of it as if from the participant's own address.
    fn fire(&mut self, kinds: &[Kind]) {
        for _ in 0..if kinds.is_empty() { 0 } else { VOLLEY } {
            let target = self.hostile.below(PEOPLE);
            let kind = kinds[self.hostile.below(kinds.len())];
            let source = match self.hostile.below(4) {
                0 => self.hostile.address(),
                1 => self.world.clients[(target + 1) % PEOPLE].address,
                _ => self.world.clients[target].address,
            };
            let bytes = self.hostile.datagram(target, kind);
            self.world.inject(target, source, &bytes);
        }
    }

    /// Everybody sees and hears everybody, in every second, and gets nothing but what participants made.
    fn check(&mut self, seconds: u64) {
        for one in &self.people {
            for other in self.people.iter().filter(|other| *other != one) {
                let (video, audio) = (self.world.video(*one, *other), self.world.audio(*one, *other));
                assert!(video.frames >= 29 * seconds, "{one} of {other}: {} frames", video.frames);
                assert!(audio.packets >= 48 * seconds, "{one} of {other}: {} voice packets", audio.packets);
                assert!(video.longest_gap < Duration::from_millis(500), "{:?}", video.longest_gap);
                assert!(audio.longest_gap < Duration::from_millis(500), "{:?}", audio.longest_gap);
                assert_eq!((video.broken, video.duplicates), (0, 0), "{one} of {other}");
            }
            let arrivals: Vec<_> =
                self.world.clients[*one].arrivals.iter_mut().flat_map(std::mem::take).collect();
            for arrival in arrivals {
                assert!(arrival.intact && arrival.room == 0, "{arrival:?} was made by nobody");
                assert!(self.world.clients.iter().any(|client| client.id == arrival.publisher));
            }
        }
        let lost = self.world.events.drain(..).find(|event| matches!(event, Event::Lost { .. }));
        assert_eq!(lost, None);
    }

    fn hold(&mut self, kinds: &[Kind], seconds: u64) {
        for _ in 0..seconds {
            self.go_on(Duration::from_secs(1), |call| call.fire(kinds));
            self.check(1);
            self.world.forget_received();
        }
    }

    /// What is kept of so many seconds, after some to get used to it.
    fn kept(&mut self, kinds: &[Kind], seconds: u64) -> isize {
        self.hold(kinds, 3);
        let before = held();
        self.hold(kinds, seconds);
        held() - before
    }
}

/// A call keeps something of its own (packets to send again, what tests remember): what counts is what it keeps more.
fn withstand(camera: Camera, kinds: &[Kind], seconds: u64) {
    let in_peace = Call::new(camera).kept(&[], seconds);
    let under_fire = Call::new(camera).kept(kinds, seconds);
    assert!(
        under_fire - in_peace < KEPT_AT_MOST,
        "{kinds:?}: {under_fire} bytes kept, and {in_peace} in peace"
    );
}

#[test]
fn client_hellos_of_strangers_change_nothing() {
    withstand(Camera::Single, &[Kind::ClientHello], 5);
}

#[test]
fn dtls_without_keys_changes_nothing() {
    withstand(Camera::Single, &[Kind::Dtls], 5);
}

#[test]
fn stun_with_a_wrong_integrity_changes_nothing() {
    withstand(Camera::Single, &[Kind::Stun], 5);
}

#[test]
fn rtp_without_keys_changes_nothing() {
    withstand(Camera::Single, &[Kind::Rtp], 5);
}

#[test]
fn rtp_without_keys_changes_nothing_for_layers() {
    withstand(Camera::Layers, &[Kind::Rtp], 5);
}

#[test]
fn rtcp_without_keys_changes_nothing() {
    withstand(Camera::Single, &[Kind::Rtcp], 5);
}

#[test]
fn genuine_datagrams_spoiled_on_the_way_change_nothing() {
    withstand(Camera::Single, &[Kind::Mutated], 5);
}

#[test]
fn all_of_it_at_once_changes_nothing() {
    withstand(Camera::Layers, &KINDS, 10);
}

#[test]
fn what_is_sent_twice_is_forwarded_once() {
    let mut call = Call::new(Camera::Single);
    let (mut forwarded, mut replayed) = (0, 0);
    for _ in 0..50 {
        call.world.run(Duration::from_millis(100));
        let captured = std::mem::take(call.world.tap.as_mut().unwrap());
        // The last ones are still on their way: here the copies come first.
        for (from, bytes) in captured.iter().filter(|(_, bytes)| kind_of(bytes) == Some(Genuine::Rtp)) {
            let source = call.world.clients[*from].address;
            call.world.router.take_forwarded();
            call.world.inject(*from, source, bytes);
            forwarded += call.world.router.take_forwarded();
            for _ in 0..2 {
                call.world.inject(*from, source, bytes);
                replayed += call.world.router.take_forwarded();
            }
        }
        assert_eq!(replayed, 0);
    }
    assert!(forwarded > 300, "{forwarded} copies were the first to come");
    call.check(5);
}

#[test]
fn everybody_connects_under_fire() {
    let mut call = Call::new(Camera::Single);
    let mut slowest = Duration::ZERO;
    for round in 0..100 {
        // The third comes again, and all of it is for them.
        let camera = if round % 2 == 0 { Camera::Single } else { Camera::Layers };
        call.world.rejoin(2, camera, PEOPLE);
        let since = call.world.now;
        while !call.world.clients[2].connected {
            call.go_on(TICK, |call| {
                for _ in 0..VOLLEY {
                    let kind = KINDS[call.hostile.below(KINDS.len())];
                    // Who sends DTLS from the very address that ICE has just verified, before the handshake is over,
                    // can spoil it: neither side has keys yet. Everything else may come from there too.
                    let keyless = matches!(kind, Kind::ClientHello | Kind::Dtls | Kind::Mutated);
                    let source = match call.hostile.below(2) {
                        1 if !keyless => call.world.clients[2].address,
                        _ => call.hostile.address(),
                    };
                    let bytes = call.hostile.datagram(2, kind);
                    call.world.inject(2, source, &bytes);
                }
            });
            assert!(call.world.now - since < Duration::from_secs(1));
        }
        slowest = slowest.max(call.world.now - since);
        if round >= 98 {
            call.go_on(Duration::from_secs(2), |_| {});
            call.world.forget_received();
            call.hold(&[], 1);
        }
    }
    println!("100 of 100 connected, the slowest within {slowest:?}");
}

/// One who sees a participant's datagrams can send them from elsewhere, ahead of the participant: ICE takes them for a
/// new way to the participant, but nothing is to go there while the old way works.
#[test]
fn genuine_stun_from_elsewhere_takes_nothing_away() {
    let mut call = Call::new(Camera::Single);
    let before = held();
    for _ in 0..10 {
        call.go_on(Duration::from_secs(1), |call| {
            for target in 0..PEOPLE {
                let source = call.hostile.address();
                let bytes = call.hostile.latest_stun(target);
                call.world.inject(target, source, &bytes);
            }
        });
        call.check(1);
        call.world.forget_received();
    }
    let kept = held() - before;
    println!("{kept} bytes kept of 15,000 requests");
    // Some ways more for each participant, and what the call itself keeps.
    assert!(kept < 512 * 1024, "{kept}");
}
