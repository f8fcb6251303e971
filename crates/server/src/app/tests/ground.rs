//! Desks with their people, and what must hold of all documents whenever nobody is doing anything.

use super::doubles::{Given, NoMedia};
use super::wavering::{Comparing, Wavering};
use crate::app::documents::{decode, key_of};
use crate::app::settle::Cause;
use crate::app::{
    Announcer, App, History, Identity, Introduction, JoinCall, Kept, LoungeRules, OpenedBy, Parts, Passwords,
    Rates, Refused, call_room,
};
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use visavis_domain::account::{AccountRole, AccountState, Email};
use visavis_domain::appointment::{AppointmentState, LinkClaims, LinkKind, Margins, Schedule};
use visavis_domain::availability::{Command, DocumentId, Rules};
use visavis_domain::ids::{AppointmentId, DeskId, LinkId, PersonId, RingId, SessionId};
use visavis_domain::lounge::Gathering;
use visavis_domain::name::PersonName;
use visavis_domain::person::{Chosen, Engagement, Person};
use visavis_domain::queue::Queue;
use visavis_domain::ring::Ring;
use visavis_domain::room::{Camera, Devices, Limits, Microphone, RoomSettings, Screen};
use visavis_domain::time::Timestamp;
use visavis_domain::visit::Visit;
use visavis_live::{Key, Live, Rate};
use visavis_protocol::{MediaPath, Reply, RingView};
use visavis_store::{Account, Appointment, Desk, FileBounds, Link, Store};

/// Longer than any test: what is waited for comes when the test says so.
const LONG: Duration = Duration::from_secs(3600);

/// As often as a test wants.
const OFTEN: Rate = Rate { burst: NonZeroU32::MAX, every: Duration::from_nanos(1) };

/// How many fit into a room of the lounge.
pub(super) const LOUNGE_ROOM: usize = 100;

/// How many guests of one network may ring at one desk at once.
pub(super) const RINGS_PER_SOURCE: usize = 2;

/// The place of the first visitor among a desk's people.
const CLIENT: usize = 1000;

/// What went wrong, in words.
pub(super) type Held = Result<(), String>;

/// Everything one server has, without its edges.
pub(super) struct Ground {
    pub(super) live: Arc<Wavering>,
    pub(super) store: Arc<Given>,
    pub(super) media: Arc<NoMedia>,
    recorder: JoinHandle<()>,
    stopping: CancellationToken,
}

/// Somebody with one page open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) person: PersonId,
    pub(super) session: SessionId,
}

/// A desk, who works there, who calls; and an appointment that is shared with it.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) app: Arc<App>,
    pub(super) desk: DeskId,
    pub(super) representatives: Vec<Page>,
    pub(super) visitors: Vec<Page>,
    /// The link that the first of them has to the appointment.
    pub(super) link: LinkClaims,
}

/// What lies in live state.
#[derive(Default)]
struct Found {
    people: Vec<Person>,
    rings: Vec<Ring>,
    queues: Vec<(DeskId, Queue)>,
    visits: Vec<Visit>,
    /// Who is in rooms of the lounge.
    gathered: Vec<PersonId>,
    /// Names of the lounge that are somebody's.
    claims: usize,
}

