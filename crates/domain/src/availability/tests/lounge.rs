//! Places in the lounge: coming, names, pages that take over, rooms, statuses, who writes with whom, going.

use super::*;
use crate::lounge::{LoungeSeat, MAX_TALKS, NameKey};
use crate::message::TALK_FOR;

const SECOND: u128 = 99;

fn name(typed: &str) -> PersonName {
    PersonName::parse(typed).unwrap()
}

fn enter_as(person: PersonId, typed: &str) -> Command {
    Command::EnterLounge(Entering { name: name(typed), ..entering(person) })
}

fn enter_by(person: PersonId, session: SessionId, other: OtherPage) -> Command {
    Command::EnterLounge(Entering { session, other, ..entering(person) })
}

fn jump(person: PersonId, room: LoungeRoomId) -> Command {
    Command::Jump { person, session: page_of(person), room }
}

fn leave(person: PersonId) -> Command {
    Command::LeaveLounge { person, session: Some(page_of(person)) }
}

fn say(person: PersonId, chosen: Chosen, text: &str) -> Command {
    Command::SetStatus { person, session: page_of(person), chosen, text: text.to_owned() }
}

fn idle(person: PersonId, idle: bool) -> Command {
    Command::SetIdle { person, session: page_of(person), idle }
}

fn talk(one: PersonId, other: PersonId) -> Command {
    Command::Talk { one, other }
}

fn due(room: LoungeRoomId) -> Command {
    Command::GatheringDue { room }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

impl World {
    fn place(&self, person: PersonId) -> &LoungeSeat {
        self.person(person).seat().expect("they are in the lounge")
    }

    /// Whose a name is, in each of its forms.
    fn owners(&self, typed: &str) -> Vec<PersonId> {
        let keys = NameKey::all_of(&name(typed));
        keys.into_iter().filter_map(|key| Some(self.documents.name(key)?.person)).collect()
    }

    fn talks(&self, person: PersonId) -> Vec<(PersonId, Timestamp)> {
        self.place(person).talks.iter().map(|talk| (talk.with, talk.until)).collect()
    }
}

/// What a command looks at, and what it changes of that.
fn touched(world: &World, command: &Command) -> (BTreeSet<DocumentId>, BTreeSet<DocumentId>) {
    let mut scene = Scene::default();
    loop {
        match decide(&scene, world.now, RULES, command.clone()) {
            Err(Stop::Missing(id)) => world.load(&mut scene, id),
            Err(Stop::Rejected(rejection)) => panic!("{command:?} is refused: {rejection}"),
            Ok(decision) => return (ids_of(&scene).into_iter().collect(), decision.changed),
        }
    }
}

fn names(typed: &str) -> impl Iterator<Item = DocumentId> {
    NameKey::all_of(&name(typed)).into_iter().map(DocumentId::Name)
}

#[test]
fn whoever_comes_has_a_place_in_a_room_and_a_name() {
    let mut world = World::with(&[VERA]);
    world.does(enter_as(VERA, "Ben"));
    let place = world.place(VERA);
    assert_eq!((place.session, place.room, &place.name), (page_of(VERA), GENERAL, &name("Ben")));
    assert_eq!((place.account, place.idle, place.text.as_str(), place.talks.len()), (false, false, "", 0));
    assert_eq!((world.gathered(GENERAL), world.owners("Ben")), ([VERA].as_slice(), vec![VERA]));
    assert_eq!(world.documents.gathering(GENERAL).map(Gathering::told), Some(1));
    assert_eq!((world.presence(VERA), world.person(VERA).next_deadline()), (Status::Available, None));
    world.ignores(enter_as(VERA, "Ben"));
}

#[test]
fn whoever_comes_by_a_page_that_nobody_knew_is_here_by_it() {
    let mut world = World::new();
    world.does(enter(VERA));
    assert_eq!(world.person(VERA).pages().len(), 1);
    assert_eq!(world.presence(VERA), Status::Available);
}

#[test]
fn a_page_without_a_line_has_none_by_coming() {
    let mut world = World::with(&[VERA]);
    world.does(lose_line(VERA, 4_000)).does(enter(VERA));
    assert_eq!(world.person(VERA).next_deadline(), Some(at(4_000)));
    world.at(4_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.documents.person(VERA), world.gathered(GENERAL)), (None, [].as_slice()));
}

