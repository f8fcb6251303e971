//! Given, when, then; and properties over any sequence of commands.

use super::*;
use crate::name::PersonName;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

mod doors;
mod feeds;
mod hosts;
mod vouched;

const LIMITS: Limits = Limits {
    people: 3,
    promote_at: 4,
    demote_after: Duration::from_millis(30),
    settings: RoomSettings {
        route: RoutePolicy::Auto,
        publishing: Publishing::Everybody,
        entry: Entry::Open,
    },
    doors: Some(Doors { remember: Duration::from_millis(100), admission: Duration::from_millis(40) }),
};
/// With the media server from the third on.
const GROUPS: Limits = Limits { people: 10, promote_at: 3, ..LIMITS };
const ON: Devices = Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off };
const MUTED: Devices = Devices { microphone: Microphone::Muted, camera: Camera::On, screen: Screen::Off };

fn at(ms: u64) -> Timestamp {
    Timestamp(ms)
}

fn session(n: u8) -> SessionId {
    SessionId::from_bits(u128::from(n))
}

fn who(n: u8) -> ParticipantId {
    ParticipantId::from_bits(u128::from(n))
}

fn call(n: u8) -> CallId {
    CallId::from_bits(u128::from(n))
}

fn caller(n: u8) -> Caller {
    Caller { session: session(n), keys: Keys::default(), shown: None, may_open: true, vouched: None }
}

fn join(n: u8) -> Command {
    Command::Join {
        caller: caller(n),
        participant: who(n),
        name: RoomName::parse("Café 42/é").unwrap(),
        call: call(n),
        person: PersonName::parse("Ana").unwrap(),
        devices: ON,
    }
}

fn again(n: u8, by: u8, claim: Claim, media: MediaPath) -> Command {
    Command::Continue {
        caller: caller(by),
        claim: Claim { participant: who(n), ..claim },
        name: RoomName::parse("Café 42/é").unwrap(),
        person: PersonName::parse("Ana").unwrap(),
        devices: ON,
        media,
    }
}

fn claim(order: u32, epoch: u32, of: u8) -> Claim {
    Claim { participant: who(0), order, epoch, call: call(of), joined_at: at(1) }
}

/// Handles and applies.
fn step(
    room: Option<Room>,
    now: Timestamp,
    command: Command,
) -> (Option<Room>, Result<Vec<Event>, Rejection>) {
    let events = handle(room.as_ref(), now, LIMITS, command);
    let room = events.iter().flatten().fold(room, apply);
    (room, events)
}

fn given(commands: impl IntoIterator<Item = Command>) -> Option<Room> {
    commands.into_iter().fold(None, |room, command| step(room, at(10), command).0)
}

fn seats(room: Option<&Room>) -> Vec<(ParticipantId, u32, u32)> {
    room.map(|room| room.members().iter().map(|m| (m.id, m.order, m.epoch)).collect()).unwrap_or_default()
}

#[test]
fn the_first_opens_the_room_and_the_last_closes_it() {
    let (room, events) = step(None, at(10), join(1));
    assert!(matches!(
        events.unwrap().as_slice(),
        [Event::Opened { .. }, Event::Joined { .. }, Event::HostChanged { .. }]
    ));
    assert_eq!(room.as_ref().unwrap().version(), 3);
    let (room, _) = step(room, at(10), join(2));
    let (room, events) = step(room, at(20), Command::Leave { session: session(1) });
    let [Event::Left { reason: LeaveReason::Left, .. }, Event::HostChanged { host }] = events.unwrap()[..]
    else {
        panic!("the host's leaving makes another one the host");
    };
    assert_eq!(host, Some(who(2)));
    let (room, events) = step(room, at(20), Command::Leave { session: session(2) });
    assert!(matches!(events.unwrap().as_slice(), [Event::Left { .. }, Event::Closed]));
    assert_eq!(room, None);
}

#[test]
fn a_full_room_refuses_until_somebody_goes() {
    let room = given([join(1), join(2), join(3)]);
    let (room, refused) = step(room, at(10), join(4));
    assert_eq!(refused, Err(Rejection::RoomFull));
    let (room, _) = step(room, at(10), Command::Leave { session: session(2) });
    let (room, joined) = step(room, at(10), join(4));
    assert!(joined.is_ok());
    assert_eq!(seats(room.as_ref()), [(who(1), 1, 1), (who(3), 3, 1), (who(4), 4, 1)]);
}

