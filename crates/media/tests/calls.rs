//! Whole calls through the router, over networks as they are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod world;

use std::time::Duration;
use visavis_media::{Event, Source, Watch};
use world::{Camera, World};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn everybody_sees_everybody(world: &mut World, people: &[usize], width: u32) {
    for one in people {
        let others: Vec<_> = people.iter().copied().filter(|other| other != one).collect();
        world.view(*one, &others, width);
    }
}

fn group(count: usize, camera: Camera, width: u32) -> (World, Vec<usize>) {
    let mut world = World::new();
    let people: Vec<_> = (0..count).map(|_| world.join(camera, count)).collect();
    everybody_sees_everybody(&mut world, &people, width);
    world.run(seconds(2));
    world.forget_received();
    (world, people)
}

#[test]
fn three_see_and_hear_each_other_without_a_gap() {
    let (mut world, people) = group(3, Camera::Single, 1280);
    world.run(seconds(10));
    for one in &people {
        for other in people.iter().filter(|other| *other != one) {
            let (video, audio) = (world.video(*one, *other), world.audio(*one, *other));
            assert!(video.frames >= 295, "{one} of {other}: {}", video.frames);
            assert_eq!((video.broken, video.duplicates), (0, 0));
            assert!(video.longest_gap < Duration::from_millis(100), "{:?}", video.longest_gap);
            assert!(audio.packets >= 495, "{one} of {other}: {}", audio.packets);
        }
    }
}

#[test]
fn a_tile_gets_the_layer_of_its_size_and_nobody_sends_what_nobody_looks_at() {
    let (mut world, people) = group(3, Camera::Layers, 300);
    world.run(seconds(8));
    let asked = world.clients[0].layers_asked.clone();
    assert_eq!(asked, Some(vec!["q".to_owned()]), "the others are not looked at");
    assert_eq!(world.video(1, 0).last_layer, Some(0));
    let before = world.clients[0].sent;
    world.run(seconds(5));
    let after = world.clients[0].sent;
    assert_eq!((before[1], before[2]), (after[1], after[2]), "the larger layers rest");
    // One tile is enlarged: its layer comes within a second, the other stays.
    world.view(1, &[0, 2], 300);
    world.router.view(
        world.now,
        world.clients[1].id,
        vec![
            visavis_media::View {
                publisher: world.clients[0].id,
                source: visavis_media::Source::Camera,
                width: 1280,
                height: 720,
            },
            visavis_media::View {
                publisher: world.clients[2].id,
                source: visavis_media::Source::Camera,
                width: 300,
                height: 169,
            },
        ],
    );
    world.run(seconds(1));
    assert_eq!(world.video(1, 0).last_layer, Some(2));
    assert_eq!(world.video(1, 2).last_layer, Some(0));
    assert_eq!(world.video(2, 0).last_layer, Some(0));
    // And shrunk again.
    everybody_sees_everybody(&mut world, &people, 300);
    world.run(seconds(1));
    assert_eq!(world.video(1, 0).last_layer, Some(0));
    for one in &people {
        for other in people.iter().filter(|other| *other != one) {
            let video = world.video(*one, *other);
            assert_eq!((video.broken, video.duplicates), (0, 0), "{one} of {other}");
            assert!(video.longest_gap < Duration::from_millis(300), "{:?}", video.longest_gap);
        }
    }
}

#[test]
fn a_picture_made_larger_comes_at_once_after_a_long_time_of_small_ones() {
    let (mut world, people) = group(3, Camera::Layers, 300);
    world.run(seconds(40));
    assert_eq!(world.video(1, 0).last_layer, Some(0));
    everybody_sees_everybody(&mut world, &people, 1280);
    world.run(seconds(1));
    for one in &people {
        for other in people.iter().filter(|other| *other != one) {
            assert_eq!(world.video(*one, *other).last_layer, Some(2), "{one} of {other}");
        }
    }
}

#[test]
fn a_narrow_network_costs_its_owner_pictures_and_nobody_anything_else() {
    let (mut world, _) = group(3, Camera::Layers, 1280);
    world.run(seconds(10));
    assert_eq!(world.video(1, 0).last_layer, Some(2));
    world.clients[1].down.limit = Some(500_000);
    world.run(seconds(3));
    world.forget_received();
    world.run(seconds(20));
    let (audio, video) = (world.audio(1, 0), world.video(1, 0));
    println!(
        "at 500 kbit/s: {} of 1000 voice packets, longest gap {:?}; {} pictures, longest gap {:?}, layer {:?}",
        audio.packets, audio.longest_gap, video.frames, video.longest_gap, video.last_layer
    );
    // Browsers conceal single packets; what they cannot is a gap.
    assert!(audio.packets >= 900, "{}", audio.packets);
    assert!(audio.longest_gap < Duration::from_millis(200), "{:?}", audio.longest_gap);
    assert!(video.frames >= 500, "{}", video.frames);
    let untouched = world.video(2, 0);
    assert_eq!(untouched.last_layer, Some(2));
    assert!(untouched.longest_gap < Duration::from_millis(100), "{:?}", untouched.longest_gap);
    world.clients[1].down.limit = None;
    world.run(seconds(10));
    assert_eq!(world.video(1, 0).last_layer, Some(2), "full quality within ten seconds");
    assert_eq!(world.video(1, 2).last_layer, Some(2));
}