impl Ground {
    /// With one desk for each of these: so many representatives, all of them online, and so many visitors.
    pub(super) async fn with(comparing: Comparing, sizes: &[(usize, usize)]) -> (Self, Vec<Place>) {
        let mut store = Given::default();
        for (index, (representatives, _)) in sizes.iter().enumerate() {
            let members: Vec<_> = (0..*representatives).map(|place| person(index, place)).collect();
            store.accounts.extend(members.iter().map(|one| (*one, account(*one))));
            let desk = desk(index, members);
            let appointment = appointment(index);
            let link = link(index);
            store.links().insert(link.id, link);
            store.appointments.insert(appointment.id, appointment);
            store.desks.insert(desk.id, desk);
        }
        let (live, store) = (Arc::new(Wavering::new(comparing)), Arc::new(store));
        let kept: Arc<dyn Store> = store.clone();
        let (history, recorder) = History::new(kept.clone());
        let stopping = CancellationToken::new();
        let media = Arc::<NoMedia>::default();
        let parts = Parts { media: media.clone(), ..parts(live.clone(), kept, history) };
        parts.standing.set_load(1);
        let app = Arc::new(App::new(parts, &[7; 32]));
        let recorder = tokio::spawn(recorder.run(stopping.clone()));
        let mut places = Vec::new();
        for (index, (representatives, visitors)) in sizes.iter().enumerate() {
            let page = |place| Page {
                person: person(index, place),
                session: SessionId::from_bits(person(index, place).bits()),
            };
            let place = Place {
                app: app.clone(),
                desk: DeskId::from_bits(index as u128 + 1),
                representatives: (0..*representatives).map(page).collect(),
                visitors: (0..*visitors).map(|place| page(CLIENT + place)).collect(),
                link: claims(index),
            };
            for one in &place.representatives {
                app.open_console(one.person, one.session).await.expect("they are one of the desk's");
                place.set(*one, Chosen::Available).await;
            }
            places.push(place);
        }
        (Self { live, store, media, recorder, stopping }, places)
    }

    /// Another server over the same live state, which writes nothing of calls.
    pub(super) fn beside_with_no_history(&self) -> App {
        self.beside(Rates { rooms: OFTEN, rings: OFTEN, rings_of_guests: OFTEN, lines_of_guests: OFTEN })
    }

    /// Another server over the same live state, at which things may be done so often.
    pub(super) fn beside(&self, rates: Rates) -> App {
        let store: Arc<dyn Store> = self.store.clone();
        let (history, _) = History::new(store.clone());
        App::new(Parts { rates, ..parts(self.live.clone(), store, history) }, &[7; 32])
    }

    /// Everybody closes their pages: nothing may be left, and each ring has ended once.
    pub(super) async fn clear(self, places: &[Place]) -> Held {
        for place in places {
            for page in place.representatives.iter().chain(&place.visitors) {
                place.close(*page).await;
            }
        }
        let found = look(&*self.live, &self.live.keys()).await;
        let waiting = found.queues.iter().any(|(_, queue)| !queue.waiting().is_empty());
        let mut visits = Vec::new();
        for place in places {
            visits.extend(place.visit().await);
        }
        if !found.gathered.is_empty() || found.claims > 0 {
            return Err(format!("left over: {:?} in rooms, {} names", found.gathered, found.claims));
        }
        if !found.people.is_empty() || !found.rings.is_empty() || waiting || !visits.is_empty() {
            let Found { people, rings, .. } = found;
            return Err(format!("left over: {people:?} {rings:?} {visits:?}, waiting: {waiting}"));
        }
        self.stopping.cancel();
        self.recorder.await.map_err(|error| error.to_string())?;
        let calls = self.store.calls();
        match calls.values().find(|call| call.ends != 1 || call.record.end.is_none()) {
            Some(call) => Err(format!("a call with another number of ends than one: {call:?}")),
            None => Ok(()),
        }
    }
}

/// What a server is made of here; nothing in it ends by itself.
fn parts(live: Arc<Wavering>, store: Arc<dyn Store>, history: History) -> Parts {
    Parts {
        standing: Arc::default(),
        instance: visavis_domain::ids::InstanceId::from_bits(1),
        live,
        store,
        media: Arc::<NoMedia>::default(),
        history,
        announcer: Announcer::new().0,
        limits: Limits {
            people: 8,
            promote_at: 3,
            demote_after: LONG,
            settings: RoomSettings::default(),
            doors: None,
        },
        opened_by: OpenedBy::Anyone,
        file_bytes: 0,
        passwords: Arc::new(Passwords::with_costs(argon2::Params::new(64, 1, 1, None).unwrap())),
        rules: Rules {
            grace: LONG,
            queue: 100,
            queue_per_source: 100,
            ring_again_after: Duration::ZERO,
            look_every: LONG,
            lounge_room: LOUNGE_ROOM,
            count_every: Duration::ZERO,
        },
        rings_per_source: RINGS_PER_SOURCE,
        ring_for: LONG,
        margins: Margins { before: LONG, after: LONG },
        lounge: LoungeRules {
            accounts_only: false,
            away_after_s: 0,
            removed_for: LONG,
            file_bytes: 0,
            files: FileBounds { all: 0, of_owner: 0, of_source: 0 },
        },
        kept: Kept { lounge: None, history: None, appointments: None },
        rates: Rates { rooms: OFTEN, rings: OFTEN, rings_of_guests: OFTEN, lines_of_guests: OFTEN },
    }
}

