//! One availability: who may be rung, who rings whom, who waits, who is in which call. Pure.
//!
//! A command concerns several documents (people, rings, queues, visits) that change together or not at all. [`decide`]
//! looks at those in a [`Scene`] and changes nothing; it answers with the documents as they are to be, and with
//! what is to be told. What it needs and was not given it names ([`Stop::Missing`]), so that whoever calls it loads
//! that too and asks again. To be ringing or in a call is one claim on both people, made by one decision.

mod call;
mod draft;
mod lounging;
mod pages;
mod queueing;
mod ringing;
mod shapes;
mod visiting;

pub use shapes::{
    Admitting, Asking, Calling, Command, Decision, DocumentId, Entering, OtherPage, Queueing, Rejection,
    Rules, Scene, Stop, Told,
};

use crate::time::Timestamp;
use draft::Draft;

/// What follows from a command.
///
/// # Errors
/// [`Stop::Rejected`] if the rules say no; [`Stop::Missing`] if it takes a document that is not in the scene.
pub fn decide(scene: &Scene, now: Timestamp, rules: Rules, command: Command) -> Result<Decision, Stop> {
    let mut draft = Draft::new(scene, now, rules);
    match command {
        Command::Open { person, session, card } => draft.open(person, session, card)?,
        Command::Attach { person, session } => draft.attach(person, session)?,
        Command::Detach { person, session, until } => draft.detach(person, session, until)?,
        Command::Close { person, session } => draft.close(person, session)?,
        Command::SetCard { person, card } => draft.set_card(person, card)?,
        Command::SetAvailability { person, online, chosen } => {
            draft.set_availability(person, online, chosen)?;
        }
        Command::Call(calling) => draft.call(calling)?,
        Command::Cancel { ring, person } => draft.cancel(ring, person)?,
        Command::Accept { ring, person } => draft.accept(ring, person)?,
        Command::Decline { ring, person } => draft.decline(ring, person)?,
        Command::QueueUp(queueing) => draft.queue_up(queueing)?,
        Command::LeaveQueue { person } => draft.leave_queue(person)?,
        Command::Serve { desk, representative, ring } => draft.serve(desk, representative, ring)?,
        Command::Ask(asking) => draft.ask(asking)?,
        Command::EnterLounge(entering) => draft.enter_lounge(entering)?,
        Command::Jump { person, session, room } => draft.jump(person, session, room)?,
        Command::LeaveLounge { person, session } => draft.leave_lounge(person, session)?,
        Command::SetStatus { person, session, chosen, text } => {
            draft.set_status(person, session, chosen, text)?;
        }
        Command::SetIdle { person, session, idle } => draft.set_idle(person, session, idle)?,
        Command::Talk { one, other } => draft.talk(one, other)?,
        Command::EndTalk { one, other } => draft.end_talk(one, other)?,
        Command::GatheringDue { room } => draft.gathering_due(room)?,
        Command::Attend { card, party } => draft.attend(card, party)?,
        Command::LeaveVisit { person } => draft.leave_visit(person)?,
        Command::Admit(admitting) => draft.admit(admitting)?,
        Command::Hold { appointment, person } => draft.hold(appointment, person)?,
        Command::CloseVisit { appointment, person } => draft.close_visit(appointment, person)?,
        Command::Seat { ring, person, participant } => draft.seat(ring, person, participant)?,
        Command::Unseat { ring, participant, end } => draft.unseat(ring, participant, end)?,
        Command::End { ring, end } => draft.end_call(ring, end)?,
        Command::Restore { ring } => draft.restore(&ring)?,
        Command::PersonDue { person } => draft.person_due(person)?,
        Command::RingDue { ring } => draft.ring_due(ring)?,
        Command::QueueDue { desk } => draft.queue_due(desk)?,
    }
    Ok(draft.finish())
}

#[cfg(test)]
mod tests;
