//! A practice with its professionals and those who come to them, for the tests of appointments.

use reqwest::{Client, Method};
use std::time::{SystemTime, UNIX_EPOCH};
use visavis_bots::{Bot, DEMO_PASSWORD, Invitee, Refused, ServerProcess, Staff};
use visavis_domain::ids::{AppointmentId, DeskId, PersonId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::room::{Camera, Microphone};
use visavis_domain::time::Timestamp;
use visavis_domain::zone;
use visavis_protocol::{
    AppointmentOutcome, AppointmentState, AppointmentView, Code, Command, ConsoleSnapshot, Engagement, Event,
    MediaPath, NewAppointment, OwnAvailability, Reply, RoomSnapshot, VisitView, WaitingRoom,
};

pub(super) struct Practice {
    pub(super) server: ServerProcess,
    pub(super) http: Client,
}

/// A professional with a console.
pub(super) struct Professional {
    pub(super) id: PersonId,
    pub(super) staff: Staff,
    pub(super) bot: Bot,
    pub(super) console: ConsoleSnapshot,
}

/// Somebody with a page that a link has opened.
pub(super) struct Comer {
    pub(super) id: PersonId,
    pub(super) invitee: Invitee,
    pub(super) bot: Bot,
    pub(super) room: WaitingRoom,
}

impl Practice {
    pub(super) async fn open(settings: &[(&str, &str)]) -> Self {
        let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), settings).await.unwrap();
        Self { server, http: visavis_bots::http_client() }
    }

    pub(super) async fn professional(&self, name: &str) -> Professional {
        let (base, email) = (self.server.base(), format!("{name}@demo"));
        let staff = Staff::sign_in(&self.http, &base, &email, DEMO_PASSWORD).await.unwrap();
        let mut bot = staff.connect().await.unwrap();
        let console = console(&mut bot).await;
        Professional { id: console.person, staff, bot, console }
    }

    /// Somebody opens a link of an appointment: the client's is the first one.
    pub(super) async fn comes(&self, appointment: &AppointmentView, link: usize) -> Comer {
        let url = &appointment.links[link].url;
        self.page(Invitee::open(&self.http, &self.server.base(), url).await.unwrap()).await
    }

    /// The client opens the link and is ready.
    pub(super) async fn waits(&self, appointment: &AppointmentView) -> Comer {
        let mut comer = self.comes(appointment, 0).await;
        let own = comer.ready().await.unwrap();
        assert_eq!(attending(&own), Some(false), "{own:?}");
        comer
    }

    /// One more page of theirs.
    pub(super) async fn page(&self, invitee: Invitee) -> Comer {
        let mut bot = invitee.connect().await.unwrap();
        match bot.command(Command::OpenWaitingRoom).await.unwrap().unwrap() {
            Reply::WaitingRoom { waiting_room: room } => Comer { id: room.person, invitee, bot, room },
            other => panic!("{other:?}"),
        }
    }
}

impl Professional {
    /// An appointment that begins in so many minutes.
    pub(super) async fn books(&self, client: &str, minutes: u64, desk: Option<DeskId>) -> AppointmentView {
        let new = NewAppointment {
            client_name: client.into(),
            email: None,
            about: "a will".into(),
            wall: wall(minutes),
            zone: "UTC".into(),
            repeated: None,
            minutes: 30,
            desk,
        };
        self.staff.ask(Method::POST, "/api/v1/appointments", &new).await.unwrap()
    }

    /// One that is shared with the desk of the demonstration.
    pub(super) async fn shares(&self, client: &str) -> AppointmentView {
        self.books(client, 1, Some(self.console.desks[0].desk.id)).await
    }

    pub(super) async fn settles(&self, appointment: AppointmentId, state: AppointmentState) {
        let path = format!("/api/v1/appointments/{appointment}/state");
        self.staff.send(Method::POST, &path, Some(&AppointmentOutcome { state })).await.unwrap();
    }

