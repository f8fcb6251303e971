//! What every adapter of [`Live`] must do. An adapter's tests call [`all`] with a way to make fresh state; each
//! check gets two handles on one state, as two instances would have.
//!
//! Asserts, and so is for tests alone.
#![allow(clippy::missing_panics_doc, reason = "a check that fails panics")]
#![allow(clippy::cloned_ref_to_slice_refs, reason = "lists read like the lists they are compared with")]

use crate::{
    Commit, Key, Live, LiveError, Notice, Purse, Rate, Spent, Subscription, TopicName, Version, Write,
};
use bytes::Bytes;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;

/// Two handles on one fresh state.
pub type Pair = (Arc<dyn Live>, Arc<dyn Live>);

/// Longer than any adapter takes; only a defect waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the whole suite.
pub async fn all<F: Future<Output = Pair>>(fresh: impl Fn() -> F) {
    documents(&fresh).await;
    topics(&fresh).await;
    deadlines_and_leases(&fresh).await;
    snapshot_and_events_are_the_state(fresh().await).await;
}

async fn documents<F: Future<Output = Pair>>(fresh: &impl Fn() -> F) {
    commits_are_all_or_nothing(fresh().await).await;
    of_many_claims_one_wins(fresh().await).await;
    old_versions_never_commit(fresh().await).await;
    reads_are_checked(fresh().await).await;
    any_bytes_are_kept(fresh().await).await;
    loads_are_of_one_moment(fresh().await).await;
    rooms_are_listed_in_parts(fresh().await).await;
}

async fn topics<F: Future<Output = Pair>>(fresh: &impl Fn() -> F) {
    events_follow_their_commit_in_order(fresh().await).await;
    topics_are_told_to_those_who_asked(fresh().await).await;
    topics_belong_to_one_subscription(fresh().await).await;
    an_overflow_is_told(fresh().await).await;
}

async fn deadlines_and_leases<F: Future<Output = Pair>>(fresh: &impl Fn() -> F) {
    deadlines_come_due_until_moved(fresh().await).await;
    waiting_for_deadlines_ends_when_one_moves(fresh().await).await;
    an_earlier_deadline_of_another_wakes(fresh().await).await;
    leases_end_until_renewed_or_released(fresh().await).await;
    what_a_lease_holds_is_found(fresh().await).await;
    of_many_spends_a_purse_grants_what_it_holds(fresh().await).await;
    purses_fill_again(fresh().await).await;
    what_is_refused_leaves_deadlines_and_leases(fresh().await).await;
}

fn write(key: &Key, expected: Version, body: &str) -> Write {
    let body = Some(Bytes::copy_from_slice(body.as_bytes()));
    Write { key: key.clone(), expected, body, deadline: None, lease: None }
}

fn delete(key: &Key, expected: Version) -> Write {
    Write { key: key.clone(), expected, body: None, deadline: None, lease: None }
}

fn commit(writes: Vec<Write>) -> Commit {
    Commit { writes, ..Commit::default() }
}

async fn body(live: &dyn Live, key: &Key) -> Option<String> {
    let document = live.load(std::slice::from_ref(key)).await.expect("load").remove(0);
    assert_eq!(
        document.version == Version::ABSENT,
        document.body.is_none(),
        "absent exactly when there is no body"
    );
    document.body.map(|body| String::from_utf8_lossy(&body).into_owned())
}

async fn put(live: &dyn Live, write: Write) -> Version {
    live.commit(commit(vec![write])).await.expect("commit")[0]
}

async fn heard(subscription: &mut Subscription) -> Notice {
    let next = tokio::time::timeout(PATIENCE, subscription.notices.recv()).await;
    next.expect("a notice in time").expect("an open subscription")
}

async fn texts(subscription: &mut Subscription, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for _ in 0..count {
        match heard(subscription).await {
            Notice::Event { body, .. } => texts.push(String::from_utf8_lossy(&body).into_owned()),
            Notice::Gap => texts.push("gap".to_owned()),
        }
    }
    texts
}