#[test]
fn a_session_sits_once() {
    let room = given([join(1)]);
    assert_eq!(step(room, at(10), join(1)).1, Err(Rejection::AlreadyInRoom));
}

#[test]
fn a_reload_takes_the_same_seat_with_a_new_epoch_and_tells_of_no_coming_or_going() {
    let room = given([join(1), join(2), Command::Detach { session: session(1), until: at(50) }]);
    let (room, events) = step(room, at(20), again(1, 9, claim(1, 1, 1), MediaPath::Fresh));
    assert!(matches!(events.unwrap().as_slice(), [Event::Changed { .. }]));
    assert_eq!(seats(room.as_ref()), [(who(1), 1, 2), (who(2), 2, 1)]);
    let member = room.as_ref().unwrap().member_of(session(9)).unwrap();
    assert_eq!((member.presence, member.grace_ends, member.joined_at), (Presence::Connected, None, at(10)));
    assert!(room.unwrap().member_of(session(1)).is_none());
}

#[test]
fn after_a_lost_state_everybody_is_who_they_were_and_peers_stay() {
    let (room, _) = step(None, at(100), again(2, 12, claim(2, 5, 1), MediaPath::Kept));
    let (room, _) = step(room, at(110), again(1, 11, claim(1, 3, 1), MediaPath::Kept));
    assert_eq!(seats(room.as_ref()), [(who(1), 1, 3), (who(2), 2, 5)]);
    assert_eq!(room.as_ref().unwrap().call(), call(1));
    let (room, _) = step(room, at(120), join(7));
    assert_eq!(seats(room.as_ref())[2], (who(7), 3, 1));
}

#[test]
fn peers_of_another_call_are_not_kept() {
    let room = given([join(5)]);
    let (room, _) = step(room, at(20), again(1, 11, claim(1, 3, 1), MediaPath::Kept));
    assert_eq!(seats(room.as_ref()), [(who(5), 1, 1), (who(1), 2, 4)]);
}

#[test]
fn peers_that_the_others_have_let_go_of_are_not_kept() {
    let gone =
        [Command::Leave { session: session(2) }, Command::Detach { session: session(2), until: at(15) }];
    for how in gone {
        let room = given([join(1), join(2), Command::RenewMedia { session: session(2) }, how]);
        let (room, _) = step(room, at(20), Command::Expire);
        assert_eq!(seats(room.as_ref()), [(who(1), 1, 1)]);
        // The claim is as old as the join; the room knows better.
        let (room, _) = step(room, at(30), again(2, 12, claim(2, 1, 1), MediaPath::Kept));
        assert_eq!(seats(room.as_ref()), [(who(1), 1, 1), (who(2), 2, 3)]);
        // Sitting again, nothing more is held against them.
        let (room, events) = step(room, at(40), again(2, 13, claim(2, 3, 1), MediaPath::Kept));
        assert!(matches!(events.unwrap().as_slice(), [Event::Changed { .. }]));
        assert_eq!(seats(room.as_ref())[1], (who(2), 2, 3));
    }
}

#[test]
fn only_so_many_of_those_who_went_are_remembered() {
    let crowd = (2..=100).flat_map(|n| [join(n), Command::Leave { session: session(n) }]);
    let room = given(std::iter::once(join(1)).chain(crowd));
    assert_eq!(room.as_ref().unwrap().departed.len(), MAX_DEPARTED);
    let (room, _) = step(room, at(20), again(100, 200, claim(90, 1, 1), MediaPath::Kept));
    let (room, _) = step(room, at(20), again(2, 201, claim(2, 1, 1), MediaPath::Kept));
    assert_eq!(seats(room.as_ref())[1..], [(who(2), 2, 1), (who(100), 90, 2)]);
    assert_eq!(room.unwrap().departed.len(), MAX_DEPARTED - 1);
}

