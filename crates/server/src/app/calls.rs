//! Use cases of calls that came of rings: going into their rooms, also after live state has lost them, and ends that
//! nobody in the call decides.

use super::documents::{self, call_room, key_of, room_key};
use super::settle::Cause;
use super::{App, Refused};
use std::collections::HashSet;
use std::time::Duration;
use visavis_domain::appointment::AppointmentState;
use visavis_domain::availability::{Command, DocumentId, Rejection};
use visavis_domain::ids::{CallId, ParticipantId, PersonId, RingId, SessionId};
use visavis_domain::ring::{Ring, RingEnd, RingPurpose, Talker};
use visavis_domain::room::{self, Caller, Claim, Devices, Keys, Member, Room};
use visavis_live::{Commit, Key, LiveError, Write};
use visavis_protocol::{IceServer, MediaPath, Reply};
use visavis_store::{CallFilter, CallRecord, Page};

/// How many graces a call may be missing from live state until it counts as over: its people have had the time to
/// bring it back. More shows calls as going on that a crash has ended; less would close those just begun.
const GRACES: u32 = 3;
/// Calls looked at in one round.
const ROUND: u64 = 500;

/// A wish to be in a call.
#[derive(Debug)]
pub(crate) struct JoinCall {
    pub(crate) ring: RingId,
    pub(crate) person: PersonId,
    pub(crate) session: SessionId,
    pub(crate) devices: Devices,
    pub(crate) continuation: Option<String>,
    pub(crate) media: MediaPath,
}

impl App {
    /// Goes into the room of a call, as one of its people.
    pub(crate) async fn join_call(
        &self,
        request: JoinCall,
        ice_servers: Vec<IceServer>,
    ) -> Result<Reply, Refused> {
        let JoinCall { ring: id, person, session, devices, continuation, media } = request;
        let name = call_room(id);
        let proof =
            continuation.and_then(|token| self.tokens.call_claim(self.now(), name.folded(), &token).ok());
        let (ring, room) = self.call(id, proof.as_ref().map(|(_, ring)| ring)).await?;
        let talker = ring.talker(person).filter(|_| !ring.rings()).ok_or(Rejection::RingUnknown)?;
        let claim = match proof {
            Some((claim, _)) if talker.participant.is_none_or(|own| own == claim.participant) => {
                Some((claim, media))
            }
            _ => seat(room.as_ref(), talker).map(|claim| (claim, MediaPath::Fresh)),
        };
        let person_name = talker.party.name.clone();
        // Whoever is one of its people comes in.
        let caller = Caller { session, keys: Keys::default(), shown: None, may_open: true, vouched: None };
        let command = match claim {
            Some((claim, media)) => {
                let media = match media {
                    MediaPath::Kept => room::MediaPath::Kept,
                    MediaPath::Fresh => room::MediaPath::Fresh,
                };
                room::Command::Continue { caller, claim, name, person: person_name, devices, media }
            }
            None => room::Command::Join {
                caller,
                participant: ParticipantId::from_bits(self.random_bits()),
                name,
                call: CallId::from_bits(self.random_bits()),
                person: person_name,
                devices,
            },
        };
        let needs = [DocumentId::Ring(id), DocumentId::Person(person)];
        let cause = Cause::Room { ring: id, command, person: Some(person) };
        let settled = self.settle(cause, &needs).await?;
        let ring = settled.scene.ring(id).ok_or(Rejection::RingUnknown)?;
        let room = call_room(id);
        let continuation =
            |claim: &Claim| Ok(self.tokens.call_continuation(self.now(), room.folded(), claim, ring)?);
        settled.loaded.ok_or(Refused::Corrupt)?.joined(session, continuation, (ice_servers, self.file_bytes))
    }

    /// The call as it is, brought back if live state has lost it and it has not ended.
    async fn call(&self, id: RingId, lost: Option<&Ring>) -> Result<(Ring, Option<Room>), Refused> {
        let keys = [key_of(DocumentId::Ring(id)), room_key(&call_room(id)), Key::over(id)];
        for lost in [lost, None] {
            let documents = self.live.load(&keys).await?;
            let [ring, room, over] = documents.as_slice() else { return Err(Refused::Corrupt) };
            if let Some(ring) = documents::decode(ring.body.as_ref())? {
                return Ok((ring, documents::decode(room.body.as_ref())?));
            }
            let lost = lost.filter(|lost| lost.id() == id && over.body.is_none());
            let Some(lost) = lost else { break };
            // If that it ended was lost too, the history may have it. It is written behind what happens: of a call
            // that was lost with its server it may know nothing.
            let recorded = self.store.call(id).await?;
            if recorded.is_some_and(|call| call.end.is_some()) || !self.is_still_booked(lost).await? {
                break;
            }
            let command = Command::Restore { ring: Box::new(lost.clone()) };
            self.about_ring(id, command).await?;
        }
        Err(Rejection::RingUnknown.into())
    }

