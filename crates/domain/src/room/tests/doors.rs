//! Who may come in: locks, lobbies, knocks, passwords, those who were removed, and what an empty room remembers.

use super::*;
use crate::ids::{BrowserId, PasswordId, PersonId};

/// For which an empty room is remembered, and somebody who was let in may take to come.
const REMEMBERED: u64 = 100;
const ADMITTED: u64 = 40;

fn keys(n: u8) -> Keys {
    Keys {
        person: Some(PersonId::from_bits(u128::from(n))),
        browser: Some(BrowserId::from_bits(u128::from(n))),
    }
}

/// Somebody with a browser of their own, by their `session`th session, who is given `id` if they are new.
pub(super) fn comes(n: u8, by: u8) -> Command {
    let Command::Join { caller, name, call, person, devices, .. } = join(by) else { unreachable!() };
    let caller = Caller { keys: keys(n), ..caller };
    Command::Join { caller, participant: who(by), name, call, person, devices }
}

pub(super) fn knocks(n: u8, by: u8) -> Command {
    let Command::Join { caller, participant, person, .. } = comes(n, by) else { unreachable!() };
    Command::Knock { caller, participant, person }
}

/// The same command by somebody else than whoever has the same browser.
pub(super) fn with(mut command: Command, change: impl Fn(&mut Caller)) -> Command {
    match &mut command {
        Command::Join { caller, .. } | Command::Continue { caller, .. } | Command::Knock { caller, .. } => {
            change(caller);
        }
        _ => unreachable!(),
    }
    command
}

pub(super) fn set(n: u8, entry: Entry) -> Command {
    Command::SetSettings { session: session(n), settings: RoomSettings { entry, ..RoomSettings::default() } }
}

fn answer(n: u8, whom: &[u8], admit: bool) -> Command {
    Command::AnswerKnocks { session: session(n), knocks: whom.iter().map(|n| who(*n)).collect(), admit }
}

pub(super) fn inside(room: Option<&Room>) -> Vec<ParticipantId> {
    room.map(|room| room.members().iter().map(|member| member.id).collect()).unwrap_or_default()
}

fn waiting(room: Option<&Room>) -> Vec<ParticipantId> {
    room.map(|room| room.knocks().iter().map(|knock| knock.id).collect()).unwrap_or_default()
}

/// How knocks ended by this.
fn ends(events: &Result<Vec<Event>, Rejection>) -> Vec<(SessionId, KnockEnd)> {
    let ended = |event: &Event| match event {
        Event::KnockEnded { session, end, .. } => Some((*session, *end)),
        _ => None,
    };
    events.iter().flatten().filter_map(ended).collect()
}

fn password(n: u8) -> Password {
    Password { id: PasswordId::from_bits(u128::from(n)), hash: "opaque".into() }
}

#[test]
fn a_door_refuses_who_is_new_and_nobody_who_belongs_inside() {
    let back = |n: u8, by: u8| {
        let claim = Claim { participant: who(n), ..claim(u32::from(n), 1, 1) };
        with(again(n, by, claim, MediaPath::Fresh), |caller| caller.keys = Keys::default())
    };
    // The first is host, the second is inside, the third was.
    for (entry, command, refused) in [
        (Entry::Open, comes(4, 4), None),
        (Entry::Lobby, comes(4, 4), Some(Rejection::KnockFirst)),
        (Entry::Locked, comes(4, 4), Some(Rejection::RoomLocked)),
        (Entry::Lobby, comes(3, 33), None),
        (Entry::Locked, comes(3, 33), Some(Rejection::RoomLocked)),
        (Entry::Lobby, comes(2, 22), None),
        (Entry::Locked, comes(2, 22), Some(Rejection::RoomLocked)),
        (Entry::Locked, back(2, 22), None),
        (Entry::Lobby, back(3, 33), None),
        (Entry::Locked, back(3, 33), Some(Rejection::RoomLocked)),
        (Entry::Lobby, with(comes(3, 33), |caller| caller.keys.person = None), None),
        (Entry::Lobby, with(comes(3, 33), |caller| caller.keys.browser = None), None),
        (
            Entry::Lobby,
            with(comes(3, 33), |caller| caller.keys = Keys::default()),
            Some(Rejection::KnockFirst),
        ),
    ] {
        let went = Command::Leave { session: session(3) };
        let room = given([comes(1, 1), comes(2, 2), comes(3, 3), went, set(1, entry)]);
        let outcome = step(room, at(20), command.clone()).1;
        assert_eq!(outcome.err(), refused, "{entry:?} {command:?}");
    }
}

