//! Small worlds that hold what is hard: races for one person, both ways at once, queues, colleagues, appointments.

use super::cast::{RAY, RIA, ROB, VERA, VITO, card};
use super::world::{Intent, World};
use visavis_domain::availability::Command;
use visavis_domain::ids::{PersonId, RingId, SessionId};
use visavis_domain::ring::RingPurpose;

const FIRST: RingId = RingId::from_bits(1);
const SECOND: RingId = RingId::from_bits(2);
const ASKED: RingId = RingId::from_bits(3);

/// Everybody has one page; nobody is online yet.
fn present(people: &[PersonId]) -> World {
    people.iter().fold(World::new(), |world, person| {
        let (person, session) = (*person, page(*person, 1));
        world.given(&Command::Open { person, session, card: card(person) })
    })
}

fn online(world: World, representative: PersonId) -> World {
    world.given(&Command::SetAvailability { person: representative, online: Some(true), chosen: None })
}

fn page(person: PersonId, n: u128) -> SessionId {
    SessionId::from_bits(person.bits() * 10 + n)
}

/// Two visitors call one representative; a line breaks and comes back.
pub(crate) fn race() -> World {
    let mut world = online(present(&[VERA, VITO, RIA]), RIA);
    world.script = [
        Intent::Call { ring: FIRST, caller: VERA, callee: RIA },
        Intent::Call { ring: SECOND, caller: VITO, callee: RIA },
        Intent::LoseLine(VERA, page(VERA, 1)),
        Intent::LineIsBack(VERA, page(VERA, 1)),
    ]
    .into();
    (world.crashes, world.strays) = (1, 1);
    world
}

/// A visitor calls a representative who has two pages, and calls again; both lines break, one comes back.
pub(crate) fn pages() -> World {
    let second_page = Command::Open { person: RIA, session: page(RIA, 2), card: card(RIA) };
    let mut world = online(present(&[VERA, RIA]), RIA).given(&second_page);
    world.script = [
        Intent::Call { ring: FIRST, caller: VERA, callee: RIA },
        Intent::Call { ring: SECOND, caller: VERA, callee: RIA },
        Intent::LoseLine(RIA, page(RIA, 1)),
        Intent::LoseLine(RIA, page(RIA, 2)),
        Intent::LineIsBack(RIA, page(RIA, 1)),
    ]
    .into();
    (world.crashes, world.strays) = (1, 1);
    world
}

/// Two visitors wait for one representative; one of them thinks better of it.
pub(crate) fn queue() -> World {
    let mut world = present(&[VERA, VITO, RIA]);
    world.script = [
        Intent::QueueUp(VERA),
        Intent::QueueUp(VITO),
        Intent::LeaveQueue(VITO),
        Intent::LoseLine(VERA, page(VERA, 1)),
        Intent::GoOnline(RIA),
    ]
    .into();
    world.crashes = 1;
    world
}

/// Two representatives are there for one who waits; one of them comes back after a missed ring.
pub(crate) fn served() -> World {
    let mut world = present(&[VERA, RIA, ROB]);
    world.script =
        [Intent::QueueUp(VERA), Intent::GoOnline(RIA), Intent::GoOnline(ROB), Intent::ComeBack(RIA)].into();
    world.crashes = 1;
    world
}

/// Two representatives ring each other, and a third one is asked to take the call over.
pub(crate) fn colleagues() -> World {
    let mut world = online(online(online(present(&[RAY, RIA, ROB]), RIA), ROB), RAY);
    world.script = [
        Intent::Call { ring: FIRST, caller: ROB, callee: RIA },
        Intent::Call { ring: SECOND, caller: RIA, callee: ROB },
        Intent::Ask { ring: ASKED, asker: RIA, callee: RAY, purpose: RingPurpose::Transfer },
        Intent::LoseLine(RAY, page(RAY, 1)),
    ]
    .into();
    (world.crashes, world.strays) = (1, 1);
    world
}

/// Two hosts let one client in who has two pages; one holds, the client comes again, lines break.
pub(crate) fn appointment() -> World {
    let second_page = Command::Open { person: VERA, session: page(VERA, 2), card: None };
    let mut world = present(&[VERA, RIA, ROB]).given(&second_page);
    world.script = [
        Intent::Attend(VERA, page(VERA, 1)),
        Intent::Attend(VERA, page(VERA, 2)),
        Intent::Admit { ring: FIRST, host: RIA },
        Intent::Admit { ring: SECOND, host: ROB },
        Intent::Hold(RIA),
        Intent::LoseLine(VERA, page(VERA, 1)),
        Intent::LoseLine(VERA, page(VERA, 2)),
    ]
    .into();
    world.crashes = 1;
    world
}

/// Two guests want names that look alike; one of them has two pages of which the second takes over while the line of
/// the first breaks. If both come to be there, they ring each other.
pub(crate) fn lounge() -> World {
    let second_page = Command::Open { person: VERA, session: page(VERA, 2), card: None };
    let mut world = present(&[VERA, VITO]).given(&second_page);
    world.script = [
        Intent::Enter(VERA, page(VERA, 1), "Ben"),
        Intent::Enter(VERA, page(VERA, 2), "ben"),
        Intent::Enter(VITO, page(VITO, 1), "Вen"),
        Intent::Enter(VITO, page(VITO, 1), "Vito"),
        Intent::LoseLine(VERA, page(VERA, 1)),
        Intent::RingUp { ring: FIRST, caller: VERA, callee: VITO },
        Intent::RingUp { ring: SECOND, caller: VITO, callee: VERA },
    ]
    .into();
    world
}