    /// No page has a continuation of that call any more.
    pub(super) async fn forget_over(&self, key: &Key) -> Result<(), Refused> {
        let version = self.live.load(std::slice::from_ref(key)).await?.pop().ok_or(Refused::Corrupt)?.version;
        let write = Write { key: key.clone(), expected: version, body: None, deadline: None, lease: None };
        match self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
            Ok(_) | Err(LiveError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a lost call's appointment, if it was for one, has not been closed meanwhile.
    async fn is_still_booked(&self, lost: &Ring) -> Result<bool, Refused> {
        let Some(card) = lost.appointment() else { return Ok(true) };
        let appointment = self.store.appointment(card.appointment).await?;
        Ok(appointment.is_some_and(|appointment| appointment.state == AppointmentState::Booked))
    }

    /// Ends a ring or a call over its people's heads.
    pub(crate) async fn end_call(&self, ring: RingId, end: RingEnd) -> Result<(), Refused> {
        self.about_ring(ring, Command::End { ring, end }).await.map(drop)
    }

    /// Waits, a moment at most, until the history has what has happened so far.
    pub(crate) async fn history_caught_up(&self) {
        self.history.caught_up().await;
    }

    /// How long after a crash its calls count as over, if nobody has come back to them.
    pub(crate) fn forgotten_after(&self) -> Duration {
        self.rules.grace * GRACES
    }

    /// Closes the history of calls that no longer exist: an instance died, and nobody came back. Those that were not
    /// there at the last look either: what live state has lost, its people bring back in between. Looks are half of
    /// [`App::forgotten_after`] apart.
    pub(crate) async fn close_forgotten(&self, missing: &mut HashSet<RingId>) -> Result<(), Refused> {
        let now = self.now();
        let filter = CallFilter { ended: Some(false), ..CallFilter::default() };
        let open = self.store.calls(filter, Page { skip: 0, take: ROUND }).await?;
        let old = |call: &CallRecord| now.since(call.started_at) >= self.forgotten_after();
        let open: Vec<_> = open.into_iter().filter(old).collect();
        // Somebody who was asked in is in the call they were asked into.
        let keys: Vec<_> = open
            .iter()
            .flat_map(|call| [call.ring, call.into.unwrap_or(call.ring)])
            .map(|ring| key_of(DocumentId::Ring(ring)))
            .collect();
        let documents = self.live.load(&keys).await?;
        let before = std::mem::take(missing);
        for (call, found) in open.into_iter().zip(documents.chunks(2)) {
            if found.iter().any(|document| document.body.is_some()) {
                continue;
            }
            if before.contains(&call.ring) {
                let end = Some(RingEnd::Interrupted);
                // First, so that a crash in between has it done again.
                self.announce_lost(&call, purpose(&call), now).await?;
                self.store.record_call(CallRecord { ended_at: Some(now), end, ..call }).await?;
            } else {
                missing.insert(call.ring);
            }
        }
        Ok(())
    }
}

/// Why somebody was rung, as far as history tells: who was asked in may have been to take over.
fn purpose(call: &CallRecord) -> RingPurpose {
    match (call.into, call.appointment) {
        (Some(_), _) => RingPurpose::BringIn,
        (None, Some(_)) => RingPurpose::Appointment,
        (None, None) => RingPurpose::Desk,
    }
}

/// The seat somebody has in the room: whoever comes again, from another page, takes it.
pub(super) fn seat(room: Option<&Room>, talker: &Talker) -> Option<Claim> {
    let room = room?;
    let member: &Member = room.members().iter().find(|member| Some(member.id) == talker.participant)?;
    Some(Claim {
        participant: member.id,
        order: member.order,
        epoch: member.epoch,
        call: room.call(),
        joined_at: member.joined_at,
    })
}