#[test]
fn a_knock_waits_until_the_host_answers_or_nobody_has_to_knock() {
    for (what, answered, end) in [
        ("let in", answer(1, &[5], true), Some(KnockEnd::Admitted)),
        ("refused", answer(1, &[5], false), Some(KnockEnd::Refused)),
        ("opened", set(1, Entry::Open), Some(KnockEnd::Opened)),
        ("locked", set(1, Entry::Locked), Some(KnockEnd::Locked)),
        ("given up", Command::StopKnocking { session: session(5) }, Some(KnockEnd::GivenUp)),
        ("over", Command::EndRoom { session: session(1) }, Some(KnockEnd::Opened)),
        ("somebody else is", answer(1, &[6], true), None),
        ("somebody else asks no longer", Command::StopKnocking { session: session(6) }, None),
    ] {
        let room = given([comes(1, 1), set(1, Entry::Lobby)]);
        let version = room.as_ref().unwrap().version();
        let (room, asked) = step(room, at(20), knocks(5, 5));
        assert_eq!((asked.unwrap().len(), waiting(room.as_ref())), (1, vec![who(5)]));
        assert_eq!(room.as_ref().unwrap().version(), version, "the others are not told");
        let (room, outcome) = step(room, at(20), answered);
        let expected: Vec<_> = end.iter().map(|end| (session(5), *end)).collect();
        assert_eq!(ends(&outcome), expected, "{what}");
        assert_eq!(waiting(room.as_ref()).is_empty(), end.is_some(), "{what}");
    }
}

#[test]
fn who_was_let_in_comes_as_who_knocked_and_in_time() {
    for (command, later, refused) in [
        (comes(5, 5), 0, None),
        (comes(5, 5), ADMITTED - 1, None),
        (comes(5, 5), ADMITTED, Some(Rejection::KnockFirst)),
        (comes(5, 55), 0, None),
        (comes(6, 6), 0, Some(Rejection::KnockFirst)),
    ] {
        let room = given([comes(1, 1), set(1, Entry::Lobby), knocks(5, 5), answer(1, &[5], true)]);
        let (room, outcome) = step(room, at(10 + later), command.clone());
        assert_eq!(outcome.err(), refused, "{command:?} after {later}");
        let sits = inside(room.as_ref()).contains(&who(5));
        assert_eq!(sits, refused.is_none(), "{command:?} after {later}");
    }
    // Whoever is known need not be let in a second time; a lock keeps out even those who were.
    let inside_once =
        [knocks(5, 5), answer(1, &[5], true), comes(5, 5), Command::Leave { session: session(5) }];
    let room = given([comes(1, 1), set(1, Entry::Lobby)].into_iter().chain(inside_once));
    assert_eq!(step(room.clone(), at(500), comes(5, 5)).1.err(), None);
    assert_eq!(step(room.clone(), at(500), knocks(5, 5)).1, Ok(Vec::new()), "there is nothing to ask for");
    let (room, _) = step(room, at(500), knocks(6, 6));
    let (room, _) = step(room, at(500), answer(1, &[6], true));
    let (room, _) = step(room, at(500), set(1, Entry::Locked));
    assert_eq!(step(room, at(501), comes(6, 6)).1.err(), Some(Rejection::RoomLocked));
}

#[test]
fn a_knock_outlives_a_broken_line_for_its_grace_and_goes_on_by_another_session() {
    let detach = Command::Detach { session: session(5), until: at(50) };
    let lobby = [comes(1, 1), set(1, Entry::Lobby), knocks(5, 5), detach];
    let room = given(lobby);
    assert_eq!(room.as_ref().unwrap().next_deadline(), Some(at(50)));
    let (gone, outcome) = step(room.clone(), at(50), Command::Expire);
    assert_eq!(ends(&outcome), [(session(5), KnockEnd::GivenUp)]);
    assert_eq!(gone.unwrap().next_deadline(), None);
    let (back, _) = step(room.clone(), at(20), Command::Attach { session: session(5) });
    assert_eq!(step(back, at(60), Command::Expire).1, Ok(Vec::new()));
    // The same page by another session: one knock, since the first.
    let (room, _) = step(room, at(30), knocks(5, 55));
    let knock = &room.as_ref().unwrap().knocks()[0];
    assert_eq!((waiting(room.as_ref()), knock.since, knock.session), (vec![who(5)], at(10), session(55)));
    // Another tab whose line holds has a knock of its own.
    let (room, _) = step(room, at(30), knocks(5, 56));
    assert_eq!(waiting(room.as_ref()), [who(5), who(56)]);
}

