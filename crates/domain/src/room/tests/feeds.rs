//! Programs with seats: how they come, what they are not, and when they go.

use super::*;
use crate::ids::{ApiKeyId, PersonId};

pub(super) fn feeds(n: u8, role: FeedRole) -> Command {
    let keys = Keys { person: Some(PersonId::from_bits(1_000 + u128::from(n))), browser: None };
    Command::Feed {
        caller: Caller { keys, may_open: role == FeedRole::Publisher, ..caller(n) },
        participant: who(n),
        name: RoomName::parse("Café 42/é").unwrap(),
        call: call(n),
        person: PersonName::parse("Stage").unwrap(),
        devices: ON,
        feed: Feed { key: ApiKeyId::from_bits(u128::from(n)), role },
        until: at(60),
    }
}

fn publishes(n: u8) -> Command {
    feeds(n, FeedRole::Publisher)
}

fn kept(room: Option<&Room>) -> Vec<ParticipantId> {
    doors::inside(room)
}

#[test]
fn its_media_takes_the_server_from_the_first_moment_whatever_was_decided() {
    for route in [RoutePolicy::Auto, RoutePolicy::PeerToPeer, RoutePolicy::Server] {
        let settings = RoomSettings { route, ..RoomSettings::default() };
        let room = given([join(1), Command::SetSettings { session: session(1), settings }, publishes(2)]);
        assert_eq!(room.as_ref().unwrap().route(), MediaRoute::Server, "{route:?}");
        let (room, _) = step(room, at(20), Command::Attach { session: session(2) });
        let (room, _) = step(room, at(1_000), Command::Expire);
        assert_eq!(
            room.as_ref().unwrap().route(),
            MediaRoute::Server,
            "{route:?}, for as long as it is there"
        );
        let (room, _) = step(room, at(1_001), Command::Leave { session: session(2) });
        let (room, _) = step(room, at(2_000), Command::Expire);
        let after = if route == RoutePolicy::Server { MediaRoute::Server } else { MediaRoute::PeerToPeer };
        assert_eq!(room.unwrap().route(), after, "{route:?}, when it has gone");
    }
}

#[test]
fn it_is_gone_where_its_media_has_not_come_in_time_and_stays_where_it_has() {
    let room = given([join(1), publishes(2), publishes(3), Command::Attach { session: session(2) }]);
    assert_eq!(room.as_ref().unwrap().next_deadline(), Some(at(60)));
    let (room, events) = step(room, at(60), Command::Expire);
    assert!(matches!(events.unwrap()[0], Event::Left { reason: LeaveReason::Lost, .. }));
    assert_eq!(kept(room.as_ref()), [who(1), who(2)]);
}

#[test]
fn it_counts_as_everybody_where_seats_are_counted_and_doors_are_closed() {
    let full = given([join(1), join(2), join(3)]);
    assert_eq!(step(full, at(10), publishes(4)).1, Err(Rejection::RoomFull));
    for (entry, refused) in [
        (Entry::Open, None),
        (Entry::Lobby, Some(Rejection::KnockFirst)),
        (Entry::Locked, Some(Rejection::RoomLocked)),
    ] {
        let room = given([join(1), doors::set(1, entry)]);
        assert_eq!(step(room, at(10), publishes(2)).1.err(), refused, "{entry:?}");
    }
    let nobody = step(None, at(10), feeds(1, FeedRole::Watcher)).1;
    assert_eq!(nobody, Err(Rejection::RoomNotOpen), "there is nothing to watch");
}

#[test]
fn it_is_never_the_host() {
    let room = given([publishes(1), Command::Attach { session: session(1) }]);
    assert_eq!(room.as_ref().unwrap().host(), None);
    let (room, _) = step(room, at(10), join(2));
    assert_eq!(room.as_ref().unwrap().host().map(|host| host.id), Some(who(2)));
    let made = Command::MakeHost { session: session(2), participant: who(1) };
    let (room, refused) = step(room, at(10), made);
    assert_eq!(refused, Err(Rejection::ParticipantUnknown));
    let (room, _) = step(room, at(10), publishes(3));
    let (room, _) = step(room, at(10), Command::Remove { session: session(2), participant: who(1) });
    assert_eq!(room.unwrap().host().map(|host| host.id), Some(who(2)));
}

/// However the last of the people goes.
#[test]
fn it_goes_with_the_last_of_the_people() {
    let mut lost = given([join(1), publishes(2), feeds(3, FeedRole::Watcher)]);
    lost = step(lost, at(10), Command::Attach { session: session(2) }).0;
    lost = step(lost, at(10), Command::Detach { session: session(1), until: at(20) }).0;
    let there = given([join(1), publishes(2), feeds(3, FeedRole::Watcher)]);
    for (room, how) in [
        (lost, Command::Expire),
        (there.clone(), Command::Leave { session: session(1) }),
        (there.clone(), Command::Dismiss { participant: who(1) }),
    ] {
        let (room, events) = step(room, at(30), how.clone());
        assert_eq!(room, None, "{how:?}: {events:?}");
        let events = events.unwrap();
        let ended = |event: &&Event| matches!(event, Event::Left { reason: LeaveReason::Ended, .. });
        assert!(events.iter().filter(ended).count() >= 2, "{events:?}");
        assert_eq!(events.last(), Some(&Event::Closed));
    }
    let (room, _) = step(there, at(30), Command::Expel { participant: who(1) });
    let room = room.expect("it knows whom it keeps out");
    assert!(room.members().is_empty() && room.next_deadline() == Some(at(130)));
}