#[test]
fn of_two_tabs_with_one_continuation_the_later_has_the_seat() {
    let room = given([join(1), join(2)]);
    let (room, _) = step(room, at(20), again(1, 11, claim(1, 1, 1), MediaPath::Fresh));
    let (room, _) = step(room, at(30), again(1, 12, claim(1, 1, 1), MediaPath::Fresh));
    assert_eq!(seats(room.as_ref()), [(who(1), 1, 3), (who(2), 2, 1)]);
    let (room, refused) = step(room, at(40), Command::SetDevices { session: session(11), devices: MUTED });
    assert_eq!(refused, Err(Rejection::NotInRoom));
    // The socket of the earlier tab ends after it was replaced: not the seat's business any more.
    let (room, refused) = step(room, at(40), Command::Detach { session: session(11), until: at(50) });
    assert_eq!(refused, Err(Rejection::NotInRoom));
    assert_eq!(room.unwrap().next_deadline(), None);
}

#[test]
fn somebody_who_continues_after_the_grace_needs_a_free_seat() {
    let room = given([join(1), join(2), join(3), Command::Leave { session: session(1) }, join(4)]);
    let (room, refused) = step(room, at(20), again(1, 11, claim(1, 1, 1), MediaPath::Fresh));
    assert_eq!(refused, Err(Rejection::RoomFull));
    // Those who sit need none.
    assert!(step(room, at(20), again(2, 12, claim(2, 1, 1), MediaPath::Fresh)).1.is_ok());
}

#[test]
fn a_place_that_is_taken_meanwhile_is_not_given_twice() {
    let room = given([join(5)]);
    let (room, _) = step(room, at(20), again(1, 11, claim(1, 1, 5), MediaPath::Fresh));
    assert_eq!(seats(room.as_ref()), [(who(5), 1, 1), (who(1), 2, 2)]);
}

#[test]
fn the_last_detach_says_until_when() {
    let detach = |until| Command::Detach { session: session(1), until: at(until) };
    for (first, second) in [(50, 90), (90, 50)] {
        let room = given([join(1), detach(first), detach(second)]).unwrap();
        assert_eq!(room.next_deadline(), Some(at(second)));
    }
}

#[test]
fn when_all_graces_end_together_the_room_closes_at_once() {
    let detach = |n, until| Command::Detach { session: session(n), until: at(until) };
    let room = given([join(1), join(2), detach(1, 50), detach(2, 40)]);
    let (room, events) = step(room, at(50), Command::Expire);
    let events = events.unwrap();
    assert!(
        matches!(events.as_slice(), [Event::Left { .. }, Event::Left { .. }, Event::Closed]),
        "{events:?}"
    );
    assert_eq!(room, None);
}

#[test]
fn nobody_continues_while_sitting_as_somebody_else() {
    let room = given([join(1), join(2)]);
    let (_, refused) = step(room, at(20), again(1, 2, claim(1, 1, 1), MediaPath::Fresh));
    assert_eq!(refused, Err(Rejection::AlreadyInRoom));
}

#[test]
fn claims_cannot_push_epochs_or_orders_over_the_edge() {
    let wild = claim(u32::MAX, u32::MAX, 1);
    let room = given([again(1, 11, wild, MediaPath::Fresh), again(2, 12, wild, MediaPath::Fresh), join(3)]);
    let epochs: Vec<_> = seats(room.as_ref()).iter().map(|seat| seat.2).collect();
    assert_eq!(epochs, [MAX_EPOCH, MAX_EPOCH, 1]);
    assert!(room.unwrap().relay(session(11), who(2), MAX_EPOCH * 2).is_ok());
}

#[test]
fn a_seat_is_freed_exactly_when_its_grace_ends() {
    let room = given([join(2), join(1), Command::Detach { session: session(1), until: at(50) }]);
    assert_eq!(room.as_ref().unwrap().next_deadline(), Some(at(50)));
    let (room, early) = step(room, at(49), Command::Expire);
    assert_eq!(early, Ok(vec![]));
    let (room, events) = step(room, at(50), Command::Expire);
    assert_eq!(
        events,
        Ok(vec![Event::Left { participant: who(1), session: session(1), reason: LeaveReason::Lost }])
    );
    assert_eq!(room.unwrap().next_deadline(), None);
}

