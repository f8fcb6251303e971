//! The scenarios: who is in which room, sends what and looks at whom.

use clap::ValueEnum;
use std::time::Duration;
use visavis_bots::media::{Camera, Layer, Network, Speech, Tracks};

/// The names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// One room of ten, everybody sees everybody
    #[value(name = "room-10x10")]
    Room10,
    /// One room of twenty, everybody sees everybody
    #[value(name = "room-20x20")]
    Room20,
    /// One sends, 200 receive
    #[value(name = "one-to-200")]
    OneTo200,
    /// One sends, 300 receive
    #[value(name = "one-to-300")]
    OneTo300,
    /// Twenty rooms of five, everybody sees everybody
    #[value(name = "rooms-20x5x5")]
    Rooms20,
    /// A hundred come into one room at the same moment
    #[value(name = "join-storm")]
    JoinStorm,
    /// Ten with simulcast, two of whom speak in turn; who speaks is shown large
    #[value(name = "speaker-ping-pong")]
    SpeakerPingPong,
    /// Six with simulcast, a third each on a good, a lossy and a narrow network; then all on a good one
    #[value(name = "bad-network")]
    BadNetwork,
    /// A desk of a thousand representatives, up to 5,000 who watch it, and calls; no media
    #[value(name = "desk")]
    Desk,
    /// 2,000 people in 20 rooms of the lounge, a change of status and 20 messages a second; no media
    #[value(name = "lounge")]
    Lounge,
    /// One, two and three instances over Redis and PostgreSQL; no media
    #[value(name = "cluster")]
    Cluster,
}

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Senders {
    Everybody,
    First,
}

/// How they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    /// A few at a time.
    Paced,
    AtOnce,
}

/// What one looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looking {
    /// Everybody, of the same size.
    AtAll,
    /// Who speaks large, the others small.
    AtSpeaker,
}

/// What the networks are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Good,
    Bad,
    GoodAgain,
}

/// How good a person's network is in the bad phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Good,
    Lossy,
    Narrow,
}

/// A scenario in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) rooms: usize,
    pub(crate) people: usize,
    pub(crate) senders: Senders,
    pub(crate) camera: Camera,
    pub(crate) coming: Coming,
    pub(crate) looking: Looking,
    /// How many take turns in speaking, and for how long.
    pub(crate) speakers: u32,
    pub(crate) turn: Duration,
}

impl Scenario {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Who is in which room; none where nobody has media.
    pub(crate) fn plan(self) -> Option<Plan> {
        let turn = Duration::from_secs(3);
        let room = |rooms, people| Plan {
            rooms,
            people,
            senders: Senders::Everybody,
            camera: Camera::Single(Layer::Full),
            coming: Coming::Paced,
            looking: Looking::AtAll,
            speakers: u32::try_from(people).unwrap_or(u32::MAX),
            turn,
        };
        let one = |people| Plan { senders: Senders::First, speakers: 1, ..room(1, people) };
        Some(match self {
            Self::Room10 => room(1, 10),
            Self::Room20 => room(1, 20),
            Self::Rooms20 => room(20, 5),
            Self::OneTo200 => one(201),
            Self::OneTo300 => one(301),
            Self::JoinStorm => Plan { coming: Coming::AtOnce, ..one(101) },
            Self::SpeakerPingPong => Plan {
                camera: Camera::Simulcast,
                looking: Looking::AtSpeaker,
                speakers: 2,
                turn: Duration::from_millis(1500),
                ..room(1, 10)
            },
            Self::BadNetwork => Plan { camera: Camera::Simulcast, ..room(1, 6) },
            Self::Desk | Self::Lounge | Self::Cluster => return None,
        })
    }
}

impl Plan {
    pub(crate) fn summary(&self) -> String {
        let Self { rooms, people, .. } = self;
        let senders = match self.senders {
            Senders::Everybody => "everybody sends",
            Senders::First => "one sends",
        };
        let layers = self.camera.layers().len();
        format!("{rooms} room(s) of {people}, {senders}, {layers} layer(s)")
    }