/// Of whom nobody knows where they are.
pub(super) fn guest(page: Page) -> Identity {
    Identity { person: page.person, sign_in: None, link: None, from: None, browser: None, vouched: None }
}

impl Place {
    /// Rings somebody of the desk, or whoever has been idle longest.
    pub(super) async fn call(&self, from: Page, to: Option<Page>) -> Result<RingView, Refused> {
        let introduction = Introduction { name: "Visitor".into(), about: "a question".into() };
        let to = to.map(|page| page.person);
        match self.app.call_desk(self.desk, to, (guest(from), from.session), introduction).await? {
            Reply::Ringing { ring } => Ok(ring),
            _ => Err(Refused::Corrupt),
        }
    }

    pub(super) async fn queue_up(&self, page: Page) -> Result<Reply, Refused> {
        let introduction = Introduction { name: "Visitor".into(), about: String::new() };
        self.app.queue_up(self.desk, (guest(page), page.session), introduction).await
    }

    /// The ring's time is over: it has been since it began.
    pub(super) async fn time_out(&self, ring: RingId) -> Result<(), Refused> {
        self.due(DocumentId::Ring(ring), Command::RingDue { ring }).await
    }

    pub(super) async fn set(&self, page: Page, chosen: Chosen) {
        let set = self.app.set_availability(page.person, Some(true), Some(chosen)).await;
        set.expect("whoever has a page open can choose");
    }

    /// The page goes, and its grace is over.
    pub(super) async fn close(&self, page: Page) {
        let Page { person, session } = page;
        self.app.detach_page(person, session, Duration::ZERO).await.expect("a page can always go");
        let due = self.due(DocumentId::Person(person), Command::PersonDue { person }).await;
        due.expect("a deadline can always fire");
    }

    async fn due(&self, id: DocumentId, command: Command) -> Result<(), Refused> {
        self.app.settle(Cause::Availability(command), &[id]).await.map(drop)
    }

    pub(super) async fn enter(&self, page: Page, ring: RingId) -> Result<(), Refused> {
        self.enter_again(page, ring, None).await.map(drop)
    }

    /// Comes into the call with what coming in gave before, and gets it anew.
    pub(super) async fn enter_again(
        &self,
        page: Page,
        ring: RingId,
        continuation: Option<String>,
    ) -> Result<String, Refused> {
        let devices = Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off };
        let Page { person, session } = page;
        let request = JoinCall { ring, person, session, devices, continuation, media: MediaPath::Fresh };
        match self.app.join_call(request, Vec::new()).await? {
            Reply::Joined { continuation, .. } => Ok(continuation),
            _ => Err(Refused::Corrupt),
        }
    }

    pub(super) async fn leave(&self, page: Page, ring: RingId) {
        // Who comes second finds no room any more.
        let _ = self.app.leave(&call_room(ring), page.session).await;
    }

    pub(super) async fn engagement(&self, page: Page) -> Engagement {
        self.person(page).await.map_or(Engagement::Free, |person| person.engagement())
    }

    pub(super) async fn person(&self, page: Page) -> Option<Person> {
        self.app.person(page.person).await.expect("live state is there")
    }

    pub(super) async fn queue(&self) -> Queue {
        let id = DocumentId::Queue(self.desk);
        let scene = self.app.scene(&[id]).await.expect("live state is there");
        scene.queue(self.desk).cloned().unwrap_or_default()
    }

    /// What happens around the appointment.
    pub(super) async fn visit(&self) -> Option<Visit> {
        self.app.visit(self.link.appointment).await.expect("live state is there")
    }

    /// What people are in the middle of is in the documents of it, and the other way round.
    pub(super) async fn holds(&self) -> Held {
        let people = self.representatives.iter().chain(&self.visitors);
        let mut keys: Vec<_> = people.map(|page| key_of(DocumentId::Person(page.person))).collect();
        keys.push(key_of(DocumentId::Queue(self.desk)));
        let mut found = look(&*self.app.live, &keys).await;
        let rings = found.people.iter().filter_map(|person| ring_of(person.engagement()));
        keys = rings.map(|ring| key_of(DocumentId::Ring(ring))).collect();
        keys.sort_unstable();
        keys.dedup();
        found.rings = look(&*self.app.live, &keys).await.rings;
        found.visits = self.visit().await.into_iter().collect();
        found.agrees()?;
        // Nobody waits while somebody is free.
        let now = Timestamp(u64::MAX);
        let free = found.people.iter().filter(|person| person.card().is_some() && person.may_be_rung());
        for person in free {
            if let Some((_, queue)) = found.queues.first()
                && let Some(waiting) = queue.next_for(person.id(), now)
            {
                return Err(format!("{waiting:?} waits while {person:?} is free"));
            }
        }
        Ok(())
    }

    /// Nobody is in the middle of anything, and every representative can be rung.
    pub(super) async fn is_idle(&self) -> Held {
        self.holds().await?;
        for page in self.representatives.iter().chain(&self.visitors) {
            let Some(person) = self.person(*page).await else { continue };
            if !person.may_be_rung() {
                return Err(format!("not free again: {person:?}"));
            }
        }
        Ok(())
    }
}

