//! The media server of the real binary, over real sockets: calls, who may send, what is refused, and strangers at the
//! port.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use futures_util::future::join_all;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use visavis_bots::media::{Camera, Kind, Layer, MediaBot, MediaThreads, PeerReport, Place, Speech, Tracks};
use visavis_bots::{Refused, ServerProcess};
use visavis_domain::room::{MediaRoute, Publishing, RoomSettings, RoutePolicy, Source};
use visavis_protocol::{Code, Command, Viewed};

async fn server(settings: &[(&str, &str)]) -> (ServerProcess, Place) {
    let server = ServerProcess::start(&ServerProcess::binary().unwrap(), settings).await.unwrap();
    let place = Place::new(&server.base(), MediaThreads::start(1).unwrap());
    (server, place)
}

const SMALL: Camera = Camera::Single(Layer::Quarter);

async fn come(place: &Place, room: &str, name: &str) -> MediaBot {
    let tracks = Tracks::participant(Speech::Always, SMALL, 3);
    MediaBot::join(place, room, name, tracks).await.unwrap()
}

fn settings(route: RoutePolicy, publishing: Publishing) -> Command {
    Command::SetRoom { settings: RoomSettings { route, publishing, ..RoomSettings::default() } }
}

async fn look(bot: &MediaBot, at: &[&MediaBot]) {
    let viewed = |other: &&MediaBot| Viewed {
        participant: other.participant(),
        source: Source::Camera,
        width: 640,
        height: 360,
    };
    bot.view(at.iter().map(viewed).collect()).await.unwrap();
}

