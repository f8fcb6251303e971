//! Names that are one and names that are not; how many are told to be in a room, and how often.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn keys(typed: &str) -> BTreeSet<NameKey> {
    NameKey::all_of(&PersonName::parse(typed).unwrap())
}

#[test]
fn names_that_look_alike_or_differ_in_case_are_one() {
    for (one, other) in [
        // Case, in scripts that have it.
        ("Ben", "BEN"),
        ("Ida", "IDA"),
        ("Ida", "ida"),
        ("Вера", "ВЕРА"),
        ("Σοφία", "ΣΟΦΊΑ"),
        ("Φίλιππος", "ΦΊΛΙΠΠΟΣ"),
        ("Φίλιπποσ", "Φίλιππος"),
        ("Straße", "STRASSE"),
        ("Ǆemal", "ǆemal"),
        ("İbrahim", "ibrahim"),
        ("IŞIK", "ışık"),
        ("İrem", "Irem"),
        ("i\u{307}rem", "İrem"),
        // Other letters that look the same.
        ("Ben", "Вen"),
        ("bEN", "Вen"),
        ("Anna", "Аnna"),
        ("anna", "Αnna"),
        ("paul", "рaul"),
        ("PAUL", "РAUL"),
        ("Oscar", "0scar"),
        ("oscar", "0SCAR"),
        ("Ilya", "llya"),
        ("Ilya", "1lya"),
        ("Bill", "BiII"),
        ("bill", "bi11"),
        ("mary", "rnary"),
        ("Mary", "rnary"),
        ("Ben", "Ｂｅｎ"),
        ("ben", "ＢＥＮ"),
        ("Ben", "𝓑𝓮𝓷"),
        ("Ben", "Ⓑⓔⓝ"),
        ("1", "①"),
        // Composed and not, and what nobody sees.
        ("Zoë", "Zoe\u{308}"),
        ("José", "JOSE\u{301}"),
        ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
        ("Ben", "B\u{200b}en"),
        ("Ben", "B\u{200d}en"),
        ("Ben", "Ben\u{fe0f}"),
        ("Ben", "Ben\u{2800}"),
        ("Ben", "\u{3164}Ben"),
        ("Ben", "Ben\u{17b4}"),
        ("Ben", "Ben\u{e0041}"),
        ("Ben", "\u{202e}Ben"),
        ("Ann Lee", "AnnLee"),
        ("Ann Lee", "Ann\u{a0}\u{a0}Lee"),
        ("❤", "❤\u{fe0f}"),
    ] {
        assert!(!keys(one).is_disjoint(&keys(other)), "{one} / {other}");
        assert!(!keys(other).is_disjoint(&keys(one)), "{other} / {one}");
    }
}

#[test]
fn names_that_people_tell_apart_are_two() {
    for (one, other) in [
        ("Ben", "Benn"),
        ("Ben", "Den"),
        ("Ben", "Бен"),
        ("Zoë", "Zoe"),
        ("José", "Jose"),
        ("Ana", "Anna"),
        ("Ali", "Alia"),
        ("Вера", "Вира"),
        ("Σοφία", "Σοφίε"),
        ("Şule", "Sule"),
        ("Anna 2", "Anna 3"),
        ("mary", "nary"),
        ("😀", "😃"),
        ("👩", "👨"),
        ("👍", "👍🏽"),
        ("🐱", "🐶"),
        ("🇩🇪", "🇫🇷"),
        ("陈", "陳"),
        ("田中", "中田"),
        ("مریم", "مریمه"),
        ("<b>", "<i>"),
    ] {
        assert!(keys(one).is_disjoint(&keys(other)), "{one} / {other}");
    }
}

#[test]
fn every_name_has_a_key_and_few() {
    for typed in ["x", "Ben", "😀", "①", "ß", "İ", "\u{17b4}x", &"ﷺ".repeat(64), &"m".repeat(64)] {
        assert!((1..=2).contains(&keys(typed).len()), "{typed}");
    }
    assert_eq!(keys("陈").len(), 1, "one document where both forms are the same");
    assert_ne!(keys("陈").first().unwrap().bits(), keys("陳").first().unwrap().bits());
}