#[test]
fn a_session_has_one_knock_whoever_it_turns_out_to_be() {
    let detach = Command::Detach { session: session(5), until: at(50) };
    let room = given([comes(1, 1), set(1, Entry::Lobby), knocks(5, 5), knocks(6, 6), detach]);
    // Signed in as who lost their line, it goes on with its own; the other one ends by its grace.
    let (room, _) = step(room, at(20), knocks(5, 6));
    assert_eq!(waiting(room.as_ref()), [who(5), who(6)]);
    let sessions = |room: &Room| room.knocks().iter().map(|knock| knock.session).collect::<Vec<_>>();
    assert_eq!(sessions(room.as_ref().unwrap()), [session(5), session(6)]);
    let (room, _) = step(room, at(50), Command::Expire);
    assert_eq!(waiting(room.as_ref()), [who(6)]);
}

#[test]
fn only_so_many_knock_and_only_from_outside() {
    let lobby = [comes(1, 1), set(1, Entry::Lobby)];
    let crowd = (10..10 + u8::try_from(door::MAX_KNOCKS).unwrap()).map(|n| knocks(n, n));
    let room = given(lobby.into_iter().chain(crowd));
    assert_eq!(step(room.clone(), at(20), knocks(9, 9)).1, Err(Rejection::LobbyFull));
    assert_eq!(step(room.clone(), at(20), knocks(10, 10)).1, Ok(Vec::new()), "the same one again is none");
    assert_eq!(step(room, at(20), knocks(1, 1)).1, Err(Rejection::AlreadyInRoom));
    let full = given([comes(1, 1), comes(2, 2), comes(3, 3), set(1, Entry::Lobby)]);
    assert_eq!(step(full, at(20), knocks(5, 5)).1, Err(Rejection::RoomFull));
    assert_eq!(step(None, at(20), knocks(5, 5)).1, Ok(Vec::new()), "nobody to ask");
}

#[test]
fn a_password_is_asked_for_from_whoever_does_not_come_back() {
    let set_password = |n| Command::SetPassword { session: session(1), password: Some(password(n)) };
    let shown = |n: Option<u8>| n.map(|n| PasswordId::from_bits(u128::from(n)));
    for (show, refused) in [
        (None, Some(Rejection::PasswordRequired)),
        (Some(7), None),
        // It was compared with the one before.
        (Some(6), Some(Rejection::PasswordWrong)),
    ] {
        let room = given([comes(1, 1), comes(2, 2), set_password(6), set_password(7)]);
        let comes = with(comes(5, 5), |caller| caller.shown = shown(show));
        assert_eq!(step(room.clone(), at(20), comes).1.err(), refused, "{show:?}");
        let continues = again(2, 22, claim(2, 1, 1), MediaPath::Fresh);
        assert_eq!(step(room.clone(), at(20), continues.clone()).1.err(), None);
        let (room, _) = step(room, at(20), Command::Leave { session: session(2) });
        assert_eq!(step(room, at(20), continues).1.err(), None);
    }
    let room = given([comes(1, 1), set_password(6)]);
    let (room, taken) = step(room, at(20), Command::SetPassword { session: session(1), password: None });
    assert_eq!(taken, Ok(vec![Event::PasswordChanged { password: None }]));
    assert_eq!(step(room, at(20), comes(5, 5)).1.err(), None);
    // Knocking is not a way around it; being let in is.
    let room = given([comes(1, 1), set_password(6), set(1, Entry::Lobby)]);
    assert_eq!(step(room.clone(), at(20), knocks(5, 5)).1, Err(Rejection::PasswordRequired));
    let (room, _) = step(room, at(20), with(knocks(5, 5), |caller| caller.shown = shown(Some(6))));
    let (room, _) = step(room, at(20), answer(1, &[5], true));
    assert_eq!(step(room, at(20), comes(5, 5)).1.err(), None);
}