async fn commits_are_all_or_nothing((a, b): Pair) {
    let (one, two) = (Key::room("one"), Key::room("two"));
    let first = put(&*a, write(&one, Version::ABSENT, "1")).await;
    let both = commit(vec![write(&one, first, "2"), write(&two, Version(99), "2")]);
    assert_eq!(b.commit(both).await, Err(LiveError::Conflict));
    assert_eq!((body(&*a, &one).await.as_deref(), body(&*a, &two).await), (Some("1"), None));
    let both = commit(vec![write(&one, first, "3"), write(&two, Version::ABSENT, "3")]);
    let versions = b.commit(both).await.expect("commit");
    assert_eq!(versions.len(), 2);
    assert_eq!((body(&*a, &one).await.as_deref(), body(&*a, &two).await.as_deref()), (Some("3"), Some("3")));
    let documents = a.load(&[two.clone(), one.clone(), Key::room("none")]).await.expect("load");
    assert_eq!(
        documents.iter().map(|d| d.version).collect::<Vec<_>>(),
        [versions[1], versions[0], Version::ABSENT]
    );
}

async fn of_many_claims_one_wins((a, b): Pair) {
    for round in 0..20 {
        let key = Key::room(&format!("claimed-{round}"));
        let claims = (0..50).map(|claimant| {
            let live = if claimant % 2 == 0 { a.clone() } else { b.clone() };
            let claim = commit(vec![write(&key, Version::ABSENT, &claimant.to_string())]);
            tokio::spawn(async move { live.commit(claim).await })
        });
        let mut won = 0;
        for claim in claims.collect::<Vec<_>>() {
            match claim.await.expect("a claim") {
                Ok(_) => won += 1,
                Err(error) => assert_eq!(error, LiveError::Conflict),
            }
        }
        assert_eq!(won, 1, "of 50 claims on one document");
    }
}

async fn old_versions_never_commit((a, b): Pair) {
    let key = Key::room("again");
    let mut seen = Vec::new();
    for _ in 0..5 {
        let made = put(&*a, write(&key, Version::ABSENT, "made")).await;
        seen.push(made);
        assert_eq!(put(&*b, delete(&key, made)).await, Version::ABSENT);
    }
    let current = put(&*a, write(&key, Version::ABSENT, "current")).await;
    for old in seen {
        assert_ne!(old, current, "versions of one key are never given twice");
        let late = commit(vec![write(&key, old, "late")]);
        assert_eq!(b.commit(late).await, Err(LiveError::Conflict));
    }
    let unread = commit(vec![write(&key, Version::ABSENT, "unread")]);
    assert_eq!(b.commit(unread).await, Err(LiveError::Conflict));
    assert_eq!(body(&*a, &key).await.as_deref(), Some("current"));
}

async fn reads_are_checked((a, b): Pair) {
    let (room, chat) = (Key::room("r"), Key::chat("r"));
    let version = put(&*a, write(&room, Version::ABSENT, "open")).await;
    let say = |at| Commit {
        reads: vec![(room.clone(), at)],
        writes: vec![write(&chat, Version::ABSENT, "hello")],
        events: Vec::new(),
    };
    put(&*b, write(&room, version, "locked")).await;
    assert_eq!(a.commit(say(version)).await, Err(LiveError::Conflict));
    assert_eq!(body(&*a, &chat).await, None);
}

async fn events_follow_their_commit_in_order((a, b): Pair) {
    let (key, topic) = (Key::room("told"), TopicName::new("room:told"));
    let mut ear = b.subscribe(64).await.expect("subscribe");
    b.add_topic(ear.id, topic.clone()).await.expect("topic");
    let event = |text: &'static str| (topic.clone(), Bytes::from_static(text.as_bytes()));
    let refused = Commit {
        writes: vec![write(&key, Version(7), "x")],
        events: vec![event("never")],
        ..Commit::default()
    };
    assert_eq!(a.commit(refused).await, Err(LiveError::Conflict));
    let mut version = Version::ABSENT;
    for (state, events) in [("1", ["1a", "1b"]), ("2", ["2a", "2b"])] {
        let writes = vec![write(&key, version, state)];
        let told = Commit { writes, events: events.map(event).to_vec(), ..Commit::default() };
        version = a.commit(told).await.expect("commit")[0];
    }
    a.publish(topic.clone(), Bytes::from_static(b"3")).await.expect("publish");
    assert_eq!(texts(&mut ear, 5).await, ["1a", "1b", "2a", "2b", "3"]);
    assert_eq!(body(&*b, &key).await.as_deref(), Some("2"), "what is told of is there to be read");
}

