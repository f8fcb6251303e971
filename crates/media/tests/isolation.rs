//! Rooms never mix: many at once in one process, with the same names, addresses and sections in each, and people who
//! come, go, return and look elsewhere at random. Every packet says in which room and by whom it was made.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use visavis_media::{Certificate, Event, PeerId};
use world::{Camera, World};

const ROOMS: usize = 4;
/// What was on its way when somebody looked elsewhere or left: the network's 10 ms, and the pacer before it.
const ON_ITS_WAY: Duration = Duration::from_millis(150);
/// Between two things that happen.
const STEP: Duration = Duration::from_millis(170);

#[derive(Debug, Clone)]
enum Act {
    Join {
        layered: bool,
    },
    Leave {
        who: usize,
    },
    /// By the same name, from the same address.
    Return {
        who: usize,
    },
    /// At those of the room whose bit is set.
    Look {
        who: usize,
        at: u8,
    },
    Wait,
}

fn act() -> impl Strategy<Value = (usize, Act)> {
    let act = prop_oneof![
        3 => any::<bool>().prop_map(|layered| Act::Join { layered }),
        2 => (0_usize..8).prop_map(|who| Act::Leave { who }),
        1 => (0_usize..8).prop_map(|who| Act::Return { who }),
        5 => (0_usize..8, any::<u8>()).prop_map(|(who, at)| Act::Look { who, at }),
        2 => Just(Act::Wait),
    ];
    (0..ROOMS, act)
}

/// One room, and what may arrive in it.
struct Room {
    number: u8,
    world: World,
    present: Vec<bool>,
    /// Who looks at whom: until when that was so, if it is no longer.
    looks: BTreeMap<(usize, PeerId), Option<Instant>>,
    left: BTreeMap<PeerId, Instant>,
    video: u64,
    audio: u64,
    /// Datagrams of others' rooms that were taken for a participant's.
    taken: u64,
}

impl Room {
    fn new(number: u8, now: Instant, certificate: &Certificate) -> Self {
        let mut world = World::room(number, now, certificate.clone());
        world.alike = true;
        world.tap = Some(Vec::new());
        let mut room = Self {
            number,
            world,
            present: Vec::new(),
            looks: BTreeMap::new(),
            left: BTreeMap::new(),
            video: 0,
            audio: 0,
            taken: 0,
        };
        room.join(Camera::Single);
        room.join(Camera::Single);
        room.look(0, 0b10);
        room.look(1, 0b01);
        room
    }

    fn join(&mut self, camera: Camera) {
        if self.present.len() < 6 {
            let who = self.world.join(camera, 3);
            self.world.clients[who].arrivals = Some(Vec::new());
            self.present.push(true);
        }
    }

    fn act(&mut self, act: &Act) {
        let here: Vec<_> = (0..self.present.len()).filter(|who| self.present[*who]).collect();
        let pick = |who: usize| here.get(who % here.len().max(1)).copied();
        match *act {
            Act::Join { layered } => self.join(if layered { Camera::Layers } else { Camera::Single }),
            Act::Leave { who } => {
                let Some(who) = pick(who) else { return };
                self.world.leave(who);
                self.present[who] = false;
                self.left.insert(self.world.clients[who].id, self.world.now);
                self.forget_looks(who);
            }
            Act::Return { who } => {
                let who = who % self.present.len();
                self.left.remove(&self.world.clients[who].id);
                self.world.rejoin(who, Camera::Single, 3);
                // Who takes their own place keeps what they looked at; who has left begins anew.
                self.present[who] = true;
            }
            Act::Look { who, at } => {
                if let Some(who) = pick(who) {
                    self.look(who, at);
                }
            }
            Act::Wait => {}
        }
    }

    fn look(&mut self, who: usize, at: u8) {
        let of: Vec<_> = (0..self.present.len()).filter(|of| *of != who && at & (1 << of) != 0).collect();
        self.world.view(who, &of, 640);
        self.forget_looks(who);
        for of in of {
            self.looks.insert((who, self.world.clients[of].id), None);
        }
    }