#[test]
fn five_percent_loss_each_way_freezes_nobody() {
    let (mut world, people) = group(3, Camera::Layers, 640);
    for client in &mut world.clients {
        (client.up.lost, client.down.lost) = (50, 50);
        client.down.jitter = Duration::from_millis(8);
        client.up.jitter = Duration::from_millis(8);
    }
    world.run(seconds(5));
    world.forget_received();
    world.run(seconds(60));
    for one in &people {
        for other in people.iter().filter(|other| *other != one) {
            let video = world.video(*one, *other);
            assert!(
                video.longest_gap < Duration::from_millis(500),
                "{one} of {other}: {:?}",
                video.longest_gap
            );
            assert!(video.frames > 1_700, "{one} of {other}: {}", video.frames);
        }
    }
}

#[test]
fn in_a_crowd_three_are_heard_and_whoever_speaks_is_one_of_them() {
    let mut world = World::new();
    let people: Vec<_> = (0..12).map(|_| world.join(Camera::None, 0)).collect();
    world.run(seconds(2));
    world.forget_received();
    world.events.clear();
    world.clients[9].level = -25;
    world.run(Duration::from_millis(300));
    for one in people.iter().filter(|one| **one != 9) {
        assert!(world.audio(*one, 9).packets > 0, "{one} hears the one who speaks");
    }
    world.run(Duration::from_millis(700));
    assert!(world.events.contains(&Event::Speaker { peer: Some(world.clients[9].id) }));
    let heard: u64 = world.clients[0].received.values().map(|received| received.packets).sum();
    assert!(heard <= 3 * 50, "{heard} packets in a second");
}

#[test]
fn coming_and_going_disturbs_nobody() {
    let (mut world, people) = group(3, Camera::Layers, 640);
    for _ in 0..10 {
        let guest = world.join(Camera::Layers, 3);
        world.view(guest, &people, 640);
        world.view(0, &[1, 2, guest], 640);
        world.run(seconds(2));
        assert!(world.video(0, guest).frames > 20);
        assert!(world.video(guest, 1).frames > 20);
        world.leave(guest);
        world.run(seconds(1));
    }
    for (one, other) in [(0, 1), (1, 0), (1, 2), (2, 0)] {
        let video = world.video(one, other);
        assert!(video.longest_gap < Duration::from_millis(300), "{one} of {other}: {:?}", video.longest_gap);
        assert_eq!((video.broken, video.duplicates), (0, 0));
    }
}

#[test]
fn who_may_not_publish_is_not_forwarded() {
    let (mut world, _) = group(3, Camera::Single, 640);
    let host = world.clients[0].id;
    world.router.allow_only(world.now, Some(host));
    world.run(seconds(1));
    world.forget_received();
    world.run(seconds(2));
    assert!(world.video(1, 0).frames > 50);
    for received in world.clients[0].received.values() {
        assert_eq!(received.packets, 0);
    }
}

#[test]
fn a_shared_screen_is_seen_by_who_looks_at_it_and_its_sound_heard_by_all() {
    let mut world = World::new();
    let people: Vec<_> = (0..5).map(|_| world.join(Camera::None, 1)).collect();
    let screen = world.join(Camera::Screen, 0);
    // Whoever talks does not push out what is meant to be heard.
    for one in &people {
        world.clients[*one].level = -20;
    }
    world.view_of(0, &[screen], Source::Screen, 1280);
    world.view(1, &[screen], 1280);
    world.run(seconds(3));
    assert!(world.got(0, screen, Source::Screen).frames > 30);
    assert_eq!(world.got(1, screen, Source::Screen).frames, 0, "the camera of somebody who has none");
    for one in people {
        assert!(world.got(one, screen, Source::ScreenAudio).packets > 100, "{one} hears what is shared");
    }
}

#[test]
fn who_is_muted_is_seen_and_not_heard_and_does_not_take_anybodys_place() {
    let (mut world, _) = group(3, Camera::Single, 640);
    let muted = world.clients[0].id;
    world.clients[0].level = -10;
    world.router.mute(world.now, muted);
    world.run(seconds(1));
    world.forget_received();
    world.run(seconds(2));
    assert!(world.video(1, 0).frames > 50);
    assert_eq!(world.audio(1, 0).packets, 0);
    assert!(world.audio(1, 2).packets > 90);
}

#[test]
fn who_watches_one_sees_and_hears_that_one_alone() {
    let (mut world, _) = group(3, Camera::Single, 640);
    let watcher = world.join(Camera::None, 1);
    let watch = Watch { publisher: Some(world.clients[2].id), picture: Source::Camera };
    world.router.watch(world.now, world.clients[watcher].id, watch);
    world.clients[0].level = -10;
    world.run(seconds(4));
    assert!(world.video(watcher, 2).frames > 60, "{}", world.video(watcher, 2).frames);
    assert!(world.audio(watcher, 2).packets > 100);
    for other in [0, 1] {
        assert_eq!((world.video(watcher, other).packets, world.audio(watcher, other).packets), (0, 0));
    }
}

#[test]
fn who_watches_nobody_in_particular_sees_whoever_speaks() {
    let (mut world, _) = group(3, Camera::Single, 640);
    let watcher = world.join(Camera::None, 1);
    let watch = Watch { publisher: None, picture: Source::Camera };
    world.router.watch(world.now, world.clients[watcher].id, watch);
    world.run(seconds(3));
    let anybody: u64 = (0..3).map(|one| world.video(watcher, one).frames).sum();
    assert!(anybody > 30, "before anybody has spoken: {anybody}");
    for speaker in [2, 0, 1] {
        for one in 0..3 {
            world.clients[one].level = if one == speaker { -20 } else { -127 };
        }
        world.run(seconds(3));
        world.forget_received();
        world.run(seconds(2));
        assert!(world.video(watcher, speaker).frames > 45, "{speaker}");
        for other in (0..3).filter(|one| *one != speaker) {
            assert_eq!(world.video(watcher, other).packets, 0, "{other} while {speaker} speaks");
        }
    }
}
