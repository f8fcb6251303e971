//! The port through which use cases reach the media servers of all instances, and what participants ask of them.

mod place;

use super::documents::{self, Route};
use super::{App, Refused};
use crate::cluster::Says;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use visavis_domain::ids::{CallId, InstanceId, ParticipantId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{
    self, Camera, Command, Event, MediaRoute, Microphone, Presence, Publishing, Room, Source,
};
use visavis_protocol::{Reply, ServerFrame, Topic, TrackLabel, Viewed};

/// Where a call's media is forwarded, and which connections there are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MediaSite {
    pub(crate) instance: InstanceId,
    pub(crate) call: CallId,
    /// Connections of another one are others.
    pub(crate) generation: u32,
}

/// Whose connection with the media server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MediaSeat {
    pub(crate) participant: ParticipantId,
    /// Who is told what happens to it.
    pub(crate) session: SessionId,
}

/// A room whose media is forwarded, as live state has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaRoom {
    pub(crate) site: MediaSite,
    /// Who may have a connection.
    pub(crate) seats: Vec<MediaSeat>,
    /// Who alone is forwarded, if not everybody.
    pub(crate) only: Option<ParticipantId>,
    /// As it is called.
    pub(crate) name: RoomName,
    /// Programs that are connected.
    pub(crate) feeds: Vec<MediaSeat>,
    /// Those of them who are not heard.
    pub(crate) muted: Vec<ParticipantId>,
    /// Pages whose camera is off.
    pub(crate) dark: Vec<ParticipantId>,
}

/// What makes a program's connection another one than a page's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MediaFeed {
    /// Where its seat is: of its session nobody hears, what becomes of its media is said of the seat.
    pub(crate) room: RoomName,
    /// What it takes; none for who sends.
    pub(crate) watch: Option<Watched>,
}

/// What a program takes out of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// Whom; nobody for whoever speaks.
    pub(crate) participant: Option<ParticipantId>,
    /// Which of their pictures.
    pub(crate) picture: Source,
}

/// What a program says of its ICE session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IceAsked {
    /// Which of ours it means; none for whichever there is.
    pub(crate) tag: Option<String>,
    pub(crate) ufrag: String,
    pub(crate) password: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IceTold {
    /// It is the session there is. Ways to the other side are not needed: it comes to us.
    Present,
    /// Another one has begun; the answer is an RFC 8866 text.
    Begun { sdp: String },
}

/// One side of a connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MediaOffer {
    pub(crate) fresh: bool,
    pub(crate) sdp: String,
    pub(crate) tracks: Vec<TrackLabel>,
    /// Who alone may be forwarded in this call.
    #[serde(default)]
    pub(crate) only: Option<ParticipantId>,
    /// Whether the camera is off, though it may be announced: its place is kept.
    #[serde(default)]
    pub(crate) dark: bool,
    /// Set for a program.
    #[serde(default)]
    pub(crate) feed: Option<MediaFeed>,
}

/// Why the media server did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MediaRefused {
    /// The description cannot be used.
    #[error("the description cannot be used")]
    Unusable,
    /// There is no connection to change.
    #[error("no connection")]
    Unknown,
    /// Another ICE session has begun since.
    #[error("another ICE session")]
    Stale,
    /// It does not answer.
    #[error("the media server does not answer")]
    Away,
}

/// What the media server has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MediaNotice {
    /// To a session.
    Session { session: SessionId, event: Box<visavis_protocol::Event> },
    /// That a program's media has come, or gone.
    Feed { room: RoomName, seat: MediaSeat, flows: Flows },
}

/// Whether a program's media is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flows {
    /// It can flow from now on.
    Begun,
    /// Its connection is no more.
    Over,
}

/// Forwards the media of calls. What is asked about one call takes effect in the order in which it is asked; of what
/// is awaited, in the order in which it was first polled.
#[async_trait]
pub(crate) trait Media: Send + Sync {
    /// Makes a connection, or changes the one there is; the answer is an RFC 8866 text.
    async fn offer(
        &self,
        site: MediaSite,
        seat: MediaSeat,
        offer: MediaOffer,
    ) -> Result<String, MediaRefused>;

    /// What a participant looks at from now on.
    async fn view(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        views: Vec<Viewed>,
    ) -> Result<(), MediaRefused>;

    /// A program goes on in the ICE session it names; another one than before begins anew.
    async fn ice(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        asked: IceAsked,
    ) -> Result<IceTold, MediaRefused>;

    /// Nobody hears the participant any more, whatever is sent.
    fn mute(&self, site: MediaSite, participant: ParticipantId);

    /// What the camera of a page does: what is announced says only that there is a place for its picture.
    fn camera(&self, site: MediaSite, participant: ParticipantId, camera: Camera);

    /// Another session acts for the participant now.
    fn reseat(&self, site: MediaSite, seat: MediaSeat);

    /// The participant's connection is not needed any more.
    fn remove(&self, site: MediaSite, participant: ParticipantId);

    /// Who alone is forwarded.
    fn allow_only(&self, site: MediaSite, only: Option<ParticipantId>);