#[test]
fn nobody_has_a_name_that_looks_like_somebody_elses() {
    let mut world = World::with(&[VERA, VITO]);
    world.does(enter_as(VERA, "Ben"));
    for typed in ["Ben", "BEN", "Вen", "B\u{200d}en", "Ｂｅｎ"] {
        world.refuses(enter_as(VITO, typed), Rejection::NameTaken);
    }
    world.does(enter_as(VITO, "Benn"));
    world.refuses(enter_as(VITO, "ben"), Rejection::NameTaken);
    assert_eq!((world.owners("Ben"), world.owners("Benn")), (vec![VERA], vec![VITO]));
    assert_eq!(world.gathered(GENERAL), [VERA, VITO]);
}

#[test]
fn another_name_frees_the_one_before_but_not_what_both_are_known_by() {
    let mut world = World::with(&[VERA, VITO, VUK]);
    world.does(enter_as(VERA, "Ida")).does(enter_as(VERA, "IDA"));
    world.refuses(enter_as(VITO, "ida"), Rejection::NameTaken);
    world.refuses(enter_as(VITO, "lDA"), Rejection::NameTaken);
    world.does(enter_as(VERA, "Ben")).does(enter_as(VITO, "ida")).does(enter_as(VUK, "lda"));
    let whose = |typed| world.owners(typed).into_iter().collect::<BTreeSet<_>>();
    assert_eq!((whose("Ben"), whose("ida"), whose("lda")), ([VERA].into(), [VITO].into(), [VUK].into()));
    assert_eq!(world.gathered(GENERAL), [VERA, VITO, VUK]);
}

#[test]
fn a_person_is_there_by_one_page_until_that_one_gives_way() {
    let mut world = World::lounge(&[VERA]);
    let other = page(SECOND);
    world.does(say(VERA, Chosen::Away, "lunch")).does(idle(VERA, true));
    world.refuses(enter_by(VERA, other, OtherPage::Keeps), Rejection::InUse);
    world.does(enter_by(VERA, other, OtherPage::Yields));
    assert_eq!((world.place(VERA).session, world.person(VERA).pages().len()), (other, 2));
    assert_eq!((world.place(VERA).text.as_str(), world.place(VERA).idle), ("lunch", false));
    assert_eq!(world.gathered(GENERAL), [VERA]);
    for command in [jump(VERA, SPORTS), say(VERA, Chosen::Available, ""), idle(VERA, true)] {
        world.refuses(command, Rejection::NotHere);
    }
    world.ignores(leave(VERA));
    world.does(lose_line(VERA, 4_000)).at(4_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.place(VERA).session, world.gathered(GENERAL)), (other, [VERA].as_slice()));
}

#[test]
fn a_reload_within_the_grace_changes_the_page_and_nothing_else() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(say(VERA, Chosen::Away, "lunch")).does(talk(VERA, VITO)).does(jump(VERA, SPORTS));
    let again = Entering { session: page(SECOND), room: SPORTS, ..entering(VERA) };
    world.at(2_000).does(lose_line(VERA, 17_000));
    let (before, told) = (world.person(VERA).clone(), world.documents.gathering(SPORTS).cloned());
    world.at(3_000).does(Command::EnterLounge(again));
    let after = world.person(VERA).clone();
    let seat = before.seat.clone().map(|seat| LoungeSeat { session: page(SECOND), ..seat });
    assert_eq!(
        Person { seat, pages: after.pages.clone(), version: after.version, ..before },
        after,
        "somebody could see it"
    );
    assert_eq!((world.documents.gathering(SPORTS).cloned(), world.talks(VITO).len()), (told, 1));
    world.at(17_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.person(VERA).pages().len(), world.gathered(SPORTS)), (1, [VERA].as_slice()));
    assert_eq!(world.presence(VERA), Status::Away);
}