    pub(super) async fn admits(&mut self, appointment: AppointmentId) -> Result<RingId, Code> {
        match self.bot.command(Command::Admit { appointment }).await.unwrap() {
            Ok(Reply::Own { own }) => Ok(in_call(&own).unwrap()),
            Err(Refused(code)) => Err(code),
            other => panic!("{other:?}"),
        }
    }

    /// What is told of a visit until it is like that.
    pub(super) async fn sees(
        &mut self,
        appointment: AppointmentId,
        is: impl Fn(&VisitView) -> bool,
    ) -> VisitView {
        loop {
            if let Event::VisitChanged { visit } = self.bot.event().await.unwrap()
                && visit.appointment == appointment
                && is(&visit)
            {
                return visit;
            }
        }
    }

    pub(super) async fn sees_waiting(&mut self, appointment: AppointmentId, how_many: usize) -> VisitView {
        self.sees(appointment, |visit| visit.attendees.len() == how_many).await
    }
}

impl Comer {
    pub(super) async fn ready(&mut self) -> Result<OwnAvailability, Code> {
        match self.bot.command(Command::BeReady).await.unwrap() {
            Ok(Reply::Own { own }) => Ok(own),
            Err(Refused(code)) => Err(code),
            other => panic!("{other:?}"),
        }
    }

    /// The call into which they are let.
    pub(super) async fn admitted(&mut self) -> RingId {
        own_until(&mut self.bot, in_call).await
    }
}

/// What a clock in UTC shows in so many minutes.
pub(super) fn wall(minutes: u64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = u64::try_from(since.as_millis()).unwrap();
    zone::wall(Timestamp(now + minutes * 60_000), "UTC").unwrap()
}

pub(super) async fn console(bot: &mut Bot) -> ConsoleSnapshot {
    match bot.command(Command::OpenConsole).await.unwrap().unwrap() {
        Reply::Console { console } => console,
        other => panic!("{other:?}"),
    }
}

/// Whether somebody waits to be let in, and was sent back.
pub(super) fn attending(own: &OwnAvailability) -> Option<bool> {
    match own.engagement {
        Some(Engagement::Attending { held, .. }) => Some(held),
        _ => None,
    }
}

pub(super) fn in_call(own: &OwnAvailability) -> Option<RingId> {
    match &own.engagement {
        Some(Engagement::InCall { ring }) => Some(ring.id),
        _ => None,
    }
}

pub(super) async fn own_until<T>(bot: &mut Bot, wanted: impl Fn(&OwnAvailability) -> Option<T>) -> T {
    loop {
        if let Event::OwnChanged { own } = bot.event().await.unwrap()
            && let Some(found) = wanted(&own)
        {
            return found;
        }
    }
}

pub(super) async fn ended(bot: &mut Bot, ring: RingId) -> RingEnd {
    let is = |event: &Event| matches!(event, Event::RingEnded { ring: which, .. } if *which == ring);
    match bot.events_until(is).await.unwrap().pop() {
        Some(Event::RingEnded { end, .. }) => end,
        other => panic!("{other:?}"),
    }
}

pub(super) fn joining(ring: RingId, continuation: Option<String>, media: MediaPath) -> Command {
    let (microphone, camera) = (Microphone::Live, Camera::On);
    Command::JoinCall { ring, microphone, camera, continuation, media }
}

/// Goes into the call; returns its room, and the continuation.
pub(super) async fn join(bot: &mut Bot, ring: RingId) -> (RoomSnapshot, String) {
    match bot.command(joining(ring, None, MediaPath::Fresh)).await.unwrap().unwrap() {
        Reply::Joined { continuation, room, .. } => (room, continuation),
        other => panic!("{other:?}"),
    }
}

/// Until somebody else is in the room too.
pub(super) async fn met(bot: &mut Bot) {
    bot.events_until(|event| matches!(event, Event::ParticipantJoined { .. })).await.unwrap();
}

/// Everything one has heard by now.
pub(super) async fn heard(bot: &mut Bot) -> Vec<Event> {
    bot.events_so_far().await.unwrap()
}