    /// The call's media goes elsewhere: connections last for a moment yet, so that nobody misses anything while they
    /// make new ones, but nothing is told of them, and nobody makes another one.
    fn retire(&self, site: MediaSite);

    /// The call is over.
    fn end(&self, site: MediaSite);

    /// Which rooms this instance forwards, all of them. What it forwards besides, and did the last time too, is let go
    /// of: the word that it is over was lost.
    fn reconcile(&self, rooms: Vec<MediaRoom>);

    /// This instance forwards nothing any more, whatever it was.
    fn end_all(&self);
}

impl App {
    /// Connect with the media server, or change the connection.
    pub(crate) async fn offer_media(
        &self,
        name: &RoomName,
        session: SessionId,
        fresh: bool,
        sdp: String,
        tracks: Vec<TrackLabel>,
    ) -> Result<Reply, Refused> {
        let offer = MediaOffer { fresh, sdp, tracks, only: None, dark: false, feed: None };
        Ok(Reply::MediaAnswer { sdp: self.connect_media(name, session, offer).await? })
    }

    /// Brings an offer to whoever forwards the room's media, and gives it a place if it has none.
    pub(super) async fn connect_media(
        &self,
        name: &RoomName,
        session: SessionId,
        offer: MediaOffer,
    ) -> Result<String, Refused> {
        let room = self.room(name).await?;
        let seat = seat(&room, session)?;
        if room.route() != MediaRoute::Server {
            return Err(MediaRefused::Unknown.into());
        }
        let site = match site(&room) {
            Some(site) => site,
            None => self.place(name).await?,
        };
        let (only, dark) = (only(&room), room.member_of(session).is_some_and(is_dark));
        let sdp = self.media.offer(site, seat, MediaOffer { only, dark, ..offer }).await?;
        let room = self.room(name).await.ok();
        let Some((room, member)) =
            room.as_ref().and_then(|room| room.member_of(session).map(|member| (room, member)))
        else {
            // Whoever lost their seat meanwhile has been removed before the connection was there.
            self.media.remove(site, seat.participant);
            return Err(room::Rejection::NotInRoom.into());
        };
        if self::site(room) != Some(site) {
            // The media has gone elsewhere meanwhile; so does the next offer. This one may have come after the word.
            self.media.retire(site);
            return Err(MediaRefused::Away.into());
        }
        if self::only(room) != only {
            // Decided meanwhile, and undone by this offer.
            self.media.allow_only(site, self::only(room));
        }
        if is_dark(member) != dark {
            self.media.camera(site, member.id, member.devices.camera);
        }
        Ok(sdp)
    }

    /// Gives the room a place, or finds that somebody else has.
    async fn place(&self, name: &RoomName) -> Result<MediaSite, Refused> {
        let others = self.live.instances().await?.into_iter().filter(|one| one.alive);
        // What cannot be read is said by one of a later version: it is there, and says no more.
        let others =
            others.map(|one| (one.id, serde_json::from_slice::<Says>(&one.says).unwrap_or_default()));
        let instance = place::choose((self.instance, self.standing.says()), others);
        let loaded = self.change(name, Command::Place { instance }).await?;
        loaded.room.as_ref().and_then(site).ok_or_else(|| MediaRefused::Away.into())
    }

    /// Say what one looks at.
    pub(crate) async fn view(
        &self,
        name: &RoomName,
        session: SessionId,
        videos: Vec<Viewed>,
    ) -> Result<Reply, Refused> {
        let room = self.room(name).await?;
        let seat = seat(&room, session)?;
        let site = site(&room).ok_or(MediaRefused::Unknown)?;
        self.media.view(site, seat.participant, videos).await?;
        Ok(Reply::Done)
    }

    /// Let go of the media server.
    pub(crate) async fn close_media(&self, name: &RoomName, session: SessionId) -> Result<Reply, Refused> {
        let room = self.room(name).await?;
        let MediaSeat { participant, .. } = seat(&room, session)?;
        if let Some(site) = site(&room) {
            self.media.remove(site, participant);
        }
        Ok(Reply::Done)
    }

    /// Brings to a session what the media server has to tell it; of programs their seats hear.
    pub(crate) async fn tell(&self, notice: MediaNotice) -> Result<(), Refused> {
        let (session, event) = match notice {
            MediaNotice::Session { session, event } => (session, *event),
            MediaNotice::Feed { room, seat, flows } => return self.feed_flows(&room, seat, flows).await,
        };
        let frame = ServerFrame::Event { topic: Topic::Direct, version: None, event };
        self.live.publish(Route::Session(session).topic(), documents::encode(&frame)?).await?;
        Ok(())
    }