#[test]
fn who_was_removed_does_not_come_back_by_any_way_until_the_room_is_no_more() {
    let remove = Command::Remove { session: session(1), participant: who(2) };
    let continues = again(2, 22, claim(2, 1, 1), MediaPath::Kept);
    let strangers = |command| with(command, |caller| caller.keys = Keys::default());
    for (what, command, refused) in [
        ("the same session", strangers(comes(2, 2)), true),
        (
            "another tab, or a private page of the same account",
            with(comes(2, 22), |c| c.keys.browser = None),
            true,
        ),
        ("another guest in the same browser", with(comes(2, 22), |c| c.keys.person = None), true),
        ("a continuation in another browser", strangers(continues), true),
        ("a knock", knocks(2, 22), true),
        ("somebody else", comes(3, 3), false),
        ("nobody who can be known", strangers(comes(4, 4)), false),
    ] {
        let room = given([comes(1, 1), comes(2, 2), remove.clone()]);
        assert_eq!(inside(room.as_ref()), [who(1)]);
        let refusal = Some(Rejection::Removed).filter(|_| refused);
        assert_eq!(step(room.clone(), at(20), command.clone()).1.err(), refusal, "{what}");
        // The room is empty and remembered.
        let (room, _) = step(room, at(20), Command::Leave { session: session(1) });
        assert_eq!(step(room.clone(), at(20), command.clone()).1.err(), refusal, "{what}, later");
        let (room, _) = step(room, at(20 + REMEMBERED), Command::Expire);
        assert_eq!(room, None);
        assert_eq!(step(room, at(500), command).1.err(), None, "{what}, when the room is no more");
    }
}