#[test]
fn a_socket_that_comes_back_keeps_the_seat() {
    let detach = Command::Detach { session: session(1), until: at(50) };
    let room = given([join(1), detach, Command::Attach { session: session(1) }]);
    let (room, events) = step(room, at(60), Command::Expire);
    assert_eq!(events, Ok(vec![]));
    assert_eq!(room.unwrap().members()[0].presence, Presence::Connected);
}

#[test]
fn commands_that_change_nothing_tell_nothing() {
    for command in [
        Command::SetDevices { session: session(1), devices: ON },
        Command::Attach { session: session(1) },
        Command::Leave { session: session(9) },
        Command::Expire,
    ] {
        assert_eq!(step(given([join(1)]), at(20), command).1, Ok(vec![]));
    }
}

#[test]
fn strangers_change_nothing() {
    for command in [
        Command::SetDevices { session: session(9), devices: MUTED },
        Command::Attach { session: session(9) },
        Command::Detach { session: session(9), until: at(50) },
        Command::RenewMedia { session: session(9) },
    ] {
        assert_eq!(step(given([join(1)]), at(20), command).1, Err(Rejection::NotInRoom));
    }
}

#[test]
fn signals_go_between_two_seats_of_the_same_generation() {
    let room = given([join(1), join(2), Command::RenewMedia { session: session(2) }]).unwrap();
    for (from, to, generation, expected) in [
        (1, 2, 3, Ok(session(2))),
        (2, 1, 3, Ok(session(1))),
        (1, 2, 2, Err(Rejection::StaleGeneration)),
        (1, 2, 4, Err(Rejection::StaleGeneration)),
        (1, 1, 2, Err(Rejection::ParticipantUnknown)),
        (1, 9, 3, Err(Rejection::ParticipantUnknown)),
        (9, 1, 2, Err(Rejection::NotInRoom)),
    ] {
        let reached = room.relay(session(from), who(to), generation).map(|member| member.session);
        assert_eq!(reached, expected, "{from} to {to} at {generation}");
    }
}

fn any_command() -> impl Strategy<Value = Command> {
    let n = || 0_u8..5;
    let claims = (0_u32..6, prop_oneof![0_u32..6, Just(u32::MAX)], n());
    let media = prop_oneof![Just(MediaPath::Kept), Just(MediaPath::Fresh)];
    prop_oneof![
        3 => n().prop_map(join),
        3 => (n(), n()).prop_map(|(n, by)| doors::comes(n, by)),
        2 => (n(), n(), claims, media).prop_map(|(who, by, (order, epoch, of), media)| {
            again(who, by, claim(order, epoch, of), media)
        }),
        2 => (n(), n()).prop_map(|(n, by)| doors::knocks(n, by)),
        1 => n().prop_map(|n| Command::StopKnocking { session: session(n) }),
        2 => n().prop_map(leave),
        1 => (n(), 0_u64..100).prop_map(|(n, until)| Command::Detach { session: session(n), until: at(until) }),
        1 => n().prop_map(|n| Command::Attach { session: session(n) }),
        2 => Just(Command::Expire),
        1 => n().prop_map(|n| Command::SetDevices { session: session(n), devices: MUTED }),
        1 => n().prop_map(|n| Command::RenewMedia { session: session(n) }),
        1 => n().prop_map(|n| Command::Expel { participant: who(n) }),
        6 => (n(), n()).prop_flat_map(|(n, about)| prop::sample::select(hosts::rights(n, about))),
        3 => (n(), prop_oneof![Just(Entry::Open), Just(Entry::Lobby), Just(Entry::Locked)])
            .prop_map(|(n, entry)| doors::set(n, entry)),
        1 => (n(), any::<bool>()).prop_map(|(n, host)| {
            vouched::vouched(n, if host { Vouched::Host } else { Vouched::Participant })
        }),
        2 => (n(), any::<bool>()).prop_map(|(n, sends)| {
            feeds::feeds(n, if sends { FeedRole::Publisher } else { FeedRole::Watcher })
        }),
        1 => (n(), any::<bool>()).prop_map(|(n, raised)| Command::SetHand { session: session(n), raised }),
    ]
}

/// The room once all that is due is done.
fn expired(room: &Room, now: Timestamp) -> Option<Room> {
    step(Some(room.clone()), now, Command::Expire).0
}

