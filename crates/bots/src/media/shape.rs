//! The shapes of what is sent: what a camera and a microphone of a browser amount to on the wire.

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 50 packets of 80 bytes a second.
    Audio,
    /// 30 frames a second, of as many packets as the layer needs.
    Video,
}

/// One of the qualities a camera is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// A quarter: 320×180, 150 kbit/s.
    Quarter,
    /// A half: 640×360, 500 kbit/s.
    Half,
    /// Everything: 1280×720, 1.5 Mbit/s.
    Full,
}

/// Frames of a camera per second.
pub(crate) const FRAMES_PER_SECOND: u32 = 30;
/// The payload of a packet never is longer: what browsers keep to.
pub(crate) const MAX_PAYLOAD: usize = 1041;
/// A key frame is this many times as large as another.
pub(crate) const KEY_FRAME_TIMES: usize = 3;

impl Layer {
    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Half, Self::Full];

    /// Its id in descriptions.
    #[must_use]
    pub fn rid(self) -> &'static str {
        match self {
            Self::Quarter => "q",
            Self::Half => "h",
            Self::Full => "f",
        }
    }

    /// Pixels, width and height.
    #[must_use]
    pub fn size(self) -> (u16, u16) {
        match self {
            Self::Quarter => (320, 180),
            Self::Half => (640, 360),
            Self::Full => (1280, 720),
        }
    }

    /// Payload of a frame that is no key frame, bytes. Full is six packets of 1,041 bytes.
    #[must_use]
    pub fn frame_bytes(self) -> usize {
        match self {
            Self::Quarter => 625,
            Self::Half => 2_082,
            Self::Full => 6_246,
        }
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Quarter => 0,
            Self::Half => 1,
            Self::Full => 2,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.number() == number)
    }
}

/// How a camera is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Camera {
    /// In one quality, without an id.
    Single(Layer),
    /// In three: q, h and f.
    Simulcast,
}

impl Camera {
    /// The layers that are sent.
    #[must_use]
    pub fn layers(self) -> &'static [Layer] {
        match self {
            Self::Single(Layer::Quarter) => &Layer::ALL[0..1],
            Self::Single(Layer::Half) => &Layer::ALL[1..2],
            Self::Single(Layer::Full) => &Layer::ALL[2..3],
            Self::Simulcast => &Layer::ALL,
        }
    }
}
