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

/// What somebody is told of what they send and receive.
fn told(world: &World, client: usize) -> Vec<Event> {
    let id = world.clients[client].id;
    let theirs = |event: &&Event| matches!(event, Event::Slots { peer, .. } | Event::Layers { peer, .. } if *peer == id);
    world.events.iter().filter(theirs).cloned().collect()
}

#[test]
fn what_was_told_to_somebody_who_has_gone_is_told_again() {
    let (mut world, _) = group(3, Camera::Layers, 300);
    world.run(seconds(8));
    let before = told(&world, 0);
    let slots = before.iter().rfind(|event| matches!(event, Event::Slots { .. })).cloned().unwrap();
    let layers = before.iter().rfind(|event| matches!(event, Event::Layers { .. })).cloned().unwrap();
    world.events.clear();
    world.run(seconds(1));
    assert_eq!(told(&world, 0), [], "once is enough");
    world.router.tell_anew(world.now, world.clients[0].id);
    world.run(Duration::from_millis(50));
    assert_eq!(told(&world, 0), [slots.clone(), layers.clone()], "at once");
    world.run(seconds(1));
    assert_eq!(told(&world, 0).len(), 2);
    assert_eq!(told(&world, 1), [], "nobody else is told");
    // Though nothing was to be said of it, and though everything was wanted.
    world.view(1, &[0, 2], 1280);
    world.router.view(world.now, world.clients[0].id, Vec::new());
    world.run(seconds(5));
    world.view(1, &[], 1280);
    world.view(2, &[], 1280);
    world.run(seconds(5));
    world.events.clear();
    world.router.tell_anew(world.now, world.clients[0].id);
    world.run(Duration::from_millis(50));
    assert_eq!(told(&world, 0).len(), 2);
    assert!(
        told(&world, 0).iter().any(|event| matches!(event, Event::Layers { rids, .. } if rids.is_empty()))
    );
}

#[test]
fn who_is_not_heard_is_not_the_one_speaking_and_who_has_left_is_not_either() {
    for silence in [0, 1] {
        let mut world = World::new();
        for _ in 0..3 {
            world.join(Camera::None, 0);
        }
        world.run(seconds(1));
        let loud = world.clients[1].id;
        world.clients[1].level = -10;
        match silence {
            0 => world.router.mute(world.now, loud),
            _ => world.router.allow_only(world.now, Some(world.clients[0].id)),
        }
        world.run(seconds(3));
        assert!(!world.events.contains(&Event::Speaker { peer: Some(loud) }), "{silence}");
    }
    let speaker = |world: &World| {
        let told = |event: &Event| if let Event::Speaker { peer } = event { Some(*peer) } else { None };
        world.events.iter().rev().find_map(told)
    };
    let mut world = World::new();
    for _ in 0..3 {
        world.join(Camera::None, 0);
    }
    world.clients[1].level = -10;
    world.run(seconds(3));
    let loud = world.clients[1].id;
    assert_eq!(speaker(&world), Some(Some(loud)));
    world.router.allow_only(world.now, Some(world.clients[0].id));
    world.run(seconds(1));
    assert_eq!(speaker(&world), Some(None), "nobody hears them any more");
    world.router.allow_only(world.now, None);
    world.run(seconds(2));
    assert_eq!(speaker(&world), Some(Some(loud)));
    world.leave(1);
    world.run(seconds(1));
    assert_eq!(speaker(&world), Some(None));
}

#[test]
fn with_one_section_of_sound_a_voice_is_heard_and_not_what_is_shared() {
    let mut world = World::new();
    let ana = world.join(Camera::None, 0);
    let screen = world.join(Camera::Screen, 0);
    world.clients[ana].level = -20;
    world.newcomers.ears = 1;
    let one = world.watcher(None);
    world.newcomers.ears = 2;
    let two = world.watcher(None);
    world.run(seconds(3));
    world.forget_received();
    world.run(seconds(1));
    assert!(world.audio(one, ana).packets > 40, "{}", world.audio(one, ana).packets);
    assert!(world.audio(two, ana).packets > 40);
    assert!(world.got(two, screen, Source::ScreenAudio).packets > 40);
}

#[test]
fn who_watches_sees_the_one_who_may_be_seen_before_anybody_speaks() {
    let (mut world, _) = group(3, Camera::Single, 640);
    world.router.allow_only(world.now, Some(world.clients[1].id));
    let watcher = world.watcher(None);
    world.run(seconds(3));
    assert!(world.video(watcher, 1).frames > 30, "{}", world.video(watcher, 1).frames);
}

#[test]
fn who_watches_sees_no_camera_that_is_off_and_black_where_none_is_on() {
    let (mut world, _) = group(3, Camera::Single, 640);
    let (any, of_two) = (world.watcher(None), world.watcher(Some(2)));
    world.clients[2].level = -20;
    world.run(seconds(3));
    let turn = |world: &mut World, one: usize, on: bool| {
        world.clients[one].turn_camera(on);
        let id = world.clients[one].id;
        if on { world.router.lighten(world.now, id) } else { world.router.darken(world.now, id) }
    };
    assert_eq!((world.blacks(any), world.blacks(of_two)), (0, 0));
    turn(&mut world, 2, false);
    world.run(seconds(1));
    assert_eq!((world.blacks(any), world.blacks(of_two)), (0, 3), "somebody else is there, or nobody");
    assert!(world.video(any, 0).frames + world.video(any, 1).frames > 15);
    turn(&mut world, 0, false);
    turn(&mut world, 1, false);
    world.run(seconds(5));
    assert_eq!((world.blacks(any), world.blacks(of_two)), (3, 3), "and then nothing more");
    turn(&mut world, 2, true);
    world.run(seconds(2));
    for watcher in [any, of_two] {
        let video = world.video(watcher, 2);
        assert!(video.frames > 40, "{}", video.frames);
        assert_eq!((video.broken, video.duplicates), (0, 0), "one stream");
    }
    world.leave(2);
    world.run(seconds(1));
    assert_eq!(world.blacks(of_two), 6, "who has left is not to be seen");
}

#[test]
fn a_program_that_sends_no_picture_shows_none() {
    let mut world = World::new();
    let page = world.join(Camera::Single, 1);
    world.newcomers.programs = true;
    let program = world.join(Camera::Single, 0);
    let watcher = world.watcher(Some(program));
    world.clients[page].level = -20;
    world.run(seconds(3));
    assert!(world.video(watcher, program).frames > 30);
    world.clients[program].turn_camera(false);
    world.run(seconds(2));
    assert_eq!(world.blacks(watcher), 0, "between two slides");
    world.run(seconds(3));
    assert_eq!(world.blacks(watcher), 3);
    world.clients[program].turn_camera(true);
    world.forget_received();
    world.run(seconds(2));
    assert!(world.video(watcher, program).frames > 40);
}

#[test]
fn who_does_not_understand_what_is_sent_costs_nobody_key_frames() {
    for watches in [true, false] {
        let (mut world, _) = group(2, Camera::Single, 640);
        world.newcomers.h264 = true;
        let deaf = if watches { world.watcher(Some(0)) } else { world.join(Camera::None, 1) };
        if !watches {
            world.view(deaf, &[0], 640);
        }
        world.run(seconds(2));
        let before = world.clients[0].keyframes_asked;
        world.run(seconds(5));
        assert_eq!(world.clients[0].keyframes_asked, before, "{watches}");
        assert!(world.audio(deaf, 0).packets > 200, "it hears");
    }
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