/// What holds of hosts, doors and those before them, whatever has happened.
fn door_holds(room: &Room, now: Timestamp) -> Result<(), TestCaseError> {
    let members = room.members();
    let sits = |id| members.iter().any(|member| member.id == id);
    prop_assert!(room.host.is_none_or(sits), "the host is inside");
    let people =
        |room: &Room| room.members.iter().filter(|member| member.feed.is_none()).cloned().collect::<Vec<_>>();
    let is_person = |host: &ParticipantId| people(room).iter().any(|member| member.id == *host);
    prop_assert!(room.host.as_ref().is_none_or(is_person), "no program decides");
    let connected = people(room).iter().any(|member| member.presence == Presence::Connected);
    // It waits for its hosts until that moment has been dealt with, which a refused command does not.
    let waits = room.reserved.is_some() && room.settings.entry != Entry::Open;
    prop_assert!(room.host.is_some() || waits || !connected, "somebody decides");
    let heirless = expired(room, now).filter(|room| !people(room).is_empty() && room.reserved.is_none());
    prop_assert!(heirless.is_none_or(|room| room.host.is_some()), "somebody decides when it is over");
    prop_assert!(!members.is_empty() || room.reserved.is_some(), "an empty room ends");
    for bar in &room.barred {
        prop_assert!(
            members.iter().all(|member| {
                member.id != bar.participant && member.session != bar.session && !member.keys.meet(&bar.keys)
            }),
            "nobody is inside who was removed"
        );
    }
    for (i, knock) in room.knocks.iter().enumerate() {
        prop_assert!(room.member_of(knock.session).is_none() && !sits(knock.id), "nobody knocks from inside");
        prop_assert!(room.knocks[..i].iter().all(|o| o.id != knock.id && o.session != knock.session));
    }
    prop_assert!(room.knocks.is_empty() || room.settings.entry == Entry::Lobby);
    prop_assert!(room.admissions.iter().all(|admission| !sits(admission.id)), "who came needs none");
    Ok(())
}

/// By a host. Who is kept out may have been removed over everybody's head.
fn is_decided(room: &Room) -> bool {
    room.settings != LIMITS.settings || room.password.is_some()
}

proptest! {
    #[test]
    fn no_sequence_of_commands_breaks_a_room(commands in prop::collection::vec((0_u64..10, any_command()), 1..80)) {
        let (mut room, mut history, mut now) = (None, Vec::new(), at(0));
        let (mut epochs, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for (index, (wait, mut command)) in commands.into_iter().enumerate() {
            if let Command::Join { participant, .. }
            | Command::Knock { participant, .. }
            | Command::Feed { participant, .. } = &mut command
            {
                // Ids of newcomers are drawn at random: never somebody's who is or was there.
                if epochs.contains_key(participant) || ids.contains(participant) {
                    *participant = ParticipantId::from_bits(1_000 + index as u128);
                }
            }
            if let Command::Join { participant, .. }
            | Command::Knock { participant, .. }
            | Command::Feed { participant, .. }
            | Command::Continue { claim: Claim { participant, .. }, .. } = &command
            {
                ids.insert(*participant);
            }
            now = now.plus(Duration::from_millis(wait));
            let before = room.clone();
            let (after, outcome) = step(room, now, command);
            if let Ok(events) = &outcome {
                history.extend(events.clone());
            }
            if outcome.is_err() || outcome == Ok(vec![]) {
                prop_assert_eq!(&before, &after);
            }
            if let Some(room) = &after {
                let members = room.members();
                door_holds(room, now)?;
                let deserted = before.as_ref().is_some_and(Room::has_people) && !room.has_people();
                prop_assert!(!deserted || members.is_empty(), "programs go with the last of the people");
                let remembered = room.has_people() || room.reserved.is_some();
                prop_assert!(remembered || !is_decided(room), "what was decided is forgotten some time");
                prop_assert!(members.len() <= 3);
                prop_assert!(members.windows(2).all(|pair| pair[0].order < pair[1].order));
                prop_assert!(members.iter().all(|m| m.order < room.next_order));
                for (i, member) in members.iter().enumerate() {
                    prop_assert_eq!(member.presence == Presence::Reconnecting, member.grace_ends.is_some());
                    prop_assert!(members[..i].iter().all(|o| o.id != member.id && o.session != member.session));
                }
                if let Some(before) = before.as_ref().filter(|before| before.call() == room.call()) {
                    prop_assert!(room.version() >= before.version());
                }
                // What everybody has left is as if it had never been, remembered or not.
                let same = |before: &Room| before.call() == room.call() && !before.members().is_empty();
                if !before.as_ref().is_some_and(same) {
                    epochs.clear();
                }
                for member in members {
                    let earlier = epochs.insert(member.id, member.epoch);
                    prop_assert!(earlier.is_none_or(|earlier| earlier <= member.epoch), "{earlier:?} {member:?}");
                    let pairs = members.iter().map(|other| member.epoch.checked_add(other.epoch));
                    prop_assert!(pairs.into_iter().all(|generation| generation.is_some()));
                }
                let json = serde_json::to_string(room).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Room>(&json).unwrap(), room);
            }
            // Replay: the events alone lead to the same state.
            let replayed = history.iter().fold(None, apply);
            prop_assert_eq!(&replayed, &after);
            room = after;
        }
    }
}

