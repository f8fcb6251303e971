//! The media servers of all instances as one: what concerns a room goes to the instance that forwards its media, by a
//! call if that is this one, over the bus if not.

use super::bus::{Answering, Bus, Ear, Silent};
use crate::app::{IceAsked, IceTold, Media, MediaOffer, MediaRefused, MediaRoom, MediaSeat, MediaSite};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use visavis_domain::ids::{InstanceId, ParticipantId};
use visavis_domain::room::Camera;
use visavis_live::{Live, LiveError};
use visavis_protocol::Viewed;

/// To make a connection costs the other side some work, and a worker may be busy.
const OFFERED_WITHIN: Duration = Duration::from_secs(3);
/// A session hears of nothing while it waits for this, not even that the one it asks has died and its room has moved.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);

/// What is asked of the instance that forwards.
#[allow(clippy::enum_variant_names, reason = "other things may be asked over the same bus")]
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Request {
    MediaOffer { site: MediaSite, seat: MediaSeat, offer: MediaOffer },
    MediaView { site: MediaSite, participant: ParticipantId, views: Vec<Viewed> },
    MediaIce { site: MediaSite, participant: ParticipantId, asked: IceAsked },
}

/// What it is told. The words are what instances of two versions have in common.
#[allow(clippy::enum_variant_names, reason = "other things may be told over the same bus")]
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Note {
    MediaReseat { site: MediaSite, seat: MediaSeat },
    MediaRemove { site: MediaSite, participant: ParticipantId },
    MediaAllowOnly { site: MediaSite, only: Option<ParticipantId> },
    MediaMute { site: MediaSite, participant: ParticipantId },
    MediaCamera { site: MediaSite, participant: ParticipantId, camera: Camera },
    MediaRetire { site: MediaSite },
    MediaEnd { site: MediaSite },
}

/// This instance's media server, and those of the others.
pub(crate) struct SharedMedia {
    own: InstanceId,
    local: Arc<dyn Media>,
    bus: Arc<Bus>,
}

impl SharedMedia {
    /// From now on this instance does for others what they ask of its media server.
    ///
    /// # Errors
    /// If live state is away.
    pub(crate) async fn start(
        live: Arc<dyn Live>,
        own: InstanceId,
        local: Arc<dyn Media>,
    ) -> Result<Self, LiveError> {
        let bus = Bus::start(live, own, Arc::new(Local { own, media: local.clone() })).await?;
        Ok(Self { own, local, bus })
    }

    fn is_here(&self, site: MediaSite) -> bool {
        site.instance == self.own
    }

    fn tell(&self, site: MediaSite, note: &Note) {
        if self.bus.tell(site.instance, note).is_err() {
            tracing::warn!("another instance could not be told what happened to a call's media");
        }
    }
}

#[async_trait]
impl Media for SharedMedia {
    async fn offer(
        &self,
        site: MediaSite,
        seat: MediaSeat,
        offer: MediaOffer,
    ) -> Result<String, MediaRefused> {
        if self.is_here(site) {
            return self.local.offer(site, seat, offer).await;
        }
        let request = Request::MediaOffer { site, seat, offer };
        self.bus.ask(site.instance, &request, OFFERED_WITHIN).await?
    }

    async fn view(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        views: Vec<Viewed>,
    ) -> Result<(), MediaRefused> {
        if self.is_here(site) {
            return self.local.view(site, participant, views).await;
        }
        let request = Request::MediaView { site, participant, views };
        self.bus.ask(site.instance, &request, ANSWERED_WITHIN).await?
    }

    async fn ice(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        asked: IceAsked,
    ) -> Result<IceTold, MediaRefused> {
        if self.is_here(site) {
            return self.local.ice(site, participant, asked).await;
        }
        let request = Request::MediaIce { site, participant, asked };
        self.bus.ask(site.instance, &request, OFFERED_WITHIN).await?
    }