/// The same names each time.
fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(6);
    ProptestConfig { cases: 1_000, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn whatever_the_script_a_name_in_capitals_or_in_small_letters_is_the_same_name(typed in "\\PC{1,12}") {
        if let Ok(name) = PersonName::parse(&typed) {
            let own = NameKey::all_of(&name);
            prop_assert!(!own.is_empty());
            for other in [typed.to_uppercase(), typed.to_lowercase(), typed.nfd().collect(), typed.nfkc().collect()] {
                prop_assert!(!keys(&other).is_disjoint(&own), "{} / {}", typed, other);
            }
        }
    }
}

/// Instances of two releases must ask for the same document. This is FNV-1a of `ben`, computed elsewhere.
#[test]
fn the_bits_of_a_key_stay_what_they_are() {
    let bits: Vec<_> = keys("Ben").iter().map(|key| format!("{:032x}", key.bits())).collect();
    assert_eq!(bits, ["a68d7194e28b5822836dbc797e5ec1ca"]);
}

const EVERY: Duration = Duration::from_millis(1_000);

/// A room, when it is counted, and how many were told when.
struct Counted {
    room: Gathering,
    told: Vec<(u64, u32)>,
}

impl Counted {
    fn new() -> Self {
        Self { room: Gathering::default(), told: Vec::new() }
    }

    /// That many are there from now on.
    fn has(&mut self, at: u64, people: u128) {
        self.room.people = (0..people).map(PersonId::from_bits).collect();
        self.count(at);
    }

    fn count(&mut self, at: u64) {
        let before = self.room.told;
        self.room.count(Timestamp(at), EVERY);
        if self.room.told != before {
            self.told.push((at, self.room.told));
        }
    }
}

#[test]
fn the_first_are_told_at_once_and_those_who_follow_soon_are_told_together() {
    let mut it = Counted::new();
    it.has(50_000, 1);
    assert_eq!((it.told.as_slice(), it.room.next_deadline()), ([(50_000, 1)].as_slice(), None));
    it.has(50_100, 2);
    it.has(50_200, 3);
    assert_eq!((it.told.len(), it.room.next_deadline()), (1, Some(Timestamp(51_000))));
    it.count(50_999);
    assert_eq!(it.told.len(), 1);
    it.count(51_000);
    assert_eq!((it.told.as_slice(), it.room.next_deadline()), ([(50_000, 1), (51_000, 3)].as_slice(), None));
    it.has(60_000, 4);
    assert_eq!(it.told.last(), Some(&(60_000, 4)));
}

#[test]
fn whoever_comes_and_goes_between_two_times_is_not_told_of() {
    let mut it = Counted::new();
    it.has(50_000, 2);
    it.has(50_100, 3);
    it.has(50_200, 2);
    assert_eq!((it.told.as_slice(), it.room.next_deadline()), ([(50_000, 2)].as_slice(), None));
}

#[test]
fn an_empty_room_is_remembered_until_the_next_one_may_be_told_of() {
    let mut it = Counted::new();
    it.has(50_000, 1);
    it.has(50_100, 0);
    assert!(!it.room.is_forgettable());
    it.count(51_000);
    assert_eq!(it.told.last(), Some(&(51_000, 0)));
    assert!(!it.room.is_forgettable() && it.room.next_deadline() == Some(Timestamp(52_000)));
    it.has(51_100, 1);
    assert_eq!(it.told.len(), 2, "told again too soon");
    it.has(51_200, 0);
    it.count(52_000);
    assert!(it.room.is_forgettable() && it.room.next_deadline().is_none());
    assert_eq!(it.told, [(50_000, 1), (51_000, 0)]);
}

#[test]
fn whatever_comes_is_told_once_an_interval_at_most_and_in_the_end() {
    let mut it = Counted::new();
    // Steps of all sizes, in an order of their own.
    let mut at = 50_000;
    for step in 0..500_u64 {
        at += (step * 7_919) % 613;
        if let Some(due) = it.room.next_deadline().filter(|due| due.0 <= at) {
            it.count(due.0);
        }
        it.has(at, u128::from((step * 31) % 5));
        let stale = it.room.told as usize != it.room.people.len();
        assert!(!stale || it.room.next_deadline().is_some(), "nobody will be told");
    }
    while let Some(due) = it.room.next_deadline() {
        it.count(due.0);
    }
    assert!(it.told.len() > 50, "hardly anything was told");
    assert!(it.told.is_sorted_by(|one, next| one.0 + 1_000 <= next.0), "too often");
    assert_eq!(it.room.told as usize, it.room.people.len());
}