#[test]
fn one_that_is_there_first_waits_for_people_and_another_ones_going_is_nothing_to_it() {
    let room = given([publishes(1), publishes(2), Command::Attach { session: session(1) }]);
    let (room, _) = step(room, at(20), Command::Leave { session: session(2) });
    assert_eq!(kept(room.as_ref()), [who(1)]);
    let (room, _) = step(room, at(1_000), Command::Expire);
    assert_eq!(kept(room.as_ref()), [who(1)]);
    let (room, _) = step(room, at(1_000), join(3));
    assert_eq!(kept(room.as_ref()), [who(1), who(3)]);
    assert_eq!(step(room, at(1_001), Command::Leave { session: session(3) }).0, None);
}

/// Whose host comes back to a locked room that a program would have kept open.
#[test]
fn it_keeps_nobody_out_of_a_room_that_its_host_locked() {
    let keys = |n: u8| Keys { person: Some(PersonId::from_bits(u128::from(n))), browser: None };
    let known = |mut command: Command, n: u8| {
        if let Command::Join { caller, .. } = &mut command {
            caller.keys = keys(n);
        }
        command
    };
    let attach = Command::Attach { session: session(2) };
    let room = given([known(join(1), 1), publishes(2), attach, doors::set(1, Entry::Locked)]);
    let (room, events) = step(room, at(20), Command::Leave { session: session(1) });
    assert!(events.unwrap().contains(&Event::Emptied { until: at(120) }));
    assert_eq!(kept(room.as_ref()), []);
    assert_eq!(step(room.clone(), at(30), known(join(3), 3)).1, Err(Rejection::RoomLocked));
    let (back, _) = step(room.clone(), at(30), known(join(4), 1));
    assert_eq!(back.unwrap().host().map(|host| host.id), Some(who(4)));
    let (room, _) = step(room, at(120), Command::Expire);
    assert_eq!(room, None, "and is open to all when it is forgotten");
}

/// It may come into a room that is remembered, which is forgotten all the same.
#[test]
fn a_room_is_not_remembered_for_longer_because_it_comes_and_goes() {
    let password = Some(Password { id: crate::ids::PasswordId::from_bits(7), hash: "hash".into() });
    let set = Command::SetPassword { session: session(1), password };
    let room = given([join(1), set, Command::Leave { session: session(1) }]);
    assert_eq!(room.as_ref().unwrap().next_deadline(), Some(at(110)));
    let shows = |n: u8| {
        let mut command = publishes(n);
        if let Command::Feed { caller, until, .. } = &mut command {
            caller.shown = Some(crate::ids::PasswordId::from_bits(7));
            *until = at(500);
        }
        command
    };
    let (room, events) = step(room, at(50), shows(2));
    assert!(events.unwrap().contains(&Event::Refilled { call: call(2) }), "another gathering");
    let (room, events) = step(room, at(60), Command::Leave { session: session(2) });
    assert!(events.unwrap().contains(&Event::Emptied { until: at(110) }));
    let (room, _) = step(room, at(70), shows(3));
    assert_eq!(kept(room.as_ref()), [who(3)]);
    let (room, events) = step(room, at(110), Command::Expire);
    assert_eq!(room, None, "{events:?}");
}

#[test]
fn who_is_removed_does_not_come_back_by_the_same_key() {
    let room = given([join(1), publishes(2)]);
    let (room, _) = step(room, at(10), Command::Remove { session: session(1), participant: who(2) });
    assert_eq!(kept(room.as_ref()), [who(1)]);
    let Command::Feed { caller, .. } = publishes(2) else { unreachable!() };
    let Command::Feed { participant, name, call, person, devices, feed, until, .. } = publishes(3) else {
        unreachable!()
    };
    let caller = Caller { session: session(3), ..caller };
    let again = Command::Feed { caller, participant, name, call, person, devices, feed, until };
    let (room, refused) = step(room, at(10), again);
    assert_eq!(refused, Err(Rejection::Removed));
    assert!(step(room, at(10), publishes(4)).1.is_ok(), "another key");
}

#[test]
fn it_goes_when_the_rooms_media_goes_elsewhere() {
    let instance = InstanceId::from_bits(7);
    let displace = Command::Displace { instance };
    let room = given([join(1), publishes(2), Command::Place { instance }]);
    let (room, events) = step(room, at(10), displace.clone());
    let events = events.unwrap();
    assert!(matches!(events[0], Event::Left { reason: LeaveReason::Lost, .. }), "{events:?}");
    assert!(events.contains(&Event::Placed { instance: None, generation: 1 }), "{events:?}");
    assert_eq!(kept(room.as_ref()), [who(1)]);
    let alone = given([publishes(2), Command::Place { instance }]);
    assert_eq!(step(alone, at(10), displace).0, None, "with nobody else the room closes");
}