#[test]
fn the_place_and_the_name_are_free_exactly_when_the_grace_of_their_page_is_over() {
    let mut world = World::with(&[VERA, VITO, VUK]);
    world.does(enter_as(VERA, "Ben")).does(enter(VUK)).does(talk(VERA, VUK));
    world.does(open(VERA, page(SECOND))).does(lose_line(VERA, 16_000));
    assert_eq!(world.person(VERA).next_deadline(), Some(at(16_000)));
    world.at(15_999).ignores(Command::PersonDue { person: VERA });
    world.refuses(enter_as(VITO, "Ben"), Rejection::NameTaken);
    world.at(16_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.person(VERA).seat(), world.presence(VERA)), (None, Status::Offline));
    assert_eq!((world.status(VERA), world.person(VERA).pages().len()), (Status::Available, 1));
    assert_eq!((world.gathered(GENERAL), world.talks(VUK)), ([VUK].as_slice(), vec![]));
    world.does(enter_as(VITO, "Ben"));
    assert_eq!(world.owners("Ben"), [VITO]);
}

#[test]
fn another_page_that_goes_leaves_the_place_alone() {
    let mut world = World::lounge(&[VERA]);
    world.does(open(VERA, page(SECOND)));
    world.does(Command::Detach { person: VERA, session: page(SECOND), until: at(2_000) });
    world.at(2_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.place(VERA).session, world.gathered(GENERAL)), (page_of(VERA), [VERA].as_slice()));
}

#[test]
fn whoever_jumps_leaves_one_room_and_is_in_the_other_once() {
    let mut world = World::lounge(&[VERA, VITO, VUK]);
    world.does(talk(VERA, VITO)).does(say(VERA, Chosen::Away, "lunch"));
    world.does(jump(VERA, SPORTS));
    assert_eq!(
        (world.gathered(GENERAL), world.gathered(SPORTS)),
        ([VITO, VUK].as_slice(), [VERA].as_slice())
    );
    let place = world.place(VERA);
    assert_eq!((place.room, place.talks.len(), place.text.as_str()), (SPORTS, 1, "lunch"));
    world.ignores(jump(VERA, SPORTS));
    world.does(jump(VERA, GENERAL));
    assert_eq!(
        (world.gathered(GENERAL), world.gathered(SPORTS)),
        ([VITO, VUK, VERA].as_slice(), [].as_slice())
    );
    world.refuses(jump(ROB, SPORTS), Rejection::NotHere);
    world.does(leave(VITO)).refuses(jump(VITO, SPORTS), Rejection::NotHere);
}

#[test]
fn a_full_room_takes_nobody_new_and_whoever_is_there_may_come_back() {
    let mut world = World::lounge(&[VERA, VITO, VUK, RIA]);
    assert_eq!(world.gathered(GENERAL).len(), RULES.lounge_room);
    world.does(open(ROB, page_of(ROB))).refuses(enter(ROB), Rejection::LoungeRoomFull);
    assert_eq!(world.owners("Person 12"), [], "a name without a place");
    world.does(Command::EnterLounge(Entering { room: SPORTS, ..entering(ROB) }));
    world.refuses(jump(ROB, GENERAL), Rejection::LoungeRoomFull);
    assert_eq!((world.place(ROB).room, world.gathered(SPORTS)), (SPORTS, [ROB].as_slice()));
    world.does(enter_by(VERA, page(SECOND), OtherPage::Yields));
    world.does(leave(VITO)).does(jump(ROB, GENERAL));
    assert_eq!(world.gathered(GENERAL), [VERA, VUK, RIA, ROB]);
}

#[test]
fn whoever_leaves_leaves_the_lounge_and_keeps_the_page() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(talk(VERA, VITO)).does(leave(VERA));
    assert_eq!((world.presence(VERA), world.status(VERA)), (Status::Offline, Status::Available));
    assert_eq!((world.gathered(GENERAL), world.talks(VITO)), ([VITO].as_slice(), vec![]));
    assert_eq!(world.owners("Person 1"), []);
    world.ignores(leave(VERA)).ignores(leave(ROB));
    world.does(Command::LeaveLounge { person: VITO, session: None });
    assert_eq!((world.documents.names.len(), world.gathered(GENERAL).len()), (0, 0));
}

