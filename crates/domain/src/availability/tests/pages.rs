//! Pages that come, go and are silent for a while; what people choose; versions.

use super::*;

#[test]
fn a_visitor_may_be_rung_at_once_and_a_representative_once_they_are_online() {
    let mut world = World::new();
    world.does(open(VERA, page_of(VERA))).does(open(RIA, page_of(RIA)));
    assert_eq!((world.status(VERA), world.status(RIA)), (Status::Available, Status::Offline));
    world.at(2_000).does(go(RIA, true));
    assert_eq!((world.status(RIA), world.person(RIA).idle_since()), (Status::Available, at(2_000)));
    world.does(go(RIA, false));
    assert_eq!(world.status(RIA), Status::Offline);
}

#[test]
fn nobody_without_a_card_goes_online_and_who_loses_it_is_not_online_any_more() {
    let mut world = World::with(&[VERA, RIA]);
    world.ignores(go(VERA, true));
    world.does(Command::SetCard { person: RIA, card: None });
    assert!(!world.person(RIA).online());
    world.ignores(Command::SetCard { person: ROB, card: Some(card_of(ROB)) });
    world.does(Command::SetCard { person: RIA, card: Some(card_of(RIA)) });
    assert_eq!(world.status(RIA), Status::Offline);
}

#[test]
fn what_is_chosen_is_shown_and_counts_from_when_it_was_chosen() {
    let mut world = World::with(&[RIA]);
    for (chosen, status) in [
        (Chosen::Away, Status::Away),
        (Chosen::Unavailable, Status::Unavailable),
        (Chosen::Available, Status::Available),
    ] {
        world.at(3_000).does(choose(RIA, chosen));
        assert_eq!(world.status(RIA), status);
    }
    assert_eq!(world.person(RIA).idle_since(), at(3_000));
    world.at(4_000).ignores(choose(RIA, Chosen::Available));
    world.refuses(choose(ROB, Chosen::Away), Rejection::NotHere);
}

#[test]
fn a_line_that_comes_back_within_the_grace_changes_nothing() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA));
    for person in [VERA, RIA] {
        let before = world.person(person).clone();
        world.does(lose_line(person, 16_000));
        assert_eq!(world.person(person).next_deadline(), Some(at(16_000)));
        world.at(15_999).ignores(Command::PersonDue { person });
        world.does(Command::Attach { person, session: page_of(person) });
        assert_eq!(Person { version: before.version, ..world.person(person).clone() }, before);
        world.at(16_001).ignores(Command::PersonDue { person });
    }
    assert!(world.ring(1).rings());
}

#[test]
fn a_page_that_opens_again_under_its_session_is_the_same_page() {
    let mut world = World::with(&[VERA]);
    world.does(lose_line(VERA, 2_000)).does(open(VERA, page_of(VERA)));
    assert_eq!((world.person(VERA).pages.len(), world.person(VERA).next_deadline()), (1, None));
    world.ignores(open(VERA, page_of(VERA)));
}

#[test]
fn the_first_of_several_pages_to_close_changes_nothing_but_the_last_one_does() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(open(RIA, page(99))).does(call(1, VERA, RIA));
    world.does(lose_line(RIA, 2_000)).at(2_000).does(Command::PersonDue { person: RIA });
    assert_eq!((world.status(RIA), world.ring(1).rings()), (Status::Ringing, true));
    world.does(Command::Detach { person: RIA, session: page(99), until: at(5_000) });
    world.at(5_000).does(Command::PersonDue { person: RIA });
    assert_eq!(world.ends(), [(ring(1), RingEnd::CalleeLost)]);
    assert_eq!(world.documents.person(RIA), None);
}

#[test]
fn a_page_that_is_closed_for_its_owner_is_gone_at_once_and_with_the_last_one_what_they_did() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(open(RIA, page(99))).does(call(1, VERA, RIA));
    let close = |session| Command::Close { person: RIA, session };
    world.does(close(page(99))).ignores(close(page(99)));
    assert_eq!((world.status(RIA), world.ring(1).rings()), (Status::Ringing, true));
    world.does(close(page_of(RIA)));
    assert_eq!(world.ends(), [(ring(1), RingEnd::CalleeLost)]);
    assert_eq!(world.documents.person(RIA), None);
    world.ignores(close(page_of(RIA)));
}

#[test]
fn commands_about_pages_and_people_that_are_gone_change_nothing() {
    let mut world = World::with(&[VERA]);
    for session in [page(77), page_of(RIA)] {
        world.ignores(Command::Attach { person: VERA, session });
        world.ignores(Command::Detach { person: RIA, session, until: at(2_000) });
    }
    world.ignores(Command::PersonDue { person: RIA }).ignores(Command::RingDue { ring: ring(9) });
    world.ignores(Command::QueueDue { desk: CLAIMS }).ignores(Command::LeaveQueue { person: RIA });
}

#[test]
fn somebody_who_goes_and_comes_again_has_a_higher_version_and_starts_anew() {
    let mut world = World::with(&[RIA]);
    world.does(choose(RIA, Chosen::Unavailable)).does(choose(RIA, Chosen::Away));
    let before = world.person(RIA).version();
    assert_eq!(before, 1_000 + 3);
    world.does(lose_line(RIA, 3_500)).at(3_500).does(Command::PersonDue { person: RIA });
    world.at(3_501).does(open(RIA, page_of(RIA)));
    let after = world.person(RIA);
    assert!(after.version() > before + 1);
    assert_eq!((after.chosen(), after.online(), after.missed()), (Chosen::Available, false, false));
}

#[test]
fn what_is_needed_is_named_one_by_one() {
    let needed = |scene: &Scene| match decide(scene, at(1), RULES, call(1, VERA, RIA)) {
        Err(Stop::Missing(id)) => Some(id),
        _ => None,
    };
    let mut scene = Scene::default();
    assert_eq!(needed(&scene), Some(DocumentId::Person(VERA)));
    scene.people.insert(VERA, World::with(&[VERA]).documents.person(VERA).cloned());
    assert_eq!(needed(&scene), Some(DocumentId::Person(RIA)));
    scene.people.insert(RIA, None);
    let refused = decide(&scene, at(1), RULES, call(1, VERA, RIA)).map(|decision| decision.told);
    assert_eq!(refused, Err(Stop::Rejected(Rejection::NotAvailable)));
    let due = decide(&scene, at(1), RULES, Command::RingDue { ring: ring(4) }).map(|decision| decision.told);
    assert_eq!(due, Err(Stop::Missing(DocumentId::Ring(ring(4)))));
    let due = decide(&scene, at(1), RULES, Command::QueueDue { desk: LOANS }).map(|decision| decision.told);
    assert_eq!(due, Err(Stop::Missing(DocumentId::Queue(LOANS))));
}
