//! Use cases of desks: following one, calling, waiting, taking calls.

use super::documents::{self, key_of};
use super::settle::{Cause, Settled};
use super::{App, Identity, Refused, Whereabouts, views};
use std::time::Duration;
use visavis_domain::account::AccountState;
use visavis_domain::availability::{Asking, Calling, Command, DocumentId, Queueing, Rejection, Scene};
use visavis_domain::hours;
use visavis_domain::ids::{DeskId, PersonId, RingId, SessionId};
use visavis_domain::name::PersonName;
use visavis_domain::person::{Card, Chosen, Engagement, Person, Status};
use visavis_domain::queue::Queue;
use visavis_domain::ring::{DeskCard, Party, Ring, RingPurpose, Source};
use visavis_protocol::{ConsoleSnapshot, DeskSnapshot, OwnAvailability, Reply, StaffDesk};
use visavis_store::{Account, Desk};

/// How much a visitor may say about their call, in characters.
const MAX_ABOUT_CHARS: usize = 200;
/// How much a visitor may say after it, in characters.
const MAX_COMMENT_CHARS: usize = 1000;
/// How long after its end a call may be judged.
const RATE_WITHIN: Duration = Duration::from_secs(60 * 60);
/// How far ahead visitors are told of opening hours.
const OPENING_DAYS: u32 = 7;

/// What a visitor says when calling.
#[derive(Debug)]
pub(crate) struct Introduction {
    pub(crate) name: String,
    pub(crate) about: String,
}

impl Introduction {
    fn read(self, person: PersonId) -> Result<(Party, String), Refused> {
        let name = PersonName::parse(&self.name).map_err(|_| Refused::Name)?;
        let about = self.about.trim();
        if about.chars().count() > MAX_ABOUT_CHARS || about.chars().any(is_odd) {
            return Err(Refused::Text);
        }
        Ok((Party { person, name }, about.to_owned()))
    }
}