impl Found {
    fn agrees(&self) -> Held {
        for person in &self.people {
            let (id, engagement) = (person.id(), person.engagement());
            let ring = |wanted| self.rings.iter().find(|ring| ring.id() == wanted);
            let right = match engagement {
                Engagement::Free => true,
                Engagement::Calling(of) => {
                    ring(of).is_some_and(|ring| ring.rings() && ring.caller().person == id)
                }
                Engagement::Called(of) => {
                    ring(of).is_some_and(|ring| ring.rings() && ring.callee().person == id)
                }
                Engagement::InCall(of) => {
                    ring(of).is_some_and(|ring| !ring.rings() && ring.talker(id).is_some())
                }
                Engagement::Attending(of) => self.visits.iter().any(|visit| {
                    let waits = visit.attendees().iter().any(|one| one.party.person == id);
                    visit.card().appointment == of && visit.call().is_none() && waits
                }),
                Engagement::Waiting(at) => {
                    self.queues.iter().any(|(desk, queue)| *desk == at && queue.position(id).is_some())
                }
            };
            if !right {
                return Err(format!("{person:?} is in nothing of the kind"));
            }
        }
        let engaged = |id: PersonId| {
            let person = self.people.iter().find(|person| person.id() == id);
            person.map_or(Engagement::Free, Person::engagement)
        };
        for ring in &self.rings {
            let (id, caller, callee) = (ring.id(), ring.caller().person, ring.callee().person);
            let right = if ring.rings() {
                engaged(caller) == Engagement::Calling(id) && engaged(callee) == Engagement::Called(id)
            } else {
                ring.talkers().iter().all(|one| engaged(one.party.person) == Engagement::InCall(id))
            };
            if !right {
                return Err(format!("{ring:?} does not hold its people"));
            }
        }
        for visit in &self.visits {
            let appointment = visit.card().appointment;
            let mut waiting = visit.attendees().iter();
            let there =
                |call| self.rings.iter().any(|ring: &Ring| ring.id() == call && ring.appointment().is_some());
            if !waiting.all(|one| engaged(one.party.person) == Engagement::Attending(appointment))
                || visit.call().is_some_and(|(call, _)| !there(*call))
            {
                return Err(format!("{visit:?} does not hold its people"));
            }
        }
        for (desk, queue) in &self.queues {
            let mut waiting = queue.waiting().iter();
            if !waiting.all(|one| engaged(one.party.person) == Engagement::Waiting(*desk)) {
                return Err(format!("{queue:?} does not hold its people"));
            }
        }
        Ok(())
    }
}

