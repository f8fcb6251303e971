//! Who decides about a room, what they alone may do, hands; and that rooms of calls have no host.

use super::doors::{comes, inside, set};
use super::*;

const CALLS: Limits = Limits { doors: None, ..LIMITS };

fn host(room: Option<&Room>) -> Option<ParticipantId> {
    room?.host().map(|host| host.id)
}

/// Everything that is the host's right, asked for by this session about that participant.
pub(super) fn rights(n: u8, about: u8) -> Vec<Command> {
    let (session, participant) = (session(n), who(about));
    vec![
        set(n, Entry::Locked),
        Command::SetPassword { session, password: None },
        Command::AnswerKnocks { session, knocks: vec![participant], admit: true },
        Command::Mute { session, participant: Some(participant) },
        Command::Mute { session, participant: None },
        Command::Remove { session, participant },
        Command::MakeHost { session, participant },
        Command::EndRoom { session },
        Command::LowerHand { session, participant },
    ]
}

#[test]
fn the_host_is_the_first_until_they_go_or_hand_it_over() {
    let detach = Command::Detach { session: session(2), until: at(90) };
    let make = |n, whom| Command::MakeHost { session: session(n), participant: who(whom) };
    let continues = again(1, 11, claim(1, 1, 1), MediaPath::Fresh);
    for (what, command, before, expected) in [
        ("the longest present follows", leave(1), vec![], 2),
        ("of those whose line holds", leave(1), vec![detach.clone()], 3),
        ("the last one, whatever their line does", leave(1), vec![leave(3), detach], 2),
        ("somebody else's going changes nothing", leave(2), vec![], 1),
        ("handed over", make(1, 3), vec![], 3),
        ("to oneself", make(1, 1), vec![], 1),
        ("a broken line changes nothing", Command::Detach { session: session(1), until: at(90) }, vec![], 1),
        ("nor does a reload", continues, vec![], 1),
    ] {
        let room = given([join(1), join(2), join(3)].into_iter().chain(before));
        assert_eq!(host(room.as_ref()), Some(who(1)), "{what}");
        let (room, outcome) = step(room, at(20), command);
        assert_eq!(host(room.as_ref()), Some(who(expected)), "{what}");
        let told = outcome.unwrap().iter().any(|event| matches!(event, Event::HostChanged { .. }));
        assert_eq!(told, expected != 1, "{what}");
    }
}

#[test]
fn nobody_else_has_the_host_s_rights_and_in_a_call_nobody_has() {
    let room = given([join(1), join(2)]);
    for command in rights(2, 1) {
        assert_eq!(step(room.clone(), at(20), command).1, Err(Rejection::NotHost));
    }
    for command in rights(9, 1) {
        assert_eq!(step(room.clone(), at(20), command.clone()).1, Err(Rejection::NotInRoom));
        assert_eq!(step(None, at(20), command).1, Err(Rejection::NotInRoom));
    }
    let call = [join(1), join(2)].into_iter().fold(None, |room, command| {
        handle(room.as_ref(), at(10), CALLS, command).unwrap().iter().fold(room, apply)
    });
    assert_eq!(host(call.as_ref()), None);
    for command in rights(1, 2) {
        assert_eq!(handle(call.as_ref(), at(20), CALLS, command), Err(Rejection::NotHost));
    }
    let raise = Command::SetHand { session: session(1), raised: true };
    assert_eq!(handle(call.as_ref(), at(20), CALLS, raise).map(|events| events.len()), Ok(1));
}

#[test]
fn whom_the_host_mutes_is_muted_and_nobody_is_unmuted() {
    let microphone = |room: Option<&Room>, n: u8| room.unwrap().member(who(n)).unwrap().devices.microphone;
    let absent = Devices { microphone: Microphone::Absent, ..ON };
    let none = Command::SetDevices { session: session(3), devices: absent };
    for (participant, muted) in [(None, vec![2]), (Some(2), vec![2]), (Some(3), vec![]), (Some(1), vec![1])] {
        let room = given([join(1), join(2), join(3), none.clone()]);
        let mute = Command::Mute { session: session(1), participant: participant.map(who) };
        let (room, outcome) = step(room, at(20), mute.clone());
        let told: Vec<_> = outcome
            .unwrap()
            .into_iter()
            .filter_map(|event| match event {
                Event::Muted { session, .. } => Some(session),
                _ => None,
            })
            .collect();
        assert_eq!(told, muted.iter().map(|n| session(*n)).collect::<Vec<_>>(), "{participant:?}");
        for n in [1, 2] {
            let expected = if muted.contains(&n) { Microphone::Muted } else { Microphone::Live };
            assert_eq!(microphone(room.as_ref(), n), expected, "{participant:?}");
        }
        assert_eq!(microphone(room.as_ref(), 3), Microphone::Absent);
        assert_eq!(step(room, at(20), mute).1, Ok(Vec::new()), "a second time nobody is told");
    }
    let unknown = Command::Mute { session: session(1), participant: Some(who(9)) };
    assert_eq!(step(given([join(1)]), at(20), unknown).1, Err(Rejection::ParticipantUnknown));
}