#[test]
fn nothing_is_left_of_a_room_and_its_number_is_told_to_the_end() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(leave(VERA)).does(leave(VITO));
    let told = |world: &World| world.documents.gathering(GENERAL).map(Gathering::told);
    assert_eq!(told(&world), Some(1));
    world.at(1_999).ignores(due(GENERAL));
    world.at(2_000).does(due(GENERAL));
    assert_eq!(told(&world), Some(0));
    world.at(3_000).does(due(GENERAL)).ignores(due(GENERAL)).ignores(due(SPORTS));
    assert_eq!((told(&world), world.documents.gatherings.len()), (None, 0));
}

#[test]
fn what_is_chosen_and_idleness_are_seen_in_the_lounge() {
    let mut world = World::lounge(&[VERA]);
    for (chosen, still, seen) in [
        (Chosen::Available, false, Status::Available),
        (Chosen::Available, true, Status::Away),
        (Chosen::Away, false, Status::Away),
        (Chosen::Unavailable, false, Status::Unavailable),
        (Chosen::Unavailable, true, Status::Unavailable),
    ] {
        world.tries(say(VERA, chosen, "lunch")).unwrap();
        assert_eq!((world.place(VERA).idle, world.place(VERA).text.as_str()), (false, "lunch"));
        world.tries(idle(VERA, still)).unwrap();
        assert_eq!(world.presence(VERA), seen, "{chosen:?} {still}");
    }
    assert_eq!(world.person(VERA).chosen(), Chosen::Unavailable);
    world.does(say(VERA, Chosen::Available, "")).does(idle(VERA, true));
    assert_eq!((world.presence(VERA), world.status(VERA)), (Status::Away, Status::Available));
    world.does(idle(VERA, false)).ignores(idle(VERA, false));
    assert_eq!(world.presence(VERA), Status::Available);
    world.refuses(idle(ROB, true), Rejection::NotHere);
}

#[test]
fn staff_who_are_offline_for_their_desks_are_available_in_the_lounge() {
    let mut world = World::lounge(&[RIA]);
    assert_eq!((world.status(RIA), world.presence(RIA)), (Status::Offline, Status::Available));
    assert!(world.place(RIA).account);
    world.does(go(RIA, true)).does(choose(RIA, Chosen::Away));
    assert_eq!((world.status(RIA), world.presence(RIA)), (Status::Away, Status::Away));
    world.does(say(RIA, Chosen::Available, "back"));
    assert_eq!((world.status(RIA), world.presence(RIA)), (Status::Available, Status::Available));
}

#[test]
fn two_who_write_with_each_other_are_seen_to_until_they_stop() {
    let mut world = World::lounge(&[VERA, VITO, VUK]);
    let (over, half) = (1_000 + ms(TALK_FOR), 1_000 + ms(TALK_FOR) / 2);
    world.does(talk(VERA, VITO));
    assert_eq!((world.talks(VERA), world.talks(VITO)), (vec![(VITO, at(over))], vec![(VERA, at(over))]));
    assert_eq!(world.person(VERA).next_deadline(), Some(at(over)));
    world.at(half - 1).ignores(talk(VITO, VERA));
    world.at(half).does(talk(VITO, VERA));
    assert_eq!(world.talks(VERA), [(VITO, at(half + ms(TALK_FOR)))]);
    world.at(half + ms(TALK_FOR) - 1).ignores(Command::PersonDue { person: VERA });
    world.at(half + ms(TALK_FOR)).does(Command::PersonDue { person: VERA });
    assert_eq!((world.talks(VERA).len(), world.talks(VITO).len()), (0, 1));
    world.does(talk(VERA, VITO));
    assert_eq!(world.talks(VERA)[0].1, world.talks(VITO)[0].1, "each sees it end at another time");
}