/// Handles and applies, and says which way media takes afterwards.
fn route(
    room: Option<Room>,
    now: u64,
    limits: Limits,
    command: Command,
) -> (Option<Room>, Option<(MediaRoute, Option<Timestamp>)>) {
    let events = handle(room.as_ref(), at(now), limits, command).unwrap();
    let room = events.iter().fold(room, apply);
    let routed = events.iter().find_map(|event| match event {
        Event::Routed { route, until } => Some((*route, *until)),
        _ => None,
    });
    (room, routed)
}

fn leave(n: u8) -> Command {
    Command::Leave { session: session(n) }
}

#[test]
fn the_third_brings_the_media_server_and_two_go_back_after_a_while() {
    let server = |until: Option<u64>| Some((MediaRoute::Server, until.map(at)));
    let (room, routed) = route(None, 10, GROUPS, join(1));
    assert_eq!(routed, None);
    let (room, routed) = route(room, 10, GROUPS, join(2));
    assert_eq!(routed, None);
    let (room, routed) = route(room, 20, GROUPS, join(3));
    assert_eq!(routed, server(None));
    // Two again: not at once.
    let (room, routed) = route(room, 30, GROUPS, leave(2));
    assert_eq!(routed, server(Some(60)));
    assert_eq!(room.as_ref().unwrap().next_deadline(), Some(at(60)));
    let (room, routed) = route(room, 59, GROUPS, Command::Expire);
    assert_eq!(routed, None);
    // Somebody comes in time: everything stays.
    let (room, routed) = route(room, 59, GROUPS, join(4));
    assert_eq!(routed, server(None));
    let (room, _) = route(room, 70, GROUPS, leave(4));
    let (room, routed) = route(room, 100, GROUPS, Command::Expire);
    assert_eq!(routed, Some((MediaRoute::PeerToPeer, None)));
    assert_eq!(room.unwrap().next_deadline(), None);
}

#[test]
fn a_room_can_be_pinned_by_its_host_to_either_way() {
    let pin = |n: u8, route, publishing| Command::SetSettings {
        session: session(n),
        settings: RoomSettings { route, publishing, entry: Entry::Open },
    };
    let (room, _) = route(None, 10, GROUPS, join(1));
    let (room, _) = route(room, 10, GROUPS, join(2));
    let refused = handle(room.as_ref(), at(11), GROUPS, pin(2, RoutePolicy::Server, Publishing::Everybody));
    assert_eq!(refused, Err(Rejection::NotHost));
    let (room, routed) = route(room, 12, GROUPS, pin(1, RoutePolicy::Server, Publishing::Everybody));
    assert_eq!(routed, Some((MediaRoute::Server, None)));
    let (room, _) = route(room, 13, GROUPS, join(3));
    let (room, routed) = route(room, 14, GROUPS, pin(1, RoutePolicy::PeerToPeer, Publishing::Everybody));
    assert_eq!(routed, Some((MediaRoute::PeerToPeer, None)));
    // Watching without being seen is something that only the server can hold people to.
    let (room, routed) = route(room, 15, GROUPS, pin(1, RoutePolicy::PeerToPeer, Publishing::Host));
    assert_eq!(routed, Some((MediaRoute::Server, None)));
    let room = room.unwrap();
    assert!(room.may_publish(who(1)) && !room.may_publish(who(2)));
    // The host's place goes to whoever has been there longest.
    let (room, _) = route(Some(room), 16, GROUPS, leave(1));
    assert!(room.unwrap().may_publish(who(2)));
}

