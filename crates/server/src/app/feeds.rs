//! Use cases of programs that send media into rooms, or take it out, by a key and without a page. Such a feed has a seat
//! as everybody has, and no session that anybody listens to: its seat is held by its media. It is not yet connected when
//! it sits down, is freed if the media does not come in time, and goes when the media goes.

use super::media::site;
use super::{
    App, Flows, IceAsked, IceTold, MediaFeed, MediaOffer, MediaRefused, MediaSeat, Refused, Watched,
};
use crate::app::documents::ring_of;
use std::time::Duration;
use visavis_domain::account::AccountState;
use visavis_domain::ids::{ApiKeyId, CallId, ParticipantId, PersonId, SessionId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::room::{
    self, Caller, Camera, Command, Devices, FeedRole, Keys, Member, Microphone, Room, Screen, Source,
};
use visavis_media::feed::{self, Unfit, Whom};
use visavis_protocol::TrackLabel;

/// For its media to come: longer than the media server waits for it.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);
/// A room's password may be changed between two looks, but hardly twice.
const TRIES: usize = 3;

/// What a program wants in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedWish {
    Publish,
    Watch(Watched),
}

/// A feed that has sat down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Feed {
    /// By which it is found again; nobody else knows it.
    pub(crate) session: SessionId,
    /// RFC 8866 text.
    pub(crate) sdp: String,
    /// Of our side's ICE session.
    pub(crate) tag: String,
}

/// Why a feed is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedRefused {
    /// Its description does not fit.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is no such room, or none for programs.
    #[error("no such room")]
    RoomUnknown,
    /// There is no such feed, or it is another key's.
    #[error("no such feed")]
    FeedUnknown,
    /// This instance takes no new work.
    #[error("about to stop")]
    Draining,
    /// As for everybody.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<MediaRefused> for FeedRefused {
    fn from(refused: MediaRefused) -> Self {
        Self::Refused(refused.into())
    }
}

impl App {
    /// Come in and connect. The answer's session names the feed from now on.
    pub(crate) async fn open_feed(
        &self,
        key: ApiKeyId,
        name: &RoomName,
        shown: &str,
        wish: FeedWish,
        sdp: &str,
    ) -> Result<Feed, FeedRefused> {
        if self.standing.says().draining {
            return Err(FeedRefused::Draining);
        }
        let person = PersonName::parse(shown).map_err(|_| Refused::Name)?;
        let (role, devices, tracks) = reads(wish, sdp)?;
        // Rooms of calls are their people's alone.
        if ring_of(name).is_some() {
            return Err(FeedRefused::RoomUnknown);
        }
        let session = SessionId::from_bits(self.random_bits());
        let command = Command::Feed {
            caller: Caller {
                session,
                keys: self.keys_of(key),
                shown: None,
                vouched: None,
                may_open: role == FeedRole::Publisher,
            },
            participant: ParticipantId::from_bits(self.random_bits()),
            name: name.clone(),
            call: CallId::from_bits(self.random_bits()),
            person,
            devices,
            feed: room::Feed { key, role },
            until: self.now().plus(CONNECTS_WITHIN),
        };
        self.sit_down(name, command, wish).await?;
        let watch = match wish {
            FeedWish::Publish => None,
            FeedWish::Watch(watched) => Some(watched),
        };
        let feed = Some(MediaFeed { room: name.clone(), watch });
        let offer = MediaOffer { fresh: true, sdp: feed::tidied(sdp), tracks, only: None, dark: false, feed };
        let answered = self.connect_media(name, session, offer).await;
        let named =
            answered.and_then(|sdp| Ok((feed::ice_name(&sdp).map_err(|_| Refused::Corrupt)?.ufrag, sdp)));
        match named {
            Ok((tag, sdp)) => Ok(Feed { session, sdp, tag }),
            Err(refused) => {
                if let Err(error) = self.leave(name, session).await {
                    tracing::debug!(%error, "a feed that is not connected keeps its seat until its time is over");
                }
                Err(refused.into())
            }
        }
    }

    /// The key stands for the room's password: whoever made it decided who may use it, and nobody can type one into
    /// an encoder. Locks and lobbies are about who comes, and hold.
    async fn sit_down(&self, name: &RoomName, command: Command, wish: FeedWish) -> Result<(), FeedRefused> {
        for _ in 0..TRIES {
            let loaded = self.load(name).await?;
            if let FeedWish::Watch(Watched { participant, .. }) = wish {
                let members = loaded.room.as_ref().map(Room::members).unwrap_or_default();
                if members.is_empty() {
                    return Err(FeedRefused::RoomUnknown);
                }
                if participant.is_some_and(|whom| members.iter().all(|member| member.id != whom)) {
                    return Err(Refused::from(room::Rejection::ParticipantUnknown).into());
                }
            }
            let mut command = command.clone();
            if let Command::Feed { caller, .. } = &mut command {
                caller.shown = loaded.room.as_ref().and_then(Room::password).map(|password| password.id);
            }
            match self.change_as(name, command, None).await {
                Err(Refused::Room(room::Rejection::PasswordRequired | room::Rejection::PasswordWrong)) => {}
                Err(Refused::Room(room::Rejection::RoomNotOpen)) => return Err(FeedRefused::RoomUnknown),
                done => return Ok(done.map(drop)?),
            }
        }
        Err(Refused::from(room::Rejection::PasswordWrong).into())
    }