#[test]
fn a_talk_ends_for_both_when_one_closes_it_or_leaves() {
    let mut world = World::lounge(&[VERA, VITO, VUK]);
    world.does(talk(VERA, VITO)).does(talk(VERA, VUK));
    assert_eq!(world.talks(VERA).len(), 2);
    world.does(Command::EndTalk { one: VITO, other: VERA });
    assert_eq!((world.talks(VERA).len(), world.talks(VITO).len(), world.talks(VUK).len()), (1, 0, 1));
    world
        .ignores(Command::EndTalk { one: VITO, other: VERA })
        .ignores(Command::EndTalk { one: ROB, other: RAY });
    world.does(leave(VERA));
    assert_eq!(world.talks(VUK), []);
}

#[test]
fn nobody_talks_with_who_is_not_there_or_with_themselves() {
    let mut world = World::lounge(&[VERA]);
    world.does(open(VITO, page_of(VITO)));
    for other in [VITO, ROB, VERA] {
        world.ignores(talk(VERA, other)).ignores(talk(other, VERA));
    }
}

#[test]
fn of_too_many_talks_the_one_that_would_end_first_is_forgotten_by_both() {
    let others: Vec<_> = (1_000..).take(MAX_TALKS + 1).map(PersonId::from_bits).collect();
    let mut world = World::lounge(&[VERA]);
    for other in &others {
        let entering = Entering { room: LoungeRoomId::from_bits(other.bits()), ..entering(*other) };
        world.does(Command::EnterLounge(entering));
    }
    for (other, ms) in others.iter().zip(2_000_u64..).take(MAX_TALKS) {
        world.at(ms).does(talk(VERA, *other));
    }
    world.at(90_000).does(talk(VERA, others[0])).at(90_001).does(talk(others[MAX_TALKS], VERA));
    let with: BTreeSet<_> = world.talks(VERA).into_iter().map(|(with, _)| with).collect();
    assert_eq!((with.len(), with.contains(&others[0]), with.contains(&others[1])), (MAX_TALKS, true, false));
    assert_eq!((world.talks(others[1]), world.talks(others[0]).len()), (vec![], 1));
}

/// Of what somebody says, does and is in the middle of, their own document alone knows: it costs the same in a room
/// of two and of two hundred.
#[test]
fn a_change_of_one_person_looks_at_that_person_alone() {
    let world = World::lounge(&[VERA, VITO, VUK]);
    for command in [say(VERA, Chosen::Away, "lunch"), idle(VERA, true)] {
        let only = BTreeSet::from([DocumentId::Person(VERA)]);
        assert_eq!(touched(&world, &command), (only.clone(), only));
    }
    let mut world = World::lounge(&[VERA, VITO, VUK]);
    world.does(open(VERA, page(SECOND)));
    for command in [choose(VERA, Chosen::Away), lose_line(VERA, 9_000), Command::PersonDue { person: VERA }] {
        assert_eq!(touched(&world, &command).0, [DocumentId::Person(VERA)].into());
    }
    let both = BTreeSet::from([VERA, VITO].map(DocumentId::Person));
    assert_eq!(touched(&world, &talk(VERA, VITO)), (both.clone(), both));
}

#[test]
fn coming_jumping_and_going_look_at_none_of_the_others() {
    let mut world = World::lounge(&[VITO, VUK]);
    let me = DocumentId::Person(VERA);
    let [general, sports] = [GENERAL, SPORTS].map(DocumentId::Gathering);
    let mut documents: BTreeSet<_> = names("Ben").chain([me, general]).collect();
    assert_eq!(touched(&world, &enter_as(VERA, "Ben")).0, documents);
    world.does(enter_as(VERA, "Ben"));
    assert_eq!(touched(&world, &jump(VERA, SPORTS)).0, [me, general, sports].into());
    assert_eq!(touched(&world, &leave(VERA)), (documents.clone(), documents.clone()));
    documents.extend(names("Benn"));
    assert_eq!(touched(&world, &enter_as(VERA, "Benn")).0, documents);
    assert!(
        !touched(&world, &enter_as(VERA, "Benn")).1.contains(&general),
        "a name is no matter of the room"
    );
}