    fn mute(&self, site: MediaSite, participant: ParticipantId) {
        if self.is_here(site) {
            self.local.mute(site, participant);
        } else {
            self.tell(site, &Note::MediaMute { site, participant });
        }
    }

    fn camera(&self, site: MediaSite, participant: ParticipantId, camera: Camera) {
        if self.is_here(site) {
            self.local.camera(site, participant, camera);
        } else {
            self.tell(site, &Note::MediaCamera { site, participant, camera });
        }
    }

    fn reseat(&self, site: MediaSite, seat: MediaSeat) {
        if self.is_here(site) {
            self.local.reseat(site, seat);
        } else {
            self.tell(site, &Note::MediaReseat { site, seat });
        }
    }

    fn remove(&self, site: MediaSite, participant: ParticipantId) {
        if self.is_here(site) {
            self.local.remove(site, participant);
        } else {
            self.tell(site, &Note::MediaRemove { site, participant });
        }
    }

    fn allow_only(&self, site: MediaSite, only: Option<ParticipantId>) {
        if self.is_here(site) {
            self.local.allow_only(site, only);
        } else {
            self.tell(site, &Note::MediaAllowOnly { site, only });
        }
    }

    fn retire(&self, site: MediaSite) {
        if self.is_here(site) {
            self.local.retire(site);
        } else {
            self.tell(site, &Note::MediaRetire { site });
        }
    }

    fn end(&self, site: MediaSite) {
        if self.is_here(site) {
            self.local.end(site);
        } else {
            self.tell(site, &Note::MediaEnd { site });
        }
    }

    fn reconcile(&self, rooms: Vec<MediaRoom>) {
        self.local.reconcile(rooms);
    }

    fn end_all(&self) {
        self.local.end_all();
    }
}

impl From<Silent> for MediaRefused {
    fn from(Silent: Silent) -> Self {
        Self::Away
    }
}

/// Does what other instances ask.
struct Local {
    own: InstanceId,
    media: Arc<dyn Media>,
}

impl Ear for Local {
    fn asked(&self, body: Value) -> Option<Answering> {
        let request = serde_json::from_value(body).ok()?;
        let (Request::MediaOffer { site, .. }
        | Request::MediaView { site, .. }
        | Request::MediaIce { site, .. }) = &request;
        if site.instance != self.own {
            return None;
        }
        let media = self.media.clone();
        Some(Box::pin(async move {
            match request {
                Request::MediaOffer { site, seat, offer } => body_of(&media.offer(site, seat, offer).await),
                Request::MediaView { site, participant, views } => {
                    body_of(&media.view(site, participant, views).await)
                }
                Request::MediaIce { site, participant, asked } => {
                    body_of(&media.ice(site, participant, asked).await)
                }
            }
        }))
    }

    fn told(&self, body: Value) {
        let Ok(note) = serde_json::from_value(body) else { return };
        let (Note::MediaReseat { site, .. }
        | Note::MediaRemove { site, .. }
        | Note::MediaAllowOnly { site, .. }
        | Note::MediaMute { site, .. }
        | Note::MediaCamera { site, .. }
        | Note::MediaRetire { site }
        | Note::MediaEnd { site }) = note;
        if site.instance != self.own {
            return;
        }
        match note {
            Note::MediaReseat { seat, .. } => self.media.reseat(site, seat),
            Note::MediaRemove { participant, .. } => self.media.remove(site, participant),
            Note::MediaAllowOnly { only, .. } => self.media.allow_only(site, only),
            Note::MediaMute { participant, .. } => self.media.mute(site, participant),
            Note::MediaCamera { participant, camera, .. } => self.media.camera(site, participant, camera),
            Note::MediaRetire { .. } => self.media.retire(site),
            Note::MediaEnd { .. } => self.media.end(site),
        }
    }
}

/// What cannot be put into words nobody understands, as if it had not been said.
fn body_of<T: Serialize>(outcome: &Result<T, MediaRefused>) -> Value {
    serde_json::to_value(outcome).unwrap_or_default()
}

#[cfg(test)]
mod tests;