#[test]
fn hands_have_the_time_at_which_they_were_raised() {
    let hand = |room: Option<&Room>, n: u8| room.unwrap().member(who(n)).unwrap().hand;
    let raise = |n, raised| Command::SetHand { session: session(n), raised };
    let (room, _) = step(given([join(1), join(2)]), at(20), raise(2, true));
    let (room, again_raised) = step(room, at(30), raise(2, true));
    assert_eq!((hand(room.as_ref(), 2), again_raised), (Some(at(20)), Ok(Vec::new())));
    let (room, _) = step(room, at(40), again(2, 22, claim(2, 1, 1), MediaPath::Fresh));
    assert_eq!(hand(room.as_ref(), 2), Some(at(20)), "a reload lowers no hand");
    let lower = Command::LowerHand { session: session(1), participant: who(2) };
    let (lowered, _) = step(room.clone(), at(50), lower);
    assert_eq!(hand(lowered.as_ref(), 2), None);
    let (lowered, _) = step(room, at(50), raise(22, false));
    assert_eq!(hand(lowered.as_ref(), 2), None);
}

#[test]
fn ending_for_all_leaves_nothing_of_the_room() {
    let room = given([comes(1, 1), comes(2, 2), set(1, Entry::Locked)]);
    let (room, outcome) = step(room, at(20), Command::EndRoom { session: session(1) });
    let reasons: Vec<_> = outcome
        .unwrap()
        .into_iter()
        .filter_map(|event| match event {
            Event::Left { reason, .. } => Some(reason),
            _ => None,
        })
        .collect();
    assert_eq!((room.clone(), reasons), (None, vec![LeaveReason::Ended; 2]));
    let (room, _) = step(room, at(30), comes(5, 5));
    assert_eq!((inside(room.as_ref()), room.unwrap().settings().entry), (vec![who(5)], Entry::Open));
}

#[test]
fn what_is_shown_goes_on_with_the_peers_that_are_kept() {
    let shows =
        Command::SetDevices { session: session(1), devices: Devices { screen: Screen::Shared, ..ON } };
    for (media, screen) in [(MediaPath::Kept, Screen::Shared), (MediaPath::Fresh, Screen::Off)] {
        let (room, _) = step(given([join(1), shows.clone()]), at(20), again(1, 11, claim(1, 1, 1), media));
        assert_eq!(room.unwrap().members()[0].devices.screen, screen, "{media:?}");
    }
}

#[test]
fn a_room_of_before_there_were_hosts_gets_one_with_the_next_thing_that_happens() {
    let room = given([join(1), join(2)]).unwrap();
    let mut written = serde_json::to_value(&room).unwrap();
    let fields = written.as_object_mut().unwrap();
    assert!(fields.remove("host").is_some());
    for member in fields["members"].as_array_mut().unwrap() {
        let member = member.as_object_mut().unwrap();
        assert!(member.remove("keys").is_some());
        assert!(member["devices"].as_object_mut().unwrap().remove("screen").is_some());
    }
    assert!(fields["settings"].as_object_mut().unwrap().remove("entry").is_some());
    let read: Room = serde_json::from_value(written).unwrap();
    assert_eq!(host(Some(&read)), None);
    let (room, _) = step(Some(read), at(20), join(3));
    assert_eq!(host(room.as_ref()), Some(who(1)));
}

#[test]
fn whoever_is_expelled_is_kept_out_the_host_too() {
    for whom in [1, 2] {
        let room = given([join(1), join(2), join(3)]);
        let expel = Command::Expel { participant: who(whom) };
        let (room, outcome) = step(room, at(20), expel.clone());
        let left = outcome.unwrap().into_iter().filter(|event| {
            matches!(event, Event::Left { reason: LeaveReason::Removed, participant, .. } if *participant == who(whom))
        });
        assert_eq!(left.count(), 1, "{whom}");
        assert_eq!(host(room.as_ref()), Some(who(if whom == 1 { 2 } else { 1 })));
        assert_eq!(step(room.clone(), at(21), join(whom)).1, Err(Rejection::Removed), "{whom}");
        assert_eq!(step(room, at(21), expel).1, Err(Rejection::ParticipantUnknown));
    }
    assert_eq!(step(None, at(20), Command::Expel { participant: who(1) }).1, Err(Rejection::NotInRoom));
}

#[test]
fn a_room_whose_last_one_is_expelled_is_remembered_as_one_that_knows_who_may_not_come_back() {
    let expel = Command::Expel { participant: who(1) };
    let (room, outcome) = step(given([join(1)]), at(20), expel.clone());
    assert!(matches!(outcome.unwrap().last(), Some(Event::Emptied { .. })));
    assert!(room.as_ref().is_some_and(|room| room.members().is_empty() && room.next_deadline().is_some()));
    assert_eq!(step(room, at(21), join(1)).1, Err(Rejection::Removed));
    let room = given([join(1)]);
    let events = handle(room.as_ref(), at(20), CALLS, expel).unwrap();
    assert_eq!(events.iter().fold(room, apply), None, "where nothing is remembered it is no more");
}
