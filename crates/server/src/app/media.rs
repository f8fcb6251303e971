//! The port through which use cases reach the media server, and what participants ask of it.

use super::documents::{self, Route};
use super::{App, Refused};
use async_trait::async_trait;
use visavis_domain::ids::{CallId, ParticipantId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{self, Command, Event, MediaRoute, Publishing, Room, RoomSettings};
use visavis_protocol::{Reply, ServerFrame, Topic, TrackLabel, Viewed};

/// Whose connection with the media server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MediaSeat {
    pub(crate) call: CallId,
    pub(crate) participant: ParticipantId,
    /// Who is told what happens to it.
    pub(crate) session: SessionId,
}

/// One side of a connection.
#[derive(Debug, Clone)]
pub(crate) struct MediaOffer {
    pub(crate) fresh: bool,
    pub(crate) sdp: String,
    pub(crate) tracks: Vec<TrackLabel>,
    /// Who alone may be forwarded in this call.
    pub(crate) only: Option<ParticipantId>,
}

/// Why the media server did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MediaRefused {
    /// The description cannot be used.
    #[error("the description cannot be used")]
    Unusable,
    /// There is no connection to change.
    #[error("no connection")]
    Unknown,
    /// It does not answer.
    #[error("the media server does not answer")]
    Away,
}

/// What a session is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaNotice {
    pub(crate) session: SessionId,
    pub(crate) event: visavis_protocol::Event,
}

/// Forwards the media of calls. Requests about one call take effect in the order in which they are made.
#[async_trait]
pub(crate) trait Media: Send + Sync {
    /// Makes a connection, or changes the one there is; the answer is an RFC 8866 text.
    async fn offer(&self, seat: MediaSeat, offer: MediaOffer) -> Result<String, MediaRefused>;

    /// What a participant looks at from now on.
    async fn view(&self, seat: MediaSeat, views: Vec<Viewed>) -> Result<(), MediaRefused>;

    /// Another session acts for the participant now.
    fn reseat(&self, seat: MediaSeat);

    /// The participant's connection is not needed any more.
    fn remove(&self, call: CallId, participant: ParticipantId);

    /// Who alone is forwarded.
    fn allow_only(&self, call: CallId, only: Option<ParticipantId>);

    /// The call is over.
    fn end(&self, call: CallId);

    /// Lets go of every call that is forwarded here.
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
        let room = self.room(name).await?;
        let seat = seat(&room, session)?;
        if room.route() != MediaRoute::Server {
            return Err(MediaRefused::Unknown.into());
        }
        let only = only(&room);
        let sdp = self.media.offer(seat, MediaOffer { fresh, sdp, tracks, only }).await?;
        // Whoever lost their seat meanwhile has been removed before the connection was there.
        match self.room(name).await {
            Ok(room) if room.call() == seat.call && room.member_of(session).is_some() => {
                Ok(Reply::MediaAnswer { sdp })
            }
            _ => {
                self.media.remove(seat.call, seat.participant);
                Err(room::Rejection::NotInRoom.into())
            }
        }
    }

    /// Say what one looks at.
    pub(crate) async fn view(
        &self,
        name: &RoomName,
        session: SessionId,
        videos: Vec<Viewed>,
    ) -> Result<Reply, Refused> {
        let seat = seat(&self.room(name).await?, session)?;
        self.media.view(seat, videos).await?;
        Ok(Reply::Done)
    }

    /// Let go of the media server.
    pub(crate) async fn close_media(&self, name: &RoomName, session: SessionId) -> Result<Reply, Refused> {
        let MediaSeat { call, participant, .. } = seat(&self.room(name).await?, session)?;
        self.media.remove(call, participant);
        Ok(Reply::Done)
    }

    /// Decide about the room: its host's right.
    pub(crate) async fn set_room(
        &self,
        name: &RoomName,
        session: SessionId,
        settings: RoomSettings,
    ) -> Result<Reply, Refused> {
        self.change(name, Command::SetSettings { session, settings }).await?;
        Ok(Reply::Done)
    }

    /// Brings to a session what the media server has to tell it.
    pub(crate) async fn tell(&self, notice: MediaNotice) -> Result<(), Refused> {
        let MediaNotice { session, event } = notice;
        let frame = ServerFrame::Event { topic: Topic::Direct, version: None, event };
        self.live.publish(Route::Session(session).topic(), documents::encode(&frame)?).await?;
        Ok(())
    }

    /// Lets the media server follow what has happened in a room.
    pub(super) fn follow(&self, before: Option<&Room>, after: Option<&Room>, events: &[Event]) {
        let Some(call) = before.or(after).map(Room::call) else { return };
        for event in events {
            match event {
                Event::Left { participant, .. } => self.media.remove(call, *participant),
                Event::Closed => self.media.end(call),
                Event::Changed { member } => {
                    let earlier = before.and_then(|room| room.member_of(member.session));
                    if earlier.is_none() {
                        let (participant, session) = (member.id, member.session);
                        self.media.reseat(MediaSeat { call, participant, session });
                    }
                }
                Event::Opened { .. }
                | Event::Joined { .. }
                | Event::Routed { .. }
                | Event::Placed { .. }
                | Event::SettingsChanged { .. } => {}
            }
        }
        let only_now = after.and_then(only);
        if before.and_then(only) != only_now && after.is_some() {
            self.media.allow_only(call, only_now);
        }
    }

    async fn room(&self, name: &RoomName) -> Result<Room, Refused> {
        self.load(name).await?.room.ok_or_else(|| room::Rejection::NotInRoom.into())
    }
}

fn seat(room: &Room, session: SessionId) -> Result<MediaSeat, Refused> {
    let member = room.member_of(session).ok_or(room::Rejection::NotInRoom)?;
    Ok(MediaSeat { call: room.call(), participant: member.id, session })
}

/// Who alone may be forwarded, if not everybody.
fn only(room: &Room) -> Option<ParticipantId> {
    match room.settings().publishing {
        Publishing::Everybody => None,
        Publishing::Host => room.host().map(|host| host.id),
    }
}
