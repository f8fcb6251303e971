//! What waits, for how long, and how much of it.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(5),
    sender: Bound { messages: 4, bytes: 100 },
    receiver: Bound { messages: 6, bytes: 150 },
    whole: Bound { messages: 9, bytes: 200 },
};

fn id(text: &str) -> PeerJsId {
    PeerJsId::parse(text).unwrap()
}

fn at(ms: u64) -> Timestamp {
    Timestamp(ms)
}

fn texts(letters: &[Letter<&'static str>]) -> Vec<&'static str> {
    letters.iter().map(|letter| letter.message).collect()
}

fn unreached(pairs: &[(&str, &str)]) -> BTreeSet<Unreached> {
    pairs.iter().map(|(from, to)| Unreached { from: id(from), to: id(to) }).collect()
}

#[test]
fn messages_wait_in_order_and_nothing_overtakes_what_is_brought() {
    let mut waiting = Waiting::new(BOUNDS);
    let (ana, ben, cem) = (id("ana"), id("ben"), id("cem"));
    assert!(!waiting.is_open(&cem) && waiting.is_empty());
    for (from, text) in [(&ana, "1"), (&ben, "2"), (&ana, "3")] {
        waiting.keep(at(0), from, &cem, text, 1).unwrap();
    }
    let taken = waiting.take(&cem);
    assert_eq!(texts(&taken), ["1", "2", "3"]);
    // They are on their way: whatever comes now goes behind.
    assert!(waiting.is_open(&cem));
    waiting.keep(at(1), &ben, &cem, "4", 1).unwrap();
    // The last two could not be brought.
    waiting.put_back(&cem, taken[1..].to_vec());
    assert_eq!(texts(&waiting.take(&cem)), ["2", "3", "4"]);
    assert!(waiting.take(&cem).is_empty());
    assert!(!waiting.is_open(&cem) && waiting.is_empty());
}

#[test]
fn each_pair_has_its_time_from_its_first_message_on() {
    let mut waiting = Waiting::new(BOUNDS);
    let (ana, ben, cem) = (id("ana"), id("ben"), id("cem"));
    waiting.keep(at(0), &ana, &cem, "a", 1).unwrap();
    waiting.keep(at(3_000), &ben, &cem, "b", 1).unwrap();
    waiting.keep(at(4_999), &ana, &cem, "c", 1).unwrap();
    assert_eq!(waiting.expire(at(4_999)), unreached(&[]));
    assert_eq!(waiting.expire(at(5_000)), unreached(&[("ana", "cem")]));
    assert!(waiting.is_open(&cem));
    assert_eq!(waiting.expire(at(8_000)), unreached(&[("ben", "cem")]));
    assert!(waiting.is_empty());
}

#[test]
fn bounds_hold_for_each_sender_each_receiver_and_all() {
    // Messages that wait: from, to, bytes. Whether one more of ana's to zoe, of so many bytes, has room.
    for (what, before, bytes, room) in [
        ("nothing waits", vec![], 100, true),
        ("larger than a sender's", vec![], 101, false),
        ("a sender's last", vec![("ana", "yan", 1); 3], 1, true),
        ("a sender's number", vec![("ana", "yan", 1); 4], 1, false),
        ("a sender's bytes", vec![("ana", "yan", 60)], 41, false),
        ("another sender's number", vec![("ben", "yan", 1); 4], 1, true),
        ("a receiver's last", [vec![("ben", "zoe", 1); 4], vec![("cem", "zoe", 1)]].concat(), 1, true),
        ("a receiver's number", [vec![("ben", "zoe", 1); 4], vec![("cem", "zoe", 1); 2]].concat(), 1, false),
        ("a receiver's bytes", vec![("ben", "zoe", 100)], 51, false),
        ("another receiver's bytes", vec![("ben", "yan", 100)], 51, true),
        (
            "the number of all",
            [vec![("ben", "yan", 1); 4], vec![("cem", "xia", 1); 4], vec![("deb", "wim", 1)]].concat(),
            1,
            false,
        ),
        ("the bytes of all", vec![("ben", "yan", 100), ("cem", "xia", 60)], 41, false),
    ] {
        let mut waiting = Waiting::new(BOUNDS);
        for (from, to, bytes) in &before {
            waiting.keep(at(0), &id(from), &id(to), "", *bytes).unwrap();
        }
        let kept = waiting.keep(at(0), &id("ana"), &id("zoe"), "", bytes);
        assert_eq!(kept.is_ok(), room, "{what}");
    }
}

#[test]
fn what_had_no_room_takes_its_pairs_earlier_messages_with_it() {
    let mut waiting = Waiting::new(BOUNDS);
    let (ana, ben, zoe) = (id("ana"), id("ben"), id("zoe"));
    waiting.keep(at(0), &ana, &zoe, "half of an offer", 1).unwrap();
    waiting.keep(at(0), &ben, &zoe, "whole", 1).unwrap();
    assert_eq!(waiting.keep(at(0), &ana, &zoe, "the rest", 1_000), Err(Full));
    assert_eq!(texts(&waiting.take(&zoe)), ["whole"]);
    assert_eq!(waiting.keep(at(0), &ana, &id("cem"), "alone", 1_000), Err(Full));
    waiting.expire(at(0));
    assert!(waiting.is_empty(), "no queue stays open for nothing");
}

proptest! {
    /// Whatever happens, the accounts are right: when nothing waits, nothing is used.
    #[test]
    fn accounts_are_settled(steps in vec((0..4u8, 0..4usize, 0..4usize, 1..60usize), 0..80)) {
        let ids = ["ana", "ben", "cem", "deb"].map(id);
        let mut waiting = Waiting::new(BOUNDS);
        let mut now = 0;
        for (step, from, to, bytes) in steps {
            let (from, to) = (&ids[from], &ids[to]);
            match step {
                0 | 1 => drop(waiting.keep(at(now), from, to, "m", bytes)),
                2 => {
                    let taken = waiting.take(to);
                    if bytes % 2 == 0 {
                        waiting.put_back(to, taken);
                    }
                }
                _ => {
                    now += 1_700;
                    drop(waiting.expire(at(now)));
                }
            }
            let waits: usize = waiting.queues.values().map(|queue| queue.letters.len()).sum();
            prop_assert_eq!(waiting.whole.messages, waits);
            prop_assert_eq!(waiting.senders.values().map(|used| used.messages).sum::<usize>(), waits);
            prop_assert_eq!(waiting.queues.values().map(|queue| queue.used.bytes).sum::<usize>(), waiting.whole.bytes);
        }
        for id in &ids {
            while !waiting.take(id).is_empty() {}
        }
        prop_assert!(waiting.is_empty() && waiting.senders.is_empty());
        prop_assert_eq!(waiting.whole, Used::default());
    }
}
