//! Those for whom the organisation answers: what they pass, what they do not, and who of them decides about the room.

use super::doors::{comes, inside, set, with};
use super::*;
use crate::ids::PasswordId;

pub(super) fn vouched(n: u8, as_what: Vouched) -> Command {
    with(comes(n, n), |caller| (caller.vouched, caller.may_open) = (Some(as_what), false))
}

fn host(room: Option<&Room>) -> Option<ParticipantId> {
    room?.host().map(|host| host.id)
}

#[test]
fn they_need_neither_admission_nor_password_but_no_lock_opens_for_them() {
    let password = Password { id: PasswordId::from_bits(1), hash: "opaque".into() };
    let secret = Command::SetPassword { session: session(1), password: Some(password) };
    for (what, before, refused) in [
        ("open", vec![], None),
        ("a lobby", vec![set(1, Entry::Lobby)], None),
        ("a password", vec![secret.clone()], None),
        ("both", vec![set(1, Entry::Lobby), secret], None),
        ("a lock", vec![set(1, Entry::Locked)], Some(Rejection::RoomLocked)),
        ("a full room", vec![join(2), join(3)], Some(Rejection::RoomFull)),
    ] {
        for as_what in [Vouched::Participant, Vouched::Host] {
            let room = given([join(1)].into_iter().chain(before.clone()));
            let outcome = step(room, at(20), vouched(4, as_what)).1;
            assert_eq!(outcome.err(), refused, "{what}");
        }
    }
}

#[test]
fn they_open_a_room_that_not_everybody_may() {
    let room = step(None, at(10), vouched(1, Vouched::Participant)).0;
    assert_eq!(inside(room.as_ref()), [who(1)]);
}

#[test]
fn who_was_removed_stays_out_whoever_answers_for_them() {
    let remove = Command::Remove { session: session(1), participant: who(2) };
    let room = given([join(1), vouched(2, Vouched::Participant), remove]);
    assert_eq!(inside(room.as_ref()), [who(1)]);
    let again = |by: u8| with(comes(2, by), |caller| caller.vouched = Some(Vouched::Host));
    for command in [again(2), again(7)] {
        assert_eq!(step(room.clone(), at(20), command).1, Err(Rejection::Removed));
    }
    assert!(step(room, at(20), vouched(3, Vouched::Participant)).1.is_ok());
}

#[test]
fn who_is_sent_to_decide_does_and_the_first_of_several() {
    for (what, commands, expected) in [
        ("over who was first", vec![join(1), vouched(2, Vouched::Host)], 2),
        ("the first of two", vec![join(1), vouched(2, Vouched::Host), vouched(3, Vouched::Host)], 2),
        (
            "the other one follows",
            vec![join(1), vouched(2, Vouched::Host), vouched(3, Vouched::Host), leave(2)],
            3,
        ),
        ("else who is there", vec![join(1), vouched(2, Vouched::Host), leave(2)], 1),
        ("a participant does not", vec![join(1), vouched(2, Vouched::Participant)], 1),
        ("they open it", vec![vouched(2, Vouched::Host), join(1)], 2),
    ] {
        assert_eq!(host(given(commands).as_ref()), Some(who(expected)), "{what}");
    }
}

#[test]
fn they_hand_it_over_and_keep_it_over_a_reload() {
    let room = given([join(1), vouched(2, Vouched::Host)]);
    let hand_over = Command::MakeHost { session: session(2), participant: who(1) };
    assert_eq!(host(step(room.clone(), at(20), hand_over).0.as_ref()), Some(who(1)));
    let back = with(again(2, 12, claim(2, 1, 1), MediaPath::Fresh), |caller| {
        caller.vouched = Some(Vouched::Host);
    });
    let (room, _) = step(room, at(20), back);
    assert_eq!(host(room.as_ref()), Some(who(2)));
    // Nobody else who is sent takes it from them.
    assert_eq!(host(step(room, at(20), vouched(3, Vouched::Host)).0.as_ref()), Some(who(2)));
}

#[test]
fn a_room_that_waits_for_its_hosts_has_one_when_somebody_is_sent() {
    let room = given([comes(1, 1), set(1, Entry::Lobby), leave(1)]);
    let (room, events) = step(room, at(20), vouched(2, Vouched::Host));
    assert!(events.unwrap().contains(&Event::Unreserved));
    assert_eq!(host(room.as_ref()), Some(who(2)));
}