mod placing {
    use super::*;
    use serde_json::Value;

    fn place(n: u8) -> Command {
        Command::Place { instance: instance(n) }
    }

    fn displace(n: u8) -> Command {
        Command::Displace { instance: instance(n) }
    }

    fn instance(n: u8) -> InstanceId {
        InstanceId::from_bits(u128::from(n))
    }

    fn placed(room: Option<&Room>) -> (Option<InstanceId>, u32) {
        room.map_or((None, 0), |room| (room.place(), room.generation()))
    }

    #[test]
    fn media_has_one_place_at_a_time_and_a_generation_for_each() {
        // Step by step, with what is so afterwards, and whether anybody is told.
        let table = [
            ("the first who asks decides", place(1), (Some(1), 0), true),
            ("whoever comes second finds it decided", place(2), (Some(1), 0), false),
            ("nobody else's end matters", displace(2), (Some(1), 0), false),
            ("everybody connects anew", displace(1), (None, 1), true),
            ("freed twice is freed once", displace(1), (None, 1), false),
            ("a place does not raise it", place(1), (Some(1), 1), true),
            ("the same one may go again", displace(1), (None, 2), true),
            ("and another one come", place(2), (Some(2), 2), true),
        ];
        let mut room = given([join(1), join(2)]);
        for (what, command, (at_instance, generation), told) in table {
            let version = room.as_ref().unwrap().version();
            let (after, events) = step(room, at(10), command);
            room = after;
            assert_eq!(placed(room.as_ref()), (at_instance.map(instance), generation), "{what}");
            assert_eq!(events.unwrap().len(), usize::from(told), "{what}");
            assert_eq!(room.as_ref().unwrap().version(), version + u64::from(told), "{what}");
        }
    }

    #[test]
    fn where_nobody_is_there_is_nothing_to_place() {
        assert_eq!(step(None, at(10), place(1)).1, Err(Rejection::NotInRoom));
        assert_eq!(step(None, at(10), displace(1)).1, Ok(Vec::new()));
    }

    #[test]
    fn the_way_of_the_media_may_change_without_its_place() {
        let (room, _) = route(None, 10, GROUPS, join(1));
        let (room, _) = route(room, 10, GROUPS, join(2));
        let (room, promoted) = route(room, 10, GROUPS, join(3));
        assert_eq!(promoted, Some((MediaRoute::Server, None)));
        let (room, _) = route(room, 11, GROUPS, place(1));
        let (room, _) = route(room, 12, GROUPS, displace(1));
        let (room, _) = route(room, 13, GROUPS, place(2));
        let (room, _) = route(room, 14, GROUPS, leave(2));
        let (room, demoted) = route(room, 100, GROUPS, Command::Expire);
        assert_eq!(demoted, Some((MediaRoute::PeerToPeer, None)));
        assert_eq!(placed(room.as_ref()), (Some(instance(2)), 1));
        let (room, promoted) = route(room, 110, GROUPS, join(4));
        assert_eq!(promoted, Some((MediaRoute::Server, None)));
        assert_eq!(placed(room.as_ref()), (Some(instance(2)), 1));
    }

    #[test]
    fn what_was_written_before_media_had_places_is_read() {
        let room = given([join(1), join(2)]).unwrap();
        let mut written = serde_json::to_value(&room).unwrap();
        let fields = written.as_object_mut().unwrap();
        assert!(fields.remove("place").is_some() && fields.remove("generation").is_some());
        let read: Room = serde_json::from_value(written).unwrap();
        assert_eq!(read, room);
        let kept: Value = serde_json::to_value(given([join(1), place(7)])).unwrap();
        let read: Room = serde_json::from_value(kept).unwrap();
        assert_eq!(placed(Some(&read)), (Some(instance(7)), 0));
    }
}
