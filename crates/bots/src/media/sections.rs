//! The sections of a participant's description: own tracks first, then slots for what others send.

use super::shape::{Camera, Kind};
use super::voice::Speech;
use str0m::change::SdpApi;
use str0m::media::{Direction, MediaKind, Mid, Simulcast, SimulcastLayer};
use visavis_domain::room::Source;
use visavis_protocol::{LayerLabel, TrackLabel};

/// What a participant sends, and how much it can receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracks {
    /// When it speaks; none has no microphone.
    pub microphone: Option<Speech>,
    /// None has no camera.
    pub camera: Option<Camera>,
    /// Slots for sound.
    pub audio_slots: u8,
    /// Slots for pictures, at most 25.
    pub video_slots: u8,
}

impl Tracks {
    /// Somebody who only receives: three slots for sound and these for pictures.
    #[must_use]
    pub fn subscriber(video_slots: u8) -> Self {
        Self { microphone: None, camera: None, audio_slots: 3, video_slots }
    }

    /// Somebody who sends, too.
    #[must_use]
    pub fn participant(speech: Speech, camera: Camera, video_slots: u8) -> Self {
        Self { microphone: Some(speech), camera: Some(camera), ..Self::subscriber(video_slots) }
    }
}

/// A change of a connection that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// This many more slots for pictures.
    MoreVideoSlots(u8),
    /// Another path, the same sections.
    RestartIce,
}

/// What `media_offer` carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// RFC 8866 text.
    pub sdp: String,
    /// What one's own tracks are.
    pub tracks: Vec<TrackLabel>,
}

/// Sections of an offer, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    pub(crate) microphone: Option<Mid>,
    pub(crate) camera: Option<Mid>,
    pub(crate) slots: Vec<(Mid, Kind)>,
}

impl Sections {
    /// Adds all of them to an offer.
    pub(crate) fn add(tracks: &Tracks, api: &mut SdpApi<'_>) -> Self {
        let send = |api: &mut SdpApi<'_>, kind, simulcast| {
            api.add_media(kind, Direction::SendOnly, None, None, simulcast)
        };
        let microphone = tracks.microphone.map(|_| send(api, MediaKind::Audio, None));
        let camera = tracks.camera.map(|camera| send(api, MediaKind::Video, simulcast(camera)));
        let mut sections = Self { microphone, camera, slots: Vec::new() };
        sections.add_slots(api, Kind::Audio, tracks.audio_slots);
        sections.add_slots(api, Kind::Video, tracks.video_slots);
        sections
    }

    /// Adds slots to an offer.
    pub(crate) fn add_slots(&mut self, api: &mut SdpApi<'_>, kind: Kind, count: u8) {
        let media = match kind {
            Kind::Audio => MediaKind::Audio,
            Kind::Video => MediaKind::Video,
        };
        for _ in 0..count {
            self.slots.push((api.add_media(media, Direction::RecvOnly, None, None, None), kind));
        }
    }

    /// What the own tracks are.
    pub(crate) fn labels(&self, camera: Option<Camera>) -> Vec<TrackLabel> {
        let label = |mid: Mid, source, layers| TrackLabel { mid: mid.to_string(), source, layers };
        let microphone = self.microphone.map(|mid| label(mid, Source::Microphone, Vec::new()));
        let camera = self.camera.zip(camera).map(|(mid, camera)| label(mid, Source::Camera, layers(camera)));
        microphone.into_iter().chain(camera).collect()
    }
}

fn simulcast(camera: Camera) -> Option<Simulcast> {
    if camera != Camera::Simulcast {
        return None;
    }
    let mut simulcast = Simulcast::new();
    for layer in camera.layers() {
        simulcast.add_send_layer(SimulcastLayer::new(layer.rid()));
    }
    Some(simulcast)
}

fn layers(camera: Camera) -> Vec<LayerLabel> {
    if camera != Camera::Simulcast {
        return Vec::new();
    }
    let label = |layer: &super::Layer| {
        let (width, height) = layer.size();
        LayerLabel { rid: layer.rid().into(), width: width.into(), height: height.into() }
    };
    camera.layers().iter().map(label).collect()
}