async fn topics_are_told_to_those_who_asked((a, b): Pair) {
    let [one, two, end] = ["one", "two", "end"].map(TopicName::new);
    let mut ear = b.subscribe(64).await.expect("subscribe");
    for topic in [&one, &end] {
        b.add_topic(ear.id, topic.clone()).await.expect("topic");
    }
    a.publish(two.clone(), Bytes::from_static(b"two")).await.expect("publish");
    a.publish(one.clone(), Bytes::from_static(b"one")).await.expect("publish");
    b.remove_topic(ear.id, &one).await.expect("remove");
    b.add_topic(ear.id, two.clone()).await.expect("topic");
    a.publish(one, Bytes::from_static(b"one")).await.expect("publish");
    a.publish(two, Bytes::from_static(b"two")).await.expect("publish");
    a.publish(end, Bytes::from_static(b"end")).await.expect("publish");
    assert_eq!(texts(&mut ear, 3).await, ["one", "two", "end"]);
}

async fn an_overflow_is_told((a, b): Pair) {
    let topic = TopicName::new("busy");
    let mut ear = b.subscribe(4).await.expect("subscribe");
    b.add_topic(ear.id, topic.clone()).await.expect("topic");
    for n in 0..20 {
        a.publish(topic.clone(), Bytes::from(n.to_string())).await.expect("publish");
    }
    let mut got = Vec::new();
    while got.last().map(String::as_str) != Some("gap") {
        got.extend(texts(&mut ear, 1).await);
    }
    let before: Vec<_> = (0..got.len() - 1).map(|n| n.to_string()).collect();
    assert_eq!(got[..got.len() - 1], before, "what arrives before the gap is whole");
    // What was published before may still be on its way, and not fit either; but then that is told again.
    loop {
        a.publish(topic.clone(), Bytes::from_static(b"after")).await.expect("publish");
        let mut next = String::new();
        while next != "gap" && next != "after" {
            next = texts(&mut ear, 1).await.remove(0);
        }
        if next == "after" {
            return;
        }
    }
}

async fn topics_belong_to_one_subscription((a, b): Pair) {
    let [topic, end] = ["shared", "end"].map(TopicName::new);
    let mut ears = [a.subscribe(16).await.expect("subscribe"), a.subscribe(16).await.expect("subscribe")];
    for ear in &ears {
        // Twice is once.
        for name in [&topic, &topic, &end] {
            a.add_topic(ear.id, name.clone()).await.expect("topic");
        }
    }
    a.remove_topic(ears[1].id, &topic).await.expect("remove");
    a.remove_topic(ears[1].id, &topic).await.expect("nothing to remove");
    // A commit can be only told of, if what was read still holds.
    let told = Commit { events: vec![(topic, Bytes::from_static(b"one"))], ..Commit::default() };
    assert_eq!(b.commit(told).await, Ok(Vec::new()));
    b.publish(end, Bytes::from_static(b"end")).await.expect("publish");
    assert_eq!(texts(&mut ears[0], 2).await, ["one", "end"]);
    assert_eq!(texts(&mut ears[1], 1).await, ["end"]);
}

async fn any_bytes_are_kept((a, b): Pair) {
    let topic = TopicName::new("bytes");
    let mut ear = b.subscribe(16).await.expect("subscribe");
    b.add_topic(ear.id, topic.clone()).await.expect("topic");
    let all: Vec<u8> = (0..=u8::MAX).collect();
    for (name, bytes) in [("none", Bytes::new()), ("all", Bytes::from(all))] {
        let key = Key::room(name);
        let body = Some(bytes.clone());
        let write = Write { body, ..write(&key, Version::ABSENT, "") };
        let told =
            Commit { writes: vec![write], events: vec![(topic.clone(), bytes.clone())], ..Commit::default() };
        let version = a.commit(told).await.expect("commit")[0];
        let document = b.load(&[key]).await.expect("load").remove(0);
        assert_eq!((document.version, document.body), (version, Some(bytes.clone())));
        assert_eq!(heard(&mut ear).await, Notice::Event { topic: topic.clone(), body: bytes });
    }
}