/// What nobody types, and not every database takes.
fn is_odd(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

impl App {
    /// The desk of an address.
    pub(crate) async fn find_desk(&self, slug: &str) -> Result<DeskId, Refused> {
        let desk = self.store.desk_by_slug(&slug.to_lowercase()).await?;
        desk.map(|desk| desk.id).ok_or(Refused::DeskUnknown)
    }

    /// A page follows a desk as a visitor. Whoever is in the middle of something has one more page.
    pub(crate) async fn watch_desk(
        &self,
        desk: DeskId,
        person: PersonId,
        session: SessionId,
    ) -> Result<Reply, Refused> {
        let own = match self.person(person).await? {
            Some(_) => self.open_page(person, session, None).await?,
            None => views::nobody(),
        };
        Ok(Reply::Desk { desk: self.desk_snapshot(&self.desk(desk).await?).await?, own })
    }

    /// A page follows its owner's desks.
    pub(crate) async fn open_console(&self, person: PersonId, session: SessionId) -> Result<Reply, Refused> {
        let (account, desks) = self.representative(person).await?;
        let availability = self.open_page(person, session, Some(card(&account, &desks))).await?;
        let mut shown = Vec::with_capacity(desks.len());
        for desk in &desks {
            shown.push(self.shown_to_staff(desk).await?);
        }
        let name = account.name.shown().to_owned();
        let visits = self.visits(person, desks.iter().map(|desk| desk.id).collect()).await?;
        Ok(Reply::Console { console: ConsoleSnapshot { person, name, availability, desks: shown, visits } })
    }

    /// A desk as it is right now, with who waits, for whoever runs the installation.
    pub(crate) async fn desk_now(&self, desk: DeskId) -> Result<StaffDesk, Refused> {
        self.shown_to_staff(&self.desk(desk).await?).await
    }

    async fn shown_to_staff(&self, desk: &Desk) -> Result<StaffDesk, Refused> {
        let queue = self.queue(desk.id).await?;
        let (waiting, queue_version) = (views::queue(&queue), queue.version());
        Ok(StaffDesk { desk: self.desk_snapshot(desk).await?, queue: waiting, queue_version })
    }

    /// The desks somebody represents.
    pub(crate) async fn desks_of(&self, person: PersonId) -> Result<Vec<DeskId>, Refused> {
        Ok(self.store.desks_of(person).await?.into_iter().map(|desk| desk.id).collect())
    }

    /// Rings one representative, or whoever has been idle longest.
    pub(crate) async fn call_desk(
        &self,
        desk: DeskId,
        representative: Option<PersonId>,
        (who, session): (Identity, SessionId),
        introduction: Introduction,
    ) -> Result<Reply, Refused> {
        let person = who.person;
        let (caller, about) = introduction.read(person)?;
        let desk = self.desk(desk).await?;
        let from = who.guest_from().map(Whereabouts::source);
        if let Some(from) = from {
            self.may_ring_too(&desk.members, from).await?;
        }
        let candidates = match representative {
            Some(one) if desk.members.contains(&one) => vec![one],
            Some(_) => return Err(Rejection::NotAvailable.into()),
            None => self.free_among(&desk.members).await?,
        };
        self.open_page(person, session, None).await?;
        let mut refused = None;
        for callee in candidates {
            match self.ring(desk_card(&desk), (caller.clone(), from), callee, about.clone()).await {
                Ok(reply) => return Ok(reply),
                // Somebody was faster: the next one.
                Err(Refused::Availability(no @ (Rejection::Busy | Rejection::NotAvailable))) => {
                    refused = Some(no);
                }
                Err(other) => return Err(other),
            }
        }
        match (representative, refused) {
            (Some(_), Some(no)) => Err(no.into()),
            _ if self.anybody_online(&desk.members).await? => Err(Refused::AllBusy),
            _ => Err(Refused::NobodyOnline),
        }
    }

    /// Whether another guest from there may ring at this desk. Those who ask at the same moment may be a few more: that
    /// costs a representative less than a look at all of them in every decision.
    async fn may_ring_too(&self, members: &[PersonId], from: Source) -> Result<(), Refused> {
        let called = |person: &Person| match person.engagement() {
            Engagement::Called(ring) => Some(key_of(DocumentId::Ring(ring))),
            _ => None,
        };
        let rings: Vec<_> = self.people(members).await?.iter().filter_map(called).collect();
        let mut from_there = 0;
        for document in self.live.load(&rings).await? {
            let ring = documents::decode::<Ring>(document.body.as_ref())?;
            from_there += usize::from(ring.is_some_and(|ring| ring.from() == Some(from)));
        }
        if from_there >= self.rings_per_source { Err(Refused::TooOften) } else { Ok(()) }
    }

    async fn ring(
        &self,
        desk: DeskCard,
        (caller, from): (Party, Option<Source>),
        callee: PersonId,
        about: String,
    ) -> Result<Reply, Refused> {
        let name = match self.person(callee).await?.as_ref().and_then(Person::card) {
            Some(card) => card.name.clone(),
            None => return Err(Rejection::NotAvailable.into()),
        };
        let ring = RingId::from_bits(self.random_bits());
        let needs = [DocumentId::Person(caller.person), DocumentId::Person(callee)];
        let ring_for = Duration::from_secs(u64::from(desk.ring_s));
        let callee = Party { person: callee, name };
        let caller_id = caller.person;
        let command =
            Command::Call(Calling { ring, desk: Some(desk), caller, callee, about, ring_for, from });
        let settled = self.settle(Cause::Availability(command), &needs).await?;
        ringing(&settled.scene, caller_id)
    }

    /// Waits for a representative.
    pub(crate) async fn queue_up(
        &self,
        desk: DeskId,
        (who, session): (Identity, SessionId),
        introduction: Introduction,
    ) -> Result<Reply, Refused> {
        let (person, from) = (who.person, who.guest_from().map(Whereabouts::source));
        let (party, about) = introduction.read(person)?;
        let desk = self.desk(desk).await?;
        if !self.anybody_online(&desk.members).await? {
            return Err(Refused::NobodyOnline);
        }
        self.open_page(person, session, None).await?;
        let needs = [DocumentId::Person(person), DocumentId::Queue(desk.id)];
        let command = Command::QueueUp(Queueing { desk: desk_card(&desk), party, about, from });
        self.settle(Cause::Availability(command), &needs).await?;
        // Somebody may have been rung for them already.
        Ok(Reply::Own { own: self.own(person).await? })
    }

    /// Waits no longer.
    pub(crate) async fn leave_queue(&self, person: PersonId) -> Result<Reply, Refused> {
        self.about_person(person, Command::LeaveQueue { person }).await?;
        Ok(Reply::Done)
    }

    /// Takes back a ring.
    pub(crate) async fn cancel_ring(&self, ring: RingId, person: PersonId) -> Result<Reply, Refused> {
        self.about_ring(ring, Command::Cancel { ring, person }).await.map(|_| Reply::Done)
    }

    /// Takes a call.
    pub(crate) async fn accept_ring(&self, ring: RingId, person: PersonId) -> Result<Reply, Refused> {
        self.about_ring(ring, Command::Accept { ring, person }).await.map(|_| Reply::Done)
    }

    /// Does not take it.
    pub(crate) async fn decline_ring(&self, ring: RingId, person: PersonId) -> Result<Reply, Refused> {
        self.about_ring(ring, Command::Decline { ring, person }).await.map(|_| Reply::Done)
    }

    /// Says whether one takes calls.
    pub(crate) async fn set_availability(
        &self,
        person: PersonId,
        online: Option<bool>,
        chosen: Option<Chosen>,
    ) -> Result<Reply, Refused> {
        self.about_person(person, Command::SetAvailability { person, online, chosen }).await?;
        Ok(Reply::Own { own: self.own(person).await? })
    }

    /// Rings a colleague into the call one is in; somebody of the lounge, if the call is one of the lounge.
    pub(crate) async fn ring_colleague(
        &self,
        who: Identity,
        colleague: PersonId,
        purpose: RingPurpose,
    ) -> Result<Reply, Refused> {
        let asker = who.person;
        let private = match self.person(asker).await?.as_ref().map(Person::engagement) {
            Some(Engagement::InCall(call)) => self.is_private(call).await?,
            _ => false,
        };
        let callee = match who.sign_in {
            _ if private => self.one_of_the_lounge(asker, colleague).await?,
            Some(_) => self.representative_beside(asker, colleague).await?,
            None => return Err(Refused::Forbidden),
        };
        let ring = RingId::from_bits(self.random_bits());
        let asking = Asking { ring, asker, callee, purpose, ring_for: self.ring_for };
        let needs = [DocumentId::Person(asker), DocumentId::Person(colleague)];
        let settled = self.settle(Cause::Availability(Command::Ask(asking)), &needs).await?;
        let ring = settled.scene.ring(ring).ok_or(Refused::Corrupt)?;
        Ok(Reply::Ringing { ring: views::ring(ring) })
    }

    /// Somebody who represents one of the asker's desks.
    async fn representative_beside(&self, asker: PersonId, colleague: PersonId) -> Result<Party, Refused> {
        let there = self.person(colleague).await?.ok_or(Rejection::NotAvailable)?;
        let card = there.card().ok_or(Rejection::NotAvailable)?;
        let ours = self.desks_of(asker).await?;
        if !card.desks.iter().any(|desk| ours.contains(desk)) {
            return Err(Rejection::NotAvailable.into());
        }
        Ok(Party { person: colleague, name: card.name.clone() })
    }

    /// Says how a call was.
    pub(crate) async fn rate_call(
        &self,
        ring: RingId,
        visitor: PersonId,
        stars: u8,
        comment: &str,
    ) -> Result<Reply, Refused> {
        let comment = comment.trim();
        let fits = comment.chars().count() <= MAX_COMMENT_CHARS && !comment.chars().any(is_odd);
        if !(1..=5).contains(&stars) || !fits {
            return Err(Refused::Text);
        }
        let over = |ended: visavis_domain::time::Timestamp| self.now().since(ended) > RATE_WITHIN;
        let call = self.store.call(ring).await?.filter(|call| call.visitor == visitor);
        match call {
            Some(call) if call.accepted_at.is_some() && !call.ended_at.is_some_and(over) => {}
            _ => return Err(Rejection::RingUnknown.into()),
        }
        self.store.rate_call(ring, visitor, stars, comment.to_owned()).await?;
        Ok(Reply::Done)
    }

    /// A session's socket is back.
    pub(crate) async fn attach_page(&self, person: PersonId, session: SessionId) -> Result<(), Refused> {
        self.about_person(person, Command::Attach { person, session }).await.map(drop)
    }

    /// A session's socket is gone; its page counts as gone after `grace`.
    pub(crate) async fn detach_page(
        &self,
        person: PersonId,
        session: SessionId,
        grace: Duration,
    ) -> Result<(), Refused> {
        let until = self.now().plus(grace);
        self.about_person(person, Command::Detach { person, session, until }).await.map(drop)
    }

    /// What a person's account or desks say has changed: whoever is here is as they are now.
    pub(crate) async fn refresh_card(&self, person: PersonId) -> Result<(), Refused> {
        if self.person(person).await?.is_none_or(|person| person.card().is_none()) {
            return Ok(());
        }
        let card = match self.representative(person).await {
            Ok((account, desks)) => Some(card(&account, &desks)),
            Err(Refused::Forbidden) => None,
            Err(refused) => return Err(refused),
        };
        self.about_person(person, Command::SetCard { person, card }).await.map(drop)
    }

    pub(super) async fn free_representatives(&self, desk: DeskId) -> Result<Vec<PersonId>, Refused> {
        match self.store.desk(desk).await? {
            Some(desk) => self.free_among(&desk.members).await,
            None => Ok(Vec::new()),
        }
    }

    /// Those of them who may be rung, whoever has been idle longest first.
    async fn free_among(&self, members: &[PersonId]) -> Result<Vec<PersonId>, Refused> {
        let mut free: Vec<_> = self.people(members).await?.into_iter().filter(Person::may_be_rung).collect();
        free.sort_by_key(|person| (person.idle_since(), person.id()));
        Ok(free.iter().map(Person::id).collect())
    }

    async fn anybody_online(&self, members: &[PersonId]) -> Result<bool, Refused> {
        Ok(self.people(members).await?.iter().any(|person| person.status() != Status::Offline))
    }

    async fn desk_snapshot(&self, desk: &Desk) -> Result<DeskSnapshot, Refused> {
        let people = self.people(&desk.members).await?;
        let shown = people.iter().filter_map(|person| views::representative(person, desk.id));
        let openings = desk.hours.as_ref().map(|hours| hours::openings(hours, self.now(), OPENING_DAYS));
        let waiting = self.queue(desk.id).await?.waiting().len();
        Ok(DeskSnapshot {
            id: desk.id,
            slug: desk.slug.clone(),
            name: desk.name.clone(),
            about: desk.about.clone(),
            representatives: shown.filter(|one| one.status != Status::Offline).collect(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            openings: openings.unwrap_or_default(),
        })
    }

    async fn desk(&self, desk: DeskId) -> Result<Desk, Refused> {
        self.store.desk(desk).await?.ok_or(Refused::DeskUnknown)
    }

    async fn representative(&self, person: PersonId) -> Result<(Account, Vec<Desk>), Refused> {
        let account = self.store.account(person).await?;
        let account = account.filter(|account| account.state == AccountState::Active);
        Ok((account.ok_or(Refused::Forbidden)?, self.store.desks_of(person).await?))
    }

    pub(super) async fn people(&self, ids: &[PersonId]) -> Result<Vec<Person>, Refused> {
        let keys: Vec<_> = ids.iter().map(|id| key_of(DocumentId::Person(*id))).collect();
        let mut people = Vec::with_capacity(ids.len());
        for document in self.live.load(&keys).await? {
            people.extend(documents::decode::<Person>(document.body.as_ref())?);
        }
        Ok(people)
    }

    pub(super) async fn person(&self, id: PersonId) -> Result<Option<Person>, Refused> {
        Ok(self.people(&[id]).await?.pop())
    }

    async fn queue(&self, desk: DeskId) -> Result<Queue, Refused> {
        let documents = self.live.load(&[key_of(DocumentId::Queue(desk))]).await?;
        let body = documents.first().and_then(|document| document.body.as_ref());
        Ok(documents::decode(body)?.unwrap_or_default())
    }

    pub(super) async fn open_page(
        &self,
        person: PersonId,
        session: SessionId,
        card: Option<Card>,
    ) -> Result<OwnAvailability, Refused> {
        self.about_person(person, Command::Open { person, session, card }).await?;
        self.own(person).await
    }

    /// One's own availability, as it is at this moment.
    pub(super) async fn own(&self, person: PersonId) -> Result<OwnAvailability, Refused> {
        let mut needs = vec![DocumentId::Person(person)];
        loop {
            let scene = self.scene(&needs).await?;
            let Some(there) = scene.person(person) else { return Ok(views::nobody()) };
            match views::own(&scene, there) {
                Ok(own) => return Ok(own),
                Err(visavis_domain::availability::Stop::Missing(id)) if !needs.contains(&id) => {
                    needs.push(id);
                }
                Err(_) => return Err(Refused::Corrupt),
            }
        }
    }

    pub(super) async fn about_person(&self, person: PersonId, command: Command) -> Result<Settled, Refused> {
        self.settle(Cause::Availability(command), &[DocumentId::Person(person)]).await
    }

    pub(super) async fn about_ring(&self, ring: RingId, command: Command) -> Result<Settled, Refused> {
        self.settle(Cause::Availability(command), &[DocumentId::Ring(ring)]).await
    }
}

pub(super) fn ringing(scene: &Scene, caller: PersonId) -> Result<Reply, Refused> {
    let engagement = scene.person(caller).map(Person::engagement);
    match engagement {
        // In a call at once, if the other rang too.
        Some(Engagement::Calling(ring) | Engagement::InCall(ring)) => {
            let ring = scene.ring(ring).ok_or(Refused::Corrupt)?;
            Ok(Reply::Ringing { ring: views::ring(ring) })
        }
        _ => Err(Refused::Corrupt),
    }
}

fn desk_card(desk: &Desk) -> DeskCard {
    DeskCard {
        id: desk.id,
        slug: desk.slug.clone(),
        name: desk.name.clone(),
        wrap_up_s: desk.wrap_up_s,
        ring_s: desk.ring_s,
    }
}

fn card(account: &Account, desks: &[Desk]) -> Card {
    Card {
        name: account.name.clone(),
        title: account.title.clone(),
        desks: desks.iter().map(|desk| desk.id).collect(),
    }
}
