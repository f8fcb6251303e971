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
    let (room, _) = step(room, at(10), Command::Leave { session: session(2) });
    assert_eq!(room.unwrap().host(), None);
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