    /// Goes on in the ICE session it names, or begins that one.
    pub(crate) async fn feed_ice(
        &self,
        key: ApiKeyId,
        name: &RoomName,
        (session, role): (SessionId, FeedRole),
        asked: IceAsked,
    ) -> Result<IceTold, FeedRefused> {
        let (room, member) = self.feed(key, name, session, role).await?;
        let site = site(&room).ok_or(FeedRefused::FeedUnknown)?;
        match self.media.ice(site, member.id, asked).await {
            Err(MediaRefused::Unknown) => Err(FeedRefused::FeedUnknown),
            told => Ok(told?),
        }
    }

    /// It is over.
    pub(crate) async fn close_feed(
        &self,
        key: ApiKeyId,
        name: &RoomName,
        (session, role): (SessionId, FeedRole),
    ) -> Result<(), FeedRefused> {
        self.feed(key, name, session, role).await?;
        Ok(self.leave(name, session).await?)
    }

    /// Its media has come, or gone. Where its seat has gone before, there is nothing to do.
    pub(super) async fn feed_flows(
        &self,
        name: &RoomName,
        seat: MediaSeat,
        flows: Flows,
    ) -> Result<(), Refused> {
        let session = seat.session;
        let done = match flows {
            Flows::Begun => self.attach(name, session).await,
            Flows::Over => self.detach(name, session, Duration::ZERO).await,
        };
        match done {
            Err(Refused::Room(room::Rejection::NotInRoom)) => Ok(()),
            Ok(()) if flows == Flows::Over => self.expire(name).await,
            done => done,
        }
    }

    /// Feeds whose key is worth nothing any more go.
    pub(super) async fn dismiss_keyless(&self, room: &Room) -> Result<(), Refused> {
        for member in room.members() {
            let Some(feed) = member.feed else { continue };
            let found = self.store.api_key(feed.key).await?;
            let holds = found.is_some_and(|(key, account)| {
                self.now() < key.expires_at && account.state == AccountState::Active
            });
            if !holds {
                self.change(room.name(), Command::Dismiss { participant: member.id }).await?;
            }
        }
        Ok(())
    }

    /// Whoever is removed does not come back by the same key while the room lives; whom the key acts for may.
    fn keys_of(&self, key: ApiKeyId) -> Keys {
        Keys { person: Some(PersonId::from_bits(self.browsers.wide(&format!("key {key}")))), browser: None }
    }

    async fn feed(
        &self,
        key: ApiKeyId,
        name: &RoomName,
        session: SessionId,
        role: FeedRole,
    ) -> Result<(Room, Member), FeedRefused> {
        let room = match self.room(name).await {
            Err(Refused::Room(room::Rejection::NotInRoom)) => return Err(FeedRefused::FeedUnknown),
            room => room?,
        };
        let member = room.member_of(session).filter(|member| member.feed == Some(room::Feed { key, role }));
        let member = member.cloned().ok_or(FeedRefused::FeedUnknown)?;
        Ok((room, member))
    }
}

/// What an offer makes of a seat.
fn reads(wish: FeedWish, sdp: &str) -> Result<(FeedRole, Devices, Vec<TrackLabel>), Unfit> {
    let absent = Devices { microphone: Microphone::Absent, camera: Camera::Absent, screen: Screen::Off };
    match wish {
        FeedWish::Watch(watched) => {
            let whom = if watched.participant.is_some() { Whom::One } else { Whom::Anybody };
            feed::check_watching(sdp, whom)?;
            Ok((FeedRole::Watcher, absent, Vec::new()))
        }
        FeedWish::Publish => {
            let feed::Published { voice, picture } = feed::published(sdp)?;
            let devices = Devices {
                microphone: if voice.is_some() { Microphone::Live } else { absent.microphone },
                camera: if picture.is_some() { Camera::On } else { absent.camera },
                ..absent
            };
            let label = |(mid, source)| Some(TrackLabel { mid: mid?, source, layers: Vec::new() });
            let tracks = [(voice, Source::Microphone), (picture, Source::Camera)];
            Ok((FeedRole::Publisher, devices, tracks.into_iter().filter_map(label).collect()))
        }
    }
}