async fn rooms_are_listed_in_parts((a, b): Pair) {
    let listed = async |after, limit| {
        let keys = b.rooms(after, limit).await.expect("rooms");
        keys.iter().map(|key| key.as_room().expect("a room").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("", 10).await, [""; 0]);
    let mut versions = Vec::new();
    for name in ["tea", "a b", "\u{e7}ay", "a", "[z", "-"] {
        versions.push(put(&*a, write(&Key::room(name), Version::ABSENT, name)).await);
    }
    // What is around a room is none.
    put(&*a, write(&Key::chat("a"), Version::ABSENT, "x")).await;
    put(&*a, write(&Key::installation(), Version::ABSENT, "x")).await;
    let all = ["-", "[z", "a", "a b", "tea", "\u{e7}ay"].map(str::to_owned);
    assert_eq!(listed("", 10).await, all, "by their bytes");
    assert_eq!((listed("", 2).await, listed("[z", 3).await), (all[..2].to_vec(), all[2..5].to_vec()));
    assert_eq!(listed("\u{e7}ay", 10).await, [""; 0]);
    assert_eq!(listed("azz", 1).await, ["tea"], "from behind one that is not there");
    put(&*a, write(&Key::room("tea"), versions[0], "again")).await;
    put(&*a, delete(&Key::room("a"), versions[3])).await;
    assert_eq!(
        b.commit(commit(vec![write(&Key::room("no"), Version(1), "x")])).await,
        Err(LiveError::Conflict)
    );
    assert_eq!(listed("", 10).await, ["-", "[z", "a b", "tea", "\u{e7}ay"], "each once, while it is there");
}

/// One writes two documents alike, over and over; another never sees them differ.
async fn loads_are_of_one_moment((a, b): Pair) {
    const STEPS: u32 = 200;
    let keys = [Key::room("left"), Key::room("right")];
    let writer = tokio::spawn({
        let keys = keys.clone();
        async move {
            let mut versions = vec![Version::ABSENT; 2];
            for step in 0..STEPS {
                let writes = keys.iter().zip(versions).map(|(key, at)| write(key, at, &step.to_string()));
                versions = a.commit(commit(writes.collect())).await.expect("commit");
            }
        }
    });
    while !writer.is_finished() {
        let documents = b.load(&keys).await.expect("load");
        assert_eq!(documents[0].body, documents[1].body);
    }
    writer.await.expect("a writer");
}

async fn deadlines_come_due_until_moved((a, b): Pair) {
    let (one, two) = (Key::room("one"), Key::room("two"));
    let with = |key: &Key, expected, at| Write { deadline: at, ..write(key, expected, "x") };
    let first = put(&*a, with(&one, Version::ABSENT, Some(Timestamp(100)))).await;
    let second = put(&*a, with(&two, Version::ABSENT, Some(Timestamp(50)))).await;
    assert_eq!(b.due(Timestamp(49), 10).await.expect("due"), []);
    assert_eq!(b.due(Timestamp(50), 10).await.expect("due"), [two.clone()]);
    assert_eq!(b.due(Timestamp(100), 10).await.expect("due"), [two.clone(), one.clone()]);
    assert_eq!(b.due(Timestamp(100), 1).await.expect("due"), [two.clone()], "at most as many as asked for");
    assert_eq!(a.due(Timestamp(100), 10).await.expect("due").len(), 2, "due until moved");
    let first = put(&*a, with(&one, first, Some(Timestamp(200)))).await;
    assert_eq!(b.due(Timestamp(100), 10).await.expect("due"), [two.clone()]);
    put(&*b, with(&two, second, None)).await;
    put(&*b, delete(&one, first)).await;
    assert_eq!(a.due(Timestamp(1_000), 10).await.expect("due"), []);
}

async fn waiting_for_deadlines_ends_when_one_moves((a, b): Pair) {
    let key = Key::room("waited");
    let waiting = tokio::spawn(async move { b.next_deadline(None).await });
    let made = put(&*a, Write { deadline: Some(Timestamp(70)), ..write(&key, Version::ABSENT, "x") }).await;
    let next = tokio::time::timeout(PATIENCE, waiting).await.expect("in time").expect("a wait");
    assert_eq!(next, Ok(Some(Timestamp(70))));
    put(&*a, delete(&key, made)).await;
    let next = tokio::time::timeout(PATIENCE, a.next_deadline(Some(Timestamp(70)))).await;
    assert_eq!(next.expect("in time"), Ok(None));
}

async fn an_earlier_deadline_of_another_wakes((a, b): Pair) {
    let with = |name, at| Write { deadline: Some(at), ..write(&Key::room(name), Version::ABSENT, "x") };
    put(&*a, with("late", Timestamp(100))).await;
    let waiting = tokio::spawn({
        let a = a.clone();
        async move { a.next_deadline(Some(Timestamp(100))).await }
    });
    put(&*b, with("later", Timestamp(200))).await;
    put(&*b, with("early", Timestamp(50))).await;
    let next = tokio::time::timeout(PATIENCE, waiting).await.expect("in time").expect("a wait");
    assert_eq!(next, Ok(Some(Timestamp(50))));
    let next = tokio::time::timeout(PATIENCE, b.next_deadline(None)).await.expect("in time");
    assert_eq!(next, Ok(Some(Timestamp(50))), "what is another one already is not waited for");
}

async fn what_is_refused_leaves_deadlines_and_leases((a, b): Pair) {
    let (key, instance) = (Key::room("kept"), InstanceId::from_bits(3));
    let first = Write {
        deadline: Some(Timestamp(10)),
        lease: Some(instance),
        ..write(&key, Version::ABSENT, "kept")
    };
    let version = put(&*a, first).await;
    for refused in [write(&key, Version::ABSENT, "x"), delete(&key, Version(version.0 + 1))] {
        assert_eq!(b.commit(commit(vec![refused])).await, Err(LiveError::Conflict));
    }
    assert_eq!(a.due(Timestamp(10), 10).await.expect("due"), [key.clone()]);
    assert_eq!(a.held_by(instance).await.expect("held"), [key.clone()]);
    b.release_lease(instance).await.expect("release");
    assert_eq!(a.held_by(instance).await.expect("held"), [key.clone()], "found though released");
    put(&*b, delete(&key, version)).await;
    assert_eq!(a.due(Timestamp(10), 10).await.expect("due"), []);
    assert_eq!(a.held_by(instance).await.expect("held"), [], "what is deleted is held by nobody");
}

async fn leases_end_until_renewed_or_released((a, b): Pair) {
    const LONG: Duration = Duration::from_secs(60);
    let (alive, dead) = (InstanceId::from_bits(1), InstanceId::from_bits(2));
    let renew = async |instance, lasts, says: &'static str| {
        a.renew_lease(instance, lasts, says.into()).await.expect("renew").kept
    };
    let seen = async || {
        let mut seen = b.instances().await.expect("instances");
        seen.sort_by_key(|instance| instance.id);
        seen.into_iter().map(|one| (one.id, one.alive, one.says)).collect::<Vec<_>>()
    };
    assert!(!renew(alive, LONG, "busy").await && !renew(dead, Duration::from_millis(1), "").await);
    assert!(renew(alive, LONG, "idle").await);
    let ended = async {
        while seen().await.iter().any(|(id, alive, _)| *id == dead && *alive) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("a lease ends");
    let running = (alive, true, Bytes::from("idle"));
    assert_eq!(seen().await, [running.clone(), (dead, false, Bytes::new())]);
    assert!(renew(dead, LONG, "").await, "one that has run out can be renewed until it is released");
    b.release_lease(dead).await.expect("release");
    assert_eq!(seen().await, [running]);
    assert!(!renew(dead, LONG, "").await, "whoever was released hears of it");
}

async fn what_a_lease_holds_is_found((a, b): Pair) {
    let (alive, dead) = (InstanceId::from_bits(1), InstanceId::from_bits(2));
    let (one, two) = (Key::room("one"), Key::room("two"));
    let held = |key: &Key, expected, lease| Write { lease, ..write(key, expected, "x") };
    let first = put(&*a, held(&one, Version::ABSENT, Some(dead))).await;
    put(&*a, held(&two, Version::ABSENT, Some(alive))).await;
    assert_eq!(b.held_by(dead).await.expect("held"), [one.clone()]);
    put(&*b, held(&one, first, Some(alive))).await;
    assert_eq!(a.held_by(dead).await.expect("held"), []);
    let mut keys = a.held_by(alive).await.expect("held");
    keys.sort();
    assert_eq!(keys, [one, two]);
}

fn rate(burst: u32, every: Duration) -> Rate {
    Rate { burst: NonZeroU32::new(burst).expect("not zero"), every }
}

async fn of_many_spends_a_purse_grants_what_it_holds((a, b): Pair) {
    const HOUR: Duration = Duration::from_secs(3_600);
    let (mine, other) = (Purse::new("sign-in:1"), Purse::new("sign-in:2"));
    let spends = (0..64).map(|n| {
        let (live, mine) = (if n % 2 == 0 { a.clone() } else { b.clone() }, mine.clone());
        tokio::spawn(async move { live.spend(&mine, rate(10, HOUR)).await.expect("spend") })
    });
    let mut granted = 0;
    for spend in spends.collect::<Vec<_>>() {
        match spend.await.expect("a spend") {
            Spent::Granted => granted += 1,
            Spent::Wait(wait) => assert!(!wait.is_zero() && wait <= HOUR, "{wait:?}"),
        }
    }
    assert_eq!(granted, 10, "of 64 at once");
    assert_eq!(a.spend(&other, rate(1, HOUR)).await, Ok(Spent::Granted), "another purse is another matter");
}

/// One by one, and never faster than told.
async fn purses_fill_again((a, b): Pair) {
    let (again, every, started) = (Purse::new("again"), Duration::from_millis(30), Instant::now());
    for taken in 0..6_u32 {
        let live = if taken % 2 == 0 { &a } else { &b };
        let granted = async {
            while let Spent::Wait(wait) = live.spend(&again, rate(2, every)).await.expect("spend") {
                assert!(wait <= every, "{wait:?}");
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, granted).await.expect("one more in time");
        // A clock may have read a little less than has passed.
        let least = (every * taken.saturating_sub(1)).saturating_sub(Duration::from_millis(2));
        assert!(started.elapsed() >= least, "{taken} after {:?}", started.elapsed());
    }
}

/// Two writers race on one counter and tell of each step; somebody who reads in the middle and then listens ends
/// with the state.
async fn snapshot_and_events_are_the_state((a, b): Pair) {
    const STEPS: u64 = 200;
    let (key, topic) = (Key::room("counter"), TopicName::new("room:counter"));
    let mut ear = a.subscribe(4 * 1024).await.expect("subscribe");
    a.add_topic(ear.id, topic.clone()).await.expect("topic");
    let writers = [a.clone(), b.clone()].map(|live| {
        let (key, topic) = (key.clone(), topic.clone());
        tokio::spawn(async move {
            let mut steps = 0;
            while steps < STEPS {
                let document = live.load(std::slice::from_ref(&key)).await.expect("load").remove(0);
                let count =
                    document.body.map_or(0, |body| String::from_utf8_lossy(&body).parse().expect("a number"));
                let next: u64 = count + 1;
                let change = Commit {
                    writes: vec![write(&key, document.version, &next.to_string())],
                    events: vec![(topic.clone(), Bytes::from(next.to_string()))],
                    ..Commit::default()
                };
                match live.commit(change).await {
                    Ok(_) => steps += 1,
                    Err(error) => assert_eq!(error, LiveError::Conflict),
                }
            }
        })
    });
    let mut known: u64 = body(&*b, &key).await.map_or(0, |text| text.parse().expect("a number"));
    while known < 2 * STEPS {
        let told: u64 = texts(&mut ear, 1).await[0].parse().expect("a number");
        if told > known {
            assert_eq!(told, known + 1, "nothing is missed and nothing is out of order");
            known = told;
        }
    }
    for writer in writers {
        writer.await.expect("a writer");
    }
    assert_eq!(body(&*a, &key).await, Some((2 * STEPS).to_string()));
}