    fn forget_looks(&mut self, who: usize) {
        for ((one, _), until) in &mut self.looks {
            if *one == who {
                until.get_or_insert(self.world.now);
            }
        }
    }

    /// Looks at everything that has arrived since.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let lost = self.world.events.drain(..).find(|event| matches!(event, Event::Lost { .. }));
        prop_assert_eq!(lost, None);
        for who in 0..self.world.clients.len() {
            let own = self.world.clients[who].id;
            for one in std::mem::take(self.world.clients[who].arrivals.as_mut().unwrap()) {
                prop_assert_eq!(one.room, self.number, "a packet of another room");
                prop_assert!(one.intact, "a packet that nobody made");
                prop_assert!(one.publisher != own, "somebody's own came back");
                let gone = self.left.get(&one.publisher);
                prop_assert!(
                    gone.is_none_or(|at| one.at <= *at + ON_ITS_WAY),
                    "room {}: {who} got {:?} after they had left",
                    self.number,
                    one
                );
                if one.audio {
                    self.audio += 1;
                    continue;
                }
                self.video += 1;
                let looked = match self.looks.get(&(who, one.publisher)) {
                    Some(None) => true,
                    Some(Some(until)) => one.at <= *until + ON_ITS_WAY,
                    None => false,
                };
                prop_assert!(looked, "room {}: {who} got {one:?} without looking", self.number);
            }
        }
        Ok(())
    }
}

/// Gives each router what participants of the next room have sent, as coming from those of the same name.
fn cross_feed(rooms: &mut [Room]) -> Result<(), TestCaseError> {
    for from in 0..ROOMS {
        let captured = std::mem::take(rooms[from].world.tap.as_mut().unwrap());
        let into = &mut rooms[(from + 1) % ROOMS];
        into.world.router.take_forwarded();
        for (client, bytes) in captured {
            if client < into.world.clients.len() {
                let source = into.world.clients[client].address;
                into.taken += u64::from(into.world.inject(client, source, &bytes));
                prop_assert_eq!(into.world.router.take_forwarded(), 0, "another room's packet was forwarded");
            }
        }
    }
    Ok(())
}

fn run(acts: &[(usize, Act)], feed: bool) -> Result<(u64, u64, u64), TestCaseError> {
    let certificate = Certificate::generate().unwrap();
    let now = world::start();
    let mut rooms: Vec<_> = (0..ROOMS).map(|number| Room::new(number as u8 + 1, now, &certificate)).collect();
    let settle = std::iter::repeat_n(None, 6);
    for act in settle.clone().chain(acts.iter().map(Some)).chain(settle) {
        if let Some((room, act)) = act {
            rooms[*room].act(act);
        }
        for room in &mut rooms {
            room.world.run(STEP);
            room.check()?;
        }
        if feed {
            cross_feed(&mut rooms)?;
        } else {
            rooms.iter_mut().for_each(|room| room.world.tap.as_mut().unwrap().clear());
        }
    }
    let sum = |of: fn(&Room) -> u64| rooms.iter().map(of).sum();
    Ok((sum(|room| room.video), sum(|room| room.audio), sum(|room| room.taken)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_packet_crosses_and_nobody_gets_what_they_do_not_look_at(acts in prop::collection::vec(act(), 10..40)) {
        let (video, audio, _) = run(&acts, false)?;
        prop_assert!(video > 300 && audio > 300, "{video} and {audio} packets prove little");
    }

    #[test]
    fn what_was_sent_to_one_room_is_nothing_to_another(acts in prop::collection::vec(act(), 10..25)) {
        let (video, audio, taken) = run(&acts, true)?;
        prop_assert!(video > 300 && audio > 300, "{video} and {audio} packets prove little");
        // From the right address they are looked at, and fail there.
        prop_assert!(taken > 300, "{taken} of another room were looked at");
    }
}