    /// What the one who comes in at this place of their room has.
    pub(crate) fn tracks(&self, place: usize) -> Tracks {
        let pictures = match self.senders {
            Senders::Everybody => self.people - 1,
            Senders::First => 1,
        };
        let slots = u8::try_from(pictures.min(25)).unwrap_or(25);
        if self.senders == Senders::First && place > 0 {
            return Tracks::subscriber(slots);
        }
        let index = u32::try_from(place).unwrap_or(u32::MAX);
        let speech = if index >= self.speakers {
            Speech::Never
        } else {
            Speech::InTurn { index, of: self.speakers, turn: self.turn }
        };
        Tracks::participant(speech, self.camera, slots)
    }

    /// Whether who came in at this place is to see anybody.
    pub(crate) fn sees_somebody(&self, place: usize) -> bool {
        self.senders == Senders::Everybody || place > 0
    }

    pub(crate) fn phases(&self) -> &'static [Phase] {
        if self.is_shaped() { &[Phase::Bad, Phase::GoodAgain] } else { &[Phase::Good] }
    }

    fn is_shaped(&self) -> bool {
        Some(*self) == Scenario::BadNetwork.plan()
    }

    /// The group of who came in at this place.
    pub(crate) fn group(&self, place: usize) -> Group {
        match (self.is_shaped(), place % 3) {
            (false, _) | (true, 0) => Group::Good,
            (true, 1) => Group::Lossy,
            (true, _) => Group::Narrow,
        }
    }
}

impl Group {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Lossy => "lossy",
            Self::Narrow => "narrow",
        }
    }

    /// To the server and from it.
    pub(crate) fn networks(self, phase: Phase) -> (Network, Network) {
        let good = Network::default();
        if phase != Phase::Bad {
            return (good, good);
        }
        let delay = Duration::from_millis(40);
        match self {
            Self::Good => (good, good),
            Self::Lossy => {
                let lossy = Network { loss: 0.03, delay, jitter: Duration::from_millis(20), ..good };
                (Network { loss: 0.01, ..lossy }, lossy)
            }
            Self::Narrow => {
                let queue = Duration::from_millis(300);
                let narrow = Network { delay, queue, bits_per_second: Some(700_000), ..good };
                (Network { bits_per_second: Some(3_000_000), ..narrow }, narrow)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Phase, Scenario};
    use clap::ValueEnum;
    use visavis_bots::media::Network;

    #[test]
    fn every_scenario_has_a_name_and_somebody_who_sends_and_sees() {
        for scenario in Scenario::value_variants() {
            assert!(!scenario.name().is_empty());
            let Some(plan) = scenario.plan() else { continue };
            assert!(plan.tracks(0).camera.is_some() && plan.tracks(0).microphone.is_some());
            assert!(plan.sees_somebody(1) && plan.people <= 400 && !plan.phases().is_empty());
            assert!(plan.tracks(1).video_slots >= 1 && plan.tracks(1).audio_slots == 3);
        }
    }

    #[test]
    fn of_one_to_many_only_the_first_sends() {
        let plan = Scenario::OneTo300.plan().unwrap();
        assert_eq!(plan.people, 301);
        assert!((1..301).all(|place| plan.tracks(place).camera.is_none()));
        assert!(!plan.sees_somebody(0));
    }

    #[test]
    fn networks_are_bad_in_one_scenario_and_one_phase_alone() {
        let groups = |scenario: Scenario| {
            (0..6).map(|place| scenario.plan().unwrap().group(place)).collect::<Vec<_>>()
        };
        assert!(groups(Scenario::Room20).iter().all(|group| *group == Group::Good));
        let bad = groups(Scenario::BadNetwork);
        assert_eq!(bad[..3], [Group::Good, Group::Lossy, Group::Narrow]);
        let good = (Network::default(), Network::default());
        assert_ne!(Group::Narrow.networks(Phase::Bad), good);
        assert_eq!(Group::Narrow.networks(Phase::GoodAgain), good);
    }
}