#[test]
fn with_somebody_goes_whoever_is_the_same_but_never_the_host() {
    let remove = |n| Command::Remove { session: session(1), participant: who(n) };
    let (room, outcome) = step(given([comes(1, 1), comes(2, 2), comes(2, 22)]), at(20), remove(2));
    let reasons: Vec<_> = outcome
        .unwrap()
        .into_iter()
        .filter_map(|event| match event {
            Event::Left { participant, reason, .. } => Some((participant, reason)),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [(who(2), LeaveReason::Removed), (who(22), LeaveReason::Removed)]);
    assert_eq!(inside(room.as_ref()), [who(1)]);
    // Two tabs of the host's own browser.
    let (room, _) = step(given([comes(1, 1), comes(1, 11)]), at(20), remove(11));
    assert_eq!(inside(room.as_ref()), [who(1)]);
    assert_eq!(step(room.clone(), at(20), comes(1, 12)).1.err(), None, "the host is not kept out");
    assert_eq!(step(room.clone(), at(20), comes(1, 11)).1.err(), Some(Rejection::Removed));
    assert_eq!(step(room, at(20), remove(1)).1, Err(Rejection::ParticipantUnknown), "oneself");
}

#[test]
fn an_empty_room_remembers_what_its_host_decided_and_waits_for_them() {
    let leave = Command::Leave { session: session(1) };
    let hand_over = Command::MakeHost { session: session(1), participant: who(2) };
    for (what, decided, remembered) in [
        ("nothing", vec![], false),
        ("nothing in the end", vec![set(1, Entry::Lobby), set(1, Entry::Open)], false),
        ("a lock", vec![set(1, Entry::Locked)], true),
        ("a lobby", vec![set(1, Entry::Lobby)], true),
        ("a password", vec![Command::SetPassword { session: session(1), password: Some(password(6)) }], true),
        ("who the host is", vec![comes(2, 2), hand_over, Command::Leave { session: session(2) }], false),
    ] {
        let room = given([comes(1, 1)].into_iter().chain(decided));
        let settings = room.as_ref().unwrap().settings();
        let (room, outcome) = step(room, at(20), leave.clone());
        assert_eq!(outcome.unwrap().contains(&Event::Closed), !remembered, "{what}");
        let Some(room) = room else { continue };
        assert_eq!(room.next_deadline(), Some(at(20 + REMEMBERED)), "{what}");
        assert_eq!((room.settings(), room.members(), room.place()), (settings, &[][..], None), "{what}");
        assert_eq!(step(Some(room.clone()), at(119), Command::Expire).1, Ok(Vec::new()), "{what}");
        let (room, outcome) = step(Some(room), at(120), Command::Expire);
        assert_eq!((room, outcome), (None, Ok(vec![Event::Closed])), "{what}");
    }
}

#[test]
fn into_a_remembered_room_comes_its_host_and_others_meet_the_door() {
    let host = |room: Option<&Room>| room.and_then(Room::host).map(|host| host.id);
    let known = [comes(1, 1), comes(2, 2), Command::Leave { session: session(2) }];
    let leave = Command::Leave { session: session(1) };
    for entry in [Entry::Lobby, Entry::Locked] {
        let empty = given(known.clone().into_iter().chain([set(1, entry), leave.clone()]));
        let refusal = if entry == Entry::Lobby { Rejection::KnockFirst } else { Rejection::RoomLocked };
        assert_eq!(step(empty.clone(), at(20), comes(5, 5)).1.err(), Some(refusal));
        let (room, outcome) = step(empty.clone(), at(20), comes(1, 11));
        assert!(matches!(outcome.unwrap()[0], Event::Refilled { call: begun } if begun == call(11)));
        assert_eq!((host(room.as_ref()), room.as_ref().unwrap().next_deadline()), (Some(who(11)), None));
        assert_eq!(room.unwrap().settings().entry, entry);
    }
    // Who need not knock waits inside for the host, but not for ever.
    let empty = given(known.into_iter().chain([set(1, Entry::Lobby), leave]));
    let (room, _) = step(empty, at(20), knocks(5, 5));
    assert_eq!(waiting(room.as_ref()), [who(5)]);
    let (room, _) = step(room, at(30), comes(2, 22));
    assert_eq!((host(room.as_ref()), inside(room.as_ref())), (None, vec![who(22)]));
    assert_eq!(step(room.clone(), at(30), set(22, Entry::Open)).1, Err(Rejection::NotHost));
    let (with_host, _) = step(room.clone(), at(40), comes(1, 11));
    assert_eq!((host(with_host.as_ref()), waiting(with_host.as_ref())), (Some(who(11)), vec![who(5)]));
    let (room, _) = step(room, at(10 + REMEMBERED), Command::Expire);
    assert_eq!((host(room.as_ref()), room.unwrap().next_deadline()), (Some(who(22)), None));
    // Where everybody may come in, somebody stands in for the host until they are back.
    let remove = Command::Remove { session: session(1), participant: who(3) };
    let open = given([comes(1, 1), comes(3, 3), remove, Command::Leave { session: session(1) }]);
    let (room, _) = step(open, at(20), comes(5, 5));
    assert_eq!(host(room.as_ref()), Some(who(5)));
    let (room, _) = step(room, at(30), comes(1, 11));
    assert_eq!(host(room.as_ref()), Some(who(11)));
}

#[test]
fn those_who_knock_at_an_empty_room_are_told_when_it_is_no_more() {
    let room =
        given([comes(1, 1), set(1, Entry::Lobby), Command::Leave { session: session(1) }, knocks(5, 5)]);
    let (room, outcome) = step(room, at(10 + REMEMBERED), Command::Expire);
    assert_eq!((room, ends(&outcome)), (None, vec![(session(5), KnockEnd::Opened)]));
}

#[test]
fn only_some_may_open_a_room_that_nobody_is_in() {
    let guest = |command| with(command, |caller| caller.may_open = false);
    assert_eq!(step(None, at(10), guest(comes(2, 2))).1, Err(Rejection::RoomNotOpen));
    assert_eq!(step(None, at(10), guest(knocks(2, 2))).1, Err(Rejection::RoomNotOpen));
    let back = again(2, 22, claim(2, 1, 1), MediaPath::Fresh);
    assert_eq!(step(None, at(10), guest(back)).1, Err(Rejection::RoomNotOpen));
    assert_eq!(step(given([comes(1, 1)]), at(10), guest(comes(2, 2))).1.err(), None);
    let empty = given([comes(1, 1), set(1, Entry::Lobby), Command::Leave { session: session(1) }]);
    assert_eq!(step(empty, at(10), guest(knocks(2, 2))).1, Err(Rejection::RoomNotOpen));
}

#[test]
fn what_is_met_from_outside_is_what_joining_would_be_refused_with() {
    let (new, host) = (comes(5, 5), comes(1, 11));
    let remove = Command::Remove { session: session(1), participant: who(2) };
    for (what, before, command, expected) in [
        ("open", vec![], &new, Ok(())),
        ("lobby", vec![set(1, Entry::Lobby)], &new, Err(Rejection::KnockFirst)),
        ("lobby, known", vec![set(1, Entry::Lobby)], &host, Ok(())),
        ("locked", vec![set(1, Entry::Locked)], &new, Err(Rejection::RoomLocked)),
        ("full", vec![comes(2, 2), comes(3, 3)], &new, Err(Rejection::RoomFull)),
        ("full, lobby", vec![comes(2, 2), comes(3, 3), set(1, Entry::Lobby)], &new, Err(Rejection::RoomFull)),
        ("removed", vec![comes(2, 2), remove.clone()], &comes(2, 22), Err(Rejection::Removed)),
        (
            "a password is no door",
            vec![Command::SetPassword { session: session(1), password: Some(password(6)) }],
            &new,
            Ok(()),
        ),
    ] {
        let room = given([comes(1, 1)].into_iter().chain(before));
        let Command::Join { caller, .. } = command else { unreachable!() };
        assert_eq!(Room::meets(room.as_ref(), at(20), LIMITS, caller), expected, "{what}");
    }
}