/// The ring that somebody is in the middle of.
pub(super) fn ring_of(engagement: Engagement) -> Option<RingId> {
    match engagement {
        Engagement::Calling(ring) | Engagement::Called(ring) | Engagement::InCall(ring) => Some(ring),
        Engagement::Free | Engagement::Waiting(_) | Engagement::Attending(_) => None,
    }
}

/// Does all of it at the same instant.
pub(super) async fn together<T, F>(all: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let all: Vec<_> = all.into_iter().collect();
    let barrier = Arc::new(Barrier::new(all.len()));
    let start = |one: F| {
        let barrier = barrier.clone();
        tokio::spawn(async move {
            barrier.wait().await;
            one.await
        })
    };
    let started: Vec<_> = all.into_iter().map(start).collect();
    let mut outcomes = Vec::with_capacity(started.len());
    for one in started {
        outcomes.push(one.await.expect("nobody panics"));
    }
    outcomes
}

async fn look(live: &dyn Live, keys: &[Key]) -> Found {
    let mut found = Found::default();
    let documents = live.load(keys).await.expect("live state is there");
    for (key, document) in keys.iter().zip(documents) {
        let body = document.body.as_ref();
        if key.as_person().is_some() {
            found.people.extend(decode::<Person>(body).expect("a person"));
        } else if key.as_ring().is_some() {
            found.rings.extend(decode::<Ring>(body).expect("a ring"));
        } else if let Some(desk) = key.as_queue() {
            found.queues.extend(decode::<Queue>(body).expect("a queue").map(|queue| (desk, queue)));
        } else if key.as_gathering().is_some() {
            let gathering = decode::<Gathering>(body).expect("who is in a room");
            found.gathered.extend(gathering.iter().flat_map(Gathering::people));
        } else if key.as_str().starts_with("name:") {
            found.claims += usize::from(body.is_some());
        } else {
            assert!(body.is_none() || key.as_room().is_none(), "a room is left over");
        }
    }
    found
}

fn person(desk: usize, place: usize) -> PersonId {
    PersonId::from_bits((desk as u128 + 1) << 32 | (place as u128 + 1))
}

fn account(id: PersonId) -> Account {
    Account {
        id,
        email: Email::parse("somebody@example.org").expect("an address"),
        name: PersonName::parse("Representative").expect("a name"),
        title: String::new(),
        role: AccountRole::Staff,
        state: AccountState::Active,
        totp: false,
        created_at: Timestamp(1),
    }
}

/// The first representative's, with the first visitor.
fn appointment(index: usize) -> Appointment {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    let starts_at = Timestamp(u64::try_from(now.as_millis()).expect("it is before the end of time"));
    Appointment {
        id: claims(index).appointment,
        professional: person(index, 0),
        desk: Some(DeskId::from_bits(index as u128 + 1)),
        client: PersonName::parse("Client").expect("a name"),
        email: None,
        about: String::new(),
        schedule: Schedule { starts_at, minutes: 60, zone: "UTC".into() },
        state: AppointmentState::Booked,
        sequence: 0,
        note: String::new(),
        created_at: Timestamp(1),
    }
}

fn link(index: usize) -> Link {
    let LinkClaims { appointment, link: id, .. } = claims(index);
    Link {
        id,
        appointment,
        person: person(index, CLIENT),
        kind: LinkKind::Client,
        name: None,
        created_at: Timestamp(1),
        revoked_at: None,
    }
}

fn claims(index: usize) -> LinkClaims {
    let number = index as u128 + 1;
    LinkClaims {
        appointment: AppointmentId::from_bits(number),
        link: LinkId::from_bits(number),
        sequence: 0,
        not_before: Timestamp(0),
        expires_at: Timestamp(u64::MAX),
    }
}

fn desk(index: usize, members: Vec<PersonId>) -> Desk {
    Desk {
        id: DeskId::from_bits(index as u128 + 1),
        slug: format!("desk-{index}"),
        name: "Desk".into(),
        about: String::new(),
        hours: None,
        wrap_up_s: 0,
        // A ring's time is over at once, but nobody looks before the test says so.
        ring_s: 0,
        sites: Vec::new(),
        members,
    }
}