/// Pictures and sound of so many others arrive.
fn has(videos: usize, voices: usize) -> impl Fn(&PeerReport) -> bool {
    move |report| {
        let carrying = |kind, least| {
            let slots = report.slots.iter().filter(|slot| slot.kind == kind);
            slots.filter(|slot| slot.counts.packets > least).count()
        };
        carrying(Kind::Video, 30) == videos && carrying(Kind::Audio, 30) == voices
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_see_and_hear_each_other_and_two_are_on_their_own_again() {
    let (_server, place) = server(&[("VISAVIS_ROOMS__DEMOTE_AFTER_S", "1")]).await;
    let (ana, ben) = (come(&place, "three", "Ana").await, come(&place, "three", "Ben").await);
    ana.until_seen(|seen| seen.people.len() == 2).await.unwrap();
    assert_eq!(ana.seen().route, Some(MediaRoute::PeerToPeer));
    let cem = come(&place, "three", "Cem").await;
    for bot in [&ana, &ben, &cem] {
        bot.until_seen(|seen| seen.route == Some(MediaRoute::Server)).await.unwrap();
        bot.connect().await.unwrap();
    }
    for (bot, others) in [(&ana, [&ben, &cem]), (&ben, [&ana, &cem]), (&cem, [&ana, &ben])] {
        look(bot, &others).await;
    }
    for bot in [&ana, &ben, &cem] {
        let report = bot.until(has(2, 2)).await.unwrap();
        let video = report.counts(Kind::Video);
        assert_eq!((video.duplicates, video.unmarked, video.frames.wrong_layer), (0, 0, 0));
        bot.until_seen(|seen| seen.speaker.is_some()).await.unwrap();
    }
    drop(cem);
    for bot in [&ana, &ben] {
        bot.until_seen(|seen| seen.route == Some(MediaRoute::PeerToPeer)).await.unwrap();
        bot.command(Command::MediaClose).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_host_is_seen_where_only_the_host_may_send() {
    let (_server, place) = server(&[]).await;
    let (host, guest) = (come(&place, "stage", "Host").await, come(&place, "stage", "Guest").await);
    host.command(settings(RoutePolicy::Server, Publishing::Everybody)).await.unwrap();
    for bot in [&host, &guest] {
        bot.connect().await.unwrap();
    }
    look(&host, &[&guest]).await;
    look(&guest, &[&host]).await;
    for bot in [&host, &guest] {
        bot.until(has(1, 1)).await.unwrap();
    }
    host.command(settings(RoutePolicy::Server, Publishing::Host)).await.unwrap();
    host.until_seen(|seen| seen.slots.is_empty()).await.unwrap();
    place.threads().restart_counting();
    guest.until(has(1, 1)).await.unwrap();
    let heard = host.report().await.unwrap();
    assert_eq!((heard.counts(Kind::Video).packets, heard.counts(Kind::Audio).packets), (0, 0));

    // The host's right goes with the host: whoever is next may send now.
    drop(host);
    let late = come(&place, "stage", "Late").await;
    late.connect().await.unwrap();
    look(&late, &[&guest]).await;
    late.until(has(1, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_refused_with_a_reason() {
    let (_server, place) = server(&[]).await;
    let (host, guest) = (come(&place, "no", "Host").await, come(&place, "no", "Guest").await);
    let offer = |fresh| Command::MediaOffer { fresh, sdp: "v=0\r\nnonsense".into(), tracks: Vec::new() };
    let view = Command::View { videos: Vec::new() };
    let table = [
        ("an offer where media goes from each to each", offer(true), Code::MediaUnknown),
        (
            "a decision of somebody who is not the host",
            settings(RoutePolicy::Server, Publishing::Host),
            Code::NotHost,
        ),
    ];
    for (what, command, code) in table {
        assert_eq!(guest.try_command(command).await.unwrap(), Err(Refused(code)), "{what}");
    }
    host.command(settings(RoutePolicy::Server, Publishing::Everybody)).await.unwrap();
    let table = [
        ("a view without a connection", view, Code::MediaUnknown),
        ("a change of no connection", offer(false), Code::MediaUnknown),
        ("a description that is none", offer(true), Code::MediaInvalid),
    ];
    for (what, command, code) in table {
        assert_eq!(guest.try_command(command).await.unwrap(), Err(Refused(code)), "{what}");
    }
    // Offers cost more than others: who makes many has to wait.
    let mut refusals = 0;
    for _ in 0..40 {
        let refused = guest.try_command(offer(true)).await.unwrap();
        refusals += usize::from(refused == Err(Refused(Code::RateLimited)));
    }
    assert!((10..40).contains(&refusals), "{refusals}");
    // Closing what is not there is done.
    guest.command(Command::MediaClose).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_of_one_server_do_not_hear_each_other() {
    let (_server, place) = server(&[("VISAVIS_MEDIA__WORKERS", "2")]).await;
    let mut rooms = Vec::new();
    for room in ["one", "two", "three", "four"] {
        let pair = [come(&place, room, "Ana").await, come(&place, room, "Ben").await];
        pair[0].command(settings(RoutePolicy::Server, Publishing::Everybody)).await.unwrap();
        for bot in &pair {
            bot.connect().await.unwrap();
        }
        look(&pair[0], &[&pair[1]]).await;
        look(&pair[1], &[&pair[0]]).await;
        rooms.push(pair);
    }
    for [ana, ben] in &rooms {
        for (bot, other) in [(ana, ben), (ben, ana)] {
            let report = bot.until(has(1, 1)).await.unwrap();
            let publishers = report.slots.iter().filter_map(|slot| slot.publisher);
            assert!(publishers.into_iter().all(|publisher| publisher == other.number()));
            assert_eq!(report.counts(Kind::Audio).publisher_changes, 0);
        }
        // Nobody of another room can be looked at.
        look(ana, &[&rooms[0][1], ben]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_at_the_port_disturb_no_call() {
    let (server, place) = server(&[("VISAVIS_ROOMS__MAX_PEOPLE", "200")]).await;
    let first = come(&place, "fire", "First").await;
    first.command(settings(RoutePolicy::Server, Publishing::Everybody)).await.unwrap();
    first.connect().await.unwrap();
    let before = server.resident().unwrap();
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let fire = std::thread::spawn({
        let (stop, sent, port) = (stop.clone(), sent.clone(), server.https_port());
        move || shoot(port, &stop, &sent)
    });
    // They come and go under fire, and each one sees and hears the first.
    for _ in 0..10 {
        let coming = (0..10).map(|number| {
            let (place, first) = (&place, &first);
            async move {
                let bot = come(place, "fire", &format!("{number}")).await;
                bot.connect().await.unwrap();
                look(&bot, &[first]).await;
                bot.until(|report| report.first_video.and(report.first_audio).is_some()).await.unwrap();
            }
        });
        join_all(coming).await;
    }
    stop.store(true, Ordering::Relaxed);
    fire.join().unwrap();
    let (sent, grown) = (sent.load(Ordering::Relaxed), server.resident().unwrap().saturating_sub(before));
    println!("{sent} forged datagrams, 100 of 100 calls, {} MB more", grown / 1_000_000);
    assert!(sent > 10_000, "{sent}");
    assert!(grown < 60_000_000, "{grown} bytes");
}

/// One of everything that comes from people who were not asked, from ever new ports.
fn shoot(port: u16, stop: &AtomicBool, sent: &AtomicU64) {
    let mut state = 1_u32;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    while !stop.load(Ordering::Relaxed) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..20 {
            let mut bytes: Vec<u8> = (0..20 + random() % 1_200).map(|_| random() as u8).collect();
            let head: &[u8] = match random() % 6 {
                // ClientHello, RTP, RTCP, STUN, channel data.
                0 => &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 1],
                1 => &[0x80, 96],
                2 => &[0x81, 201],
                3 => &[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42],
                4 => &[0x40, 0, 0, 8],
                _ => &[],
            };
            bytes[..head.len()].copy_from_slice(head);
            // The kernel drops what it has no room for.
            if socket.send_to(&bytes, ("127.0.0.1", port)).is_ok() {
                sent.fetch_add(1, Ordering::Relaxed);
            }
        }
        // A flood that leaves the processor to others, too.
        #[allow(clippy::disallowed_methods, reason = "a thread of its own: nobody else waits")]
        std::thread::sleep(Duration::from_millis(1));
    }
}