    /// Lets the media server follow what has happened in a room.
    pub(super) fn follow(&self, before: Option<&Room>, after: Option<&Room>, events: &[Event]) {
        let Some(site) = before.and_then(site) else { return };
        for event in events {
            match event {
                Event::Left { participant, .. } => self.media.remove(site, *participant),
                Event::Closed | Event::Emptied { .. } => self.media.end(site),
                Event::Changed { member } => {
                    let earlier = before.and_then(|room| room.member_of(member.session));
                    if earlier.is_none() {
                        let (participant, session) = (member.id, member.session);
                        self.media.reseat(site, MediaSeat { participant, session });
                    }
                    if member.feed.is_some() && is_muted(member) && !earlier.is_some_and(is_muted) {
                        self.media.mute(site, member.id);
                    }
                    let camera = |member: &room::Member| member.devices.camera;
                    if member.feed.is_none() && earlier.is_none_or(|one| camera(one) != camera(member)) {
                        self.media.camera(site, member.id, camera(member));
                    }
                }
                Event::Placed { instance: None, .. } => self.media.retire(site),
                Event::Opened { .. }
                | Event::Joined { .. }
                | Event::Routed { .. }
                | Event::Placed { instance: Some(_), .. }
                | Event::SettingsChanged { .. }
                | Event::HostChanged { .. }
                | Event::PasswordChanged { .. }
                | Event::Muted { .. }
                | Event::Knocked { .. }
                | Event::KnockEnded { .. }
                | Event::Admitted { .. }
                | Event::Barred { .. }
                | Event::Refilled { .. }
                | Event::Unreserved => {}
            }
        }
        let only_now = after.and_then(only);
        if before.and_then(only) != only_now && after.is_some() {
            self.media.allow_only(site, only_now);
        }
    }

    /// Has the media server here keep to what live state says. Words between instances are said once, and may be lost
    /// with Redis: somebody who was removed would go on watching. A room that cannot be read is taken for what it was
    /// the time `before`, and costs the others nothing.
    pub(crate) async fn reconcile_media(&self, before: &mut Vec<MediaRoom>) -> Result<(), Refused> {
        if self.standing.says().load == 0 {
            before.clear();
            return Ok(());
        }
        let (mut rooms, mut with_feeds) = (Vec::new(), Vec::new());
        for name in self.rooms_forwarded_here().await? {
            let room = match self.load(&name).await {
                Ok(loaded) => loaded.room,
                Err(refused @ Refused::Live(_)) => return Err(refused),
                Err(refused) => {
                    tracing::warn!(%refused, "a room cannot be read; its media is left as it is");
                    rooms.extend(before.iter().find(|room| room.name == name).cloned());
                    continue;
                }
            };
            if let Some((room, here)) = room.and_then(|room| Some((forwarded(&room, self.instance)?, room))) {
                rooms.push(room);
                with_feeds.extend(Some(here).filter(|room| room.members().iter().any(is_feed)));
            }
        }
        before.clone_from(&rooms);
        self.media.reconcile(rooms);
        for room in &with_feeds {
            let Err(refused) = self.dismiss_keyless(room).await else { continue };
            tracing::warn!(%refused, "whether a program's key still holds could not be looked up");
            if matches!(refused, Refused::Store(_)) {
                // It would be asked as long in vain for the others.
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn room(&self, name: &RoomName) -> Result<Room, Refused> {
        self.load(name).await?.room.ok_or_else(|| room::Rejection::NotInRoom.into())
    }
}

fn seat(room: &Room, session: SessionId) -> Result<MediaSeat, Refused> {
    let member = room.member_of(session).ok_or(room::Rejection::NotInRoom)?;
    Ok(MediaSeat { participant: member.id, session })
}

fn is_feed(member: &room::Member) -> bool {
    member.feed.is_some()
}

/// The room as its media is to be, if this instance forwards it.
fn forwarded(room: &Room, instance: InstanceId) -> Option<MediaRoom> {
    let site = site(room).filter(|site| site.instance == instance)?;
    let seat = |member: &room::Member| MediaSeat { participant: member.id, session: member.session };
    let feeds = || room.members().iter().filter(|member| is_feed(member));
    let connected = feeds().filter(|member| member.presence == Presence::Connected);
    Some(MediaRoom {
        site,
        seats: room.members().iter().map(seat).collect(),
        only: only(room),
        name: room.name().clone(),
        feeds: connected.map(seat).collect(),
        muted: feeds().filter(|member| is_muted(member)).map(|member| member.id).collect(),
        dark: room.members().iter().filter(|member| is_dark(member)).map(|member| member.id).collect(),
    })
}

fn is_muted(member: &room::Member) -> bool {
    member.devices.microphone == Microphone::Muted
}

/// Of a program nobody says it.
fn is_dark(member: &room::Member) -> bool {
    !is_feed(member) && member.devices.camera != Camera::On
}

pub(super) fn site(room: &Room) -> Option<MediaSite> {
    let instance = room.place()?;
    Some(MediaSite { instance, call: room.call(), generation: room.generation() })
}

/// Stands for nobody where only the host may be forwarded and there is none: ids are drawn at random, never this one.
const NOBODY: ParticipantId = ParticipantId::from_bits(0);

/// Who alone may be forwarded, if not everybody.
fn only(room: &Room) -> Option<ParticipantId> {
    match room.settings().publishing {
        Publishing::Everybody => None,
        Publishing::Host => Some(room.host().map_or(NOBODY, |host| host.id)),
    }
}
